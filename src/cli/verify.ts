import type { KubeClient } from '../kube/client.ts';
import { readOnce } from '../live/read-once.ts';
import type { LiveView } from '../live/view.ts';
import { count } from '../mesh/words.ts';
import { layOut } from '../report/columns.ts';
import { nameOf } from '../report/plan-table.ts';
import { excuseOf, type Finding, type Verification, verify as verifyMesh } from '../report/verification.ts';
import { isVerified, verificationDocument } from '../report/verification-document.ts';
import type { Arguments } from './arguments.ts';
import { CommandError } from './command-error.ts';
import type { Output } from './connect.ts';
import { exitCode } from './exit-codes.ts';
import { namesKind } from './kinds.ts';
import { UsageError } from './pflag.ts';
import { subjectOf } from './subject.ts';
import { choiceOf } from './values.ts';

/**
 * `verify`: ends with 0 only if every proxy is at its target or excused by name, every pod that should have a proxy has
 * one, nothing is under way, and the control plane has settled; made for the end of a pipeline. What could not be read
 * is no proof: it ends with 1.
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
  const form = choiceOf(args, 'output', ['table', 'json']) ?? 'table';
  const excuses = args.list('excuse').map(excuseOf);
  const named = [...new Set([...args.list('namespace'), ...args.operands])];
  const namespaces = named.length === 0 || args.on('all-namespaces') ? undefined : named;
  const live = await readOnce(client, { ...subjectOf(args, client, env), namespaces });
  const verification = verifyMesh(live.mesh, namespaces, excuses, namesKind);
  const [misspelt] = verification.unused;
  if (misspelt !== undefined) {
    throw new CommandError(
      `--excuse ${misspelt} excuses nothing: is the name right, or is it in order by now?`,
    );
  }
  if (live.mesh.controlPlane.version === '') {
    throw new CommandError('the version of the control plane is not known, so nothing can be verified');
  }
  output.out(
    form === 'json'
      ? `${JSON.stringify(verificationDocument(verification, live), null, 2)}\n`
      : verificationText(verification),
  );
  return ending(verification, live);
}

function ending(verification: Verification, live: LiveView): number {
  if (verification.findings.length > 0 || verification.controlPlane.length > 0) {
    return exitCode.violation;
  }
  if (!isVerified(verification, live)) {
    const missing = live.unreadable.map(({ what }) => what).join(', ');
    throw new CommandError(`what could be read is in order, but not all could be read: ${missing}`);
  }
  return exitCode.fine;
}

function verificationText({ proxies, controlPlane, findings, excused }: Verification): string {
  return [
    ...section(
      'Control plane:',
      controlPlane.map((problem) => [problem]),
    ),
    ...section('Not as they should be:', findings.map(rowOf)),
    ...section(
      'Excused:',
      excused.map((finding) => [...rowOf(finding), finding.excuse.because]),
    ),
    `${count(proxies, 'proxy', 'proxies')} looked at, ${count(findings.length, 'workload')} not as they should be, ${excused.length} excused`,
  ]
    .map((line) => `${line}\n`)
    .join('');
}

function rowOf({ workload, reason }: Finding): readonly string[] {
  return [nameOf(workload), reason, workload.effect.kind];
}

function section(title: string, rows: readonly (readonly string[])[]): readonly string[] {
  return rows.length === 0 ? [] : [title, ...layOut(undefined, rows).map((row) => `  ${row}`), ''];
}
