import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KubeError, type KubeErrorKind } from '../../../src/kube/errors.ts';
import {
  decide,
  INITIAL_STATE,
  type Outcome,
  type PolicyState,
  type Step,
} from '../../../src/kube/reflector/policy.ts';

const NOW = 1_700_000_000_000;
const WATCHING: PolicyState = { ...INITIAL_STATE, listVersion: '10', watchVersion: '10' };

const listFailed = (kind: KubeErrorKind, retryAfterSeconds?: number): Outcome => ({
  type: 'list-failed',
  error: new KubeError(kind, kind, { retryAfterSeconds }),
});

const watchFailed = (kind: KubeErrorKind, inStream = false, retryAfterSeconds?: number): Outcome => ({
  type: 'watch-failed',
  error: new KubeError(kind, kind, { retryAfterSeconds }),
  resourceVersion: '12',
  inStream,
});

const ended = (durationMs: number, events: number): Outcome => ({
  type: 'watch-ended',
  durationMs,
  events,
  resourceVersion: '12',
});

function step(state: PolicyState, outcome: Outcome, random = 1): Step {
  return decide(state, outcome, NOW, random).step;
}

test('a list is followed by a watch from its version, and later lists are not older', () => {
  const { state, step: next } = decide(INITIAL_STATE, { type: 'listed', resourceVersion: '7' }, NOW, 1);
  assert.deepEqual(next, { action: 'watch', delayMs: 0 });
  assert.equal(state.watchVersion, '7');
  assert.equal(state.listVersion, '7');
});

test('F1: a watch that ended in order goes on at its last version, at once', () => {
  const { state, step: next } = decide(WATCHING, ended(300_000, 0), NOW, 1);
  assert.deepEqual(next, { action: 'watch', delayMs: 0 });
  assert.equal(state.watchVersion, '12');
});

for (const [kind, action] of [
  ['network', 'watch'],
  ['timeout', 'watch'],
  ['too-many-requests', 'watch'],
  ['unavailable', 'watch'],
  ['tls', 'watch'],
  ['proxy', 'watch'],
  ['credentials', 'watch'],
  ['not-kubernetes', 'watch'],
  ['too-new', 'watch'],
  ['expired', 'list'],
  ['malformed', 'list'],
  ['bad-request', 'list'],
  ['other', 'list'],
] as const) {
  test(`a watch that fails with ${kind} goes on with a ${action}`, () => {
    assert.equal(step(WATCHING, watchFailed(kind)).action, action);
  });
}

test('F11: an error in the midst of a watch makes it list again, but not "busy"', () => {
  assert.equal(step(WATCHING, watchFailed('unavailable', true)).action, 'list');
  assert.equal(step(WATCHING, watchFailed('too-many-requests', true)).action, 'watch');
});

test('an expired watch is listed at once, the next time with patience', () => {
  const first = decide(WATCHING, watchFailed('expired', true), NOW, 1);
  assert.deepEqual(first.step, { action: 'list', delayMs: 0 });
  assert.equal(first.state.listVersion, '12');
  const listed = decide(first.state, { type: 'listed', resourceVersion: '12' }, NOW, 1);
  assert.equal(decide(listed.state, watchFailed('expired', true), NOW, 1).step.delayMs, 1_600);
});

test('F7: a list at a version that is gone or not there yet asks for the newest', () => {
  for (const kind of ['expired', 'too-new'] as const) {
    const { state, step: next } = decide(WATCHING, listFailed(kind), NOW, 1);
    assert.deepEqual(next, { action: 'list', delayMs: 0 });
    assert.equal(state.listVersion, '');
  }
});

test('F7: a watch at a version that stays out of reach lists the newest in the end', () => {
  let state = WATCHING;
  const actions: string[] = [];
  for (let attempt = 0; attempt < 5; attempt++) {
    const next = decide(state, watchFailed('too-new'), NOW, 1);
    state = next.state;
    actions.push(next.step.action);
  }
  assert.deepEqual(actions, ['watch', 'watch', 'watch', 'watch', 'list']);
  assert.equal(state.listVersion, '');
});

test('backoff doubles to its cap, with full jitter', () => {
  let state = WATCHING;
  const delays: number[] = [];
  for (let attempt = 0; attempt < 8; attempt++) {
    const next = decide(state, watchFailed('network'), NOW, 1);
    state = next.state;
    delays.push(next.step.delayMs);
  }
  assert.deepEqual(delays, [800, 1_600, 3_200, 6_400, 12_800, 25_600, 30_000, 30_000]);
  assert.equal(step(state, watchFailed('network'), 0.5).delayMs, 15_000);
  assert.equal(step(state, watchFailed('network'), 0).delayMs, 100);
});

test('two healthy minutes reset the backoff', () => {
  const worn: PolicyState = { ...WATCHING, failures: 9, lastFailureAt: NOW - 120_000 };
  assert.equal(step(worn, watchFailed('network')).delayMs, 800);
  assert.equal(step({ ...worn, lastFailureAt: NOW - 119_999 }, watchFailed('network')).delayMs, 30_000);
});

test('Retry-After is the least that is waited', () => {
  assert.equal(step(WATCHING, watchFailed('too-many-requests', false, 45)).delayMs, 45_000);
  assert.equal(step(WATCHING, listFailed('unavailable', 0)).delayMs, 800);
});

for (const kind of ['forbidden', 'not-found', 'unauthorized'] as const) {
  test(`${kind} is asked again once a minute`, () => {
    assert.equal(step(INITIAL_STATE, listFailed(kind)).delayMs, 60_000);
    assert.equal(step(WATCHING, watchFailed(kind)).delayMs, 60_000);
  });
}

test('F10: watches that end at once back off to the cap, and are listed again in the end', () => {
  let state = WATCHING;
  const steps: Step[] = [];
  for (let attempt = 0; attempt < 10; attempt++) {
    const next = decide(state, ended(5, 0), NOW, 1);
    state = next.state;
    steps.push(next.step);
  }
  assert.equal(steps.at(-1)?.delayMs, 30_000);
  assert.deepEqual(
    steps.map(({ action }) => action),
    ['watch', 'watch', 'watch', 'watch', 'list', 'watch', 'watch', 'watch', 'watch', 'list'],
  );
});

test('short watches with events back off but are never listed again', () => {
  let state = WATCHING;
  for (let attempt = 0; attempt < 20; attempt++) {
    const next = decide(state, ended(50, 1), NOW, 1);
    state = next.state;
    assert.equal(next.step.action, 'watch');
    assert.ok(next.step.delayMs > 0);
  }
});

test('F3: silence resumes at the last version, after a moment', () => {
  const { state, step: next } = decide(WATCHING, { type: 'watch-silent', resourceVersion: '11' }, NOW, 1);
  assert.deepEqual(next, { action: 'watch', delayMs: 800 });
  assert.equal(state.watchVersion, '11');
});
