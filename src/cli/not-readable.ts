import type { Unreadable } from '../mesh/view.ts';
import { count } from '../mesh/words.ts';
import { PAGE_WIDTH, wrap } from '../report/wrap.ts';

/** A list forbidden everywhere is refused once for each namespace. */
const MOST = 5;

/** What a picture of the cluster lacks, for people, with what that costs and the server's words; [] where it lacks nothing. */
export function notReadable(unreadable: readonly Unreadable[], width = PAGE_WIDTH): readonly string[] {
  if (unreadable.length === 0) {
    return [];
  }
  const lines = unreadable.slice(0, MOST).flatMap(({ what, why }) => {
    const [first = '', ...more] = wrap(`${what}: ${why}`, width - 4);
    return [`  ${first}`, ...more.map((line) => `    ${line}`)];
  });
  const others = unreadable.length - MOST;
  return ['', 'Not readable:', ...lines, ...(others > 0 ? [`  and ${count(others, 'part')} more`] : [])];
}
