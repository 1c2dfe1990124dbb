/** What is read, shown and said with fewer rights, by reading once and by following, of a simulated cluster. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { annotation } from '../../src/data/linkerd.ts';
import { readOnce } from '../../src/live/read-once.ts';
import type { Subject } from '../../src/live/subjects.ts';
import type { LiveView } from '../../src/live/view.ts';
import { deployment, namespace } from '../../src/sim/cluster/scenario/builders.ts';
import type { Binding } from '../../src/sim/server/authorizer.ts';
import { faultTimes } from '../../src/sim/server/faults.ts';
import {
  INJECTION,
  may,
  NAMESPACES,
  type Restricted,
  restricted,
  subject,
  until,
  WORKLOADS,
} from './restricted.ts';

/** Proxies of each namespace that has any. */
function proxies({ mesh }: LiveView): Record<string, number> {
  return Object.fromEntries(
    mesh.namespaces.filter((shown) => shown.proxies > 0).map(({ name, proxies: count }) => [name, count]),
  );
}

const unreadable = (view: LiveView): string =>
  view.unreadable
    .map(({ what }) => what)
    .sort()
    .join('\n');

/** Both ways of reading, which have to agree. */
async function bothWays(cluster: Restricted, changes: Partial<Subject> = {}): Promise<LiveView> {
  const read = await readOnce(
    cluster.client,
    subject({ contextNamespace: cluster.client.connection.namespace, ...changes }),
  );
  const session = cluster.follow(changes);
  await session.loaded();
  const followed = await until(
    () => session.store.get(),
    ({ freshness }) => freshness.state === 'live',
  );
  assert.deepEqual(proxies(followed), proxies(read));
  assert.equal(unreadable(followed), unreadable(read));
  assert.deepEqual(followed.mesh.controlPlane, read.mesh.controlPlane);
  for (const { name } of read.mesh.namespaces) {
    assert.deepEqual(followed.mesh.workloads(name), read.mesh.workloads(name));
  }
  return followed;
}

async function asUser(t: TestContext, bindings: readonly Binding[], home = 'default'): Promise<Restricted> {
  return restricted(t, bindings, { namespace: home });
}

test('rights to the whole cluster and to three objects by name are enough for everything', async (t) => {
  const view = await bothWays(await asUser(t, [may([...WORKLOADS, NAMESPACES, ...INJECTION])]));
  assert.deepEqual(proxies(view), { books: 2, linkerd: 3, shop: 2, vault: 2 });
  assert.deepEqual(view.unreadable, []);
  assert.equal(view.mesh.controlPlane.injector.state, 'ready');
});

test('namespaces can be listed, pods only in some: those are read, the others are named', async (t) => {
  const cluster = await asUser(t, [
    may([NAMESPACES, ...INJECTION]),
    ...['books', 'linkerd', 'shop'].map((name) => may(WORKLOADS, name)),
  ]);
  const view = await bothWays(cluster);
  assert.deepEqual(proxies(view), { books: 2, linkerd: 3, shop: 2 });
  assert.match(unreadable(view), /pods in namespace vault \(proxies are not counted\)/);
  assert.doesNotMatch(unreadable(view), /namespace (books|shop|linkerd)/);
  assert.equal(view.mesh.controlPlane.injector.state, 'ready');
});

test("nothing but the context's namespace", async (t) => {
  const cluster = await asUser(t, [may(WORKLOADS, 'shop')], 'shop');
  const view = await bothWays(cluster);
  assert.deepEqual(proxies(view), { shop: 2 });
  const named = unreadable(view);
  assert.match(named, /^namespaces \(only namespaces that are named are looked at\)$/m);
  assert.match(named, /MutatingWebhookConfiguration/);
  assert.match(named, /ConfigMap linkerd\/linkerd-config/);
  assert.match(named, /pods in namespace linkerd/);
  assert.match(named, /^namespace shop /m);
  const [app] = view.mesh.workloads('shop');
  assert.equal(app?.proxies, 2);
  assert.match(app?.effect.kind ?? '', /unknown/, 'what a restart would do is not claimed to be known');
});

test("the context's namespace with its object, and the control plane's objects by name", async (t) => {
  const own = {
    verbs: ['get', 'list', 'watch'],
    apiGroups: [''],
    resources: ['namespaces'],
    resourceNames: ['shop', 'linkerd'],
  };
  const cluster = await asUser(
    t,
    [may([own, ...INJECTION]), may(WORKLOADS, 'shop'), may(WORKLOADS, 'linkerd')],
    'shop',
  );
  const view = await bothWays(cluster);
  assert.deepEqual(proxies(view), { linkerd: 3, shop: 2 });
  assert.equal(unreadable(view), 'namespaces (only namespaces that are named are looked at)');
  assert.equal(view.mesh.controlPlane.injector.state, 'ready');
  assert.equal(view.mesh.workloads('shop')[0]?.effect.kind, 'nothing');
});

test("no rights to the control plane's namespace: versions are compared, restarts are not allowed", async (t) => {
  const cluster = await asUser(t, [
    may([NAMESPACES]),
    ...['books', 'shop', 'vault'].map((name) => may(WORKLOADS, name)),
  ]);
  const view = await bothWays(cluster);
  assert.deepEqual(proxies(view), { books: 2, shop: 2, vault: 2 });
  assert.match(unreadable(view), /pods in namespace linkerd/);
  assert.match(unreadable(view), /ConfigMap linkerd\/linkerd-config \(the version is taken from what runs/);
  assert.equal(view.mesh.controlPlane.injector.state, 'unknown');
});

test('no pods anywhere: reading once fails and says which right is missing', async (t) => {
  const { client } = await asUser(t, [may([NAMESPACES, ...INJECTION])]);
  await assert.rejects(readOnce(client, subject()), /could not list pods.*forbidden/);
});

test('a kind that the server does not know is named, and the rest is shown', async (t) => {
  const cluster = await asUser(t, [may([...WORKLOADS, NAMESPACES, ...INJECTION])]);
  const missing = { kind: 'respond', status: 404, body: '404 page not found' } as const;
  t.after(
    cluster.simulation.server.faults.onRequest(({ resource }) =>
      resource === 'poddisruptionbudgets' ? missing : undefined,
    ),
  );
  const view = await bothWays(cluster);
  assert.equal(unreadable(view), 'poddisruptionbudgets (spent budgets are not warned of)');
  assert.deepEqual(proxies(view), { books: 2, linkerd: 3, shop: 2, vault: 2 });
});

test('-n of one namespace reads that and the control plane, with all rights', async (t) => {
  const cluster = await asUser(t, [may([...WORKLOADS, NAMESPACES, ...INJECTION])]);
  const view = await bothWays(cluster, { namespaces: ['shop'] });
  assert.deepEqual(proxies(view), { linkerd: 3, shop: 2 });
  assert.deepEqual(view.unreadable, []);
  const { entries } = cluster.simulation.server.audit;
  const wide = entries.filter(({ resource, namespace }) => resource === 'pods' && namespace === '');
  assert.deepEqual(wide, [], 'nothing is asked of other namespaces');
});

test('-n of a namespace that does not exist', async (t) => {
  const cluster = await asUser(t, [may([...WORKLOADS, NAMESPACES, ...INJECTION])]);
  await assert.rejects(
    readOnce(cluster.client, subject({ namespaces: ['shpo'] })),
    /namespaces? "?shpo"? not found/,
  );
  const session = cluster.follow({ namespaces: ['shpo'] });
  await session.loaded();
  assert.deepEqual(
    session.store.get().mesh.namespaces.map(({ name }) => name),
    ['linkerd'],
  );
});

test('-l counts the pods it chooses, and judges the control plane by all of its pods', async (t) => {
  const { client } = await asUser(t, [may([...WORKLOADS, NAMESPACES, ...INJECTION])]);
  const view = await readOnce(client, subject({ labelSelector: 'app=shop-app' }));
  assert.deepEqual(proxies(view), { shop: 2 });
  assert.equal(view.mesh.controlPlane.injector.state, 'ready');
  assert.deepEqual(view.unreadable, []);
});

test('a namespace that comes while namespaces are read one by one is read, one that goes is forgotten', async (t) => {
  const readable = ['books', 'linkerd', 'shop', 'late'].map((name) => may(WORKLOADS, name));
  const cluster = await asUser(t, [may([NAMESPACES, ...INJECTION]), ...readable]);
  const { world } = cluster.simulation.cluster;
  const session = cluster.follow();
  await session.loaded();
  world.create(namespace('late', { [annotation.inject]: 'enabled' }));
  world.create(deployment('late', 'app', { replicas: 3 }));
  await until(
    () => proxies(session.store.get()),
    (shown) => shown.late === 3,
  );
  assert.match(unreadable(session.store.get()), /namespace vault/);
  for (const name of ['late', 'vault']) {
    // Without a token plain http is the administrator's.
    const { status } = await fetch(`${cluster.simulation.url}/api/v1/namespaces/${name}`, {
      method: 'DELETE',
    });
    assert.equal(status, 200);
  }
  await until(
    () => session.store.get(),
    (view) => !/vault/.test(unreadable(view)) && view.mesh.namespaces.every(({ name }) => name !== 'late'),
  );
  cluster.grant(
    may([NAMESPACES, ...INJECTION]),
    ...['books', 'linkerd', 'shop'].map((name) => may(WORKLOADS, name)),
  );
  const asked = () =>
    audit.entries.filter(({ namespace: where, code }) => where === 'late' && code === 403).length;
  const { audit, faults } = cluster.simulation.server;
  faults.endWatches();
  await until(asked, (count) => count >= 7);
  // What is shown of a later change is shown after the refusals.
  world.create(deployment('shop', 'second', { replicas: 1 }));
  const view = await until(
    () => session.store.get(),
    (shown) => proxies(shown).shop === 3 && shown.freshness.state === 'live',
  );
  assert.doesNotMatch(unreadable(view), /late|vault/);
});

test('rights that are taken away in the middle: what may not be read any more is named', async (t) => {
  const everything = may([...WORKLOADS, NAMESPACES, ...INJECTION]);
  const cluster = await asUser(t, [everything]);
  const session = cluster.follow();
  await session.loaded();
  assert.deepEqual(session.store.get().unreadable, []);
  cluster.grant(may([NAMESPACES, ...INJECTION]), may(WORKLOADS, 'shop'), may(WORKLOADS, 'linkerd'));
  cluster.simulation.server.faults.endWatches();
  const view = await until(
    () => session.store.get(),
    ({ unreadable: parts }) => parts.some(({ what }) => /pods in namespace vault/.test(what)),
  );
  assert.equal(proxies(view).shop, 2);
});

test('a busy server is waited for', async (t) => {
  const { client, simulation } = await asUser(t, [may([...WORKLOADS, NAMESPACES, ...INJECTION])]);
  const busy = { kind: 'respond', status: 429, body: 'busy', headers: { 'Retry-After': '1' } } as const;
  t.after(simulation.server.faults.onRequest(faultTimes(3, () => true, busy)));
  assert.deepEqual(proxies(await readOnce(client, subject())), { books: 2, linkerd: 3, shop: 2, vault: 2 });
});
