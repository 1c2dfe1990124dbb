/** How completions are told to a shell: the protocol of Cobra, which kubectl hands on (spf13/cobra `completions.go`). */

/** Bits of the last line of an answer (ShellCompDirective). */
export const directive = {
  /** Candidates, else files. */
  files: 0,
  /** No blank behind a single candidate. */
  noSpace: 2,
  noFiles: 4,
  /** Folders, and nothing else. */
  folders: 16,
  /** Candidates stay in their order. */
  keepOrder: 32,
} as const;

export interface Candidate {
  /** What takes the place of the word; of `--flag=value`, the value alone. */
  readonly text: string;
  /** Shown beside it by shells that can; '' for nothing. */
  readonly about: string;
}

export interface Answer {
  readonly candidates: readonly Candidate[];
  /** Sum of `directive`s. */
  readonly directive: number;
}

/** Nothing to offer, and no files in its place. */
export const NOTHING: Answer = { candidates: [], directive: directive.noFiles };

/** Candidates that a shell is not to sort, and nothing in their place. */
export function inOrder(candidates: readonly Candidate[]): Answer {
  return { candidates, directive: directive.noFiles | directive.keepOrder };
}

/** The answer as lines: `text<TAB>about` for each candidate, and the directive. */
export function answerLines({ candidates, directive: bits }: Answer): string {
  const lines = candidates.map(({ text, about }) => (about === '' ? text : `${text}\t${about}`));
  return [...lines, `:${bits}`].map((line) => `${line}\n`).join('');
}
