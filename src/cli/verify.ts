import type { KubeClient } from '../kube/client.ts';
import { readOnce } from '../live/read-once.ts';
import { layOut } from '../report/columns.ts';
import { nameOf } from '../report/plan-table.ts';
import { type Finding, verify as verifyMesh } from '../report/verification.ts';
import type { Arguments } from './arguments.ts';
import { CommandError } from './command-error.ts';
import type { Output } from './connect.ts';
import { exitCode } from './exit-codes.ts';
import { UsageError } from './pflag.ts';
import { subjectOf } from './subject.ts';

/**
 * `verify`: ends with 0 only if every proxy is at its target or excused by name; made for the end of a pipeline.
 * What could not be read is no proof: it ends with 1.
 */
export async function verify(
  args: Arguments,
  client: KubeClient,
  env: NodeJS.ProcessEnv,
  output: Output,
): Promise<number> {
  if (args.text('selector') !== undefined) {
    throw new UsageError('-l chooses pods for status; verify looks at whole workloads');
  }
  const named = [...new Set([...args.list('namespace'), ...args.operands])];
  const namespaces = named.length === 0 || args.on('all-namespaces') ? undefined : named;
  const live = await readOnce(client, { ...subjectOf(args, client, env), namespaces });
  const { proxies, findings, excused, unused } = verifyMesh(live.mesh, namespaces, args.list('excuse'));
  const [misspelt] = unused;
  if (misspelt !== undefined) {
    throw new CommandError(
      `--excuse ${misspelt} excuses nothing: is the name right, or is it in order by now?`,
    );
  }
  if (live.mesh.controlPlane.version === '') {
    throw new CommandError('the version of the control plane is not known, so nothing can be verified');
  }
  output.out(section('Not as they should be:', findings));
  output.out(section('Excused:', excused));
  output.out(
    `${proxies} proxies looked at, ${findings.length} workloads not as they should be, ${excused.length} excused\n`,
  );
  if (findings.length > 0) {
    return exitCode.violation;
  }
  if (live.unreadable.length > 0) {
    const missing = live.unreadable.map(({ what }) => what).join(', ');
    throw new CommandError(`what could be read is in order, but not all could be read: ${missing}`);
  }
  return exitCode.fine;
}

function section(title: string, findings: readonly Finding[]): string {
  if (findings.length === 0) {
    return '';
  }
  const rows = layOut(
    undefined,
    findings.map(({ workload, reason }) => [nameOf(workload), reason, workload.effect.kind]),
  );
  return [title, ...rows.map((row) => `  ${row}`), ''].map((line) => `${line}\n`).join('');
}
