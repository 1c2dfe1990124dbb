/** A plan as a table and as a document. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Ajv } from 'ajv';
import { planDocument } from '../../src/report/plan-document.ts';
import { planTable } from '../../src/report/plan-table.ts';
import { readPlanFile } from '../../src/rollout/plan/plan-file.ts';
import { planRestart } from '../../src/rollout/plan/planner.ts';
import { DEFAULT_LIMITS } from '../../src/rollout/run/limits.ts';
import { app, CURRENT, scopes, VIOLATION, world } from '../rollout/plan/world.ts';
import { configMap, meshedPod } from '../support/records.ts';

const input = world(
  app('books', 'web', { replicas: 3 }),
  app('books', 'db', {
    kind: 'StatefulSet',
    replicas: 3,
    version: VIOLATION,
    fields: { strategy: { partition: 1 } },
  }),
  app('books', 'daemons', { kind: 'DaemonSet', fields: { strategy: { type: 'OnDelete' } } }),
  app('shop', 'one', { replicas: 1 }),
  app('shop', 'paused', { fields: { paused: true } }),
  app('shop', 'current', { version: CURRENT }),
  app('staging', 'api'),
);
const all = scopes('books', 'shop', 'staging');

test('the table: waves in their order, marks and risks, what is left with what to type, the estimate', () => {
  assert.deepEqual(planTable(planRestart(input, all)), [
    '4 restarts, all to edge-26.8.3:',
    '',
    '#   NAMESPACE   WORKLOAD           FROM          PODS     WHY',
    '',
    'Wave 1: canary staging/api, small and redundant (1 workload, 2 pods)',
    '1   staging     deployment/api     edge-26.7.1   2        behind',
    '',
    'Wave 2: namespace books, proxies behind (1 workload, 3 pods)',
    '2   books       deployment/web     edge-26.7.1   3        behind',
    '',
    'Wave 3: delicate workloads, StatefulSets and single replicas (2 workloads, 3 pods)',
    '3   books       statefulset/db *   edge-24.8.2   2 of 3   violation',
    '4   shop        deployment/one *   edge-26.7.1   1        behind',
    '',
    '4 workloads, 8 pods in 3 waves, about 5 min',
    'up to 3 workloads at a time, up to 60 pod starts a minute, 1 min between waves',
    '',
    'Risks (*):',
    '  books statefulset/db   partition 1: pod 0 keeps its old proxy',
    '  shop deployment/one    it has one pod; the new one starts before the old one stops',
    '',
    'Left as they are:',
    '  books daemonset/daemons   unsupported   from edge-26.7.1 to edge-26.8.3; under OnDelete its pods',
    '                                          are evicted one by one, and only when that is asked for',
    '    kubectl linkerd-upgrade restart books/daemonset/daemons --include on-delete',
    '  shop deployment/paused    unsupported   it is paused, and a paused Deployment makes no new pods',
    '    kubectl rollout resume deployment/paused -n shop',
    '  and 1 workload that a restart would not change',
  ]);
});

test('targets that differ have a column', () => {
  const pinned = { 'config.linkerd.io/proxy-version': 'edge-26.7.1' };
  const stale = { trustRootSha256: 'ab'.repeat(32) };
  const plan = planRestart(
    world(
      configMap('linkerd-identity-trust-roots', { 'ca-bundle.crt': 'the bundle of today' }),
      app('books', 'pinned', { fields: { template: { annotations: pinned } }, pod: stale }),
      app('books', 'web', { replicas: 3 }),
    ),
    scopes('books'),
  );
  const lines = planTable(plan);
  assert.equal(lines[0], '2 restarts:');
  assert.match(lines[2] ?? '', / TO +PODS /);
  assert.ok(lines.some((line) => /pinned +edge-26.7.1 +edge-26.7.1 +2 +stale trust$/.test(line)));
  assert.ok(lines.some((line) => /web +edge-26.7.1 +edge-26.8.3 +3 +behind$/.test(line)));
});

test('evictions are marked as a risk', () => {
  const lines = planTable(planRestart(input, scopes('books'), { onDelete: true }));
  assert.ok(lines.some((line) => line.includes('daemonset/daemons *')));
  assert.ok(
    lines.includes('  books daemonset/daemons   update strategy OnDelete: its pods are evicted one by one'),
  );
});

test('a choice that nothing meets is told from workloads that need nothing', () => {
  assert.deepEqual(planTable(planRestart(input, [])), ['Nothing to restart: no workload matches.']);
});

test('nothing to restart, and why nothing may be', () => {
  const plan = planRestart(world(app('books', 'web', { version: CURRENT })), scopes('books'));
  assert.deepEqual(planTable({ ...plan, blocked: ['the proxy injector is down'] }), [
    'Nothing to restart.',
    '',
    'Left as they are:',
    '  1 workload that a restart would not change',
    '',
    'Nothing may be restarted now:',
    '  the proxy injector is down',
  ]);
});

test('hundreds of workloads stay readable: no line of prose beyond 100 columns, equal ones told once', () => {
  const spaces = Array.from({ length: 40 }, (_, index) => `team-${index}`);
  const records = spaces.flatMap((name) => [
    ...app(name, 'web'),
    ...app(name, 'one', { replicas: 1 }),
    ...app(name, 'paused', { fields: { paused: true } }),
    meshedPod(VIOLATION, { namespace: name, name: 'bare' }),
  ]);
  const lines = planTable(planRestart(world(records), scopes(...spaces)));
  const wide = lines.filter((line) => line.length > 100);
  assert.deepEqual(wide, []);
  const told = (pattern: RegExp) => lines.filter((line) => pattern.test(line)).length;
  assert.equal(told(/^ {2}40 workloads +it has one pod/), 1);
  assert.equal(told(/^ {2}40 workloads +unsupported +a bare pod/), 1);
  assert.equal(told(/kubectl rollout resume/), 40, 'each that can be typed about');
});

for (const width of [60, 80, 100]) {
  test(`no line of prose is wider than the page of ${width} columns`, () => {
    const crowd = Array.from({ length: 6 }, (_, index) =>
      app(`team-${index}`, 'paused', { fields: { paused: true } }),
    );
    const records = [
      ...app('books', 'single', { replicas: 1 }),
      ...crowd.flat(),
      meshedPod(VIOLATION, { namespace: 'books', name: 'bare' }),
    ];
    const lines = planTable(
      planRestart(world(records), scopes('books', ...crowd.map((_, index) => `team-${index}`))),
      DEFAULT_LIMITS,
      width,
    );
    const prose = lines
      .slice(lines.findIndex((line) => line.startsWith('Risks')))
      .filter((line) => !line.includes('kubectl '));
    assert.deepEqual(
      prose.filter((line) => line.length > width),
      [],
    );
    assert.ok(prose.length > 8, prose.join('\n'));
  });
}

const context = {
  cluster: { uid: 'u', server: 'https://127.0.0.1:6443', context: 'prod' },
  createdAt: 1_700_000_000.7,
  limits: DEFAULT_LIMITS,
};

test('the document is what the published schema says', () => {
  const schema: unknown = JSON.parse(
    readFileSync(new URL('../../docs/schema/plan.v1.json', import.meta.url), 'utf8'),
  );
  assert.ok(typeof schema === 'object' && schema !== null);
  const ajv = new Ajv({ formats: { 'date-time': /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/ } });
  const validate = ajv.compile(schema);
  const findings = [{ check: 'budget', severity: 'warning', text: 'it is spent' }] as const;
  for (const document of [
    planDocument(planRestart(input, all, { onDelete: true, order: 'asked' }), { ...context, findings }),
    planDocument(
      planRestart(input, [{ namespace: 'books', workload: { kind: 'Deployment', name: 'web' } }]),
      context,
    ),
    planDocument(planRestart(input, []), context),
  ]) {
    const sent: unknown = JSON.parse(JSON.stringify(document));
    assert.ok(validate(sent), JSON.stringify(validate.errors));
  }
});

test('a kubeconfig’s names and a finding’s text are cleaned, so that the file can be read back', () => {
  const document = planDocument(planRestart(input, all), {
    ...context,
    cluster: { ...context.cluster, context: 'prod\u001b[2J' },
    findings: [{ check: 'access', severity: 'unknown', text: 'two\nlines' }],
  });
  assert.equal(document.cluster.context, 'prod\\x1b[2J');
  assert.equal(readPlanFile(JSON.stringify(document)).outcome, 'read');
});

test('a document says when, where and how long', () => {
  const document = planDocument(planRestart(input, all), context);
  assert.equal(document.createdAt, '2023-11-14T22:13:20Z');
  assert.deepEqual(document.cluster, context.cluster);
  assert.equal(document.estimate.pods, 8);
  assert.ok(!('preflight' in document));
});
