import type { MoveId } from './moves.ts';
import { distanceOf } from './moves.ts';
import type { Extent, StepRows } from './step.ts';
import { windowTop } from './table.ts';

/** Where the cursor of the run stands, and the first line shown. */
export interface RunPlace {
  readonly cursor: number;
  readonly top: number;
}

/**
 * The cursor one move further. It stands on steps only; above the first of them it is the halt card that scrolls,
 * and while the cursor is below what is shown, moving down brings it into sight first.
 */
export function movedPlace(extent: Extent, rows: StepRows, action: MoveId): RunPlace {
  const { page, lines, top } = extent;
  const { cursor, count, rowOf } = rows;
  const by = distanceOf(action, page);
  const last = Math.max(0, count - 1);
  const row = rowOf(cursor);
  if (action === 'first') return { cursor: 0, top: 0 };
  if (by < 0 && cursor === 0) return { cursor, top: Math.max(0, top + by) };
  if (action !== 'last' && by > 0 && row >= top + page) {
    return { cursor, top: Math.max(0, Math.min(top + by, row, lines - page)) };
  }
  const next = Math.max(0, Math.min(last, cursor + by));
  const place = rowOf(next);
  // The line above comes along: it may be the title of the wave.
  const shown = windowTop(top, Math.max(0, place - 1), page, lines);
  return { cursor: next, top: windowTop(shown, place, page, lines) };
}
