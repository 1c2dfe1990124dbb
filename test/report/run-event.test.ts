/** Every kind of line of `restart -o json` against its published schema. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Ajv } from 'ajv';
import { countSteps } from '../../src/report/run-counts.ts';
import {
  beginEvent,
  dryRunEvent,
  planEvent,
  preflightEvent,
  type RunEventBody,
  refusedEvent,
  runEventDocument,
} from '../../src/report/run-event.ts';
import { runNews } from '../../src/report/run-news.ts';
import type { Run, RunPhase, StepState } from '../../src/rollout/run/run.ts';
import { halt, mark, plan, planItem, run } from '../support/runs.ts';

const schema: object = JSON.parse(
  readFileSync(new URL('../../docs/schema/run-event.v1.json', import.meta.url), 'utf8'),
);
const validate = new Ajv({ allErrors: true, allowUnionTypes: true, formats: { 'date-time': true } }).compile(
  schema,
);

const item = planItem('books', 'webapp');
const key = item.key;
const one = (state: StepState): Run => run([item], [state], { warnings: [] });
const queued = one({ state: 'queued' });
const stepNews = (state: StepState) => runNews(queued, { ...one(state), phase: queued.phase });
const phaseNews = (phase: RunPhase) =>
  runNews({ ...queued, phase: { phase: 'aborted', at: 1 } }, { ...queued, phase });
const progress = { proven: 1, wanted: 3, old: 2, waitingFor: 'pod x' };

const events: readonly RunEventBody[] = [
  planEvent(
    plan({
      items: [item],
      exclusions: [{ key, effect: { kind: 'pinned', reason: 'pinned' }, reason: 'pinned', command: 'unpin' }],
      blocked: ['the injector is down'],
    }),
    { pods: 3, seconds: 61.5 },
    [{ key, change: 'kept', text: 'its pod template changed' }],
  ),
  preflightEvent({
    findings: [{ check: 'webhook', severity: 'warning', text: 'one replica' }],
    exclusions: [{ key, reason: 'you may not patch it' }],
    probes: [{ key, version: 'edge-26.8.3', native: true, trustRootSha256: '', refusal: '' }],
  }),
  beginEvent('started', queued),
  { type: 'contact', run: 'r', contact: 'lost', reason: 'connection refused' },
  { type: 'contact', run: 'r', contact: 'back', reason: '' },
  beginEvent('resumed', { ...queued, limits: { ...queued.limits, deadlineSeconds: 600 } }),
  ...phaseNews({ phase: 'preflight', wave: 0, since: 1, retryAt: 2, waitingFor: 'an answer' }),
  ...phaseNews({ phase: 'running', wave: 0 }),
  ...phaseNews({ phase: 'soaking', wave: 0, since: 1, until: 61 }),
  ...phaseNews({ phase: 'paused', wave: 0, since: 1 }),
  ...phaseNews({ phase: 'aborting', wave: 0, since: 1 }),
  ...phaseNews({ phase: 'halted', wave: 0, halt: halt() }),
  ...phaseNews({ phase: 'halted', wave: 0, halt: halt({ workload: key, nextSteps: ['kubectl get pods'] }) }),
  ...phaseNews({ phase: 'done', at: 1 }),
  ...stepNews({ state: 'queued', waitingFor: 'the pace' }),
  ...stepNews({ state: 'patching', since: 1, restartedAt: mark.restartedAt }),
  ...stepNews({ state: 'rolling', since: 1, mark, progress }),
  ...stepNews({ state: 'soaking', since: 1, until: 6, mark, pods: 3 }),
  ...stepNews({ state: 'done', since: 1, at: 6.2, pods: 3 }),
  ...stepNews({ state: 'partial', since: 1, at: 6.2, pods: 1, kept: 2 }),
  ...stepNews({ state: 'dropped', at: 1, reason: 'deleted' }),
  ...stepNews({ state: 'skipped', at: 1, reason: 'by the operator' }),
  ...stepNews({ state: 'failed', at: 1, cause: 'deadline', reason: 'no progress', acknowledged: false }),
  ...runNews(queued, { ...queued, startsPerMinute: 7, lock: 'lost', warnings: ['careful'] }),
  dryRunEvent(key, ''),
  dryRunEvent(key, 'denied'),
  refusedEvent('the injector is down'),
  refusedEvent('another run has the lock', {
    holder: 'ana@laptop/1a2b',
    run: '1a2b',
    acquiredAt: 1_700_000_000,
    unchangedSeconds: 3,
    stale: false,
  }),
  {
    type: 'end',
    run: 'run-1',
    result: 'paused',
    exitCode: 130,
    counts: countSteps(queued.steps),
    resume: 'kubectl linkerd-upgrade restart --resume run-1',
  },
];

for (const event of events) {
  const state = 'state' in event ? ` ${event.state}` : 'phase' in event ? ` ${event.phase}` : '';
  test(`the line of ${event.type}${state} is what the schema says`, () => {
    const line: unknown = JSON.parse(JSON.stringify(runEventDocument(event, 1_700_000_000)));
    assert.ok(validate(line), JSON.stringify(validate.errors?.filter(({ keyword }) => keyword !== 'const')));
    assert.ok(!validate({ ...Object(line), surprise: 1 }), 'nothing undocumented is let through');
  });
}

test('every kind of line was looked at', () => {
  const told = new Set(events.map((event) => event.type));
  assert.deepEqual([...told].sort(), [
    'contact',
    'dry-run',
    'end',
    'lock',
    'pace',
    'phase',
    'plan',
    'preflight',
    'refused',
    'resumed',
    'started',
    'warning',
    'workload',
  ]);
});
