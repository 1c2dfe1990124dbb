/** Roles and bindings that grant certain rights and no others. */
import { OWN_DOMAIN } from '../../data/own.ts';
import { byText } from '../../mesh/words.ts';
import { type AddOn, type Part, type Place, type Right, rightsOf } from './rights.ts';

/** Whom a binding names. */
export interface Subject {
  readonly kind: 'User' | 'Group' | 'ServiceAccount';
  readonly name: string;
  /** Of a ServiceAccount, else ''. */
  readonly namespace: string;
}

/** What is to be granted, where, and to whom. */
export interface Grant {
  /** With all that they need. */
  readonly parts: readonly Part[];
  readonly addOns: readonly AddOn[];
  /** Only there; everywhere when undefined. */
  readonly namespaces: readonly string[] | undefined;
  /** Namespace of the control plane. */
  readonly controlPlane: string;
  /** Nobody: roles without bindings. */
  readonly subjects: readonly Subject[];
  /** Of all roles and bindings. */
  readonly name: string;
}

/** A rule of a role, with a line for each reason. */
export interface ReasonedRule {
  readonly rule: {
    readonly apiGroups: readonly string[];
    readonly resources: readonly string[];
    readonly resourceNames?: readonly string[];
    readonly verbs: readonly string[];
  };
  readonly reasons: readonly string[];
}

export interface RoleDocument {
  readonly kind: 'ClusterRole' | 'Role';
  readonly name: string;
  /** '' for a ClusterRole. */
  readonly namespace: string;
  readonly rules: readonly ReasonedRule[];
}

/** The namespace whose uid tells clusters apart. */
const CLUSTER_IDENTITY = 'kube-system';
/** Parts that look at the control plane's namespace as at any other; Linkerd itself needs no add-on. */
const lookingParts: ReadonlySet<Part> = new Set<Part>(['read', 'follow']);

/** The roles of a grant: at most one ClusterRole, and Roles in the order of their namespaces. */
export function rolesFor(grant: Grant): readonly RoleDocument[] {
  const wanted = rightsOf(grant.parts, grant.addOns);
  const { namespaces, controlPlane, name } = grant;
  const cluster =
    namespaces === undefined
      ? wanted.filter(({ place }) => place !== 'control-plane')
      : wanted.flatMap((right) => named(right, namespaces, grant));
  const homes = inOrder([...(namespaces ?? []), controlPlane]);
  const documents: readonly RoleDocument[] = [
    { kind: 'ClusterRole', name, namespace: '', rules: rulesOf(cluster) },
    ...homes.map((namespace): RoleDocument => {
      const here = wanted.filter((right) => isGrantedIn(right, namespace, grant));
      return { kind: 'Role', name, namespace, rules: rulesOf(here) };
    }),
  ];
  return documents.filter(({ rules }) => rules.length > 0);
}

function isGrantedIn(
  { place, part, addOn }: Right,
  namespace: string,
  { namespaces, controlPlane }: Grant,
): boolean {
  const isControlPlane = namespace === controlPlane;
  switch (place) {
    case 'cluster':
      return false;
    case 'control-plane':
      return isControlPlane;
    case 'namespaces':
      if (namespaces === undefined) return false;
      return (
        namespaces.includes(namespace) || (isControlPlane && addOn === undefined && lookingParts.has(part))
      );
  }
}

/**
 * What remains of a right on objects in no namespace where only some namespaces are granted: objects that have a name,
 * and those namespaces themselves.
 */
function named(
  right: Right,
  namespaces: readonly string[],
  { parts, controlPlane }: Grant,
): readonly Right[] {
  if (right.place !== 'cluster') return [];
  if (right.resource !== 'namespaces') return isNameable(right) ? [right] : [];
  const own = inOrder(namespaces);
  const looked = inOrder([...own, controlPlane]);
  switch (right.part) {
    case 'follow':
      // A namespace that is named is followed by a list and a watch of this one object.
      return [{ ...right, verbs: ['list', 'watch'], names: looked }];
    case 'pin':
      return [{ ...right, names: own }];
    default:
      return right.verbs.includes('get')
        ? [{ ...right, names: parts.includes('plan') ? inOrder([...looked, CLUSTER_IDENTITY]) : looked }]
        : [];
  }
}

/** Each name once. */
function inOrder(names: readonly string[]): readonly string[] {
  return [...new Set(names)].sort(byText);
}

function isNameable({ names, group }: Right): boolean {
  // A DaemonSet lives in a namespace, which is not among those that are granted.
  return names !== undefined && group !== 'apps';
}

/** The rights of a grant that are not had because only some namespaces are granted. */
export function notGranted(grant: Grant): readonly Right[] {
  const { namespaces } = grant;
  if (namespaces === undefined) return [];
  return rightsOf(grant.parts, grant.addOns).filter(
    (right) =>
      right.place === 'cluster' && right.part !== 'follow' && named(right, namespaces, grant).length === 0,
  );
}

/** Rights on the same objects become one rule; so do objects with the same verbs for the same reasons. */
function rulesOf(rights: readonly Right[]): readonly ReasonedRule[] {
  const byObject = Map.groupBy(rights, ({ group, resource, names = [] }) =>
    JSON.stringify([group, resource, names]),
  );
  const single = [...byObject.values()].map((same) => ({
    group: same[0]?.group ?? '',
    resource: same[0]?.resource ?? '',
    names: same[0]?.names ?? [],
    verbs: sortedVerbs(same.flatMap(({ verbs }) => verbs)),
    reasons: same.map(({ part, why }) => `${part}: to ${why}`),
  }));
  const alike = Map.groupBy(single, ({ group, names, verbs, reasons }) =>
    JSON.stringify([group, names, verbs, reasons]),
  );
  return [...alike.values()].map((rules): ReasonedRule => {
    const [{ group, names, verbs, reasons } = { group: '', names: [], verbs: [], reasons: [] }] = rules;
    return {
      rule: {
        apiGroups: [group],
        resources: rules.map(({ resource }) => resource),
        ...(names.length === 0 ? {} : { resourceNames: names }),
        verbs,
      },
      reasons,
    };
  });
}

const verbOrder = ['get', 'list', 'watch', 'create', 'update', 'patch'];

function sortedVerbs(verbs: readonly string[]): readonly string[] {
  return [...new Set(verbs)].sort((a, b) => verbOrder.indexOf(a) - verbOrder.indexOf(b));
}

const RBAC_GROUP = 'rbac.authorization.k8s.io';
const RBAC_VERSION = `${RBAC_GROUP}/v1`;
const LABELS = { 'app.kubernetes.io/name': OWN_DOMAIN };

/** A role as an object of the API. */
export function roleObject({ kind, name, namespace, rules }: RoleDocument): object {
  return {
    apiVersion: RBAC_VERSION,
    kind,
    metadata: metadataOf(name, namespace),
    rules: rules.map(({ rule }) => rule),
  };
}

/** The binding of a role to the subjects of a grant. */
export function bindingObject({ kind, name, namespace }: RoleDocument, subjects: readonly Subject[]): object {
  return {
    apiVersion: RBAC_VERSION,
    kind: `${kind}Binding`,
    metadata: metadataOf(name, namespace),
    roleRef: { apiGroup: RBAC_GROUP, kind, name },
    subjects: subjects.map((subject) =>
      subject.kind === 'ServiceAccount'
        ? { kind: subject.kind, namespace: subject.namespace, name: subject.name }
        : { kind: subject.kind, apiGroup: RBAC_GROUP, name: subject.name },
    ),
  };
}

export function metadataOf(name: string, namespace = ''): object {
  return { name, ...(namespace === '' ? {} : { namespace }), labels: LABELS };
}

/** Where a right is granted, in words. */
export const placeWords: Readonly<Record<Place, string>> = {
  cluster: 'cluster',
  namespaces: 'each namespace',
  'control-plane': "the control plane's namespace",
};
