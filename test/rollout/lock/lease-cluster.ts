import type { TestContext } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { RUN_LEASE } from '../../../src/data/own.ts';
import { createKubeClient, type KubeClient } from '../../../src/kube/client.ts';
import { createLeaseLock } from '../../../src/rollout/lock/lease-lock.ts';
import type { RunLock } from '../../../src/rollout/lock/lock.ts';
import { ManualClock } from '../../../src/sim/cluster/clock.ts';
import { namespace } from '../../../src/sim/cluster/scenario/builders.ts';
import { leases, namespaces } from '../../../src/sim/resources.ts';
import {
  type ApiServer,
  type ApiServerOptions,
  createApiServer,
} from '../../../src/sim/server/api-server.ts';
import { MemoryStore } from '../../../src/sim/store.ts';
import type { KubeObject } from '../../../src/sim/types.ts';
import { connectionTo } from '../../support/connection.ts';

export const LINKERD = 'linkerd';
const START = Date.UTC(2026, 4, 1);
const STEP_MS = 250;
/** Real time, far beyond what a request takes. */
const PATIENCE_MS = 5_000;

/** An API server and operators who contend for the lock by real requests, in a time that the test lets pass. */
export interface LeaseCluster {
  readonly server: ApiServer;
  /** Of everybody. */
  readonly clock: ManualClock;
  /** One operator at his computer; `ahead` seconds is what his wall clock is wrong by. */
  operator(options?: OperatorOptions): Operator;
  /** Lets seconds pass, and all requests be answered that are made meanwhile. */
  pass(seconds: number, eachStep?: () => void): Promise<void>;
  /** Lets time pass until it is there. */
  settled<T>(promise: Promise<T>): Promise<T>;
  lease(): KubeObject | undefined;
  /** Changes the Lease as somebody else would. */
  edit(spec: Readonly<Record<string, string | number>>): void;
  remove(): void;
}

export interface OperatorOptions {
  readonly ahead?: number;
  readonly namespace?: string;
  readonly token?: string;
}

export interface Operator {
  readonly lock: RunLock;
  /** Reasons that `onLost` gave. */
  readonly losses: readonly string[];
  /** The process ends without a word. */
  die(): void;
  /** The computer sleeps: its wall clock goes on, its timers do not. */
  sleep(seconds: number): void;
}

export interface LeaseClusterOptions extends Omit<ApiServerOptions, 'store' | 'tls' | 'clock'> {
  /** Real time after which an unanswered request is taken for one that waits for the clock. */
  readonly patienceMs?: number;
}

export async function leaseCluster(
  t: TestContext,
  { patienceMs = PATIENCE_MS, ...options }: LeaseClusterOptions = {},
): Promise<LeaseCluster> {
  const clock = new ManualClock(START);
  const store = new MemoryStore({ now: () => clock.now() });
  store.create(namespaces, namespace(LINKERD));
  const server = await createApiServer({ ...options, store, clock, wireClock: clock, tls: false });
  t.after(() => server.close());
  let inFlight = 0;

  function counted(client: KubeClient): KubeClient {
    return {
      ...client,
      get clockOffset() {
        return client.clockOffset;
      },
      async json(request) {
        inFlight += 1;
        try {
          return await client.json(request);
        } finally {
          inFlight -= 1;
        }
      },
    };
  }

  /** Waits until all requests are answered, but for those that wait for the clock. */
  async function quiet(): Promise<void> {
    const patience = performance.now() + patienceMs;
    // What an answer sets off happens in the turn after it.
    for (let turns = 0; turns < 3; turns++) {
      do await turn();
      while (inFlight > 0 && performance.now() < patience);
    }
  }

  const cluster: LeaseCluster = {
    server,
    clock,
    operator({ ahead = 0, namespace: home = LINKERD, token } = {}) {
      const ending = new AbortController();
      let slept = 0;
      const client = createKubeClient(
        connectionTo(server.url, token === undefined ? {} : { authentication: { type: 'token', token } }),
        {
          userAgentVersion: 'test',
          env: {},
          clock: {
            now: () => clock.now() + (ahead + slept) * 1000,
            after: (ms, action) => clock.after(ms, action),
          },
        },
      );
      const losses: string[] = [];
      const lock = createLeaseLock({
        client: counted(client),
        namespace: () => home,
        monotonic: () => clock.now(),
        closed: ending.signal,
      });
      lock.onLost((reason) => losses.push(reason));
      const die = () => {
        ending.abort();
        client.close();
      };
      t.after(die);
      return {
        lock,
        losses,
        die,
        sleep(seconds) {
          slept += seconds;
        },
      };
    },
    async pass(seconds, eachStep) {
      for (let passed = 0; passed < seconds * 1000; passed += STEP_MS) {
        clock.advance(STEP_MS);
        await quiet();
        eachStep?.();
      }
    },
    async settled(promise) {
      let done = false;
      const end = () => {
        done = true;
      };
      promise.then(end, end);
      for (let steps = 0; steps < 1_000; steps++) {
        await quiet();
        if (done) break;
        clock.advance(STEP_MS);
      }
      if (!done) throw new Error('nothing came of it in 250 s');
      return promise;
    },
    lease: () => store.get(leases, LINKERD, RUN_LEASE),
    edit(spec) {
      const found = store.get(leases, LINKERD, RUN_LEASE);
      if (found === undefined) throw new Error('there is no Lease');
      store.update(leases, { ...found, spec: { ...Object(found.spec), ...spec } });
    },
    remove() {
      store.delete(leases, LINKERD, RUN_LEASE);
    },
  };
  return cluster;
}
