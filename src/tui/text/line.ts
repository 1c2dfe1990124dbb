import type { Role } from '../theme/theme.ts';
import { clampText, widthOf, wrapText } from './width.ts';

/** A run of text with one meaning. */
export interface Span {
  readonly text: string;
  readonly role?: Role;
}

/** One row of the screen. */
export interface Line {
  readonly spans: readonly Span[];
  /** Drawn in reverse video: the row under the cursor. */
  readonly selected?: boolean;
}

export const blank: Line = { spans: [] };

export function span(text: string, role: Role = 'plain'): Span {
  return { text, role };
}

/** A line from strings (plain) and spans. */
export function line(...parts: readonly (string | Span)[]): Line {
  return { spans: parts.map((part) => (typeof part === 'string' ? span(part) : part)) };
}

export function widthOfSpans(spans: readonly Span[]): number {
  return spans.reduce((sum, { text }) => sum + widthOf(text), 0);
}

/** The characters of a line without their roles. */
export function textOf({ spans }: Line): string {
  return spans.map(({ text }) => text).join('');
}

/** `spans` cut to at most `columns`; the last visible one ends in `ellipsis` when something was cut. */
export function clampSpans(spans: readonly Span[], columns: number, ellipsis: string): readonly Span[] {
  if (widthOfSpans(spans) <= columns) return spans;
  const kept: Span[] = [];
  let room = columns - widthOf(ellipsis);
  for (const part of spans) {
    const width = widthOf(part.text);
    if (width > room) {
      const text = clampText(part.text, Math.max(0, room), '') + ellipsis;
      kept.push({ ...part, text: clampText(text, columns, '') });
      break;
    }
    kept.push(part);
    room -= width;
  }
  return kept;
}

/** `spans` at exactly `columns`: cut or padded with blanks. */
export function fitSpans(
  spans: readonly Span[],
  columns: number,
  align: 'left' | 'right',
  ellipsis: string,
): readonly Span[] {
  const cut = clampSpans(spans, columns, ellipsis);
  const gap = columns - widthOfSpans(cut);
  if (gap <= 0) return cut;
  const padding: Span = { text: ' '.repeat(gap) };
  return align === 'left' ? [...cut, padding] : [padding, ...cut];
}

/** `left` and `right` at the two ends of a line of `columns`; `right` is kept whole, `left` is cut first. */
export function spread(
  left: readonly Span[],
  right: readonly Span[],
  columns: number,
  ellipsis: string,
): Line {
  const end = clampSpans(right, columns, ellipsis);
  const room = columns - widthOfSpans(end);
  if (room < 2) return { spans: end };
  return { spans: [...fitSpans(left, room - 1, 'left', ellipsis), { text: ' ' }, ...end] };
}

/** `title` and what is said of it: where both do not fit, the title is cut. */
export function titled(title: Span, rest: readonly Span[], columns: number, ellipsis: string): Line {
  const room = Math.max(1, columns - widthOfSpans(rest));
  return { spans: clampSpans([...clampSpans([title], room, ellipsis), ...rest], columns, ellipsis) };
}

/** A paragraph of one role under a first line that starts with `lead`; further lines are indented below the text. */
export function paragraph(lead: Span, text: string, columns: number, role: Role = 'plain'): Line[] {
  const indent = widthOf(lead.text);
  const rows = wrapText(text, columns - indent);
  if (rows.length === 0) return [line(lead)];
  return rows.map((row, index) =>
    index === 0 ? line(lead, span(row, role)) : line(' '.repeat(indent), span(row, role)),
  );
}
