/** What each command takes besides flags. */

import type { Arguments } from '../arguments.ts';
import { allCommands } from '../command-help.ts';
import { type Answer, type Candidate, directive, inOrder, NOTHING } from './cobra.ts';
import { SHELLS } from './shells.ts';
import type { Sources } from './sources.ts';
import { explained } from './subjects.ts';
import { namespaceCandidates, pinnable, restartable, targets, workloadCandidates } from './targets.ts';

type Operands = (begun: string, args: Arguments, sources: Sources) => Promise<Answer>;

const EVERY_FLAG: Candidate = { text: 'flags', about: "every flag, the connection's too" };

const operandsOf: Readonly<Record<string, Operands>> = {
  plan: targetsToRestart,
  restart: (begun, args, sources) => {
    if (args.on('resume')) return once(args, () => runs(sources, { unfinished: true }));
    return args.given.includes('plan') ? Promise.resolve(NOTHING) : targetsToRestart(begun, args, sources);
  },
  verify: async (_, args, sources) =>
    args.on('all-namespaces') ? NOTHING : inOrder(await namespaceCandidates(sources)),
  explain: (begun, args, sources) => once(args, () => explained(begun, args, sources)),
  pin: targetToPin,
  unpin: targetToPin,
  report: (_, args, sources) => once(args, () => runs(sources, { unfinished: false })),
  rbac: async () => inOrder((await import('./rbac-words.ts')).rightsWords()),
  completion: (_, args) => once(args, () => Promise.resolve(inOrder(SHELLS))),
  help: async (_, { operands: [command, another] }) => {
    if (another !== undefined) return NOTHING;
    return inOrder(command === undefined ? [...commandWords(), EVERY_FLAG] : secondWords(command));
  },
};

/** Words that may stand where an operand is being typed: commands first, then what the command takes. */
export async function operandCandidates(begun: string, args: Arguments, sources: Sources): Promise<Answer> {
  const { command, operands } = args;
  if (command === '') return inOrder(commandWords());
  const [first] = operands;
  const second = first === undefined ? secondWords(command) : [];
  // `plan upgrade` takes no target.
  if (second.length === 0 && secondWords(command).some(({ text }) => text === first)) return NOTHING;
  const operand = Object.hasOwn(operandsOf, command) ? operandsOf[command] : undefined;
  const answer = operand ? await operand(begun, args, sources) : NOTHING;
  const named = new Set(operands);
  return {
    ...answer,
    candidates: [...second, ...answer.candidates.filter(({ text }) => !named.has(text))],
  };
}

function commandWords(): readonly Candidate[] {
  return allCommands
    .filter(({ name }) => name !== '' && !name.includes(' '))
    .map(({ name, usage: [first] }) => ({ text: name, about: first?.help ?? '' }));
}

/** `upgrade` of `plan upgrade`. */
function secondWords(command: string): readonly Candidate[] {
  return allCommands
    .filter(({ name }) => name.startsWith(`${command} `))
    .map(({ name, usage: [first] }) => ({ text: name.slice(command.length + 1), about: first?.help ?? '' }));
}

async function targetsToRestart(begun: string, args: Arguments, sources: Sources): Promise<Answer> {
  if (args.on('all-namespaces')) return NOTHING;
  const [place, another] = args.list('namespace');
  // With one namespace named by -n, KIND/NAME stands in it.
  if (place === undefined || another !== undefined || begun.split('/').length > 2) {
    return targets(begun, restartable, sources);
  }
  return {
    candidates: await workloadCandidates(place, begun, restartable, sources),
    directive: directive.noFiles,
  };
}

async function targetToPin(begun: string, args: Arguments, sources: Sources): Promise<Answer> {
  if (args.operands.length > 0 || args.given.includes('namespace')) return NOTHING;
  return targets(begun, pinnable, sources);
}

async function runs(sources: Sources, { unfinished }: { readonly unfinished: boolean }): Promise<Answer> {
  const { isUnfinished, runCandidate } = await import('./runs.ts');
  const recorded = await sources.runs();
  return inOrder(recorded.filter(({ phase }) => !unfinished || isUnfinished(phase)).map(runCandidate));
}

/** For commands that take a single operand. */
function once({ operands }: Arguments, candidates: () => Promise<Answer>): Promise<Answer> {
  return operands.length === 0 ? candidates() : Promise.resolve(NOTHING);
}
