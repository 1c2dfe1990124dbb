/** Restarts whose new pods fare badly, on a simulated cluster: each halts, says why, and touches nothing after. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type FailureCause, type Halt, runWide } from '../../src/rollout/run/run.ts';
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
async function assertHalts(cluster: LiveCluster, cause: FailureCause, reason: RegExp): Promise<Halt> {
  const run = await cluster.end();
  const halt = haltOf(run);
  assert.match(halt.reason, reason);
  assert.equal(halt.cause, cause);
  assert.equal(halt.scope, runWide.has(cause) ? 'run' : 'wave');
  assert.equal(halt.workload?.name, 'a');
  assert.deepEqual([cluster.step('a')?.state, cluster.step('b')?.state], ['failed', 'queued']);
  assert.match(halt.serving, /^\d of \d wanted pods? (is|are) ready and serving$/);
  assert.equal(halt.nextSteps.at(-1), `kubectl linkerd-upgrade restart --resume ${run.id}`);
  assert.deepEqual(patchedNames(cluster), ['a']);
  return halt;
}

const patchedNames = (cluster: LiveCluster) => cluster.patches().map(({ name }) => name);

const behaviours: readonly (readonly [
  string,
  PodBehaviour,
  cause: FailureCause,
  reason: RegExp,
  container: string,
])[] = [
  [
    'an application that crashes',
    { kind: 'crash-loop' },
    'crash-loop',
    /container a of pod a-\S+: CrashLoopBackOff|pod a-\S+ restarted a/,
    'a',
  ],
  [
    'an application that runs out of memory',
    { kind: 'crash-loop', reason: 'OOMKilled' },
    'crash-loop',
    /container a of pod a-\S+: CrashLoopBackOff|pod a-\S+ restarted a/,
    'a',
  ],
  [
    'a proxy that crashes',
    { kind: 'crash-loop', container: 'linkerd-proxy' },
    'crash-loop',
    /container linkerd-proxy of pod a-\S+: CrashLoopBackOff|pod a-\S+ restarted linkerd-proxy/,
    'linkerd-proxy',
  ],
  [
    'an image that cannot be pulled',
    { kind: 'image-pull' },
    'image-pull',
    /container a of pod a-\S+: (ErrImagePull|ImagePullBackOff)/,
    'a',
  ],
  [
    "a proxy's image that cannot be pulled",
    { kind: 'image-pull', container: 'linkerd-proxy' },
    'image-pull',
    /container linkerd-proxy of pod a-\S+: (ErrImagePull|ImagePullBackOff)/,
    'linkerd-proxy',
  ],
  [
    'an application that is never ready',
    { kind: 'never-ready' },
    'deadline',
    /progress deadline has passed|no progress for 30 s, waiting for pod a-\S+: container a is not ready/,
    '',
  ],
  [
    'a proxy that is never ready',
    { kind: 'never-ready', container: 'linkerd-proxy' },
    'deadline',
    /progress deadline has passed|no progress for 30 s, waiting for pod a-\S+: its proxy is not ready/,
    '',
  ],
  [
    'a pod that no node takes',
    { kind: 'unschedulable', message: '0/3 nodes are available: 3 Insufficient cpu.' },
    'unschedulable',
    /progress deadline has passed|cannot be scheduled: 0\/3 nodes are available/,
    '',
  ],
];

for (const [name, behaviour, cause, reason, container] of behaviours) {
  test(name, async (t) => {
    const cluster = await clusterFor(t, [
      deployment('shop', 'a', impatient),
      deployment('shop', 'b', { replicas: 3 }),
    ]);
    cluster.simulation.cluster.setWorkloadBehaviour('shop', 'a', behaviour);
    await cluster.start({ namespace: 'shop' });
    const halt = await assertHalts(cluster, cause, reason);
    assert.match(halt.pod, /^a-\S+$/);
    assert.equal(halt.container, container);
  });
}

const QUOTA = 'exceeded quota: cap, requested: pods=1, used: pods=4, limited: pods=4';

test('a quota refuses new pods of a Deployment: its own condition says why', async (t) => {
  const cluster = await clusterFor(t, [deployment('shop', 'a'), deployment('shop', 'b', { replicas: 3 })]);
  cluster.simulation.cluster.refusePods('shop', QUOTA);
  await cluster.start({ namespace: 'shop' });
  await assertHalts(cluster, 'rejected', /pods cannot be created: .*exceeded quota: cap/);
});

for (const kind of ['StatefulSet', 'DaemonSet'] as const) {
  test(`a quota refuses new pods of a ${kind}: nothing moves, and an event says why long before the deadline`, async (t) => {
    const workload =
      kind === 'StatefulSet' ? statefulSet('shop', 'a', { replicas: 2 }) : daemonSet('shop', 'a');
    const cluster = await clusterFor(t, [workload]);
    cluster.simulation.cluster.refusePods('shop', QUOTA);
    await cluster.start({ namespace: 'shop' });
    const halt = haltOf(await cluster.end());
    assert.match(halt.reason, /pods cannot be created: FailedCreate: .*exceeded quota: cap/);
    assert.equal(halt.cause, 'rejected');
    assert.equal(cluster.patches().length, 1);
  });
}

test('a StatefulSet that waits for a pod for ever: the pod is named, and left alone', async (t) => {
  const cluster = await clusterFor(t, [statefulSet('shop', 'a', { replicas: 3 })], {
    limits: { deadlineSeconds: 40 },
  });
  cluster.simulation.cluster.setWorkloadBehaviour('shop', 'a', { kind: 'never-ready' });
  await cluster.start({ namespace: 'shop' });
  const halt = haltOf(await cluster.end());
  assert.deepEqual([halt.cause, halt.pod], ['deadline', 'a-2']);
  assert.match(halt.details.join('\n'), /waits for pod a-2; .* deleted by hand/);
  const { entries } = cluster.simulation.server.audit;
  assert.ok(!entries.some(({ method, path }) => method === 'DELETE' || path.includes('eviction')));
});

test('with a failure budget the next workload has its turn, and failures beyond it halt', async (t) => {
  const cluster = await clusterFor(
    t,
    [
      deployment('shop', 'a', impatient),
      deployment('shop', 'b', impatient),
      deployment('shop', 'c', impatient),
      deployment('shop', 'd', impatient),
    ],
    { limits: { failureBudget: 1 } },
  );
  const plan = cluster.rollout.plan([{ namespace: 'shop' }]);
  // A canary is allowed no failure: without waves all are alike.
  await cluster.startPlan({ ...plan, waves: plan.waves.map((wave) => ({ ...wave, kind: 'namespaces' })) });
  for (const name of ['b', 'c']) {
    cluster.simulation.cluster.setWorkloadBehaviour('shop', name, { kind: 'crash-loop' });
  }
  const halt = haltOf(await cluster.end());
  assert.match(halt.details.join('\n'), /2 workloads failed, which is more than the failure budget of 1/);
  assert.deepEqual(patchedNames(cluster), ['a', 'b', 'c']);
  assert.equal(cluster.step('d')?.state, 'queued');
});

/** Whether the injector's own state or the first pod is seen first is chance; `b` is never touched. */
async function assertHaltsOnInjector(
  cluster: LiveCluster,
  ofPod: FailureCause,
  reason: RegExp,
): Promise<void> {
  const halt = haltOf(await cluster.end());
  assert.equal(halt.scope, 'run');
  if (halt.workload) {
    assert.equal(halt.cause, ofPod);
    assert.match(halt.reason, reason);
  } else {
    assert.equal(halt.cause, 'injector');
    assert.match(halt.reason, /the proxy injector is down/);
  }
  assert.deepEqual(patchedNames(cluster), ['a']);
  assert.equal(cluster.step('b')?.state, 'queued');
}

test('the injector goes down in mid-run and lets pods through: the first pod without a proxy halts', async (t) => {
  const cluster = await clusterFor(t, [
    deployment('shop', 'a', { replicas: 4, strategy: { maxSurge: 1, maxUnavailable: 0 } }),
    deployment('shop', 'b', { replicas: 5 }),
  ]);
  await cluster.start({ namespace: 'shop' });
  await cluster.until(() => {
    const step = cluster.step('a');
    return step?.state === 'rolling' && step.progress.proven >= 1;
  }, 'the first new pod');
  cluster.simulation.cluster.breakInjector();
  await assertHaltsOnInjector(cluster, 'no-proxy', /pod a-\S+ came up without a proxy/);
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
  await cluster.start({ namespace: 'shop' });
  await cluster.until(() => cluster.step('a')?.state === 'rolling', 'a to roll');
  cluster.simulation.cluster.breakInjector();
  await assertHaltsOnInjector(cluster, 'injector', /pods cannot be created: .*webhook/);
  const ready = cluster.simulation.cluster.cluster
    .list('Pod', 'shop')
    .filter(({ metadata: { labels, deletionTimestamp } }) => labels?.app === 'a' && !deletionTimestamp)
    .filter(({ status }) =>
      status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True'),
    );
  assert.ok(ready.length >= 4, `${ready.length} pods serve`);
});

test('the injector is down before the start: no plan may start, and a run of an older plan patches nothing', async (t) => {
  const cluster = await clusterFor(t, [deployment('shop', 'a')]);
  const plan = cluster.rollout.plan([{ namespace: 'shop' }]);
  assert.deepEqual(plan.blocked, []);
  cluster.simulation.cluster.breakInjector();
  const { session, rollout, starting } = cluster;
  await waitFor(
    () => session.model.view().controlPlane.injector.state === 'down',
    () => JSON.stringify(session.model.view().controlPlane.injector),
  );
  const late = await rollout.start(rollout.plan([{ namespace: 'shop' }]), starting);
  assert.match(late.outcome === 'refused' ? late.reason : '', /the proxy injector is down/);
  await cluster.startPlan(plan);
  const halt = haltOf(await cluster.end());
  assert.match(halt.reason, /injector/);
  assert.equal(halt.workload, undefined);
  assert.equal(halt.nextSteps[0], 'linkerd check');
  assert.deepEqual(cluster.patches(), []);
});

test('an upgrade of the control plane begins while new pods start: they bring another proxy', async (t) => {
  const cluster = await clusterFor(t, [
    deployment('shop', 'a', { replicas: 4, strategy: { maxSurge: 1, maxUnavailable: 0 } }),
    deployment('shop', 'b', { replicas: 5 }),
  ]);
  await cluster.start({ namespace: 'shop' });
  await cluster.until(() => cluster.step('a')?.state === 'rolling', 'a to roll');
  cluster.simulation.cluster.upgradeConfigOnly('edge-25.12.2');
  const halt = haltOf(await cluster.end());
  assert.match(
    halt.reason,
    /came up with proxy edge-25\.12\.2, not edge-25\.11\.3|control plane is half rolled/,
  );
  assert.equal(halt.scope, 'run');
  assert.deepEqual(patchedNames(cluster), ['a']);
});

test('an upgrade of the control plane begins while new pods become available: nothing more is started', async (t) => {
  const cluster = await clusterFor(t, [
    deployment('shop', 'a', { replicas: 2, minReadySeconds: 60 }),
    deployment('shop', 'b', { replicas: 5 }),
  ]);
  await cluster.start({ namespace: 'shop' });
  await cluster.until(() => {
    const step = cluster.step('a');
    return step?.state === 'rolling' && step.progress.proven === 2;
  }, 'two new pods');
  cluster.simulation.cluster.upgradeConfigOnly('edge-25.12.2');
  const halt = haltOf(await cluster.end());
  assert.match(halt.reason, /the control plane is half rolled: .*wait until it has settled/);
  assert.equal(halt.cause, 'control-plane');
  assert.equal(cluster.step('a')?.state, 'done', 'what was patched is watched to its end');
  assert.deepEqual(patchedNames(cluster), ['a']);
});
