/** The authorizer that decides by the roles and bindings in the store. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { clusterRoleBindings, clusterRoles, roleBindings, roles } from '../../../src/sim/resources.ts';
import { storedRbac } from '../../../src/sim/server/stored-rbac.ts';
import { ANONYMOUS, type User } from '../../../src/sim/server/users.ts';
import { MemoryStore } from '../../../src/sim/store.ts';
import type { JsonObject } from '../../../src/sim/types.ts';

const RBAC = 'rbac.authorization.k8s.io';
const apiVersion = `${RBAC}/v1`;
const ANN: User = { name: 'ann', groups: ['readers', 'system:authenticated'] };
const BOB: User = { name: 'bob', groups: ['system:authenticated'] };

function setUp() {
  const store = new MemoryStore();
  const authorizer = storedRbac(store);
  const rule = (verb: string, resource: string, more: JsonObject = {}): JsonObject => ({
    verbs: [verb],
    apiGroups: [''],
    resources: [resource],
    ...more,
  });
  return {
    store,
    rule,
    authorizer,
    role: (namespace: string, name: string, ...rules: readonly JsonObject[]) =>
      store.create(roles, { apiVersion, kind: 'Role', metadata: { namespace, name }, rules }),
    clusterRole: (name: string, labels: JsonObject, more: JsonObject) =>
      store.create(clusterRoles, { apiVersion, kind: 'ClusterRole', metadata: { name, labels }, ...more }),
    bind: (namespace: string, kind: string, name: string, ...subjects: readonly JsonObject[]) => {
      const roleRef = { apiGroup: RBAC, kind, name };
      const binding = { apiVersion, roleRef, subjects };
      return namespace === ''
        ? store.create(clusterRoleBindings, { ...binding, kind: 'ClusterRoleBinding', metadata: { name } })
        : store.create(roleBindings, { ...binding, kind: 'RoleBinding', metadata: { namespace, name } });
    },
    may: (user: User, verb: string, resource: string, namespace = '', name = '') => {
      const [plural = '', subresource = ''] = resource.split('/');
      return authorizer.allows(user, { verb, group: '', resource: plural, subresource, namespace, name });
    },
  };
}

const user = (name: string): JsonObject => ({ kind: 'User', apiGroup: RBAC, name });

describe('roles in the store', () => {
  test('a Role holds in its namespace, and only for whom it is bound', () => {
    const { role, bind, rule, may } = setUp();
    role('books', 'r', rule('list', 'pods'));
    assert.equal(may(ANN, 'list', 'pods', 'books'), false);
    bind('books', 'Role', 'r', user('ann'));
    assert.equal(may(ANN, 'list', 'pods', 'books'), true);
    assert.equal(may(ANN, 'list', 'pods', 'shop'), false);
    assert.equal(may(ANN, 'list', 'pods'), false);
    assert.equal(may(ANN, 'watch', 'pods', 'books'), false);
    assert.equal(may(BOB, 'list', 'pods', 'books'), false);
  });

  test('a ClusterRole holds where it is bound', () => {
    const { clusterRole, bind, rule, may } = setUp();
    clusterRole('c', {}, { rules: [rule('get', 'pods')] });
    bind('shop', 'ClusterRole', 'c', user('ann'));
    assert.equal(may(ANN, 'get', 'pods', 'shop', 'x'), true);
    assert.equal(may(ANN, 'get', 'pods', 'books', 'x'), false);
    bind('', 'ClusterRole', 'c', { kind: 'Group', apiGroup: RBAC, name: 'readers' });
    assert.equal(may(ANN, 'get', 'pods', 'books', 'x'), true);
  });

  test('names and subresources', () => {
    const { role, bind, rule, may } = setUp();
    role(
      'books',
      'r',
      rule('update', 'leases', { resourceNames: ['mine'] }),
      rule('create', 'pods/eviction'),
    );
    bind('books', 'Role', 'r', user('ann'));
    assert.equal(may(ANN, 'update', 'leases', 'books', 'mine'), true);
    assert.equal(may(ANN, 'update', 'leases', 'books', 'other'), false);
    assert.equal(may(ANN, 'create', 'pods/eviction', 'books', 'x'), true);
    assert.equal(may(ANN, 'create', 'pods', 'books'), false);
  });

  test('ServiceAccounts, also by the namespace of their binding', () => {
    const { role, bind, rule, may } = setUp();
    role('ci', 'r', rule('list', 'pods'));
    bind('ci', 'Role', 'r', { kind: 'ServiceAccount', name: 'runner' });
    const runner = (namespace: string): User => ({
      name: `system:serviceaccount:${namespace}:runner`,
      groups: [],
    });
    assert.equal(may(runner('ci'), 'list', 'pods', 'ci'), true);
    assert.equal(may(runner('other'), 'list', 'pods', 'ci'), false);
  });

  test('changes count at once; a binding without its role binds nothing', () => {
    const { store, role, bind, rule, may } = setUp();
    const stored = role('books', 'r', rule('list', 'pods'));
    bind('books', 'Role', 'r', user('ann'));
    store.update(roles, { ...stored, rules: [rule('get', 'pods')] });
    assert.equal(may(ANN, 'list', 'pods', 'books'), false);
    assert.equal(may(ANN, 'get', 'pods', 'books', 'x'), true);
    store.delete(roles, 'books', 'r');
    assert.equal(may(ANN, 'get', 'pods', 'books', 'x'), false);
  });

  test('aggregation takes its rules from the labels of others', () => {
    const { clusterRole, bind, rule, may } = setUp();
    clusterRole('part', { 'x.example/view': 'true' }, { rules: [rule('list', 'pods')] });
    const clusterRoleSelectors = [{ matchLabels: { 'x.example/view': 'true' } }];
    clusterRole('whole', {}, { aggregationRule: { clusterRoleSelectors }, rules: [rule('list', 'secrets')] });
    bind('', 'ClusterRole', 'whole', user('ann'));
    assert.equal(may(ANN, 'list', 'pods'), true);
    assert.equal(may(ANN, 'list', 'secrets'), false);
  });

  test('paths: what everybody may, and what a role adds', () => {
    const { role, clusterRole, bind, authorizer } = setUp();
    const may = (who: User, path: string) => authorizer.allowsPath?.(who, 'get', path);
    assert.equal(may(ANONYMOUS, '/version'), true);
    assert.equal(may(ANONYMOUS, '/apis'), false);
    assert.equal(may(ANN, '/apis/apps'), true);
    assert.equal(may(ANN, '/metrics'), false);
    // Of a namespace, a role adds none.
    role('default', 'm', { verbs: ['get'], nonResourceURLs: ['*'] });
    bind('default', 'Role', 'm', user('ann'));
    assert.equal(may(ANN, '/metrics'), false);
    clusterRole('m', {}, { rules: [{ verbs: ['get'], nonResourceURLs: ['/metrics/*'] }] });
    bind('', 'ClusterRole', 'm', user('ann'));
    assert.equal(may(ANN, '/metrics/slis'), true);
    assert.equal(may(ANN, '/metrics'), false);
  });

  test('rules of a user, as reviews show them, are what is decided by', () => {
    const { role, bind, rule, authorizer } = setUp();
    role('books', 'r', rule('list', 'pods', { resourceNames: ['a'] }));
    bind('books', 'Role', 'r', user('ann'));
    const [first, ...basic] = authorizer.rules(ANN, 'books');
    assert.deepEqual(first, { verbs: ['list'], apiGroups: [''], resources: ['pods'], resourceNames: ['a'] });
    assert.ok(basic.every(({ apiGroups }) => apiGroups.every((group) => /^auth/.test(group))));
    assert.deepEqual(authorizer.rules(ANONYMOUS, 'books'), []);
  });
});
