import type { Task, TaskState } from './advice.ts';
import type { Finding } from './tasks/task.ts';

/**
 * Gives every task its state by its place: the first open one is next, and what comes after something that is open, under
 * way or blocked is later. Of steps that are still far only that is told which holds whatever is done before.
 * @param steps the tasks of each step in order
 */
export function settle(steps: readonly (readonly Finding[])[]): readonly (readonly Task[])[] {
  let isAhead = false;
  return steps.map((findings) => {
    const isFar = isAhead;
    return findings.map((finding) => {
      const { state: found, standing = false, ...task } = finding;
      const state = stateOf(found, standing, isAhead, isFar);
      if (state === 'next' || state === 'in-progress' || state === 'blocked') isAhead = true;
      return { ...task, state };
    });
  });
}

function stateOf(found: Finding['state'], standing: boolean, isAhead: boolean, isFar: boolean): TaskState {
  if (isFar && !standing) return 'later';
  switch (found) {
    case 'done':
    case 'blocked':
    case 'in-progress':
      return found;
    case 'open':
      return isAhead ? 'later' : 'next';
    case 'unknown':
      return found;
  }
}
