/** Namespaces and workloads in the forms that commands take them in. */

import { isNamespaceName } from '../../kube/object-names.ts';
import type { WorkloadKind } from '../../kube/records.ts';
import { namesKind, spellingsOf } from '../kinds.ts';
import type { NamespaceName } from './cluster-names.ts';
import { type Answer, type Candidate, directive, NOTHING } from './cobra.ts';
import type { Sources } from './sources.ts';

/** What a restart can name. */
export const restartable: readonly WorkloadKind[] = ['Deployment', 'StatefulSet', 'DaemonSet', 'Rollout'];
/** Those whose template may carry a pin. */
export const pinnable: readonly WorkloadKind[] = ['Deployment', 'StatefulSet', 'DaemonSet'];

/** Namespaces, those with proxies first and those of the system last. */
export async function namespaceCandidates(sources: Sources): Promise<readonly Candidate[]> {
  const found = await sources.namespaces();
  return [...found]
    .sort((a, b) => rank(a) - rank(b) || (a.name < b.name ? -1 : 1))
    .map(({ name, inject }) => ({ text: name, about: inject === '' ? '' : `linkerd.io/inject: ${inject}` }));
}

function rank({ inject, isSystem }: NamespaceName): number {
  if (isSystem) return 2;
  return inject === 'enabled' || inject === 'ingress' ? 0 : 1;
}

/** `NAMESPACE`, and once a `/` is typed `NAMESPACE/KIND/NAME`. */
export async function targets(
  begun: string,
  kinds: readonly WorkloadKind[],
  sources: Sources,
): Promise<Answer> {
  const at = begun.indexOf('/');
  if (at < 0) {
    // No blank behind the name: a `/` may follow.
    return {
      candidates: await namespaceCandidates(sources),
      directive: directive.noFiles | directive.noSpace | directive.keepOrder,
    };
  }
  const namespace = begun.slice(0, at);
  const workloads = await workloadCandidates(namespace, begun.slice(at + 1), kinds, sources);
  return {
    candidates: workloads.map(({ text, about }) => ({ text: `${namespace}/${text}`, about })),
    directive: directive.noFiles,
  };
}

/** `KIND/NAME` of a namespace; the kind is spelt as it was begun. */
export async function workloadCandidates(
  namespace: string,
  begun: string,
  kinds: readonly WorkloadKind[],
  sources: Sources,
): Promise<readonly Candidate[]> {
  if (!isNamespaceName(namespace)) return NOTHING.candidates;
  const spelt = new Map(
    kinds.flatMap((kind) => {
      const spelling = spellingFor(kind, begun);
      return spelling === undefined ? [] : [[kind, spelling] as const];
    }),
  );
  if (spelt.size === 0) return NOTHING.candidates;
  const found = await sources.workloads(namespace, [...spelt.keys()]);
  return found.map(({ kind, name }) => ({ text: `${spelt.get(kind)}/${name}`, about: '' }));
}

/** How to spell a kind so that it goes on from what was begun; undefined where it cannot. */
function spellingFor(kind: WorkloadKind, begun: string): string | undefined {
  const [typed = '', name] = begun.split('/');
  if (name !== undefined) return namesKind(typed, kind) ? typed : undefined;
  return spellingsOf(kind).find((spelling) => spelling.startsWith(typed));
}
