import type { KubeClient } from '../../kube/client.ts';
import type { Environment } from '../../kube/config/load.ts';
import { KubeError } from '../../kube/errors.ts';
import type { WorkloadKind } from '../../kube/records.ts';
import type { RecordedRun } from '../../rollout/journal/record.ts';
import type { Arguments } from '../arguments.ts';
import { programVersion } from '../version.ts';
import type { NamespaceName, WorkloadName } from './cluster-names.ts';
import type { Candidate } from './cobra.ts';
import { clockUntil, type Deadline, within } from './deadline.ts';

/** Where names come from. None of these ever rejects: what cannot be had in time is not offered. */
export interface Sources {
  namespaces(): Promise<readonly NamespaceName[]>;
  workloads(namespace: string, kinds: readonly WorkloadKind[]): Promise<readonly WorkloadName[]>;
  kubeconfig(list: 'contexts' | 'clusters' | 'users'): Promise<readonly Candidate[]>;
  /** Newest first. */
  runs(): Promise<readonly RecordedRun[]>;
}

/** The cluster and the files that the command line names, asked until the deadline. Nothing is loaded before it is asked. */
export function sourcesOf(args: Arguments, env: Environment, deadline: Deadline): Sources {
  return {
    namespaces: async () =>
      (await asking(async (client, names, signal) => {
        try {
          return await names.namespaceNames(client, signal);
        } catch (error) {
          // Somebody who may not list them works in the one that the kubeconfig names.
          if (!(error instanceof KubeError) || error.kind !== 'forbidden') throw error;
          return [{ name: client.connection.namespace, inject: '', isSystem: false }];
        }
      })) ?? [],
    workloads: async (namespace, kinds) =>
      (await asking((client, names, signal) => names.workloadNames(client, namespace, kinds, signal))) ?? [],
    kubeconfig: async (list) => (await import('./local-names.ts')).kubeconfigNames(args, env)[list],
    runs: async () => {
      const { recordedRuns } = await import('./local-names.ts');
      const { stateFolder } = await import('../../rollout/journal/file.ts');
      return recordedRuns(stateFolder(env, process.platform), deadline);
    },
  };

  function asking<T>(
    ask: (client: KubeClient, names: typeof import('./cluster-names.ts'), signal: AbortSignal) => Promise<T>,
  ): Promise<T | undefined> {
    return within(deadline, async (signal) => {
      const client = await clientOf(args, env, deadline);
      if (!client) return undefined;
      try {
        return await ask(client, await import('./cluster-names.ts'), signal);
      } finally {
        client.close();
      }
    });
  }
}

/**
 * A client that asks nobody anything and says nothing; undefined where there is no cluster to ask. A credential plugin
 * gets no terminal and is killed at the deadline; one that needs a terminal is not started.
 */
async function clientOf(
  args: Arguments,
  env: Environment,
  deadline: Deadline,
): Promise<KubeClient | undefined> {
  // The demo's cluster takes longer to start than anybody waits here.
  if (args.on('demo')) return undefined;
  const { isQuicklyRead } = await import('./local-names.ts');
  if (!isQuicklyRead(args, env)) return undefined;
  const { connectionFlags, pluginPolicy } = await import('../connect.ts');
  const { loadConnection } = await import('../../kube/config/load.ts');
  const connection = loadConnection(connectionFlags(args), env);
  // Such a user's token may be one that can be renewed but once: not for a completion.
  if ('error' in connection || connection.authentication.type === 'auth-provider') return undefined;
  const { createKubeClient } = await import('../../kube/client.ts');
  return createKubeClient(connection, {
    userAgentVersion: programVersion,
    clock: clockUntil(deadline),
    env,
    ...(connection.authentication.type === 'exec' ? { pluginPolicy: pluginPolicy(args, env) } : {}),
  });
}
