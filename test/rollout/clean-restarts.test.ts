/** Restarts of a cluster where nothing goes wrong: client, live layer and engine against a simulated cluster. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { annotation } from '../../src/data/linkerd.ts';
import type { Plan } from '../../src/rollout/plan/plan.ts';
import { daemonSet, deployment, statefulSet } from '../../src/sim/cluster/scenario/builders.ts';
import { CLI_INSTALLATION } from '../../src/sim/cluster/scenario/control-plane.ts';
import { isObject } from '../../src/sim/json.ts';
import { findKubectls, openKubectl } from '../support/kubectl.ts';
import { clusterFor, type LiveCluster, NOW } from './live-cluster.ts';

/** Every live pod of a namespace runs the present version and is ready, by the cluster's own store. */
function assertAllCurrent({ simulation }: LiveCluster, namespace: string): void {
  const pods = simulation.cluster.cluster.list('Pod', namespace);
  assert.ok(pods.length > 0);
  for (const { metadata, status } of pods) {
    if (metadata.deletionTimestamp !== undefined) continue;
    assert.equal(metadata.annotations?.[annotation.proxyVersion], NOW, metadata.name);
    const ready = status?.conditions?.find(({ type }) => type === 'Ready');
    assert.equal(ready?.status, 'True', metadata.name);
  }
}

test('a namespace with every kind of workload becomes current, one workload at a time', async (t) => {
  const native = { [annotation.nativeSidecarBeta]: 'true' };
  const cluster = await clusterFor(t, [
    deployment('shop', 'web', { replicas: 4 }),
    deployment('shop', 'alone', { replicas: 1 }),
    deployment('shop', 'batch', { replicas: 2, strategy: 'Recreate' }),
    deployment('shop', 'patient', { replicas: 2, minReadySeconds: 8 }),
    deployment('shop', 'native', { replicas: 2, annotations: native }),
    deployment('shop', 'asleep', { replicas: 0 }),
    statefulSet('shop', 'db', { replicas: 3 }),
    statefulSet('shop', 'cache', { replicas: 2, parallel: true }),
    daemonSet('shop', 'agent'),
  ]);
  const { rollout } = cluster;
  let mostAtOnce = 0;
  rollout.run.subscribe(() => {
    const active = rollout.run
      .get()
      ?.steps.filter(({ status: { state } }) => state === 'patching' || state === 'rolling');
    mostAtOnce = Math.max(mostAtOnce, active?.length ?? 0);
  });
  const plan = await cluster.start({ namespace: 'shop' });
  const names = plan.items.map(({ key }) => key.name);
  assert.deepEqual(names.toSorted(), ['agent', 'alone', 'batch', 'cache', 'db', 'native', 'patient', 'web']);
  const run = await cluster.end();
  assert.equal(run.phase.phase, 'done');
  assert.ok(run.steps.every(({ status }) => status.state === 'done'));
  assert.equal(mostAtOnce, 1);
  assert.deepEqual(
    cluster.patches().map(({ name, code }) => [name, code]),
    names.map((name) => [name, 200]),
    'in the order of the plan, each once',
  );
  assertAllCurrent(cluster, 'shop');
  const [shop] = cluster.session.model.view().namespaces.filter(({ name }) => name === 'shop');
  assert.deepEqual(shop?.byVersion, { [NOW]: shop?.proxies });
  assert.deepEqual(cluster.rollout.plan([{ namespace: 'shop' }]).items, [], 'a second plan has nothing left');
});

test('an abort lets the workload in progress finish and leaves the others alone', async (t) => {
  const cluster = await clusterFor(t, [deployment('shop', 'a'), deployment('shop', 'b')]);
  await cluster.start({ namespace: 'shop' });
  await cluster.until(() => cluster.step('a')?.state === 'rolling', 'a to roll');
  cluster.rollout.act({ type: 'abort' });
  const run = await cluster.end();
  assert.equal(run.phase.phase, 'aborted');
  assert.deepEqual([cluster.step('a')?.state, cluster.step('b')?.state], ['done', 'queued']);
  assert.equal(cluster.patches().length, 1);
});

test('only one run at a time, and nothing empty or blocked is started', async (t) => {
  const cluster = await clusterFor(t, [deployment('shop', 'web')]);
  const { rollout, starting } = cluster;
  const plan = rollout.plan([{ namespace: 'shop' }]);
  const refusal = async (changes: Partial<Plan>): Promise<string> => {
    const outcome = await rollout.start({ ...plan, ...changes }, starting);
    return outcome.outcome === 'refused' ? outcome.reason : outcome.outcome;
  };
  assert.match(await refusal({ items: [] }), /restarts nothing/);
  assert.match(await refusal({ blocked: ['the injector is down'] }), /injector is down/);
  const [first, second] = await Promise.all([refusal({}), refusal({})]);
  assert.equal(first, 'started');
  assert.match(second, /already active/);
  assert.match(await refusal({}), /already active/);
  await cluster.end();
  await cluster.startPlan(plan);
  const again = await cluster.end();
  assert.equal(again.steps[0]?.status.state, 'dropped', 'an old plan restarts nothing that is current');
  assert.equal(cluster.patches().length, 1);
});

test('with the HA installation of Helm, too', async (t) => {
  const installation = { ...CLI_INSTALLATION, method: 'helm', failurePolicy: 'Fail', replicas: 3 } as const;
  const cluster = await clusterFor(t, [deployment('shop', 'web', { replicas: 3 })], { installation });
  await cluster.start({ namespace: 'shop' });
  assert.equal((await cluster.end()).phase.phase, 'done');
  assertAllCurrent(cluster, 'shop');
});

const [kubectl] = findKubectls();
test('the patch is the one of kubectl rollout restart, and says whose it is', {
  skip: kubectl ? false : 'no kubectl',
}, async (t) => {
  assert.ok(kubectl);
  const cluster = await clusterFor(t, [deployment('shop', 'ours'), deployment('shop', 'theirs')]);
  const { simulation } = cluster;
  const session = openKubectl(kubectl, simulation.kubeconfig);
  t.after(() => session.close());
  const { code, stderr } = await session.run('rollout', 'restart', '-n', 'shop', 'deployment/theirs');
  assert.equal(code, 0, stderr);
  await cluster.start({ namespace: 'shop', workload: { kind: 'Deployment', name: 'ours' } });
  await cluster.end();
  const patches = simulation.server.audit.entries.filter(({ method }) => method === 'PATCH');
  const [theirs, ours] = ['theirs', 'ours'].map((name) => patches.find((entry) => entry.name === name));
  assert.ok(isObject(ours?.body) && isObject(theirs?.body));
  const { metadata, ...body } = ours.body;
  assert.ok(isObject(metadata));
  assert.deepEqual(Object.keys(metadata), ['resourceVersion']);
  const run = cluster.rollout.run.get();
  const whose = `,"kubectl-linkerd-upgrade/run":"${run?.id}","kubectl-linkerd-upgrade/by":"ann@test"`;
  const stamp =
    /"kubectl\.kubernetes\.io\/restartedAt":"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:Z|[+-]\d\d:\d\d))"/;
  const [mine, his] = [JSON.stringify(body), JSON.stringify(theirs.body)];
  assert.match(mine, stamp);
  assert.ok(mine.includes(whose), mine);
  assert.equal(mine.replace(whose, '').replace(stamp, ''), his.replace(stamp, ''));
  const stored = simulation.cluster.cluster.get('Deployment', 'shop', 'ours');
  assert.match(JSON.stringify(stored?.metadata), /"manager":"kubectl-linkerd-upgrade"/);
  assert.match(theirs.path, /fieldManager=kubectl-rollout/);
});
