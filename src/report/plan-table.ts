import type { Risk, WorkloadKey } from '../mesh/view.ts';
import { count } from '../mesh/words.ts';
import { estimateOf } from '../rollout/plan/estimate.ts';
import { resourceName } from '../rollout/plan/names.ts';
import type { Exclusion, Plan, PlanItem, ReasonKind } from '../rollout/plan/plan.ts';
import { DEFAULT_LIMITS, type RunLimits } from '../rollout/run/limits.ts';
import { layOut } from './columns.ts';
import { spanText } from './spans.ts';
import { hang, PAGE_WIDTH, wrap } from './wrap.ts';

/** Stands behind a workload whose restart can hurt; the section on risks says how. */
const MARK = ' *';
/** More workloads than this with the same thing to say are told together. */
const NAMED = 3;
/** The indent of a list of names below a row of a section. */
const LIST_INDENT = 6;

/**
 * A plan as lines of text: the restarts by wave in their order, what they take, their risks, what is left out and what
 * to type about it, and what forbids all of it. Names and commands are never cut, so that they can be copied.
 * @param width cells that prose may take
 */
export function planTable(
  plan: Plan,
  limits: RunLimits = DEFAULT_LIMITS,
  width: number = PAGE_WIDTH,
): readonly string[] {
  return [
    ...restarts(plan, limits),
    ...section(`Risks${plan.items.some(isMarked) ? ' (*)' : ''}:`, risks(plan.items, width)),
    ...section('Left as they are:', exclusions(plan.exclusions, width)),
    ...section(
      'Nothing may be restarted now:',
      plan.blocked.flatMap((reason) => wrap(reason, width - 2)),
    ),
  ];
}

/** `books deployment/webapp`. */
export function nameOf(key: WorkloadKey): string {
  return `${key.namespace} ${resourceName(key)}`;
}

const reasonWords: Readonly<Record<ReasonKind, string>> = {
  violation: 'violation',
  'stale-trust': 'stale trust',
  'missing-proxy': 'no proxy',
  downgrade: 'downgrade',
  lag: 'behind',
  'sidecar-mode': 'sidecar mode',
  other: '',
};

/** Where all get the same version, which is nearly always, the title says so and leaves the room to the names. */
function restarts(plan: Plan, limits: RunLimits): readonly string[] {
  const { items, waves, scopes } = plan;
  const [target = '', ...otherTargets] = new Set(items.map(({ expected }) => expected.version));
  if (items.length === 0) {
    return [scopes.length === 0 ? 'Nothing to restart: no workload matches.' : 'Nothing to restart.'];
  }
  const columns = otherTargets.length === 0 ? table.filter(({ name }) => name !== 'TO') : table;
  const title =
    otherTargets.length === 0
      ? `${count(items.length, 'restart')}, ${items.length === 1 ? '' : 'all '}to ${target}:`
      : `${count(items.length, 'restart')}:`;
  const [header = '', ...rows] = layOut(
    columns.map(({ name }) => name),
    items.map((item, index) => columns.map(({ cell }) => cell(item, index))),
  );
  const lines = [title, '', header];
  for (const [index, wave] of waves.entries()) {
    const members = items.filter((item) => item.wave === index);
    lines.push('', `Wave ${index + 1}: ${wave.title} (${sums(members)})`);
    lines.push(...rows.filter((_row, at) => items[at]?.wave === index));
  }
  return [...lines, '', ...estimateLines(plan, limits)];
}

interface Column {
  readonly name: string;
  cell(item: PlanItem, index: number): string;
}

const table: readonly Column[] = [
  { name: '#', cell: (_item, index) => String(index + 1) },
  { name: 'NAMESPACE', cell: ({ key }) => key.namespace },
  { name: 'WORKLOAD', cell: (item) => `${resourceName(item.key)}${isMarked(item) ? MARK : ''}` },
  { name: 'FROM', cell: versions },
  { name: 'TO', cell: ({ expected }) => expected.version },
  { name: 'PODS', cell: ({ pods, kept }) => (kept > 0 ? `${pods} of ${pods + kept}` : String(pods)) },
  { name: 'WHY', cell: why },
];

function isMarked({ risks: found, method }: PlanItem): boolean {
  return found.length > 0 || method === 'evict';
}

/** One version by name, more by number. */
function versions({ from }: PlanItem): string {
  const [first = '-', ...others] = Object.keys(from);
  return others.length === 0 ? first : `${first} +${others.length}`;
}

/** The gravest reason by name, others by number. */
function why({ reasons, effect }: PlanItem): string {
  const [first = effect.kind, ...others] = reasons
    .map(({ kind }) => reasonWords[kind])
    .filter((word) => word !== '');
  return others.length === 0 ? first : `${first} +${others.length}`;
}

function sums(items: readonly PlanItem[]): string {
  const pods = items.reduce((sum, item) => sum + item.pods, 0);
  return `${count(items.length, 'workload')}, ${count(pods, 'pod')}`;
}

function estimateLines(plan: Plan, limits: RunLimits): readonly string[] {
  const { seconds } = estimateOf(plan, limits);
  const { maxParallel, startsPerMinute, soakSeconds } = limits;
  const speed = [
    maxParallel === 1 ? 'one workload after the other' : `up to ${maxParallel} workloads at a time`,
    `up to ${count(startsPerMinute, 'pod start')} a minute`,
    ...(plan.waves.length > 1 ? [`${spanText(soakSeconds)} between waves`] : []),
  ];
  return [
    `${sums(plan.items)} in ${count(plan.waves.length, 'wave')}, about ${spanText(roundUp(seconds))}`,
    speed.join(', '),
  ];
}

/** An estimate of minutes says nothing about seconds. */
function roundUp(seconds: number): number {
  return seconds > 60 ? Math.ceil(seconds / 60) * 60 : seconds;
}

/** A risk that many share is told once; the marks show whose it is. */
function risks(items: readonly PlanItem[], width: number): readonly string[] {
  const found = items.flatMap((item) =>
    [...evicted(item), ...item.risks].map(({ text }) => ({ key: item.key, text })),
  );
  const rows = [...Map.groupBy(found, ({ text }) => text)].flatMap(([text, all]) =>
    all.length > NAMED ? [[count(all.length, 'workload'), text]] : all.map(({ key }) => [nameOf(key), text]),
  );
  return hang(rows, width);
}

function evicted({ method }: PlanItem): readonly Pick<Risk, 'text'>[] {
  return method === 'evict' ? [{ text: 'update strategy OnDelete: its pods are evicted one by one' }] : [];
}

/** Those that a restart would change nothing about are only counted: in a healthy cluster that is nearly all. */
function exclusions(all: readonly Exclusion[], width: number): readonly string[] {
  const told = all.filter(({ effect }) => effect.kind !== 'nothing');
  const rows = [...Map.groupBy(told, sameness).values()].flatMap((alike) => exclusionRows(alike, width));
  const lines = hang(
    rows.map(({ cells }) => cells),
    width,
    (index) => rows[index]?.below ?? [],
  );
  const silent = all.length - told.length;
  if (silent === 0) return lines;
  return [
    ...lines,
    `${told.length === 0 ? '' : 'and '}${count(silent, 'workload')} that a restart would not change`,
  ];
}

/** Equal for exclusions that can be told together: nothing can be typed about them, and the reason is the same. */
function sameness({ key, effect, reason, command }: Exclusion): string {
  return JSON.stringify(command === '' ? [effect.kind, reason] : [key]);
}

interface ExclusionRow {
  readonly cells: readonly string[];
  readonly below: readonly string[];
}

function exclusionRows(all: readonly Exclusion[], width: number): readonly ExclusionRow[] {
  const [first] = all;
  if (first && all.length > NAMED) {
    const names = wrap(all.map(({ key }) => nameOf(key)).join(', '), width - LIST_INDENT);
    return [{ cells: [count(all.length, 'workload'), first.effect.kind, first.reason], below: names }];
  }
  return all.map(({ key, effect, reason, command }) => ({
    cells: [nameOf(key), effect.kind, reason],
    below: command === '' ? [] : [command],
  }));
}

function section(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ['', title, ...lines.map((line) => `  ${line}`)];
}
