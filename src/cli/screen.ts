import type { KubeClient } from '../kube/client.ts';
import { follow } from '../live/follow.ts';
import { clusterPorts } from '../rollout/cluster/ports.ts';
import { createRollout } from '../rollout/executor.ts';
import { openTui } from '../tui/open.tsx';
import type { Arguments } from './arguments.ts';
import { type Output, occupyTerminal } from './connect.ts';
import { UsageError } from './pflag.ts';
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
  // Fails in plain words before the screen opens, and lets a credential plugin ask its questions.
  await client.version();
  occupyTerminal();
  const subject = subjectOf(args, client, env);
  const session = follow(client, subject);
  const namespace = subject.namespaces?.[0];
  try {
    const { exitCode, summary } = await openTui({
      store: session.store,
      rollout: createRollout(clusterPorts(client, session)),
      now: () => client.clock.now() / 1000,
      stdin: process.stdin,
      stdout: process.stdout,
      stderr: process.stderr,
      env,
      version: programVersion,
      readOnly: args.on('read-only'),
      ...(namespace === undefined ? {} : { initialNamespace: namespace }),
    });
    if (summary !== undefined) {
      output.out(`${summary}\n`);
    }
    return exitCode;
  } finally {
    session.close();
  }
}
