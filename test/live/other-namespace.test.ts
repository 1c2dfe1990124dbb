/** A control plane that is not in namespace `linkerd`. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { createKubeClient, type KubeClient } from '../../src/kube/client.ts';
import { follow } from '../../src/live/follow.ts';
import { readOnce } from '../../src/live/read-once.ts';
import type { Subject } from '../../src/live/subjects.ts';
import type { LiveView } from '../../src/live/view.ts';
import { ManualClock } from '../../src/sim/cluster/clock.ts';
import { SimulatedCluster } from '../../src/sim/cluster/simulated-cluster.ts';
import { resourceTypes } from '../../src/sim/resources.ts';
import { createApiServer } from '../../src/sim/server/api-server.ts';
import { faultTimes } from '../../src/sim/server/faults.ts';
import { MemoryStore } from '../../src/sim/store.ts';
import type { KubeObject } from '../../src/sim/types.ts';
import { connectionTo } from '../support/connection.ts';
import { subject, threeTeams, until } from './restricted.ts';

const HOME = 'mesh-system';

/** The objects of a simulated cluster, with everything that is in or says `linkerd` in `mesh-system` instead. */
function movedCluster(): MemoryStore {
  const clock = new ManualClock(Date.parse('2026-11-21T20:00:00Z'));
  const cluster = new SimulatedCluster({ scenario: threeTeams(), clock, seed: 1 });
  const store = new MemoryStore({ now: () => clock.now() });
  for (const type of resourceTypes) {
    for (const object of cluster.store.list(type, '')) {
      const moved: KubeObject = JSON.parse(JSON.stringify(object).replaceAll('"linkerd"', `"${HOME}"`));
      store.create(type, moved);
    }
  }
  cluster.stop();
  return store;
}

async function clientFor(
  t: TestContext,
): Promise<{ client: KubeClient; server: Awaited<ReturnType<typeof createApiServer>> }> {
  const server = await createApiServer({ store: movedCluster(), tls: false });
  const client = createKubeClient(connectionTo(server.url), { userAgentVersion: 'test', env: {} });
  t.after(async () => {
    client.close();
    await server.close();
  });
  return { client, server };
}

function assertFound({ mesh }: LiveView): void {
  assert.equal(mesh.controlPlane.namespace, HOME);
  assert.equal(mesh.controlPlane.injector.state, 'ready');
  assert.equal(mesh.namespaces.find(({ name }) => name === HOME)?.role, 'control-plane');
  assert.equal(mesh.workloads('shop')[0]?.effect.kind, 'nothing');
}

const subjects: Readonly<Record<string, Partial<Subject>>> = {
  'all namespaces': {},
  'one namespace': { namespaces: ['shop'] },
  'named by the operator': { controlPlaneNamespace: HOME },
  'one namespace, named by the operator': { namespaces: ['shop'], controlPlaneNamespace: HOME },
};

for (const [name, changes] of Object.entries(subjects)) {
  test(`the webhook or the operator says where it is: ${name}`, async (t) => {
    const { client, server } = await clientFor(t);
    // The webhook is heard of last: it must not matter what was read before.
    const late = { kind: 'delay', ms: 60 } as const;
    t.after(
      server.faults.onRequest(
        faultTimes(100, ({ resource }) => resource === 'mutatingwebhookconfigurations', late),
      ),
    );
    assertFound(await readOnce(client, subject(changes)));
    const session = follow(client, subject(changes));
    t.after(() => session.close());
    await session.loaded();
    assertFound(
      await until(
        () => session.store.get(),
        ({ freshness }) => freshness.state === 'live',
      ),
    );
    assert.deepEqual(session.store.get().unreadable, []);
  });
}

test('a namespace without a control plane, named by the operator', async (t) => {
  const { client } = await clientFor(t);
  const { mesh } = await readOnce(client, subject({ controlPlaneNamespace: 'shop' }));
  assert.equal(mesh.controlPlane.namespace, 'shop');
  assert.notEqual(mesh.controlPlane.injector.state, 'ready');
  assert.deepEqual(
    mesh.controlPlane.others.map(({ namespace, exists }) => [namespace, exists]),
    [[HOME, true]],
  );
});
