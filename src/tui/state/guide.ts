import type { Advice, ApplicableNotice, Destination, Task } from '../../guide/advice.ts';

/** The upgrade guide as far as it is known. */
export interface Guide {
  /** Where to, as it was asked for: `latest-known`, `2.20`, `edge-26.6.3`. */
  readonly destination: Destination;
  /** undefined until the cluster's inventory has been read for the first time. */
  readonly advice: Advice | undefined;
  /** Why the last attempt to read failed; '' when it did not. */
  readonly problem: string;
  /** The inventory is being read. */
  readonly reading: boolean;
  /** When the inventory was read, seconds since the epoch; 0 for never. */
  readonly readAt: number;
}

/** Something of the checklist that the cursor can stand on. */
export type ChecklistItem = {
  /** The same from one reading to the next. */
  readonly id: string;
  /** Index of the step that it belongs to. */
  readonly step: number;
} & ({ readonly task: Task } | { readonly notice: ApplicableNotice });

const known = new WeakMap<Advice, readonly ChecklistItem[]>();

/** Tasks and notices of all steps, in the order in which they are shown. */
export function itemsOf(advice: Advice | undefined): readonly ChecklistItem[] {
  if (advice === undefined) return [];
  const before = known.get(advice);
  if (before !== undefined) return before;
  const items = advice.steps.flatMap(({ to, tasks, notices }, step): ChecklistItem[] => [
    ...tasks.map((task) => ({ id: `${to} task ${task.id}`, step, task })),
    ...notices.map((notice) => ({ id: `${to} notice ${notice.notice.id}`, step, notice })),
  ]);
  known.set(advice, items);
  return items;
}

/** Where the cursor of the checklist stands: on its item, and by place where that one is gone. */
export interface ItemCursor {
  /** undefined before the first move. */
  readonly id: string | undefined;
  readonly index: number;
}

/** Index of the item under the cursor. */
export function itemIndex(cursor: ItemCursor, items: readonly ChecklistItem[]): number {
  const found = cursor.id === undefined ? -1 : items.findIndex(({ id }) => id === cursor.id);
  return found >= 0 ? found : Math.max(0, Math.min(cursor.index, items.length - 1));
}

/** Figures of the tasks of all steps. */
export function taskCounts(advice: Advice): { readonly done: number; readonly total: number } {
  const tasks = advice.steps.flatMap((step) => step.tasks);
  return { done: tasks.filter(({ state }) => state === 'done').length, total: tasks.length };
}
