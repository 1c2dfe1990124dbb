import type { CommandHelp } from '../command-help.ts';
import type { Flag } from '../flags.ts';
import { type Answer, type Candidate, directive, inOrder, NOTHING } from './cobra.ts';
import type { TypedLine, Word } from './line.ts';
import { decidable } from './runs.ts';
import type { Sources } from './sources.ts';
import { namespaceCandidates, restartable, targets } from './targets.ts';

/** Words of flags that take one of a few, with what they mean. */
const choices: Readonly<Record<string, readonly Candidate[]>> = {
  only: [
    { text: 'violations', about: 'two releases or more behind' },
    { text: 'behind', about: 'not at the version of the control plane' },
    { text: 'stale-trust', about: 'with an old trust root' },
  ],
  include: [
    { text: 'meshes', about: 'workloads that a restart would give a proxy' },
    { text: 'downgrades', about: 'workloads that would get an older proxy' },
    { text: 'on-delete', about: 'workloads whose pods nobody replaces by itself' },
  ],
  'dry-run': [
    { text: 'client', about: 'print what would be done' },
    { text: 'server', about: 'let the server check every patch' },
  ],
};

const kubeconfigLists = { context: 'contexts', cluster: 'clusters', user: 'users' } as const;

/** Words for the value of a flag. */
export async function flagValues(
  { flag, text }: Word & { readonly kind: 'value' },
  line: TypedLine,
  command: CommandHelp | undefined,
  sources: Sources,
): Promise<Answer> {
  const { name, value, type } = flag;
  if (type === 'boolean') return words(['true', 'false']);
  if (name === 'output') return words(command?.forms ?? []);
  const fixed = choices[name];
  if (fixed) return { candidates: fixed, directive: directive.noFiles };
  if (name === 'context' || name === 'cluster' || name === 'user') {
    return { candidates: await sources.kubeconfig(kubeconfigLists[name]), directive: directive.noFiles };
  }
  switch (name) {
    case 'namespace':
    case 'linkerd-namespace':
      return inOrder(await namespaceCandidates(sources));
    case 'to':
      return inOrder((await import('./versions.ts')).destinations(text));
    case 'proxy-version':
      return inOrder((await import('./versions.ts')).proxyVersions(text));
    case 'excuse':
      return targets(text, restartable, sources);
    case 'for':
      return inOrder((await import('./rbac-words.ts')).commandsWithRights());
    case 'subject':
      return (await import('./rbac-words.ts')).subjects;
    case 'retry':
    case 'skip':
      return { candidates: decidable(await sources.runs(), name, line.args), directive: directive.noFiles };
    default:
      return pathOf(value);
  }
}

function pathOf(value: Flag['value']): Answer {
  if (value === 'FILE') return { candidates: [], directive: directive.files };
  if (value === 'DIR') return { candidates: [], directive: directive.folders };
  return NOTHING;
}

function words(texts: readonly string[]): Answer {
  return { candidates: texts.map((text) => ({ text, about: '' })), directive: directive.noFiles };
}
