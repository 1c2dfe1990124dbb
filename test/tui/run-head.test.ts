import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { StepState } from '../../src/rollout/run/run.ts';
import { runHead } from '../../src/tui/screens/run.ts';
import { themeFor } from '../../src/tui/theme/theme.ts';
import { planItem, run } from '../support/runs.ts';

function head(state: StepState): string {
  const lines = runHead(run([planItem('books', 'webapp')], [state]), 10, 100, themeFor({ LANG: 'C.UTF-8' }));
  return lines.map(({ spans }) => spans.map(({ text }) => text).join('')).join('\n');
}

test('the head says what a rolling workload is waited for', () => {
  const progress = { proven: 0, wanted: 2, old: 2, waitingFor: 'pod a: its proxy is not ready' };
  assert.match(
    head({ state: 'rolling', since: 5, progress }),
    /^Waiting for pod a: its proxy is not ready$/m,
  );
});

test('the head says why a workload has not been started although it is its turn', () => {
  const state = { state: 'queued', waitingFor: 'it is rolling; wait until that has finished' } as const;
  assert.match(head(state), /^Not started yet: it is rolling; wait until that has finished$/m);
});

test('the head has nothing to say of a workload that simply waits in the queue', () => {
  assert.doesNotMatch(head({ state: 'queued' }), /Waiting|Not started/);
});
