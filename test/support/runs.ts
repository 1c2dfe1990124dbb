import type { Plan, PlanItem, Scope } from '../../src/rollout/plan/plan.ts';
import type { Rollout, Run, StepState } from '../../src/rollout/run/run.ts';
import { CURRENT, type SettableStore, storeOf } from './views.ts';

/** Hand-made plans and runs, and an engine that only remembers what it was asked. */

export function planItem(namespace: string, name: string, changes: Partial<PlanItem> = {}): PlanItem {
  return {
    key: { namespace, kind: 'Deployment', name },
    uid: `uid-${namespace}-${name}`,
    apiVersion: 'apps/v1',
    resourceVersion: '1',
    effect: { kind: 'upgrades', reason: `a restart injects ${CURRENT}` },
    risks: [],
    from: { 'edge-25.4.4': 3 },
    expected: { version: CURRENT, trustRootSha256: '' },
    pods: 3,
    deadlineSeconds: 600,
    ...changes,
  };
}

export function plan(changes: Partial<Plan> = {}): Plan {
  return {
    scopes: [],
    items: [],
    exclusions: [],
    blocked: [],
    controlPlaneVersion: CURRENT,
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
    startedAt: 0,
    phase: { phase: 'running' },
    steps: items.map((item, index) => ({ item, status: states[index] ?? { state: 'queued' } })),
    ...changes,
  };
}

export interface FakeRollout extends Rollout {
  readonly run: SettableStore<Run | undefined>;
  readonly asked: (readonly Scope[])[];
  readonly started: Plan[];
  stops: number;
}

/** An engine that plans by `planner`, and starts everything unless `refusal` says why not. */
export function fakeRollout(
  planner: (scopes: readonly Scope[]) => Plan = (scopes) => plan({ scopes }),
  refusal?: string,
): FakeRollout {
  const store = storeOf<Run | undefined>(undefined);
  const rollout: FakeRollout = {
    run: store,
    asked: [],
    started: [],
    stops: 0,
    plan(scopes) {
      rollout.asked.push(scopes);
      return planner(scopes);
    },
    start(chosen) {
      if (refusal !== undefined) return refusal;
      rollout.started.push(chosen);
      store.set(run(chosen.items, []));
      return undefined;
    },
    stop() {
      rollout.stops += 1;
    },
  };
  return rollout;
}
