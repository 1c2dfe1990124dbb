/** ListMeta, after kubernetes/apimachinery `pkg/apis/meta/v1/generated.proto`. */

import type { ListMeta } from '../list-meta.ts';
import type { Cursor } from './cursor.ts';

export function readListMeta(cursor: Cursor): ListMeta {
  let resourceVersion = '';
  let continueToken = '';
  let remaining: number | undefined;
  const outer = cursor.enter();
  for (let field = cursor.next(); field !== 0; field = cursor.next()) {
    if (field === 2) resourceVersion = cursor.text();
    else if (field === 3) continueToken = cursor.raw();
    else if (field === 4) remaining = cursor.number();
    else cursor.skip();
  }
  cursor.leave(outer);
  return { resourceVersion, continueToken, remaining };
}
