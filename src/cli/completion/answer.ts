import type { Arguments } from '../arguments.ts';
import { commandNamed } from '../command-help.ts';
import { type Answer, type Candidate, directive, NOTHING } from './cobra.ts';
import { flagNames } from './flag-names.ts';
import { flagValues } from './flag-values.ts';
import { readLine } from './line.ts';
import { operandCandidates } from './operands.ts';
import type { Sources } from './sources.ts';

/**
 * What may stand in place of the last of these words, which may be empty.
 * @param words after the program's name
 * @param sourcesFor names for a command line
 */
export async function answerTo(
  words: readonly string[],
  sourcesFor: (args: Arguments) => Sources,
): Promise<Answer> {
  const line = readLine(words);
  const { args, word } = line;
  const command = commandNamed([args.command, ...args.operands.slice(0, 1)]);
  switch (word.kind) {
    case 'operand':
      return begunWith(word.text, await operandCandidates(word.text, args, sourcesFor(args)));
    case 'flag':
      return begunWith(word.text, {
        candidates: flagNames(word.text, command, args.given),
        directive: directive.noFiles | directive.keepOrder,
      });
    case 'value': {
      const answer = await flagValues(word, line, command, sourcesFor(args));
      return glue(word.lead, begunWith(word.text, answer));
    }
    case 'unknown':
      return NOTHING;
  }
}

function begunWith(begun: string, { candidates, directive: bits }: Answer): Answer {
  return { candidates: distinct(candidates.filter(({ text }) => text.startsWith(begun))), directive: bits };
}

function distinct(candidates: readonly Candidate[]): readonly Candidate[] {
  return [
    ...new Map(candidates.toReversed().map((candidate) => [candidate.text, candidate])).values(),
  ].reverse();
}

function glue(lead: string, { candidates, directive: bits }: Answer): Answer {
  return { candidates: candidates.map(({ text, about }) => ({ text: lead + text, about })), directive: bits };
}
