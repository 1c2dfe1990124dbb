/** What is waited for, and for how long: a registry, a node, a budget, a controller. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deployment, disruptionBudget, statefulSet } from '../../../src/sim/cluster/scenario/builders.ts';
import { faultTimes } from '../../../src/sim/server/faults.ts';
import { haltOf, type LiveCluster, NOW } from '../live-cluster.ts';
import { assertOnlyRestarts, clusterOf, exclusionOf, patched, podsOf, versionsOf } from './clusters.ts';

const impatient = { replicas: 2, progressDeadlineSeconds: 60 };
const onDelete = { planOptions: { onDelete: true } };

const evictions = ({ simulation }: LiveCluster): readonly string[] =>
  simulation.server.audit.entries
    .filter(({ path }) => path.includes('/eviction'))
    .map(({ name, code }) => `${name} ${code}`);

test('a slow registry is no failure as long as something moves', async (t) => {
  const cluster = await clusterOf(t, { workloads: [deployment('shop', 'a', impatient)] });
  // Each pod takes more than half of the deadline, both together more than all of it.
  cluster.simulation.cluster.setWorkloadBehaviour('shop', 'a', { kind: 'slow', factor: 12 });
  await cluster.start({ namespace: 'shop' });
  const run = await cluster.end();
  assert.equal(run.phase.phase, 'done', JSON.stringify(run.phase));
  const step = cluster.step('a');
  assert.ok(step?.state === 'done' && step.at - step.since > 60, JSON.stringify(step));
});

test('a pod that no node takes is waited for, and goes on when the cluster has grown', async (t) => {
  const cluster = await clusterOf(t, {
    workloads: [deployment('shop', 'a', impatient), deployment('shop', 'b', { replicas: 3 })],
  });
  const { simulation } = cluster;
  simulation.cluster.setWorkloadBehaviour('shop', 'a', { kind: 'unschedulable' });
  await cluster.start({ namespace: 'shop' });
  await cluster.until(() => {
    const step = cluster.step('a');
    return step?.state === 'rolling' && /cannot be scheduled: 0\/3 nodes/.test(step.progress.waitingFor);
  }, 'a pod without a node');
  simulation.cluster.setWorkloadBehaviour('shop', 'a', { kind: 'healthy' });
  // The scheduler of the simulation looks at a pod once: its successor finds the new node.
  const [pending] = podsOf(cluster, 'shop', 'a').filter(({ spec }) => spec.nodeName === undefined);
  assert.ok(pending);
  simulation.cluster.cluster.deletePod(pending);
  assert.equal((await cluster.end()).phase.phase, 'done');
  assert.deepEqual(patched(cluster), ['shop/a 200', 'shop/b 200']);
});

test('a proxy that gets no identity keeps its pod from being ready: the card points to the proxy and to linkerd check', async (t) => {
  const cluster = await clusterOf(t, {
    workloads: [deployment('shop', 'a', impatient), deployment('shop', 'b', { replicas: 3 })],
  });
  cluster.simulation.cluster.setWorkloadBehaviour('shop', 'a', {
    kind: 'never-ready',
    container: 'linkerd-proxy',
  });
  await cluster.start({ namespace: 'shop' });
  const halt = haltOf(await cluster.end());
  assert.equal(halt.cause, 'deadline');
  assert.match([halt.reason, ...halt.details].join('\n'), /its proxy is not ready/);
  assert.ok(
    halt.nextSteps.includes(`kubectl -n shop logs ${halt.pod} -c linkerd-proxy`),
    halt.nextSteps.join('\n'),
  );
  assert.ok(halt.nextSteps.includes('linkerd check --proxy -n shop'));
  assert.deepEqual(patched(cluster), ['shop/a 200']);
  assertOnlyRestarts(cluster);
});

test('pods under OnDelete are left alone until evictions are asked for', async (t) => {
  const cluster = await clusterOf(t, {
    workloads: [statefulSet('shop', 'db', { replicas: 2, onDelete: true })],
  });
  const plan = cluster.rollout.plan([{ namespace: 'shop' }]);
  const { reason, command } = exclusionOf(plan, 'db');
  assert.match(reason, /evicted one by one, and only when that is asked for/);
  assert.equal(command, 'kubectl linkerd-upgrade restart shop/statefulset/db --include on-delete');
});

test('a budget that is spent is waited for, and the evictions go on when it has slack again', async (t) => {
  const cluster = await clusterOf(
    t,
    {
      workloads: [
        statefulSet('shop', 'db', { replicas: 2, onDelete: true }),
        disruptionBudget('shop', 'db', { minAvailable: 2 }),
      ],
    },
    onDelete,
  );
  const { items } = await cluster.start({ namespace: 'shop' });
  assert.ok(items[0]?.risks.some(({ kind }) => kind === 'budget-spent'));
  await cluster.until(() => {
    const step = cluster.step('db');
    return (
      step?.state === 'rolling' &&
      /disruption budget to allow the eviction of pod db-1/.test(step.progress.waitingFor)
    );
  }, 'the budget to be waited for');
  assert.equal(podsOf(cluster, 'shop', 'db').length, 2);
  cluster.simulation.cluster.world.change('PodDisruptionBudget', 'shop', 'db', (found) => ({
    ...found,
    spec: { ...found.spec, minAvailable: 1 },
  }));
  const run = await cluster.end();
  assert.equal(run.phase.phase, 'done', JSON.stringify(run.phase));
  const asked = evictions(cluster);
  assert.equal(asked[0], 'db-1 429');
  assert.deepEqual(
    asked.filter((one) => one.endsWith('201')),
    ['db-1 201', 'db-0 201'],
  );
  assert.deepEqual(versionsOf(cluster, 'shop', 'db'), [NOW, NOW]);
});

test('a busy server at an eviction is not taken for a budget: it slows the run down', async (t) => {
  const cluster = await clusterOf(
    t,
    { workloads: [statefulSet('shop', 'db', { replicas: 2, onDelete: true })] },
    { ...onDelete, limits: { startsPerMinute: 80 } },
  );
  const busy = {
    kind: 'respond',
    status: 429,
    body: 'Too many requests, please try again later.',
    headers: { 'Retry-After': '1', 'Content-Type': 'text/plain' },
  } as const;
  const isEviction = ({ path }: { readonly path: string }) => path.includes('/eviction');
  t.after(cluster.simulation.server.faults.onRequest(faultTimes(1, isEviction, busy)));
  await cluster.start({ namespace: 'shop' });
  const seen: string[] = [];
  cluster.rollout.run.subscribe(() => {
    const step = cluster.step('db');
    if (step?.state === 'rolling') seen.push(step.progress.waitingFor);
  });
  const slowed = await cluster.until(({ startsPerMinute }) => startsPerMinute < 20, 'the pace to fall');
  assert.equal(slowed.startsPerMinute, 10);
  assert.equal((await cluster.end()).phase.phase, 'done');
  assert.ok(
    seen.some((text) => text.startsWith('the server to take the eviction of pod db-1')),
    seen.join('\n'),
  );
  assert.ok(!seen.some((text) => text.includes('disruption budget')));
  assert.deepEqual(evictions(cluster), ['db-1 429', 'db-1 201', 'db-0 201']);
});

test('a controller that never looks at the patch: the deadline halts and says whom it waited for', async (t) => {
  const cluster = await clusterOf(t, {
    workloads: [deployment('shop', 'a', impatient), deployment('shop', 'b', { replicas: 3 })],
  });
  cluster.simulation.cluster.stop();
  await cluster.start({ namespace: 'shop' });
  const halt = haltOf(await cluster.end());
  assert.equal(halt.cause, 'deadline');
  assert.match(
    halt.reason,
    /no progress for 60 s, waiting for the Deployment controller to see the new template/,
  );
  assert.equal(halt.serving, '2 of 2 wanted pods are ready and serving');
  assert.deepEqual(patched(cluster), ['shop/a 200']);
  assertOnlyRestarts(cluster);
});
