import type { Check, CheckCategory, CheckResult } from '../guide/checks.ts';

/** The signs of linkerd's own output, and what stands for them where the terminal has ASCII only. */
const signs: Readonly<Record<CheckResult, { readonly unicode: string; readonly ascii: string }>> = {
  success: { unicode: '√', ascii: '[ok]' },
  warning: { unicode: '‼', ascii: '[warning]' },
  error: { unicode: '×', ascii: '[error]' },
};

/** More findings of one check are counted, not listed. */
const LISTED = 20;

export interface CheckTextOptions {
  /** Only what is not a success. */
  readonly short: boolean;
  readonly ascii: boolean;
}

/**
 * Checks as `linkerd check` prints them (linkerd2 `pkg/healthcheck/healthcheck_output.go`): categories underlined, a
 * sign and the description for each check, below it what was found and a link, and the result as the last line.
 * @returns lines without line ends
 */
export function checkText(
  categories: readonly CheckCategory[],
  { short, ascii }: CheckTextOptions,
): readonly string[] {
  const sign = (result: CheckResult): string => signs[result][ascii ? 'ascii' : 'unicode'];
  const shown = categories
    .map(({ name, checks }) => ({
      name,
      checks: short ? checks.filter(({ result }) => result !== 'success') : checks,
    }))
    .filter(({ checks }) => checks.length > 0);
  const failed = categories.some(({ checks }) => checks.some(({ result }) => result === 'error'));
  return [
    ...shown.flatMap(({ name, checks }) => [
      name,
      '-'.repeat(name.length),
      ...checks.flatMap((check) => [
        `${sign(check.result)} ${check.description}`,
        ...errorText(check)
          .split('\n')
          .filter((line) => line !== '')
          .map((line, index) => (index === 0 ? `    ${line}` : line)),
        ...(check.hint === '' ? [] : [`    see ${check.hint} for hints`]),
      ]),
      '',
    ]),
    `Status check results are ${sign(failed ? 'error' : 'success')}`,
  ];
}

/**
 * What a check has found as one text in the form of linkerd's own errors: a line, and the findings below it behind a
 * tab and a star. '' for a success, and for nothing else: linkerd takes an error without a text for a success.
 */
export function errorText({ result, summary, findings, description }: Check): string {
  if (result === 'success') return '';
  const [only, ...others] = findings;
  if (only === undefined) return summary || `not so: ${description}`;
  if (others.length === 0 && summary === '') return only || `not so: ${description}`;
  const listed = findings.length > LISTED ? findings.slice(0, LISTED - 1) : findings;
  const rest = findings.length - listed.length;
  const lines =
    rest === 0 ? listed : [...listed, `and ${rest} more, all of them under "findings" of -o json`];
  return [summary || `${findings.length} findings:`, ...lines.map((line) => `\t* ${line}`)].join('\n');
}
