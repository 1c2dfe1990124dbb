import type { LiveView } from '../../live/view.ts';
import type { Plan } from '../../rollout/plan/plan.ts';
import type { Run } from '../../rollout/run/run.ts';
import { type AnyListing, listingOf } from '../state/listing.ts';
import type { Extent } from '../state/step.ts';
import { currentTable, type Overlay, type UiState } from '../state/ui-state.ts';
import { blank, type Line } from '../text/line.ts';
import type { Theme } from '../theme/theme.ts';
import { CONFIRM_FOOT, confirmFoot, confirmLines } from './confirm.ts';
import { detailLines } from './detail.ts';
import { headerLines } from './header.ts';
import { helpLines } from './help.ts';
import { bodyLines, proseColumns, type Size, tableRows } from './layout.ts';
import { quitLines } from './quit.ts';
import { runBody, runHead } from './run.ts';

/** Everything that decides over what is on the screen, besides the state of the interface. */
export interface Scene {
  readonly view: LiveView;
  readonly run: Run | undefined;
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

function contentOf(state: UiState, overlay: Overlay, scene: Scene, listing: AnyListing): Scrolled {
  const { view, run, now, readOnly, version, size, theme } = scene;
  const { columns } = size;
  switch (overlay.kind) {
    case 'filter':
      return plainly([]);
    case 'help':
      return plainly(helpLines({ view, readOnly, version, columns: proseColumns(columns), theme }));
    case 'detail':
      return plainly(detailLines(currentTable(state), listing, view.mesh, proseColumns(columns), theme, now));
    case 'quit':
      return plainly(quitLines(run, proseColumns(columns), theme));
    case 'confirm':
      return {
        ...plainly(confirmLinesOnce(overlay.plan, columns, theme)),
        foot: (extent) => confirmFoot(overlay, extent, columns, theme),
        footLines: CONFIRM_FOOT,
      };
    case 'run': {
      if (run === undefined) return plainly([]);
      const body = runBody(run, columns, theme);
      return {
        ...plainly([]),
        head: runHead(run, now, columns, theme),
        length: body.length,
        lineAt: (index) => body.lineAt(index, now),
        start: body.follow,
      };
    }
  }
}

const laidOut = new WeakMap<Plan, { columns: number; theme: Theme; lines: readonly Line[] }>();

/** The lines of a plan, laid out once for each width: a plan may list thousands and never changes. */
function confirmLinesOnce(plan: Plan, columns: number, theme: Theme): readonly Line[] {
  const known = laidOut.get(plan);
  if (known?.columns === columns && known.theme === theme) return known.lines;
  const lines = confirmLines(plan, columns, theme);
  laidOut.set(plan, { columns, theme, lines });
  return lines;
}

function topOf(overlay: Overlay): number | undefined {
  return 'top' in overlay ? overlay.top : 0;
}

function extentIn(overlay: Overlay, content: Scrolled, body: number): Extent {
  const page = Math.max(1, body - content.head.length - content.footLines);
  const top = topOf(overlay) ?? content.start(page);
  return { page, lines: content.length, top: Math.max(0, Math.min(top, content.length - page)) };
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
  return [...content.head, ...shown, ...content.foot(extent)];
}
