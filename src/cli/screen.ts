import { advise } from '../guide/advise.ts';
import { readInventory } from '../guide/read/inventory.ts';
import { findLinkerd } from '../guide/read/linkerd-cli.ts';
import type { KubeClient } from '../kube/client.ts';
import { namespaces as namespaceResource } from '../kube/resources.ts';
import { follow, type LiveSession } from '../live/follow.ts';
import { listRuns, readRun } from '../rollout/journal/file.ts';
import type { RecordedRun } from '../rollout/journal/record.ts';
import type { StartOptions } from '../rollout/rollout.ts';
import type { GuidePort } from '../tui/guide-follower.ts';
import { openTui } from '../tui/open.tsx';
import type { Arguments } from './arguments.ts';
import { type Output, occupyTerminal } from './connect.ts';
import { CLUSTER_IDENTITY, engineFor, runsFolder } from './engine.ts';
import { limitsOf } from './limits.ts';
import { operatorName } from './operator.ts';
import { UsageError } from './pflag.ts';
import { planOptionsOf } from './plan-options.ts';
import { subjectOf } from './subject.ts';
import { programVersion } from './version.ts';

/** The live screen: follows the cluster until the user leaves. */
export async function screen(
  args: Arguments,
  client: KubeClient,
  env: NodeJS.ProcessEnv,
  output: Output,
): Promise<number> {
  if (args.text('selector') !== undefined) {
    throw new UsageError('-l chooses pods for status; on the live screen use / to filter');
  }
  const start: StartOptions = {
    limits: limitsOf(args),
    by: operatorName(env),
    reason: args.text('reason') ?? '',
    lock: 'required',
    probe: !args.on('no-probe'),
  };
  const planOptions = { ...planOptionsOf(args), order: 'derived' } as const;
  // Fails in plain words before the screen opens, and lets a credential plugin ask its questions. The demo's cluster
  // does neither, and answers only when it is made.
  if (!args.on('demo')) await client.version();
  const runs = runsFolder(args, env);
  const unfinished = await unfinishedRun(client, runs.path);
  occupyTerminal();
  const subject = subjectOf(args, client, env);
  const session = follow(client, subject);
  const namespace = subject.namespaces?.[0];
  try {
    const { exitCode, summary } = await openTui({
      store: session.store,
      rollout: engineFor(client, session, runs.path).rollout,
      now: () => client.clock.now() / 1000,
      stdin: process.stdin,
      stdout: process.stdout,
      stderr: process.stderr,
      env,
      version: programVersion,
      readOnly: args.on('read-only'),
      start,
      planOptions,
      guide: guideOf(client, session, env),
      ...(unfinished === undefined ? {} : { unfinished }),
      ...(namespace === undefined ? {} : { initialNamespace: namespace }),
    });
    if (summary !== undefined) {
      output.out(`${summary}\n`);
    }
    return exitCode;
  } finally {
    session.close();
    runs.dispose();
  }
}

/** The upgrade guide over a cluster that is followed: what the watches do not tell is read whenever it asks. */
function guideOf(client: KubeClient, session: LiveSession, env: NodeJS.ProcessEnv): GuidePort {
  return {
    async inventory() {
      const [cli] = await Promise.all([findLinkerd(env), session.loaded()]);
      return readInventory(client, session.store.get(), session.model, { cli, signal: session.closed });
    },
    advise,
  };
}

/** The newest run of this very cluster that did not come to its end, if there is one. */
async function unfinishedRun(client: KubeClient, folder: string): Promise<RecordedRun | undefined> {
  const unfinished = listRuns(folder).runs.filter((run) => run.unfinished);
  if (unfinished.length === 0) {
    return undefined;
  }
  try {
    const { uid } = await client.get(namespaceResource, '', CLUSTER_IDENTITY);
    const newest = unfinished.find(({ cluster }) => cluster.uid === uid);
    const read = newest && readRun(folder, newest.id);
    return read?.replay === 'run' ? read.run : undefined;
  } catch {
    // Which cluster this is may not be read; then none is offered, and --resume says why.
    return undefined;
  }
}
