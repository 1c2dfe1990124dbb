import { explain as explanationOf } from '../guide/explain/explain.ts';
import { resolveSubject, SUBJECT_FORMS } from '../guide/explain/subject.ts';
import type { KubeClient } from '../kube/client.ts';
import { readOnce } from '../live/read-once.ts';
import { explanationDocument } from '../report/explanation-document.ts';
import type { Arguments } from './arguments.ts';
import { CommandError } from './command-error.ts';
import type { Output } from './connect.ts';
import { exitCode } from './exit-codes.ts';
import { namesKind } from './kinds.ts';
import { UsageError } from './pflag.ts';
import { subjectOf } from './subject.ts';
import { choiceOf } from './values.ts';

/** `explain`: says why a workload, namespace, version or class is as it is. Reads the cluster once. */
export async function explain(
  args: Arguments,
  client: KubeClient,
  env: NodeJS.ProcessEnv,
  output: Output,
): Promise<number> {
  const form = choiceOf(args, 'output', ['text', 'json', 'yaml']) ?? 'text';
  const [operand, another] = args.operands;
  if (operand === undefined || another !== undefined) {
    throw new UsageError(`explain takes one subject: ${SUBJECT_FORMS}`);
  }
  if (args.text('selector') !== undefined) {
    throw new UsageError('-l chooses pods for status; explain takes a name');
  }
  const { mesh, cluster } = await readOnce(client, subjectOf(args, client, env));
  const namespace = args.text('namespace') ?? '';
  const subject = resolveSubject(operand, mesh, { namespace, namesKind });
  const found =
    'error' in subject ? subject : explanationOf(subject, { mesh, kubernetes: cluster.kubernetesVersion });
  if ('error' in found) throw new CommandError(found.error);
  if (form === 'text') {
    const { explanationText } = await import('../report/explanation-text.ts');
    output.out(
      explanationText(found)
        .map((line) => `${line}\n`)
        .join(''),
    );
    return exitCode.fine;
  }
  const document = explanationDocument(found);
  if (form === 'json') {
    output.out(`${JSON.stringify(document, null, 2)}\n`);
    return exitCode.fine;
  }
  const { yamlOf } = await import('./yaml.ts');
  output.out(yamlOf(document));
  return exitCode.fine;
}
