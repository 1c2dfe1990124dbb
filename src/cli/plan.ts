import type { KubeClient } from '../kube/client.ts';
import { follow } from '../live/follow.ts';
import { clusterPorts } from '../rollout/cluster/ports.ts';
import { createRollout } from '../rollout/executor.ts';
import type { Plan } from '../rollout/plan/plan.ts';
import type { Rollout } from '../rollout/run/run.ts';
import type { Arguments } from './arguments.ts';
import { CommandError } from './command-error.ts';
import type { Output } from './connect.ts';
import { exitCode } from './exit-codes.ts';
import { UsageError } from './pflag.ts';
import { checkOnly, scopesIn, wantedNamespaces } from './scopes.ts';
import { subjectOf } from './subject.ts';

/** `plan`: prints what a restart would do, in which order, and what it would leave. Writes nothing. */
export async function plan(
  args: Arguments,
  client: KubeClient,
  env: NodeJS.ProcessEnv,
  output: Output,
): Promise<number> {
  const form = args.text('output') ?? 'table';
  if (!['table', 'json', 'yaml'].includes(form)) {
    throw new UsageError(
      `unable to print a plan in the form "${form}", allowed forms are: table, json, yaml`,
    );
  }
  return withPlan(args, client, env, async (planned) => {
    await printPlan(planned, form, output);
    return exitCode.fine;
  });
}

/** Prints a plan as a table, JSON or YAML. */
export async function printPlan(planned: Plan, form: string, output: Output): Promise<void> {
  if (form === 'table') {
    const { planTable } = await import('../report/plan-table.ts');
    output.out(
      planTable(planned)
        .map((line) => `${line}\n`)
        .join(''),
    );
    return;
  }
  const { planDocument } = await import('../report/plan-document.ts');
  const document = planDocument(planned);
  if (form === 'json') {
    output.out(`${JSON.stringify(document, null, 2)}\n`);
    return;
  }
  const { stringify } = await import('yaml');
  output.out(stringify(document, { aliasDuplicateObjects: false }));
}

/** Follows the cluster, plans what the command line asks for, and lets `use` go on with it. */
export async function withPlan(
  args: Arguments,
  client: KubeClient,
  env: NodeJS.ProcessEnv,
  use: (planned: Plan, rollout: Rollout) => Promise<number>,
): Promise<number> {
  const namespaces = wantedNamespaces(args);
  checkOnly(args);
  if (args.text('selector') !== undefined) {
    throw new UsageError('-l chooses pods for status; a restart concerns whole workloads');
  }
  // Fails in plain words where following would go on trying.
  await client.version();
  const session = follow(client, { ...subjectOf(args, client, env), namespaces });
  try {
    await session.loaded();
    const live = session.store.get();
    const { freshness } = live;
    if (freshness.state !== 'live') {
      const reason = 'reason' in freshness ? freshness.reason : 'the lists have not arrived';
      throw new CommandError(`the cluster could not be read: ${reason}`);
    }
    const rollout = createRollout(clusterPorts(client, session));
    return await use(rollout.plan(scopesIn(live, namespaces, args.text('only'))), rollout);
  } finally {
    session.close();
  }
}
