import { RUN_LEASE } from '../../src/data/own.ts';
import { demoScenario } from '../../src/sim/cluster/scenario/scenarios.ts';
import {
  type Simulation,
  type SimulationOptions,
  startSimulation,
} from '../../src/sim/cluster/simulation.ts';
import { leases } from '../../src/sim/resources.ts';
import { type Finished, runProgram, temporaryFolder } from '../support/program.ts';
import { type Running, startProgram } from './running.ts';

/** The demo's cluster, ten times as fast as real time, and the built program in front of it. */
export interface DemoCluster extends AsyncDisposable {
  readonly simulation: Simulation;
  readonly kubeconfig: string;
  /** Where files of the test may go; runs are recorded here, too. */
  readonly folder: ReturnType<typeof temporaryFolder>;
  readonly env: NodeJS.ProcessEnv;
  /** Runs the program to its end. */
  call(...args: readonly string[]): Promise<Finished>;
  /** Starts it. */
  start(...args: readonly string[]): Running;
  /** Names of the workloads that were patched, in order; dry runs change nothing and do not count. */
  patched(): readonly string[];
  /** Holder of the lock, '' when nobody has it. */
  lockHolder(): string;
}

/** Flags with which a run does not wait where nothing happens. */
export const AT_ONCE = ['--soak=0', '--workload-soak=0'] as const;

export async function demoCluster(options: Partial<SimulationOptions> = {}): Promise<DemoCluster> {
  const folder = temporaryFolder();
  const simulation = await startSimulation({ scenario: demoScenario(), speed: 10, ...options });
  const kubeconfig = folder.file('kubeconfig', simulation.kubeconfig);
  const env = { ...process.env, XDG_STATE_HOME: folder.path, KUBECONFIG: kubeconfig };
  return {
    simulation,
    kubeconfig,
    folder,
    env,
    call: (...args) => runProgram(args, env),
    start: (...args) => startProgram(args, env),
    patched: () =>
      simulation.server.audit.entries
        .filter(({ method, path, code }) => method === 'PATCH' && code === 200 && !path.includes('dryRun'))
        .map(({ name }) => name),
    lockHolder() {
      const lease = simulation.store.get(leases, 'linkerd', RUN_LEASE);
      return String(Object(Object(lease).spec).holderIdentity ?? '');
    },
    async [Symbol.asyncDispose]() {
      await simulation.stop();
      folder[Symbol.dispose]();
    },
  };
}
