import assert from 'node:assert/strict';
import { test } from 'node:test';
import { settledChecks } from '../../src/cli/settled-checks.ts';
import { isSuccess } from '../../src/guide/check/run-checks.ts';
import { KubeError } from '../../src/kube/errors.ts';
import { ManualClock } from '../kube/support/manual-clock.ts';
import { inventory } from '../support/inventories.ts';

const halfRolled = inventory({
  view: { controlPlane: { halfRolled: 'linkerd-config says b, the pods run a' } },
});
const settled = inventory();
/** An error that no waiting changes. */
const broken = inventory({
  view: {
    controlPlane: { halfRolled: 'linkerd-config says b, the pods run a', version: '', evidence: 'none' },
  },
});

/** Lets promises settle, then time pass until the next alarm, again and again until there is none. */
async function runClock(clock: ManualClock, done: () => boolean): Promise<void> {
  while (!done()) {
    await new Promise((resolve) => setImmediate(resolve));
    clock.advance(clock.waits[0] ?? 0);
  }
}

/** Takes the looks one after the other, the last one for all later ones. */
async function checked(looks: readonly (() => Promise<typeof settled>)[], waitMs: number) {
  const clock = new ManualClock();
  const start = clock.now();
  let taken = 0;
  let over = false;
  const work = settledChecks({
    look: () => (looks[Math.min(taken++, looks.length - 1)] ?? looks[0] ?? (async () => settled))(),
    clock,
    waitMs,
  }).finally(() => {
    over = true;
  });
  await Promise.all([runClock(clock, () => over), work.catch(() => undefined)]);
  return { outcome: work, looks: taken, seconds: (clock.now() - start) / 1_000 };
}

test('an error that may settle is asked again until it has', async () => {
  const { outcome, looks } = await checked(
    [async () => halfRolled, async () => halfRolled, async () => settled],
    300_000,
  );
  assert.equal(isSuccess(await outcome), true);
  assert.equal(looks, 3);
});

test('not for longer than the wait, at the end of which it looks once more', async () => {
  const { outcome, looks, seconds } = await checked([async () => halfRolled], 10_000);
  assert.equal(isSuccess(await outcome), false);
  assert.equal(seconds, 10);
  assert.equal(looks, 5);
});

test('without a wait it looks once', async () => {
  const { outcome, looks } = await checked([async () => halfRolled, async () => settled], 0);
  assert.equal(isSuccess(await outcome), false);
  assert.equal(looks, 1);
});

test('what waiting cannot change is not waited for, beside what it can', async () => {
  const stuck = await checked(
    [async () => inventory({ view: { controlPlane: { version: '', evidence: 'none' } } })],
    300_000,
  );
  assert.equal(stuck.looks, 1);
  const both = await checked([async () => broken], 10_000);
  assert.equal(both.looks, 5);
});

test('a cluster that does not answer is given up after a minute, or the wait if that is longer', async () => {
  const never = () => new Promise<typeof settled>(() => undefined);
  for (const [waitMs, seconds] of [
    [0, 60],
    [300_000, 300],
  ] as const) {
    const given = await checked([never], waitMs);
    await assert.rejects(given.outcome, {
      name: 'KubeError',
      kind: 'timeout',
      message: new RegExp(`within ${seconds}s`),
    });
    assert.equal(given.seconds, seconds);
  }
});

test('a later look that fails leaves the answer of the one before', async () => {
  const gone = async () => {
    throw new KubeError('network', 'gone');
  };
  const { outcome } = await checked([async () => halfRolled, gone], 300_000);
  assert.equal(isSuccess(await outcome), false);
  await assert.rejects((await checked([gone], 300_000)).outcome, { message: 'gone' });
});
