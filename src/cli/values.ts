import { parseTimeout } from '../kube/config/duration.ts';
import type { Arguments } from './arguments.ts';
import { UsageError } from './pflag.ts';

/**
 * Seconds of a duration as kubectl's flags take it (Go's time.ParseDuration): `30s`, `5m`, `1h30m`; `0` is the only
 * number that needs no unit. undefined for other text.
 */
export function parseDuration(text: string): number | undefined {
  if (/^\d+$/.test(text)) {
    return Number(text) === 0 ? 0 : undefined;
  }
  const milliseconds = parseTimeout(text);
  return milliseconds === undefined ? undefined : milliseconds / 1000;
}

/**
 * Seconds that a flag names; undefined when it was not given.
 * @throws UsageError for what is no duration, or for none at all where it has to be some time
 */
export function durationOf(
  args: Arguments,
  name: string,
  { aboveZero = false }: { readonly aboveZero?: boolean } = {},
): number | undefined {
  const text = args.text(name);
  if (text === undefined) {
    return undefined;
  }
  const seconds = parseDuration(text);
  if (seconds === undefined || !Number.isFinite(seconds)) {
    throw new UsageError(
      `--${name} takes a duration with its unit, for example --${name}=90s or --${name}=1h30m, not "${text}"`,
    );
  }
  if (aboveZero && seconds === 0) {
    throw new UsageError(`--${name} takes a time above zero, for example --${name}=10m`);
  }
  return seconds;
}

/**
 * The whole number that a flag names; undefined when it was not given.
 * @throws UsageError for anything else, and for less than `least`
 */
export function numberOf(args: Arguments, name: string, least: number): number | undefined {
  const text = args.text(name);
  if (text === undefined) {
    return undefined;
  }
  const number = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (!(number >= least)) {
    const bound = least === 0 ? 'a whole number' : `a whole number from ${least} on`;
    throw new UsageError(
      `--${name} takes ${bound}, for example --${name}=${Math.max(least, 2)}, not "${text}"`,
    );
  }
  return number;
}

/**
 * The value of a flag that takes one of a few words; undefined when it was not given.
 * @throws UsageError that names the words
 */
export function choiceOf<const T extends string>(
  args: Arguments,
  name: string,
  choices: readonly T[],
): T | undefined {
  const text = args.text(name);
  return text === undefined ? undefined : choiceIn(name, text, choices);
}

/** As `choiceOf`, of a flag that may be given several times. */
export function choicesOf<const T extends string>(
  args: Arguments,
  name: string,
  choices: readonly T[],
): readonly T[] {
  return args.list(name).map((text) => choiceIn(name, text, choices));
}

function choiceIn<T extends string>(name: string, text: string, choices: readonly T[]): T {
  const choice = choices.find((candidate) => candidate === text);
  if (choice === undefined) {
    throw new UsageError(
      `--${name} takes ${choices.join(', ')}, for example --${name}=${choices[0] ?? ''}, not "${text}"`,
    );
  }
  return choice;
}
