/** LabelSelector, after kubernetes/apimachinery `pkg/apis/meta/v1/generated.proto`. */

import type { LabelSelector, LabelSelectorRequirement } from '../records.ts';
import type { Cursor } from './cursor.ts';

export function readSelector(cursor: Cursor): LabelSelector {
  const matchLabels: Record<string, string> = {};
  const matchExpressions: LabelSelectorRequirement[] = [];
  const outer = cursor.enter();
  for (let field = cursor.next(); field !== 0; field = cursor.next()) {
    if (field === 1) cursor.entryInto(matchLabels);
    else if (field === 2) matchExpressions.push(readRequirement(cursor));
    else cursor.skip();
  }
  cursor.leave(outer);
  return { matchLabels, matchExpressions };
}

function readRequirement(cursor: Cursor): LabelSelectorRequirement {
  let key = '';
  let operator = '';
  const values: string[] = [];
  const outer = cursor.enter();
  for (let field = cursor.next(); field !== 0; field = cursor.next()) {
    if (field === 1) key = cursor.pooled();
    else if (field === 2) operator = cursor.pooled();
    else if (field === 3) values.push(cursor.pooled());
    else cursor.skip();
  }
  cursor.leave(outer);
  return { key, operator, values };
}
