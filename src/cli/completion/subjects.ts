import { releases } from '../../data/releases.ts';
import { classMeaning, severity } from '../../mesh/skew.ts';
import type { Arguments } from '../arguments.ts';
import { type Answer, type Candidate, directive, inOrder } from './cobra.ts';
import type { Sources } from './sources.ts';
import { namespaceCandidates, restartable, targets, workloadCandidates } from './targets.ts';
import { allVersions, releaseCandidates } from './versions.ts';

const newest = releases.at(-1)?.minor ?? 0;

/**
 * Subjects of `explain` (see `resolveSubject`): classes, namespaces and releases; workloads once a namespace is typed or
 * named by -n; versions once a word begins like one.
 */
export async function explained(begun: string, args: Arguments, sources: Sources): Promise<Answer> {
  const [first = '', second] = begun.split('/', 2);
  if (second !== undefined) {
    const prefixed = await behind(first, sources);
    if (prefixed) return inOrder(prefixed.map(({ text, about }) => ({ text: `${first}/${text}`, about })));
  }
  const place = args.text('namespace');
  const inPlace = place === undefined ? [] : await workloadCandidates(place, begun, restartable, sources);
  if (second !== undefined) {
    const wide = await targets(begun, restartable, sources);
    return inOrder([...inPlace, ...wide.candidates]);
  }
  const isVersion = /^(?:e|s)\w*-/.test(begun);
  return {
    candidates: [
      ...classes(),
      ...inPlace,
      ...(isVersion ? versions() : await namespaceCandidates(sources)),
      ...releaseCandidates().filter(({ text }) => begun !== '' || text === `2.${newest}`),
    ],
    // A namespace may go on with a `/`.
    directive: directive.noFiles | directive.noSpace | directive.keepOrder,
  };
}

/** What may follow `class/` and its like; undefined where the word is a namespace or a kind. */
async function behind(word: string, sources: Sources): Promise<readonly Candidate[] | undefined> {
  switch (word) {
    case 'class':
      return classes();
    case 'version':
    case 'release':
      return [...releaseCandidates(), ...versions()];
    case 'namespace':
    case 'ns':
      return namespaceCandidates(sources);
    default:
      return undefined;
  }
}

function classes(): readonly Candidate[] {
  return severity.map((name) => ({ text: name, about: classMeaning[name] }));
}

function versions(): readonly Candidate[] {
  return allVersions().map((text) => ({ text, about: '' }));
}
