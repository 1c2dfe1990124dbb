import type { LiveView } from '../../live/view.ts';
import type { RecordedRun } from '../../rollout/journal/record.ts';
import type { RunLimits } from '../../rollout/run/limits.ts';
import type { Run } from '../../rollout/run/run.ts';
import { type Guide, itemIndex, itemsOf } from '../state/guide.ts';
import { type AnyListing, listingOf } from '../state/listing.ts';
import { currentStep } from '../state/run-facts.ts';
import type { Extent, StepRows } from '../state/step.ts';
import {
  type ChecklistOverlay,
  currentTable,
  type Overlay,
  type RunOverlay,
  type UiState,
} from '../state/ui-state.ts';
import { blank, type Line } from '../text/line.ts';
import type { Theme } from '../theme/theme.ts';
import { askLines } from './ask.ts';
import { checklistBody, checklistHead } from './checklist.ts';
import { itemLines } from './checklist-item.ts';
import { type ConfirmInput, confirmFoot, confirmFootLines, confirmLines } from './confirm.ts';
import { detailLines } from './detail.ts';
import { headerLines } from './header.ts';
import { helpLines } from './help.ts';
import { laidOut } from './laid-out.ts';
import { bodyLines, proseColumns, type Size, tableRows } from './layout.ts';
import { planLines, planSums } from './plan.ts';
import { runBody } from './run-body.ts';
import { runHead } from './run-head.ts';
import { stepLines, warningLines } from './run-step.ts';

/** Everything that decides over what is on the screen, besides the state of the interface. */
export interface Scene {
  readonly view: LiveView;
  readonly run: Run | undefined;
  /** A run of this cluster that an earlier session left unfinished. */
  readonly unfinished: RecordedRun | undefined;
  readonly guide: Guide;
  /** How fast a run of this session goes. */
  readonly limits: RunLimits;
  /** Seconds since the epoch. */
  readonly now: number;
  readonly readOnly: boolean;
  /** Version of this program. */
  readonly version: string;
  readonly size: Size;
  readonly theme: Theme;
}

/** Lines that scroll, between lines that do not. */
interface Scrolled {
  readonly head: readonly Line[];
  readonly length: number;
  readonly lineAt: (index: number) => Line | undefined;
  /** First line where the state names none. */
  readonly start: (page: number) => number;
  readonly foot: (extent: Extent) => readonly Line[];
  /** Lines of `foot`. */
  readonly footLines: number;
  readonly steps?: StepRows;
}

function plainly(lines: readonly Line[]): Scrolled {
  return {
    head: [],
    length: lines.length,
    lineAt: (index) => lines[index],
    start: () => 0,
    foot: () => [],
    footLines: 0,
  };
}

/** A run under a cursor: fixed lines above, rows that are made only when they are shown below. */
function runContent(overlay: RunOverlay, run: Run, scene: Scene): Scrolled {
  const { now, theme, size } = scene;
  const { columns } = size;
  const cursor = overlay.cursor ?? currentStep(run);
  const body = runBody(run, cursor, now, columns, theme);
  return {
    ...plainly([]),
    head: runHead({ run, cursor, now, columns, theme }),
    length: body.length,
    lineAt: body.lineAt,
    start: body.follow,
    steps: { count: run.steps.length, cursor, rowOf: body.rowOf },
  };
}

/** The checklist under a cursor: where it stands above, what there is to do below. */
function checklistContent(overlay: ChecklistOverlay, scene: Scene): Scrolled {
  const { guide, now, theme, size, view } = scene;
  const { columns } = size;
  const items = itemsOf(guide.advice);
  const cursor = itemIndex(overlay.cursor, items);
  const body = checklistBody(guide, view, cursor, columns, theme);
  const head = checklistHead(guide, now, columns, theme);
  const lines = { ...plainly([]), head, length: body.length, lineAt: body.lineAt };
  return items.length === 0 ? lines : { ...lines, steps: { count: items.length, cursor, rowOf: body.rowOf } };
}

function contentOf(state: UiState, overlay: Overlay, scene: Scene, listing: AnyListing): Scrolled {
  const { view, run, now, size, theme, limits } = scene;
  const { columns } = size;
  const prose = proseColumns(columns);
  switch (overlay.kind) {
    case 'filter':
      return plainly([]);
    case 'help':
      return plainly(helpLines({ ...scene, columns: prose }));
    case 'detail':
      return plainly(
        detailLines({ table: currentTable(state), listing, mesh: view.mesh, columns: prose, theme, now }),
      );
    case 'checklist':
      return checklistContent(overlay, scene);
    case 'destination':
      return checklistContent(overlay.below, scene);
    case 'item':
      return plainly(itemLines(scene.guide, overlay.id, prose, theme));
    case 'ask':
      return plainly(askLines(overlay.about, run, prose, theme));
    case 'plan': {
      const { plan } = overlay;
      return {
        ...plainly(laidOut(plan, [limits, columns, theme], () => planLines(plan, limits, columns, theme))),
        foot: ({ lines, top, page }) => [planSums(plan, [], lines - top - page, columns, theme)],
        footLines: 1,
      };
    }
    case 'confirm': {
      const input: ConfirmInput = { confirmation: overlay, limits, now: Math.floor(now), columns, theme };
      const { subject, stage, preflight } = overlay;
      // Of a plan nothing changes with time, but ages of a lock and of an unfinished run do.
      const time = subject.what === 'run' || stage.stage === 'locked' ? input.now : 0;
      const under = [subject, stage, limits, columns, theme, time];
      return {
        ...plainly(laidOut(preflight, under, () => confirmLines(input))),
        foot: (extent) => confirmFoot(input, extent),
        footLines: confirmFootLines(input),
      };
    }
    case 'run':
      return run === undefined ? plainly([]) : runContent(overlay, run, scene);
    case 'step':
      return plainly(
        run === undefined
          ? []
          : stepLines({ run, index: overlay.index, mesh: view.mesh, now, columns: prose, theme }),
      );
    case 'warnings':
      return plainly(run === undefined ? [] : warningLines(run, prose, theme));
  }
}

/** Lines that scroll have at least as much room as this, before the lines around them. */
const LEAST_PAGE = 4;

function topOf(overlay: Overlay): number | undefined {
  if (overlay.kind === 'destination') return overlay.below.top;
  return 'top' in overlay ? overlay.top : 0;
}

/** Head and foot as they are shown: in a low window the head gives way first, and of the foot its end is kept. */
function around(
  { head, footLines }: Scrolled,
  body: number,
): { readonly head: readonly Line[]; readonly footLines: number } {
  const foot = Math.min(footLines, Math.max(0, body - 1));
  return { head: head.slice(0, Math.max(0, body - foot - LEAST_PAGE)), footLines: foot };
}

function extentIn(overlay: Overlay, content: Scrolled, body: number): Extent {
  const { head, footLines } = around(content, body);
  const page = Math.max(1, body - head.length - footLines);
  const top = topOf(overlay) ?? content.start(page);
  const shown = Math.max(0, Math.min(top, content.length - page));
  const extent: Extent = { page, lines: content.length, top: shown };
  return content.steps === undefined ? extent : { ...extent, steps: content.steps };
}

/** The lines above everything else: in full over a table, in one line over what covers it. */
export function headerOf(scene: Scene, covered: boolean): readonly Line[] {
  return headerLines({ ...scene, brief: covered });
}

/** How `overlay` stands on the screen. */
export function extentOf(state: UiState, overlay: Overlay, scene: Scene): Extent {
  const header = headerOf(scene, true).length;
  const listing = listingOf(scene.view.mesh, currentTable(state));
  const content = contentOf(state, overlay, scene, listing);
  return extentIn(overlay, content, bodyLines(scene.size, header));
}

/** Rows that the table has on the screen of `scene`. */
export function tableRowsOf(scene: Scene): number {
  return tableRows(scene.size, headerOf(scene, false).length);
}

/** The lines of an overlay that are on the screen, between header and footer. */
export function overlayLines(
  state: UiState,
  overlay: Overlay,
  scene: Scene,
  listing: AnyListing,
  body: number,
): readonly Line[] {
  const content = contentOf(state, overlay, scene, listing);
  const extent = extentIn(overlay, content, body);
  const shown = Array.from({ length: extent.page }, (_, row) => content.lineAt(extent.top + row) ?? blank);
  const { head, footLines } = around(content, body);
  return [...head, ...shown, ...content.foot(extent).slice(content.footLines - footLines)];
}
