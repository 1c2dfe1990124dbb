/** Restarts that somebody takes back, and what brings an old proxy back and what does not. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { annotation } from '../../../src/data/linkerd.ts';
import { daemonSet, deployment, statefulSet } from '../../../src/sim/cluster/scenario/builders.ts';
import { findKubectls, openKubectl } from '../../support/kubectl.ts';
import { BEFORE, edit, haltOf, type LiveCluster, NOW } from '../live-cluster.ts';
import {
  assertOnlyRestarts,
  clusterOf,
  patched,
  planned,
  podsOf,
  untilSeen,
  versionsOf,
} from './clusters.ts';

const flux = {
  'kustomize.toolkit.fluxcd.io/name': 'apps',
  'kustomize.toolkit.fluxcd.io/namespace': 'flux-system',
};

function isReady({ simulation }: LiveCluster, name: string): boolean {
  const { status } = simulation.cluster.cluster.get('Deployment', 'shop', name) ?? {};
  return status?.readyReplicas === status?.replicas && status?.updatedReplicas === status?.replicas;
}

test('Flux takes the restart back: told before, noticed, named, not fought, and the mix of old and new is shown', async (t) => {
  const oneByOne = { replicas: 6, strategy: { maxSurge: 1, maxUnavailable: 0 } };
  const cluster = await clusterOf(t, {
    workloads: [deployment('shop', 'web', { ...oneByOne, own: { labels: flux } })],
  });
  const revert = { namespace: 'shop', manager: 'kustomize-controller', afterMs: 12_000, applies: true };
  t.after(cluster.simulation.cluster.revertRestarts(revert));
  const { items } = await cluster.start({ namespace: 'shop' });
  assert.match(
    items[0]?.risks.map(({ text }) => text).join() ?? '',
    /managed by Flux, which may undo the restart/,
  );
  const run = await cluster.end();
  assert.match(
    run.warnings.join('\n'),
    /suspend it meanwhile with flux suspend kustomization apps -n flux-system/,
  );
  const halt = haltOf(run);
  assert.equal(halt.cause, 'interference');
  const named = /kustomize-controller changed it \d+ s after the restart/;
  await cluster.until((now) => named.test(haltOf(now).details.join('\n')), 'who took it back');
  assert.deepEqual(patched(cluster), ['shop/web 200']);
  assertOnlyRestarts(cluster);

  // The former ReplicaSet grows again: its older pods keep the old proxy, those it makes now get the new one.
  await untilSeen(() => isReady(cluster, 'web') && podsOf(cluster, 'shop', 'web').length === 6, 'rest');
  const versions = versionsOf(cluster, 'shop', 'web');
  const old = versions.filter((version) => version === BEFORE).length;
  assert.ok(old > 0 && old < 6, versions.join());
  const plan = () => cluster.rollout.plan([{ namespace: 'shop' }]);
  await untilSeen(() => plan().items[0]?.from[BEFORE] === old, 'the mix of versions in a new plan');
  assert.deepEqual(planned(plan()), ['web'], 'partly new is not done');
  assert.deepEqual(plan().items[0]?.from, { [BEFORE]: old, [NOW]: 6 - old });
});

test('a workload of Argo CD is restarted, with a word on self-heal, and the detector armed', async (t) => {
  const tracking = { 'argocd.argoproj.io/tracking-id': 'shop:apps/Deployment:shop/web' };
  const cluster = await clusterOf(t, {
    workloads: [deployment('shop', 'web', { own: { annotations: tracking } })],
  });
  await cluster.start({ namespace: 'shop' });
  const run = await cluster.end();
  assert.equal(run.phase.phase, 'done');
  assert.match(
    run.warnings.join('\n'),
    /Argo CD \(application shop\) .*self-heal it may be taken back, which is noticed/,
  );
});

for (const workload of [statefulSet('shop', 'db', { replicas: 3 }), daemonSet('shop', 'agent')]) {
  test(`an operator takes the template of its ${workload.kind} back after the first pod: no success is claimed`, async (t) => {
    const cluster = await clusterOf(t, { workloads: [workload, deployment('shop', 'web', { replicas: 1 })] });
    const kind = workload.kind === 'StatefulSet' ? 'StatefulSet' : 'DaemonSet';
    const revert = { namespace: 'shop', kind, manager: 'some-operator', afterMs: 4_000 } as const;
    t.after(cluster.simulation.cluster.revertRestarts(revert));
    const { name } = workload.metadata;
    await cluster.start({ namespace: 'shop', workload: { kind, name } });
    const halt = haltOf(await cluster.end());
    assert.equal(halt.cause, 'interference');
    assert.match(halt.reason, /removed from the template; a GitOps tool or an operator reverts it/);
    assert.equal(cluster.step(name)?.state, 'failed');
    assert.deepEqual(patched(cluster), [`shop/${name} 200`]);
  });
}

const [kubectl] = findKubectls();
test('rollout undo does not bring the old proxy back, a pin does: the card says so and offers it', {
  skip: kubectl ? false : 'no kubectl',
}, async (t) => {
  assert.ok(kubectl);
  const cluster = await clusterOf(t, { workloads: [deployment('shop', 'web')] });
  const { simulation } = cluster;
  const crash = { kind: 'crash-loop', container: 'linkerd-proxy' } as const;
  simulation.cluster.setWorkloadBehaviour('shop', 'web', crash);
  await cluster.start({ namespace: 'shop' });
  const halt = haltOf(await cluster.end());
  assert.equal(halt.container, 'linkerd-proxy');
  assert.match(halt.details.join('\n'), /kubectl rollout undo does not bring the old proxy back/);
  const pin = `kubectl linkerd-upgrade pin shop/deployment/web --proxy-version ${BEFORE}`;
  assert.ok(halt.nextSteps.includes(pin), halt.nextSteps.join('\n'));
  assertOnlyRestarts(cluster);

  simulation.cluster.setWorkloadBehaviour('shop', 'web', { kind: 'healthy' }, true);
  const session = openKubectl(kubectl, simulation.kubeconfig);
  t.after(() => session.close());
  for (const [verb, ...rest] of [
    ['rollout', 'undo', '-n', 'shop', 'deployment/web'],
    ['delete', 'pod', '-n', 'shop', '-l', 'app=web', '--wait=false'],
  ] as const) {
    const { code, stderr } = await session.run(verb, ...rest);
    assert.equal(code, 0, stderr);
  }
  const all = (version: string) => () =>
    isReady(cluster, 'web') &&
    versionsOf(cluster, 'shop', 'web').length === 2 &&
    versionsOf(cluster, 'shop', 'web').every((found) => found === version);
  await untilSeen(all(NOW), 'pods of the undone template');
  edit(cluster, 'shop', 'web', { annotations: { [annotation.pinnedProxyVersion]: BEFORE } });
  await untilSeen(all(BEFORE), 'pods of the pinned template');
});
