/** The journal, the lock, and a run that is left and taken up again, on a simulated cluster. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JournalRecord, RecordedRun } from '../../src/rollout/journal/record.ts';
import { replay } from '../../src/rollout/journal/replay.ts';
import type { LockAnswer, RunLock } from '../../src/rollout/lock/lock.ts';
import type { RolloutPorts } from '../../src/rollout/ports.ts';
import { deployment, statefulSet } from '../../src/sim/cluster/scenario/builders.ts';
import { clusterFor, haltOf, type LiveCluster, QUIET_LOCK } from './live-cluster.ts';

const fleet = () => ['a', 'b', 'c'].map((name, index) => deployment('shop', name, { replicas: 2 + index }));

function recorded({ journal }: LiveCluster): RecordedRun {
  const text = journal.map((record) => `${JSON.stringify(record)}\n`).join('');
  const read = replay(text);
  assert.ok(read.replay === 'run', JSON.stringify(read));
  return read.run;
}

const patched = (cluster: LiveCluster) => cluster.patches().map(({ name, code }) => `${name} ${code}`);
const stepRecords = (records: readonly JournalRecord[]) =>
  records.flatMap((record) =>
    record.type === 'step' ? [`${record.item.key.name} ${record.status.state}`] : [],
  );

test('every patch is in the journal before it is sent, and every change after it', async (t) => {
  const missing: string[] = [];
  const cluster: LiveCluster = await clusterFor(t, fleet(), {
    ports: (ports) => ({
      ...ports,
      patch(request) {
        const { name } = request.item.key;
        if (!stepRecords(cluster.journal).includes(`${name} patching`)) missing.push(name);
        return ports.patch(request);
      },
    }),
  });
  await cluster.start({ namespace: 'shop' });
  assert.equal((await cluster.end()).phase.phase, 'done');
  assert.deepEqual(missing, []);
  assert.equal(cluster.journal[0]?.type, 'run');
  assert.deepEqual(
    stepRecords(cluster.journal).filter((record) => record.startsWith('a ')),
    ['a patching', 'a rolling', 'a done'],
    'progress alone is not written down',
  );
  assert.equal(recorded(cluster).phase.phase, 'done');
});

interface JournalHooks {
  /** What it throws is what the journal throws; nothing is written then. */
  readonly before?: (record: JournalRecord) => void;
  readonly after?: (record: JournalRecord) => void;
  readonly closed?: () => void;
}

/** A journal that something happens to. */
function journalWith({ before, after, closed }: JournalHooks) {
  return (ports: RolloutPorts): RolloutPorts => ({
    ...ports,
    openJournal(run, records) {
      const journal = ports.openJournal(run, records);
      return {
        ...journal,
        append(record, more) {
          before?.(record);
          journal.append(record, more);
          after?.(record);
        },
        close() {
          journal.close();
          closed?.();
        },
      };
    },
  });
}

/** A journal that takes so many records and then no more. */
function shortJournal(records: number) {
  let left = records;
  return journalWith({
    before() {
      if (left === 0) throw new Error('could not write the journal: no space left on device');
      left -= 1;
    },
  });
}

for (let records = 2; records <= 9; records++) {
  test(`the disk is full after ${records} records: no patch without its record, and nothing is forgotten`, async (t) => {
    const cluster = await clusterFor(t, fleet(), { ports: shortJournal(records) });
    await cluster.start({ namespace: 'shop' });
    const halt = haltOf(await cluster.end());
    assert.deepEqual(
      [halt.cause, halt.reason],
      ['journal', 'could not write the journal: no space left on device'],
    );
    const announced = stepRecords(cluster.journal).filter((record) => record.endsWith(' patching'));
    assert.deepEqual(
      patched(cluster).map((patch) => patch.split(' ')[0]),
      announced.map((record) => record.split(' ')[0]),
    );
    cluster.rollout.act({ type: 'proceed' });
    assert.equal(cluster.rollout.run.get()?.phase.phase, 'halted');
    assert.ok(!cluster.rollout.run.get()?.steps.some(({ status }) => status.state === 'patching'));
  });
}

test('a run whose very end cannot be written down is over, and gives lock and journal back', async (t) => {
  const given: string[] = [];
  const lock: RunLock = { ...QUIET_LOCK, release: async () => void given.push('lock') };
  const cluster = await clusterFor(t, fleet(), {
    lock,
    ports: journalWith({
      before(record) {
        if (record.type === 'phase' && record.phase.phase === 'done') throw new Error('disk full');
      },
      closed: () => void given.push('journal'),
    }),
  });
  await cluster.start({ namespace: 'shop' });
  assert.equal((await cluster.end()).phase.phase, 'done');
  const again = await cluster.rollout.start(cluster.rollout.plan([{ namespace: 'shop' }]), cluster.starting);
  assert.match(again.outcome === 'refused' ? again.reason : '', /the plan restarts nothing/);
  assert.deepEqual(given, ['lock', 'journal']);
});

test('while the server asks to be left alone nothing is patched or put in line', async (t) => {
  let busy = true;
  let asked = 0;
  const cluster = await clusterFor(t, fleet(), {
    ports: (ports) => ({
      ...ports,
      isServerBusy() {
        asked += 1;
        return busy;
      },
    }),
  });
  await cluster.start({ namespace: 'shop' });
  await cluster.until(({ phase }) => phase.phase === 'running', 'the wave to run');
  const before = asked;
  await cluster.until(() => asked > before + 3, 'a few looks');
  assert.deepEqual(patched(cluster), []);
  assert.equal(cluster.step('a')?.state, 'queued');
  busy = false;
  assert.equal((await cluster.end()).phase.phase, 'done');
  assert.equal(patched(cluster).length, 3);
});

test('a journal that cannot be begun starts nothing, and gives the lock back', async (t) => {
  let released = 0;
  const lock: RunLock = { ...QUIET_LOCK, release: async () => void released++ };
  const cluster = await clusterFor(t, fleet(), { ports: shortJournal(0), lock });
  const plan = cluster.rollout.plan([{ namespace: 'shop' }]);
  const outcome = await cluster.rollout.start(plan, cluster.starting);
  assert.match(outcome.outcome === 'refused' ? outcome.reason : '', /no space left/);
  assert.deepEqual([released, cluster.rollout.run.get(), cluster.patches().length], [1, undefined, 0]);
});

test('a run that is left in the middle goes on where it was: each workload is patched once', async (t) => {
  const cluster = await clusterFor(t, fleet());
  await cluster.start({ namespace: 'shop' });
  await cluster.until(() => cluster.step('a')?.state === 'rolling', 'a to roll');
  await cluster.rollout.leave();
  const before = recorded(cluster);
  assert.equal(before.phase.phase, 'paused');
  assert.deepEqual(patched(cluster), ['a 200']);
  const { reason: _, ...options } = cluster.starting;
  assert.deepEqual(await cluster.rollout.resume(before, options), { outcome: 'started' });
  const run = await cluster.end();
  assert.deepEqual([run.phase.phase, run.id], ['done', before.header.id]);
  assert.deepEqual(patched(cluster), ['a 200', 'b 200', 'c 200']);
  const again = await cluster.rollout.resume(recorded(cluster), options);
  assert.match(again.outcome === 'refused' ? again.reason : '', /is over/);
});

for (const arrived of [true, false]) {
  test(`the program ended while a patch was on its way, and it ${arrived ? 'arrived' : 'did not arrive'}`, async (t) => {
    const cluster = await clusterFor(t, fleet());
    const plan = await cluster.start({ namespace: 'shop' });
    await cluster.until(() => cluster.step('a')?.state === 'rolling', 'a to roll');
    await cluster.rollout.leave();
    const found = recorded(cluster);
    const [item, second] = plan.items;
    assert.ok(item && second);
    const patching = cluster.journal.find((record) => record.type === 'step');
    assert.ok(patching?.type === 'step' && patching.status.state === 'patching');
    const index = arrived ? 0 : 1;
    const steps = found.steps.map((step, at) => (at === index ? { ...step, status: patching.status } : step));
    const { reason: _, ...options } = cluster.starting;
    assert.equal((await cluster.rollout.resume({ ...found, steps }, options)).outcome, 'started');
    assert.equal((await cluster.end()).phase.phase, 'done');
    assert.deepEqual(patched(cluster), ['a 200', 'b 200', 'c 200']);
  });
}

test('a run that another process has in hand is not resumed, and its lock is not touched', async (t) => {
  let acquired = 0;
  const opened: (number | undefined)[] = [];
  let isInHand = false;
  const cluster = await clusterFor(t, fleet(), {
    lock: {
      ...QUIET_LOCK,
      acquire: async () => {
        acquired += 1;
        return { answer: 'held' };
      },
    },
    ports: (ports) => ({
      ...ports,
      openJournal(run, records) {
        opened.push(records);
        if (isInHand) throw new Error('process 7 has this run in hand');
        return ports.openJournal(run, records);
      },
    }),
  });
  await cluster.start({ namespace: 'shop' });
  await cluster.until(() => cluster.step('a')?.state === 'rolling', 'a to roll');
  await cluster.rollout.leave();
  isInHand = true;
  const { reason: _, ...options } = cluster.starting;
  assert.deepEqual(await cluster.rollout.resume(recorded(cluster), options), {
    outcome: 'refused',
    reason: 'process 7 has this run in hand',
  });
  assert.equal(acquired, 1);
  assert.deepEqual(opened, [undefined, cluster.journal.length]);
});

test('a run never goes on on another cluster', async (t) => {
  const cluster = await clusterFor(t, fleet());
  await cluster.start({ namespace: 'shop' });
  await cluster.until(() => cluster.step('a')?.state === 'rolling', 'a to roll');
  await cluster.rollout.leave();
  const run = recorded(cluster);
  const elsewhere = { ...run.header.cluster, uid: 'another', context: 'prod' };
  const { reason: _, ...options } = cluster.starting;
  const outcome = await cluster.rollout.resume(
    { ...run, header: { ...run.header, cluster: elsewhere } },
    options,
  );
  assert.match(
    outcome.outcome === 'refused' ? outcome.reason : '',
    /belongs to another cluster \(context prod/,
  );
});

/** A lock that a test takes away. */
function fragileLock() {
  let isHeld = true;
  let lost: (reason: string) => void = () => undefined;
  const lock: RunLock = {
    acquire: () => Promise.resolve({ answer: 'held' }),
    onLost(listener) {
      lost = listener;
      return () => undefined;
    },
    isHeld: () => isHeld,
    release: () => Promise.resolve(),
  };
  return {
    lock,
    doubt: () => {
      isHeld = false;
    },
    confirm: () => {
      isHeld = true;
    },
    lose: (reason: string) => {
      isHeld = false;
      lost(reason);
    },
  };
}

test('a lock that is lost stops all patching; what was patched is watched to its end', async (t) => {
  const { lock, lose } = fragileLock();
  const cluster = await clusterFor(t, fleet(), { lock });
  await cluster.start({ namespace: 'shop' });
  await cluster.until(() => cluster.step('a')?.state === 'rolling', 'a to roll');
  lose('bob@other took it');
  const run = await cluster.end();
  assert.deepEqual([haltOf(run).cause, haltOf(run).reason, run.lock], ['lock', 'bob@other took it', 'lost']);
  assert.equal(cluster.step('a')?.state, 'done');
  cluster.rollout.act({ type: 'proceed' });
  assert.deepEqual(patched(cluster), ['a 200']);
});

test('while the lock is in doubt nothing new is patched, and the run goes on when it is sure again', async (t) => {
  const { lock, doubt, confirm } = fragileLock();
  const cluster = await clusterFor(t, fleet(), { lock });
  await cluster.start({ namespace: 'shop' });
  await cluster.until(() => cluster.step('a')?.state === 'rolling', 'a to roll');
  doubt();
  await cluster.until(() => cluster.step('a')?.state === 'done', 'a to be done');
  const doneAt = cluster.client.clock.now();
  await cluster.until(() => cluster.client.clock.now() - doneAt > 5_000, 'some time to pass');
  assert.deepEqual(patched(cluster), ['a 200']);
  confirm();
  assert.equal((await cluster.end()).phase.phase, 'done');
  assert.equal(patched(cluster).length, 3);
});

test('a lock that is in doubt when a patch is about to be sent puts it off, and halts nothing', async (t) => {
  const { lock, doubt, confirm } = fragileLock();
  let doubts = 0;
  const cluster = await clusterFor(t, fleet(), {
    lock,
    ports: journalWith({
      after(record) {
        if (record.type !== 'step' || record.status.state !== 'patching' || doubts > 0) return;
        doubts += 1;
        doubt();
      },
    }),
  });
  await cluster.start({ namespace: 'shop' });
  await cluster.until(() => {
    const step = cluster.step('a');
    return step?.state === 'queued' && /the lock of the cluster/.test(step.waitingFor ?? '');
  }, 'the patch to be put off');
  assert.deepEqual(patched(cluster), []);
  confirm();
  assert.equal((await cluster.end()).phase.phase, 'done');
  assert.deepEqual(patched(cluster), ['a 200', 'b 200', 'c 200']);
});

test('while the lock is in doubt nothing is evicted either, and that halts nothing', async (t) => {
  const { lock, doubt, confirm } = fragileLock();
  const db = statefulSet('shop', 'db', { replicas: 2, onDelete: true });
  const cluster = await clusterFor(t, [db], { lock, planOptions: { onDelete: true } });
  const evictions = () =>
    cluster.simulation.server.audit.entries.filter(({ path }) => path.includes('/eviction')).length;
  await cluster.start({ namespace: 'shop' });
  await cluster.until(() => evictions() === 1, 'the first eviction');
  doubt();
  await cluster.until(() => {
    const step = cluster.step('db');
    return step?.state === 'rolling' && /the lock of the cluster/.test(step.progress.waitingFor);
  }, 'the second eviction to be put off');
  assert.equal(evictions(), 1);
  confirm();
  assert.equal((await cluster.end()).phase.phase, 'done');
  assert.equal(evictions(), 2);
});

test('whoever leaves while the lock is watched gives it up, and no run begins', async (t) => {
  const asked = Promise.withResolvers<void>();
  const answer = Promise.withResolvers<LockAnswer>();
  const lock: RunLock = {
    ...QUIET_LOCK,
    acquire() {
      asked.resolve();
      return answer.promise;
    },
    async release() {
      answer.resolve({ answer: 'unavailable', reason: 'it was given up' });
    },
  };
  const cluster = await clusterFor(t, fleet(), { lock });
  const plan = cluster.rollout.plan([{ namespace: 'shop' }]);
  const starting = cluster.rollout.start(plan, cluster.starting);
  await asked.promise;
  await cluster.rollout.leave();
  assert.deepEqual(await starting, { outcome: 'no-lock', reason: 'it was given up' });
  assert.deepEqual([cluster.rollout.run.get(), cluster.journal.length], [undefined, 0]);
});

test('another holder, and a lock that is not to be had, are told apart', async (t) => {
  const by = { holder: 'bob@other/run', run: 'run', acquiredAt: 0, unchangedSeconds: 1, stale: false };
  const taken = await clusterFor(t, fleet(), {
    lock: { ...QUIET_LOCK, acquire: () => Promise.resolve({ answer: 'taken', by }) },
  });
  const plan = taken.rollout.plan([{ namespace: 'shop' }]);
  assert.deepEqual(await taken.rollout.start(plan, taken.starting), { outcome: 'locked', by });
  const absent = await clusterFor(t, fleet(), {
    lock: {
      ...QUIET_LOCK,
      isHeld: () => false,
      acquire: () => Promise.resolve({ answer: 'unavailable', reason: 'may not create leases' }),
    },
  });
  const reviewed = absent.rollout.plan([{ namespace: 'shop' }]);
  const { rollout, starting } = absent;
  assert.deepEqual(await rollout.start(reviewed, starting), {
    outcome: 'no-lock',
    reason: 'may not create leases',
  });
  assert.deepEqual(await rollout.start(reviewed, { ...starting, lock: 'without' }), { outcome: 'started' });
  const run = await absent.end();
  assert.deepEqual([run.phase.phase, run.lock], ['done', 'none']);
});

test('a preflight that breaks off by a mistake of the program halts: trying again would not mend it', async (t) => {
  const cluster = await clusterFor(t, fleet(), {
    ports: (ports) => ({
      ...ports,
      preflight: async () => {
        throw new ReferenceError('quota is not defined');
      },
    }),
  });
  await cluster.start({ namespace: 'shop' });
  const halt = haltOf(await cluster.end());
  assert.equal(halt.cause, 'preflight');
  assert.match(halt.reason, /quota is not defined/);
  assert.deepEqual(cluster.patches(), []);
});
