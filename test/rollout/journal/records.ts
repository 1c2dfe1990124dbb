import type {
  JournalRecord,
  PhaseRecord,
  RunRecord,
  StepRecord,
} from '../../../src/rollout/journal/record.ts';
import type { PlanItem } from '../../../src/rollout/plan/plan.ts';
import { DEFAULT_LIMITS } from '../../../src/rollout/run/limits.ts';
import type { RunPhase, StepState } from '../../../src/rollout/run/run.ts';

export const BEGAN = Date.UTC(2026, 4, 1, 12) / 1000;

export function item(name: string, fields: Partial<PlanItem> = {}): PlanItem {
  return {
    key: { namespace: 'shop', kind: 'Deployment', name },
    uid: `uid-${name}`,
    apiVersion: 'apps/v1',
    resourceVersion: '41',
    templateHash: 'beef',
    method: 'restart',
    effect: { kind: 'upgrades', reason: 'edge-25.10.7 to edge-25.11.3' },
    reasons: [{ kind: 'lag', text: '2 of 2 proxies lag' }],
    risks: [{ kind: 'single-replica', text: 'one replica' }],
    from: { 'edge-25.10.7': 2 },
    expected: { version: 'edge-25.11.3', trustRootSha256: 'cafe' },
    pods: 2,
    kept: 0,
    rounds: 1,
    wave: 0,
    deadlineSeconds: 600,
    ...fields,
  };
}

export function header(
  fields: Partial<RunRecord> = {},
  names: readonly string[] = ['web', 'api'],
): RunRecord {
  return {
    type: 'run',
    version: 1,
    at: BEGAN,
    id: 'run-1',
    cluster: { uid: 'cluster-1', server: 'https://10.0.0.1:6443', context: 'prod' },
    by: 'anna@desk',
    reason: 'CHG-17',
    program: '0.1.0',
    plan: {
      scopes: [{ namespace: 'shop' }, { namespace: 'shop', workload: { kind: 'Deployment', name: 'web' } }],
      options: { meshes: true, order: 'derived' },
      items: names.map((name) => item(name)),
      waves: [{ kind: 'canary', title: 'canary' }],
      exclusions: [
        {
          key: { namespace: 'shop', kind: 'Job', name: 'once' },
          effect: { kind: 'unsupported', reason: 'a Job' },
          reason: 'Jobs are not restarted',
          command: '',
        },
      ],
      blocked: [],
      controlPlaneVersion: 'edge-25.11.3',
    },
    limits: DEFAULT_LIMITS,
    locked: true,
    ...fields,
  };
}

export function step(index: number, status: StepState, name = 'web', at = BEGAN + 10): StepRecord {
  return { type: 'step', at, index, item: item(name), status };
}

export function phase(of: RunPhase, at = BEGAN + 10): PhaseRecord {
  return { type: 'phase', at, phase: of };
}

const mark = { restartedAt: '2026-05-01T12:00:00Z', generation: 4 };

/** One of each state. */
export const states: readonly StepState[] = [
  { state: 'queued' },
  { state: 'queued', waitingFor: 'a free place' },
  { state: 'patching', since: BEGAN, restartedAt: mark.restartedAt },
  {
    state: 'rolling',
    since: BEGAN,
    mark,
    progress: { proven: 1, wanted: 2, old: 1, waitingFor: 'web-2 to be ready' },
  },
  { state: 'soaking', since: BEGAN, until: BEGAN + 5, mark, pods: 2 },
  { state: 'done', since: BEGAN, at: BEGAN + 30, pods: 2 },
  { state: 'partial', since: BEGAN, at: BEGAN + 30, pods: 1, kept: 1 },
  { state: 'dropped', at: BEGAN, reason: 'deleted' },
  { state: 'skipped', at: BEGAN, reason: 'left out' },
  { state: 'failed', at: BEGAN, cause: 'crash-loop', reason: 'it crashes', acknowledged: false },
];

/** One of each phase. */
export const phases: readonly RunPhase[] = [
  { phase: 'preflight', wave: 0, since: BEGAN, retryAt: BEGAN, waitingFor: 'the server' },
  { phase: 'running', wave: 0 },
  { phase: 'soaking', wave: 0, since: BEGAN, until: BEGAN + 60 },
  { phase: 'paused', wave: 0, since: BEGAN },
  {
    phase: 'halted',
    wave: 0,
    halt: {
      at: BEGAN,
      scope: 'wave',
      cause: 'crash-loop',
      workload: { namespace: 'shop', kind: 'Deployment', name: 'web' },
      pod: 'web-1',
      container: 'app',
      reason: 'CrashLoopBackOff',
      details: ['Back-off restarting failed container'],
      serving: '1 of 2 pods',
      nextSteps: ['kubectl logs -n shop web-1'],
    },
  },
  { phase: 'aborting', wave: 0, since: BEGAN },
  { phase: 'aborted', at: BEGAN },
  { phase: 'done', at: BEGAN },
];

export function journalOf(...records: readonly JournalRecord[]): string {
  return records.map((record) => `${JSON.stringify(record)}\n`).join('');
}
