import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Run, StepState } from '../../src/rollout/run/run.ts';
import { summaryOf } from '../../src/tui/summary.ts';
import { halt, mark, planItem, run } from '../support/runs.ts';

const items = [planItem('shop', 'cart'), planItem('shop', 'web'), planItem('shop', 'db')];
const done = { state: 'done', since: 0, at: 9, pods: 3 } as const;
const failed: StepState = {
  state: 'failed',
  at: 9,
  cause: 'deadline',
  reason: 'no progress',
  acknowledged: true,
};
const progress = { proven: 0, wanted: 3, old: 3, waitingFor: '' };

function summary(states: readonly StepState[], changes: Partial<Run>): string {
  return summaryOf(run(items, states, changes), 60) ?? '';
}

test('without a run there is nothing to tell', () => {
  assert.equal(summaryOf(undefined, 60), undefined);
});

test('a run that is done tells its result, and every failure that was gone on after', () => {
  assert.equal(
    summary([done, failed, done], { phase: { phase: 'done', at: 60 } }),
    'Run done in 60s: 2 of 3 workloads restarted, 1 failed.\nFailed:\n  shop deploy/web: no progress',
  );
});

test('a run that was left tells what is unwatched, what was not touched, and how to take it up', () => {
  assert.equal(
    summary([done, { state: 'rolling', since: 1, mark, progress }], {
      phase: { phase: 'paused', wave: 0, since: 50 },
    }),
    [
      'Run paused: 1 of 3 workloads restarted so far.',
      '1 workload in progress: Kubernetes finishes what was started, unwatched.',
      '1 workload not touched.',
      'To take the run up again: kubectl linkerd-upgrade restart --resume run-1',
    ].join('\n'),
  );
});

test('a halted run tells the diagnosis, and how to take it up once', () => {
  const resume = 'kubectl linkerd-upgrade restart --resume run-1';
  for (const nextSteps of [['kubectl logs -n shop web-1'], ['kubectl logs -n shop web-1', resume]]) {
    const told = summary([done, failed], {
      phase: {
        phase: 'halted',
        wave: 0,
        halt: halt({
          at: 60,
          workload: items[1]?.key,
          details: ['exit code 1'],
          serving: '2 of 3',
          nextSteps,
        }),
      },
    });
    assert.match(told, /^Run halted at shop deploy\/web after 60s: a new pod crashes /);
    assert.match(told, /^ {2}exit code 1\n {2}Still serving: 2 of 3\nNext steps:\n {2}1\. kubectl logs/m);
    assert.equal(told.split(resume).length, 2, told);
  }
});

test('of very many failures the rest is counted', () => {
  const many = Array.from({ length: 30 }, (_, index) => planItem('shop', `app-${index}`));
  const told = summaryOf(
    run(
      many,
      many.map(() => failed),
      { phase: { phase: 'aborted', at: 60 } },
    ),
    60,
  );
  assert.match(told ?? '', /app-19: no progress\n {2}and 10 more$/);
});
