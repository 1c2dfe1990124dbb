import type { Notice, NoticeSeverity } from '../data/notices.ts';
import type { ApplicableNotice } from './advice.ts';
import { anyRelease } from './applicability/any.ts';
import { to211 } from './applicability/to-2.11.ts';
import { to214 } from './applicability/to-2.14.ts';
import { to217 } from './applicability/to-2.17.ts';
import { to218 } from './applicability/to-2.18.ts';
import { to221 } from './applicability/to-2.21.ts';
import { type Predicates, type Situation, unknown, type Verdict } from './applicability/verdict.ts';
import type { Inventory } from './inventory.ts';
import { noticesBetween } from './notice-range.ts';

export type { Situation, Verdict } from './applicability/verdict.ts';

/** What decides over each notice, by its id; every notice of the data has its own. */
export const predicates: Predicates = {
  ...anyRelease,
  ...to211,
  ...to214,
  ...to217,
  ...to218,
  ...to221,
};

/** Judges one notice; one without a predicate of its own cannot be told, and never passes for not applying. */
export function judgeNotice({ id }: Pick<Notice, 'id'>, situation: Situation): Verdict {
  return predicates[id]?.(situation) ?? unknown('this program does not know how to tell');
}

const rank: Readonly<Record<NoticeSeverity, number>> = { action: 0, warning: 1, info: 2 };

/**
 * Notices of a step that concern this cluster, each with why: what has to be done first, then warnings, then the rest;
 * in each the order of the data.
 */
export function applicableNotices(
  inventory: Inventory,
  from: string,
  to: string,
): readonly ApplicableNotice[] {
  const found = noticesBetween(from, to).flatMap((notice) => {
    const { applies, why } = judgeNotice(notice, { inventory, from, to });
    return applies === 'no' ? [] : [{ notice, applies, why }];
  });
  return found.toSorted((a, b) => rank[a.notice.severity] - rank[b.notice.severity]);
}
