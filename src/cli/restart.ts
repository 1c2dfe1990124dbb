import type { KubeClient } from '../kube/client.ts';
import { count } from '../mesh/words.ts';
import { countSteps } from '../report/run-counts.ts';
import type { EndEvent } from '../report/run-event.ts';
import { estimateOf } from '../rollout/plan/estimate.ts';
import type { Arguments } from './arguments.ts';
import { askYes } from './ask.ts';
import { beginRun } from './begin-run.ts';
import { checkPatches } from './check-patches.ts';
import type { Output } from './connect.ts';
import { type Engine, withEngine } from './engine.ts';
import { exitCode } from './exit-codes.ts';
import { followRun } from './follow-run.ts';
import { narrowedPlan } from './narrowed-plan.ts';
import { notReadable } from './not-readable.ts';
import { operatorName } from './operator.ts';
import { planInFile } from './plan-file.ts';
import { type Proposal, proposeFile, proposeScopes } from './proposal.ts';
import { type RestartWish, restartWish } from './restart-wish.ts';
import { resume } from './resume.ts';
import { resumeCommand } from './resume-command.ts';
import { checkOnly, wantedNamespaces } from './scopes.ts';
import { type Teller, tellerFor } from './teller.ts';

/** One call of `restart`. */
export interface RestartCall {
  readonly args: Arguments;
  readonly client: KubeClient;
  readonly env: NodeJS.ProcessEnv;
  readonly output: Output;
  readonly wish: RestartWish;
  readonly teller: Teller;
}

/**
 * `restart`: shows the plan and what stands against it, asks, and tells of the run until nothing happens any more.
 * The workloads come from the command line, from a plan file, or from a run that did not come to its end.
 */
export async function restart(
  args: Arguments,
  client: KubeClient,
  env: NodeJS.ProcessEnv,
  output: Output,
): Promise<number> {
  const wish = restartWish(args);
  const { source } = wish;
  const teller = tellerFor(wish, () => client.clock.now() / 1000, output);
  const call: RestartCall = { args, client, env, output, wish, teller };
  switch (source.from) {
    case 'run':
      return resume(call, source);
    case 'file': {
      const file = planInFile(source.path);
      return withEngine(args, client, env, file.namespaces, async (engine) =>
        carryOut(call, engine, await proposeFile(engine, file, wish.limits())),
      );
    }
    case 'scopes':
      checkOnly(args);
      return withEngine(args, client, env, wantedNamespaces(args), (engine) =>
        carryOut(call, engine, proposeScopes(engine, args, source.options, wish.limits())),
      );
  }
}

async function carryOut(call: RestartCall, engine: Engine, wanted: Proposal): Promise<number> {
  const { wish, teller, output } = call;
  const lost = notReadable(engine.session.store.get().unreadable);
  if (lost.length > 0) {
    teller.note(lost.join('\n').trimStart());
  }
  if (wanted.plan.blocked.length > 0 || wanted.plan.items.length === 0) {
    teller.proposed(wanted);
    return wanted.plan.blocked.length > 0
      ? refuse(call, wanted.plan.blocked)
      : end(teller, 'nothing', exitCode.fine);
  }
  const report = await engine.rollout.preflight(wanted.plan, { probe: wish.probe });
  const plan = narrowedPlan(wanted.plan, report);
  const proposal: Proposal = { ...wanted, plan, estimate: estimateOf(plan, wish.limits()) };
  teller.proposed(proposal);
  teller.preflighted(report);
  const blockers = report.findings.filter(({ severity }) => severity === 'blocker');
  if (blockers.length > 0) {
    return refuse(
      call,
      blockers.map(({ text }) => text),
    );
  }
  if (plan.items.length === 0) {
    return end(teller, 'nothing', exitCode.fine);
  }
  if (wish.dryRun === 'client') {
    teller.note('\nNothing was restarted (client dry run).');
    return end(teller, 'dry-run', exitCode.fine);
  }
  if (wish.dryRun === 'server') {
    return dryRun(call, engine, proposal);
  }
  if (wish.asks) {
    const workloads = plan.items.length === 1 ? 'this workload' : `these ${plan.items.length} workloads`;
    const answer = await askYes(`\nType yes to restart ${workloads}: `);
    if (answer !== 'yes') {
      output.err('Nothing was restarted.\n');
      return end(teller, 'refused', answer === 'interrupted' ? exitCode.interrupted : exitCode.failed);
    }
  }
  return run(call, engine, proposal);
}

function run({ args, env, output, wish, teller }: RestartCall, engine: Engine, { plan }: Proposal) {
  const { rollout, ports, session } = engine;
  const { reason, probe } = wish;
  const options = { limits: wish.limits(), by: operatorName(env), reason, probe };
  return followRun({
    rollout,
    view: session.store,
    how: 'started',
    begin: () => beginRun((lock) => rollout.start(plan, { ...options, lock }), wish.lock, ports.now),
    resume: (id) => resumeCommand(args, id),
    teller,
    output,
  });
}

async function dryRun(
  { wish, teller, env }: RestartCall,
  engine: Engine,
  { plan }: Proposal,
): Promise<number> {
  const by = { by: operatorName(env), reason: wish.reason };
  const refused = await checkPatches(engine, plan.items, by, teller.checked);
  const verdict =
    refused === 0
      ? 'The server accepts every patch'
      : `${count(refused, 'patch', 'patches')} would not be made`;
  teller.note(`\n${verdict}. Nothing was restarted (server dry run).`);
  return end(teller, 'dry-run', refused === 0 ? exitCode.fine : exitCode.failed);
}

/** Says in one line that nothing may be restarted; the reasons were listed. */
function refuse({ teller, output }: RestartCall, reasons: readonly string[]): number {
  const reason = `nothing may be restarted now: ${reasons.join('; ')}`;
  output.err(`error: ${reason}\n`);
  teller.refused(reason);
  return end(teller, 'refused', exitCode.failed);
}

/** The end of a call that began no run. */
function end(teller: Teller, result: EndEvent['result'], code: number): number {
  teller.ended({ run: '', result, exitCode: code, counts: countSteps([]), resume: '' });
  return code;
}
