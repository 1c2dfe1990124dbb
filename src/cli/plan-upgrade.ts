import { advise, isSettled } from '../guide/advise.ts';
import { destinationOf } from '../guide/path.ts';
import { readInventory } from '../guide/read/inventory.ts';
import { findLinkerd } from '../guide/read/linkerd-cli.ts';
import type { KubeClient } from '../kube/client.ts';
import { readOnceWithModel } from '../live/read-once.ts';
import { adviceDocument } from '../report/advice-document.ts';
import type { Arguments } from './arguments.ts';
import type { Output } from './connect.ts';
import { exitCode } from './exit-codes.ts';
import { planFlags, scopeFlags } from './flags.ts';
import { UsageError } from './pflag.ts';
import { UPGRADE } from './plan-upgrade-words.ts';
import { subjectOf } from './subject.ts';
import { choiceOf } from './values.ts';

const LATEST = 'latest-known';

/**
 * `plan upgrade`: how this control plane gets to a destination, what has to be done on the way, and how much of it is
 * done. Reads the cluster once and writes nothing. A destination that cannot be reached ends with 1, after all that is
 * known has been printed.
 */
export async function planUpgrade(
  args: Arguments,
  client: KubeClient,
  env: NodeJS.ProcessEnv,
  output: Output,
): Promise<number> {
  checkWords(args);
  const form = choiceOf(args, 'output', ['table', 'wide', 'json', 'yaml']) ?? 'table';
  const destination = args.text('to') ?? LATEST;
  const wish = destinationOf(destination);
  if ('error' in wish) {
    throw new UsageError(`--to ${destination}: ${wish.error}`);
  }
  const found = findLinkerd(env);
  const { view, model } = await readOnceWithModel(client, subjectOf(args, client, env));
  const inventory = await readInventory(client, view, model, { cli: await found });
  const advice = advise(inventory, wish.version);
  if (form === 'table' || form === 'wide') {
    const { adviceTable } = await import('../report/advice-table.ts');
    output.out(
      adviceTable(inventory, advice, { wide: form === 'wide' })
        .map((line) => `${line}\n`)
        .join(''),
    );
  } else {
    const document = adviceDocument(inventory, advice, view.cluster.context);
    output.out(await textOf(document, form));
  }
  return advice.refusal === '' || isSettled(advice.from, wish.version) ? exitCode.fine : exitCode.failed;
}

async function textOf(document: object, form: 'json' | 'yaml'): Promise<string> {
  if (form === 'json') return `${JSON.stringify(document, null, 2)}\n`;
  const { yamlOf } = await import('./yaml.ts');
  return yamlOf(document);
}

/** Flags of a plan of restarts, which say nothing about an upgrade. */
const foreign: readonly string[] = [...planFlags, ...scopeFlags]
  .map(({ name }) => name)
  .filter((name) => name !== 'linkerd-namespace' && name !== 'all-namespaces');

/** @throws UsageError */
function checkWords({ operands, given }: Arguments): void {
  const [first, ...more] = operands;
  if (first !== UPGRADE || more.length > 0) {
    throw new UsageError('--to is for plan upgrade, which takes no other target');
  }
  const flag = foreign.find((name) => given.includes(name));
  if (flag === 'namespace') {
    throw new UsageError(
      'plan upgrade looks at the whole cluster; to plan restarts in a namespace named upgrade, say plan -n upgrade',
    );
  }
  if (flag !== undefined) {
    throw new UsageError(`--${flag} is for plans of restarts, not for plan upgrade`);
  }
}
