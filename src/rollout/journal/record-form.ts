/** The forms of everything that a journal holds, held against the types by the compiler. */

import type { WorkloadKey } from '../../mesh/view.ts';
import {
  count,
  exactly,
  type Form,
  figure,
  listOf,
  object,
  oneOf,
  optional,
  text,
  truth,
  variants,
} from '../form.ts';
import type { Exclusion, Plan, PlanItem } from '../plan/plan.ts';
import {
  effectForm,
  methodForm,
  optionsForm,
  reasonForm,
  riskForm,
  scopeForm,
  versionsForm,
  waveForm,
} from '../plan/plan-form.ts';
import type { RunLimits } from '../run/limits.ts';
import type { FailureCause, Halt, PatchMark, Progress, RunPhase, StepState } from '../run/run.ts';
import type {
  JournalRecord,
  PhaseRecord,
  ResumeRecord,
  RunRecord,
  StepRecord,
  WarningRecord,
} from './record.ts';

const workloadKey = object<WorkloadKey>({ namespace: text, kind: text, name: text });

const planItem = object<PlanItem>({
  key: workloadKey,
  uid: text,
  apiVersion: text,
  resourceVersion: text,
  templateHash: text,
  method: methodForm,
  effect: effectForm,
  reasons: listOf(reasonForm),
  risks: listOf(riskForm),
  from: versionsForm,
  expected: object<PlanItem['expected']>({ version: text, trustRootSha256: text }),
  pods: count,
  kept: count,
  rounds: figure,
  wave: count,
  deadlineSeconds: figure,
});

const plan = object<Plan>({
  scopes: listOf(scopeForm),
  options: optionsForm,
  items: listOf(planItem),
  waves: listOf(waveForm),
  exclusions: listOf(
    object<Exclusion>({ key: workloadKey, effect: effectForm, reason: text, command: text }),
  ),
  blocked: listOf(text),
  controlPlaneVersion: text,
});

const limits = object<RunLimits>({
  maxParallel: count,
  perNamespace: count,
  startsPerMinute: figure,
  soakSeconds: figure,
  workloadSoakSeconds: figure,
  deadlineSeconds: optional(figure),
  failureBudget: count,
});

const cause = oneOf<FailureCause>({
  'no-proxy': true,
  'wrong-proxy': true,
  injector: true,
  'image-pull': true,
  'control-plane': true,
  lock: true,
  journal: true,
  preflight: true,
  'crash-loop': true,
  rejected: true,
  unschedulable: true,
  deadline: true,
  interference: true,
  changed: true,
  refused: true,
  namespace: true,
});

const mark = object<PatchMark>({ restartedAt: text, generation: figure });
const progress = object<Progress>({ proven: count, wanted: count, old: count, waitingFor: text });

type StepOf<S extends StepState['state']> = Extract<StepState, { readonly state: S }>;

const status = variants<StepState, 'state'>('state', {
  queued: object<StepOf<'queued'>>({ state: exactly('queued'), waitingFor: optional(text) }),
  patching: object<StepOf<'patching'>>({ state: exactly('patching'), since: figure, restartedAt: text }),
  rolling: object<StepOf<'rolling'>>({ state: exactly('rolling'), since: figure, mark, progress }),
  soaking: object<StepOf<'soaking'>>({
    state: exactly('soaking'),
    since: figure,
    until: figure,
    mark,
    pods: count,
  }),
  done: object<StepOf<'done'>>({ state: exactly('done'), since: figure, at: figure, pods: count }),
  partial: object<StepOf<'partial'>>({
    state: exactly('partial'),
    since: figure,
    at: figure,
    pods: count,
    kept: count,
  }),
  dropped: object<StepOf<'dropped'>>({ state: exactly('dropped'), at: figure, reason: text }),
  skipped: object<StepOf<'skipped'>>({ state: exactly('skipped'), at: figure, reason: text }),
  failed: object<StepOf<'failed'>>({
    state: exactly('failed'),
    at: figure,
    cause,
    reason: text,
    acknowledged: truth,
  }),
});

const halt = object<Halt>({
  at: figure,
  scope: oneOf<Halt['scope']>({ run: true, wave: true }),
  cause,
  workload: optional(workloadKey),
  pod: text,
  container: text,
  reason: text,
  details: listOf(text),
  serving: text,
  nextSteps: listOf(text),
});

type PhaseOf<P extends RunPhase['phase']> = Extract<RunPhase, { readonly phase: P }>;

const phase = variants<RunPhase, 'phase'>('phase', {
  preflight: object<PhaseOf<'preflight'>>({
    phase: exactly('preflight'),
    wave: count,
    since: figure,
    retryAt: figure,
    waitingFor: text,
  }),
  running: object<PhaseOf<'running'>>({ phase: exactly('running'), wave: count, waitingFor: optional(text) }),
  soaking: object<PhaseOf<'soaking'>>({
    phase: exactly('soaking'),
    wave: count,
    since: figure,
    until: figure,
  }),
  paused: object<PhaseOf<'paused'>>({ phase: exactly('paused'), wave: count, since: figure }),
  halted: object<PhaseOf<'halted'>>({ phase: exactly('halted'), wave: count, halt }),
  aborting: object<PhaseOf<'aborting'>>({ phase: exactly('aborting'), wave: count, since: figure }),
  aborted: object<PhaseOf<'aborted'>>({ phase: exactly('aborted'), at: figure }),
  done: object<PhaseOf<'done'>>({ phase: exactly('done'), at: figure }),
});

/** Any line of a journal. */
export const journalRecord: Form<JournalRecord> = variants<JournalRecord, 'type'>('type', {
  run: object<RunRecord>({
    type: exactly('run'),
    version: exactly(1),
    at: figure,
    id: text,
    cluster: object<RunRecord['cluster']>({ uid: text, server: text, context: text }),
    by: text,
    reason: text,
    program: text,
    plan,
    limits,
    locked: truth,
  }),
  step: object<StepRecord>({ type: exactly('step'), at: figure, index: count, item: planItem, status }),
  phase: object<PhaseRecord>({ type: exactly('phase'), at: figure, phase }),
  warning: object<WarningRecord>({ type: exactly('warning'), at: figure, text }),
  resumed: object<ResumeRecord>({ type: exactly('resumed'), at: figure, by: text, limits, locked: truth }),
});
