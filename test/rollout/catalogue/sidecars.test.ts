/** Proxies that change their place: ordinary containers become native sidecars. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { follow } from '../../../src/live/follow.ts';
import { createPreflight } from '../../../src/rollout/preflight/read-facts.ts';
import { deployment, job } from '../../../src/sim/cluster/scenario/builders.ts';
import { subject } from '../../live/restricted.ts';
import { NOW } from '../live-cluster.ts';
import { clusterOf, podsOf, untilSeen } from './clusters.ts';

const flip = {
  workloads: [deployment('shop', 'web'), job('shop', 'import')],
  before: { nativeSidecar: false },
  now: { nativeSidecar: true },
};

test('a new sidecar mode is told, probed, proven, and warned of for Jobs', async (t) => {
  const cluster = await clusterOf(t, flip);
  const plan = cluster.rollout.plan([{ namespace: 'shop' }]);
  const [item] = plan.items;
  assert.match(item?.risks.map(({ text }) => text).join() ?? '', /becomes a native sidecar/);
  const { probes } = await cluster.rollout.preflight(plan, { probe: true });
  assert.deepEqual(
    probes.map(({ version, native }) => [version, native]),
    [[NOW, true]],
  );
  await cluster.startPlan(plan);
  const run = await cluster.end();
  assert.equal(run.phase.phase, 'done', JSON.stringify(run.phase));
  assert.match(run.warnings.join('\n'), /changes its place .* Jobs of these namespaces end otherwise/);
  for (const { spec } of podsOf(cluster, 'shop', 'web')) {
    assert.ok(spec.initContainers?.some(({ name }) => name === 'linkerd-proxy'));
    assert.ok(!spec.containers.some(({ name }) => name === 'linkerd-proxy'));
  }
});

for (const [gitVersion, severity, text] of [
  ['v1.27.3', 'blocker', /Kubernetes v?1\.27\.3 does not know: it would refuse the pods/],
  ['v1.28.9', 'warning', /only with the feature gate SidecarContainers/],
] as const) {
  test(`native sidecars on Kubernetes ${gitVersion}: a ${severity} of the preflight`, async (t) => {
    const cluster = await clusterOf(t, flip);
    const { client, rollout, simulation } = cluster;
    const [major = '', minor = ''] = gitVersion.slice(1).split('.');
    t.after(
      simulation.server.faults.onRequest(({ path }) =>
        path === '/version'
          ? { kind: 'respond', status: 200, body: { major, minor, gitVersion } }
          : undefined,
      ),
    );
    const session = follow(client, subject());
    t.after(() => session.close());
    await session.loaded();
    await untilSeen(() => session.store.get().cluster.kubernetesVersion === gitVersion, 'the version');
    const { items } = rollout.plan([{ namespace: 'shop' }]);
    assert.equal(items.length, 1);
    const { findings } = await createPreflight(client, session)(items, { probe: false });
    const told = findings.filter((finding) => finding.severity === severity).map((finding) => finding.text);
    assert.match(told.join('\n'), text);
  });
}
