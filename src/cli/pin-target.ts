import type { AppsKind } from '../kube/records.ts';
import type { PinTarget } from '../rollout/pins/target.ts';
import { namesKind } from './kinds.ts';

const pinnable: readonly AppsKind[] = ['Deployment', 'StatefulSet', 'DaemonSet'];

/**
 * Reads `NAMESPACE` or `NAMESPACE/KIND/NAME`, the kind as kubectl knows it, in any case.
 * @returns the target, or what is wrong with the text, in words
 */
export function pinTarget(text: string): PinTarget | string {
  const [namespace = '', typed, name, ...rest] = text.split('/');
  if (namespace === '' || rest.length > 0 || (typed !== undefined && !name)) {
    return `"${text}" names nothing that can be pinned: say NAMESPACE or NAMESPACE/KIND/NAME, for example books/deployment/web`;
  }
  if (typed === undefined || name === undefined) {
    return { namespace };
  }
  const kind = pinnable.find((candidate) => namesKind(typed, candidate));
  return kind
    ? { namespace, workload: { kind, name } }
    : `a ${typed} cannot be pinned from here: only the templates of Deployments, StatefulSets and DaemonSets can, or a whole namespace`;
}
