import { noClasses, severity } from '../../mesh/skew.ts';
import type { SkewClass } from '../../mesh/view.ts';
import { type Span, span } from '../text/line.ts';
import type { Theme } from '../theme/theme.ts';

type ByClass = Readonly<Record<SkewClass, number>>;

/**
 * Cells for each class, `width` together. A class that is present has at least one cell, however rare it is:
 * one violation among ten thousand proxies must be seen. Cells given away so are taken from the largest.
 */
export function cellsByClass(byClass: ByClass, width: number): ByClass {
  const total = severity.reduce((sum, name) => sum + byClass[name], 0);
  const cells = noClasses();
  if (total === 0 || width <= 0) return cells;
  for (const name of severity) {
    if (byClass[name] > 0) cells[name] = Math.max(1, Math.round((byClass[name] / total) * width));
  }
  let surplus = severity.reduce((sum, name) => sum + cells[name], 0) - width;
  while (surplus !== 0) {
    const largest = severity.reduce((best, name) => (cells[name] > cells[best] ? name : best));
    if (surplus > 0 && cells[largest] <= 1) break;
    cells[largest] -= Math.sign(surplus);
    surplus -= Math.sign(surplus);
  }
  return cells;
}

/** A bar of `width` columns, best class first; each class has a colour and a texture of its own. */
export function classBar(byClass: ByClass, width: number, { glyphs }: Theme): Span[] {
  const cells = cellsByClass(byClass, width);
  return severity
    .toReversed()
    .filter((name) => cells[name] > 0)
    .map((name) => span(glyphs.bar[name].repeat(cells[name]), `class:${name}`));
}

/** A bar of `width` columns of which `done` out of `total` are full. */
export function progressBar(done: number, total: number, width: number, { glyphs }: Theme): Span[] {
  const full = total === 0 ? 0 : Math.floor((done / total) * width);
  return [
    span(glyphs.progress.full.repeat(full), 'good'),
    span(glyphs.progress.empty.repeat(Math.max(0, width - full)), 'muted'),
  ];
}
