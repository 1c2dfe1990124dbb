import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runNews } from '../../src/report/run-news.ts';
import type { StepState } from '../../src/rollout/run/run.ts';
import { planItem, run } from '../support/runs.ts';

const rolling: StepState = {
  state: 'rolling',
  since: 5,
  progress: { proven: 0, wanted: 2, old: 2, waitingFor: 'pods' },
};

const news = (before: StepState | undefined, after: StepState) => {
  const steps = (state: StepState) => run([planItem('books', 'webapp')], [state]);
  return runNews(before ? steps(before).steps : [], steps(after));
};

for (const [what, before, after, line] of [
  ['at first', undefined, { state: 'queued' }, undefined],
  ['when it is patched', { state: 'queued' }, { state: 'patching', since: 1 }, 'restarting'],
  ['while it rolls', { state: 'patching', since: 1 }, rolling, undefined],
  [
    'when it is proven',
    rolling,
    { state: 'done', since: 5, at: 16.4, pods: 2 },
    'done, 2 pods proven in 11 s',
  ],
  [
    'when it is dropped',
    { state: 'queued' },
    { state: 'dropped', at: 2, reason: 'deleted' },
    'left alone, deleted',
  ],
  ['when it fails', rolling, { state: 'failed', at: 9, reason: 'crash loop' }, 'FAILED, crash loop'],
  [
    'when its turn is put off',
    { state: 'queued' },
    { state: 'queued', waitingFor: 'it is rolling' },
    'not started yet, it is rolling',
  ],
  [
    'while its turn is put off for the same reason',
    { state: 'queued', waitingFor: 'it is rolling' },
    { state: 'queued', waitingFor: 'it is rolling' },
    undefined,
  ],
] as const) {
  test(`${line === undefined ? 'no line' : 'a line'} ${what}`, () => {
    assert.deepEqual(news(before, after), line === undefined ? [] : [`1/1 books deployment/webapp: ${line}`]);
  });
}
