/** Forms of parsed JSON: they check a value and say in words where it differs. */
import { isObject } from '../kube/json/value.ts';

export interface Form<T> {
  /** What is wrong with a value, '' when nothing is. `at` names the value: `status.mark`. */
  problem(value: unknown, at: string): string;
  is(value: unknown): value is T;
}

/** A form by its check. */
export function form<T>(problem: (value: unknown, at: string) => string): Form<T> {
  return { problem, is: (value): value is T => problem(value, '') === '' };
}

export const text: Form<string> = typed('string', 'a text');
export const truth: Form<boolean> = typed('boolean', 'true or false');
export const figure: Form<number> = form((value, at) =>
  typeof value === 'number' && Number.isFinite(value) ? '' : `${at} is not a number`,
);
/** A whole number from 0 on. */
export const count: Form<number> = form((value, at) =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? '' : `${at} is not a whole number`,
);

function typed<T>(type: string, words: string): Form<T> {
  return form((value, at) => (typeof value === type ? '' : `${at} is not ${words}`));
}

/** Exactly this text or number. */
export function exactly<const T extends string | number>(wanted: T): Form<T> {
  return form((value, at) => (value === wanted ? '' : `${at} is not ${JSON.stringify(wanted)}`));
}

/** One of these texts, given as the keys of a record so that the compiler misses the one that is forgotten. */
export function oneOf<T extends string>(choices: Readonly<Record<T, true>>): Form<T> {
  return form((value, at) =>
    typeof value === 'string' && Object.hasOwn(choices, value) ? '' : `${at} is ${shown(value)}`,
  );
}

/** May be absent. */
export function optional<T>(inner: Form<T>): Form<T | undefined> {
  return form((value, at) => (value === undefined ? '' : inner.problem(value, at)));
}

export function listOf<T>(inner: Form<T>): Form<readonly T[]> {
  return form((value, at) => {
    if (!Array.isArray(value)) return `${at} is not a list`;
    return first(value, (item: unknown, index) => inner.problem(item, `${at}[${index}]`));
  });
}

/** An object whose keys are anything. */
export function mapOf<T>(inner: Form<T>): Form<Readonly<Record<string, T>>> {
  return form((value, at) =>
    isObject(value)
      ? first(Object.entries(value), ([key, item]) => inner.problem(item, `${at}[${JSON.stringify(key)}]`))
      : `${at} is not an object`,
  );
}

/** An object with these fields; others are let be, as a later version may have added them. */
export function object<T extends object>(
  fields: {
    readonly [K in keyof T]-?: Form<T[K]>;
  },
): Form<T> {
  const checks: readonly [string, Form<unknown>][] = Object.entries(fields);
  return form((value, at) =>
    isObject(value)
      ? first(checks, ([name, field]) =>
          field.problem(
            Object.hasOwn(value, name) ? value[name] : undefined,
            at === '' ? name : `${at}.${name}`,
          ),
        )
      : `${at === '' ? 'it' : at} is not an object`,
  );
}

/** An object whose field `tag` says which of several forms it has. */
export function variants<T extends Readonly<Record<Tag, string>>, Tag extends string>(
  tag: Tag,
  forms: { readonly [K in T[Tag]]: Form<Extract<T, Readonly<Record<Tag, K>>>> },
): Form<T> {
  const known = new Map<string, Form<unknown>>(Object.entries(forms));
  return form((value, at) => {
    if (!isObject(value)) return `${at === '' ? 'it' : at} is not an object`;
    const kind = value[tag];
    const chosen = typeof kind === 'string' ? known.get(kind) : undefined;
    return chosen === undefined
      ? `${at === '' ? tag : `${at}.${tag}`} is ${shown(kind)}`
      : chosen.problem(value, at);
  });
}

function first<T>(items: readonly T[], problem: (item: T, index: number) => string): string {
  for (const [index, item] of items.entries()) {
    const found = problem(item, index);
    if (found !== '') return found;
  }
  return '';
}

const SHOWN = 40;

function shown(value: unknown): string {
  if (value === undefined) return 'missing';
  const json = JSON.stringify(value);
  return `${json.length > SHOWN ? `${json.slice(0, SHOWN)}…` : json}, which is not known`;
}
