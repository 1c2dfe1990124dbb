import { listingOf } from '../state/listing.ts';
import { currentTable, type UiState } from '../state/ui-state.ts';
import { blank, type Line, line, span } from '../text/line.ts';
import { judgeOf } from './cells.ts';
import { keysLine, messageLine } from './footer.ts';
import { bodyLines, isTooSmall, type Size, smallest, TABLE_HEAD_LINES } from './layout.ts';
import { headerOf, overlayLines, type Scene } from './picture.ts';
import { tableLines } from './table-body.ts';
import { emptyLine, titleLine } from './table-head.ts';

function tooSmall({ columns, rows }: Size): readonly Line[] {
  const lines = [
    line(span('Window too small', 'caution')),
    line(`${columns}x${rows}, needs ${smallest.columns}x${smallest.rows}`),
  ];
  return lines.slice(0, rows);
}

/** Title, heads and rows of the current table, or one line that says why there are none. */
function tablePart(state: UiState, scene: Scene, height: number): readonly Line[] {
  const { size, theme, view, now } = scene;
  const table = currentTable(state);
  const listing = listingOf(view.mesh, table);
  const lines = [
    titleLine(table, listing, size.columns, theme),
    ...tableLines({
      table,
      listing,
      judge: judgeOf(view.mesh.controlPlane),
      height: Math.max(1, height - TABLE_HEAD_LINES),
      total: size.columns,
      theme,
      now,
      loading: view.freshness.state === 'loading',
    }),
  ];
  return listing.rows.length > 0 ? lines : [...lines, emptyLine(table, listing, view)];
}

/** The whole screen, line by line from the top: never more lines than it has rows. */
export function screenLines(state: UiState, scene: Scene): readonly Line[] {
  const { size, theme, view, now } = scene;
  if (isTooSmall(size)) return tooSmall(size);
  const { overlay } = state;
  const listing = listingOf(view.mesh, currentTable(state));
  const covered = overlay !== undefined && overlay.kind !== 'filter';
  const header = headerOf(scene, covered);
  const height = bodyLines(size, header.length);
  const body = covered
    ? overlayLines(state, overlay, scene, listing, height)
    : tablePart(state, scene, height);
  return [
    ...header,
    ...Array.from({ length: height }, (_, row) => body[row] ?? blank),
    messageLine(state, listing, now, size.columns, theme),
    keysLine({ ...scene, state, columns: size.columns }),
  ].slice(-size.rows);
}
