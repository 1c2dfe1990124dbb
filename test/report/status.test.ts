import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Ajv } from 'ajv';
import { statusDocument } from '../../src/report/status-document.ts';
import { statusNames, statusTable } from '../../src/report/status-table.ts';
import { CURRENT, liveView, namespaceView, podTally, workloadView } from '../support/views.ts';

const OLD = 'edge-25.4.4';
const everything = { namespaces: undefined, selected: false };
const plain = { wide: false, headers: true };

const mesh = liveView({
  namespaces: [
    namespaceView('books', {
      running: [
        [OLD, 'violation', 2],
        [CURRENT, 'current', 1],
      ],
      effects: { upgrades: 1, pinned: 1 },
      pods: podTally(3, { completed: 2, terminating: 1 }),
    }),
    namespaceView('linkerd', { role: 'control-plane' }),
    namespaceView('plain', { running: [], effects: {}, pods: podTally(4, { unmeshed: 4 }) }),
  ],
  workloads: [
    workloadView('books', 'webapp', {
      running: [[OLD, 'violation', 2]],
      effect: { kind: 'upgrades', reason: `${OLD} to ${CURRENT}` },
    }),
    workloadView('books', 'authors', {
      kind: 'StatefulSet',
      effect: { kind: 'pinned', reason: 'pinned on the namespace' },
    }),
    workloadView('books', 'idle', { running: [], replicas: 0 }),
  ],
  unreadable: [{ what: 'pods in namespace secret', why: 'forbidden' }],
});

test('the table lists the mesh, counts the rest, and says what could not be read', () => {
  assert.deepEqual(statusTable(mesh, everything, plain), [
    'NAMESPACE   PROXIES   CLASS       VERSIONS                           RESTART',
    `books       3         violation   ${OLD} (2), ${CURRENT} (1)   upgrades 1, pinned 1`,
    `linkerd     3         current     ${CURRENT}                        nothing`,
    '',
    `Control plane: ${CURRENT} (release 2.20) in namespace linkerd; 3 of 3 components ready`,
    'Data plane: 6 proxies in 2 namespaces: current 4, violation 2',
    'Skew violations: books',
    'Not listed: 1 namespace without proxies',
    'Not readable: pods in namespace secret: forbidden',
  ]);
});

test('one namespace is shown by its workloads', () => {
  const selection = { namespaces: ['books'], selected: false };
  assert.deepEqual(statusTable(mesh, selection, plain).slice(0, 4), [
    'WORKLOAD              PROXIES   CLASS       VERSIONS      RESTART    TARGET',
    `deployment/webapp     2         violation   ${OLD}   upgrades   ${CURRENT}`,
    `statefulset/authors   3         current     ${CURRENT}   pinned     ${CURRENT}`,
    `deployment/idle       0         -           -             nothing    ${CURRENT}`,
  ]);
});

test('wide adds roles, classes and what is not counted', () => {
  const [head, books] = statusTable(mesh, everything, { wide: true, headers: true });
  assert.match(head ?? '', /ROLE .*CLASSES .*STALE-TRUST .*NOT-COUNTED/);
  assert.match(books ?? '', /application .*current 1, violation 2 .*completed 2, terminating 1/);
  const rows = statusTable(mesh, { namespaces: ['books'], selected: false }, { wide: true, headers: true });
  assert.match(rows[2] ?? '', /pinned on the namespace$/);
});

test('without headers only rows are printed', () => {
  assert.equal(statusTable(mesh, everything, { wide: false, headers: false }).length, 2);
});

test('names are those of the rows, as kubectl writes them', () => {
  assert.deepEqual(statusNames(mesh, everything), ['namespace/books', 'namespace/linkerd']);
  assert.deepEqual(statusNames(mesh, { namespaces: ['books'], selected: false }), [
    'deployment.apps/webapp',
    'statefulset.apps/authors',
  ]);
});

test('a selection narrows the totals too, and leaves out workloads without a chosen pod', () => {
  const document = statusDocument(mesh, { namespaces: ['books'], selected: true });
  assert.deepEqual(
    document.namespaces.map(({ name }) => name),
    ['books'],
  );
  assert.deepEqual(
    document.namespaces[0]?.workloads.map(({ name }) => name),
    ['webapp', 'authors'],
  );
  assert.deepEqual(
    [document.totals.proxies, document.totals.namespaces, document.totals.byVersion],
    [3, 1, { [OLD]: 2, [CURRENT]: 1 }],
  );
  assert.equal(document.totals.pods.completed, 2);
});

test('a selection counts the effects of the workloads chosen, and no others', () => {
  const [, books] = statusTable(mesh, { namespaces: undefined, selected: true }, plain);
  assert.match(books ?? '', /upgrades 1, pinned 1$/);
  const some = liveView({
    namespaces: [namespaceView('shop', { effects: { nothing: 1, unknown: 2, unmeshes: 1 } })],
    workloads: [workloadView('shop', 'web'), workloadView('shop', 'idle', { running: [], replicas: 0 })],
  });
  const [, shop] = statusTable(some, { namespaces: undefined, selected: true }, plain);
  assert.match(shop ?? '', /nothing$/);
});

test('what cannot be judged is named with its reason', () => {
  const live = liveView({
    controlPlane: {
      injector: {
        state: 'unknown',
        reason: 'ConfigMap linkerd/linkerd-config: its values name no linkerdVersion',
      },
      others: [
        { namespace: 'gone', proxies: 1, exists: false },
        { namespace: 'mesh-b', proxies: 2, exists: true },
      ],
    },
  });
  const text = statusTable(live, everything, plain).join('\n');
  assert.match(text, /; injector: ConfigMap linkerd\/linkerd-config: its values name no linkerdVersion$/m);
  assert.match(text, /^Not judged: 1 proxy of a control plane that does not exist, in namespace gone$/m);
  assert.match(
    text,
    /^Not judged: 2 proxies of another control plane, in namespace mesh-b \(-L mesh-b shows it\)$/m,
  );
});

test('the document is what the published schema says', () => {
  const schema: object = JSON.parse(
    readFileSync(new URL('../../docs/schema/status.v1.json', import.meta.url), 'utf8'),
  );
  const validate = new Ajv({ allErrors: true }).compile(schema);
  const { controlPlane, ...rest } = statusDocument(mesh, everything);
  assert.ok(validate({ controlPlane, ...rest }), JSON.stringify(validate.errors));
  assert.ok(!validate(rest), 'the schema must miss the control plane');
});

test('totals of a selection add up every figure of what was chosen', () => {
  const view = liveView({
    namespaces: [
      namespaceView('a', {
        running: [[OLD, 'violation', 2]],
        staleTrust: 2,
        pods: podTally(3, { unmeshed: 1, ready: 2, completed: 1, failed: 2, terminating: 3 }),
      }),
      namespaceView('b', { running: [[CURRENT, 'current', 1]], staleTrust: 1, pods: podTally(1) }),
      namespaceView('c', { running: [[CURRENT, 'current', 9]], pods: podTally(9) }),
    ],
    workloads: [workloadView('a', 'x'), workloadView('b', 'y'), workloadView('b', 'empty', { running: [] })],
  });
  assert.deepEqual(statusDocument(view, { namespaces: ['a', 'b'], selected: false }).totals, {
    namespaces: 2,
    workloads: 2,
    proxies: 3,
    byVersion: { [OLD]: 2, [CURRENT]: 1 },
    byClass: { current: 1, behind: 0, 'behind-one': 0, violation: 2, ahead: 0, unknown: 0 },
    staleTrust: 3,
    pods: { live: 4, ready: 3, unmeshed: 1, completed: 1, failed: 2, terminating: 3 },
  });
});

test('a selector leaves out namespaces in which it chose no pod', () => {
  const view = liveView({
    namespaces: [namespaceView('books'), namespaceView('empty', { running: [], pods: podTally(0) })],
  });
  const document = statusDocument(view, { namespaces: undefined, selected: true });
  assert.deepEqual(
    document.namespaces.map(({ name }) => name),
    ['books'],
  );
});

for (const [what, input, line] of [
  ['stale trust roots', { totals: { staleTrust: 4 } }, /^Stale trust root: 4 proxies; a restart renews it$/],
  [
    'an injector that is down',
    { controlPlane: { injector: { state: 'down', reason: 'no ready pod' } } },
    /^Control plane: .*INJECTOR DOWN: no ready pod$/,
  ],
  [
    'a half-rolled control plane',
    { controlPlane: { halfRolled: 'identity runs another' } },
    /^Control plane: .*HALF ROLLED: identity runs another$/,
  ],
] as const) {
  test(`the summary tells of ${what}`, () => {
    const lines = statusTable(
      liveView({ namespaces: [namespaceView('books')], ...input }),
      everything,
      plain,
    );
    assert.ok(
      lines.some((text) => line.test(text)),
      lines.join('\n'),
    );
  });
}
