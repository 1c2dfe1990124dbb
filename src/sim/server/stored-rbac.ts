/**
 * RBAC out of the Roles, ClusterRoles and bindings in the store, which is asked anew at every request.
 * Source of the rules: kubernetes `plugin/pkg/auth/authorizer/rbac`, `pkg/registry/rbac/validation/rule.go`, and the
 * default roles of `plugin/pkg/auth/authorizer/rbac/bootstrappolicy`.
 */

import { arrayAt, isObject, stringAt, stringMapAt } from '../json.ts';
import { clusterRoleBindings, clusterRoles, roleBindings, roles } from '../resources.ts';
import { labelSelectorMatches } from '../selectors.ts';
import type { MemoryStore } from '../store.ts';
import type { KubeObject } from '../types.ts';
import {
  type Authorizer,
  BASIC_USER,
  covers,
  EVERYTHING,
  type PathRule,
  type PolicyRule,
} from './authorizer.ts';
import { ANONYMOUS, type User } from './users.ts';

const RBAC_GROUP = 'rbac.authorization.k8s.io';
const SERVICE_ACCOUNT = 'system:serviceaccount:';

/** ClusterRole system:public-info-viewer, bound to everybody. */
const PUBLIC_INFO: PathRule = {
  verbs: ['get'],
  nonResourceURLs: ['/healthz', '/livez', '/readyz', '/version', '/version/'],
};
/** ClusterRole system:discovery, bound to every authenticated user. */
const DISCOVERY: PathRule = {
  verbs: ['get'],
  nonResourceURLs: ['/api', '/api/*', '/apis', '/apis/*', '/openapi', '/openapi/*'],
};

/** What the objects in `store` allow, beside the default roles of every cluster. */
export function storedRbac(store: MemoryStore): Authorizer {
  function rulesOf(user: User, namespace: string): readonly Readonly<Record<string, unknown>>[] {
    const everywhere = store.list(clusterRoleBindings, '');
    const here = namespace === '' ? [] : store.list(roleBindings, namespace);
    return [...everywhere, ...here]
      .filter((binding) => arrayAt(binding, 'subjects').some((subject) => isSubject(subject, user, binding)))
      .flatMap((binding) => rulesIn(roleOf(store, binding)))
      .filter(isObject);
  }

  function rules(user: User, namespace: string): readonly PolicyRule[] {
    const basic = user.name === ANONYMOUS.name ? [] : BASIC_USER;
    if (user.groups.includes('system:masters')) return [EVERYTHING, ...basic];
    const own = rulesOf(user, namespace).flatMap((rule) => resourceRule(rule) ?? []);
    return [...own, ...basic];
  }

  function paths(user: User): readonly PathRule[] {
    if (user.groups.includes('system:masters')) return [{ verbs: ['*'], nonResourceURLs: ['*'] }];
    const own = rulesOf(user, '').flatMap((rule) => pathRule(rule) ?? []);
    return [...own, PUBLIC_INFO, ...(user.name === ANONYMOUS.name ? [] : [DISCOVERY])];
  }

  return {
    rules,
    allows: (user, attributes) => rules(user, attributes.namespace).some((rule) => covers(rule, attributes)),
    paths,
    allowsPath: (user, verb, path) => paths(user).some((rule) => coversPath(rule, verb, path)),
  };

  function rulesIn(role: KubeObject | undefined): readonly unknown[] {
    if (role === undefined) return [];
    const selectors = arrayAt(role, 'aggregationRule', 'clusterRoleSelectors');
    if (selectors.length === 0) return arrayAt(role, 'rules');
    return store
      .list(clusterRoles, '')
      .filter((other) => selectors.some((selector) => labelSelectorMatches(selector, labelsOf(other))))
      .flatMap((other) => arrayAt(other, 'rules'));
  }
}

/** The role that a binding names; a binding of one that does not exist binds nothing. */
function roleOf(store: MemoryStore, binding: KubeObject): KubeObject | undefined {
  const name = stringAt(binding, 'roleRef', 'name');
  switch (stringAt(binding, 'roleRef', 'kind')) {
    case 'ClusterRole':
      return store.get(clusterRoles, '', name);
    case 'Role':
      return store.get(roles, binding.metadata.namespace ?? '', name);
    default:
      return undefined;
  }
}

function isSubject(subject: unknown, user: User, binding: KubeObject): boolean {
  const name = stringAt(subject, 'name');
  const kind = stringAt(subject, 'kind');
  // The API server fills the group in.
  const group = stringAt(subject, 'apiGroup') || (kind === 'ServiceAccount' ? '' : RBAC_GROUP);
  switch (kind) {
    case 'User':
      return group === RBAC_GROUP && name === user.name;
    case 'Group':
      return group === RBAC_GROUP && user.groups.includes(name);
    case 'ServiceAccount': {
      const namespace = stringAt(subject, 'namespace') || (binding.metadata.namespace ?? '');
      return group === '' && user.name === `${SERVICE_ACCOUNT}${namespace}:${name}`;
    }
    default:
      return false;
  }
}

function labelsOf(object: KubeObject): Readonly<Record<string, string>> {
  return stringMapAt(object, 'metadata', 'labels');
}

function resourceRule(rule: Readonly<Record<string, unknown>>): PolicyRule | undefined {
  const resources = texts(rule, 'resources');
  if (resources.length === 0) return undefined;
  const resourceNames = texts(rule, 'resourceNames');
  return {
    verbs: texts(rule, 'verbs'),
    apiGroups: texts(rule, 'apiGroups'),
    resources,
    ...(resourceNames.length === 0 ? {} : { resourceNames }),
  };
}

function pathRule(rule: Readonly<Record<string, unknown>>): PathRule | undefined {
  const nonResourceURLs = texts(rule, 'nonResourceURLs');
  return nonResourceURLs.length === 0 ? undefined : { verbs: texts(rule, 'verbs'), nonResourceURLs };
}

function texts(object: Readonly<Record<string, unknown>>, field: string): readonly string[] {
  return arrayAt(object, field).filter((value) => typeof value === 'string');
}

function coversPath({ verbs, nonResourceURLs }: PathRule, verb: string, path: string): boolean {
  if (!verbs.includes('*') && !verbs.includes(verb)) return false;
  return nonResourceURLs.some((url) =>
    url.endsWith('*') ? path.startsWith(url.slice(0, -1)) : url === path,
  );
}
