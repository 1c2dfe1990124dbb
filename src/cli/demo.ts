import type { ConnectionConfig } from '../kube/config/connection.ts';
import { parseKubeconfig } from '../kube/config/kubeconfig.ts';
import { resolveConnection } from '../kube/config/resolve.ts';
import { demoScenario } from '../sim/cluster/scenario/scenarios.ts';
import { startSimulation } from '../sim/cluster/simulation.ts';
import { CommandError } from './command-error.ts';

/** A simulated cluster inside this program, reached like any other: over TLS, by a kubeconfig of its own. */
export interface Demo {
  readonly connection: ConnectionConfig;
  stop(): Promise<void>;
}

/** Starts the demo: a mesh in the middle of an upgrade. */
export async function startDemo(namespace: string | undefined): Promise<Demo> {
  const simulation = await startSimulation({ scenario: demoScenario() });
  const config = parseKubeconfig(simulation.kubeconfig, (path) => path);
  const connection = resolveConnection(config, { namespace }, undefined);
  if ('error' in connection) {
    throw new CommandError(`the demo cluster cannot be reached: ${connection.error}`);
  }
  return { connection, stop: () => simulation.stop() };
}
