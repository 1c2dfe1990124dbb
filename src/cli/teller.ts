import type { WorkloadKey } from '../mesh/view.ts';
import { changeLines } from '../report/change-lines.ts';
import { nameOf, planTable } from '../report/plan-table.ts';
import { preflightLines } from '../report/preflight-lines.ts';
import { type Decided, resumeLines } from '../report/resume-lines.ts';
import { countsInWords } from '../report/run-counts.ts';
import {
  type BeginEvent,
  beginEvent,
  type ContactEvent,
  dryRunEvent,
  type EndEvent,
  planEvent,
  preflightEvent,
  type RunEventBody,
  refusedEvent,
  runEventDocument,
} from '../report/run-event.ts';
import { runNews, runNewsLines, waitingLines } from '../report/run-news.ts';
import type { RecordedRun } from '../rollout/journal/record.ts';
import type { LockHolder } from '../rollout/lock/lock.ts';
import type { PreflightReport } from '../rollout/preflight/report.ts';
import type { RunLimits } from '../rollout/run/limits.ts';
import type { Run } from '../rollout/run/run.ts';
import type { Output } from './connect.ts';
import { pageWidth } from './page-width.ts';
import type { Proposal } from './proposal.ts';
import type { RestartWish } from './restart-wish.ts';

/** Tells standard output of a restart: people in lines, programs in one JSON object a line. */
export interface Teller {
  proposed(proposal: Proposal): void;
  preflighted(report: PreflightReport): void;
  /** Where a recorded run stands. */
  recorded(run: RecordedRun, decided: Decided): void;
  began(how: BeginEvent['type'], run: Run): void;
  moved(before: Run | undefined, after: Run): void;
  /** To be called every few seconds: what a run in which nothing moves is waiting for, now and then. */
  idle(run: Run): void;
  contact(event: Omit<ContactEvent, 'type'>): void;
  /** What the server said of a patch in dry run, '' when it accepts it. */
  checked(key: WorkloadKey, message: string): void;
  refused(reason: string, by?: LockHolder): void;
  /** A line for people only. */
  note(text: string): void;
  ended(end: Omit<EndEvent, 'type'>): void;
}

/** After so long without a word people are told what is waited for. */
const SILENCE_SECONDS = 60;

/** @param now seconds since the epoch */
export function tellerFor(
  { form, asks, limits }: Pick<RestartWish, 'form' | 'asks' | 'limits'>,
  now: () => number,
  output: Output,
): Teller {
  if (form === 'plain') {
    return plainTeller(output.out, now, limits(), pageWidth(process.stdout));
  }
  const events = jsonTeller(output.out, now);
  if (!asks) {
    return events;
  }
  // Who is asked has to see what it is about; standard output is for the program that reads the events.
  const { proposed, preflighted, recorded } = plainTeller(
    output.err,
    now,
    limits(),
    pageWidth(process.stderr),
  );
  return {
    ...events,
    proposed(proposal) {
      proposed(proposal);
      events.proposed(proposal);
    },
    preflighted(report) {
      preflighted(report);
      events.preflighted(report);
    },
    recorded,
  };
}

function plainTeller(
  write: (text: string) => void,
  now: () => number,
  limits: RunLimits,
  width: number,
): Teller {
  let toldAt = now();
  const print = (lines: readonly string[]): void => {
    if (lines.length > 0) {
      toldAt = now();
      write(lines.map((line) => `${line}\n`).join(''));
    }
  };
  /** Told in the review already. */
  const told = new Set<string>();
  return {
    proposed: ({ plan, changes }) =>
      print([...planTable(plan, limits, width), ...changeLines(changes, width)]),
    preflighted(report) {
      print(preflightLines(report, width));
      for (const { text } of report.findings) {
        told.add(text);
      }
    },
    recorded: (run, decided) => print(resumeLines(run, decided, width)),
    began: (how, run) =>
      print(['', `Run ${run.id} ${how} by ${run.by}${run.lock === 'none' ? ', without a lock' : ''}`]),
    moved: (before, after) => print(runNewsLines(before, after, told)),
    idle(run) {
      if (now() - toldAt >= SILENCE_SECONDS) {
        print(waitingLines(run));
      }
    },
    contact: ({ contact, reason }) =>
      print([
        contact === 'back'
          ? 'The cluster answers again'
          : `No contact with the cluster, so nothing new is started: ${reason}`,
      ]),
    checked(key, message) {
      const verdict =
        message === '' ? 'restarted (server dry run)' : `not restarted (server dry run): ${message}`;
      print([`${nameOf(key)} ${verdict}`]);
    },
    refused: () => undefined,
    note: (text) => print([text]),
    ended({ run, result, counts }) {
      if (run !== '') {
        print([`${endings[result]}${countsInWords(counts)}`]);
      }
    },
  };
}

const endings: Readonly<Record<EndEvent['result'], string>> = {
  done: '',
  halted: 'Halted: ',
  paused: 'Paused: ',
  aborted: 'Ended early: ',
  left: 'Left: ',
  nothing: '',
  refused: '',
  'dry-run': '',
};

function jsonTeller(write: (text: string) => void, now: () => number): Teller {
  const print = (event: RunEventBody): void => write(`${JSON.stringify(runEventDocument(event, now()))}\n`);
  return {
    proposed: ({ plan, estimate, changes }) => print(planEvent(plan, estimate, changes)),
    preflighted: (report) => print(preflightEvent(report)),
    recorded: () => undefined,
    began: (how, run) => print(beginEvent(how, run)),
    moved: (before, after) => runNews(before, after).forEach(print),
    idle: () => undefined,
    contact: (event) => print({ type: 'contact', ...event }),
    checked: (key, message) => print(dryRunEvent(key, message)),
    refused: (reason, by) => print(refusedEvent(reason, by)),
    note: () => undefined,
    ended: (event) => print({ type: 'end', ...event }),
  };
}
