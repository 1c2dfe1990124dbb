import { namespaces as namespaceResource } from '../kube/resources.ts';
import { countSteps } from '../report/run-counts.ts';
import { listRuns, readRun } from '../rollout/journal/file.ts';
import type { RecordedRun } from '../rollout/journal/record.ts';
import { resumable } from '../rollout/journal/resume.ts';
import { askYes } from './ask.ts';
import { beginRun } from './begin-run.ts';
import { CommandError } from './command-error.ts';
import { type Decision, decisionsOn, writeDecisions } from './decisions.ts';
import { CLUSTER_IDENTITY, type Engine, runsFolder, withEngine } from './engine.ts';
import { exitCode } from './exit-codes.ts';
import { followRun } from './follow-run.ts';
import { operatorName } from './operator.ts';
import type { RestartCall } from './restart.ts';
import type { RestartSource } from './restart-wish.ts';
import { resumeCommand } from './resume-command.ts';

/**
 * `restart --resume`: takes up a run of this cluster that did not come to its end, from its journal. Shows where it
 * stands, asks, and goes on; what --retry and --skip say of its workloads is written into the journal first.
 */
export async function resume(
  call: RestartCall,
  source: RestartSource & { readonly from: 'run' },
): Promise<number> {
  const { args, client, env } = call;
  const { path: folder, dispose } = runsFolder(args, env);
  try {
    const { uid } = await client.get(namespaceResource, '', CLUSTER_IDENTITY);
    const choice = resumable(listRuns(folder).runs, uid, source.run);
    if (choice.resumable !== 'run') {
      throw new CommandError(choice.reason);
    }
    const recorded = recordedRun(folder, choice.run.id);
    const decisions = decisionsOn(recorded, source);
    const namespaces = [...new Set(recorded.steps.map(({ item }) => item.key.namespace))];
    return await withEngine(args, client, env, namespaces, (engine) =>
      goOn(call, engine, { recorded, decisions, folder }),
    );
  } finally {
    dispose();
  }
}

/** The run to take up, with what the operator wants of its workloads. */
interface Chosen {
  readonly recorded: RecordedRun;
  readonly decisions: readonly Decision[];
  /** Of the journals. */
  readonly folder: string;
}

async function goOn(
  { args, env, output, wish, teller }: RestartCall,
  { rollout, ports, session }: Engine,
  { recorded, decisions, folder }: Chosen,
): Promise<number> {
  teller.recorded(recorded, new Map(decisions.map(({ index, decision }) => [index, decision])));
  if (wish.asks) {
    const answer = await askYes('\nType yes to go on with this run: ');
    if (answer !== 'yes') {
      output.err('The run was left as it is.\n');
      const code = answer === 'interrupted' ? exitCode.interrupted : exitCode.failed;
      teller.ended({ run: '', result: 'refused', exitCode: code, counts: countSteps([]), resume: '' });
      return code;
    }
  }
  writeDecisions(ports, recorded, decisions);
  const run = decisions.length === 0 ? recorded : recordedRun(folder, recorded.header.id);
  const options = { limits: wish.limits(recorded.limits), by: operatorName(env), probe: wish.probe };
  return followRun({
    rollout,
    view: session.store,
    how: 'resumed',
    begin: () => beginRun((lock) => rollout.resume(run, { ...options, lock }), wish.lock, ports.now),
    resume: (id) => resumeCommand(args, id),
    teller,
    output,
  });
}

function recordedRun(folder: string, id: string): RecordedRun {
  const read = readRun(folder, id);
  if (read.replay === 'unreadable') {
    throw new CommandError(read.reason);
  }
  return read.run;
}
