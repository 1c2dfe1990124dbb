import type { KubeClient } from '../kube/client.ts';
import { type KubeErrorKind, toKubeError } from '../kube/errors.ts';
import { namespaces, workloadResources } from '../kube/resources.ts';
import { follow, type LiveSession } from '../live/follow.ts';
import { type PinOutcome, pinDocument } from '../report/pin-document.ts';
import { pinText, whenText } from '../report/pin-text.ts';
import { writePin } from '../rollout/cluster/write-pin.ts';
import { tagProblem } from '../rollout/pins/known-version.ts';
import { type PinInput, type PinPreview, previewPin } from '../rollout/pins/preview.ts';
import { type PinTarget, targetName } from '../rollout/pins/target.ts';
import { blockedBy } from '../rollout/plan/planner.ts';
import type { Arguments } from './arguments.ts';
import { askYes, canAsk } from './ask.ts';
import { CommandError } from './command-error.ts';
import type { Output } from './connect.ts';
import { type DryRun, dryRunOf } from './dry-run.ts';
import { exitCode } from './exit-codes.ts';
import { lockWarning } from './lock-warning.ts';
import { UsageError } from './pflag.ts';
import { pinTarget } from './pin-target.ts';
import { subjectOf } from './subject.ts';
import { choiceOf } from './values.ts';

/**
 * `pin`: sets the annotation that decides which proxy new pods get, on a Namespace or on the template of a workload.
 * Shows what that would do, asks, and writes one object. On a template it is a restart, and has to pass what a restart
 * has to pass; on a Namespace it waits for the next one.
 */
export function pin(
  args: Arguments,
  client: KubeClient,
  env: NodeJS.ProcessEnv,
  output: Output,
): Promise<number> {
  const version = args.text('proxy-version');
  if (version === undefined) {
    throw new UsageError('say which version: pin TARGET --proxy-version edge-25.11.3');
  }
  const problem = tagProblem(version);
  if (problem !== undefined) {
    throw new UsageError(problem);
  }
  return changePin(args, client, env, output, version);
}

/** What the command line asks for. */
interface Wish {
  readonly target: PinTarget;
  readonly version: string | undefined;
  readonly dryRun: DryRun;
  readonly form: 'table' | 'json';
  /** Asks on the terminal before it writes. */
  readonly asks: boolean;
}

/** The common way of `pin` and `unpin`; `version` undefined removes the pin. */
export async function changePin(
  args: Arguments,
  client: KubeClient,
  env: NodeJS.ProcessEnv,
  output: Output,
  version: string | undefined,
): Promise<number> {
  const wish = wishOf(args, version);
  // Fails in plain words where following would go on trying.
  await client.version();
  const { namespace } = wish.target;
  const session = follow(client, { ...subjectOf(args, client, env), namespaces: [namespace] });
  try {
    await session.loaded();
    return await perform(wish, client, session, output);
  } finally {
    session.close();
  }
}

function wishOf(args: Arguments, version: string | undefined): Wish {
  const dryRun = dryRunOf(args);
  if (args.on('read-only') && dryRun === 'none') {
    throw new UsageError(`--read-only and ${args.command} exclude each other`);
  }
  const named = [...new Set([...args.list('namespace'), ...args.operands])];
  const [operand, ...others] = named;
  if (operand === undefined || others.length > 0) {
    throw new UsageError(`name one target: ${args.command} NAMESPACE or ${args.command} NAMESPACE/KIND/NAME`);
  }
  const target = pinTarget(operand);
  if (typeof target === 'string') {
    throw new UsageError(target);
  }
  const asks = dryRun === 'none' && !args.on('yes');
  if (asks && !canAsk()) {
    throw new UsageError(
      'without a terminal nobody can be asked: look with --dry-run=client, then say --yes',
    );
  }
  return { target, version, dryRun, asks, form: choiceOf(args, 'output', ['table', 'json']) ?? 'table' };
}

async function perform(
  wish: Wish,
  client: KubeClient,
  session: LiveSession,
  output: Output,
): Promise<number> {
  const input = await inputOf(wish, client, session);
  const seen = previewPin(input);
  const { namespace } = session.model.view().controlPlane;
  const preview = {
    ...seen,
    warnings: [
      ...seen.warnings,
      ...session.store.get().unreadable.map(({ what, why }) => `not readable: ${what}: ${why}`),
      ...(await lockWarning(client, namespace)),
    ],
  };
  const tell = (lines: readonly string[]): void => {
    const text = lines.map((line) => `${line}\n`).join('');
    // With -o json standard output is for the document; who is asked has to see what it is about all the same.
    if (wish.form === 'table') {
      output.out(text);
    } else if (wish.asks) {
      output.err(text);
    }
  };
  const end = (outcome: PinOutcome, code: number): number => {
    if (wish.form === 'json') {
      output.out(`${JSON.stringify(pinDocument(preview, outcome), null, 2)}\n`);
    }
    return code;
  };

  if (preview.from === preview.to) {
    tell([unchangedText(preview)]);
    return end('unchanged', exitCode.fine);
  }
  tell([...pinText(preview), '', whenText(preview)]);
  if (preview.refusals.length > 0) {
    output.err(`error: ${targetName(wish.target)} was left as it is: ${preview.refusals.join('; ')}\n`);
    return end('refused', exitCode.failed);
  }
  if (wish.dryRun === 'client') {
    tell(['', 'Nothing was written (client dry run).', ...thenText(preview)]);
    return end('previewed', exitCode.fine);
  }
  await requireRight(client, wish.target);
  if (wish.asks) {
    const answer = await askYes(`\n${question(preview)}`);
    if (answer !== 'yes') {
      output.err('Nothing was written.\n');
      return end('declined', answer === 'interrupted' ? exitCode.interrupted : exitCode.failed);
    }
    // Asking takes time, in which the injector may have gone down.
    const blocked = preview.target.workload ? blockedBy(session.model.view().controlPlane) : [];
    if (blocked.length > 0) {
      output.err(`error: nothing was written, because meanwhile ${blocked.join('; ')}\n`);
      return end('refused', exitCode.failed);
    }
  }
  await write(client, input, wish.dryRun === 'server');
  if (wish.dryRun === 'server') {
    tell(['', 'The server would take it; nothing was written (server dry run).', ...thenText(preview)]);
    return end('checked', exitCode.fine);
  }
  tell(['', doneText(preview), ...thenText(preview)]);
  return end('written', exitCode.fine);
}

/** The objects as the server has them now: the one that is patched is bound to this very version. */
async function inputOf(
  { target, version }: Wish,
  client: KubeClient,
  session: LiveSession,
): Promise<PinInput> {
  const { freshness } = session.store.get();
  if (freshness.state !== 'live') {
    const reason = 'reason' in freshness ? freshness.reason : 'the lists have not arrived';
    throw new CommandError(`the cluster could not be read: ${reason}`);
  }
  const { namespace, workload } = target;
  return {
    model: session.model,
    target,
    namespace: await client.get(namespaces, '', namespace),
    workload: workload && (await client.get(workloadResources[workload.kind], namespace, workload.name)),
    version,
  };
}

async function requireRight(client: KubeClient, { namespace, workload }: PinTarget): Promise<void> {
  const resource = workload ? workloadResources[workload.kind] : namespaces;
  const { allowed } = await client.canI({
    verb: 'patch',
    group: resource.group,
    resource: resource.plural,
    namespace: workload ? namespace : '',
    name: workload?.name ?? namespace,
  });
  if (!allowed) {
    throw new CommandError(
      `you may not patch ${targetName({ namespace, ...(workload ? { workload } : {}) })}: ask for the right patch on ${resource.plural}, or use --as or another --context`,
    );
  }
}

/** Errors after which nobody knows whether the server has applied a patch. */
const inTheDark: ReadonlySet<KubeErrorKind> = new Set(['network', 'timeout', 'unavailable', 'malformed']);

async function write(client: KubeClient, input: PinInput, dryRun: boolean): Promise<void> {
  try {
    await writePin(client, input, dryRun);
  } catch (error) {
    const failure = toKubeError(error, `pin ${targetName(input.target)}`);
    if (!dryRun && inTheDark.has(failure.kind)) {
      throw new CommandError(
        `${failure.message} Whether it was written is not known: the same command tells, and writes nothing twice.`,
      );
    }
    throw failure;
  }
}

function question({ target, to, restarts }: PinPreview): string {
  const what = to === undefined ? `unpin ${targetName(target)}` : `pin ${targetName(target)} to ${to}`;
  return `Type yes to ${what}${restarts ? ', which restarts it' : ''}: `;
}

function doneText({ target, to }: PinPreview): string {
  return to === undefined
    ? `${targetName(target)} carries no pin any more.`
    : `${targetName(target)} is pinned to ${to} now.`;
}

function unchangedText({ target, to }: PinPreview): string {
  return to === undefined
    ? `${targetName(target)} carries no pin; nothing to do.`
    : `${targetName(target)} is pinned to ${to} already; nothing to do.`;
}

function thenText({ nextSteps, restarts }: PinPreview): readonly string[] {
  if (nextSteps.length === 0) {
    return [];
  }
  return [restarts ? 'To watch it:' : 'To let it take effect:', ...nextSteps.map((step) => `  ${step}`)];
}
