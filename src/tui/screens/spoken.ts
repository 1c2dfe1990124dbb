import type { Run } from '../../rollout/run/run.ts';
import { itemIndex, itemsOf } from '../state/guide.ts';
import type { AnyListing } from '../state/listing.ts';
import { currentStep } from '../state/run-facts.ts';
import { cursorIndex } from '../state/table.ts';
import { type ChecklistOverlay, currentTable, type RunOverlay, type UiState } from '../state/ui-state.ts';
import { type Line, line, textOf } from '../text/line.ts';
import { figure } from '../text/words.ts';
import { checklistHead } from './checklist.ts';
import { itemLines } from './checklist-item.ts';
import { detailLines } from './detail.ts';
import { keysLine, messageLine } from './footer.ts';
import { haltLines } from './halt-card.ts';
import { headerLines } from './header.ts';
import { overlayLines, type Scene } from './picture.ts';
import { runHead } from './run-head.ts';
import { stepLines } from './run-step.ts';
import { titleLine } from './table-head.ts';

/** A line as it is read aloud: gaps between columns become pauses. */
function spoken(line: Line): string {
  return textOf(line)
    .trim()
    .replace(/\s{2,}/g, ', ');
}

/** A run: its head, why it halted, and the one step under the cursor instead of all of them. */
function spokenRun(overlay: RunOverlay, run: Run, scene: Scene): readonly Line[] {
  const { now, size, theme, view } = scene;
  const cursor = overlay.cursor ?? currentStep(run);
  const { columns } = size;
  const isHalted = run.phase.phase === 'halted';
  return [
    ...(isHalted ? haltLines(run, columns, theme) : []),
    ...runHead({ run, cursor, now, columns, theme, withoutBar: true }),
    ...stepLines({ run, index: cursor, mesh: view.mesh, now, columns, theme, withoutCard: isHalted }),
  ];
}

/** The checklist: where it stands, and the one item under the cursor in full instead of all of them. */
function spokenChecklist({ cursor }: ChecklistOverlay, scene: Scene): readonly Line[] {
  const { guide, now, theme, size } = scene;
  const { columns } = size;
  const items = itemsOf(guide.advice);
  const index = itemIndex(cursor, items);
  const item = items[index];
  const head = checklistHead(guide, now, columns, theme);
  if (item === undefined) return [...head, ...(guide.advice ? [line(guide.advice.refusal)] : [])];
  const place = line(`Item ${figure(index + 1)} of ${figure(items.length)}`);
  return [...head, place, ...itemLines(guide, item.id, columns, theme)];
}

/**
 * The screen for a screen reader: the one row under the cursor explained in words, instead of a grid whose columns
 * mean nothing when they are read in a row; then the header in sentences and the keys.
 */
export function spokenLines(state: UiState, scene: Scene, listing: AnyListing): readonly string[] {
  // Read aloud, no line is too long: nothing is cut but at a width that nothing reaches.
  const wide: Scene = { ...scene, size: { columns: 400, rows: Math.max(30, scene.size.rows) } };
  const { columns } = wide.size;
  const table = currentTable(state);
  const header = headerLines({ ...wide, withoutBar: true }).map(spoken);
  const message = spoken(messageLine(state, listing, wide.now, columns, wide.theme));
  const keys = spoken(keysLine({ ...wide, state, columns }));
  const { overlay } = state;
  const body =
    overlay?.kind === 'run' && wide.run !== undefined
      ? spokenRun(overlay, wide.run, wide).map(spoken)
      : overlay?.kind === 'checklist'
        ? spokenChecklist(overlay, wide).map(spoken)
        : overlay !== undefined && overlay.kind !== 'filter'
          ? overlayLines(state, overlay, wide, listing, wide.size.rows).map(spoken)
          : [
              spoken(titleLine(table, listing, columns, wide.theme)),
              `Row ${figure(Math.min(cursorIndex(table, listing) + 1, listing.rows.length))} of ${figure(listing.rows.length)}`,
              ...detailLines({
                table,
                listing,
                mesh: wide.view.mesh,
                columns,
                theme: wide.theme,
                now: wide.now,
                brief: true,
              }).map(spoken),
            ];
  // What changes with a key is read first.
  return [...body, message, ...header, keys].filter((text) => text !== '');
}
