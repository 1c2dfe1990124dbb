import type { Freshness, LiveView } from '../../live/view.ts';
import { severity } from '../../mesh/skew.ts';
import type { ComponentView, ControlPlaneView, TotalsView } from '../../mesh/view.ts';
import type { RecordedRun } from '../../rollout/journal/record.ts';
import type { Run } from '../../rollout/run/run.ts';
import { restarted } from '../state/run-facts.ts';
import {
  clampSpans,
  type Line,
  line,
  paragraph,
  type Span,
  span,
  spread,
  widthOfSpans,
} from '../text/line.ts';
import { phaseWords } from '../text/run-words.ts';
import { widthOf } from '../text/width.ts';
import { count, figure, timeOfDay } from '../text/words.ts';
import type { Theme } from '../theme/theme.ts';
import { classBar } from './bar.ts';
import { detailOf, type Size } from './layout.ts';
import { phaseSign } from './run-head.ts';
import { allWarnings, isInjectorAlone, isWithoutLinkerd, warningsOf } from './warnings.ts';

export interface HeaderInput {
  readonly view: LiveView;
  readonly run: Run | undefined;
  /** A run of this cluster that an earlier session left unfinished. */
  readonly unfinished: RecordedRun | undefined;
  /** Seconds since the epoch. */
  readonly now: number;
  readonly readOnly: boolean;
  readonly size: Size;
  readonly theme: Theme;
  /** One line only: below it is something that needs the room, a plan or the help. */
  readonly brief?: boolean;
  /** Leaves the bar out: read aloud it is noise. */
  readonly withoutBar?: boolean;
}

const labelWidth = 15;

function label(text: string): Span {
  return span(text.padEnd(labelWidth), 'muted');
}

function joined(parts: readonly (readonly Span[])[], separator: string): Span[] {
  return parts.flatMap((part, index) => (index === 0 ? [...part] : [span(separator, 'muted'), ...part]));
}

function secondsUntil(at: number, now: number): string {
  return `${Math.max(0, Math.ceil(at - now))} s`;
}

/** The live state in words, with its sign. */
function freshnessSpan(freshness: Freshness, now: number, { glyphs }: Theme): Span {
  switch (freshness.state) {
    case 'loading':
      return span(`${glyphs.live.loading} loading, ${count(freshness.objects, 'object')} read`, 'info');
    case 'live':
      return span(`${glyphs.live.live} live`, 'good');
    case 'reconnecting':
      return span(
        `${glyphs.live.reconnecting} reconnecting (${secondsUntil(freshness.retryAt, now)})`,
        'caution',
      );
    case 'stale':
      return span(`${glyphs.live.stale} stale since ${timeOfDay(freshness.since)}`, 'danger');
  }
}

/** `run 3/12` with its state, for the corner of the header; nothing before the first run. */
function runBadge(run: Run | undefined, theme: Theme): Span | undefined {
  if (run === undefined) return undefined;
  const { text, role } = phaseWords[run.phase.phase];
  const word = run.phase.phase === 'running' ? '' : ` ${text}`;
  return span(`${phaseSign(run, theme)} run${word} ${restarted(run)}/${run.steps.length}`, role);
}

function clusterLine(input: HeaderInput): Line {
  const { view, run, now, readOnly, size, theme } = input;
  const { context, server, kubernetesVersion } = view.cluster;
  const left = [span(context || server || 'cluster', 'strong')];
  if (kubernetesVersion !== '') left.push(span(`  Kubernetes ${kubernetesVersion}`));
  if (readOnly) left.push(span('  read-only', 'caution'));
  const badge = runBadge(run, theme);
  const right = [freshnessSpan(view.freshness, now, theme)];
  if (badge !== undefined) right.unshift(badge, span('   '));
  return spread(left, right, size.columns, theme.glyphs.ellipsis);
}

/** The version of the control plane, or why there is none. */
function versionSpan({ mesh, freshness }: LiveView): Span {
  const { version, namespace } = mesh.controlPlane;
  if (version !== '') return span(version, 'strong');
  if (freshness.state === 'loading') return span('loading', 'muted');
  if (isWithoutLinkerd(mesh)) return span(`no Linkerd in namespace ${namespace}`, 'caution');
  return span('version unknown', 'caution');
}

function versionSpans(view: LiveView, { glyphs }: Theme): Span[] {
  const { controlPlane } = view.mesh;
  if (controlPlane.version === '') return [versionSpan(view)];
  const release = controlPlane.release === '' ? '' : `  release ${controlPlane.release}`;
  const channel = controlPlane.channel === '' ? '' : `, ${controlPlane.channel}`;
  const readiness = controlPlane.ready
    ? [span(`  ${glyphs.success} ready`, 'good')]
    : view.freshness.state === 'loading'
      ? []
      : [span(`  ${glyphs.warning} not ready`, 'caution')];
  return [versionSpan(view), span(`${release}${channel}`), ...readiness];
}

function componentSpans(component: ComponentView, controlPlane: ControlPlaneView, loading: boolean): Span[] {
  const unread = loading && component.version === '';
  const same = unread || component.version === controlPlane.version;
  const healthy = (unread || component.ready >= component.replicas) && same;
  const version = same ? '' : ` ${component.version || 'no version'}`;
  const text = `${component.name} ${component.ready}/${component.replicas}${version}`;
  return [span(text, healthy ? 'muted' : 'caution')];
}

function controlPlaneLines(input: HeaderInput): Line[] {
  const { view, size, theme } = input;
  const { controlPlane } = view.mesh;
  const { ellipsis } = theme.glyphs;
  const left = [label('Control plane'), ...versionSpans(view, theme)];
  const loading = view.freshness.state === 'loading';
  const components = joined(
    controlPlane.components.map((component) => componentSpans(component, controlPlane, loading)),
    '  ',
  );
  if (isInjectorAlone(controlPlane)) components.push(span('  policy Ignore', 'muted'));
  if (components.length === 0) return [{ spans: clampSpans(left, size.columns, ellipsis) }];
  const gap = 3;
  if (widthOfSpans(left) + gap + widthOfSpans(components) <= size.columns) {
    return [line(...left, ' '.repeat(gap), ...components)];
  }
  return [
    { spans: clampSpans(left, size.columns, ellipsis) },
    { spans: clampSpans([label(''), ...components], size.columns, ellipsis) },
  ];
}

/** Counts by class, worst first: `✗ 12 violation`, `✓ 40 current`, and what else is wrong with the proxies. */
function classLegend(totals: Pick<TotalsView, 'byClass' | 'staleTrust'>, { glyphs }: Theme): Span[] {
  const parts: Span[] = severity
    .filter((name) => totals.byClass[name] > 0)
    .map((name) => span(`${glyphs.class[name]} ${figure(totals.byClass[name])} ${name}`, `class:${name}`));
  if (totals.staleTrust > 0) {
    parts.push(span(`${glyphs.warning} ${figure(totals.staleTrust)} with another trust root`, 'caution'));
  }
  return parts;
}

/** `parts` two blanks apart, in as many lines below `label` as they need. */
function flowed(parts: readonly Span[], columns: number): Line[] {
  const indent = label('');
  const rows: Span[][] = [];
  let used = columns;
  for (const part of parts) {
    const row = rows.at(-1);
    const width = widthOf(part.text) + 2;
    if (row === undefined || used + width > columns) {
      rows.push([indent, part]);
      used = labelWidth + width - 2;
      continue;
    }
    row.push(span('  '), part);
    used += width;
  }
  return rows.map((spans) => ({ spans }));
}

function dataPlaneLines({ view, size, theme, withoutBar = false }: HeaderInput): Line[] {
  const { totals } = view.mesh;
  if (totals.proxies === 0) {
    const text = view.freshness.state === 'loading' ? 'loading' : 'no proxies';
    return [line(label('Data plane'), span(text, 'muted'))];
  }
  const text = [
    span(count(totals.proxies, 'proxy', 'proxies'), 'strong'),
    span(` in ${count(totals.namespaces, 'namespace')}`),
  ];
  const left = [label('Data plane'), ...text];
  const room = size.columns - widthOfSpans(left) - 3;
  const bar =
    room >= 10 && !withoutBar ? [span('   '), ...classBar(totals.byClass, Math.min(room, 60), theme)] : [];
  return [
    { spans: clampSpans([...left, ...bar], size.columns, theme.glyphs.ellipsis) },
    ...flowed(classLegend(totals, theme), size.columns),
  ];
}

/** Warnings in `most` lines: each has at least one while they last, and what is left over goes to those that are long. */
function warningLines(input: HeaderInput, most: number): Line[] {
  const { size, theme } = input;
  const warnings = allWarnings(input);
  const { warning, ellipsis } = theme.glyphs;
  const rest = warnings.length - most;
  let spare = Math.max(0, -rest);
  return warnings.slice(0, most).flatMap(({ tone, text }, index) => {
    const more = rest > 0 && index === most - 1 ? [span(`+${rest} more, ? lists them`, 'caution')] : [];
    const rows = paragraph(span(`${warning} `, tone), text, size.columns, tone);
    if (rows.length > 1 + spare || more.length > 0) {
      const shown = rows.slice(0, spare);
      const left = rows.slice(spare).flatMap(({ spans }, place) => {
        const [lead, ...words] = spans;
        return place === 0 && lead !== undefined ? [lead, ...words] : [span(' ', tone), ...words];
      });
      spare = 0;
      return [...shown, spread(left, more, size.columns, ellipsis)];
    }
    spare -= rows.length - 1;
    return rows;
  });
}

function singleLine(input: HeaderInput): Line {
  const { view, run, now, size, theme } = input;
  const grave = warningsOf(view).some(({ tone }) => tone === 'danger');
  const badge = runBadge(run, theme);
  const right = [
    ...(grave ? [span(`${theme.glyphs.warning} ? `, 'danger')] : []),
    ...(badge === undefined ? [] : [badge, span('  ')]),
    freshnessSpan(view.freshness, now, theme),
  ];
  const left = [versionSpan(view), span(`  ${view.cluster.context}`)];
  return spread(left, right, size.columns, theme.glyphs.ellipsis);
}

function compactLines(input: HeaderInput): Line[] {
  const { view, size, theme } = input;
  const { totals } = view.mesh;
  const [gravest] = warningLines(input, 1);
  const figures = [
    versionSpan(view),
    span('  '),
    ...joined(
      classLegend(totals, theme).map((part) => [part]),
      '  ',
    ),
  ];
  const lines = [clusterLine(input), { spans: clampSpans(figures, size.columns, theme.glyphs.ellipsis) }];
  return gravest === undefined ? lines : [...lines, gravest];
}

/**
 * The lines above the tables. How many they are depends on the view and on the size of the screen,
 * never on the time, so that nothing jumps between two refreshes.
 */
export function headerLines(input: HeaderInput): readonly Line[] {
  const { size, brief = false } = input;
  const detail = detailOf(size);
  if (brief && detail === 'full') return [singleLine(input), line()];
  if (brief || detail === 'single') return [singleLine(input)];
  if (detail === 'compact') return compactLines(input);
  const roomy = size.rows >= 30;
  return [
    clusterLine(input),
    ...controlPlaneLines(input),
    ...dataPlaneLines(input),
    ...warningLines(input, roomy ? 4 : 2),
    ...(roomy ? [line()] : []),
  ];
}
