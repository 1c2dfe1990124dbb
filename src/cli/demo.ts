import { setImmediate } from 'node:timers/promises';
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

/** Longest time in milliseconds for which the demo's history keeps frames and keys from their turn. */
const SLICE = 8;

/**
 * Starts the demo: a mesh in the middle of an upgrade. What led there is still being made up when this resolves;
 * requests wait for it, a screen need not.
 */
export async function startDemo(namespace: string | undefined): Promise<Demo> {
  const stopped = new AbortController();
  const simulation = await startSimulation({
    scenario: demoScenario(),
    tell: (history) => inSlices(history, stopped.signal),
  });
  const config = parseKubeconfig(simulation.kubeconfig, (path) => path);
  const connection = resolveConnection(config, { namespace }, undefined);
  if ('error' in connection) {
    throw new CommandError(`the demo cluster cannot be reached: ${connection.error}`);
  }
  return {
    connection,
    stop() {
      stopped.abort();
      return simulation.stop();
    },
  };
}

/** Never resolves when it is stopped before the end: nobody may take half a history for the whole. */
async function inSlices(history: Iterator<undefined, void>, stopped: AbortSignal): Promise<void> {
  for (;;) {
    await setImmediate();
    if (stopped.aborted) return new Promise(() => {});
    for (const end = performance.now() + SLICE; performance.now() < end; ) {
      if (history.next().done === true) return;
    }
  }
}
