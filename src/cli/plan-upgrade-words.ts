import type { Arguments } from './arguments.ts';

/** The operand of `plan` that asks for the guide; alone it is no namespace, which `-n upgrade` names. */
export const UPGRADE = 'upgrade';

/** Whether `plan` was asked for the guide: `upgrade` alone, or with `--to`. */
export function asksForUpgrade({ operands, given }: Arguments): boolean {
  const [first, ...more] = operands;
  return (first === UPGRADE && more.length === 0) || given.includes('to');
}
