import type { RecordedRun } from '../../rollout/journal/record.ts';
import type { Run } from '../../rollout/run/run.ts';
import { type ActionId, actionsOf } from '../keys/actions.ts';
import { keyLabel } from '../keys/key.ts';
import type { AnyListing } from '../state/listing.ts';
import { currentStep, isUnfinished, objection } from '../state/run-facts.ts';
import { currentTable, modeOf, type UiState } from '../state/ui-state.ts';
import { clampSpans, type Line, line, type Span, span, spread, widthOfSpans } from '../text/line.ts';
import { figure } from '../text/words.ts';
import type { Theme } from '../theme/theme.ts';

/** What the footer has to know besides the state. */
export interface FooterInput {
  readonly state: UiState;
  readonly run: Run | undefined;
  readonly unfinished: RecordedRun | undefined;
  readonly readOnly: boolean;
  readonly columns: number;
}

/** Actions that would do nothing just now, so that the footer does not offer them. */
function pointless({ state, run, unfinished }: FooterInput): ReadonlySet<ActionId> {
  const { level, filter } = currentTable(state);
  const { overlay } = state;
  const actions = new Set<ActionId>();
  if (run === undefined && unfinished === undefined) actions.add('run');
  if (isUnfinished(run)) actions.add('restart').add('plan').add('restart-plan');
  if (overlay?.kind === 'plan' && (overlay.plan.items.length === 0 || overlay.plan.blocked.length > 0)) {
    actions.add('restart-plan');
  }
  if (level.kind === 'pods') actions.add('mark').add('open');
  if (level.kind === 'namespaces' && filter === '' && overlay === undefined) actions.add('back');
  if (overlay?.kind !== 'run') return actions;
  const index = overlay.cursor ?? (run === undefined ? 0 : currentStep(run));
  for (const type of ['pause', 'proceed', 'abort', 'retry', 'skip'] as const) {
    const action = type === 'retry' || type === 'skip' ? { type, index } : { type };
    if (objection(run, action) !== '') actions.add(type);
  }
  if (run === undefined || run.warnings.length === 0) actions.add('warnings');
  return actions;
}

/** The keys of this moment, as many as fit into `columns`: the least important are left out, the order stays. */
export function keysLine(input: FooterInput): Line {
  const { state, readOnly, columns } = input;
  const hidden = pointless(input);
  let hints = actionsOf(modeOf(state), readOnly).flatMap(({ id, keys: [key], label, rank = 0 }) =>
    label === undefined || key === undefined || hidden.has(id) ? [] : [{ key: keyLabel(key), label, rank }],
  );
  const spans = (): Span[] =>
    hints.flatMap(({ key, label }, index) => [
      span(index === 0 ? key : `  ${key}`, 'key'),
      span(` ${label}`, 'muted'),
    ]);
  while (hints.length > 1 && widthOfSpans(spans()) > columns) {
    const least = Math.max(...hints.map(({ rank }) => rank));
    const place = hints.findLastIndex(({ rank }) => rank === least);
    hints = hints.toSpliced(place, 1);
  }
  return { spans: spans() };
}

function promptLine(state: UiState, listing: AnyListing, columns: number, { glyphs }: Theme): Line {
  const { filter } = currentTable(state);
  const right =
    listing.filterError === ''
      ? span(`${figure(listing.rows.length)} of ${figure(listing.total)}`, 'muted')
      : span(`${glyphs.failure} ${listing.filterError}`, 'danger');
  return spread(
    [span('/', 'key'), span(filter, 'input'), span(glyphs.caret, 'key')],
    [right],
    columns,
    glyphs.ellipsis,
  );
}

function destinationLine(
  { text, complaint }: { readonly text: string; readonly complaint: string },
  columns: number,
  { glyphs }: Theme,
): Line {
  const prompt = [span('Upgrade to ', 'key'), span(text, 'input'), span(glyphs.caret, 'key')];
  if (complaint === '') {
    return line(...prompt, span(text === '' ? '  2.20, edge-26.6.3, latest-known' : '', 'muted'));
  }
  return {
    spans: clampSpans(
      [...prompt, span(`  ${glyphs.failure} ${complaint}`, 'danger')],
      columns,
      glyphs.ellipsis,
    ),
  };
}

/** The line above the keys: the filter or the destination while it is typed, else a message that has not run out, else nothing. */
export function messageLine(
  state: UiState,
  listing: AnyListing,
  now: number,
  columns: number,
  theme: Theme,
): Line {
  if (modeOf(state) === 'filter') return promptLine(state, listing, columns, theme);
  if (state.overlay?.kind === 'destination') return destinationLine(state.overlay, columns, theme);
  const { flash } = state;
  if (flash === undefined || flash.until <= now) return line();
  const sign = {
    info: theme.glyphs.bullet,
    good: theme.glyphs.success,
    caution: theme.glyphs.warning,
    danger: theme.glyphs.failure,
  };
  return line(span(`${sign[flash.tone]} ${flash.text}`, flash.tone));
}
