import type { KubeClient } from '../kube/client.ts';
import type { Arguments } from './arguments.ts';
import type { Output } from './connect.ts';
import { UsageError } from './pflag.ts';
import { changePin } from './pin.ts';

/** `unpin`: removes the pin of a Namespace or of a workload's template; in all else as `pin`. */
export function unpin(
  args: Arguments,
  client: KubeClient,
  env: NodeJS.ProcessEnv,
  output: Output,
): Promise<number> {
  if (args.text('proxy-version') !== undefined) {
    throw new UsageError('unpin takes no version: it removes the pin, whatever its version is');
  }
  return changePin(args, client, env, output, undefined);
}
