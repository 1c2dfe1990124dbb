import type { PlanChange } from '../rollout/plan/bind.ts';
import { nameOf } from './plan-table.ts';
import { hang, PAGE_WIDTH } from './wrap.ts';

const outcomes: Readonly<Record<PlanChange['change'], string>> = {
  kept: 'restarted all the same',
  'left-out': 'left out',
  'not-added': 'not added',
};

/**
 * What changed since a plan file was written, in lines; none when nothing did.
 * @param width cells that prose may take
 */
export function changeLines(changes: readonly PlanChange[], width: number = PAGE_WIDTH): readonly string[] {
  if (changes.length === 0) {
    return [];
  }
  const rows = changes.map(({ key, change, text }) => [nameOf(key), outcomes[change], text]);
  return ['', 'Changed since the plan was written:', ...hang(rows, width).map((line) => `  ${line}`)];
}
