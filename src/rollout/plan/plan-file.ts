import { parse } from 'yaml';
import { count, exactly, type Form, figure, listOf, object, oneOf, optional } from '../form.ts';
import type { CheckName, Finding } from '../preflight/report.ts';
import {
  documentHash,
  PLAN_SCHEMA,
  type PlanDocument,
  type PlannedExclusion,
  type PlannedRestart,
} from './document.ts';
import { idOf, operandOf } from './names.ts';
import type { Estimate } from './plan.ts';
import {
  effectForm,
  methodForm,
  optionsForm,
  reasonForm,
  riskForm,
  scopeForm,
  shownText,
  someText,
  versionsForm,
  waveForm,
} from './plan-form.ts';

export type PlanFile =
  | { readonly outcome: 'read'; readonly document: PlanDocument }
  /** Each problem in words, with the field that has it. */
  | { readonly outcome: 'invalid'; readonly problems: readonly string[] };

/** Problems told of one file; more would bury the first. */
const MAX_PROBLEMS = 20;

/**
 * Reads a plan file, JSON or YAML, and checks that it is one, that nothing is missing from it, and that nobody has
 * edited it since it was made.
 */
export function readPlanFile(text: string): PlanFile {
  let content: unknown;
  try {
    content = parseText(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    const [why = ''] = (error instanceof Error ? error.message : String(error)).split('\n', 1);
    return invalid([`it is neither JSON nor YAML: ${why}`]);
  }
  if (!isRecord(content)) return invalid(['it is no plan: a plan is an object with a field schema']);
  if (content.schema !== PLAN_SCHEMA) {
    const found = typeof content.schema === 'string' ? JSON.stringify(content.schema) : 'none';
    return invalid([`schema is ${found}, and this program reads "${PLAN_SCHEMA}"`]);
  }
  const problems = fieldProblems(content);
  if (problems.length > 0) return invalid(problems);
  if (!documentForm.is(content)) return invalid([documentForm.problem(content, '')]);
  const contradictions = contradictionsIn(content);
  if (contradictions.length > 0) return invalid(contradictions);
  if (documentHash(content) !== content.hash) {
    return invalid([
      'hash does not match: the file was changed after it was made. Make a new plan and have it reviewed',
    ]);
  }
  return { outcome: 'read', document: content };
}

/** YAML holds all of JSON, but takes its time over it. */
function parseText(text: string): unknown {
  return text.trimStart().startsWith('{') ? JSON.parse(text) : parse(text);
}

function invalid(problems: readonly string[]): PlanFile {
  const more = problems.length - MAX_PROBLEMS;
  const told = problems.slice(0, MAX_PROBLEMS);
  return { outcome: 'invalid', problems: more > 0 ? [...told, `and ${more} problems more`] : told };
}

const restartFields: Fields<PlannedRestart> = {
  namespace: someText,
  kind: someText,
  name: someText,
  uid: someText,
  apiVersion: someText,
  resourceVersion: someText,
  templateHash: someText,
  method: methodForm,
  effect: effectForm,
  reasons: listOf(reasonForm),
  risks: listOf(riskForm),
  from: versionsForm,
  to: someText,
  trustRootSha256: shownText,
  pods: count,
  kept: count,
  rounds: count,
  wave: count,
  deadlineSeconds: figure,
};

const exclusionFields: Fields<PlannedExclusion> = {
  namespace: someText,
  kind: someText,
  name: someText,
  effect: effectForm,
  reason: shownText,
  command: shownText,
};

const finding = object<Finding>({
  check: oneOf<CheckName>({
    'control-plane': true,
    injector: true,
    webhook: true,
    target: true,
    kubernetes: true,
    'trust-roots': true,
    certificates: true,
    access: true,
    quota: true,
    budget: true,
    health: true,
    autoscaler: true,
    nodes: true,
    gitops: true,
    operator: true,
    lock: true,
    probe: true,
  }),
  severity: oneOf<Finding['severity']>({ blocker: true, warning: true, unknown: true }),
  text: shownText,
});

const documentFields: Fields<PlanDocument> = {
  schema: exactly(PLAN_SCHEMA),
  hash: someText,
  createdAt: someText,
  cluster: object<PlanDocument['cluster']>({ uid: shownText, server: shownText, context: shownText }),
  controlPlane: object<PlanDocument['controlPlane']>({ version: shownText }),
  scopes: listOf(scopeForm),
  options: optionsForm,
  blocked: listOf(shownText),
  waves: listOf(waveForm),
  restarts: listOf(object<PlannedRestart>(restartFields)),
  exclusions: listOf(object<PlannedExclusion>(exclusionFields)),
  estimate: object<Estimate>({ pods: count, seconds: count }),
  preflight: optional(object<NonNullable<PlanDocument['preflight']>>({ findings: listOf(finding) })),
};

const documentForm: Form<PlanDocument> = object<PlanDocument>(documentFields);

type Fields<T> = { readonly [K in keyof T]-?: Form<T[K]> };

/** A form tells of the first problem only; here every field of the document, and of each restart, has its say. */
function fieldProblems(content: Readonly<Record<string, unknown>>): readonly string[] {
  const { restarts, exclusions, ...others } = documentFields;
  return [
    ...problemsOf(content, others, ''),
    ...listProblems(content.restarts, restartFields, restarts, 'restarts'),
    ...listProblems(content.exclusions, exclusionFields, exclusions, 'exclusions'),
  ];
}

function listProblems(
  items: unknown,
  fields: Readonly<Record<string, Form<unknown>>>,
  whole: Form<unknown>,
  at: string,
): readonly string[] {
  if (!Array.isArray(items)) return [whole.problem(items, at)];
  return items.flatMap((item: unknown, index) =>
    isRecord(item) ? problemsOf(item, fields, `${at}[${index}].`) : [`${at}[${index}] is not an object`],
  );
}

function problemsOf(
  content: Readonly<Record<string, unknown>>,
  fields: Readonly<Record<string, Form<unknown>>>,
  prefix: string,
): readonly string[] {
  return Object.entries(fields)
    .map(([name, field]) =>
      field.problem(Object.hasOwn(content, name) ? content[name] : undefined, `${prefix}${name}`),
    )
    .filter((problem) => problem !== '');
}

/** What no plan that this program made can say. */
function contradictionsIn({ restarts, waves }: PlanDocument): readonly string[] {
  const problems: string[] = [];
  const seen = new Set<string>();
  let wave = 0;
  for (const [index, restart] of restarts.entries()) {
    const at = `restarts[${index}]`;
    if (seen.has(idOf(restart))) problems.push(`${at} names ${operandOf(restart)} a second time`);
    seen.add(idOf(restart));
    if (restart.wave >= waves.length)
      problems.push(`${at}.wave is ${restart.wave}, and there is no such wave`);
    if (restart.wave < wave) problems.push(`${at}.wave is ${restart.wave}, after a restart of wave ${wave}`);
    wave = restart.wave;
  }
  return problems;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
