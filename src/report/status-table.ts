import type { LiveView } from '../live/view.ts';
import type {
  ControlPlaneView,
  EffectKind,
  NamespaceView,
  PodTally,
  SkewClass,
  Tally,
  WorkloadView,
} from '../mesh/view.ts';
import { byText, count } from '../mesh/words.ts';
import { layOut } from './columns.ts';
import { type SelectedMesh, type StatusSelection, selectMesh } from './status-document.ts';

export interface TableOptions {
  readonly wide: boolean;
  readonly headers: boolean;
}

const classes: readonly SkewClass[] = ['current', 'behind', 'behind-one', 'violation', 'ahead', 'unknown'];

const effects: readonly EffectKind[] = [
  'upgrades',
  'downgrades',
  'renews',
  'meshes',
  'unmeshes',
  'pinned',
  'static',
  'unsupported',
  'unknown',
];

/**
 * The status as lines of text: a row a namespace, or a row a workload when one namespace was asked for; then, unless
 * headers are off, a summary. Namespaces that Linkerd has nothing to do with are counted, not listed.
 */
export function statusTable(
  live: LiveView,
  selection: StatusSelection,
  options: TableOptions,
): readonly string[] {
  const mesh = selectMesh(live.mesh, selection);
  const one = selection.namespaces?.length === 1 ? mesh.namespaces[0] : undefined;
  const table = one ? workloadTable(mesh.workloads(one.name), options) : namespaceTable(mesh, options);
  if (!options.headers) {
    return table;
  }
  return [...table, ...(table.length > 0 ? [''] : []), ...summary(live, mesh)];
}

/** Names as `kubectl get -o name` prints them: of namespaces, or of workloads when one namespace was asked for. */
export function statusNames(live: LiveView, selection: StatusSelection): readonly string[] {
  const mesh = selectMesh(live.mesh, selection);
  const one = selection.namespaces?.length === 1 ? mesh.namespaces[0] : undefined;
  if (!one) {
    return mesh.namespaces.filter(isInMesh).map(({ name }) => `namespace/${name}`);
  }
  return mesh
    .workloads(one.name)
    .filter(({ proxies }) => proxies > 0)
    .map(({ kind, apiVersion, name }) => {
      const group = apiVersion.includes('/') ? `.${apiVersion.split('/')[0]}` : '';
      return `${kind.toLowerCase()}${group}/${name}`;
    });
}

function namespaceTable(mesh: SelectedMesh, { wide, headers }: TableOptions): readonly string[] {
  const rows = mesh.namespaces.filter(isInMesh);
  if (rows.length === 0) {
    return [];
  }
  const names = ['NAMESPACE', 'PROXIES', 'CLASS', 'VERSIONS', 'RESTART'];
  const wideNames = [
    'NAMESPACE',
    'ROLE',
    'PROXIES',
    'CLASS',
    'CLASSES',
    'STALE-TRUST',
    'NOT-COUNTED',
    'VERSIONS',
    'RESTART',
  ];
  return layOut(
    headers ? (wide ? wideNames : names) : undefined,
    rows.map((row) => {
      const restart = effectSummary(row);
      const main = [versions(row), restart];
      return wide
        ? [
            row.name,
            roleOf(row),
            String(row.proxies),
            worst(row),
            byClass(row),
            String(row.staleTrust),
            notCounted(row.pods),
            ...main,
          ]
        : [row.name, String(row.proxies), worst(row), ...main];
    }),
  );
}

function workloadTable(
  workloads: readonly WorkloadView[],
  { wide, headers }: TableOptions,
): readonly string[] {
  if (workloads.length === 0) {
    return [];
  }
  const names = ['WORKLOAD', 'PROXIES', 'CLASS', 'VERSIONS', 'RESTART', 'TARGET'];
  return layOut(
    headers ? (wide ? [...names, 'READY', 'NOT-COUNTED', 'WHY'] : names) : undefined,
    workloads.map((row) => {
      const cells = [
        `${row.kind.toLowerCase()}/${row.name}`,
        String(row.proxies),
        worst(row),
        versions(row),
        row.effect.kind,
        row.target || '-',
      ];
      return wide
        ? [...cells, `${row.pods.ready}/${row.replicas}`, notCounted(row.pods), row.effect.reason]
        : cells;
    }),
  );
}

/** A namespace that holds proxies, or a workload that a restart would mesh. */
function isInMesh(namespace: NamespaceView): boolean {
  return namespace.proxies > 0 || namespace.effects.meshes > 0 || namespace.role === 'control-plane';
}

function roleOf({ role, extension }: NamespaceView): string {
  return role === 'extension' && extension !== '' ? `extension (${extension})` : role;
}

function worst(tally: Tally): string {
  return tally.worst ?? '-';
}

/** Versions with their counts, the most frequent first. */
function versions({ byVersion }: Tally): string {
  const entries = Object.entries(byVersion).sort(([a, m], [b, n]) => n - m || byText(a, b));
  if (entries.length === 0) {
    return '-';
  }
  const [only] = entries;
  if (entries.length === 1 && only) {
    return only[0];
  }
  return entries.map(([version, count]) => `${version} (${count})`).join(', ');
}

function byClass({ byClass: counts }: Tally): string {
  return counted(classes, counts) || '-';
}

function effectSummary({ effects: counts }: NamespaceView): string {
  return counted(effects, counts) || 'nothing';
}

function notCounted({ completed, failed, terminating }: PodTally): string {
  return counted(['completed', 'failed', 'terminating'] as const, { completed, failed, terminating }) || '-';
}

/** `upgrades 3, pinned 1`: what is not zero, in the order of `kinds`. */
function counted<K extends string>(kinds: readonly K[], counts: Readonly<Record<K, number>>): string {
  return kinds
    .filter((kind) => counts[kind] > 0)
    .map((kind) => `${kind} ${counts[kind]}`)
    .join(', ');
}

function summary(live: LiveView, mesh: SelectedMesh): readonly string[] {
  const { controlPlane } = live.mesh;
  const { totals } = mesh;
  const lines = [
    controlPlaneLine(controlPlane),
    `Data plane: ${count(totals.proxies, 'proxy', 'proxies')} in ${count(totals.namespaces, 'namespace')}${
      totals.proxies > 0 ? `: ${counted(classes, totals.byClass)}` : ''
    }`,
  ];
  const apart = notCounted(totals.pods);
  if (apart !== '-') {
    lines.push(`Pods not counted as proxies: ${apart}`);
  }
  if (totals.staleTrust > 0) {
    lines.push(`Stale trust root: ${count(totals.staleTrust, 'proxy', 'proxies')}; a restart renews it`);
  }
  const violations = mesh.namespaces.filter(({ byClass: counts }) => counts.violation > 0);
  if (violations.length > 0) {
    lines.push(`Skew violations: ${violations.map(({ name }) => name).join(', ')}`);
  }
  for (const { namespace, proxies, exists } of controlPlane.others) {
    const owner = exists ? 'another control plane' : 'a control plane that does not exist';
    lines.push(
      `Not judged: ${count(proxies, 'proxy', 'proxies')} of ${owner}, in namespace ${namespace}${
        exists ? ` (-L ${namespace} shows it)` : ''
      }`,
    );
  }
  const hidden = mesh.namespaces.length - mesh.namespaces.filter(isInMesh).length;
  if (hidden > 0) {
    lines.push(`Not listed: ${count(hidden, 'namespace')} without proxies`);
  }
  for (const { what, why } of live.unreadable) {
    lines.push(`Not readable: ${what}: ${why}`);
  }
  return lines;
}

function controlPlaneLine(controlPlane: ControlPlaneView): string {
  const { namespace, version, release, target, injector, halfRolled, components } = controlPlane;
  if (version === '') {
    return `Control plane: version unknown (looked in namespace ${namespace || 'linkerd'})`;
  }
  const parts = [
    `Control plane: ${version}${release ? ` (release ${release})` : ''} in namespace ${namespace}`,
  ];
  if (components.length > 0) {
    const ready = components.filter(
      (component) => component.ready >= component.replicas && component.replicas > 0,
    );
    parts.push(`${ready.length} of ${components.length} components ready`);
  }
  if (target !== '' && target !== version) {
    parts.push(`injects ${target}`);
  }
  if (injector.state === 'down') {
    parts.push(`INJECTOR DOWN: ${injector.reason}`);
  }
  if (injector.state === 'unknown' && halfRolled === '') {
    parts.push(`injector: ${injector.reason}`);
  }
  if (halfRolled !== '') {
    parts.push(`HALF ROLLED: ${halfRolled}`);
  }
  return parts.join('; ');
}
