import { findingsIn } from '../../guide/explain/class-grounds.ts';
import { explainNamespace } from '../../guide/explain/namespace.ts';
import { explainWorkload } from '../../guide/explain/workload.ts';
import type { Explanation } from '../../guide/explanation.ts';
import { severity } from '../../mesh/skew.ts';
import type { MeshView, NamespaceView, PodView, SkewClass, Tally, WorkloadView } from '../../mesh/view.ts';
import { byTopic, factOf, topicTitles } from '../../report/explanation-text.ts';
import type { AnyListing } from '../state/listing.ts';
import { cursorIndex } from '../state/table.ts';
import type { TableState } from '../state/ui-state.ts';
import { blank, type Line, line, paragraph, type Span, span } from '../text/line.ts';
import { count, duration, effectWords, figure, roleOf } from '../text/words.ts';
import type { Role, Theme } from '../theme/theme.ts';
import { effectRole } from './cells.ts';

const labelWidth = 14;

interface Writer {
  readonly title: (text: string, note?: string) => void;
  readonly field: (name: string, text: string, role?: Role) => void;
  readonly item: (lead: Span, text: string, role?: Role) => void;
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
    item: (lead, text, role = 'plain') => lines.push(...paragraph(lead, text, columns, role)),
    gap: () => lines.push(blank),
  };
}

function classText(name: SkewClass, { glyphs }: Theme): string {
  return `${glyphs.class[name]} ${name}`;
}

function tallyFields(write: Writer, tally: Tally, mesh: MeshView, { theme, brief }: Look): void {
  if (tally.worst === undefined) {
    write.field('State', 'no proxies', 'muted');
    return;
  }
  write.field('State', classText(tally.worst, theme), `class:${tally.worst}`);
  const classes = severity
    .filter((name) => tally.byClass[name] > 0)
    .map((name) => `${theme.glyphs.class[name]} ${figure(tally.byClass[name])} ${name}`);
  write.field('By class', classes.join(', '));
  if (!brief) return;
  // In full each version stands among the grounds.
  for (const { class: skewClass, reason, proxies } of findingsIn(tally, mesh.controlPlane)) {
    const text = `${theme.glyphs.class[skewClass]} ${count(proxies, 'proxy', 'proxies')}: ${reason}`;
    write.field('Version', text, `class:${skewClass}`);
  }
}

function podFields(write: Writer, { pods }: Pick<NamespaceView, 'pods'>): void {
  const parts = [`${figure(pods.ready)} of ${count(pods.live, 'live pod')} ready`];
  if (pods.unmeshed > 0) parts.push(`${figure(pods.unmeshed)} without a proxy`);
  if (pods.terminating > 0) parts.push(`${figure(pods.terminating)} terminating`);
  if (pods.failed > 0) parts.push(`${figure(pods.failed)} failed`);
  if (pods.completed > 0) parts.push(`${figure(pods.completed)} completed`);
  write.field('Pods', parts.join(', '));
}

/** The restart first, since that is what the next key is about; then why, ground by ground, and the rules. */
function explained(write: Writer, explanation: Explanation, theme: Theme): void {
  const { answer, grounds, risks, rules, next } = explanation;
  const { glyphs } = theme;
  write.field('Because', answer);
  for (const risk of risks) write.field('Risk', `${glyphs.warning} ${risk}`, 'caution');
  for (const [topic, found] of byTopic(grounds)) {
    write.gap();
    write.title(topicTitles[topic]);
    for (const ground of found) {
      const lead = ground.decides ? span(`${glyphs.cursor} `, 'key') : span('  ');
      write.item(lead, factOf(ground), ground.decides ? 'strong' : 'plain');
      if (ground.follows !== '') write.item(span('    '), ground.follows, 'muted');
    }
  }
  if (rules.length > 0) {
    write.gap();
    write.title('Documented');
    for (const { text, link } of rules) {
      write.item(span(`${glyphs.bullet} `), text);
      write.item(span('  '), link, 'key');
    }
  }
  if (next.length > 0) {
    write.gap();
    write.title('Commands');
    for (const command of next) write.item(span('  $ ', 'muted'), command, 'key');
  }
}

function namespaceDetail(row: NamespaceView, mesh: MeshView, columns: number, look: Look): readonly Line[] {
  const { theme } = look;
  const write = writer(columns);
  const explanation = explainNamespace(row, mesh);
  write.title(row.name, ['namespace', roleOf(row)].filter(Boolean).join(', '));
  tallyFields(write, row, mesh, look);
  if (row.staleTrust > 0)
    write.field('Trust root', trustText(row, mesh.controlPlane.trustRootSha256), 'caution');
  podFields(write, row);
  write.field('Workloads', figure(row.workloads));
  if (row.pin !== '') write.field('Pinned', `config.linkerd.io/proxy-version: ${row.pin}`, 'caution');
  if (row.terminating) write.field('Life', 'the namespace is being deleted', 'caution');
  if (explanation.restart !== '') write.field('Restart', explanation.restart);
  if (!look.brief) explained(write, explanation, theme);
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

function workloadDetail(row: WorkloadView, mesh: MeshView, columns: number, look: Look): readonly Line[] {
  const { theme } = look;
  const write = writer(columns);
  const explanation = explainWorkload(row, mesh);
  write.title(`${row.kind}/${row.name}`, `${row.apiVersion}, namespace ${row.namespace}`);
  tallyFields(write, row, mesh, look);
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
  write.field('Effect', effectWords[row.effect.kind], effectRole(row.effect.kind));
  write.field('Restart', explanation.restart);
  write.field('Target', row.target === '' ? 'no proxy' : row.target);
  if (look.brief) {
    for (const { text } of row.risks) write.field('Risk', `${theme.glyphs.warning} ${text}`, 'caution');
  } else {
    explained(write, explanation, theme);
  }
  return write.lines;
}

const evidenceWords = {
  tag: 'the tag of its image',
  annotation: 'the annotation linkerd.io/proxy-version',
  'created-by': 'the annotation linkerd.io/created-by',
  none: 'nowhere: neither image nor annotations say it',
} as const;

function podDetail(row: PodView, columns: number, theme: Theme, now: number): readonly Line[] {
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
  write.field('Because', proxy.reason);
  write.field('Read from', evidenceWords[proxy.evidence]);
  write.field('Ready', proxy.ready ? 'yes' : 'no', proxy.ready ? 'plain' : 'caution');
  write.field('Runs as', proxy.native ? NATIVE : 'container');
  if (proxy.staleTrust) write.field('Trust root', 'another one than the control plane has now', 'caution');
  return write.lines;
}

/** How a row is shown. */
interface Look {
  readonly theme: Theme;
  /** Only what is worth hearing on the way past: no grounds, rules and commands. */
  readonly brief: boolean;
}

export interface DetailInput {
  readonly table: TableState;
  readonly listing: AnyListing;
  readonly mesh: MeshView;
  readonly columns: number;
  readonly theme: Theme;
  /** Seconds since the epoch. */
  readonly now: number;
  readonly brief?: boolean;
}

/** The row under the cursor in words: figures, what a restart would do, and the explanation of both. */
export function detailLines({
  table,
  listing,
  mesh,
  columns,
  theme,
  now,
  brief = false,
}: DetailInput): readonly Line[] {
  const index = cursorIndex(table, listing);
  const look: Look = { theme, brief };
  const gone: readonly Line[] = [line(span('The row is gone.', 'muted'))];
  switch (listing.kind) {
    case 'namespaces': {
      const row = listing.rows[index];
      return row === undefined ? gone : namespaceDetail(row, mesh, columns, look);
    }
    case 'workloads': {
      const row = listing.rows[index];
      return row === undefined ? gone : workloadDetail(row, mesh, columns, look);
    }
    case 'pods': {
      const row = listing.rows[index];
      return row === undefined ? gone : podDetail(row, columns, theme, now);
    }
  }
}
