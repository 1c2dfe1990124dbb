import { allFlags, type Flag } from './flags.ts';

/**
 * Rewrites the words that `linkerd check` passes to an extension (linkerd2 `cli/cmd/check_extensions.go`): every flag of
 * its own, as pflag prints its value, so that an empty list comes as `[]` and one of two groups as `[a,b]`. Flags that
 * this program does not have are left out, since a later linkerd may pass more; only here, because in any other command
 * a misspelt flag must not go by in silence.
 */
export function extensionArguments(argv: readonly string[]): readonly string[] {
  const [command, ...words] = argv;
  return command === 'check' ? [command, ...words.flatMap(rewritten)] : argv;
}

function rewritten(word: string): readonly string[] {
  if (!word.startsWith('-') || word === '-' || word === '--') return [word];
  const flag = flagOf(word);
  if (flag === undefined) return [];
  const list = flag.many ? /^(--[^=]+)=\[(.*)\]$/s.exec(word) : null;
  return list === null ? [word] : csvFields(list[2] ?? '').map((value) => `${list[1]}=${value}`);
}

function flagOf(word: string): Flag | undefined {
  const flag = word.startsWith('--')
    ? allFlags.find(({ name }) => name === word.slice(2).split('=', 1)[0])
    : allFlags.find(({ short }) => short === word.charAt(1));
  return flag?.commands === undefined || flag.commands.includes('check') ? flag : undefined;
}

/** Fields of one line of CSV, as pflag writes its lists (`encoding/csv`): quoted where they hold a comma or quote. */
function csvFields(line: string): readonly string[] {
  if (line === '') return [];
  return [...`,${line}`.matchAll(/,(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(([, quoted, plain = '']) =>
    quoted === undefined ? plain : quoted.replaceAll('""', '"'),
  );
}

/** Whether words that cannot be parsed as a whole ask for a check in JSON, as linkerd always does. */
export function asksForCheckDocument(argv: readonly string[]): boolean {
  return argv[0] === 'check' && /(^|\s)(--output|-o)[=\s]?json(\s|$)/.test(argv.join(' '));
}
