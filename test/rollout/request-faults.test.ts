/** Restarts whose requests go wrong, on a simulated cluster: no workload is ever restarted twice. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { annotation } from '../../src/data/linkerd.ts';
import { deployment } from '../../src/sim/cluster/scenario/builders.ts';
import { type Fault, faultTimes } from '../../src/sim/server/faults.ts';
import {
  clusterFor,
  edit,
  haltOf,
  type LiveCluster,
  type LiveClusterOptions,
  waitFor,
} from './live-cluster.ts';

/** A server that never answers is given up after this many seconds of the cluster's time. */
const QUICK = { connectMs: 20_000, headersMs: 20_000 };

interface Faulty {
  readonly fault: Fault;
  /** How many patches of `a` meet it. */
  readonly times: number;
}

async function withFault(
  t: TestContext,
  { fault, times }: Faulty,
  options: LiveClusterOptions = {},
): Promise<LiveCluster> {
  const cluster = await clusterFor(
    t,
    [deployment('shop', 'a'), deployment('shop', 'b', { replicas: 3 })],
    options,
  );
  const hook = faultTimes(times, ({ method, name }) => method === 'PATCH' && name === 'a', fault);
  t.after(cluster.simulation.server.faults.onRequest(hook));
  await cluster.start({ namespace: 'shop' });
  return cluster;
}

/** Changes of the restart annotation that the store has seen, by its own generations. */
function restarts({ simulation }: LiveCluster, name: string): number {
  const { generation = 0 } = simulation.cluster.cluster.get('Deployment', 'shop', name)?.metadata ?? {};
  return generation - 1;
}

async function assertAllDone(cluster: LiveCluster): Promise<void> {
  const run = await cluster.end();
  assert.equal(run.phase.phase, 'done', JSON.stringify(run.phase));
  assert.deepEqual([restarts(cluster, 'a'), restarts(cluster, 'b')], [1, 1]);
}

async function assertRefused(cluster: LiveCluster, reason: RegExp, attempts: number): Promise<void> {
  const halt = haltOf(await cluster.end());
  assert.match(halt.reason, reason);
  assert.equal(halt.workload?.name, 'a');
  assert.equal(cluster.patches().length, attempts);
  assert.deepEqual([restarts(cluster, 'a'), restarts(cluster, 'b')], [0, 0]);
}

const status = (code: number, reason: string, message: string) =>
  ({
    kind: 'respond',
    status: code,
    body: { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', code, reason, message },
  }) as const;

const conflict = status(
  409,
  'Conflict',
  'the object has been modified; please apply your changes to the latest version',
);

test('a conflict about an object that nobody changed is tried again in the end', async (t) => {
  await assertAllDone(await withFault(t, { fault: conflict, times: 1 }));
});

test('conflicts without end halt, and the next run is not held up by them', async (t) => {
  const cluster = await withFault(t, { fault: conflict, times: 6 });
  await assertRefused(cluster, /the object has been modified/, 6);
  cluster.rollout.act({ type: 'abort' });
  await cluster.start({ namespace: 'shop' });
  await assertAllDone(cluster);
});

test('403: the right is missing', async (t) => {
  const forbidden = status(403, 'Forbidden', 'deployments.apps "a" is forbidden: User "ann" cannot patch');
  const cluster = await withFault(t, { fault: forbidden, times: 1 });
  await assertRefused(cluster, /could not restart deployment shop\/a: .*cannot patch/, 1);
});

test('422: an admission policy or the validation refuses it', async (t) => {
  const invalid = status(422, 'Invalid', 'Deployment.apps "a" is invalid: spec.template: not on a Friday');
  await assertRefused(await withFault(t, { fault: invalid, times: 1 }), /not on a Friday/, 1);
});

test('404: the workload is gone although the watch has not said so', async (t) => {
  const cluster = await withFault(t, {
    fault: status(404, 'NotFound', 'deployments.apps "a" not found'),
    times: 1,
  });
  assert.equal((await cluster.end()).phase.phase, 'done');
  assert.deepEqual([cluster.step('a')?.state, cluster.step('b')?.state], ['dropped', 'done']);
});

test('500 of a failing webhook: nothing was written, the run halts with its words', async (t) => {
  const webhook = status(500, 'InternalError', 'failed calling webhook "guard.example": timed out');
  await assertRefused(
    await withFault(t, { fault: webhook, times: 1 }),
    /failed calling webhook "guard\.example"/,
    1,
  );
});

test('429 with Retry-After: waited for, then restarted once', async (t) => {
  const busy = {
    kind: 'respond',
    status: 429,
    body: 'Too many requests',
    headers: { 'Retry-After': '3' },
  } as const;
  const cluster = await withFault(t, { fault: busy, times: 2 });
  await assertAllDone(cluster);
  assert.deepEqual(
    cluster.patches().map(({ name, code }) => `${name} ${code}`),
    ['a 429', 'a 429', 'a 200', 'b 200'],
  );
});

test('429 for ever: halts', async (t) => {
  const busy = {
    kind: 'respond',
    status: 429,
    body: 'Too many requests',
    headers: { 'Retry-After': '1' },
  } as const;
  await assertRefused(
    await withFault(t, { fault: busy, times: 100 }),
    /could not restart deployment shop\/a/,
    6,
  );
});

test('an abort while the server is busy sends nothing more', async (t) => {
  const busy = {
    kind: 'respond',
    status: 429,
    body: 'Too many requests',
    headers: { 'Retry-After': '60' },
  } as const;
  const cluster = await withFault(t, { fault: busy, times: 1 });
  await cluster.until(() => {
    const step = cluster.step('a');
    return step?.state === 'queued' && step.waitingFor !== undefined;
  }, 'a to wait for the server');
  cluster.rollout.act({ type: 'abort' });
  assert.equal((await cluster.end()).phase.phase, 'aborted');
  assert.equal(cluster.patches().length, 1);
  assert.equal(restarts(cluster, 'a'), 0);
});

for (const kind of ['reset', 'hang'] as const) {
  test(`the answer is lost (${kind}) after the server has written: seen by reading back, not repeated`, async (t) => {
    const fault = { kind, after: 'commit' } as const;
    const cluster = await withFault(t, { fault, times: 1 }, { timeouts: QUICK });
    await assertAllDone(cluster);
    assert.equal(cluster.patches().filter(({ name }) => name === 'a').length, 1);
  });

  test(`the request is lost (${kind}) before the server has written: made again, once`, async (t) => {
    const fault = { kind, after: 'nothing' } as const;
    const cluster = await withFault(t, { fault, times: 1 }, { timeouts: QUICK });
    await assertAllDone(cluster);
    assert.equal(cluster.patches().filter(({ name, code }) => name === 'a' && code === 200).length, 1);
  });
}

test('requests that are lost for ever halt', async (t) => {
  const cluster = await withFault(t, { fault: { kind: 'reset', after: 'nothing' }, times: 100 });
  await assertRefused(cluster, /could not restart deployment shop\/a: .*(cut|no connection)/, 6);
});

test('a lost request that the server writes later meets the repeated one: still one restart', async (t) => {
  const cluster = await clusterFor(t, [deployment('shop', 'a'), deployment('shop', 'b', { replicas: 3 })]);
  let late: string | undefined;
  const hook = faultTimes(1, ({ method, name }) => method === 'PATCH' && name === 'a', {
    kind: 'reset',
    after: 'nothing',
  });
  const { faults, audit } = cluster.simulation.server;
  t.after(faults.onRequest(hook));
  t.after(
    faults.onRequest(({ method, name }) => {
      const [first] = cluster.patches();
      if (method !== 'PATCH' || name !== 'a' || late !== undefined || !first) return undefined;
      // The first request reaches the store only now, just before the second.
      late = /"kubectl\.kubernetes\.io\/restartedAt":"([^"]+)"/.exec(JSON.stringify(first.body))?.[1] ?? '';
      edit(cluster, 'shop', 'a', { annotations: { [annotation.restartedAt]: late } });
      return undefined;
    }),
  );
  await cluster.start({ namespace: 'shop' });
  await assertAllDone(cluster);
  assert.ok(late, 'the late write happened');
  const codes = audit.entries
    .filter(({ method, name }) => method === 'PATCH' && name === 'a')
    .map(({ code }) => code);
  assert.deepEqual(codes, [0, 409]);
});

test('after a lost answer the server says no to reading, too: the run halts and says what is not known', async (t) => {
  const cluster = await clusterFor(t, [deployment('shop', 'a')]);
  const { faults } = cluster.simulation.server;
  t.after(
    faults.onRequest(faultTimes(1, ({ method }) => method === 'PATCH', { kind: 'reset', after: 'commit' })),
  );
  const forbidden = status(403, 'Forbidden', 'deployments.apps "a" is forbidden');
  t.after(faults.onRequest(({ verb, name }) => (verb === 'get' && name === 'a' ? forbidden : undefined)));
  await cluster.start({ namespace: 'shop' });
  assert.match(haltOf(await cluster.end()).reason, /whether it was restarted is not known: .*forbidden/);
  assert.equal(cluster.patches().length, 1);
});

test('the API server goes away in mid-run: nothing is decided meanwhile, then all goes on', async (t) => {
  const cluster = await clusterFor(t, [
    deployment('shop', 'a', { replicas: 3, progressDeadlineSeconds: 60 }),
    deployment('shop', 'b', { replicas: 4 }),
  ]);
  await cluster.start({ namespace: 'shop' });
  await cluster.until(() => cluster.step('a')?.state === 'rolling', 'a to roll');
  const comeBack = await cluster.simulation.server.faults.refuseConnections();
  const { session, client } = cluster;
  const lostAt = client.clock.now();
  await waitFor(
    () => !session.isFresh() && client.clock.now() - lostAt > 120_000,
    () => JSON.stringify(session.store.get().freshness),
  );
  assert.match(session.store.get().freshness.state, /stale|reconnecting/);
  assert.equal(cluster.step('a')?.state, 'rolling', 'no deadline runs while nothing is seen');
  await comeBack();
  await assertAllDone(cluster);
});

test('the API server goes away with the answer of a patch: the truth is read when it is back', async (t) => {
  const cluster = await clusterFor(t, [deployment('shop', 'a'), deployment('shop', 'b', { replicas: 3 })]);
  const { faults } = cluster.simulation.server;
  const away = Promise.withResolvers<() => Promise<void>>();
  t.after(
    faults.onRequest(faultTimes(1, ({ method }) => method === 'PATCH', { kind: 'reset', after: 'commit' })),
  );
  t.after(
    cluster.simulation.server.audit.subscribe(({ method }) => {
      if (method === 'PATCH' && cluster.patches().length === 1) away.resolve(faults.refuseConnections());
    }),
  );
  await cluster.start({ namespace: 'shop' });
  const comeBack = await away.promise;
  await waitFor(
    () => !cluster.session.isFresh(),
    () => 'the loss of contact is not noticed',
  );
  assert.equal(cluster.step('a')?.state, 'patching');
  await comeBack();
  await assertAllDone(cluster);
});

test('watches that end, break, or lose their history in mid-run', async (t) => {
  const cluster = await clusterFor(t, [
    deployment('shop', 'a', { replicas: 3 }),
    deployment('shop', 'b', { replicas: 4 }),
  ]);
  const { faults } = cluster.simulation.server;
  await cluster.start({ namespace: 'shop' });
  await cluster.until(() => cluster.step('a')?.state === 'rolling', 'a to roll');
  faults.endWatches();
  await cluster.until(() => {
    const step = cluster.step('a');
    return step?.state === 'rolling' && step.progress.proven > 0;
  }, 'the first proof');
  faults.cutWatches();
  faults.expireHistory();
  await cluster.until(() => cluster.step('b')?.state === 'rolling', 'b to roll');
  faults.dropConnections();
  await assertAllDone(cluster);
});

test('watches that fall silent in mid-run are noticed, and no silence counts against the workload', async (t) => {
  const cluster = await clusterFor(t, [
    deployment('shop', 'a', { replicas: 3 }),
    deployment('shop', 'b', { replicas: 4 }),
  ]);
  await cluster.start({ namespace: 'shop' });
  await cluster.until(() => cluster.step('a')?.state === 'rolling', 'a to roll');
  cluster.simulation.server.faults.silenceWatches();
  await assertAllDone(cluster);
});

test('the computer sleeps for an hour in mid-run: no deadline passes in its sleep', async (t) => {
  const cluster = await clusterFor(t, [
    deployment('shop', 'a', { replicas: 2, minReadySeconds: 30, progressDeadlineSeconds: 60 }),
    deployment('shop', 'b', { replicas: 3 }),
  ]);
  await cluster.start({ namespace: 'shop' });
  await cluster.until(() => {
    const step = cluster.step('a');
    return step?.state === 'rolling' && step.progress.proven === 2;
  }, 'two new pods');
  cluster.sleep(3_600_000);
  await assertAllDone(cluster);
});
