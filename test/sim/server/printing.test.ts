import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { columnsOf } from '../../../src/sim/encode/columns.ts';
import { humanDuration } from '../../../src/sim/encode/duration.ts';
import {
  daemonSets,
  deployments,
  events,
  jobs,
  nodes,
  pods,
  statefulSets,
} from '../../../src/sim/resources.ts';
import type { KubeObject, ResourceType } from '../../../src/sim/types.ts';

const NOW = Date.parse('2026-11-21T20:00:00Z');
const running = { running: { startedAt: '2026-11-21T19:00:00Z' } };

function pod(fields: { spec?: object; status?: object; metadata?: object }): KubeObject {
  const metadata = {
    name: 'p',
    namespace: 'n',
    creationTimestamp: '2026-11-21T19:00:00Z',
    ...fields.metadata,
  };
  return { kind: 'Pod', apiVersion: 'v1', metadata, spec: fields.spec ?? {}, status: fields.status ?? {} };
}

/** The cells of a row by the names of their columns. */
function row(resource: ResourceType, object: KubeObject): Record<string, string | number> {
  return Object.fromEntries(columnsOf(resource).map(({ name, cell }) => [name, cell(object, NOW)]));
}

const twoContainers = { containers: [{ name: 'a' }, { name: 'b' }] };
const withSidecar = {
  initContainers: [{ name: 'linkerd-init' }, { name: 'linkerd-proxy', restartPolicy: 'Always' }],
  containers: [{ name: 'app' }],
};
const initDone = { name: 'linkerd-init', state: { terminated: { exitCode: 0 } } };

describe('pods as kubectl get prints them', () => {
  const cases: readonly (readonly [string, KubeObject, string, string])[] = [
    [
      'running',
      pod({
        spec: twoContainers,
        status: {
          phase: 'Running',
          containerStatuses: [
            { name: 'a', ready: true, state: running },
            { name: 'b', ready: true, state: running },
          ],
        },
      }),
      '2/2',
      'Running',
    ],
    [
      'crash loop of one container',
      pod({
        spec: twoContainers,
        status: {
          phase: 'Running',
          containerStatuses: [
            { name: 'a', ready: true, state: running },
            { name: 'b', ready: false, state: { waiting: { reason: 'CrashLoopBackOff' } } },
          ],
        },
      }),
      '1/2',
      'CrashLoopBackOff',
    ],
    ['pending', pod({ spec: twoContainers, status: { phase: 'Pending' } }), '0/2', 'Pending'],
    [
      'first init container at work',
      pod({
        spec: withSidecar,
        status: { phase: 'Pending', initContainerStatuses: [{ name: 'linkerd-init', state: running }] },
      }),
      '0/2',
      'Init:0/2',
    ],
    [
      'init container that failed',
      pod({
        spec: withSidecar,
        status: {
          phase: 'Pending',
          initContainerStatuses: [
            { name: 'linkerd-init', state: { terminated: { exitCode: 1, reason: 'Error' } } },
          ],
        },
      }),
      '0/2',
      'Init:Error',
    ],
    [
      'native sidecar counts among the containers',
      pod({
        spec: withSidecar,
        status: {
          phase: 'Running',
          initContainerStatuses: [
            initDone,
            { name: 'linkerd-proxy', started: true, ready: true, state: running },
          ],
          containerStatuses: [{ name: 'app', ready: true, state: running }],
        },
      }),
      '2/2',
      'Running',
    ],
    [
      'completed',
      pod({
        spec: { containers: [{ name: 'a' }] },
        status: {
          phase: 'Succeeded',
          containerStatuses: [{ name: 'a', ready: false, state: { terminated: { reason: 'Completed' } } }],
        },
      }),
      '0/1',
      'Completed',
    ],
    [
      'evicted',
      pod({ spec: twoContainers, status: { phase: 'Failed', reason: 'Evicted' } }),
      '0/2',
      'Evicted',
    ],
    [
      'terminating',
      pod({
        metadata: { deletionTimestamp: '2026-11-21T20:00:30Z' },
        spec: { containers: [{ name: 'a' }] },
        status: { phase: 'Running', containerStatuses: [{ name: 'a', ready: true, state: running }] },
      }),
      '1/1',
      'Terminating',
    ],
    [
      'killed by a signal',
      pod({
        spec: { containers: [{ name: 'a' }] },
        status: {
          phase: 'Failed',
          containerStatuses: [{ name: 'a', state: { terminated: { exitCode: 137, signal: 9 } } }],
        },
      }),
      '0/1',
      'Signal:9',
    ],
  ];
  for (const [title, object, ready, status] of cases) {
    test(title, () => {
      const cells = row(pods, object);
      assert.deepEqual([cells.Ready, cells.Status], [ready, status]);
      assert.equal(cells.Age, '60m');
    });
  }

  test('restarts tell when the last one was', () => {
    const lastState = { terminated: { finishedAt: '2026-11-21T19:55:00Z' } };
    const status = {
      containerStatuses: [
        { name: 'a', restartCount: 3, lastState },
        { name: 'b', restartCount: 1 },
      ],
    };
    assert.equal(row(pods, pod({ status })).Restarts, '4 (5m ago)');
    assert.equal(row(pods, pod({})).Restarts, '0');
  });
});

describe('other kinds', () => {
  const object = (spec: object, status: object): KubeObject => ({
    kind: 'X',
    apiVersion: 'v1',
    metadata: { name: 'x', creationTimestamp: '2026-11-21T19:58:30Z' },
    spec,
    status,
  });

  test('counters', () => {
    const deployment = object(
      { replicas: 3 },
      { readyReplicas: 2, updatedReplicas: 1, availableReplicas: 2 },
    );
    assert.deepEqual(Object.values(row(deployments, deployment)).slice(0, 5), ['x', '2/3', '1', '2', '90s']);
    assert.equal(row(statefulSets, object({ replicas: 1 }, {})).Ready, '0/1');
    const daemonSet = object({}, { desiredNumberScheduled: 3, numberReady: 2 });
    assert.deepEqual([row(daemonSets, daemonSet).Desired, row(daemonSets, daemonSet).Ready], [3, 2]);
  });

  test('selectors, durations and roles', () => {
    const selector = {
      matchLabels: { app: 'x' },
      matchExpressions: [
        { key: 'tier', operator: 'In', values: ['a', 'b'] },
        { key: 'old', operator: 'DoesNotExist' },
      ],
    };
    assert.equal(row(deployments, object({ selector }, {})).Selector, 'app=x,tier in (a,b),!old');
    const job = object({ completions: 2 }, { succeeded: 1, startTime: '2026-11-21T19:58:00Z' });
    assert.deepEqual([row(jobs, job).Completions, row(jobs, job).Duration], ['1/2', '2m']);
    const node: KubeObject = {
      ...object({ unschedulable: true }, { conditions: [{ type: 'Ready', status: 'True' }] }),
      metadata: { name: 'n', labels: { 'node-role.kubernetes.io/control-plane': '' } },
    };
    assert.deepEqual(
      [row(nodes, node).Status, row(nodes, node).Roles],
      ['Ready,SchedulingDisabled', 'control-plane'],
    );
  });

  test('an event without a last time takes that of its creation', () => {
    assert.equal(row(events, object({}, {}))['Last Seen'], '90s');
  });
});

test('ages in one unit or two', () => {
  const second = 1000;
  const minute = 60 * second;
  const hour = 60 * minute;
  const day = 24 * hour;
  const cases: readonly (readonly [number, string])[] = [
    [-5 * second, '<invalid>'],
    [0, '0s'],
    [119 * second, '119s'],
    [2 * minute, '2m'],
    [9 * minute + 59 * second, '9m59s'],
    [10 * minute + 59 * second, '10m'],
    [179 * minute, '179m'],
    [3 * hour, '3h'],
    [7 * hour + 5 * minute, '7h5m'],
    [47 * hour, '47h'],
    [2 * day, '2d'],
    [7 * day + 23 * hour, '7d23h'],
    [729 * day, '729d'],
    [2 * 365 * day, '2y'],
    [3 * 365 * day + 10 * day, '3y10d'],
    [9 * 365 * day, '9y'],
  ];
  for (const [ms, expected] of cases) assert.equal(humanDuration(ms), expected);
});
