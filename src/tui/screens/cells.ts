import { type SkewReference, severity, skewOf } from '../../mesh/skew.ts';
import { effectsByInterest } from '../../mesh/tally.ts';
import type { EffectKind, SkewClass } from '../../mesh/view.ts';
import { clampSpans, type Span, span, widthOfSpans } from '../text/line.ts';
import { effectWords, figure } from '../text/words.ts';
import type { Role, Theme } from '../theme/theme.ts';

/** Sign and word of a class; a dash where there is no proxy, which nobody knows while pods are still being read. */
export function classCell(name: SkewClass | undefined, { glyphs }: Theme, loading = false): Span[] {
  if (name === undefined) return [span(loading ? glyphs.ellipsis : `${glyphs.dash} no proxies`, 'muted')];
  return [span(`${glyphs.class[name]} ${name}`, `class:${name}`)];
}

/** `✗12 ▽3 ✓40`: counts by class, worst first. */
export function classCounts(byClass: Readonly<Record<SkewClass, number>>, { glyphs }: Theme): Span[] {
  return severity
    .filter((name) => byClass[name] > 0)
    .map((name, index) =>
      span(
        `${index === 0 ? '' : ' '}${glyphs.class[name]}${figure(byClass[name])}`,
        `class:${name}` as const,
      ),
    );
}

/** Class of a version under the control plane of this moment. */
export type Judge = (version: string) => SkewClass;

const judges = new WeakMap<SkewReference, Judge>();

/** Judges versions against a control plane. There are few versions and many rows: each is judged once. */
export function judgeOf(controlPlane: SkewReference): Judge {
  const known = judges.get(controlPlane);
  if (known !== undefined) return known;
  const classes = new Map<string, SkewClass>();
  const judge = (version: string): SkewClass => {
    const found = classes.get(version) ?? skewOf(version, controlPlane).class;
    classes.set(version, found);
    return found;
  };
  judges.set(controlPlane, judge);
  return judge;
}

/** Versions with the number of their proxies: worst class first, then most proxies, then by name. */
export function versionsWorstFirst(
  byVersion: Readonly<Record<string, number>>,
  judge: Judge,
): [string, number][] {
  return Object.entries(byVersion)
    .filter(([, proxies]) => proxies > 0)
    .sort(
      ([a, x], [b, y]) =>
        severity.indexOf(judge(a)) - severity.indexOf(judge(b)) || y - x || (a < b ? -1 : 1),
    );
}

/**
 * As many versions as fit into `width`, with their counts where there are several, and how many are not shown:
 * `edge-26.8.3`, `edge-25.4.4 ×3, edge-26.8.3 ×12`, `edge-25.4.4 ×3 +2`.
 */
export function versionsCell(
  byVersion: Readonly<Record<string, number>>,
  judge: Judge,
  width: number,
  { glyphs }: Theme,
): Span[] {
  const versions = versionsWorstFirst(byVersion, judge);
  const [first, ...others] = versions;
  if (first === undefined) return [span(glyphs.dash, 'muted')];
  if (others.length === 0) return [span(first[0] || 'unknown')];
  const texts = versions.map(([version, proxies]) => [
    span(version || 'unknown'),
    span(` ${glyphs.times}${figure(proxies)}`, 'muted'),
  ]);
  for (let shown = texts.length; shown > 0; shown -= 1) {
    const rest = texts.length - shown;
    const spans = texts
      .slice(0, shown)
      .flatMap((part, index) => (index === 0 ? part : [span(', '), ...part]));
    if (rest > 0) spans.push(span(` +${rest}`, 'muted'));
    if (widthOfSpans(spans) <= width) return spans;
  }
  // Without its count the first one still says most; how many others there are must not be cut off.
  const rest = ` +${others.length}`;
  return [
    ...clampSpans([span(first[0] || 'unknown')], width - rest.length, glyphs.ellipsis),
    span(rest, 'muted'),
  ];
}

/** Versions with their counts where there are several, most first: `edge-26.6.1 ×7, edge-25.4.4 ×2`. */
export function versionsText(byVersion: Readonly<Record<string, number>>, { glyphs }: Theme): string {
  const versions = Object.entries(byVersion).sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
  const [only] = versions;
  if (only === undefined) return 'no proxy';
  if (versions.length === 1) return only[0] || 'unknown';
  return versions
    .map(([version, proxies]) => `${version || 'unknown'} ${glyphs.times}${figure(proxies)}`)
    .join(', ');
}

const effectRoles: Readonly<Record<EffectKind, Role>> = {
  unmeshes: 'danger',
  downgrades: 'danger',
  meshes: 'caution',
  upgrades: 'good',
  renews: 'good',
  unknown: 'caution',
  unsupported: 'muted',
  static: 'muted',
  pinned: 'muted',
  nothing: 'muted',
};

export function effectRole(kind: EffectKind): Role {
  return effectRoles[kind];
}

const changing: ReadonlySet<EffectKind> = new Set([
  'unmeshes',
  'downgrades',
  'meshes',
  'upgrades',
  'renews',
  'unknown',
]);

/**
 * What a restart of a namespace would do to its workloads, most interesting first: `unmeshes 1, upgrades 12`, and how
 * many other effects do not fit into `width`: `unmeshes 1 +1`. Where nothing would move, why: `unsupported 2, pinned 1`,
 * or `no change`. While lists are still arriving an unknown effect is no finding.
 */
export function effectsCell(
  effects: Readonly<Record<EffectKind, number>>,
  workloads: number,
  width: number,
  { glyphs }: Theme,
  loading = false,
): Span[] {
  const found = effectsByInterest.filter(
    (kind) => kind !== 'nothing' && effects[kind] > 0 && !(loading && kind === 'unknown'),
  );
  const moving = found.filter((kind) => changing.has(kind));
  const present = moving.length > 0 ? moving : found;
  if (present.length === 0) {
    if (loading) return [span(glyphs.ellipsis, 'muted')];
    return [span(workloads > 0 ? effectWords.nothing : glyphs.dash, 'muted')];
  }
  const parts = present.map((kind) => {
    const word = kind === 'unknown' ? 'unknown for' : effectWords[kind];
    return span(`${word} ${figure(effects[kind])}`, effectRole(kind));
  });
  for (let shown = parts.length; shown > 0; shown -= 1) {
    const spans = parts
      .slice(0, shown)
      .flatMap((part, index) => (index === 0 ? [part] : [span(', ', 'muted'), part]));
    if (shown < parts.length) spans.push(span(` +${parts.length - shown}`, 'muted'));
    if (widthOfSpans(spans) <= width) return spans;
  }
  const rest = parts.length > 1 ? ` +${parts.length - 1}` : '';
  return [...clampSpans(parts.slice(0, 1), width - rest.length, glyphs.ellipsis), span(rest, 'muted')];
}

/** Ready out of wanted, flagged where some are missing. */
export function readyCell(ready: number, wanted: number): Span[] {
  return [span(`${ready}/${wanted}`, ready < wanted ? 'caution' : 'plain')];
}
