import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Ajv } from 'ajv';
import { runsDocument, runsTable } from '../../src/report/run-list.ts';
import { summarize } from '../../src/rollout/journal/summary.ts';
import type { RunPhase } from '../../src/rollout/run/run.ts';
import { halt, planItem, recorded, run } from '../support/runs.ts';

const items = [planItem('books', 'webapp'), planItem('books', 'traffic')];
const failed = { state: 'failed', at: 9, cause: 'deadline', reason: '', acknowledged: true } as const;

function summaryOf(phase: RunPhase, reason = '') {
  const states = [{ state: 'done', since: 1, at: 2, pods: 1 }, failed] as const;
  return summarize(recorded(run(items, states, { phase, reason, startedAt: 1_700_000_000 }), 1_700_000_060));
}

test('runs are listed with who, where, how they stand, and what became of their workloads', () => {
  const runs = [summaryOf({ phase: 'done', at: 1 }, 'CHG-7'), summaryOf({ phase: 'running', wave: 0 })];
  const cells = (lines: readonly string[]) => lines.map((line) => line.split(/ {3,}/));
  assert.deepEqual(cells(runsTable(runs, false)), cells(runsTable(runs, true).slice(1)));
  assert.deepEqual(runsTable([], true), ['No runs are recorded.']);
});

for (const [phase, state] of [
  [{ phase: 'halted', wave: 0, halt: halt() }, 'halted'],
  [{ phase: 'paused', wave: 0, since: 1 }, 'paused'],
  [{ phase: 'aborted', at: 1 }, 'aborted'],
  [{ phase: 'soaking', wave: 0, since: 1, until: 2 }, 'unfinished'],
] as const) {
  test(`a run in phase ${phase.phase} is ${state}`, () => {
    const [line = ''] = runsTable([summaryOf(phase)], false);
    assert.equal(line.split(/ {3,}/)[4], state);
  });
}

test('runs -o json is what the published schema says', () => {
  const schema: object = JSON.parse(
    readFileSync(new URL('../../docs/schema/runs.v1.json', import.meta.url), 'utf8'),
  );
  const validate = new Ajv({ formats: { 'date-time': true } }).compile(schema);
  const document = runsDocument([summaryOf({ phase: 'running', wave: 0 })], ['x.jsonl, line 3: no JSON']);
  assert.ok(validate(JSON.parse(JSON.stringify(document))), JSON.stringify(validate.errors));
  assert.deepEqual([document.runs[0]?.unfinished, document.runs[0]?.counts.failed], [true, 1]);
});
