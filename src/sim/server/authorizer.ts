import { ANONYMOUS, type User } from './users.ts';

/** A request as authorization sees it. */
export interface Attributes {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly subresource: string;
  /** '' means in all namespaces, or cluster-scoped. */
  readonly namespace: string;
  readonly name: string;
}

/** A rule of RBAC, `*` meaning all. */
export interface PolicyRule {
  readonly verbs: readonly string[];
  readonly apiGroups: readonly string[];
  // Subresources as `pods/eviction`, or `*/scale` for those of all resources.
  readonly resources: readonly string[];
  readonly resourceNames?: readonly string[];
}

/** A rule of RBAC on paths that are no resources; `*` stands for any ending. */
export interface PathRule {
  readonly verbs: readonly string[];
  readonly nonResourceURLs: readonly string[];
}

/** Decides over each request to a resource; asked anew every time, so that rights may change while a test runs. */
export interface Authorizer {
  allows(user: User, attributes: Attributes): boolean;
  /** What `auth can-i --list` shows for one namespace. */
  rules(user: User, namespace: string): readonly PolicyRule[];
  /** Whether a path that is no resource may be asked for; without it all may by whoever has said who he is. */
  allowsPath?(user: User, verb: string, path: string): boolean;
  /** The rules behind `allowsPath`. */
  paths?(user: User): readonly PathRule[];
}

export const EVERYTHING: PolicyRule = { verbs: ['*'], apiGroups: ['*'], resources: ['*'] };
/** ClusterRole system:basic-user, which every authenticated user has. */
export const BASIC_USER: readonly PolicyRule[] = [
  {
    verbs: ['create'],
    apiGroups: ['authorization.k8s.io'],
    resources: ['selfsubjectaccessreviews', 'selfsubjectrulesreviews'],
  },
  { verbs: ['create'], apiGroups: ['authentication.k8s.io'], resources: ['selfsubjectreviews'] },
];

/** Everybody may do everything, except who has not said who he is. */
export const allowAll: Authorizer = {
  allows: (user) => user.name !== ANONYMOUS.name,
  rules: (user) => (user.name === ANONYMOUS.name ? [] : [EVERYTHING, ...BASIC_USER]),
};

/** Rules of a user or a group, in one namespace or (without one) in all and on cluster-scoped resources. */
export interface Binding {
  readonly user?: string;
  readonly group?: string;
  readonly namespace?: string;
  readonly rules: readonly PolicyRule[];
}

/** RBAC: what no rule allows is forbidden; group system:masters may do everything. */
export function rbacAuthorizer(bindings: readonly Binding[]): Authorizer {
  function rules(user: User, namespace: string): readonly PolicyRule[] {
    if (user.name === ANONYMOUS.name) return [];
    if (user.groups.includes('system:masters')) return [EVERYTHING, ...BASIC_USER];
    const own = bindings.filter(
      (binding) =>
        (binding.user === user.name ||
          (binding.group !== undefined && user.groups.includes(binding.group))) &&
        (binding.namespace === undefined || (namespace !== '' && binding.namespace === namespace)),
    );
    return [...own.flatMap((binding) => binding.rules), ...BASIC_USER];
  }
  return {
    rules,
    allows: (user, attributes) => rules(user, attributes.namespace).some((rule) => covers(rule, attributes)),
  };
}

/** Whether a rule allows a request. */
export function covers(rule: PolicyRule, { verb, group, resource, subresource, name }: Attributes): boolean {
  const names = rule.resourceNames ?? [];
  return (
    includes(rule.verbs, verb) &&
    includes(rule.apiGroups, group) &&
    coversResource(rule.resources, resource, subresource) &&
    (names.length === 0 || names.includes(name))
  );
}

function includes(list: readonly string[], value: string): boolean {
  return list.includes('*') || list.includes(value);
}

function coversResource(resources: readonly string[], resource: string, subresource: string): boolean {
  if (subresource === '') return includes(resources, resource);
  return includes(resources, `${resource}/${subresource}`) || resources.includes(`*/${subresource}`);
}

/** Why a request is forbidden, worded as RBAC words it. */
export function explainForbidden(user: User, attributes: Attributes): string {
  const { verb, group, resource, subresource, namespace } = attributes;
  const what = subresource === '' ? resource : `${resource}/${subresource}`;
  const where = namespace === '' ? 'at the cluster scope' : `in the namespace ${JSON.stringify(namespace)}`;
  return `User ${JSON.stringify(user.name)} cannot ${verb} resource ${JSON.stringify(what)} in API group ${JSON.stringify(group)} ${where}`;
}
