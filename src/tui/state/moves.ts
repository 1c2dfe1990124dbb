import type { ActionId } from '../keys/actions.ts';

/** Moves by rows or pages, the same for a table and for everything that scrolls. */
const distances = {
  up: () => -1,
  down: () => 1,
  'page-up': (page: number) => -page,
  'page-down': (page: number) => page,
  first: () => Number.NEGATIVE_INFINITY,
  last: () => Number.POSITIVE_INFINITY,
} as const;

export type MoveId = keyof typeof distances;

export function isMove(action: ActionId): action is MoveId {
  return action in distances;
}

/** Rows that a move goes down, negative when up; `page` is the number of rows on the screen. */
export function distanceOf(action: MoveId, page: number): number {
  return distances[action](page);
}
