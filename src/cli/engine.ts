import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { KubeClient } from '../kube/client.ts';
import { follow, type LiveSession } from '../live/follow.ts';
import { clusterPorts } from '../rollout/cluster/ports.ts';
import { createRollout } from '../rollout/executor.ts';
import { openJournal, stateFolder } from '../rollout/journal/file.ts';
import type { RolloutPorts } from '../rollout/ports.ts';
import type { Rollout } from '../rollout/rollout.ts';
import type { Arguments } from './arguments.ts';
import { CommandError } from './command-error.ts';
import { subjectOf } from './subject.ts';
import { programVersion } from './version.ts';

/** The namespace whose uid tells a cluster from all others. */
export const CLUSTER_IDENTITY = 'kube-system';

/** The engine in front of a cluster that is followed. */
export interface Engine {
  readonly client: KubeClient;
  readonly session: LiveSession;
  readonly rollout: Rollout;
  readonly ports: RolloutPorts;
}

/** Connects the engine with a cluster that is followed, and with the journals in `runs`. */
export function engineFor(client: KubeClient, session: LiveSession, runs: string): Engine {
  const ports = clusterPorts(client, session, {
    openJournal: (run, records) => openJournal(runs, run, records),
    program: programVersion,
  });
  return { client, session, ports, rollout: createRollout(ports) };
}

/**
 * Follows namespaces until their first lists are there, and lets `use` work with the engine.
 * @param namespaces undefined means all
 * @throws CommandError when the cluster cannot be read
 */
export async function withEngine(
  args: Arguments,
  client: KubeClient,
  env: NodeJS.ProcessEnv,
  namespaces: readonly string[] | undefined,
  use: (engine: Engine) => Promise<number>,
): Promise<number> {
  // Fails in plain words where following would go on trying.
  await client.version();
  const session = follow(client, { ...subjectOf(args, client, env), namespaces, labelSelector: '' });
  const runs = runsFolder(args, env);
  try {
    await session.loaded();
    const { freshness } = session.store.get();
    if (freshness.state !== 'live') {
      const reason = 'reason' in freshness ? freshness.reason : 'the lists have not arrived';
      throw new CommandError(`the cluster could not be read: ${reason}`);
    }
    return await use(engineFor(client, session, runs.path));
  } finally {
    session.close();
    runs.dispose();
  }
}

/** Where runs are recorded. The demo's cluster ends with the program, and so do its runs. */
export function runsFolder(
  args: Arguments,
  env: NodeJS.ProcessEnv,
): { readonly path: string; dispose(): void } {
  if (!args.on('demo')) {
    return { path: stateFolder(env, process.platform), dispose: () => undefined };
  }
  const path = mkdtempSync(join(tmpdir(), 'kubectl-linkerd-upgrade-demo-'));
  return { path, dispose: () => rmSync(path, { recursive: true, force: true }) };
}
