import { resumeCommand as plainCommand } from '../rollout/resume-command.ts';
import type { Arguments } from './arguments.ts';
import { shellWord } from './shell-word.ts';

/** The command that goes on with a run, with the flags that lead to its cluster; it can be pasted into a shell. */
export function resumeCommand(args: Arguments, run: string): string {
  const flags = ['kubeconfig', 'context'].flatMap((name) => {
    const value = args.text(name);
    return value === undefined ? [] : [` --${name}=${shellWord(value)}`];
  });
  return `${plainCommand(run)}${flags.join('')}`;
}
