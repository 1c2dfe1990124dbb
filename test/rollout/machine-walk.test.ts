/** Random walks of the machine, held against the table that docs/rollout.md shows and against what must always hold. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import type { PlanItem } from '../../src/rollout/plan/plan.ts';
import type { Decision, RefusalKind, RunEvent, SickPods } from '../../src/rollout/run/events.ts';
import { ended } from '../../src/rollout/run/machine.ts';
import type { WorkloadObservation } from '../../src/rollout/run/observe.ts';
import type { PhaseName } from '../../src/rollout/run/run.ts';
import { isInProgress } from '../../src/rollout/run/state.ts';
import { transitions, transitionsMarkdown } from '../../src/rollout/run/transitions.ts';
import { type Random, seededRandom } from '../support/seeded-random.ts';
import { item, pod, trouble } from './fixtures.ts';
import { AT, type Driver, drive, FINE, finished, halfway, withPod } from './machine-driver.ts';

const WALKS = 5000;
const STEPS = 80;

function randomItems(random: Random): readonly PlanItem[] {
  const waves = 1 + random.below(3);
  return Array.from({ length: waves + random.below(4) }, (_, index) => {
    const name = `w${index}`;
    const namespace = random.pick(['x', 'y', 'z']);
    return item(name, {
      key: { namespace, kind: 'Deployment', name },
      wave: Math.min(index, waves - 1),
      pods: 1 + random.below(4),
      method: random.chance(0.2) ? 'evict' : 'restart',
    });
  });
}

/** How a walk goes: in some nothing ever moves, in some things go wrong more often. */
interface Mood {
  readonly still: boolean;
  readonly grim: boolean;
}

function randomSight(one: PlanItem, random: Random, { still }: Mood): WorkloadObservation {
  if (still && random.chance(0.95)) {
    return halfway(one);
  }
  switch (random.below(12)) {
    case 0:
      return withPod(one, { trouble: trouble('container app: CrashLoopBackOff') });
    case 1:
      return random.chance(0.3) ? withPod(one, { proxy: undefined }) : halfway(one, 1);
    case 2:
      return { workload: undefined, pods: [] };
    case 3:
    case 4:
      return halfway(one, random.below(one.pods + 1));
    case 5:
      return { ...halfway(one), pods: [pod(`${one.key.name}-x`, AT, { ready: false, waitingFor: 'it' })] };
    default:
      return finished(one);
  }
}

function randomDecision(one: PlanItem, random: Random): Decision {
  switch (random.below(12)) {
    case 0:
      return { decision: 'drop', reason: 'current' };
    case 1:
      return { decision: 'wait', reason: 'in motion' };
    case 2:
      return random.chance(0.2)
        ? { decision: 'refuse', reason: 'changed' }
        : { decision: 'wait', reason: 'in motion' };
    default:
      return { decision: 'restart', item: one, restartedAt: AT };
  }
}

function look(run: Driver, random: Random, mood: Mood): void {
  const all = run.run().steps.map(({ item: one }) => one);
  const of = <T>(make: (one: PlanItem) => T) =>
    Object.fromEntries(all.map((one) => [one.key.name, make(one)]));
  const sick = new Map<string, SickPods>(
    random.chance(0.1) ? [['x', new Map([[`p${random.below(2)}`, 'pod is sick']])]] : [],
  );
  run.look({
    gate: {
      fresh: random.chance(0.95),
      blocked: random.chance(0.01) ? ['the proxy injector is down'] : [],
      controlPlaneRestarts: new Map([['destination', random.chance(0.02) ? random.below(3) : 0]]),
    },
    pods: of((one) => randomSight(one, random, mood)),
    decisions: of((one) => randomDecision(one, random)),
    sick,
  });
}

function randomEvent(run: Driver, random: Random, { grim }: Mood): RunEvent {
  const { steps } = run.run();
  const busy = steps.flatMap(({ status }, index) => (isInProgress(status) ? [index] : []));
  const index = busy.length > 0 && random.chance(0.9) ? random.pick(busy) : random.below(steps.length);
  const status = steps[index]?.status;
  const wave = random.below(3);
  const phase = run.run().phase;
  const at = 'wave' in phase && random.chance(0.9) ? phase.wave : wave;
  const standing = [...run.state().active].find(([, { movedAt, askedAbout }]) => movedAt === askedAbout);
  if (standing && random.chance(0.2)) {
    return { type: 'explained', index: standing[0], details: ['FailedCreate: exceeded quota'] };
  }
  const queued = steps.findIndex((step) => step.status.state === 'queued');
  if (phase.phase === 'soaking' && queued >= 0 && random.chance(0.5)) {
    return { type: 'skip', index: queued };
  }
  switch (random.below(14)) {
    case 0:
      return { type: 'preflight-failed', wave: at, message: 'no answer' };
    case 1:
    case 2: {
      const one = random.pick(steps).item;
      const exclusions = random.chance(0.2) ? [{ key: one.key, reason: 'forbidden' }] : [];
      const blocker = { check: 'target', severity: 'blocker', text: 'another version' } as const;
      const findings = random.chance(0.05) ? [blocker] : [];
      return { type: 'preflighted', wave: at, report: { ...FINE, exclusions, findings } };
    }
    case 3:
    case 4:
    case 5: {
      const restartedAt = status?.state === 'patching' ? status.restartedAt : AT;
      return { type: 'patched', index, mark: { restartedAt, generation: 2 } };
    }
    case 6: {
      const kinds: readonly RefusalKind[] = ['conflict', 'busy', 'unanswered', 'gone', 'webhook', 'refused'];
      const kind = random.pick(kinds);
      return { type: 'refused', index, kind, message: 'no', retryAfterSeconds: random.below(3) };
    }
    case 7: {
      const name = run.state().active.get(index)?.evicting ?? 'nobody';
      const kind = random.pick(['evicted', 'evicted', 'budget', 'busy', 'gone', 'refused'] as const);
      return { type: 'evicted', index, pod: name, kind, message: 'so' };
    }
    case 8:
      return {
        type: 'explained',
        index,
        details: [random.pick(['FailedCreate: quota', 'Unhealthy: probe'])],
      };
    case 9:
      return random.chance(grim ? 0.3 : 0.02) ? { type: 'lock-lost', reason: 'stolen' } : { type: 'proceed' };
    case 10:
      return random.chance(grim ? 0.3 : 0.02)
        ? { type: 'journal-failed', message: 'full' }
        : { type: 'proceed' };
    case 11:
      return random.chance(grim ? 0.4 : 0.15) ? { type: 'abort' } : { type: 'pause' };
    case 12:
      return { type: 'retry', index: random.below(steps.length) };
    default:
      return random.chance(0.3) ? { type: 'skip', index: random.below(steps.length) } : { type: 'proceed' };
  }
}

/** What must hold after each event, whatever it was. */
function assertInvariants(run: Driver, before: Snapshot, seed: number): void {
  const { steps, limits, phase } = run.run();
  const where = `seed ${seed}, ${phase.phase}`;
  const active = steps.flatMap(({ status }, index) => (isInProgress(status) ? [index] : []));
  assert.deepEqual(
    [...run.state().active.keys()].sort(),
    active.sort(),
    `${where}: what is in progress is known`,
  );
  assert.ok(active.length <= limits.maxParallel, `${where}: ${active.length} at once`);
  const namespaces = active.map((index) => steps[index]?.item.key.namespace);
  for (const namespace of namespaces) {
    const together = namespaces.filter((other) => other === namespace).length;
    assert.ok(together <= limits.perNamespace, `${where}: ${together} in namespace ${namespace}`);
  }
  const news = run.commands.slice(before.commands);
  const writes = news.filter(({ type }) => type === 'patch' || type === 'evict');
  assert.ok(writes.length === 0 || before.phase === 'running', `${where}: a write while ${before.phase}`);
  assert.ok(writes.length === 0 || run.run().lock === 'held', `${where}: a write without the lock`);
  assert.ok(phase.phase !== 'done' || active.length === 0, `${where}: done while something moves`);
  if (before.isOver) assert.equal(run.run(), before.run, `${where}: an ended run changed`);
}

interface Snapshot {
  readonly run: ReturnType<Driver['run']>;
  readonly phase: PhaseName;
  readonly commands: number;
  readonly isOver: boolean;
}

const snapshot = (run: Driver): Snapshot => ({
  run: run.run(),
  phase: run.phase(),
  commands: run.commands.length,
  isOver: ended(run.run()),
});

test('random walks never leave the table, reach all of it, and keep what must always hold', () => {
  const reached = new Map<string, Set<PhaseName>>();
  for (let seed = 1; seed <= WALKS; seed++) {
    const random = seededRandom(seed);
    const limits = {
      maxParallel: 1 + random.below(3),
      perNamespace: 1 + random.below(2),
      startsPerMinute: random.pick([4, 40, 10_000]),
      soakSeconds: random.pick([0, 20, 200]),
      workloadSoakSeconds: random.pick([0, 5]),
      failureBudget: random.below(3),
    };
    const mood = { still: random.chance(0.2), grim: random.chance(0.3) };
    const run = drive(randomItems(random), { limits });
    const accepted = new Map<number, number>();
    const allowed = new Map<number, number>();
    for (let step = 0; step < STEPS; step++) {
      run.at(run.now() + random.pick([0, 0, 1, 5, 35]));
      const before = snapshot(run);
      const event = random.chance(0.6) ? undefined : randomEvent(run, random, mood);
      const index = event && 'index' in event ? event.index : -1;
      const status = before.run.steps[index]?.status.state;
      if (event) run.send(event);
      else look(run, random, mood);
      assertInvariants(run, before, seed);
      const now = run.run().steps[index]?.status.state;
      if (event?.type === 'patched' && status === 'patching' && now === 'rolling') {
        accepted.set(index, (accepted.get(index) ?? 0) + 1);
      }
      if (event?.type === 'retry' && status !== 'queued' && now === 'queued') {
        allowed.set(index, (allowed.get(index) ?? 0) + 1);
      }
      const key = `${before.phase} ${event?.type ?? 'observed'}`;
      reached.set(key, (reached.get(key) ?? new Set()).add(run.phase()));
    }
    for (const [index, times] of accepted) {
      assert.ok(
        times <= 1 + (allowed.get(index) ?? 0),
        `seed ${seed}: step ${index} was patched ${times} times`,
      );
    }
  }
  const order = Object.keys(transitions);
  const table = Object.entries(transitions).flatMap(([phase, row]) =>
    Object.entries(row).map(([event, next]) => [`${phase} ${event}`, next.join(', ')]),
  );
  const walked = [...reached].map(([key, next]) => [
    key,
    [...next].sort((a, b) => order.indexOf(a) - order.indexOf(b)).join(', '),
  ]);
  assert.deepEqual(Object.fromEntries(walked), Object.fromEntries(table));
});

test('docs/rollout.md shows the table that the machine is held to', async () => {
  const docs = await readFile(new URL('../../docs/rollout.md', import.meta.url), 'utf8');
  const written = /<!-- transitions -->\n\n([\s\S]*?)\n\n<!-- end of transitions -->/.exec(docs)?.[1];
  assert.equal(`${written}\n`, transitionsMarkdown());
});
