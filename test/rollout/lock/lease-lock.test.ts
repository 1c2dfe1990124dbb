/** The lock by real requests against the simulated API server. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ownAnnotation, RUN_LEASE } from '../../../src/data/own.ts';
import { FIELD_MANAGER } from '../../../src/kube/client.ts';
import { namespace } from '../../../src/sim/cluster/scenario/builders.ts';
import { leases, namespaces } from '../../../src/sim/resources.ts';
import { rbacAuthorizer } from '../../../src/sim/server/authorizer.ts';
import { faultTimes } from '../../../src/sim/server/faults.ts';
import { type LeaseCluster, LINKERD, leaseCluster, type Operator } from './lease-cluster.ts';

const ANNA = { by: 'anna@desk', run: 'run-a', takeOver: false };
const BERT = { by: 'bert@laptop', run: 'run-b', takeOver: false };
const HELD = { answer: 'held' };
const FORBIDDEN = {
  kind: 'respond',
  status: 403,
  body: {
    kind: 'Status',
    apiVersion: 'v1',
    status: 'Failure',
    reason: 'Forbidden',
    message: 'no',
    code: 403,
  },
} as const;

async function held(cluster: LeaseCluster, operator: Operator, request: typeof ANNA = ANNA): Promise<void> {
  assert.deepEqual(await cluster.settled(operator.lock.acquire(request)), HELD);
  assert.equal(operator.lock.isHeld(), true);
}

function specOf(cluster: LeaseCluster): Record<string, unknown> {
  return Object(cluster.lease()?.spec);
}

test('a free lock is taken at once, under our name, and given back', async (t) => {
  const cluster = await leaseCluster(t);
  const anna = cluster.operator();
  const began = cluster.clock.now();
  await held(cluster, anna);
  assert.equal(cluster.clock.now(), began, 'nobody waited');
  const annotations = Object(cluster.lease()?.metadata.annotations);
  assert.equal(annotations[ownAnnotation.run], 'run-a');
  assert.equal(annotations[ownAnnotation.by], 'anna@desk');
  const { acquireTime, renewTime, ...rest } = specOf(cluster);
  assert.deepEqual(rest, {
    holderIdentity: 'anna@desk/run-a',
    leaseDurationSeconds: 15,
    leaseTransitions: 0,
  });
  assert.match(String(acquireTime), /^2026-05-01T00:00:0\d\.\d{6}Z$/);
  assert.equal(renewTime, acquireTime);
  const [create] = cluster.server.audit.entries.filter(({ method }) => method === 'POST');
  assert.ok(create?.path.includes(`fieldManager=${FIELD_MANAGER}`));

  await cluster.settled(anna.lock.release());
  assert.equal(anna.lock.isHeld(), false);
  assert.equal(specOf(cluster).holderIdentity, '');
  assert.deepEqual(anna.losses, []);
  const bert = cluster.operator();
  await held(cluster, bert, BERT);
  assert.equal(specOf(cluster).holderIdentity, 'bert@laptop/run-b');
  assert.equal(specOf(cluster).leaseTransitions, 1);
});

test('a lock that is held is renewed about every five seconds, and stays with its holder', async (t) => {
  const cluster = await leaseCluster(t);
  const [anna, bert] = [cluster.operator(), cluster.operator()];
  await held(cluster, anna);
  const { acquireTime } = specOf(cluster);
  await cluster.pass(60, () => assert.equal(anna.lock.isHeld(), true));
  const renewals = cluster.server.audit.entries.filter(({ method }) => method === 'PUT');
  assert.ok(renewals.length >= 9 && renewals.length <= 12, `${renewals.length} renewals in a minute`);
  assert.ok(renewals.every(({ code, path }) => code === 200 && path.includes(FIELD_MANAGER)));
  assert.equal(specOf(cluster).acquireTime, acquireTime);
  assert.notEqual(specOf(cluster).renewTime, acquireTime);

  const answer = await cluster.settled(bert.lock.acquire(BERT));
  assert.ok(answer.answer === 'taken');
  assert.deepEqual(answer.by, {
    holder: 'anna@desk/run-a',
    run: 'run-a',
    acquiredAt: answer.by.acquiredAt,
    unchangedSeconds: 0,
    stale: false,
  });
  assert.ok(Math.abs(answer.by.acquiredAt - Date.UTC(2026, 4, 1) / 1000) <= 1);
  assert.equal(bert.lock.isHeld(), false);
  await cluster.settled(bert.lock.release());
  assert.equal(specOf(cluster).holderIdentity, 'anna@desk/run-a', 'who has nothing gives nothing back');
});

test('of two who create it at once one gets it, and the other is told who', async (t) => {
  const cluster = await leaseCluster(t);
  const [anna, bert] = [cluster.operator(), cluster.operator()];
  const answers = await cluster.settled(Promise.all([anna.lock.acquire(ANNA), bert.lock.acquire(BERT)]));
  assert.deepEqual(answers.map(({ answer }) => answer).sort(), ['held', 'taken']);
  assert.notEqual(anna.lock.isHeld(), bert.lock.isHeld());
  assert.ok(cluster.server.audit.entries.some(({ method, code }) => method === 'POST' && code === 409));
});

test('of two who take a free Lease at once one gets it', async (t) => {
  const cluster = await leaseCluster(t);
  const [anna, bert, first] = [cluster.operator(), cluster.operator(), cluster.operator()];
  await held(cluster, first, { ...ANNA, run: 'before' });
  await cluster.settled(first.lock.release());
  const answers = await cluster.settled(Promise.all([anna.lock.acquire(ANNA), bert.lock.acquire(BERT)]));
  assert.deepEqual(answers.map(({ answer }) => answer).sort(), ['held', 'taken']);
  assert.ok(cluster.server.audit.entries.some(({ method, code }) => method === 'PUT' && code === 409));
});

test('the lock of a holder that died is stale after a lease, and taken over only on request', async (t) => {
  const cluster = await leaseCluster(t);
  const [anna, bert] = [cluster.operator(), cluster.operator()];
  await held(cluster, anna);
  anna.die();
  const first = await cluster.settled(bert.lock.acquire(BERT));
  assert.ok(first.answer === 'taken' && !first.by.stale);
  await cluster.pass(14);
  const second = await cluster.settled(bert.lock.acquire(BERT));
  assert.ok(second.answer === 'taken' && !second.by.stale);
  assert.equal(second.by.unchangedSeconds, 14);
  await cluster.pass(1);
  const third = await cluster.settled(bert.lock.acquire(BERT));
  assert.ok(third.answer === 'taken' && third.by.stale, JSON.stringify(third));

  const began = cluster.clock.now();
  await held(cluster, bert, { ...BERT, takeOver: true });
  assert.equal(cluster.clock.now(), began, 'it had been watched long enough');
  assert.equal(specOf(cluster).leaseTransitions, 1);
});

test('a take-over watches for a whole lease first', async (t) => {
  const cluster = await leaseCluster(t);
  const [anna, bert] = [cluster.operator(), cluster.operator()];
  await held(cluster, anna);
  anna.die();
  await cluster.pass(100);
  const began = cluster.clock.now();
  await held(cluster, bert, { ...BERT, takeOver: true });
  const waited = (cluster.clock.now() - began) / 1000;
  assert.ok(waited >= 15 && waited < 17, `waited ${waited} s`);
});

test('a take-over leaves a lock that changes to its holder', async (t) => {
  const cluster = await leaseCluster(t);
  const [anna, bert] = [cluster.operator(), cluster.operator()];
  await held(cluster, anna);
  const answer = await cluster.settled(bert.lock.acquire({ ...BERT, takeOver: true }));
  assert.ok(answer.answer === 'taken' && answer.by.run === 'run-a');
  assert.equal(anna.lock.isHeld(), true);
});

test('a lock that is given back while it is watched is taken at once', async (t) => {
  const cluster = await leaseCluster(t);
  const [anna, bert] = [cluster.operator(), cluster.operator()];
  await held(cluster, anna);
  const began = cluster.clock.now();
  const taking = bert.lock.acquire({ ...BERT, takeOver: true });
  await cluster.settled(anna.lock.release());
  assert.deepEqual(await cluster.settled(taking), HELD);
  assert.ok(cluster.clock.now() - began < 3_000);
});

for (const ahead of [-3600, 3600]) {
  test(`a holder whose clock is ${ahead} s ahead keeps and loses the lock like any other`, async (t) => {
    const cluster = await leaseCluster(t);
    const [anna, bert] = [cluster.operator({ ahead }), cluster.operator()];
    await held(cluster, anna);
    // As a program writes it that does not correct its clock by the server's.
    const renewTime = new Date(cluster.clock.now() + ahead * 1000).toISOString().replace('Z', '000Z');
    cluster.edit({ renewTime });
    await cluster.pass(10, () => assert.equal(anna.lock.isHeld(), true));
    const answer = await cluster.settled(bert.lock.acquire({ ...BERT, takeOver: true }));
    assert.ok(answer.answer === 'taken' && !answer.by.stale);
    assert.ok(Math.abs(answer.by.acquiredAt - Date.UTC(2026, 4, 1) / 1000) <= 2, 'its age is right');
    anna.die();
    await held(cluster, bert, { ...BERT, takeOver: true });
  });
}

test('the same run takes its own lock at once after a crash', async (t) => {
  const cluster = await leaseCluster(t);
  const [before, after] = [cluster.operator(), cluster.operator()];
  await held(cluster, before);
  before.die();
  const began = cluster.clock.now();
  await held(cluster, after);
  assert.equal(cluster.clock.now(), began);
  assert.equal(specOf(cluster).leaseTransitions, 1);
});

test('the same run on another computer waits for a whole lease, and gives way to the living', async (t) => {
  const cluster = await leaseCluster(t);
  const [before, after] = [cluster.operator(), cluster.operator()];
  await held(cluster, before);
  const elsewhere = { ...ANNA, by: 'anna@laptop' };
  const answer = await cluster.settled(after.lock.acquire(elsewhere));
  assert.equal(answer.answer, 'taken');
  before.die();
  const began = cluster.clock.now();
  await held(cluster, after, elsewhere);
  assert.ok(cluster.clock.now() - began >= 14_000);
});

for (const [how, metadata] of [
  ['by another program', { annotations: {} }],
  ['by hand, the rest of it left as it was', {}],
] as const) {
  test(`a lock stolen ${how} is lost once, with the name of the thief, and not given back`, async (t) => {
    const cluster = await leaseCluster(t);
    const anna = cluster.operator();
    await held(cluster, anna);
    cluster.edit({ holderIdentity: 'carl\x1b[31m@desk/run-c' });
    const stolen = cluster.lease();
    assert.ok(stolen);
    cluster.server.store.update(leases, {
      ...stolen,
      metadata: { ...stolen.metadata, ...metadata },
    });
    await cluster.pass(20);
    assert.deepEqual(anna.losses, ['carl\\x1b[31m@desk/run-c has taken the lock over']);
    assert.equal(anna.lock.isHeld(), false);
    await cluster.settled(anna.lock.release());
    assert.equal(specOf(cluster).holderIdentity, 'carl\x1b[31m@desk/run-c');
  });
}

test('a second process of the same run ends the first one', async (t) => {
  const cluster = await leaseCluster(t);
  const [first, second] = [cluster.operator(), cluster.operator()];
  await held(cluster, first);
  await held(cluster, second);
  await cluster.pass(10);
  assert.deepEqual(first.losses, ['another process goes on with this run']);
  assert.deepEqual([first.lock.isHeld(), second.lock.isHeld()], [false, true]);
});

test('a deleted Lease is lost, and so is an emptied one', async (t) => {
  const cluster = await leaseCluster(t);
  const [anna, bert] = [cluster.operator(), cluster.operator()];
  await held(cluster, anna);
  cluster.remove();
  await cluster.pass(7);
  assert.deepEqual(anna.losses, [`somebody has deleted the Lease ${RUN_LEASE}`]);
  await held(cluster, bert, BERT);
  const emptied = cluster.lease();
  assert.ok(emptied);
  cluster.server.store.update(leases, {
    ...emptied,
    metadata: { ...emptied.metadata, annotations: {} },
    spec: { ...Object(emptied.spec), holderIdentity: '' },
  });
  await cluster.pass(7);
  assert.deepEqual(bert.losses, [`somebody has emptied the Lease ${RUN_LEASE}`]);
});

test('what others write beside it stays', async (t) => {
  const cluster = await leaseCluster(t);
  const anna = cluster.operator();
  await held(cluster, anna);
  const found = cluster.lease();
  assert.ok(found);
  cluster.server.store.update(leases, {
    ...found,
    metadata: { ...found.metadata, labels: { team: 'mesh' } },
    spec: { ...Object(found.spec), preferredHolder: 'nobody' },
  });
  await cluster.pass(7);
  assert.equal(anna.lock.isHeld(), true);
  assert.deepEqual(cluster.lease()?.metadata.labels, { team: 'mesh' });
  assert.equal(specOf(cluster).preferredHolder, 'nobody');
});

test('an API server away for less than the lease is not noticed', async (t) => {
  const cluster = await leaseCluster(t);
  const anna = cluster.operator();
  await held(cluster, anna);
  const back = await cluster.server.faults.refuseConnections();
  await cluster.pass(9, () => assert.equal(anna.lock.isHeld(), true));
  await back();
  await cluster.pass(30, () => assert.equal(anna.lock.isHeld(), true));
  assert.deepEqual(anna.losses, []);
});

test('an API server away for two minutes takes the lock away until a renewal succeeds', async (t) => {
  const cluster = await leaseCluster(t);
  const anna = cluster.operator();
  await held(cluster, anna);
  const back = await cluster.server.faults.refuseConnections();
  await cluster.pass(13);
  await cluster.pass(107, () => assert.equal(anna.lock.isHeld(), false));
  assert.deepEqual(anna.losses, []);
  await back();
  await cluster.pass(2);
  assert.equal(anna.lock.isHeld(), true, 'nobody else has taken it');
});

test('an API server away for longer takes it away for good', async (t) => {
  const cluster = await leaseCluster(t);
  const anna = cluster.operator();
  await held(cluster, anna);
  const back = await cluster.server.faults.refuseConnections();
  await cluster.pass(310);
  assert.equal(anna.losses.length, 1);
  assert.match(
    anna.losses[0] ?? '',
    /^the lock could not be renewed: could not update lease linkerd\/\S+: connection to/,
  );
  await back();
  await cluster.pass(30);
  assert.equal(anna.lock.isHeld(), false);
  assert.equal(anna.losses.length, 1);
  // Nothing has changed meanwhile, so that it is still ours to give back.
  await cluster.settled(anna.lock.release());
  assert.equal(specOf(cluster).holderIdentity, '');
});

test('who cannot reach the server loses the lock to who can', async (t) => {
  const cluster = await leaseCluster(t);
  const [anna, bert] = [cluster.operator(), cluster.operator()];
  await held(cluster, anna);
  let cutOff = true;
  cluster.server.faults.onRequest(({ method }) =>
    cutOff && method === 'PUT' ? { kind: 'reset', after: 'nothing' } : undefined,
  );
  await cluster.pass(20);
  assert.equal(anna.lock.isHeld(), false);
  cluster.edit({ holderIdentity: 'bert@laptop/run-b' });
  cutOff = false;
  await held(cluster, bert, BERT);
  await cluster.pass(10);
  assert.deepEqual([anna.lock.isHeld(), bert.lock.isHeld()], [false, true]);
  assert.deepEqual(anna.losses, ['bert@laptop/run-b has taken the lock over']);
});

test('after the computer slept the lock is ours only once a renewal has succeeded', async (t) => {
  const cluster = await leaseCluster(t);
  const anna = cluster.operator();
  await held(cluster, anna);
  anna.sleep(3600);
  assert.equal(anna.lock.isHeld(), false);
  await cluster.pass(7);
  assert.equal(anna.lock.isHeld(), true);
  assert.deepEqual(anna.losses, []);
});

test('a sleep in the middle of an outage is no part of it', async (t) => {
  const cluster = await leaseCluster(t);
  const anna = cluster.operator();
  await held(cluster, anna);
  const back = await cluster.server.faults.refuseConnections();
  await cluster.pass(100);
  anna.sleep(3600);
  await cluster.pass(5);
  assert.deepEqual(anna.losses, []);
  await back();
  await cluster.pass(2);
  assert.equal(anna.lock.isHeld(), true);
});

test('a clock that is set back does not make the lease last longer', async (t) => {
  const cluster = await leaseCluster(t);
  const anna = cluster.operator();
  await held(cluster, anna);
  anna.sleep(-3600);
  const back = await cluster.server.faults.refuseConnections();
  await cluster.pass(13);
  assert.equal(anna.lock.isHeld(), false);
  await back();
});

test('an answer that is lost after the write is found out, for taking and for renewing', async (t) => {
  const cluster = await leaseCluster(t);
  const anna = cluster.operator();
  const cut = { kind: 'reset', after: 'commit' } as const;
  cluster.server.faults.onRequest(faultTimes(1, ({ method }) => method === 'POST', cut));
  await held(cluster, anna);
  cluster.server.faults.onRequest(faultTimes(1, ({ method }) => method === 'PUT', cut));
  await cluster.pass(30, () => assert.equal(anna.lock.isHeld(), true));
  assert.deepEqual(anna.losses, []);
});

test('a server that is busy for a moment is asked again', async (t) => {
  const cluster = await leaseCluster(t, { patienceMs: 50 });
  const anna = cluster.operator();
  const busy = { kind: 'respond', status: 429, headers: { 'retry-after': '2' } } as const;
  cluster.server.faults.onRequest(faultTimes(1, ({ resource }) => resource === 'leases', busy));
  await held(cluster, anna);
});

test('a server that cannot be asked is no lock', async (t) => {
  const cluster = await leaseCluster(t);
  const anna = cluster.operator();
  const back = await cluster.server.faults.refuseConnections();
  const answer = await cluster.settled(anna.lock.acquire(ANNA));
  assert.ok(answer.answer === 'unavailable');
  assert.match(answer.reason, /could not read lease linkerd\/\S+: connection to \S+ was refused/);
  await back();
});

test('without the right to it the answer says which right is missing', async (t) => {
  const rule = (...verbs: string[]) => ({
    namespace: LINKERD,
    user: 'anna',
    rules: [{ verbs, apiGroups: ['coordination.k8s.io'], resources: ['leases'] }],
  });
  for (const verbs of [[], ['get'], ['get', 'create']]) {
    const cluster = await leaseCluster(t, {
      authorizer: rbacAuthorizer([rule(...verbs)]),
      users: new Map([['token-of-anna', { name: 'anna', groups: [] }]]),
    });
    if (verbs.length === 2) {
      const admin = cluster.operator();
      await held(cluster, admin, BERT);
      await cluster.settled(admin.lock.release());
    }
    const anna = cluster.operator({ token: 'token-of-anna' });
    const answer = await cluster.settled(anna.lock.acquire(ANNA));
    assert.ok(answer.answer === 'unavailable', JSON.stringify(answer));
    assert.match(answer.reason, /is forbidden: User "anna" cannot (get|create|update) resource "leases"/);
    assert.match(
      answer.reason,
      /namespace linkerd with get, create and update on leases\.coordination\.k8s\.io/,
    );
  }
});

test('a right that is withdrawn costs the lock when the lease is over', async (t) => {
  let forbidden = false;
  const cluster = await leaseCluster(t);
  cluster.server.faults.onRequest(({ resource }) =>
    forbidden && resource === 'leases' ? FORBIDDEN : undefined,
  );
  const anna = cluster.operator();
  await held(cluster, anna);
  forbidden = true;
  await cluster.pass(12);
  assert.deepEqual(anna.losses, []);
  await cluster.pass(6);
  assert.equal(anna.losses.length, 1);
});

test('a namespace that is unknown, missing or ending is told', async (t) => {
  const cluster = await leaseCluster(t);
  const unknown = await cluster.operator({ namespace: '' }).lock.acquire(ANNA);
  assert.ok(unknown.answer === 'unavailable');
  assert.match(unknown.reason, /namespace of the control plane is not known/);

  const missing = await cluster.settled(cluster.operator({ namespace: 'nowhere' }).lock.acquire(ANNA));
  assert.ok(missing.answer === 'unavailable');
  assert.match(missing.reason, /namespaces "nowhere" not found/);

  const ending = namespace('ending');
  cluster.server.store.create(namespaces, { ...ending, status: { phase: 'Terminating' } });
  const terminating = await cluster.settled(cluster.operator({ namespace: 'ending' }).lock.acquire(ANNA));
  assert.ok(terminating.answer === 'unavailable');
  assert.match(terminating.reason, /because it is being terminated/);
  assert.doesNotMatch(terminating.reason, /Role/);
});

test('a release while the lock is being taken leaves nothing behind', async (t) => {
  const cluster = await leaseCluster(t);
  const anna = cluster.operator();
  const taking = anna.lock.acquire(ANNA);
  await cluster.settled(anna.lock.release());
  const answer = await cluster.settled(taking);
  assert.equal(answer.answer, 'unavailable');
  assert.equal(anna.lock.isHeld(), false);
  await held(cluster, cluster.operator(), BERT);
});

test('a release that cannot reach the server ends all the same', async (t) => {
  const cluster = await leaseCluster(t);
  const anna = cluster.operator();
  await held(cluster, anna);
  const back = await cluster.server.faults.refuseConnections();
  await cluster.settled(anna.lock.release());
  assert.equal(anna.lock.isHeld(), false);
  await back();
  const renewals = cluster.server.audit.entries.length;
  await cluster.pass(30);
  assert.equal(cluster.server.audit.entries.length, renewals, 'nothing goes on');
});

test('the lock can be had again after a release', async (t) => {
  const cluster = await leaseCluster(t);
  const anna = cluster.operator();
  await held(cluster, anna);
  await cluster.settled(anna.lock.release());
  await held(cluster, anna, { ...ANNA, run: 'run-2' });
  await cluster.pass(20);
  assert.equal(anna.lock.isHeld(), true);
});

test('another run of the same program gives the former lock back first', async (t) => {
  const cluster = await leaseCluster(t);
  const anna = cluster.operator();
  await held(cluster, anna);
  await held(cluster, anna, { ...ANNA, run: 'run-2' });
  assert.equal(specOf(cluster).holderIdentity, 'anna@desk/run-2');
  await cluster.pass(20);
  assert.equal(anna.lock.isHeld(), true);
  assert.deepEqual(anna.losses, []);
});

test("a lock that was written and never confirmed does not stand in anybody's way", async (t) => {
  const cluster = await leaseCluster(t);
  const anna = cluster.operator();
  const { faults } = cluster.server;
  faults.onRequest(faultTimes(1, ({ method }) => method === 'POST', { kind: 'reset', after: 'commit' }));
  let reads = 0;
  faults.onRequest(({ method }) => {
    if (method === 'GET') reads += 1;
    return method === 'GET' && reads === 2 ? FORBIDDEN : undefined;
  });
  const answer = await cluster.settled(anna.lock.acquire(ANNA));
  assert.equal(answer.answer, 'unavailable');
  assert.equal(specOf(cluster).holderIdentity, '');
  await held(cluster, cluster.operator(), BERT);
});
