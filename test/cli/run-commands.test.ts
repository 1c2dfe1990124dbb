/** The small parts of `restart` and `--resume` that need no cluster. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parseArguments } from '../../src/cli/arguments.ts';
import { beginRun } from '../../src/cli/begin-run.ts';
import { CommandError } from '../../src/cli/command-error.ts';
import { decisionsOn, writeDecisions } from '../../src/cli/decisions.ts';
import { narrowedPlan } from '../../src/cli/narrowed-plan.ts';
import { UsageError } from '../../src/cli/pflag.ts';
import { resumeCommand } from '../../src/cli/resume-command.ts';
import { writeWhole } from '../../src/cli/write-file.ts';
import type { Journal, JournalRecord } from '../../src/rollout/journal/record.ts';
import type { StartOptions, StartOutcome } from '../../src/rollout/rollout.ts';
import { temporaryFolder } from '../support/program.ts';
import { lockHolder, plan, planItem, recorded, run } from '../support/runs.ts';

const failed = { state: 'failed', at: 9, cause: 'deadline', reason: '', acknowledged: true } as const;
const items = [planItem('books', 'done'), planItem('books', 'failed'), planItem('books', 'queued')];
const halfDone = recorded(run(items, [{ state: 'done', since: 1, at: 2, pods: 1 }, failed]), 100);

test('--retry and --skip name steps of the run, with kinds as kubectl takes them', () => {
  const asked = { retry: ['books/deploy/failed'], skip: ['books/Deployment/queued'] };
  assert.deepEqual(decisionsOn(halfDone, asked), [
    { index: 1, decision: 'retry' },
    { index: 2, decision: 'skip' },
  ]);
});

for (const [asked, kind, message] of [
  [{ retry: ['books'], skip: [] }, UsageError, /--retry takes NAMESPACE\/KIND\/NAME/],
  [{ retry: [], skip: ['books/deploy/failed/x'] }, UsageError, /--skip takes/],
  [{ retry: ['books/deploy/failed'], skip: ['books/deploy/failed'] }, UsageError, /contradict/],
  [{ retry: ['books/sts/failed'], skip: [] }, CommandError, /run run-1 has no such workload/],
  [{ retry: ['books/deploy/done'], skip: [] }, CommandError, /in run run-1 it is done/],
  [{ retry: ['books/deploy/queued'], skip: [] }, CommandError, /it is queued/],
  [{ retry: [], skip: ['books/deploy/done'] }, CommandError, /it is done/],
] as const) {
  test(`refused: --retry ${asked.retry.join()} --skip ${asked.skip.join()}`, () => {
    assert.throws(
      () => decisionsOn(halfDone, asked),
      (error: unknown) => error instanceof kind && message.test(error.message),
    );
  });
}

test('decisions are written into the journal of their run, which is closed behind them', () => {
  const written: JournalRecord[] = [];
  let closed = 0;
  const openJournal = (id: string): Journal => ({
    location: id,
    append: (record) => void written.push(record),
    close: () => {
      closed += 1;
    },
  });
  writeDecisions({ openJournal, now: () => 500 }, halfDone, [
    { index: 1, decision: 'retry' },
    { index: 2, decision: 'skip' },
  ]);
  assert.deepEqual(written, [
    { type: 'step', at: 500, index: 1, item: items[1], status: { state: 'queued' } },
    {
      type: 'step',
      at: 500,
      index: 2,
      item: items[2],
      status: { state: 'skipped', at: 500, reason: 'left out by the operator' },
    },
  ]);
  assert.equal(closed, 1);
});

test('a journal that another process has open is an error in words', () => {
  const openJournal = (): Journal => {
    throw new Error('process 7 goes on with it');
  };
  assert.throws(
    () => writeDecisions({ openJournal, now: () => 1 }, halfDone, [{ index: 1, decision: 'retry' }]),
    (error: unknown) => error instanceof CommandError && /process 7/.test(error.message),
  );
});

test('the command that resumes leads to the same cluster and can be pasted', () => {
  const args = parseArguments(['restart', '--context', "prod's", '--kubeconfig=/tmp/k c', '-n', 'x']);
  assert.equal(
    resumeCommand(args, '1a2b'),
    `kubectl linkerd-upgrade restart --resume 1a2b --kubeconfig='/tmp/k c' --context='prod'\\''s'`,
  );
  assert.equal(resumeCommand(parseArguments([]), '1a2b'), 'kubectl linkerd-upgrade restart --resume 1a2b');
});

test('a file is written whole, and replaced only when that was said', () => {
  using folder = temporaryFolder();
  const path = join(folder.path, 'plan.json');
  writeWhole(path, 'one', { replace: false });
  assert.throws(
    () => writeWhole(path, 'two', { replace: false }),
    (error: unknown) => error instanceof CommandError && /exists already.*--force/.test(error.message),
  );
  assert.equal(readFileSync(path, 'utf8'), 'one');
  writeWhole(path, 'three', { replace: true });
  assert.equal(readFileSync(path, 'utf8'), 'three');
  assert.throws(
    () => writeWhole(join(folder.path, 'missing', 'plan.json'), '', { replace: true }),
    (error: unknown) =>
      error instanceof CommandError && /cannot be written: there is no folder .*missing$/.test(error.message),
  );
  assert.deepEqual(readdirSync(folder.path), ['plan.json']);
  assert.ok(!existsSync(join(folder.path, 'missing')));
});

test('what a preflight leaves out stands among the exclusions, and empty waves are gone', () => {
  const first = planItem('a', 'one');
  const second = planItem('b', 'two', { wave: 1 });
  const third = planItem('c', 'three', { wave: 2 });
  const wanted = plan({ items: [first, second, third] });
  const narrowed = narrowedPlan(wanted, { exclusions: [{ key: second.key, reason: 'not allowed' }] });
  assert.deepEqual(
    narrowed.items.map(({ key, wave }) => [key.name, wave]),
    [
      ['one', 0],
      ['three', 1],
    ],
  );
  assert.deepEqual(
    narrowed.waves.map(({ title }) => title),
    ['part 1', 'part 3'],
  );
  assert.deepEqual(narrowed.exclusions, [
    { key: second.key, effect: second.effect, reason: 'not allowed', command: '' },
  ]);
  const elsewhere = { ...second.key, namespace: 'elsewhere' };
  assert.equal(narrowedPlan(wanted, { exclusions: [{ key: elsewhere, reason: '' }] }), wanted);
});

const answering = (outcome: StartOutcome) => {
  const asked: StartOptions['lock'][] = [];
  const begin = async (lock: StartOptions['lock']): Promise<StartOutcome> => {
    asked.push(lock);
    return outcome;
  };
  return { asked, begin };
};

test('a run begins with the lock that was asked for', async () => {
  const { asked, begin } = answering({ outcome: 'started' });
  assert.equal(await beginRun(begin, 'take-over', () => 0), 'begun');
  assert.deepEqual(asked, ['take-over']);
});

for (const [lock, outcome, reason] of [
  ['required', { outcome: 'refused', reason: 'the disk is full' }, /^the disk is full$/],
  ['required', { outcome: 'locked', by: lockHolder() }, /run run-0 of ben@desk, for 10 min\. .*--take-over/],
  ['take-over', { outcome: 'locked', by: lockHolder() }, /It is alive/],
  ['required', { outcome: 'no-lock', reason: 'forbidden' }, /forbidden.*--without-lock/],
] as const) {
  test(`not begun, lock ${lock}: ${outcome.outcome}`, async () => {
    const { begin } = answering(outcome);
    const answer = await beginRun(begin, lock, () => 1000);
    assert.ok(answer !== 'begun');
    assert.match(answer.reason, reason);
    assert.equal(answer.code, 1);
  });
}
