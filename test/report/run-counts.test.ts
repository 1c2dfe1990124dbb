import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countSteps, countsInWords } from '../../src/report/run-counts.ts';
import { mark, planItem, run } from '../support/runs.ts';

test('steps are counted by what became of them', () => {
  const items = Array.from({ length: 9 }, (_, index) => planItem('books', `w${index}`));
  const { steps } = run(items, [
    { state: 'patching', since: 1, restartedAt: mark.restartedAt },
    { state: 'rolling', since: 1, mark, progress: { proven: 0, wanted: 1, old: 1, waitingFor: '' } },
    { state: 'soaking', since: 1, until: 2, mark, pods: 1 },
    { state: 'done', since: 1, at: 2, pods: 1 },
    { state: 'partial', since: 1, at: 2, pods: 1, kept: 1 },
    { state: 'dropped', at: 1, reason: '' },
    { state: 'skipped', at: 1, reason: '' },
    { state: 'failed', at: 1, cause: 'deadline', reason: '', acknowledged: false },
  ]);
  const counts = countSteps(steps);
  assert.deepEqual(counts, {
    done: 1,
    partial: 1,
    dropped: 1,
    skipped: 1,
    failed: 1,
    inProgress: 3,
    queued: 1,
  });
  assert.equal(
    countsInWords(counts),
    '2 of 9 workloads restarted, 1 of them only in part, 1 failed, 1 left alone, 1 skipped, 3 not proven yet, 1 not started',
  );
});
