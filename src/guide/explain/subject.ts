import { releases } from '../../data/releases.ts';
import { severity } from '../../mesh/skew.ts';
import { parseVersion } from '../../mesh/version.ts';
import type { MeshView, SkewClass, WorkloadKey } from '../../mesh/view.ts';
import { list } from '../../mesh/words.ts';

/** What can be explained. */
export type ExplainSubject =
  | { readonly kind: 'workload'; readonly key: WorkloadKey }
  | { readonly kind: 'namespace'; readonly name: string }
  /** A version, or a release as `2.19`. */
  | { readonly kind: 'version'; readonly version: string }
  | { readonly kind: 'class'; readonly name: SkewClass };

export type Resolved = ExplainSubject | { readonly error: string };

export interface ResolveOptions {
  /** Namespace in which `KIND/NAME` and `NAME` are looked for first; '' for none. */
  readonly namespace: string;
  /** Whether a kind as somebody typed it (`deploy`) names this one. */
  readonly namesKind: (typed: string, kind: string) => boolean;
}

/** How a subject may be named, for messages and help. */
export const SUBJECT_FORMS =
  'NAMESPACE, NAMESPACE/KIND/NAME, KIND/NAME, a version (edge-24.8.2, 2.19) or a class (violation, behind-one …); namespace/NAME, version/NAME and class/NAME say which is meant';

/**
 * What a word of the command line names. A single word is taken as a class, else as a namespace, else as a version or
 * release, else as the one workload of that name; `class/…`, `namespace/…` and `version/…` say which is meant.
 */
export function resolveSubject(text: string, mesh: MeshView, options: ResolveOptions): Resolved {
  const parts = text.split('/');
  const [first = '', second = '', third = ''] = parts;
  if (parts.includes('') || parts.length > 3) {
    return { error: `"${text}" names nothing to explain: say ${SUBJECT_FORMS}` };
  }
  if (parts.length === 3) {
    return workloadNamed(mesh, [first], third, (kind) => options.namesKind(second, kind), text);
  }
  const preferred = options.namespace === '' ? mesh.namespaces.map(({ name }) => name) : [options.namespace];
  if (parts.length === 1) return single(first, mesh, preferred, options);
  switch (first) {
    case 'class':
      return classNamed(second) ?? { error: `there is no class "${second}": classes are ${list(severity)}` };
    case 'version':
    case 'release':
      return { kind: 'version', version: second };
    case 'namespace':
    case 'ns':
      return hasNamespace(mesh, second)
        ? { kind: 'namespace', name: second }
        : { error: `there is no namespace ${second}, or it may not be read` };
    default:
      return workloadNamed(mesh, preferred, second, (kind) => options.namesKind(first, kind), text);
  }
}

function single(
  word: string,
  mesh: MeshView,
  namespaces: readonly string[],
  { namespace }: ResolveOptions,
): Resolved {
  const named = classNamed(word);
  if (named) return named;
  if (hasNamespace(mesh, word)) return { kind: 'namespace', name: word };
  if (isVersion(word, mesh)) return { kind: 'version', version: word };
  const found = workloadNamed(mesh, namespaces, word, () => true, word);
  if (!('error' in found) || found.error.includes('several')) return found;
  const where = namespace === '' ? '' : ` of namespace ${namespace}`;
  return {
    error: `"${word}" is no class, no namespace that can be read, no Linkerd version and no workload${where}: say ${SUBJECT_FORMS}`,
  };
}

function classNamed(word: string): Resolved | undefined {
  const name = severity.find((candidate) => candidate === word);
  return name && { kind: 'class', name };
}

function hasNamespace(mesh: MeshView, name: string): boolean {
  return mesh.namespaces.some((namespace) => namespace.name === name);
}

/** A release of the table, a version of a known channel, or one that runs in this cluster. */
function isVersion(word: string, mesh: MeshView): boolean {
  if (releases.some(({ minor }) => word === `2.${minor}`)) return true;
  const { kind } = parseVersion(word);
  return kind === 'numbered' || kind === 'dated' || Object.hasOwn(mesh.totals.byVersion, word);
}

/** Names that are shown of several candidates. */
const MOST_CANDIDATES = 5;

function workloadNamed(
  mesh: MeshView,
  namespaces: readonly string[],
  name: string,
  isKind: (kind: string) => boolean,
  text: string,
): Resolved {
  const found = namespaces.flatMap((namespace) =>
    mesh.workloads(namespace).filter((workload) => workload.name === name && isKind(workload.kind)),
  );
  const [only, ...others] = found;
  if (!only) {
    const where = namespaces.length === 1 ? ` in namespace ${namespaces[0]}` : '';
    return { error: `there is no workload ${text}${where}, or it may not be read` };
  }
  if (others.length === 0) {
    return { kind: 'workload', key: { namespace: only.namespace, kind: only.kind, name: only.name } };
  }
  const shown = found.slice(0, MOST_CANDIDATES).map(operandOf);
  const more = found.length > MOST_CANDIDATES ? ` and ${found.length - MOST_CANDIDATES} more` : '';
  return { error: `"${text}" names several workloads: say ${shown.join(', ')}${more}` };
}

/** `books/deployment/webapp`, as commands take it. */
export function operandOf({ namespace, kind, name }: WorkloadKey): string {
  return `${namespace}/${kind.toLowerCase()}/${name}`;
}
