import type { Arguments } from '../arguments.ts';
import type { Output } from '../connect.ts';
import { exitCode } from '../exit-codes.ts';
import { UsageError } from '../pflag.ts';
import { bashScript } from './scripts/bash.ts';
import { fishScript } from './scripts/fish.ts';
import { kubectlScript } from './scripts/kubectl.ts';
import { powershellScript } from './scripts/powershell.ts';
import { zshScript } from './scripts/zsh.ts';

const scripts: ReadonlyMap<string, string> = new Map([
  ['bash', bashScript],
  ['zsh', zshScript],
  ['fish', fishScript],
  ['powershell', powershellScript],
  ['kubectl', kubectlScript],
]);

/** `completion WHAT`: prints the script that connects a shell, or kubectl, with `__complete`. Writes no file. */
export function completion({ operands }: Arguments, _: NodeJS.ProcessEnv, output: Output): number {
  const [what = '', another] = operands;
  const script = scripts.get(what);
  if (script === undefined || another !== undefined) {
    const wrong = what === '' || another !== undefined ? '' : `, not "${what}"`;
    throw new UsageError(`completion takes one of ${[...scripts.keys()].join(', ')}${wrong}`);
  }
  output.out(script);
  return exitCode.fine;
}
