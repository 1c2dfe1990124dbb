import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runNews, runNewsLines, waitingLines } from '../../src/report/run-news.ts';
import type { Run, RunPhase, StepState } from '../../src/rollout/run/run.ts';
import { halt, mark, planItem, run } from '../support/runs.ts';

const queued: StepState = { state: 'queued' };
const patching: StepState = { state: 'patching', since: 1, restartedAt: mark.restartedAt };
const rolling = (proven: number, wanted = 8, waitingFor = 'new pods'): StepState => ({
  state: 'rolling',
  since: 5,
  mark,
  progress: { proven, wanted, old: wanted - proven, waitingFor },
});
const soaking: StepState = { state: 'soaking', since: 5, until: 20, mark, pods: 2 };
const failed: StepState = {
  state: 'failed',
  at: 9,
  cause: 'crash-loop',
  reason: 'crash loop',
  acknowledged: false,
};

const withStep = (state: StepState): Run => run([planItem('books', 'webapp')], [state]);

for (const [what, before, after, line] of [
  ['when it is patched', queued, patching, 'restarting'],
  ['when its pods begin to roll', patching, rolling(0), undefined],
  ['before a quarter of its pods is proven', rolling(0), rolling(1), undefined],
  ['when a quarter of its pods is proven', rolling(1), rolling(2), '2 of 8 pods proven'],
  ['inside the next quarter', rolling(2), rolling(3), undefined],
  ['when it waits for something else', rolling(2), rolling(2, 8, 'pod x'), undefined],
  ['when all are proven and watched', rolling(7), soaking, undefined],
  ['when the proof did not last', soaking, rolling(1, 2, 'pod x'), 'its proof did not last: pod x'],
  ['when it is done', soaking, { state: 'done', since: 5, at: 16.4, pods: 2 }, 'done, 2 pods proven in 11 s'],
  [
    'when a partition keeps pods',
    soaking,
    { state: 'partial', since: 5, at: 16.4, pods: 1, kept: 2 },
    'done in part, 1 pod proven in 11 s; its partition keeps 2 old pods',
  ],
  ['when it is dropped', queued, { state: 'dropped', at: 2, reason: 'deleted' }, 'left alone, deleted'],
  [
    'when it is skipped',
    queued,
    { state: 'skipped', at: 2, reason: 'by the operator' },
    'skipped, by the operator',
  ],
  ['when it fails', rolling(1), failed, 'FAILED, crash loop'],
  ['when it is taken up again', failed, queued, 'queued again'],
  ['when its failure is acknowledged', failed, { ...failed, acknowledged: true }, undefined],
  ['when its turn is put off', queued, { state: 'queued', waitingFor: 'it rolls' }, 'waiting: it rolls'],
  [
    'while its turn is put off for the same reason',
    { state: 'queued', waitingFor: 'it rolls' },
    { state: 'queued', waitingFor: 'it rolls' },
    undefined,
  ],
] as const) {
  test(`${line === undefined ? 'no line' : 'a line'} ${what}`, () => {
    assert.deepEqual(
      runNewsLines(withStep(before), withStep(after)),
      line === undefined ? [] : [`1/1 books deployment/webapp: ${line}`],
    );
  });
}

test('what a run in which nothing moves waits for is told of each workload that waits', () => {
  const several = run(
    [planItem('a', 'one'), planItem('b', 'two'), planItem('c', 'three'), planItem('d', 'four')],
    [
      { state: 'done', since: 5, at: 9, pods: 2 },
      rolling(3, 8, 'pod x'),
      { state: 'queued', waitingFor: 'it rolls' },
    ],
    { phase: { phase: 'running', wave: 0, waitingFor: 'pod y of team-a' } },
  );
  assert.deepEqual(waitingLines(several), [
    'Wave 1 of 1, part 1: not over yet: pod y of team-a',
    '2/4 b deployment/two: 3 of 8 pods proven, waiting for pod x',
    '3/4 c deployment/three: waiting: it rolls',
  ]);
  assert.deepEqual(waitingLines(withStep(soaking)), []);
});

test('programs are told of every move of the pods, with figures', () => {
  const [news, ...more] = runNews(withStep(rolling(2)), withStep(rolling(3, 8, 'pod x')));
  assert.deepEqual(more, []);
  assert.deepEqual(news, {
    type: 'workload',
    run: 'run-1',
    step: 1,
    steps: 1,
    namespace: 'books',
    kind: 'Deployment',
    name: 'webapp',
    state: 'rolling',
    proven: 3,
    wanted: 8,
    old: 5,
    waitingFor: 'pod x',
  });
});

const items = [planItem('a', 'one'), planItem('b', 'two', { wave: 1 }), planItem('c', 'three', { wave: 1 })];
const inPhase = (phase: RunPhase): Run => run(items, [], { phase });
const preflight = (wave: number, waitingFor = 'the preflight of the wave'): RunPhase => ({
  phase: 'preflight',
  wave,
  since: 10,
  retryAt: 0,
  waitingFor,
});

for (const [before, after, line] of [
  [undefined, preflight(0), 'Wave 1 of 2, part 1: the cluster is looked at first'],
  [preflight(0), preflight(0), undefined],
  [preflight(0), preflight(0, 'no answer'), 'Wave 1 of 2, part 1: not begun yet: no answer'],
  [preflight(0), { phase: 'running', wave: 0 }, 'Wave 1 of 2, part 1: 1 workload'],
  [{ phase: 'running', wave: 0 }, { phase: 'running', wave: 1 }, 'Wave 2 of 2, part 2: 2 workloads'],
  [
    { phase: 'running', wave: 0 },
    { phase: 'running', wave: 0, waitingFor: 'pod x' },
    'Wave 1 of 2, part 1: not over yet: pod x',
  ],
  [
    { phase: 'running', wave: 0 },
    { phase: 'soaking', wave: 0, since: 10, until: 70 },
    'Wave 1 of 2, part 1: over, watched for 60 s before the next',
  ],
  [
    { phase: 'soaking', wave: 0, since: 10, until: 70 },
    preflight(1),
    'Wave 2 of 2, part 2: the cluster is looked at first',
  ],
  [{ phase: 'running', wave: 0 }, { phase: 'paused', wave: 0, since: 9 }, 'Paused: nothing new is started'],
  [
    { phase: 'running', wave: 0 },
    { phase: 'halted', wave: 0, halt: halt({ reason: 'it crashes' }) },
    'HALTED: it crashes',
  ],
  [{ phase: 'running', wave: 1 }, { phase: 'done', at: 99 }, undefined],
] as const) {
  test(`from ${before?.phase ?? 'nothing'} to ${after.phase}: ${line ?? 'no line'}`, () => {
    const lines = runNewsLines(before && inPhase(before), inPhase(after));
    assert.deepEqual(lines, line === undefined ? [] : [line]);
  });
}

test('pace, lock and warnings are told once, warnings that were read in the review not at all', () => {
  const before = inPhase({ phase: 'running', wave: 0 });
  const after: Run = { ...before, startsPerMinute: 30, lock: 'lost', warnings: ['one replica', 'old'] };
  const slow: Run = { ...before, startsPerMinute: 15, lock: 'held', warnings: ['old'] };
  assert.deepEqual(runNewsLines(slow, after), [
    'Warning: one replica',
    'The lock of the run is lost',
    'Pace: up to 30 pod starts a minute',
  ]);
  assert.deepEqual(runNewsLines(after, after), []);
  assert.deepEqual(runNewsLines(slow, { ...slow, warnings: ['old', 'read'] }, new Set(['read'])), []);
});

test('a run that is taken up is told of by its phase, not by all that was done before', () => {
  const taken = run(items, [{ state: 'done', since: 1, at: 2, pods: 1 }], { phase: preflight(1) });
  assert.deepEqual(
    runNews(undefined, taken).map(({ type }) => type),
    ['phase'],
  );
});
