import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeRecord, splitLines } from '../../../src/rollout/journal/lines.ts';
import type { JournalRecord, RecordedRun } from '../../../src/rollout/journal/record.ts';
import { replay } from '../../../src/rollout/journal/replay.ts';
import { summarize } from '../../../src/rollout/journal/summary.ts';
import { DEFAULT_LIMITS } from '../../../src/rollout/run/limits.ts';
import { random } from '../../support/random.ts';
import { BEGAN, header, item, journalOf, phase, phases, states, step } from './records.ts';

function recorded(text: string): RecordedRun {
  const read = replay(text);
  assert.ok(read.replay === 'run', JSON.stringify(read));
  return read.run;
}

function problem(text: string): string {
  const read = replay(text);
  assert.ok(read.replay === 'unreadable', 'it was read');
  return read.reason;
}

/** What JSON keeps of it: a field that is undefined is gone. */
function asJson<T>(value: T): unknown {
  return JSON.parse(JSON.stringify(value));
}

test('a journal that has just begun tells the plan', () => {
  const run = recorded(journalOf(header()));
  assert.deepEqual(run.header, asJson(header()));
  assert.deepEqual(run.limits, asJson(DEFAULT_LIMITS));
  assert.deepEqual(
    run.steps.map(({ item: { key }, status }) => [key.name, status]),
    [
      ['web', { state: 'queued' }],
      ['api', { state: 'queued' }],
    ],
  );
  assert.deepEqual(run.phase, { phase: 'preflight', wave: 0, since: BEGAN, retryAt: BEGAN, waitingFor: '' });
  assert.deepEqual([run.history, run.truncated], [[], false]);
});

test('every state and every phase comes back as it was written', () => {
  for (const status of states) {
    const run = recorded(journalOf(header(), step(1, status, 'api')));
    assert.deepEqual(run.steps[1]?.status, status);
    assert.equal(run.steps[0]?.status.state, 'queued');
  }
  for (const one of phases) {
    assert.deepEqual(recorded(journalOf(header(), phase(one))).phase, one);
  }
  const halted = phases.find((one) => one.phase === 'halted');
  assert.ok(halted?.phase === 'halted');
  const bare = { ...halted, halt: { ...halted.halt, workload: undefined } };
  assert.deepEqual(recorded(journalOf(header(), phase(bare))).phase, asJson(bare));
});

test('the last record counts, of each step, the phase and the limits', () => {
  const later = { ...DEFAULT_LIMITS, maxParallel: 7, deadlineSeconds: 90 };
  const records: readonly JournalRecord[] = [
    phase({ phase: 'running', wave: 0 }),
    ...states.map((status, index) => step(0, status, 'web', BEGAN + index)),
    step(1, { state: 'done', since: BEGAN, at: BEGAN + 9, pods: 3 }, 'api'),
    { type: 'warning', at: BEGAN + 49, text: 'one replica' },
    { type: 'resumed', at: BEGAN + 50, by: 'bert@laptop', limits: later, locked: false },
    { type: 'warning', at: BEGAN + 51, text: 'one replica' },
    { type: 'warning', at: BEGAN + 52, text: 'no lock' },
    phase({ phase: 'done', at: BEGAN + 60 }, BEGAN + 60),
  ];
  const run = recorded(journalOf(header(), ...records));
  assert.deepEqual(
    run.steps.map(({ status }) => status.state),
    ['failed', 'done'],
  );
  assert.deepEqual([run.phase, run.limits], [{ phase: 'done', at: BEGAN + 60 }, later]);
  assert.deepEqual(run.warnings, ['one replica', 'no lock']);
  assert.deepEqual(run.history, asJson(records));
});

test('a step keeps what it was decided to be at its turn', () => {
  const decided = item('web', { resourceVersion: '99', pods: 5 });
  const record = { ...step(0, { state: 'patching', since: BEGAN, restartedAt: 'x' }), item: decided };
  assert.deepEqual(recorded(journalOf(header(), record)).steps[0]?.item, decided);
});

test('a journal cut anywhere gives the run up to the last whole record', () => {
  const records = [
    header(),
    phase({ phase: 'running', wave: 0 }),
    step(0, { state: 'dropped', at: 1, reason: '✂' }),
  ];
  const bytes = Buffer.from(journalOf(...records));
  const ends = records.map((_, index) => Buffer.byteLength(journalOf(...records.slice(0, index + 1))));
  for (let size = 0; size < bytes.length; size++) {
    const text = bytes.subarray(0, size).toString('utf8');
    const whole = ends.filter((end) => end <= size).length;
    if (whole === 0) {
      assert.match(problem(text), /no whole record: the run never began/);
      continue;
    }
    const run = recorded(text);
    assert.equal(run.history.length, whole - 1, `cut after ${size} bytes`);
    assert.equal(run.truncated, !ends.includes(size), `cut after ${size} bytes`);
    assert.equal(splitLines(text).bytes, ends[whole - 1]);
  }
});

test('a torn last line is dropped even when its end reached the disk', () => {
  const good = journalOf(header());
  for (const torn of [`${'\0'.repeat(200)}\n`, '{"type":"phase",\0\0\0}\n', '\0'.repeat(50)]) {
    const run = recorded(good + torn);
    assert.equal(run.truncated, true);
    assert.equal(splitLines(good + torn).bytes, good.length);
  }
});

test('a broken line in the middle makes the journal unreadable, and is named', () => {
  const lines = [header(), phase({ phase: 'running', wave: 0 }), phase({ phase: 'done', at: 1 })].map(
    encodeRecord,
  );
  assert.match(problem([lines[0], '{"type":\n', lines[2]].join('')), /^line 2: it is no JSON/);
  assert.match(problem([lines[0], '\n', lines[2]].join('')), /^line 2: it is no JSON/);
  assert.equal(problem([lines[0], '\x1b]0;x\x07\n', lines[2]].join('')).includes('\x1b'), false);
});

const wrong: readonly [string, (run: Record<string, unknown>) => unknown, RegExp][] = [
  ['no object', () => [1], /line 2: it is not an object/],
  ['no type', () => ({}), /line 2: type is missing/],
  ['an unknown type', () => ({ type: 'note' }), /line 2: type is "note", which is not known/],
  ['no time', () => ({ type: 'phase', phase: { phase: 'done', at: 1 } }), /line 2: at is not a number/],
  ['an unknown phase', () => phaseWith({ phase: 'dreaming' }), /line 2: phase\.phase is "dreaming"/],
  ['a phase by a prototype', () => phaseWith({ phase: 'toString' }), /line 2: phase\.phase is "toString"/],
  [
    'a phase without its wave',
    () => phaseWith({ phase: 'running' }),
    /line 2: phase\.wave is not a whole number/,
  ],
  ['a wave below 0', () => phaseWith({ phase: 'running', wave: -1 }), /line 2: phase\.wave is not a whole/],
  [
    'an unknown state',
    () => ({ ...step(0, { state: 'queued' }), status: { state: 'x' } }),
    /status\.state is "x"/,
  ],
  [
    'a state without its mark',
    () => ({ ...step(0, { state: 'queued' }), status: { state: 'soaking', since: 1, until: 2, pods: 1 } }),
    /line 2: status\.mark is not an object/,
  ],
  [
    'an unknown cause',
    () => ({
      ...step(0, { state: 'queued' }),
      status: { state: 'failed', at: 1, cause: 'magic', reason: '', acknowledged: false },
    }),
    /line 2: status\.cause is "magic"/,
  ],
  [
    'a figure that is a text',
    () => ({ ...step(0, { state: 'queued' }), item: { ...item('web'), pods: '2' } }),
    /line 2: item\.pods is not a whole number/,
  ],
  [
    'a wrong reason in a list',
    () => ({
      ...step(0, { state: 'queued' }),
      item: { ...item('web'), reasons: [{ kind: 'lag', text: '' }, 3] },
    }),
    /line 2: item\.reasons\[1\] is not an object/,
  ],
  [
    'a wrong count by version',
    () => ({ ...step(0, { state: 'queued' }), item: { ...item('web'), from: { 'edge-1': null } } }),
    /line 2: item\.from\["edge-1"\] is not a whole number/,
  ],
  [
    'a step that the plan does not have',
    () => step(2, { state: 'queued' }),
    /line 2: step 2, and the plan has 2/,
  ],
  ['a second header', () => header(), /line 2: a second record of type "run"/],
  [
    'limits that are none',
    () => ({
      type: 'resumed',
      at: 1,
      by: '',
      limits: { ...DEFAULT_LIMITS, maxParallel: null },
      locked: true,
    }),
    /line 2: limits\.maxParallel is not a whole number/,
  ],
];

function phaseWith(value: unknown): unknown {
  return { type: 'phase', at: 1, phase: value };
}

for (const [what, record, expected] of wrong) {
  test(`refuses ${what}`, () => {
    assert.match(problem(`${journalOf(header())}${JSON.stringify(record({}))}\n`), expected);
  });
}

test('refuses a journal that does not begin with its header, or has an unknown form', () => {
  assert.match(
    problem(journalOf(step(0, { state: 'queued' }))),
    /^line 1: a journal begins with a record of type "run"/,
  );
  const future = JSON.stringify({ ...header(), version: 2, plan: 'of another kind' });
  assert.match(problem(`${future}\n`), /^line 1: the journal has form 2, and this program reads form 1/);
  assert.match(problem(''), /never began/);
});

test('fields that a later version added do not disturb', () => {
  const text = `${journalOf(header())}${JSON.stringify({ ...phase({ phase: 'done', at: 1 }), more: 1 })}\n`;
  assert.equal(recorded(text).phase.phase, 'done');
});

test('whatever the damage, a journal is read or refused, and never throws', () => {
  const { seed, next, pick } = random();
  const text = journalOf(
    header(),
    ...phases.map((one) => phase(one)),
    ...states.map((status) => step(0, status)),
  );
  for (let round = 0; round < 500; round++) {
    const at = next(text.length);
    const junk = pick(['', '\n', '"', '}', '{', '0', 'null', '\0', '[]', '\ud800', '1e999', ',']);
    const damaged = text.slice(0, at) + junk + text.slice(at + next(4));
    const read = replay(damaged);
    if (read.replay === 'run') {
      assert.equal(read.run.steps.length, 2, `seed ${seed}`);
    } else {
      assert.match(read.reason, /^(line \d+: |it holds no whole record)/, `seed ${seed}`);
    }
  }
});

test('a summary counts steps by state and says whether the run can go on', () => {
  const run = recorded(
    journalOf(
      header(),
      step(0, { state: 'done', since: 1, at: 2, pods: 1 }),
      phase({ phase: 'paused', wave: 0, since: 1 }, BEGAN + 70),
    ),
  );
  const { counts, ...rest } = summarize(run);
  assert.deepEqual(rest, {
    id: 'run-1',
    startedAt: BEGAN,
    lastAt: BEGAN + 70,
    by: 'anna@desk',
    reason: 'CHG-17',
    cluster: header().cluster,
    phase: 'paused',
    steps: 2,
    unfinished: true,
  });
  assert.deepEqual([counts.done, counts.queued, counts.failed], [1, 1, 0]);
  for (const one of phases) {
    const { unfinished } = summarize(recorded(journalOf(header(), phase(one))));
    assert.equal(unfinished, one.phase !== 'done' && one.phase !== 'aborted', one.phase);
  }
});
