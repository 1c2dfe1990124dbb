/** A server that is away at the start or in the middle, and leaving while everything is still open. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readOnce } from '../../src/live/read-once.ts';
import { startSimulation } from '../../src/sim/cluster/simulation.ts';
import { runToEnd } from '../support/program.ts';
import {
  INJECTION,
  may,
  NAMESPACES,
  restricted,
  subject,
  threeTeams,
  until,
  WORKLOADS,
} from './restricted.ts';

const everything = may([...WORKLOADS, NAMESPACES, ...INJECTION]);

test('away before the start: reading once fails in words, following waits and then reads', async (t) => {
  const cluster = await restricted(t, [everything]);
  const comeBack = await cluster.simulation.server.faults.refuseConnections();
  await assert.rejects(readOnce(cluster.client, subject()), /connection to http:\S+ was refused/);
  const session = cluster.follow();
  await until(
    () => session.store.get().freshness,
    ({ state }) => state === 'stale',
  );
  assert.equal(session.isFresh(), false);
  assert.equal(session.store.get().mesh.totals.proxies, 0);
  await comeBack();
  const view = await until(
    () => session.store.get(),
    ({ freshness }) => freshness.state === 'live',
  );
  assert.equal(view.mesh.totals.proxies, 9);
  assert.match(view.cluster.kubernetesVersion, /^v1\./);
});

test('away in the middle: the picture stays and says how old it is; what was missed is caught up', async (t) => {
  const cluster = await restricted(t, [everything]);
  const { cluster: inside, server } = cluster.simulation;
  const session = cluster.follow();
  await session.loaded();
  const comeBack = await server.faults.refuseConnections();
  const stale = await until(
    () => session.store.get(),
    ({ freshness }) => freshness.state === 'stale',
  );
  assert.equal(stale.mesh.totals.proxies, 9);
  assert.ok(stale.freshness.state === 'stale' && stale.freshness.reason !== '');
  const { freshness } = stale;
  await until(
    () => session.store.get().freshness,
    (later) => later.state === 'stale' && later.retryAt > freshness.retryAt,
  );
  inside.cluster.remove('Deployment', 'shop', 'shop-app');
  await until(
    () => inside.cluster.list('Pod', 'shop').length,
    (count) => count === 0,
  );
  await comeBack();
  const view = await until(
    () => session.store.get(),
    ({ freshness: { state } }) => state === 'live',
  );
  assert.equal(view.mesh.totals.proxies, 7);
  assert.deepEqual(view.mesh.workloads('shop'), []);
});

test('a server that freezes with its connections open is called away before any watch gives up', async (t) => {
  const cluster = await restricted(t, [everything]);
  const { faults } = cluster.simulation.server;
  const session = cluster.follow();
  await session.loaded();
  await until(
    () => session.store.get().freshness,
    ({ state }) => state === 'live',
  );
  const thaw = faults.onRequest(() => ({ kind: 'hang', after: 'nothing' }));
  faults.silenceWatches();
  const { freshness } = await until(
    () => session.store.get(),
    ({ freshness: { state } }) => state === 'stale',
  );
  assert.ok(freshness.state === 'stale');
  // A watch is given up after 90 seconds of silence, and says so in other words.
  assert.equal(freshness.reason, 'the API server does not answer');
  thaw();
  await until(
    () => session.store.get().freshness,
    ({ state }) => state === 'live',
  );
});

test('closing tells nobody anything more, and ends the wait for the first lists', async (t) => {
  const cluster = await restricted(t, [everything]);
  const session = cluster.follow();
  let told = 0;
  session.store.subscribe(() => {
    told += 1;
  });
  session.close();
  await session.loaded();
  const other = cluster.follow();
  await other.loaded();
  assert.equal(told, 0);
  assert.equal(session.closed.aborted, true);
});

const leaver = new URL('leaver.ts', import.meta.url).pathname;
for (const moment of ['loading', 'live', 'rolling', 'reading-back', 'away'] as const) {
  test(`a process that leaves while ${moment} ends by itself`, async (t) => {
    const simulation = await startSimulation({ scenario: threeTeams(), tls: false });
    t.after(() => simulation.stop());
    const { code, stdout, stderr } = await runToEnd(process.execPath, [
      '--import=tsx',
      leaver,
      simulation.url,
      moment,
    ]);
    assert.equal(code, 0, stderr);
    assert.equal(stdout, 'left\n');
  });
}
