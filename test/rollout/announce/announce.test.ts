/** Events as the API server stores them and as the real kubectl shows them. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { createKubeClient, FIELD_MANAGER, type KubeClient } from '../../../src/kube/client.ts';
import { systemClock } from '../../../src/kube/clock.ts';
import { deployments } from '../../../src/kube/resources.ts';
import { announcer } from '../../../src/rollout/cluster/announce.ts';
import type { PlanItem } from '../../../src/rollout/plan/plan.ts';
import type { Announcement } from '../../../src/rollout/ports.ts';
import { deployment, namespace } from '../../../src/sim/cluster/scenario/builders.ts';
import { freshInstall } from '../../../src/sim/cluster/scenario/scenarios.ts';
import { minutesAgo } from '../../../src/sim/cluster/scenario/story.ts';
import { type Simulation, startSimulation } from '../../../src/sim/cluster/simulation.ts';
import { events as eventType } from '../../../src/sim/resources.ts';
import { type Binding, rbacAuthorizer } from '../../../src/sim/server/authorizer.ts';
import type { KubeObject } from '../../../src/sim/types.ts';
import { connectionTo } from '../../support/connection.ts';
import { findKubectls, openKubectl } from '../../support/kubectl.ts';

const TOKEN = 'deployer-token';
const USER = 'deployer';
const EVERYTHING = { verbs: ['*'], apiGroups: ['*'], resources: ['*'] };

interface Bench {
  readonly simulation: Simulation;
  readonly client: KubeClient;
  readonly item: PlanItem;
}

/** A cluster with the Deployment `books/web`, and a client with these rights (all by default). */
async function bench(
  t: TestContext,
  bindings: readonly Binding[] = [{ user: USER, rules: [EVERYTHING] }],
  name = 'web',
  ourClockAheadMs = 0,
): Promise<Bench> {
  const { story, installation } = freshInstall();
  const books = minutesAgo(5, (world) => {
    world.createAll([namespace('books'), namespace('shop'), deployment('books', name, { replicas: 1 })]);
  });
  const simulation = await startSimulation({
    scenario: { story: [...story, books], installation },
    tls: false,
    server: {
      authorizer: rbacAuthorizer(bindings),
      users: new Map([[TOKEN, { name: USER, groups: [] }]]),
    },
  });
  const client = createKubeClient(
    connectionTo(simulation.url, { authentication: { type: 'token', token: TOKEN } }),
    {
      userAgentVersion: 'test',
      env: {},
      clock: { ...systemClock, now: () => Date.now() + ourClockAheadMs },
    },
  );
  t.after(async () => {
    client.close();
    await simulation.stop();
  });
  const { uid, resourceVersion } = await client.get(deployments, 'books', name);
  return { simulation, client, item: planItem({ name, uid, resourceVersion }) };
}

function planItem(fields: {
  readonly namespace?: string;
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion: string;
}): PlanItem {
  const { namespace: home = 'books', name, uid, resourceVersion } = fields;
  return {
    key: { namespace: home, kind: 'Deployment', name },
    uid,
    apiVersion: 'apps/v1',
    resourceVersion,
    templateHash: '',
    method: 'restart',
    effect: { kind: 'upgrades', reason: '' },
    reasons: [],
    risks: [],
    from: {},
    expected: { version: 'edge-25.11.3', trustRootSha256: '' },
    pods: 1,
    kept: 0,
    rounds: 1,
    wave: 0,
    deadlineSeconds: 600,
  };
}

function restarted(item: PlanItem, changes: Partial<Announcement> = {}): Announcement {
  return {
    item,
    type: 'Normal',
    reason: 'ProxyRestarted',
    message: 'restarted for edge-25.11.3',
    run: '1a2b',
    ...changes,
  };
}

/** Our events as the API server stores them. */
function stored({ simulation }: Bench): readonly KubeObject[] {
  return simulation.store
    .list(eventType, '')
    .filter((event) => event.reportingComponent === 'kubectl-linkerd-upgrade');
}

const posts = ({ simulation }: Bench) =>
  simulation.server.audit.entries.filter(
    ({ method, resource }) => method === 'POST' && resource === 'events',
  );

test('an announcement is an Event on the workload, with our names on it', async (t) => {
  const cluster = await bench(t);
  await announcer(cluster.client)(restarted(cluster.item));
  const [event, ...others] = stored(cluster);
  assert.deepEqual(others, []);
  assert.ok(event);
  assert.deepEqual(event.involvedObject, {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    namespace: 'books',
    name: 'web',
    uid: cluster.item.uid,
    resourceVersion: cluster.item.resourceVersion,
  });
  assert.deepEqual(event.source, { component: 'kubectl-linkerd-upgrade' });
  assert.equal(event.type, 'Normal');
  assert.equal(event.reason, 'ProxyRestarted');
  assert.equal(event.count, 1);
  assert.match(String(event.firstTimestamp), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  assert.equal(event.lastTimestamp, event.firstTimestamp);
  const [post] = posts(cluster);
  assert.match(post?.path ?? '', new RegExp(`fieldManager=${FIELD_MANAGER}`));
  assert.match(post?.userAgent ?? '', /^kubectl-linkerd-upgrade\//);
});

test('the same announcement is made once, another one gets a name of its own', async (t) => {
  const cluster = await bench(t);
  const announce = announcer(cluster.client);
  await Promise.all([announce(restarted(cluster.item)), announce(restarted(cluster.item))]);
  await announce(restarted(cluster.item));
  assert.equal(stored(cluster).length, 1);
  await Promise.all(['one', 'two', 'three'].map((message) => announce(restarted(cluster.item, { message }))));
  assert.equal(stored(cluster).length, 4);
  await announce(restarted(cluster.item, { run: '3c4d' }));
  assert.equal(stored(cluster).length, 5);
});

test('without the right it is silent, and does not ask again in that namespace', async (t) => {
  const read = { verbs: ['get'], apiGroups: ['apps'], resources: ['deployments'] };
  const create = { verbs: ['create'], apiGroups: [''], resources: ['events'] };
  const cluster = await bench(t, [
    { user: USER, rules: [read] },
    { user: USER, namespace: 'shop', rules: [create] },
  ]);
  const announce = announcer(cluster.client);
  await announce(restarted(cluster.item));
  await announce(restarted(cluster.item, { message: 'another' }));
  assert.deepEqual(
    posts(cluster).map(({ code }) => code),
    [403],
  );
  await announce(
    restarted(planItem({ namespace: 'shop', name: 'cart', uid: 'uid-cart', resourceVersion: '1' })),
  );
  assert.equal(stored(cluster).length, 1);
});

test('a server that is gone is no error, and an announcement that failed may be made again', async (t) => {
  const cluster = await bench(t);
  const announce = announcer(cluster.client);
  const nowhere = planItem({ namespace: 'missing', name: 'web', uid: 'u', resourceVersion: '1' });
  await announce(restarted(nowhere));
  assert.equal(stored(cluster).length, 0);
  cluster.simulation.cluster.world.create(namespace('missing'));
  await announce(restarted(nowhere));
  assert.equal(stored(cluster).length, 1);
  await cluster.simulation.stop();
  await announce(restarted(cluster.item, { message: 'into the void' }));
});

test('times are those of the server, however wrong our clock is', async (t) => {
  const cluster = await bench(t, undefined, 'web', 3_600_000);
  const before = Date.now();
  await announcer(cluster.client)(restarted(cluster.item));
  const [event] = stored(cluster);
  const told = Date.parse(String(event?.firstTimestamp));
  // Dates of HTTP have whole seconds, and so have Events.
  assert.ok(told >= before - 2_000 && told <= Date.now() + 2_000, String(event?.firstTimestamp));
});

test('a long name and a long message are cut to what the API takes', async (t) => {
  const cluster = await bench(t, undefined, `w${'-x'.repeat(126)}`);
  await announcer(cluster.client)(restarted(cluster.item, { message: 'é'.repeat(2_000) }));
  const [event] = stored(cluster);
  const name = event?.metadata.name ?? '';
  assert.ok(name.length <= 253, name);
  assert.match(name, /^w[-x]*x\.[0-9a-f]+$/);
  assert.ok(Buffer.byteLength(String(event?.message)) <= 1024);
  assert.match(String(event?.message), /é…$/);
});

for (const kubectl of findKubectls()) {
  test(`kubectl ${kubectl.version} shows it in events and in describe`, async (t) => {
    const cluster = await bench(t);
    await announcer(cluster.client)(
      restarted(cluster.item, { type: 'Warning', reason: 'ProxyRestartFailed', message: 'it crashes' }),
    );
    const session = openKubectl(kubectl, cluster.simulation.kubeconfig);
    t.after(() => session.close());
    const listed = await session.run('get', 'events', '-n', 'books');
    assert.match(listed.stdout, /Warning +ProxyRestartFailed +deployment\/web +it crashes/, listed.stderr);
    const described = await session.run('describe', 'deployment', 'web', '-n', 'books');
    assert.match(
      described.stdout,
      /Warning +ProxyRestartFailed +\S+ +kubectl-linkerd-upgrade +it crashes/,
      described.stderr,
    );
  });
}
