import { addOns, commandParts, parts, partWords } from '../../report/rbac/rights.ts';
import { type Answer, type Candidate, directive } from './cobra.ts';

/** Words that `rbac` takes, each any number of times. */
export function rightsWords(): readonly Candidate[] {
  return [
    ...parts.map((text) => ({ text, about: partWords[text] })),
    ...addOns.map((text) => ({ text, about: 'Argo Rollouts too, in all of these' })),
  ];
}

/** Commands that `rbac --for` knows, as one word each. */
export function commandsWithRights(): readonly Candidate[] {
  return Object.keys(commandParts).map((name) => ({ text: name.replace(' ', '-'), about: '' }));
}

/** How a `--subject` begins; its name only the user knows. */
export const subjects: Answer = {
  candidates: [
    { text: 'User:', about: '' },
    { text: 'Group:', about: '' },
    { text: 'ServiceAccount:', about: 'NAMESPACE/NAME' },
  ],
  directive: directive.noFiles | directive.noSpace,
};
