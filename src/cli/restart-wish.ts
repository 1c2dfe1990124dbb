import type { PlanOptions } from '../rollout/plan/plan.ts';
import type { StartOptions } from '../rollout/rollout.ts';
import type { RunLimits } from '../rollout/run/limits.ts';
import type { Arguments } from './arguments.ts';
import { canAsk } from './ask.ts';
import { type DryRun, dryRunOf } from './dry-run.ts';
import { limitsOf } from './limits.ts';
import { UsageError } from './pflag.ts';
import { planOptionsOf } from './plan-options.ts';
import { wantedTargets } from './scopes.ts';
import { choiceOf } from './values.ts';

/** Where the workloads to restart come from. `run`: id, '' for the only unfinished one of the cluster. */
export type RestartSource =
  | { readonly from: 'scopes'; readonly options: PlanOptions }
  | { readonly from: 'file'; readonly path: string }
  | {
      readonly from: 'run';
      readonly run: string;
      readonly retry: readonly string[];
      readonly skip: readonly string[];
    };

/** What a command line wants of `restart`, checked before the cluster is asked anything. */
export interface RestartWish {
  readonly source: RestartSource;
  readonly dryRun: DryRun;
  readonly form: 'plain' | 'json';
  /** Asks on the terminal before the run. */
  readonly asks: boolean;
  readonly lock: StartOptions['lock'];
  readonly probe: boolean;
  readonly reason: string;
  /** The limits: what the flags say, else those given. */
  limits(base?: RunLimits): RunLimits;
}

/** Flags that choose what to restart; a plan file or a recorded run has chosen already. */
const choosing = ['namespace', 'all-namespaces', 'selector', 'only', 'include'] as const;

/** @throws UsageError for what is wrong, or contradicts itself */
export function restartWish(args: Arguments): RestartWish {
  const dryRun = dryRunOf(args);
  if (args.on('read-only') && dryRun === 'none') {
    throw new UsageError('--read-only and restart exclude each other');
  }
  if (args.on('take-over') && args.on('without-lock')) {
    throw new UsageError('--take-over and --without-lock exclude each other');
  }
  const source = sourceOf(args, dryRun);
  const form = args.text('output') === undefined ? 'plain' : choiceOf(args, 'output', ['json']);
  // Checked now: a wrong limit must not come to light after the plan was shown.
  limitsOf(args);
  const asks = dryRun === 'none' && !args.on('yes');
  if (asks && !canAsk()) {
    const what = source.from === 'run' ? 'report of the run' : 'plan';
    throw new UsageError(`without a terminal nobody can be asked: look at the ${what} first, then say --yes`);
  }
  return {
    source,
    dryRun,
    form: form ?? 'plain',
    asks,
    lock: args.on('take-over') ? 'take-over' : args.on('without-lock') ? 'without' : 'required',
    probe: !args.on('no-probe'),
    reason: args.text('reason') ?? '',
    limits: (base) => limitsOf(args, base),
  };
}

function sourceOf(args: Arguments, dryRun: DryRun): RestartSource {
  const path = args.text('plan');
  const resumes = args.on('resume');
  if (path !== undefined && resumes) {
    throw new UsageError('--plan and --resume exclude each other');
  }
  if (path !== undefined || resumes) {
    refuseFlags(args, choosing, path === undefined ? '--resume' : '--plan');
  }
  if (resumes) {
    return resumeOf(args, dryRun);
  }
  refuseFlags(args, ['retry', 'skip'], undefined);
  if (path === undefined) {
    // What is to be restarted has to be named, whoever is asked about it.
    wantedTargets(args);
    return { from: 'scopes', options: planOptionsOf(args) };
  }
  if (path === '') {
    throw new UsageError('--plan takes a file, for example --plan=plan.json');
  }
  const [operand] = args.operands;
  if (operand !== undefined) {
    throw new UsageError(`--plan names its workloads itself: leave "${operand}" out, or plan it anew`);
  }
  return { from: 'file', path };
}

function resumeOf(args: Arguments, dryRun: DryRun): RestartSource {
  if (dryRun !== 'none') {
    throw new UsageError(
      '--dry-run and --resume exclude each other; without --yes it asks before it goes on',
    );
  }
  refuseFlags(args, ['reason'], '--resume');
  const [run = '', second] = args.operands;
  if (second !== undefined) {
    throw new UsageError('--resume takes one run: restart --resume RUN; "runs" lists them');
  }
  return { from: 'run', run, retry: args.list('retry'), skip: args.list('skip') };
}

/** @param against flag that excludes them; undefined when they need --resume */
function refuseFlags(args: Arguments, names: readonly string[], against: string | undefined): void {
  const name = names.find((candidate) => args.given.includes(candidate));
  if (name === undefined) {
    return;
  }
  throw new UsageError(
    against === undefined
      ? `--${name} needs --resume, for example: restart --resume --${name} books/deployment/webapp`
      : `--${name} and ${against} exclude each other: ${against} says already what is restarted`,
  );
}
