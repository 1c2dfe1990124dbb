import assert from 'node:assert/strict';
import { test } from 'node:test';
import { observePod } from '../../src/rollout/run/observe.ts';
import { container, meshedPod, pod, proxyContainer } from '../support/records.ts';

const VERSION = 'edge-25.11.3';
const AT = '2026-11-21T19:30:16Z';

test('a healthy pod is live and ready, and tells its proxy and the restart that made it', () => {
  assert.deepEqual(
    observePod(meshedPod(VERSION, { name: 'web-0', restartedAt: AT, trustRootSha256: 'ab' })),
    {
      name: 'web-0',
      createdAt: 1_700_000_000,
      live: true,
      restartedAt: AT,
      ready: true,
      proxy: { version: VERSION, ready: true, trustRootSha256: 'ab' },
      trouble: undefined,
      restarted: undefined,
      unschedulable: false,
      waitingFor: '',
    },
  );
});

test('a pod without the container has no proxy', () => {
  assert.equal(observePod(pod()).proxy, undefined);
});

test('restarts are told by container, init containers included', () => {
  const containers = [
    container({ name: 'migrate', init: true, restarts: 2 }),
    proxyContainer(VERSION),
    container({ name: 'app', restarts: 1 }),
  ];
  assert.deepEqual(observePod(pod({ containers })).restarted, {
    cause: 'crash-loop',
    container: 'migrate',
    text: 'pod web-0 restarted migrate 2 times, app once',
  });
});

for (const [reason, cause] of [
  ['CrashLoopBackOff', 'crash-loop'],
  ['CreateContainerConfigError', 'crash-loop'],
  ['ImagePullBackOff', 'image-pull'],
  ['ErrImagePull', 'image-pull'],
] as const) {
  test(`${reason} does not heal by waiting`, () => {
    const containers = [
      container({ name: 'app', state: 'waiting', reason, message: 'because', ready: false }),
    ];
    assert.deepEqual(observePod(pod({ ready: false, containers })).trouble, {
      cause,
      container: 'app',
      text: `container app of pod web-0: ${reason}: because`,
    });
  });
}

test('a container that is being created is waited for, not given up', () => {
  const containers = [
    container({ name: 'app', state: 'waiting', reason: 'ContainerCreating', ready: false }),
  ];
  const seen = observePod(pod({ ready: false, containers }));
  assert.deepEqual(
    [seen.trouble, seen.waitingFor],
    [undefined, 'pod web-0: container app is ContainerCreating'],
  );
});

test('a failed pod is trouble and no longer live', () => {
  const seen = observePod(
    pod({ phase: 'Failed', reason: 'Evicted', message: 'disk pressure', ready: false }),
  );
  assert.deepEqual([seen.live, seen.trouble?.text], [false, 'pod web-0 failed: Evicted: disk pressure']);
});

test('a pod that is being deleted is not live', () => {
  assert.equal(observePod(pod({ deletedAt: 5 })).live, false);
});

test('what an unready pod waits for: a node, the proxy, a container, or its own condition', () => {
  const waitingFor = (fields: Parameters<typeof pod>[0]) =>
    observePod(pod({ ready: false, ...fields })).waitingFor;
  assert.equal(
    waitingFor({ unschedulable: '0/3 nodes are available' }),
    'pod web-0 cannot be scheduled: 0/3 nodes are available',
  );
  assert.equal(
    waitingFor({ containers: [proxyContainer(VERSION, { ready: false, state: 'running' })] }),
    'pod web-0: its proxy is not ready',
  );
  const ended = container({
    name: 'migrate',
    init: true,
    state: 'terminated',
    reason: 'Completed',
    ready: true,
  });
  assert.equal(
    waitingFor({ containers: [ended, container({ name: 'app', ready: false, state: 'waiting' })] }),
    'pod web-0: container app is starting',
  );
  assert.equal(waitingFor({ containers: [ended, container({ name: 'app' })] }), 'pod web-0 is not ready');
});
