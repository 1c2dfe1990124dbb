import { notRead } from '../guide/check/reading.ts';
import { isSuccess, NEXT_STEP } from '../guide/check/run-checks.ts';
import type { CheckCategory } from '../guide/checks.ts';
import type { Inventory } from '../guide/inventory.ts';
import { destinationOf } from '../guide/path.ts';
import { readInventory } from '../guide/read/inventory.ts';
import type { KubeClient } from '../kube/client.ts';
import { KubeError } from '../kube/errors.ts';
import { readOnceWithModel } from '../live/read-once.ts';
import type { Subject } from '../live/subjects.ts';
import { list } from '../mesh/words.ts';
import { checkText } from '../report/check-text.ts';
import { themeFor } from '../tui/theme/theme.ts';
import type { Arguments } from './arguments.ts';
import { checkJson } from './check-json.ts';
import type { Output } from './connect.ts';
import { exitCode } from './exit-codes.ts';
import { UsageError } from './pflag.ts';
import { settledChecks } from './settled-checks.ts';
import { subjectOf } from './subject.ts';
import { choiceOf, durationOf } from './values.ts';

/** As long as linkerd's own checks wait. */
const WAIT_SECONDS = 300;
/** From the answer to the end, where the cluster did not answer in time. */
const GRACE_MS = 1_000;

const forms = ['table', 'short', 'json'] as const;
type Form = (typeof forms)[number];

/**
 * `check`: what `linkerd check` does not look at, in its manner. Failed checks that a rollout under way may turn are
 * asked again until `--wait` is over. Ends with 3 when a check has failed and with 1 when the cluster could not be read.
 */
export async function check(
  args: Arguments,
  client: KubeClient,
  env: NodeJS.ProcessEnv,
  output: Output,
): Promise<number> {
  const form = choiceOf(args, 'output', forms) ?? 'table';
  const waitMs = (durationOf(args, 'wait') ?? WAIT_SECONDS) * 1_000;
  const pre = destinationIn(args);
  const subject = subjectOf(args, client, env);
  const print = (categories: readonly CheckCategory[]): void => output.out(textOf(categories, form, env));

  const options = {
    look: () => look(client, subject),
    clock: client.clock,
    waitMs,
    ...(form !== 'json' && process.stderr.isTTY ? { onPause: tellOnce(output) } : {}),
    ...(pre === undefined ? {} : { pre }),
  };
  try {
    const categories = await settledChecks(options);
    print(categories);
    return isSuccess(categories) ? exitCode.fine : exitCode.violation;
  } catch (error) {
    if (!(error instanceof KubeError)) {
      throw error;
    }
    print(notRead(error.message));
    if (error.kind === 'timeout') {
      // A socket or credential plugin that hangs must not hold up whoever waits for this program.
      setTimeout(() => process.exit(), GRACE_MS).unref();
    }
    return exitCode.failed;
  }
}

/** Says what is waited for, where somebody watches and nothing else would appear for minutes. */
function tellOnce({ err }: Output): (categories: readonly CheckCategory[]) => void {
  let told = false;
  return (categories) => {
    if (told) return;
    told = true;
    const waiting = categories.flatMap(({ checks }) => checks.filter(({ settles }) => settles));
    const what = list(waiting.map(({ description }) => `"${description}"`));
    err(`a rollout is under way; waiting for ${what} (--wait 0 does not)\n`);
  };
}

/** One picture of the cluster. The CLI on this computer takes no part: `linkerd check` looks at it. */
async function look(client: KubeClient, subject: Subject): Promise<Inventory> {
  const { view, model } = await readOnceWithModel(client, subject);
  return readInventory(client, view, model, { cli: { state: 'absent' } });
}

/** @throws UsageError for a version to which nothing can be upgraded */
function destinationIn(args: Arguments): string | undefined {
  const to = args.text('to');
  if (!args.on('pre')) {
    if (to !== undefined) {
      throw new UsageError('--to says to which version an upgrade is checked beforehand: add --pre');
    }
    return undefined;
  }
  if (to === undefined) {
    return NEXT_STEP;
  }
  const destination = destinationOf(to);
  if ('error' in destination) {
    throw new UsageError(`--to ${to}: ${destination.error}`);
  }
  return to;
}

function textOf(categories: readonly CheckCategory[], form: Form, env: NodeJS.ProcessEnv): string {
  if (form === 'json') {
    return checkJson(categories);
  }
  const lines = checkText(categories, { short: form === 'short', ascii: themeFor(env).ascii });
  return lines.map((line) => `${line}\n`).join('');
}
