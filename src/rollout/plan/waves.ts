import type { WorkloadRecord } from '../../kube/records.ts';
import type { NamespaceView, RiskKind, WorkloadView } from '../../mesh/view.ts';
import { byText, list } from '../../mesh/words.ts';
import { criticality, environmentOf } from './environment.ts';
import { isGateway } from './gateways.ts';
import type { PlanItem, PlanOptions, ReasonKind, Wave, WaveKind } from './plan.ts';
import { gravity, gravityOf } from './reasons.ts';

/** A workload that will be restarted, with what decides over its place. */
export interface Candidate {
  readonly item: PlanItem;
  readonly view: WorkloadView;
  readonly record: WorkloadRecord;
  /** Index of the scope that asked for it. */
  readonly asked: number;
}

export interface Arrangement {
  readonly items: readonly PlanItem[];
  readonly waves: readonly Wave[];
}

interface Draft extends Wave {
  readonly members: readonly Candidate[];
}

/** Where a workload goes when it is not the canary. */
type Place = Exclude<WaveKind, 'canary'>;

/** Enough to go on if the only one of them is busy restarting. */
const REDUNDANT_PODS = 2;

/**
 * Puts workloads in their order: the canary, then namespaces in batches that double, then what is delicate, Linkerd's
 * extensions, and last what takes traffic into the cluster. The same workloads give the same order, however they are
 * passed in, but for the scopes that `asked` tells of.
 */
export function arrange(
  candidates: readonly Candidate[],
  namespaces: readonly NamespaceView[],
  order: NonNullable<PlanOptions['order']>,
): Arrangement {
  const views = new Map(namespaces.map((view) => [view.name, view]));
  const places = Map.groupBy(candidates, (candidate) => placeOf(candidate, views));
  const context: Context = { order, criticality: criticalityOf(views) };
  const plain = places.get('namespaces') ?? [];
  const canary = candidates.length > 1 ? canaryOf(plain, context) : undefined;
  const rest = canary ? plain.filter((candidate) => candidate !== canary) : plain;
  const drafts: readonly Draft[] = [
    ...(canary ? [canaryWave(canary)] : []),
    ...batches(rest, context),
    ...wave('delicate', delicateTitle(places.get('delicate')), places, context),
    ...wave('extensions', extensionsTitle(places.get('extensions'), views), places, context),
    ...wave('gateways', 'ingress controllers and gateways, whose restart ends connections', places, context),
  ];
  return {
    items: drafts.flatMap(({ members }, index) => members.map(({ item }) => ({ ...item, wave: index }))),
    waves: drafts.map(({ kind, title }) => ({ kind, title })),
  };
}

interface Context {
  readonly order: NonNullable<PlanOptions['order']>;
  criticality(namespace: string): number;
}

/** Looks each namespace up once. */
function criticalityOf(views: ReadonlyMap<string, NamespaceView>): Context['criticality'] {
  const known = new Map<string, number>();
  return (name) => {
    const found = known.get(name) ?? criticality(environmentOf(name, views.get(name)?.labels ?? {}));
    known.set(name, found);
    return found;
  };
}

function placeOf({ item, view, record }: Candidate, views: ReadonlyMap<string, NamespaceView>): Place {
  if (isGateway(record, views.get(view.namespace))) return 'gateways';
  if (view.role === 'extension') return 'extensions';
  return isDelicate(item) ? 'delicate' : 'namespaces';
}

function isDelicate({ key, method, risks }: PlanItem): boolean {
  return (
    key.kind === 'StatefulSet' ||
    method === 'evict' ||
    risks.some(({ kind }) => kind === 'single-replica' || kind === 'recreate')
  );
}

/**
 * Risks that a whole cluster may share, so that the canary is there to try them: a control plane that changes the place
 * of every proxy, a tool that manages every workload.
 */
const shared: ReadonlySet<RiskKind> = new Set<RiskKind>(['sidecar-mode', 'gitops']);

/** The smallest redundant Deployment at no risk of its own, of the least critical namespace, meshed already; undefined where none fits. */
function canaryOf(candidates: readonly Candidate[], context: Context): Candidate | undefined {
  const fit = candidates.filter(
    ({ item }) =>
      item.key.kind === 'Deployment' &&
      item.effect.kind !== 'meshes' &&
      item.pods >= REDUNDANT_PODS &&
      item.risks.every(({ kind }) => shared.has(kind)),
  );
  const critical = ({ item }: Candidate) => context.criticality(item.key.namespace);
  return fit.reduce<Candidate | undefined>((best, candidate) => {
    if (!best) return candidate;
    const order =
      critical(candidate) - critical(best) ||
      candidate.item.risks.length - best.item.risks.length ||
      candidate.item.pods - best.item.pods ||
      byText(candidate.item.key.namespace, best.item.key.namespace) ||
      byText(candidate.item.key.name, best.item.key.name);
    return order < 0 ? candidate : best;
  }, undefined);
}

function canaryWave(canary: Candidate): Draft {
  const { namespace, name } = canary.item.key;
  return {
    kind: 'canary',
    title: `canary ${namespace}/${name}, small and redundant`,
    members: [canary],
  };
}

/** Namespaces in batches of 1, 2, 4, 8, … */
function batches(candidates: readonly Candidate[], context: Context): readonly Draft[] {
  const groups = inOrder(candidates, context);
  const drafts: Draft[] = [];
  for (let from = 0, size = 1; from < groups.length; from += size, size *= 2) {
    const batch = groups.slice(from, from + size);
    const names = batch.map(({ namespace }) => namespace);
    drafts.push({
      kind: 'namespaces',
      title: `${namespacesTitle(names)}${context.order === 'derived' ? classTitle(batch) : ''}`,
      members: batch.flatMap(({ members }) => members),
    });
  }
  return drafts;
}

function wave(
  kind: Place,
  title: string,
  places: ReadonlyMap<Place, readonly Candidate[]>,
  context: Context,
): readonly Draft[] {
  const groups = inOrder(places.get(kind) ?? [], context);
  return groups.length === 0 ? [] : [{ kind, title, members: groups.flatMap(({ members }) => members) }];
}

interface Group {
  readonly namespace: string;
  /** In the order of their restarts. */
  readonly members: readonly Candidate[];
  /** Of its gravest member. */
  readonly gravity: number;
  readonly asked: number;
}

/** Candidates by namespace, both in order. */
function inOrder(candidates: readonly Candidate[], context: Context): readonly Group[] {
  const groups = [...Map.groupBy(candidates, ({ item }) => item.key.namespace)].map(
    ([namespace, members]): Group => ({
      namespace,
      members: members.toSorted((a, b) => byCaution(a, b, context)),
      gravity: Math.min(...members.map(({ item }) => gravityOf(item))),
      asked: Math.min(...members.map(({ asked }) => asked)),
    }),
  );
  return groups.sort((a, b) => {
    const byOrder =
      context.order === 'asked'
        ? a.asked - b.asked
        : a.gravity - b.gravity || context.criticality(a.namespace) - context.criticality(b.namespace);
    return byOrder || byText(a.namespace, b.namespace);
  });
}

function byCaution(a: Candidate, b: Candidate, { order }: Context): number {
  return (
    (order === 'asked' ? a.asked - b.asked : 0) ||
    gravityOf(a.item) - gravityOf(b.item) ||
    caution(a.item) - caution(b.item) ||
    a.item.pods - b.item.pods ||
    byText(a.item.key.kind, b.item.key.kind) ||
    byText(a.item.key.name, b.item.key.name)
  );
}

/** What can be lost by the restart of a workload, from little to much. */
function caution({ key, method, risks }: PlanItem): number {
  const has = (kind: RiskKind) => risks.some((risk) => risk.kind === kind);
  if (has('recreate')) return 5;
  if (has('single-replica')) return 4;
  if (method === 'evict') return 3;
  return { Deployment: 0, Rollout: 0, DaemonSet: 1 }[key.kind] ?? 2;
}

const NAMED = 3;

function namespacesTitle(names: readonly string[]): string {
  const [only = ''] = names;
  if (names.length === 1) return `namespace ${only}`;
  if (names.length <= NAMED) return `namespaces ${list(names)}`;
  return `${names.length} namespaces, ${names.slice(0, NAMED - 1).join(', ')} and ${names.length - NAMED + 1} more`;
}

const classNames: Readonly<Record<ReasonKind, string>> = {
  violation: 'skew violations',
  'stale-trust': 'stale trust roots',
  'missing-proxy': 'missing proxies',
  downgrade: 'downgrades',
  lag: 'proxies behind',
  'sidecar-mode': 'another sidecar mode',
  other: '',
};

/** Says what a batch has in common, `, skew violations`; '' where its namespaces differ. */
function classTitle(batch: readonly Group[]): string {
  const [first, ...others] = batch;
  if (!first || others.some((group) => group.gravity !== first.gravity)) return '';
  const name = classNames[gravity[first.gravity] ?? 'other'];
  return name === '' ? '' : `, ${name}`;
}

function delicateTitle(candidates: readonly Candidate[] = []): string {
  const items = candidates.map(({ item }) => item);
  const has = (kind: RiskKind) => items.some(({ risks }) => risks.some((risk) => risk.kind === kind));
  const kinds = [
    ...(items.some(({ key }) => key.kind === 'StatefulSet') ? ['StatefulSets'] : []),
    ...(items.some(({ method }) => method === 'evict') ? ['pods evicted one by one'] : []),
    ...(has('single-replica') ? ['single replicas'] : []),
    ...(has('recreate') ? ['Recreate'] : []),
  ];
  return `delicate workloads, ${list(kinds)}`;
}

function extensionsTitle(
  candidates: readonly Candidate[] = [],
  views: ReadonlyMap<string, NamespaceView>,
): string {
  const names = new Set(
    candidates.map(({ item }) => views.get(item.key.namespace)?.extension || item.key.namespace),
  );
  return `Linkerd ${names.size === 1 ? 'extension' : 'extensions'} ${list([...names].sort(byText))}`;
}
