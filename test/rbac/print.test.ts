/** `rbac` as a command: its words, its forms, and what kubectl makes of it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseAllDocuments } from 'yaml';
import { parseArguments } from '../../src/cli/arguments.ts';
import { UsageError } from '../../src/cli/pflag.ts';
import { rbac } from '../../src/cli/rbac.ts';
import { parts, rights, withNeeds } from '../../src/report/rbac/rights.ts';
import { arrayAt, at, stringAt } from '../../src/sim/json.ts';
import { namespaces, roleBindings } from '../../src/sim/resources.ts';
import { createApiServer } from '../../src/sim/server/api-server.ts';
import { storedRbac } from '../../src/sim/server/stored-rbac.ts';
import { findKubectls, openKubectl } from '../support/kubectl.ts';
import { temporaryFolder } from '../support/program.ts';

function print(...words: readonly string[]): string {
  let text = '';
  const output = {
    out: (more: string) => {
      text += more;
    },
    err: (more: string) => assert.fail(more),
  };
  assert.equal(rbac(parseArguments(['rbac', ...words]), {}, output), 0);
  return text;
}

const documents = (...words: readonly string[]): readonly unknown[] =>
  parseAllDocuments(print(...words)).map((document): unknown => document.toJS());

const names = (all: readonly unknown[]): readonly string[] =>
  all.map((object) =>
    [
      stringAt(object, 'kind'),
      stringAt(object, 'metadata', 'namespace'),
      stringAt(object, 'metadata', 'name'),
    ]
      .filter((word) => word !== '')
      .join(' '),
  );

/** Every rule of the printed roles. */
const rulesOf = (all: readonly unknown[]): readonly unknown[] =>
  all.flatMap((object) => arrayAt(object, 'rules'));

test('without words it is what only looks, bound to nobody', () => {
  const all = documents();
  assert.deepEqual(names(all), [
    'ClusterRole kubectl-linkerd-upgrade-look',
    'Role linkerd kubectl-linkerd-upgrade-look',
  ]);
  const verbs = new Set(rulesOf(all).flatMap((rule) => arrayAt(rule, 'verbs')));
  assert.deepEqual([...verbs].sort(), ['get', 'list', 'watch']);
});

test('nobody ever asks for Secrets, nor for more than single verbs on single resources', () => {
  const everything = documents(...parts, 'argo', '--subject', 'User:ann', '--admission-policy');
  for (const rule of rulesOf(everything)) {
    const words = ['verbs', 'resources', 'apiGroups'].flatMap((field) => arrayAt(rule, field));
    assert.ok(words.length >= 3);
    assert.ok(!words.includes('*') && !words.includes('secrets'), JSON.stringify(rule));
  }
  const verbs = new Set(rights.flatMap((right) => right.verbs));
  assert.deepEqual([...verbs].sort(), ['create', 'get', 'list', 'patch', 'update', 'watch']);
});

test('a part brings what it needs', () => {
  assert.deepEqual(withNeeds(['restart']), ['read', 'follow', 'plan', 'restart', 'lock']);
  assert.deepEqual(withNeeds(['evict', 'pin']), [
    'read',
    'follow',
    'plan',
    'restart',
    'lock',
    'evict',
    'pin',
  ]);
  assert.deepEqual(withNeeds(['check']), ['read', 'check']);
});

test('in some namespaces: a Role in each, and of the rest what has a name', () => {
  const all = documents(
    'restart',
    'pin',
    '-n',
    'shop',
    '-n',
    'books',
    '-L',
    'mesh',
    '--subject',
    'Group:sre',
  );
  assert.deepEqual(
    names(all),
    [
      ...['ClusterRole', 'Role books', 'Role mesh', 'Role shop'],
      ...['ClusterRoleBinding', 'RoleBinding books', 'RoleBinding mesh', 'RoleBinding shop'],
    ].map((name) => `${name} kubectl-linkerd-upgrade-pin-restart.books.shop`),
  );
  const [cluster, books, mesh] = all;
  for (const rule of arrayAt(cluster, 'rules')) assert.ok(arrayAt(rule, 'resourceNames').length > 0);
  const patched = (role: unknown) =>
    arrayAt(role, 'rules').filter((rule) => arrayAt(rule, 'verbs').includes('patch'));
  assert.equal(patched(books).length, 1);
  assert.deepEqual(patched(mesh), []);
  assert.deepEqual(
    patched(cluster).map((rule) => at(rule, 'resourceNames')),
    [['books', 'shop']],
  );
  assert.match(
    print('restart', '-n', 'books'),
    /not seen so:\n#\s+namespaces .*\n(#.*\n)*#\s+nodes +Cordoned nodes/,
  );
});

test('a grant never takes the place of one for other rights or other namespaces', () => {
  const many = Array.from({ length: 30 }, (_, index) => ['-n', `namespace-${index}`]).flat();
  const grants = [
    ['restart'],
    ['restart', 'argo'],
    ['restart', '-n', 'books'],
    ['restart', '-n', 'books', '-n', 'shop'],
    ['restart', '-n', 'books-shop'],
    ['restart', ...many],
    ['restart', ...many, '-n', 'books'],
  ].map((words) => stringAt(documents(...words)[0], 'metadata', 'name'));
  assert.equal(new Set(grants).size, grants.length, grants.join(' '));
  // Names of admission policies are DNS subdomains.
  for (const name of grants) assert.match(name, /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/);
  const again = documents('restart', '-n', 'shop', '-n', 'books', '-n', 'shop');
  assert.equal(stringAt(again[0], 'metadata', 'name'), grants[3], 'the order of -n does not count');
});

test('subjects as the API has them', () => {
  const all = documents(
    'read',
    '--subject',
    'User:a:b',
    '--subject',
    'Group:g',
    '--subject',
    'ServiceAccount:ci/x',
  );
  const group = 'rbac.authorization.k8s.io';
  assert.deepEqual(at(all[2], 'subjects'), [
    { kind: 'User', apiGroup: group, name: 'a:b' },
    { kind: 'Group', apiGroup: group, name: 'g' },
    { kind: 'ServiceAccount', namespace: 'ci', name: 'x' },
  ]);
});

test("who only looks at a namespace may read that one and the control plane's, and not kube-system", () => {
  const [cluster] = documents('read', '-n', 'books');
  const [names] = arrayAt(cluster, 'rules').filter((rule) =>
    arrayAt(rule, 'resources').includes('namespaces'),
  );
  assert.deepEqual(at(names, 'resourceNames'), ['books', 'linkerd']);
  const [more] = documents('plan', '-n', 'kube-system');
  const read = arrayAt(more, 'rules').find((rule) => arrayAt(rule, 'verbs').includes('get'));
  assert.deepEqual(at(read, 'resourceNames'), ['kube-system', 'linkerd']);
});

test('a policy that cannot be evaluated refuses, and one that refuses denies', () => {
  const objects = documents('restart', '--subject', 'User:ann', '--admission-policy');
  const [policy, binding] = objects.slice(-2);
  assert.equal(stringAt(policy, 'spec', 'failurePolicy'), 'Fail');
  assert.deepEqual(at(binding, 'spec', 'validationActions'), ['Deny']);
  assert.equal(stringAt(binding, 'spec', 'policyName'), stringAt(policy, 'metadata', 'name'));
});

test('JSON is a List of the same objects', () => {
  const words = ['restart', 'probe', '--subject', 'User:ann', '--admission-policy'];
  const list: unknown = JSON.parse(print(...words, '-o', 'json'));
  assert.equal(stringAt(list, 'kind'), 'List');
  assert.deepEqual(arrayAt(list, 'items'), documents(...words));
});

test('every rule says why, and the top says how it was made', () => {
  const text = print('restart', '--subject', "User:o'hara", '--name', 'mine');
  assert.match(
    text,
    /^# Made by: kubectl linkerd-upgrade rbac restart --subject 'User:o'\\''hara' --name mine\n/,
  );
  const lines = text.split('\n');
  for (const [index, line] of lines.entries()) {
    if (line.startsWith('  - apiGroups:')) assert.match(lines[index - 1] ?? '', /^ {2}# \w+: to \w/);
  }
  assert.ok(lines.every((line) => line.length <= 110));
});

for (const [words, message] of [
  [['restrat'], /no rights named "restrat": say read, follow,.* pin, argo/],
  [['--for', 'runs'], /--for takes a command that asks a cluster: status,/],
  [['--subject', 'ann'], /--subject takes User:NAME/],
  [['--subject', 'User:'], /--subject takes/],
  [['--subject', 'ServiceAccount:x'], /--subject takes/],
  [['--subject', 'User: ann'], /--subject takes/],
  // Above all not what would go on behind the comment that repeats the call.
  [['--subject', 'User:ann\nkind: ClusterRoleBinding'], /not "User:ann\\nkind: ClusterRoleBinding"/],
  [['--subject', 'Group:sre\u2028kind: x'], /not "Group:sre\\u2028kind: x"/],
  [['--subject', 'User:\u001b[31m'], /not "User:\\x1b\[31m"/],
  [['--subject', 'ServiceAccount:a.b/x'], /--subject takes/],
  [['--subject', 'ServiceAccount:ci/x/y'], /--subject takes/],
  [['--name', 'a b'], /--name takes small letters.*not "a b"/],
  [['--name', 'a\n---'], /--name takes.*not "a\\n---"/],
  [['-n', 'a,b'], /repeat -n for several/],
  [['-n', 'a.b'], /"a\.b" is no name of a namespace/],
  [['-L', 'Linkerd'], /"Linkerd" is no name of a namespace/],
  [['--admission-policy'], /add --subject/],
  [['-o', 'table'], /yaml, json/],
] as const) {
  test(`refused: rbac ${JSON.stringify(words)}`, () => {
    assert.throws(
      () => print(...words),
      (error: unknown) => error instanceof UsageError && message.test(error.message),
    );
  });
}

for (const kubectl of findKubectls()) {
  test(`kubectl ${kubectl.version} applies it, and finds nothing to change afterwards`, async (t) => {
    const users = new Map([['ann-token', { name: 'ann', groups: [] }]]);
    const server = await createApiServer({ authorizer: storedRbac, users });
    for (const name of ['default', 'linkerd', 'books']) {
      server.store.create(namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
    }
    const admin = openKubectl(kubectl, server.kubeconfig());
    const ann = openKubectl(kubectl, server.kubeconfig({ token: 'ann-token' }));
    t.after(async () => {
      admin.close();
      ann.close();
      await server.close();
    });
    using folder = temporaryFolder();
    const words = ['restart', 'events', '-n', 'books', '--subject', 'User:ann', '--admission-policy'];
    const file = folder.file('rbac.yaml', print(...words));
    const first = await admin.run('apply', '--validate=false', '-f', file);
    assert.equal(first.code, 0, first.stderr);
    assert.equal(first.stdout.match(/ created$/gm)?.length, 8);
    const second = await admin.run('apply', '--validate=false', '-f', file);
    assert.equal(second.stdout.match(/ unchanged$/gm)?.length, 8, second.stdout + second.stderr);

    // Names that mean something else in some YAML arrive as they are.
    const odd = ['y', 'no', 'on', '0b1', '0o7', '1e3', '0777', 'null', '2001-01-01'];
    for (const name of odd) {
      server.store.create(namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
    }
    const oddWords = ['read', '-L', 'y', '--name', 'no', ...odd.flatMap((name) => ['-n', name])];
    const people = [
      'true',
      'off',
      '~',
      '1_0',
      '.5',
      '<<',
      '=',
      '- x',
      'a: b',
      'x # y',
      '{}',
      '@a',
      '%d',
      '1:30',
    ];
    const oddFile = folder.file(
      'odd.yaml',
      print(...oddWords, ...people.flatMap((name) => ['--subject', `User:${name}`])),
    );
    const applied = await admin.run('apply', '--validate=false', '-f', oddFile);
    assert.equal(applied.code, 0, applied.stderr);
    assert.equal(applied.stdout.match(/ created$/gm)?.length, 2 * (1 + odd.length));
    const bound = server.store.get(roleBindings, '0b1', 'no');
    assert.deepEqual(
      arrayAt(bound, 'subjects').map((subject) => stringAt(subject, 'name')),
      people,
    );

    const can = async (...words: readonly string[]) =>
      (await ann.run('auth', 'can-i', ...words)).stdout.trim();
    assert.equal(await can('patch', 'deployments', '-n', 'books'), 'yes');
    assert.equal(await can('patch', 'deployments', '-n', 'linkerd'), 'no');
    assert.equal(await can('list', 'secrets', '-n', 'books'), 'no');
    assert.equal(await can('update', 'leases/kubectl-linkerd-upgrade', '-n', 'linkerd'), 'yes');
    assert.match(
      (await ann.run('auth', 'can-i', '--list', '-n', 'books')).stdout,
      /deployments\.apps .*patch/,
    );
  });
}
