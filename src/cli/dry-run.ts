import type { Arguments } from './arguments.ts';
import { UsageError } from './pflag.ts';

export type DryRun = 'none' | 'client' | 'server';

/**
 * What `--dry-run` asks for, with kubectl's spellings and its refusal of the bare flag (kubernetes/kubectl
 * `pkg/cmd/util/helpers.go`, GetDryRunStrategy).
 * @throws UsageError
 */
export function dryRunOf(args: Arguments): DryRun {
  const how = args.text('dry-run');
  switch (how) {
    case undefined:
    case 'none':
      return 'none';
    case 'client':
    case 'server':
      return how;
    case '':
      throw new UsageError(
        '--dry-run flag without a value was specified. A value must be set: "none", "server", or "client", for example --dry-run=server',
      );
    default:
      throw new UsageError(
        `invalid --dry-run value "${how}". It must be "none", "server", or "client", for example --dry-run=server`,
      );
  }
}
