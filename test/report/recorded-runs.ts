/** A journal written by hand: two waves, a wait, a halt, a night, and a second operator who finishes the run. */
import assert from 'node:assert/strict';
import type { JournalRecord, RecordedRun, RunRecord } from '../../src/rollout/journal/record.ts';
import { replay } from '../../src/rollout/journal/replay.ts';
import type { Plan, PlanItem } from '../../src/rollout/plan/plan.ts';
import { DEFAULT_LIMITS } from '../../src/rollout/run/limits.ts';
import type { Halt, RunPhase, StepState } from '../../src/rollout/run/run.ts';

export const OLD = 'edge-25.10.7';
export const NEW = 'edge-25.11.3';
/** 2026-11-21 09:00:00 UTC. */
export const START = Date.UTC(2026, 10, 21, 9) / 1000;
export const NIGHT = 12 * 3600;

export function planItem(
  namespace: string,
  name: string,
  wave: number,
  changes: Partial<PlanItem> = {},
): PlanItem {
  return {
    key: { namespace, kind: 'Deployment', name },
    uid: `uid-${namespace}-${name}`,
    apiVersion: 'apps/v1',
    resourceVersion: '100',
    templateHash: 'abc',
    method: 'restart',
    effect: { kind: 'upgrades', reason: `from ${OLD} to ${NEW}` },
    reasons: [{ kind: 'lag', text: `3 proxies run ${OLD}` }],
    risks: [],
    from: { [OLD]: 3 },
    expected: { version: NEW, trustRootSha256: '' },
    pods: 3,
    kept: 0,
    rounds: 3,
    wave,
    deadlineSeconds: 600,
    ...changes,
  };
}

export function plan(items: readonly PlanItem[], changes: Partial<Plan> = {}): Plan {
  const waves = [...new Set(items.map(({ wave }) => wave))].map((wave) =>
    wave === 0
      ? ({ kind: 'canary', title: 'canary' } as const)
      : ({ kind: 'namespaces', title: `namespaces ${wave}` } as const),
  );
  return {
    scopes: [{ namespace: 'books' }],
    options: {},
    items,
    waves,
    exclusions: [],
    blocked: [],
    controlPlaneVersion: NEW,
    ...changes,
  };
}

export function header(from: Plan, changes: Partial<RunRecord> = {}): RunRecord {
  return {
    type: 'run',
    version: 1,
    at: START,
    id: '1a2b3c4d',
    cluster: { uid: 'uid-of-kube-system', server: 'https://10.0.0.1:6443', context: 'prod-eu-1' },
    by: 'ann@laptop',
    reason: 'CVE-2026-1234',
    program: '0.2.0',
    plan: from,
    limits: DEFAULT_LIMITS,
    locked: true,
    ...changes,
  };
}

/** The run that these records tell of, as it is read back from its journal. */
export function recorded(records: readonly JournalRecord[], cut = ''): RecordedRun {
  const read = replay(`${records.map((record) => `${JSON.stringify(record)}\n`).join('')}${cut}`);
  assert.ok(read.replay === 'run', JSON.stringify(read));
  return read.run;
}

export function step(at: number, index: number, item: PlanItem, status: StepState): JournalRecord {
  return { type: 'step', at: START + at, index, item, status };
}

export function phase(at: number, value: RunPhase): JournalRecord {
  return { type: 'phase', at: START + at, phase: value };
}

/** The records of a restart that takes its pods 20 seconds and is watched for 5. */
export function restart(
  at: number,
  index: number,
  item: PlanItem,
  token = `T${at}`,
): readonly JournalRecord[] {
  const since = START + at;
  const mark = { restartedAt: token, generation: 2 };
  const progress = { proven: 0, wanted: 3, old: 3, waitingFor: 'pods to start' };
  return [
    step(at, index, item, { state: 'patching', since, restartedAt: token }),
    step(at + 1, index, item, { state: 'rolling', since, mark, progress }),
    step(at + 21, index, item, { state: 'soaking', since: since + 21, until: since + 26, mark, pods: 3 }),
    step(at + 26, index, item, { state: 'done', since, at: since + 26, pods: 3 }),
  ];
}

export const halt: Halt = {
  at: START + 130,
  scope: 'wave',
  cause: 'crash-loop',
  workload: { namespace: 'books', kind: 'Deployment', name: 'api' },
  pod: 'api-7d9-x2x',
  container: 'api',
  reason: 'container api of pod api-7d9-x2x crashes again and again',
  details: ['BackOff: restarting failed container'],
  serving: '2 of 3 wanted pods are ready and serving',
  nextSteps: ['kubectl logs api-7d9-x2x -c api -n books --previous'],
};

export const items = {
  web: planItem('books', 'web', 0),
  api: planItem('books', 'api', 1, { risks: [{ kind: 'single-replica', text: 'it has one replica' }] }),
  db: planItem('books', 'db', 1, {
    key: { namespace: 'books', kind: 'StatefulSet', name: 'db' },
    pods: 2,
    kept: 1,
    from: { [OLD]: 3 },
  }),
  gone: planItem('books', 'gone', 1),
} as const;

export function twoDayRun(): RecordedRun {
  const { web, api, db, gone } = items;
  const all = plan([web, api, db, gone], {
    exclusions: [
      {
        key: { namespace: 'books', kind: 'Job', name: 'once' },
        effect: { kind: 'unsupported', reason: 'a Job cannot be restarted' },
        reason: 'a Job is never restarted: it ends with the proxy it has',
        command: '',
      },
    ],
  });
  const day2 = 130 + NIGHT;
  const failed = {
    state: 'failed',
    at: START + 130,
    cause: 'crash-loop',
    reason: halt.reason,
    acknowledged: false,
  } as const;
  return recorded([
    header(all),
    { type: 'warning', at: START + 4, text: 'the injector has one replica | and policy Ignore' },
    phase(4, { phase: 'running', wave: 0 }),
    step(4, 0, web, { state: 'queued', waitingFor: 'pod starts of the last minute' }),
    ...restart(14, 0, web),
    phase(40, { phase: 'soaking', wave: 0, since: START + 40, until: START + 100 }),
    phase(100, { phase: 'preflight', wave: 1, since: START + 100, retryAt: START + 100, waitingFor: '' }),
    phase(104, { phase: 'running', wave: 1 }),
    ...restart(104, 1, api, 'first').slice(0, 2),
    step(130, 1, api, failed),
    phase(130, { phase: 'halted', wave: 1, halt: { ...halt, details: [] } }),
    phase(131, { phase: 'halted', wave: 1, halt }),
    {
      type: 'resumed',
      at: START + day2,
      by: 'bob@desk',
      limits: { ...DEFAULT_LIMITS, maxParallel: 2 },
      locked: false,
    },
    step(day2, 1, api, { ...failed, acknowledged: true }),
    phase(day2 + 1, { phase: 'running', wave: 1 }),
    step(day2 + 2, 1, api, { state: 'queued' }),
    ...restart(day2 + 2, 1, api, 'second'),
    ...restart(day2 + 3, 2, db, 'third').slice(0, 3),
    step(day2 + 29, 2, db, {
      state: 'partial',
      since: START + day2 + 3,
      at: START + day2 + 29,
      pods: 2,
      kept: 1,
    }),
    step(day2 + 30, 3, gone, { state: 'dropped', at: START + day2 + 30, reason: 'it was scaled to zero' }),
    phase(day2 + 31, { phase: 'done', at: START + day2 + 31 }),
  ]);
}
