import type { RecordedRun } from '../../src/rollout/journal/record.ts';
import type { LockHolder } from '../../src/rollout/lock/lock.ts';
import type { Plan, PlanItem, PlanOptions, Scope } from '../../src/rollout/plan/plan.ts';
import type { PreflightReport } from '../../src/rollout/preflight/report.ts';
import type { Rollout, StartOptions, StartOutcome } from '../../src/rollout/rollout.ts';
import { DEFAULT_LIMITS } from '../../src/rollout/run/limits.ts';
import type { Halt, OperatorAction, PatchMark, Run, StepState } from '../../src/rollout/run/run.ts';
import { CURRENT, type SettableStore, storeOf } from './views.ts';

/** Hand-made plans and runs, and an engine that only remembers what it was asked. */

export function planItem(namespace: string, name: string, changes: Partial<PlanItem> = {}): PlanItem {
  return {
    key: { namespace, kind: 'Deployment', name },
    uid: `uid-${namespace}-${name}`,
    apiVersion: 'apps/v1',
    resourceVersion: '1',
    templateHash: 'f00d',
    method: 'restart',
    effect: { kind: 'upgrades', reason: `a restart injects ${CURRENT}` },
    reasons: [{ kind: 'lag', text: '3 of 3 proxies are behind' }],
    risks: [],
    from: { 'edge-25.4.4': 3 },
    expected: { version: CURRENT, trustRootSha256: '' },
    pods: 3,
    kept: 0,
    rounds: 1,
    wave: 0,
    deadlineSeconds: 600,
    ...changes,
  };
}

/** A plan; its waves follow from the items unless they are given. */
export function plan(changes: Partial<Plan> = {}): Plan {
  const { items = [] } = changes;
  const waves = Math.max(0, ...items.map(({ wave }) => wave + 1));
  return {
    scopes: [],
    options: {},
    items,
    waves: Array.from({ length: waves }, (_, index) => ({ kind: 'namespaces', title: `part ${index + 1}` })),
    exclusions: [],
    blocked: [],
    controlPlaneVersion: CURRENT,
    ...changes,
  };
}

/** How a patch of the made-up run is known again. */
export const mark: PatchMark = { restartedAt: '2026-11-21T23:00:00Z', generation: 2 };

export function halt(changes: Partial<Halt> = {}): Halt {
  return {
    at: 960,
    scope: 'wave',
    cause: 'crash-loop',
    workload: undefined,
    pod: '',
    container: '',
    reason: 'a new pod crashes',
    details: [],
    serving: '',
    nextSteps: [],
    ...changes,
  };
}

/** A run of `items` whose steps stand at `states`; steps beyond those are queued. */
export function run(
  items: readonly PlanItem[],
  states: readonly StepState[],
  changes: Partial<Run> = {},
): Run {
  return {
    id: 'run-1',
    plan: plan({ items }),
    limits: DEFAULT_LIMITS,
    by: 'anna@laptop',
    reason: '',
    startedAt: 0,
    phase: { phase: 'running', wave: 0 },
    steps: items.map((item, index) => ({ item, status: states[index] ?? { state: 'queued' } })),
    startsPerMinute: 15,
    lock: 'held',
    warnings: [],
    ...changes,
  };
}

/** What the journal of `run` tells of it, written until `at`. */
export function recorded(current: Run, at: number): RecordedRun {
  const { id, by, reason, plan: reviewed, limits, startedAt, phase, steps } = current;
  return {
    header: {
      type: 'run',
      version: 1,
      at: startedAt,
      id,
      cluster: { uid: 'cluster-1', server: 'https://127.0.0.1:6443', context: 'prod-eu-1' },
      by,
      reason,
      program: '0.0.0',
      plan: reviewed,
      limits,
      locked: true,
    },
    limits,
    steps,
    phase,
    warnings: current.warnings,
    history: [{ type: 'phase', at, phase }],
    truncated: false,
  };
}

export function lockHolder(changes: Partial<LockHolder> = {}): LockHolder {
  return {
    holder: 'ben@desk/run-0',
    run: 'run-0',
    acquiredAt: 400,
    unchangedSeconds: 3,
    stale: false,
    ...changes,
  };
}

/** Nothing stands against it. */
export const clean: PreflightReport = { findings: [], exclusions: [], probes: [] };

/** How a session of the tests carries out its runs. */
export const startOptions: StartOptions = {
  limits: DEFAULT_LIMITS,
  by: 'anna@laptop',
  reason: '',
  lock: 'required',
  probe: true,
};

/** An answer of the engine: now, later, or an error that it throws. */
type Answer<T> = T | Promise<T> | Error;

async function given<T extends object>(answer: Answer<T>): Promise<T> {
  if (answer instanceof Error) throw answer;
  return answer;
}

export interface FakeRollout extends Rollout {
  readonly run: SettableStore<Run | undefined>;
  readonly asked: { readonly scopes: readonly Scope[]; readonly options: PlanOptions | undefined }[];
  /** Plans whose start went through. */
  readonly started: Plan[];
  /** Runs that were taken up. */
  readonly resumed: RecordedRun[];
  /** How each start and resumption was asked for, those that were refused too. */
  readonly attempts: Pick<StartOptions, 'lock' | 'limits'>[];
  readonly acts: OperatorAction[];
  readonly probes: boolean[];
  leaves: number;
  /** Answers of the next starts, in order; everything starts once they are used up. */
  readonly outcomes: Answer<StartOutcome>[];
  /** What preflights find. */
  found: Answer<PreflightReport>;
}

/** An engine that plans by `planner`. */
export function fakeRollout(
  planner: (scopes: readonly Scope[]) => Plan = (scopes) => plan({ scopes }),
  ...outcomes: readonly Answer<StartOutcome>[]
): FakeRollout {
  const store = storeOf<Run | undefined>(undefined);
  const rollout: FakeRollout = {
    run: store,
    asked: [],
    started: [],
    resumed: [],
    attempts: [],
    acts: [],
    probes: [],
    leaves: 0,
    outcomes: [...outcomes],
    found: clean,
    plan(scopes, options) {
      rollout.asked.push({ scopes, options });
      return planner(scopes);
    },
    async preflight(_, { probe }) {
      rollout.probes.push(probe);
      return given(rollout.found);
    },
    async start(chosen, { lock, limits }) {
      rollout.attempts.push({ lock, limits });
      const outcome: StartOutcome = await given<StartOutcome>(
        rollout.outcomes.shift() ?? { outcome: 'started' },
      );
      if (outcome.outcome !== 'started') return outcome;
      rollout.started.push(chosen);
      store.set(run(chosen.items, [], { plan: chosen, limits }));
      return outcome;
    },
    async resume(old, { lock, limits }) {
      rollout.attempts.push({ lock, limits });
      const outcome: StartOutcome = await given<StartOutcome>(
        rollout.outcomes.shift() ?? { outcome: 'started' },
      );
      if (outcome.outcome !== 'started') return outcome;
      rollout.resumed.push(old);
      const { header, steps } = old;
      store.set(
        run(
          steps.map(({ item }) => item),
          steps.map(({ status }) => status),
          { id: header.id, plan: header.plan, limits },
        ),
      );
      return outcome;
    },
    act(action) {
      rollout.acts.push(action);
    },
    async leave() {
      rollout.leaves += 1;
    },
  };
  return rollout;
}
