import type { KubeClient } from '../kube/client.ts';
import { readOnce } from '../live/read-once.ts';
import { type StatusSelection, statusDocument } from '../report/status-document.ts';
import type { Arguments } from './arguments.ts';
import type { Output } from './connect.ts';
import { exitCode } from './exit-codes.ts';
import { UsageError } from './pflag.ts';
import { subjectOf } from './subject.ts';

const forms = ['table', 'wide', 'json', 'yaml', 'name'] as const;
type Form = (typeof forms)[number];

/** `status`: reads the cluster once and prints what was found. */
export async function status(
  args: Arguments,
  client: KubeClient,
  env: NodeJS.ProcessEnv,
  output: Output,
): Promise<number> {
  const form = formOf(args);
  const subject = subjectOf(args, client, env);
  const live = await readOnce(client, subject);
  const selection: StatusSelection = {
    namespaces: subject.namespaces,
    selected: subject.labelSelector !== '',
  };
  switch (form) {
    case 'json':
      output.out(`${JSON.stringify(statusDocument(live, selection), null, 2)}\n`);
      break;
    case 'yaml': {
      const { yamlOf } = await import('./yaml.ts');
      output.out(yamlOf(statusDocument(live, selection)));
      break;
    }
    default: {
      // Measuring the width of text takes a library that a JSON answer need not wait for.
      const { statusNames, statusTable } = await import('../report/status-table.ts');
      const texts =
        form === 'name'
          ? statusNames(live, selection)
          : statusTable(live, selection, { wide: form === 'wide', headers: !args.on('no-headers') });
      output.out(texts.map((text) => `${text}\n`).join(''));
    }
  }
  return exitCode.fine;
}

/** @throws UsageError for a form that does not exist */
export function formOf(args: Arguments): Form {
  const wanted = args.text('output') ?? 'table';
  const form = forms.find((candidate) => candidate === wanted);
  if (!form) {
    throw new UsageError(`unable to print in the form "${wanted}", allowed forms are: ${forms.join(', ')}`);
  }
  return form;
}
