/** Restarts whose new pods fare badly, on a simulated cluster: each halts, says why, and touches nothing after. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PodBehaviour } from '../../src/sim/cluster/kubelet/behaviour.ts';
import {
  type DeploymentOptions,
  daemonSet,
  deployment,
  statefulSet,
} from '../../src/sim/cluster/scenario/builders.ts';
import { CLI_INSTALLATION } from '../../src/sim/cluster/scenario/control-plane.ts';
import { clusterFor, haltOf, type LiveCluster, waitFor } from './live-cluster.ts';

const impatient: DeploymentOptions = { replicas: 2, progressDeadlineSeconds: 30 };

/** `a` comes first and fails; `b` would come next. */
async function assertHalts(cluster: LiveCluster, reason: RegExp): Promise<readonly string[]> {
  const run = await cluster.end();
  const halt = haltOf(run);
  assert.match(halt.reason, reason);
  assert.equal(halt.workload?.name, 'a');
  assert.deepEqual([cluster.step('a')?.state, cluster.step('b')?.state], ['failed', 'queued']);
  assert.match(halt.details.join('\n'), /\d of \d wanted pods? (is|are) ready and serving/);
  assert.ok(halt.nextSteps.every((step) => step.startsWith('kubectl -n shop ')));
  assert.deepEqual(
    cluster.patches().map(({ name }) => name),
    ['a'],
  );
  return halt.details;
}

const behaviours: readonly (readonly [string, PodBehaviour, reason: RegExp, waitedFor?: RegExp])[] = [
  [
    'an application that crashes',
    { kind: 'crash-loop' },
    /container a of pod a-\S+: CrashLoopBackOff|pod a-\S+ restarted a/,
  ],
  [
    'an application that runs out of memory',
    { kind: 'crash-loop', reason: 'OOMKilled' },
    /container a of pod a-\S+: CrashLoopBackOff|pod a-\S+ restarted a/,
  ],
  [
    'a proxy that crashes',
    { kind: 'crash-loop', container: 'linkerd-proxy' },
    /container linkerd-proxy of pod a-\S+: CrashLoopBackOff|pod a-\S+ restarted linkerd-proxy/,
  ],
  [
    'an image that cannot be pulled',
    { kind: 'image-pull' },
    /container a of pod a-\S+: (ErrImagePull|ImagePullBackOff)/,
  ],
  [
    "a proxy's image that cannot be pulled",
    { kind: 'image-pull', container: 'linkerd-proxy' },
    /container linkerd-proxy of pod a-\S+: (ErrImagePull|ImagePullBackOff)/,
  ],
  [
    'an application that is never ready',
    { kind: 'never-ready' },
    /progress deadline has passed|no progress for 30 s, waiting for pod a-\S+: container a is not ready/,
    /is not ready/,
  ],
  [
    'a proxy that is never ready',
    { kind: 'never-ready', container: 'linkerd-proxy' },
    /progress deadline has passed|no progress for 30 s, waiting for pod a-\S+: its proxy is not ready/,
    /its proxy is not ready/,
  ],
  [
    'a pod that no node takes',
    { kind: 'unschedulable', message: '0/3 nodes are available: 3 Insufficient cpu.' },
    /progress deadline has passed|cannot be scheduled: 0\/3 nodes are available/,
    /Insufficient cpu/,
  ],
];

for (const [name, behaviour, reason, waitedFor] of behaviours) {
  test(name, async (t) => {
    const cluster = await clusterFor(t, [
      deployment('shop', 'a', impatient),
      deployment('shop', 'b', { replicas: 3 }),
    ]);
    cluster.simulation.cluster.setWorkloadBehaviour('shop', 'a', behaviour);
    cluster.start({ namespace: 'shop' });
    const details = await assertHalts(cluster, reason);
    if (waitedFor) assert.match(details.join('\n'), waitedFor, 'what it waited for is on the card');
  });
}

const QUOTA = 'exceeded quota: cap, requested: pods=1, used: pods=4, limited: pods=4';

test('a quota refuses new pods of a Deployment: its own condition says why', async (t) => {
  const cluster = await clusterFor(t, [deployment('shop', 'a'), deployment('shop', 'b', { replicas: 3 })]);
  cluster.simulation.cluster.refusePods('shop', QUOTA);
  cluster.start({ namespace: 'shop' });
  await assertHalts(cluster, /pods cannot be created: .*exceeded quota: cap/);
});

for (const kind of ['StatefulSet', 'DaemonSet'] as const) {
  test(`a quota refuses new pods of a ${kind}: the deadline halts, an event says why`, async (t) => {
    const workload =
      kind === 'StatefulSet' ? statefulSet('shop', 'a', { replicas: 2 }) : daemonSet('shop', 'a');
    const cluster = await clusterFor(t, [workload], { speed: 400 });
    cluster.simulation.cluster.refusePods('shop', QUOTA);
    cluster.start({ namespace: 'shop' });
    await assertHaltsWithEvent(
      cluster,
      /no progress for 600 s, waiting for .*new pods? to be created/,
      /FailedCreate: .*exceeded quota: cap/,
    );
  });
}

async function assertHaltsWithEvent(cluster: LiveCluster, reason: RegExp, event: RegExp): Promise<void> {
  const halt = haltOf(await cluster.end());
  assert.match(halt.reason, reason);
  assert.match(halt.details.join('\n'), event);
  assert.equal(cluster.patches().length, 1);
}

test('the injector goes down in mid-run and lets pods through: the first pod without a proxy halts', async (t) => {
  const cluster = await clusterFor(t, [
    deployment('shop', 'a', { replicas: 4, strategy: { maxSurge: 1, maxUnavailable: 0 } }),
    deployment('shop', 'b', { replicas: 5 }),
  ]);
  cluster.start({ namespace: 'shop' });
  await cluster.until(() => {
    const step = cluster.step('a');
    return step?.state === 'rolling' && step.progress.proven >= 1;
  }, 'the first new pod');
  cluster.simulation.cluster.breakInjector();
  await assertHalts(cluster, /pod a-\S+ came up without a proxy|the proxy injector is down/);
});

test('the injector goes down in mid-run and holds pods back: the old pods go on serving', async (t) => {
  const installation = { ...CLI_INSTALLATION, failurePolicy: 'Fail' } as const;
  const cluster = await clusterFor(
    t,
    [
      deployment('shop', 'a', { replicas: 4, strategy: { maxSurge: 1, maxUnavailable: 0 } }),
      deployment('shop', 'b', { replicas: 5 }),
    ],
    { installation },
  );
  cluster.start({ namespace: 'shop' });
  await cluster.until(() => cluster.step('a')?.state === 'rolling', 'a to roll');
  cluster.simulation.cluster.breakInjector();
  const details = await assertHalts(cluster, /the proxy injector is down|pods cannot be created: .*webhook/);
  assert.match(details.join('\n'), /4 of 4 wanted pods are ready/);
});

test('the injector is down before the start: no plan may start, and a run of an older plan patches nothing', async (t) => {
  const cluster = await clusterFor(t, [deployment('shop', 'a')]);
  const plan = cluster.rollout.plan([{ namespace: 'shop' }]);
  assert.deepEqual(plan.blocked, []);
  cluster.simulation.cluster.breakInjector();
  const { session, rollout } = cluster;
  await waitFor(
    () => session.model.view().controlPlane.injector.state === 'down',
    () => JSON.stringify(session.model.view().controlPlane.injector),
  );
  assert.match(rollout.start(rollout.plan([{ namespace: 'shop' }])) ?? '', /the proxy injector is down/);
  assert.equal(rollout.start(plan), undefined, 'the reviewed plan knew nothing of it');
  const halt = haltOf(await cluster.end());
  assert.match(halt.reason, /the proxy injector is down .*new pods would come up without a proxy/);
  assert.equal(halt.workload, undefined);
  assert.deepEqual(halt.nextSteps, ['linkerd check']);
  assert.deepEqual(cluster.patches(), []);
});

test('an upgrade of the control plane begins while new pods start: they bring another proxy', async (t) => {
  const cluster = await clusterFor(t, [
    deployment('shop', 'a', { replicas: 4, strategy: { maxSurge: 1, maxUnavailable: 0 } }),
    deployment('shop', 'b', { replicas: 5 }),
  ]);
  cluster.start({ namespace: 'shop' });
  await cluster.until(() => cluster.step('a')?.state === 'rolling', 'a to roll');
  cluster.simulation.cluster.upgradeConfigOnly('edge-25.12.2');
  await assertHalts(
    cluster,
    /came up with proxy edge-25\.12\.2, not edge-25\.11\.3|control plane is half rolled/,
  );
});

test('an upgrade of the control plane begins while new pods become available: nothing more is started', async (t) => {
  const cluster = await clusterFor(t, [
    deployment('shop', 'a', { replicas: 2, minReadySeconds: 60 }),
    deployment('shop', 'b', { replicas: 5 }),
  ]);
  cluster.start({ namespace: 'shop' });
  await cluster.until(() => {
    const step = cluster.step('a');
    return step?.state === 'rolling' && step.progress.proven === 2;
  }, 'two new pods');
  cluster.simulation.cluster.upgradeConfigOnly('edge-25.12.2');
  await assertHalts(cluster, /the control plane is half rolled: .*wait until it has settled/);
});
