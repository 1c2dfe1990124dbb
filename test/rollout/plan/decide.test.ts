import assert from 'node:assert/strict';
import { test } from 'node:test';
import { annotation } from '../../../src/data/linkerd.ts';
import type { WorkloadRecord } from '../../../src/kube/records.ts';
import type { PlanOptions } from '../../../src/rollout/plan/plan.ts';
import { decide, planRestart } from '../../../src/rollout/plan/planner.ts';
import { configMap, linkerdConfig, meshedNamespace } from '../../support/records.ts';
import {
  type AppOptions,
  app,
  BEHIND,
  CURRENT,
  keyOf,
  recordOf,
  scopes,
  type World,
  world,
} from './world.ts';

const KEY = keyOf('books', 'web');

/** What is decided on `books/web`, planned as it was made, after `change` has happened to its cluster. */
function decided(
  change: (input: World, record: WorkloadRecord) => void = () => undefined,
  options: AppOptions & { readonly plan?: PlanOptions } = {},
) {
  const key = { ...KEY, kind: options.kind ?? 'Deployment' };
  const input = world(app('books', 'web', options));
  const [planned] = planRestart(input, scopes('books'), options.plan).items;
  assert.ok(planned);
  change(input, recordOf(input, key));
  return { decision: decide(input, { ...planned, wave: 4 }, 0, 0), planned };
}

test('an unchanged workload is restarted in its wave', () => {
  const { decision, planned } = decided();
  assert.deepEqual(decision, {
    decision: 'restart',
    item: { ...planned, wave: 4 },
    restartedAt: '1970-01-01T00:00:00Z',
  });
});

test('a mere change of status is followed: the patch goes by the newest version', () => {
  const { decision } = decided((input, record) => input.apply({ ...record, resourceVersion: '7' }));
  assert.equal(decision.decision === 'restart' && decision.item.resourceVersion, '7');
  assert.equal(decision.decision === 'restart' && decision.item.reasons.length, 1);
});

test('a new deployment with the same effect and target is restarted, and that is told', () => {
  const { decision } = decided((input, record) => {
    const containers = record.template.containers.map((container) => ({
      ...container,
      image: 'registry.example/app:2',
    }));
    input.apply({ ...record, template: { ...record.template, containers } });
  });
  assert.equal(decision.decision, 'restart');
  assert.match(
    (decision.decision === 'restart' && decision.item.reasons.at(-1)?.text) || '',
    /template changed after the review/,
  );
});

test('a restart by somebody else is no new deployment, and its time is not used again', () => {
  const at = '1970-01-01T00:00:00Z';
  const { decision } = decided((input, record) =>
    input.apply({
      ...record,
      template: { ...record.template, annotations: { [annotation.restartedAt]: at } },
    }),
  );
  assert.equal(decision.decision === 'restart' && decision.restartedAt, '1970-01-01T00:00:01Z');
  assert.equal(decision.decision === 'restart' && decision.item.reasons.length, 1);
});

const set: AppOptions = { kind: 'StatefulSet', replicas: 4, fields: { strategy: { partition: 2 } } };
const onDelete: AppOptions & { readonly plan: PlanOptions } = {
  kind: 'DaemonSet',
  fields: { strategy: { type: 'OnDelete' } },
  plan: { onDelete: true },
};

for (const [what, expected, pattern, change, options] of [
  ['is gone', 'drop', /deleted/, (input, record) => input.remove(record)],
  ['is being deleted', 'drop', /deleted/, (input, record) => input.apply({ ...record, deletedAt: 5 })],
  ['is a namesake', 'drop', /another of its name/, (input, record) => input.apply({ ...record, uid: 'x' })],
  [
    'was scaled to zero',
    'drop',
    /scaled to zero/,
    (input, record) => input.apply({ ...record, replicas: 0 }),
  ],
  ['became current', 'drop', /current/, (input) => input.apply(...app('books', 'web', { version: CURRENT }))],
  [
    'is rolling',
    'wait',
    /has not finished/,
    (input, record) => input.apply({ ...record, status: { ...record.status, updated: 1 } }),
  ],
  [
    'has lost a pod',
    'wait',
    /not ready/,
    (input) => input.apply(...app('books', 'web', { pod: { ready: false } })),
  ],
  ['is paused', 'refuse', /paused/, (input, record) => input.apply({ ...record, paused: true })],
  [
    'is pinned now',
    'refuse',
    /proxy-version/,
    (input) =>
      input.apply(meshedNamespace('books', { annotations: { [annotation.pinnedProxyVersion]: BEHIND } })),
  ],
  [
    'would be unmeshed',
    'refuse',
    /removes the proxy/,
    (input) => input.apply(meshedNamespace('books', { annotations: { [annotation.inject]: 'disabled' } })),
  ],
  [
    'would get an older proxy',
    'refuse',
    /goes back/,
    (input) => input.apply(...app('books', 'web', { version: 'edge-99.1.1' })),
  ],
  [
    'would join the mesh anew',
    'refuse',
    /only when that is asked for/,
    (input) => input.apply(...app('books', 'web', { version: '' })),
  ],
  [
    'would get another version',
    'refuse',
    /would now give edge-26.9.1, not edge-26.8.3 as reviewed/,
    (input) => input.apply(linkerdConfig('edge-26.9.1')),
  ],
  [
    'would get another trust root',
    'refuse',
    /trust root/,
    (input) => input.apply(configMap('linkerd-identity-trust-roots', { 'ca-bundle.crt': 'another' })),
  ],
  [
    'got another update strategy',
    'refuse',
    /update strategy/,
    (input, record) => input.apply({ ...record, strategy: { ...record.strategy, type: 'RollingUpdate' } }),
    onDelete,
  ],
  [
    'is OnDelete by now',
    'refuse',
    /OnDelete/,
    (input, record) => input.apply({ ...record, strategy: { ...record.strategy, type: 'OnDelete' } }),
  ],
  [
    'lost its partition',
    'refuse',
    /it would now keep 0 pods as they are, not 2/,
    (input, record) => input.apply({ ...record, strategy: { ...record.strategy, partition: 0 } }),
    set,
  ],
  [
    'got an owner',
    'refuse',
    /controls it/,
    (input, record) =>
      input.apply({
        ...record,
        owner: { apiVersion: 'example.com/v1', kind: 'App', name: 'web', uid: 'app-web' },
      }),
  ],
] as const satisfies readonly (readonly [
  string,
  'drop' | 'wait' | 'refuse',
  RegExp,
  (input: World, record: WorkloadRecord) => void,
  (AppOptions & { readonly plan?: PlanOptions })?,
])[]) {
  test(`a workload that ${what} when its turn comes: ${expected}`, () => {
    const { decision } = decided(change, options);
    assert.equal(decision.decision, expected);
    assert.match('reason' in decision ? decision.reason : '', pattern);
  });
}

test('an OnDelete workload that was agreed to is evicted', () => {
  const { decision } = decided(undefined, onDelete);
  assert.equal(decision.decision === 'restart' && decision.item.method, 'evict');
});

test('downgrades and first meshing that were agreed to stay agreed to', () => {
  for (const options of [
    { version: 'edge-99.1.1', plan: { downgrades: true } },
    { version: '', plan: { meshes: true } },
  ]) {
    assert.equal(decided(undefined, options).decision.decision, 'restart');
  }
});
