/** The forms of the parts of a plan as parsed JSON or YAML, held against the types by the compiler. */
import { clean } from '../../kube/clean.ts';
import type { Effect, EffectKind, Risk, RiskKind } from '../../mesh/view.ts';
import { count, type Form, form, mapOf, object, oneOf, optional, truth } from '../form.ts';
import type { Method, PlanOptions, Reason, ReasonKind, Scope, Wave, WaveKind } from './plan.ts';

const counts = mapOf(count);

/** A text that may be shown: whoever wrote the file, no escape sequence reaches a terminal. */
export const shownText: Form<string> = form((value, at) => {
  if (typeof value !== 'string') return `${at} is not a text`;
  return clean(value) === value ? '' : `${at} holds control or invisible characters`;
});

/** A text that may not be ''. */
export const someText: Form<string> = form((value, at) =>
  value === '' ? `${at} is empty` : shownText.problem(value, at),
);

export const effectForm: Form<Effect> = object<Effect>({
  kind: oneOf<EffectKind>({
    upgrades: true,
    downgrades: true,
    renews: true,
    nothing: true,
    pinned: true,
    static: true,
    unmeshes: true,
    meshes: true,
    unsupported: true,
    unknown: true,
  }),
  reason: shownText,
});

export const reasonForm: Form<Reason> = object<Reason>({
  kind: oneOf<ReasonKind>({
    violation: true,
    lag: true,
    'stale-trust': true,
    'missing-proxy': true,
    'sidecar-mode': true,
    downgrade: true,
    other: true,
  }),
  text: shownText,
});

export const riskForm: Form<Risk> = object<Risk>({
  kind: oneOf<RiskKind>({
    'single-replica': true,
    recreate: true,
    'no-readiness-probe': true,
    'budget-spent': true,
    unhealthy: true,
    rolling: true,
    partition: true,
    'sidecar-mode': true,
    'host-port': true,
    gitops: true,
  }),
  text: shownText,
});

export const methodForm: Form<Method> = oneOf<Method>({ restart: true, evict: true, 'restart-at': true });

export const scopeForm: Form<Scope> = object<Scope>({
  namespace: someText,
  workload: optional(object<NonNullable<Scope['workload']>>({ kind: someText, name: someText })),
});

export const optionsForm: Form<PlanOptions> = object<PlanOptions>({
  meshes: optional(truth),
  downgrades: optional(truth),
  onDelete: optional(truth),
  order: optional(oneOf<NonNullable<PlanOptions['order']>>({ asked: true, derived: true })),
});

export const waveForm: Form<Wave> = object<Wave>({
  kind: oneOf<WaveKind>({
    canary: true,
    namespaces: true,
    delicate: true,
    extensions: true,
    gateways: true,
  }),
  title: shownText,
});

/** Live proxies by version. */
export const versionsForm: Form<Readonly<Record<string, number>>> = form((value, at) => {
  const problem = counts.problem(value, at);
  if (problem !== '' || !counts.is(value)) return problem;
  const odd = Object.keys(value).some((key) => clean(key) !== key);
  return odd ? `${at} has a key with control or invisible characters` : '';
});
