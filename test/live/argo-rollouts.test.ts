/** Argo Rollouts are read where there are any, and nowhere else. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { annotation } from '../../src/data/linkerd.ts';
import { readOnce } from '../../src/live/read-once.ts';
import type { WorkloadView } from '../../src/mesh/view.ts';
import { namespace, replicaSet, rollout } from '../../src/sim/cluster/scenario/builders.ts';
import type { Scenario } from '../../src/sim/cluster/scenario/scenarios.ts';
import { minutesAgo } from '../../src/sim/cluster/scenario/story.ts';
import type { PolicyRule } from '../../src/sim/server/authorizer.ts';
import {
  INJECTION,
  may,
  NAMESPACES,
  type Restricted,
  restricted,
  subject,
  threeTeams,
  until,
  WORKLOADS,
} from './restricted.ts';

const ROLLOUTS: PolicyRule = {
  verbs: ['get', 'list', 'watch'],
  apiGroups: ['argoproj.io'],
  resources: ['rollouts'],
};

function withRollout(spec: Readonly<Record<string, unknown>> = {}): Scenario {
  const { story, installation } = threeTeams();
  const team = minutesAgo(30, (world) => {
    world.create(namespace('pricing', { [annotation.inject]: 'enabled' }));
    const made = rollout('pricing', 'engine', { replicas: 2 });
    const owner = world.create({ ...made, spec: { ...made.spec, ...spec } });
    world.create(replicaSet('pricing', 'engine-abc', { labels: { app: 'engine' }, replicas: 2, owner }));
  });
  return { story: [...story, team], installation };
}

/** The Rollout as both ways of reading show it. */
async function engine(cluster: Restricted): Promise<WorkloadView> {
  const find = (views: readonly WorkloadView[]) => views.find(({ name }) => name === 'engine');
  const read = await readOnce(cluster.client, subject({}));
  const session = cluster.follow();
  await session.loaded();
  const followed = await until(
    () => session.store.get(),
    ({ freshness, mesh }) =>
      freshness.state === 'live' &&
      find(mesh.workloads('pricing'))?.uid === find(read.mesh.workloads('pricing'))?.uid,
  );
  const found = find(followed.mesh.workloads('pricing'));
  assert.ok(found);
  assert.deepEqual(found, find(read.mesh.workloads('pricing')));
  return found;
}

function requestsFor({ simulation }: Restricted, resource: string): number {
  return simulation.server.audit.entries.filter((entry) => entry.resource === resource).length;
}

test('a Rollout that can be read is judged by its template like any other workload', async (t) => {
  const cluster = await restricted(t, [may([NAMESPACES, ...WORKLOADS, ...INJECTION, ROLLOUTS])], {
    scenario: withRollout(),
  });
  const found = await engine(cluster);
  assert.equal(found.kind, 'Rollout');
  assert.equal(found.apiVersion, 'argoproj.io/v1alpha1');
  assert.equal(found.replicas, 2);
  assert.equal(found.effect.kind, 'nothing', found.effect.reason);
  assert.equal(found.rollout, '');
});

test('where only its namespace may be read, it is read there', async (t) => {
  const cluster = await restricted(
    t,
    [may([NAMESPACES, ...WORKLOADS, ...INJECTION]), may([ROLLOUTS], 'pricing')],
    { scenario: withRollout() },
  );
  assert.equal((await engine(cluster)).effect.kind, 'nothing');
});

test('without the right it is named as unreadable, and its owner tells how to restart it', async (t) => {
  const cluster = await restricted(t, [may([NAMESPACES, ...WORKLOADS, ...INJECTION])], {
    scenario: withRollout(),
  });
  const found = await engine(cluster);
  assert.equal(found.effect.kind, 'unsupported');
  assert.match(found.effect.reason, /kubectl argo rollouts restart engine -n pricing/);
  const { unreadable } = await readOnce(cluster.client, subject({}));
  assert.deepEqual(
    unreadable.map(({ what }) => what),
    ['rollouts in namespace pricing (effects of restarts of Argo Rollouts are not known)'],
  );
});

test('a template that stands elsewhere is not guessed at', async (t) => {
  const workloadRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'engine' };
  const cluster = await restricted(t, [may([NAMESPACES, ...WORKLOADS, ...INJECTION, ROLLOUTS])], {
    scenario: withRollout({ workloadRef }),
  });
  const { effect } = await engine(cluster);
  assert.equal(effect.kind, 'unsupported');
  assert.match(effect.reason, /its template stands in deployment\/engine/);
});

test('a cluster without Rollouts is never asked for them', async (t) => {
  const cluster = await restricted(t, [may([NAMESPACES, ...WORKLOADS, ...INJECTION, ROLLOUTS])]);
  await readOnce(cluster.client, subject({}));
  await cluster.follow().loaded();
  assert.ok(requestsFor(cluster, 'pods') > 0);
  assert.equal(requestsFor(cluster, 'rollouts'), 0);
});
