import type { KubeClient } from '../kube/client.ts';
import type { Subject } from '../live/subjects.ts';
import type { Arguments } from './arguments.ts';

/** What a command line asks to look at. Like kubectl's, `-A` beats `-n`; unlike kubectl's, all is the default. */
export function subjectOf(args: Arguments, client: KubeClient, env: NodeJS.ProcessEnv): Subject {
  const namespace = args.text('namespace');
  return {
    namespaces: namespace === undefined || args.on('all-namespaces') ? undefined : [namespace],
    labelSelector: args.text('selector') ?? '',
    controlPlaneNamespace: args.text('linkerd-namespace') ?? env.LINKERD_NAMESPACE ?? '',
    contextNamespace: client.connection.namespace,
  };
}
