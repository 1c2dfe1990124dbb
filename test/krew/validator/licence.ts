import { posix } from 'node:path';
import type { Store } from './store.ts';

/** The names that validate-krew-manifest takes for a licence, in any case. */
const names = new Set(
  'license license.txt license.md licenses licenses.txt licenses.md copying copying.txt'.split(' '),
);

/** An installed plugin without a licence (M10), or with an empty one. */
export function licenceProblems(store: Store): readonly string[] {
  const found = [...store].filter(([path]) => names.has(posix.basename(path).toLowerCase()));
  if (found.length === 0) return ['M10 no file named LICENSE (or alike) is installed'];
  return found
    .filter(([, { data }]) => data.length === 0)
    .map(([path]) => `M10 the licence ${path} is empty`);
}
