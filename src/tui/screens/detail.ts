import { type SkewReference, severity, skewOf } from '../../mesh/skew.ts';
import type { MeshView, NamespaceView, PodView, SkewClass, Tally, WorkloadView } from '../../mesh/view.ts';
import type { AnyListing } from '../state/listing.ts';
import { cursorIndex } from '../state/table.ts';
import type { TableState } from '../state/ui-state.ts';
import { blank, type Line, line, paragraph, type Span, span } from '../text/line.ts';
import {
  count,
  duration,
  effectMeaning,
  effectsByInterest,
  effectWords,
  figure,
  roleOf,
} from '../text/words.ts';
import type { Role, Theme } from '../theme/theme.ts';
import { effectRole, judgeOf, versionsWorstFirst } from './cells.ts';

const labelWidth = 14;

interface Writer {
  readonly title: (text: string, note?: string) => void;
  readonly field: (name: string, text: string, role?: Role) => void;
  readonly item: (lead: Span, text: string) => void;
  readonly gap: () => void;
  readonly lines: readonly Line[];
}

function writer(columns: number): Writer {
  const lines: Line[] = [];
  return {
    lines,
    title: (text, note = '') =>
      lines.push(line(span(text, 'title'), span(note === '' ? '' : `  ${note}`, 'muted')), blank),
    field: (name, text, role = 'plain') =>
      lines.push(...paragraph(span(name.padEnd(labelWidth), 'muted'), text, columns, role)),
    item: (lead, text) => lines.push(...paragraph(lead, text, columns)),
    gap: () => lines.push(blank),
  };
}

function classText(name: SkewClass, { glyphs }: Theme): string {
  return `${glyphs.class[name]} ${name}`;
}

function tallyFields(write: Writer, tally: Tally, reference: SkewReference, theme: Theme): void {
  if (tally.worst === undefined) {
    write.field('State', 'no proxies', 'muted');
    return;
  }
  write.field('State', classText(tally.worst, theme), `class:${tally.worst}`);
  for (const [version, proxies] of versionsWorstFirst(tally.byVersion, judgeOf(reference))) {
    const skew = skewOf(version, reference);
    const text = `${count(proxies, 'proxy', 'proxies')}: ${skew.reason}`;
    write.field('Version', `${theme.glyphs.class[skew.class]} ${text}`, `class:${skew.class}`);
  }
  const classes = severity
    .filter((name) => tally.byClass[name] > 0)
    .map((name) => `${theme.glyphs.class[name]} ${figure(tally.byClass[name])} ${name}`);
  write.field('By class', classes.join(', '));
}

function podFields(write: Writer, { pods }: Pick<NamespaceView, 'pods'>): void {
  const parts = [`${figure(pods.ready)} of ${count(pods.live, 'live pod')} ready`];
  if (pods.unmeshed > 0) parts.push(`${figure(pods.unmeshed)} without a proxy`);
  if (pods.terminating > 0) parts.push(`${figure(pods.terminating)} terminating`);
  if (pods.failed > 0) parts.push(`${figure(pods.failed)} failed`);
  if (pods.completed > 0) parts.push(`${figure(pods.completed)} completed`);
  write.field('Pods', parts.join(', '));
}

function namespaceDetail(row: NamespaceView, mesh: MeshView, columns: number, theme: Theme): readonly Line[] {
  const write = writer(columns);
  write.title(row.name, ['namespace', roleOf(row)].filter(Boolean).join(', '));
  tallyFields(write, row, mesh.controlPlane, theme);
  if (row.staleTrust > 0)
    write.field('Trust root', trustText(row, mesh.controlPlane.trustRootSha256), 'caution');
  podFields(write, row);
  write.field('Workloads', figure(row.workloads));
  write.field(
    'Injection',
    row.inject === '' ? 'linkerd.io/inject is not set' : `linkerd.io/inject: ${row.inject}`,
  );
  if (row.pin !== '') write.field('Pinned', `config.linkerd.io/proxy-version: ${row.pin}`, 'caution');
  if (row.terminating) write.field('Life', 'the namespace is being deleted', 'caution');
  write.gap();
  const present = effectsByInterest.filter((kind) => row.effects[kind] > 0);
  if (present.length === 0) return write.lines;
  write.title('What a restart would do');
  for (const kind of present) {
    const amount = count(row.effects[kind], 'workload');
    write.item(
      span(`  ${effectWords[kind]}`.padEnd(labelWidth), effectRole(kind)),
      `${amount} ${effectMeaning[kind]}`,
    );
  }
  return write.lines;
}

const NATIVE = 'native sidecar (init container that keeps running)';

/** How the proxies of some pods run: a mixture shows while a workload rolls from one to the other. */
function sidecarText(pods: readonly PodView[]): string {
  const proxies = pods.flatMap(({ life, proxy }) => (life === 'live' && proxy !== undefined ? [proxy] : []));
  const native = proxies.filter((proxy) => proxy.native).length;
  if (proxies.length === 0) return '';
  if (native === 0) return 'container';
  return native === proxies.length ? NATIVE : `${native} of ${proxies.length} as ${NATIVE}`;
}

/** `the one that the control plane hands out now (sha256 1f0c…)`, or how many proxies have another one. */
function trustText({ proxies, staleTrust }: Tally, trustRootSha256: string): string {
  if (trustRootSha256 === '') return 'not known: the trust roots of the control plane could not be read';
  if (staleTrust === 0)
    return `none differs from the control plane's (sha256 ${trustRootSha256.slice(0, 12)})`;
  return `${figure(staleTrust)} of ${count(proxies, 'proxy', 'proxies')} started with another one than the control plane has now (sha256 ${trustRootSha256.slice(0, 12)})`;
}

function workloadDetail(row: WorkloadView, mesh: MeshView, columns: number, theme: Theme): readonly Line[] {
  const write = writer(columns);
  write.title(`${row.kind}/${row.name}`, `${row.apiVersion}, namespace ${row.namespace}`);
  tallyFields(write, row, mesh.controlPlane, theme);
  if (row.proxies > 0) {
    write.field(
      'Trust root',
      trustText(row, mesh.controlPlane.trustRootSha256),
      row.staleTrust > 0 ? 'caution' : 'plain',
    );
    write.field('Runs as', sidecarText(mesh.pods(row)));
  }
  podFields(write, row);
  write.field('Wanted', count(row.replicas, 'pod'));
  if (row.rollout !== '') write.field('Rollout', row.rollout);
  write.gap();
  write.title('What a restart would do');
  write.field('Effect', effectWords[row.effect.kind], effectRole(row.effect.kind));
  write.field('Because', row.effect.reason);
  write.field('Target', row.target === '' ? 'no proxy' : row.target);
  for (const { text } of row.risks) write.field('Risk', `${theme.glyphs.warning} ${text}`, 'caution');
  return write.lines;
}

const evidenceWords = {
  tag: 'the tag of its image',
  annotation: 'the annotation linkerd.io/proxy-version',
  'created-by': 'the annotation linkerd.io/created-by',
  none: 'nowhere: neither image nor annotations say it',
} as const;

function podDetail(
  row: PodView,
  reference: SkewReference,
  columns: number,
  theme: Theme,
  now: number,
): readonly Line[] {
  const write = writer(columns);
  write.title(row.name, `pod, namespace ${row.namespace}`);
  write.field('Status', row.status);
  write.field('Ready', `${row.readyContainers} of ${count(row.containers, 'container')}`);
  write.field('Restarts', figure(row.restarts));
  write.field('Age', duration(now - row.createdAt));
  write.field('Node', row.node || 'not scheduled');
  if (row.life !== 'live') write.field('Counted', `no: ${row.life}`, 'muted');
  write.gap();
  const { proxy } = row;
  write.title('Proxy');
  if (proxy === undefined) {
    write.field('State', 'this pod has no proxy', 'muted');
    return write.lines;
  }
  write.field('State', classText(proxy.class, theme), `class:${proxy.class}`);
  write.field('Version', proxy.version || 'unknown');
  write.field('Because', skewOf(proxy.version, reference).reason);
  write.field('Read from', evidenceWords[proxy.evidence]);
  write.field('Ready', proxy.ready ? 'yes' : 'no', proxy.ready ? 'plain' : 'caution');
  write.field('Runs as', proxy.native ? NATIVE : 'container');
  if (proxy.staleTrust) write.field('Trust root', 'another one than the control plane has now', 'caution');
  return write.lines;
}

/** The row under the cursor in words: versions, class, and what a restart would do and why. */
export function detailLines(
  table: TableState,
  listing: AnyListing,
  mesh: MeshView,
  columns: number,
  theme: Theme,
  now: number,
): readonly Line[] {
  const index = cursorIndex(table, listing);
  const gone: readonly Line[] = [line(span('The row is gone.', 'muted'))];
  switch (listing.kind) {
    case 'namespaces': {
      const row = listing.rows[index];
      return row === undefined ? gone : namespaceDetail(row, mesh, columns, theme);
    }
    case 'workloads': {
      const row = listing.rows[index];
      return row === undefined ? gone : workloadDetail(row, mesh, columns, theme);
    }
    case 'pods': {
      const row = listing.rows[index];
      return row === undefined ? gone : podDetail(row, mesh.controlPlane, columns, theme, now);
    }
  }
}
