import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Run } from '../../src/rollout/run/run.ts';
import { actions } from '../../src/tui/keys/actions.ts';
import { reduce, type UiEvent } from '../../src/tui/state/reduce.ts';
import { runSentence, sameInSubstance } from '../../src/tui/state/run-facts.ts';
import type { Context } from '../../src/tui/state/step.ts';
import { currentTable, type Intent, initialState, type UiState } from '../../src/tui/state/ui-state.ts';
import { random } from '../support/random.ts';
import { plan, planItem, run } from '../support/runs.ts';
import { smallCluster } from './fixtures.ts';

const items = [planItem('shop', 'cart'), planItem('shop', 'web')];

function contextOf(changes: Partial<Context> = {}): Context {
  return {
    view: smallCluster(),
    run: undefined,
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
  assert.deepEqual(one.intents, [{ type: 'plan', scopes: [{ namespace: 'shop' }] }]);
  const marked = press(initialState(undefined), contextOf(), 'j', ' ', ' ', 'r');
  assert.deepEqual(marked.intents, [
    { type: 'plan', scopes: [{ namespace: 'billing' }, { namespace: 'linkerd-viz' }] },
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

test('no keys and events, in whatever order, start a run without the answer yes', () => {
  const { seed, next, pick } = random();
  const keys = [...new Set(actions.flatMap((action) => action.keys)), 'n', 'o', 'Y', 'E', 'S', 'b', '('];
  const plans = [
    plan({ items }),
    plan({ items, blocked: ['the injector is down'] }),
    plan({ items: [], exclusions: [] }),
  ];
  const runs: (Run | undefined)[] = [
    undefined,
    run(items, []),
    run(items, [], { phase: { phase: 'done', at: 1 } }),
  ];
  let state = initialState(undefined);
  let starts = 0;
  const queue: string[] = [];
  for (let round = 0; round < 20_000; round += 1) {
    if (next(20) === 0) queue.push(...pick(['yes', 'ye', 'yess', 'no', 'Yes']), 'enter');
    const event: UiEvent =
      next(10) === 0
        ? { type: 'planned', plan: pick(plans), changed: next(2) === 0 }
        : next(20) === 0
          ? { type: 'paste', text: pick(['y', '\r', 'no\n', 'r']) }
          : { type: 'key', key: queue.shift() ?? pick(keys) };
    const context = contextOf({ run: runs[next(runs.length)], readOnly: next(30) === 0 });
    const step = reduce(state, event, context);
    const hint = `seed ${seed}, round ${round}: ${JSON.stringify(event)}`;
    const { overlay } = state;
    for (const intent of step.intents) {
      if (intent.type !== 'start') continue;
      starts += 1;
      assert.ok(overlay?.kind === 'confirm' && overlay.answer === 'yes', hint);
      assert.ok(overlay.plan.blocked.length === 0 && overlay.plan.items.length > 0, hint);
    }
    assert.ok(step.state.tables.length >= 1 && step.state.tables.length <= 3, hint);
    state = step.state;
  }
  assert.ok(starts > 0, `seed ${seed}: no run was started, so nothing was shown`);
});

test('a message goes with the next key', () => {
  const { state } = press(initialState(undefined), contextOf(), 'p');
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
    plan({ items: [{ ...cart, effect: { kind: 'unmeshes', reason: '' } }, web] }),
    plan({ items: [{ ...cart, risks: [{ kind: 'single-replica', text: '' }] }, web] }),
    plan({ items: [{ ...cart, expected: { version: cart.expected.version, trustRootSha256: 'x' } }, web] }),
  ]) {
    assert.ok(!sameInSubstance(read, other), JSON.stringify(other));
  }
});

test('a run is told in one sentence', () => {
  const done = { state: 'done', since: 0, at: 9, pods: 3 } as const;
  const halt = { at: 60, workload: items[1]?.key, reason: 'a new pod crashes', details: [], nextSteps: [] };
  const sentence = (changes: Partial<Run>, ...states: Parameters<typeof run>[1]) =>
    runSentence(run(items, states, changes), 60);
  assert.equal(sentence({}, done), 'Run active: 1 of 2 workloads restarted so far.');
  assert.equal(
    sentence({ phase: { phase: 'done', at: 200 } }, done, { state: 'dropped', at: 1, reason: 'deleted' }),
    'Run done in 3m20s: 1 of 2 workloads restarted, 1 no longer needed it.',
  );
  assert.equal(
    sentence({ phase: { phase: 'stopped', at: 30 } }, done),
    'Run stopped as asked after 30s: 1 of 2 workloads restarted; the others were not touched.',
  );
  assert.equal(
    sentence({ phase: { phase: 'halted', halt } }, done),
    'Run halted at shop deploy/web after 60s: a new pod crashes (1 of 2 workloads restarted).',
  );
});
