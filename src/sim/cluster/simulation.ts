import { type ApiServer, type ApiServerOptions, createApiServer } from '../server/api-server.ts';
import { serverVersion } from '../server/version.ts';
import type { MemoryStore } from '../store.ts';
import type { SimClock } from '../types.ts';
import { acceleratedClock, realClock } from './clock.ts';
import type { KubeletTiming } from './kubelet/behaviour.ts';
import type { Scenario } from './scenario/scenarios.ts';
import { SimulatedCluster, type SimulatedClusterOptions } from './simulated-cluster.ts';

export interface SimulationOptions {
  readonly scenario: Scenario;
  /** Time of the cluster; overrides `speed`. */
  readonly clock?: SimClock;
  /** How many times as fast as real time the cluster lives. Default 1. */
  readonly speed?: number;
  /** Default 1. */
  readonly seed?: number;
  readonly timing?: KubeletTiming;
  /** With it the server listens at once; requests wait until the history has been told. */
  readonly tell?: SimulatedClusterOptions['tell'];
  readonly port?: number;
  /** Default true. */
  readonly tls?: boolean;
  /** Anything else of the server: authorizer, users, version, WatchList. */
  readonly server?: Omit<
    ApiServerOptions,
    'store' | 'admission' | 'clock' | 'port' | 'tls' | 'random' | 'uid' | 'ready'
  >;
}

export interface Simulation {
  /** Text of a kubeconfig whose user may do everything. */
  readonly kubeconfig: string;
  readonly url: string;
  readonly store: MemoryStore;
  readonly server: ApiServer;
  /** Operator's actions: upgrades, behaviours, an injector that breaks. */
  readonly cluster: SimulatedCluster;
  stop(): Promise<void>;
}

/** Starts a simulated cluster and an API server in front of it, on loopback. */
export async function startSimulation(options: SimulationOptions): Promise<Simulation> {
  const { scenario, seed = 1, timing, tell, speed = 1 } = options;
  const clock = options.clock ?? (speed === 1 ? realClock() : acceleratedClock(speed));
  const cluster = new SimulatedCluster({
    scenario,
    clock,
    seed,
    ...(timing === undefined ? {} : { timing }),
    ...(tell === undefined ? {} : { tell }),
  });
  const server = await createApiServer({
    ...(scenario.kubernetes === undefined ? {} : { version: serverVersion(scenario.kubernetes) }),
    ...options.server,
    store: cluster.store,
    admission: cluster.admission,
    clock,
    port: options.port ?? 0,
    tls: options.tls ?? true,
    random: () => cluster.random.next(),
    uid: () => cluster.random.uid(),
    ...(tell === undefined ? {} : { ready: cluster.told }),
  });
  return {
    kubeconfig: server.kubeconfig(),
    url: server.url,
    store: cluster.store,
    server,
    cluster,
    async stop() {
      cluster.stop();
      await server.close();
    },
  };
}
