import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Plan } from '../../src/rollout/plan/plan.ts';
import type { PreflightReport } from '../../src/rollout/preflight/report.ts';
import type { StartOutcome } from '../../src/rollout/rollout.ts';
import type { OperatorAction, Run, RunPhase } from '../../src/rollout/run/run.ts';
import { actions, actionsOf, type Mode } from '../../src/tui/keys/actions.ts';
import { wantedWord } from '../../src/tui/state/confirming.ts';
import { reduce, type UiEvent } from '../../src/tui/state/reduce.ts';
import { objection, runSentence, sameInSubstance } from '../../src/tui/state/run-facts.ts';
import type { Context } from '../../src/tui/state/step.ts';
import {
  currentTable,
  type Intent,
  initialState,
  modeOf,
  type UiState,
} from '../../src/tui/state/ui-state.ts';
import { noGuide } from '../support/guides.ts';
import { random } from '../support/random.ts';
import { clean, halt, lockHolder, plan, planItem, recorded, run } from '../support/runs.ts';
import { smallCluster } from './fixtures.ts';

const items = [planItem('shop', 'cart'), planItem('shop', 'web')];

function contextOf(changes: Partial<Context> = {}): Context {
  return {
    view: smallCluster(),
    run: undefined,
    unfinished: undefined,
    guide: noGuide,
    now: 1000,
    readOnly: false,
    visible: true,
    tableRows: 10,
    extent: () => ({ page: 10, lines: 30, top: 0 }),
    ...changes,
  };
}

function press(state: UiState, context: Context, ...keys: string[]): { state: UiState; intents: Intent[] } {
  let current = state;
  const intents: Intent[] = [];
  for (const key of keys) {
    const step = reduce(current, { type: 'key', key }, context);
    current = step.state;
    intents.push(...step.intents);
  }
  return { state: current, intents };
}

test('r asks for a plan of the marked rows, or of the row under the cursor', () => {
  const one = press(initialState(undefined), contextOf(), 'r');
  assert.deepEqual(one.intents, [{ type: 'plan', scopes: [{ namespace: 'shop' }], purpose: 'restart' }]);
  const marked = press(initialState(undefined), contextOf(), 'j', ' ', ' ', 'r');
  assert.deepEqual(marked.intents, [
    { type: 'plan', scopes: [{ namespace: 'billing' }, { namespace: 'linkerd-viz' }], purpose: 'restart' },
  ]);
});

test('a state is never changed in place', () => {
  const frozen = (value: unknown): void => {
    if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return;
    Object.freeze(value);
    for (const part of Object.values(value)) frozen(part);
  };
  let state = initialState(undefined);
  for (const key of ['j', ' ', '/', 'b', 'enter', 'enter', 's', 'S', 'v', 'escape', '?', 'escape']) {
    frozen(state);
    state = press(state, contextOf(), key).state;
  }
  assert.equal(currentTable(state).level.kind, 'namespaces');
});

/** Keys and events that a session may see, in any order, and what it may know meanwhile. */
function randomSession(readOnly: boolean) {
  const { seed, next, pick } = random();
  const keys = [...new Set(actions.flatMap((action) => action.keys)), 'n', 'o', 'Y', 'E', 'S', 'b', '('];
  const plans = [
    plan({ items }),
    plan({ items, blocked: ['the injector is down'] }),
    plan({ items: [], exclusions: [] }),
  ];
  const reports: PreflightReport[] = [
    clean,
    { ...clean, findings: [{ check: 'quota', severity: 'warning', text: 'tight' }] },
    { ...clean, findings: [{ check: 'injector', severity: 'blocker', text: 'down' }] },
    { ...clean, exclusions: items.map(({ key }) => ({ key, reason: 'forbidden' })) },
  ];
  const outcomes: StartOutcome[] = [
    { outcome: 'started' },
    { outcome: 'refused', reason: 'no' },
    { outcome: 'locked', by: lockHolder() },
    { outcome: 'no-lock', reason: 'forbidden' },
  ];
  const failed = { state: 'failed', at: 1, cause: 'deadline', reason: '', acknowledged: false } as const;
  const runs: (Run | undefined)[] = [
    undefined,
    undefined,
    run(items, []),
    run(items, [failed], { phase: { phase: 'halted', wave: 0, halt: halt() } }),
    run(items, [failed], { phase: { phase: 'paused', wave: 0, since: 1 } }),
    run(items, [], { phase: { phase: 'done', at: 1 } }),
  ];
  const keysOf = (mode: Mode) => actionsOf(mode, false).flatMap((action) => action.keys);
  let current: Run | undefined;
  const queue: string[] = [];
  const lastPlan = (state: UiState): Plan =>
    state.overlay?.kind === 'confirm' && state.overlay.subject.what === 'plan' && next(4) > 0
      ? state.overlay.subject.plan
      : pick(plans);
  const event = (state: UiState): UiEvent => {
    const word = state.overlay?.kind === 'confirm' ? wantedWord(state.overlay) : undefined;
    if (queue.length === 0 && next(word === undefined ? 20 : 3) === 0) {
      const answer = next(2) === 0 ? word : undefined;
      queue.push(...(answer ?? pick(['yes', 'ye', 'yess', 'no', 'Yes', 'take-over', 'without'])), 'enter');
    }
    if (queue.length > 0 && next(20) > 0) return { type: 'key', key: queue.shift() ?? '' };
    switch (next(24)) {
      case 0:
        return {
          type: 'planned',
          plan: pick(plans),
          purpose: pick(['review', 'restart']),
          changed: next(2) === 0,
        };
      case 1:
        return {
          type: 'preflighted',
          plan: lastPlan(state),
          preflight: pick([
            { state: 'found', report: pick(reports) },
            { state: 'failed', message: 'no answer' },
          ]),
        };
      case 2:
        return state.overlay?.kind === 'confirm' && state.overlay.stage.stage === 'starting'
          ? { type: 'start-ended', outcome: pick(outcomes) }
          : { type: 'paste', text: pick(['y', '\r', 'no\n', 'r']) };
      case 3:
        return { type: 'halted' };
      default:
        // Mostly keys that mean something where the session is.
        return { type: 'key', key: pick(next(3) === 0 ? keys : keysOf(modeOf(state))) };
    }
  };
  const steps = { count: items.length, cursor: 0, rowOf: (index: number) => index };
  const context = (): Context => {
    if (next(30) === 0) current = runs[next(runs.length)];
    return contextOf({
      run: current,
      readOnly,
      unfinished: next(3) === 0 ? recorded(run(items, []), 900) : undefined,
      extent: () => ({ page: 10, lines: 30, top: 0, steps }),
    });
  };
  return { seed, event, context };
}

/** What has to be seen before a session of random keys has shown anything. */
const telling = ['pause', 'proceed', 'abort', 'retry', 'skip', 'plan', 'preflight', 'exit'];
const tellingStarts = ['start asking', 'start locked', 'start no-lock'];
const expectedAnswers = { asking: 'yes', locked: 'take-over', 'no-lock': 'without', starting: '-' } as const;
const expectedLocks = {
  asking: undefined,
  locked: 'take-over',
  'no-lock': 'without',
  starting: '-',
} as const;

function assertStart(
  overlay: UiState['overlay'],
  intent: Extract<Intent, { type: 'start' }>,
  hint: string,
): void {
  assert.ok(overlay?.kind === 'confirm', hint);
  const { answer, stage, subject, preflight } = overlay;
  assert.equal(answer, expectedAnswers[stage.stage], hint);
  assert.equal(intent.lock, expectedLocks[stage.stage], hint);
  if (subject.what === 'run') return;
  assert.ok(subject.plan.blocked.length === 0 && subject.plan.items.length > 0, hint);
  assert.ok(preflight.state === 'found' || preflight.state === 'failed', hint);
  if (preflight.state === 'failed') return;
  const { findings, exclusions } = preflight.report;
  assert.ok(
    findings.every(({ severity }) => severity !== 'blocker'),
    hint,
  );
  assert.ok(exclusions.length < items.length, hint);
}

function assertAct(overlay: UiState['overlay'], action: OperatorAction, now: Context, hint: string): void {
  assert.equal(objection(now.run, action), '', hint);
  const isAsked = action.type === 'abort' || (action.type === 'proceed' && now.run?.phase.phase === 'halted');
  if (isAsked) assert.ok(overlay?.kind === 'ask' && overlay.about === action.type, hint);
}

test('no keys and events, in whatever order, start a run without its word, or act on one that is not there', () => {
  const { seed, event, context } = randomSession(false);
  let state = initialState(undefined);
  const unseen = new Set([...telling, ...tellingStarts]);
  for (let round = 0; round < 10_000 || (unseen.size > 0 && round < 500_000); round += 1) {
    const happens = event(state);
    const now = context();
    const step = reduce(state, happens, now);
    const hint = `seed ${seed}, round ${round}: ${JSON.stringify(happens)}`;
    const { overlay } = state;
    for (const intent of step.intents) {
      unseen.delete(intent.type === 'act' ? intent.action.type : intent.type);
      if (intent.type === 'act') assertAct(overlay, intent.action, now, hint);
      if (intent.type !== 'start') continue;
      assertStart(overlay, intent, hint);
      if (overlay?.kind === 'confirm') unseen.delete(`start ${overlay.stage.stage}`);
    }
    assert.ok(step.state.tables.length >= 1 && step.state.tables.length <= 3, hint);
    state = step.state;
  }
  assert.deepEqual([...unseen], [], `seed ${seed}: was never wanted`);
});

test('a read-only session wants nothing that writes, whatever is pressed', () => {
  const { seed, event, context } = randomSession(true);
  let state = initialState(undefined);
  for (let round = 0; round < 5_000; round += 1) {
    const step = reduce(state, event(state), context());
    for (const { type } of step.intents) {
      assert.ok(type !== 'start' && type !== 'act', `seed ${seed}, round ${round}`);
    }
    state = step.state;
  }
});

test('a message goes with the next key', () => {
  const { state } = press(initialState(undefined), contextOf(), 'R');
  assert.match(state.flash?.text ?? '', /No run yet/);
  assert.equal(press(state, contextOf(), 'j').state.flash, undefined);
});

test('plans are the same to their reader while workloads, effects, versions and risks are', () => {
  const read = plan({ items });
  const [cart, web] = items;
  assert.ok(cart !== undefined && web !== undefined);
  assert.ok(
    sameInSubstance(read, plan({ items: [{ ...cart, resourceVersion: '9', pods: 4, from: {} }, web] })),
  );
  for (const other of [
    plan({ items: [web, cart] }),
    plan({ items: [cart] }),
    plan({ items, blocked: ['the injector is down'] }),
    plan({ items, controlPlaneVersion: 'edge-26.9.1' }),
    plan({ items: [{ ...cart, uid: 'another' }, web] }),
    plan({ items: [{ ...cart, method: 'evict' }, web] }),
    plan({ items: [{ ...cart, kept: 1 }, web] }),
    plan({ items: [cart, { ...web, wave: 1 }] }),
    plan({ items: [{ ...cart, effect: { kind: 'unmeshes', reason: '' } }, web] }),
    plan({ items: [{ ...cart, risks: [{ kind: 'single-replica', text: '' }] }, web] }),
    plan({ items: [{ ...cart, expected: { version: cart.expected.version, trustRootSha256: 'x' } }, web] }),
  ]) {
    assert.ok(!sameInSubstance(read, other), JSON.stringify(other));
  }
});

test('a run is told in one sentence', () => {
  const done = { state: 'done', since: 0, at: 9, pods: 3 } as const;
  const sentence = (changes: Partial<Run>, ...states: Parameters<typeof run>[1]) =>
    runSentence(run(items, states, changes), 60);
  assert.equal(sentence({}, done), 'Run in progress: 1 of 2 workloads restarted so far.');
  assert.equal(
    sentence({ phase: { phase: 'done', at: 200 } }, done, { state: 'dropped', at: 1, reason: 'deleted' }),
    'Run done in 3m20s: 1 of 2 workloads restarted, 1 no longer needed it.',
  );
  assert.equal(
    sentence(
      { phase: { phase: 'done', at: 200 } },
      { state: 'partial', since: 0, at: 9, pods: 2, kept: 1 },
      { state: 'skipped', at: 1, reason: '' },
    ),
    'Run done in 3m20s: 1 of 2 workloads restarted, 1 of them in part, 1 skipped.',
  );
  assert.equal(
    sentence({ phase: { phase: 'aborted', at: 30 } }, done),
    'Run aborted as asked after 30s: 1 of 2 workloads restarted; the others were not touched.',
  );
  assert.equal(
    sentence({ phase: { phase: 'paused', wave: 0, since: 30 } }, done),
    'Run paused: 1 of 2 workloads restarted so far.',
  );
  assert.equal(
    sentence({ phase: { phase: 'halted', wave: 0, halt: halt({ at: 60, workload: items[1]?.key }) } }, done),
    'Run halted at shop deploy/web after 60s: a new pod crashes (1 of 2 workloads restarted).',
  );
});

test('what makes no sense is refused with a reason', () => {
  const failed = { state: 'failed', at: 1, cause: 'deadline', reason: 'x', acknowledged: false } as const;
  const at = (phase: RunPhase, changes: Partial<Run> = {}) => run(items, [failed], { phase, ...changes });
  const running = at({ phase: 'running', wave: 0 });
  const halted = at({ phase: 'halted', wave: 0, halt: halt() });
  const sensible: [Run, OperatorAction][] = [
    [running, { type: 'pause' }],
    [running, { type: 'abort' }],
    [running, { type: 'retry', index: 0 }],
    [running, { type: 'skip', index: 1 }],
    [at({ phase: 'paused', wave: 0, since: 1 }), { type: 'proceed' }],
    [at({ phase: 'soaking', wave: 0, since: 1, until: 2 }), { type: 'proceed' }],
    [halted, { type: 'proceed' }],
    [halted, { type: 'abort' }],
  ];
  for (const [current, action] of sensible)
    assert.equal(objection(current, action), '', JSON.stringify(action));
  const senseless: [Run | undefined, OperatorAction, RegExp][] = [
    [undefined, { type: 'pause' }, /No run/],
    [at({ phase: 'done', at: 1 }), { type: 'proceed' }, /No run/],
    [running, { type: 'proceed' }, /goes on already/],
    [running, { type: 'retry', index: 1 }, /failed or skipped/],
    [running, { type: 'skip', index: 9 }, /queued or failed/],
    [halted, { type: 'pause' }, /halted/],
    [at({ phase: 'aborting', wave: 0, since: 1 }), { type: 'abort' }, /ending already/],
    [
      at({ phase: 'halted', wave: 0, halt: halt({ cause: 'journal' }) }),
      { type: 'proceed' },
      /take it up again/,
    ],
    [at({ phase: 'paused', wave: 0, since: 1 }, { lock: 'lost' }), { type: 'proceed' }, /take it up again/],
  ];
  for (const [current, action, reason] of senseless) assert.match(objection(current, action), reason);
});
