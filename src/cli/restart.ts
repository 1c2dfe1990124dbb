import { createInterface } from 'node:readline/promises';
import type { KubeClient } from '../kube/client.ts';
import { count } from '../mesh/words.ts';
import { runNews } from '../report/run-news.ts';
import type { Plan } from '../rollout/plan/plan.ts';
import type { Rollout, Run, Step } from '../rollout/run/run.ts';
import type { Arguments } from './arguments.ts';
import { CommandError } from './command-error.ts';
import type { Output } from './connect.ts';
import { exitCode } from './exit-codes.ts';
import { UsageError } from './pflag.ts';
import { printPlan, withPlan } from './plan.ts';

/**
 * `restart`: shows the plan, asks, restarts one workload after the other, and prints a line whenever one moves on.
 * Ctrl-C starts nothing new and waits for the workload in progress; a second one leaves at once.
 */
export async function restart(
  args: Arguments,
  client: KubeClient,
  env: NodeJS.ProcessEnv,
  output: Output,
): Promise<number> {
  if (args.on('read-only')) {
    throw new UsageError('--read-only and restart exclude each other');
  }
  const asks = !args.on('yes');
  if (asks && !process.stdin.isTTY) {
    throw new UsageError('without a terminal nobody can be asked: look at the plan first, then say --yes');
  }
  return withPlan(args, client, env, async (planned, rollout) => {
    await printPlan(planned, 'table', output);
    if (planned.blocked.length > 0) {
      return exitCode.failed;
    }
    if (planned.items.length === 0) {
      return exitCode.fine;
    }
    if (asks && !(await isConfirmed(planned))) {
      output.err('Nothing was restarted.\n');
      return exitCode.failed;
    }
    return perform(planned, rollout, output);
  });
}

async function isConfirmed({ items }: Plan): Promise<boolean> {
  const prompt = createInterface({ input: process.stdin, output: process.stdout });
  try {
    const workloads = items.length === 1 ? 'this workload' : `these ${items.length} workloads`;
    return (await prompt.question(`\nType yes to restart ${workloads}: `)).trim() === 'yes';
  } finally {
    prompt.close();
  }
}

function perform(planned: Plan, rollout: Rollout, output: Output): Promise<number> {
  const { promise, resolve } = Promise.withResolvers<number>();
  const interrupt = (): void => {
    process.once('SIGINT', () => resolve(exitCode.interrupted));
    output.err(
      'Nothing new is started; the workload in progress is watched to its end. Ctrl-C again leaves.\n',
    );
    rollout.stop();
  };
  process.once('SIGINT', interrupt);
  let before: readonly Step[] = [];
  const unsubscribe = rollout.run.subscribe(() => {
    const run = rollout.run.get();
    if (!run) {
      return;
    }
    for (const line of runNews(before, run)) {
      output.out(`${line}\n`);
    }
    before = run.steps;
    const code = ending(run, output);
    if (code !== undefined) {
      resolve(code);
    }
  });
  const refused = rollout.start(planned);
  if (refused !== undefined) {
    throw new CommandError(refused);
  }
  return promise.finally(() => {
    unsubscribe();
    process.removeListener('SIGINT', interrupt);
  });
}

/** Prints how the run ended, once it has. */
function ending({ phase, steps }: Run, output: Output): number | undefined {
  const done = steps.filter(({ status }) => status.state === 'done').length;
  const result = `${done} of ${count(steps.length, 'workload')} restarted`;
  switch (phase.phase) {
    case 'done':
      output.out(`${result}\n`);
      return exitCode.fine;
    case 'stopped':
      output.out(`Stopped: ${result}\n`);
      return exitCode.interrupted;
    case 'halted': {
      const { reason, details, nextSteps } = phase.halt;
      const lines = [`Halted: ${result}`, reason, ...details.map((detail) => `  ${detail}`)];
      output.err(
        [...lines, 'Next steps:', ...nextSteps.map((step) => `  ${step}`)]
          .map((line) => `${line}\n`)
          .join(''),
      );
      return exitCode.halted;
    }
    default:
      return undefined;
  }
}
