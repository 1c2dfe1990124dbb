import { PAGE_WIDTH } from '../report/wrap.ts';

/** A terminal narrower than this wraps in any case. */
const LEAST = 40;

/**
 * Cells that prose may take on a stream: as many as its terminal has, but no more than are pleasant to read; the same
 * in a file wherever it was made.
 */
export function pageWidth({ columns }: { readonly columns?: number | undefined }): number {
  return Math.max(LEAST, Math.min(PAGE_WIDTH, columns ?? PAGE_WIDTH));
}
