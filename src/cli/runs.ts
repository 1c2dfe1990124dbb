import { runsDocument, runsTable } from '../report/run-list.ts';
import { listRuns, stateFolder } from '../rollout/journal/file.ts';
import type { Arguments } from './arguments.ts';
import type { Output } from './connect.ts';
import { exitCode } from './exit-codes.ts';
import { choiceOf } from './values.ts';

/** `runs`: the runs that are recorded on this computer, newest first. Asks no cluster. */
export function runs(args: Arguments, env: NodeJS.ProcessEnv, output: Output): number {
  const form = choiceOf(args, 'output', ['table', 'json']) ?? 'table';
  const { runs: recorded, unreadable } = listRuns(stateFolder(env, process.platform));
  if (form === 'json') {
    output.out(`${JSON.stringify(runsDocument(recorded, unreadable), null, 2)}\n`);
    return exitCode.fine;
  }
  output.out(
    runsTable(recorded, !args.on('no-headers'))
      .map((line) => `${line}\n`)
      .join(''),
  );
  for (const problem of unreadable) {
    output.err(`Warning: ${problem}\n`);
  }
  return exitCode.fine;
}
