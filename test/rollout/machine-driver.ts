import assert from 'node:assert/strict';
import type { PlanItem, WaveKind } from '../../src/rollout/plan/plan.ts';
import type { PreflightReport } from '../../src/rollout/preflight/report.ts';
import type { Command, Decision, Gate, Reduction, RunEvent, SickPods } from '../../src/rollout/run/events.ts';
import type { RunLimits } from '../../src/rollout/run/limits.ts';
import { candidates, newRun, type RunState, reduce } from '../../src/rollout/run/machine.ts';
import type { ObservedPod, WorkloadObservation } from '../../src/rollout/run/observe.ts';
import type { Halt, RunPhase, StepState } from '../../src/rollout/run/run.ts';
import { oldPod, plan, pod, SWIFT, workload } from './fixtures.ts';

/** What this run's patches write. */
export const AT = '2026-11-21T19:30:16Z';
export const OPEN: Gate = { fresh: true, blocked: [], controlPlaneRestarts: new Map() };
export const BLIND: Gate = { ...OPEN, fresh: false };
export const FINE: PreflightReport = { findings: [], exclusions: [], probes: [] };

export interface Sight {
  readonly gate?: Partial<Gate>;
  /** By name of the workload; those in progress that are not named have not moved since their patch. */
  readonly pods?: Readonly<Record<string, WorkloadObservation>>;
  /** By name of the workload; those whose turn it is and that are not named are restarted. */
  readonly decisions?: Readonly<Record<string, Decision>>;
  readonly sick?: ReadonlyMap<string, SickPods>;
}

/** A workload all of whose pods are new and ready. */
export function finished({ key: { name, namespace, kind }, pods: count }: PlanItem): WorkloadObservation {
  return {
    workload: { ...workload(name, { restartedAt: AT, replicas: count, status: counted(count) }), namespace },
    pods: Array.from({ length: count }, (_, index) => pod(podName(kind, name, index), AT)),
  };
}

/** A workload whose first `fresh` pods are new and ready, and whose other pods are as they were. */
export function halfway(
  { key: { name, namespace, kind }, pods: count }: PlanItem,
  fresh = 0,
): WorkloadObservation {
  const pods = Array.from({ length: count }, (_, index) =>
    index < fresh ? pod(podName(kind, name, index), AT) : oldPod(`${name}-old-${index}`),
  );
  const status = { ...counted(count), updated: fresh };
  return { workload: { ...workload(name, { restartedAt: AT, replicas: count, status }), namespace }, pods };
}

/** As `halfway`, with one new pod that has this wrong with it. */
export function withPod(item: PlanItem, changes: Partial<ObservedPod>): WorkloadObservation {
  const seen = halfway(item);
  return { ...seen, pods: [...seen.pods.slice(1), pod(`${item.key.name}-new`, AT, changes)] };
}

function podName(_kind: string, name: string, index: number): string {
  return `${name}-new-${index}`;
}

function counted(count: number) {
  return { replicas: count, updated: count, ready: count, available: count };
}

export interface DriveOptions {
  readonly limits?: Partial<RunLimits>;
  readonly waves?: readonly WaveKind[];
  /** Instead of a new run. */
  readonly first?: Reduction<RunState>;
}

/** Drives the machine by hand: time stands still but for `at`, and everything it commands is kept. */
export function drive(items: readonly PlanItem[], options: DriveOptions = {}) {
  const made = plan(...items);
  const waves = made.waves.map((wave, index) => ({ ...wave, kind: options.waves?.[index] ?? wave.kind }));
  const limits = { ...SWIFT, ...options.limits };
  const who = { id: 'run-1', by: 'ann@test', reason: '', lock: 'held' } as const;
  const first = options.first ?? newRun({ ...who, plan: { ...made, waves }, limits }, 0);
  let { state } = first;
  const commands: Command[] = [...first.commands];
  let now = 0;

  const indexOf = (name: string): number => {
    const index = state.run.steps.findIndex(({ item }) => item.key.name === name);
    assert.ok(index >= 0, name);
    return index;
  };

  const driver = {
    commands,
    state: () => state,
    run: () => state.run,
    now: () => now,
    indexOf,
    send(event: RunEvent) {
      const reduction = reduce(state, event, now);
      state = reduction.state;
      commands.push(...reduction.commands);
      return driver;
    },
    at(seconds: number) {
      now = seconds;
      return driver;
    },
    phase: (): RunPhase['phase'] => state.run.phase.phase,
    status(name: string): StepState {
      const step = state.run.steps[indexOf(name)];
      assert.ok(step);
      return step.status;
    },
    states: () => state.run.steps.map(({ status }) => status.state),
    halt(): Halt {
      const { phase } = state.run;
      assert.ok(phase.phase === 'halted', `the run is ${phase.phase}`);
      return phase.halt;
    },
    /** Names of the workloads that were patched, in order. */
    patched: () => commands.flatMap((command) => (command.type === 'patch' ? [command.item.key.name] : [])),
    count: (type: Command['type']) => commands.filter((command) => command.type === type).length,
    /** Answers the preflight of the present wave. */
    preflight(report: Partial<PreflightReport> = {}) {
      const { phase } = state.run;
      const wave = phase.phase === 'preflight' ? phase.wave : -1;
      return driver.send({ type: 'preflighted', wave, report: { ...FINE, ...report } });
    },
    /** Looks at the cluster: whoever has the turn is decided on, and whoever is in progress is judged. */
    look({ gate = {}, pods = {}, decisions = {}, sick = new Map() }: Sight = {}) {
      const next = new Map<number, Decision>();
      for (const index of candidates(state, now)) {
        const step = state.run.steps[index];
        if (!step) continue;
        const restart = { decision: 'restart', item: step.item, restartedAt: AT } as const;
        next.set(index, decisions[step.item.key.name] ?? restart);
      }
      const active = new Map<number, WorkloadObservation>();
      for (const index of state.active.keys()) {
        const step = state.run.steps[index];
        if (step) active.set(index, pods[step.item.key.name] ?? halfway(step.item));
      }
      return driver.send({ type: 'observed', gate: { ...OPEN, ...gate }, active, next, sick });
    },
    /** Answers every patch that is on its way. */
    accept() {
      for (const [index, { status }] of state.run.steps.entries()) {
        if (status.state === 'patching') {
          driver.send({ type: 'patched', index, mark: { restartedAt: status.restartedAt, generation: 2 } });
        }
      }
      return driver;
    },
    refuse(
      name: string,
      kind: (RunEvent & { type: 'refused' })['kind'],
      message = 'no',
      retryAfterSeconds = 0,
    ) {
      return driver.send({ type: 'refused', index: indexOf(name), kind, message, retryAfterSeconds });
    },
    /** Lets the workloads whose turn it is start, and the server take their patches. */
    start: (sight: Sight = {}) => driver.look(sight).accept(),
    /** Shows these workloads finished, and nothing else new. */
    finish(...names: readonly string[]) {
      const entries = names.map((name) => {
        const step = state.run.steps[indexOf(name)];
        assert.ok(step);
        return [name, finished(step.item)] as const;
      });
      return driver.look({ pods: Object.fromEntries(entries) });
    },
  };
  return driver;
}

export type Driver = ReturnType<typeof drive>;
