import { runReport } from '../report/run-report.ts';
import { runReportHtml } from '../report/run-report-html.ts';
import { runReportJson } from '../report/run-report-json.ts';
import { runReportMarkdown } from '../report/run-report-markdown.ts';
import { runSummary } from '../report/run-summary.ts';
import { listRuns, readRun, stateFolder } from '../rollout/journal/file.ts';
import type { RecordedRun } from '../rollout/journal/record.ts';
import type { Arguments } from './arguments.ts';
import { CommandError } from './command-error.ts';
import type { Output } from './connect.ts';
import { exitCode } from './exit-codes.ts';
import { UsageError } from './pflag.ts';
import { choiceOf } from './values.ts';
import { writeWhole } from './write-file.ts';

const forms: Readonly<Record<'summary' | 'markdown' | 'json' | 'html', (run: RecordedRun) => string>> = {
  summary: (run) =>
    runSummary(run)
      .map((line) => `${line}\n`)
      .join(''),
  markdown: (run) => runReportMarkdown(runReport(run)),
  json: (run) => runReportJson(runReport(run)),
  html: (run) => runReportHtml(runReport(run)),
};

/**
 * `report`: what a recorded run did, as Markdown, JSON, one page of HTML or a few lines; the newest run unless one is
 * named. Reads the journal on this computer and asks no cluster.
 */
export function report(args: Arguments, env: NodeJS.ProcessEnv, output: Output): number {
  const [id, ...others] = args.operands;
  if (others.length > 0) {
    throw new UsageError('name one run, or none for the newest: report [RUN]');
  }
  const form = choiceOf(args, 'output', ['markdown', 'json', 'html', 'summary']) ?? 'markdown';
  const recorded = recordedRun(stateFolder(env, process.platform), id, output);
  const text = forms[form](recorded);
  const path = args.text('out');
  if (path === undefined) {
    output.out(text);
  } else {
    writeWhole(path, text, { replace: args.on('force') });
    output.err(`The report of run ${recorded.header.id} was written to ${path}\n`);
  }
  return exitCode.fine;
}

function recordedRun(folder: string, named: string | undefined, output: Output): RecordedRun {
  const id = named ?? newest(folder, output);
  const read = readRun(folder, id);
  if (read.replay === 'unreadable') {
    throw new CommandError(`${read.reason}. See the runs with: kubectl linkerd-upgrade runs`);
  }
  return read.run;
}

function newest(folder: string, output: Output): string {
  const { runs, unreadable } = listRuns(folder);
  for (const problem of unreadable) {
    output.err(`Warning: ${problem}\n`);
  }
  const [run] = runs;
  if (run === undefined) {
    throw new CommandError(`no run is recorded in ${folder}, so there is nothing to report`);
  }
  return run.id;
}
