import type { LabelSelector, LabelSelectorRequirement } from '../kube/records.ts';

/** A name, optionally behind a DNS prefix and a slash; lengths are checked apart. */
const KEY = /^([a-z0-9]([-a-z0-9.]*[a-z0-9])?\/)?[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$/;
const VALUE = /^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$/;
const MAX_PREFIX = 253;
const MAX_NAME = 63;

/** Words and operators, in the order of trying. */
const TOKEN = /\s*(==|!=|=|!|\(|\)|,|[^\s=!(),]+)/y;

/**
 * Reads a selector as `kubectl -l` takes it: `a=b`, `a==b`, `a!=b`, `a in (b,c)`, `a notin (b,c)`, `a`, `!a`, joined by
 * commas (kubernetes/apimachinery `pkg/labels/selector.go`). `<` and `>` compare numbers there and are refused here.
 * @throws SelectorError that says what is wrong and where
 */
export function parseSelector(text: string): LabelSelector {
  const words = new Words(text);
  const matchExpressions: LabelSelectorRequirement[] = [];
  if (words.peek() === '') return { matchLabels: {}, matchExpressions };
  for (;;) {
    matchExpressions.push(requirement(words));
    const next = words.take();
    if (next === '') return { matchLabels: {}, matchExpressions };
    if (next !== ',') words.fail(`expected "," or the end, found "${next}"`);
  }
}

export class SelectorError extends Error {
  override readonly name = 'SelectorError';
}

class Words {
  readonly #text: string;
  readonly #words: readonly string[];
  #at = 0;

  constructor(text: string) {
    this.#text = text;
    this.#words = split(text);
  }

  /** '' at the end. */
  peek(): string {
    return this.#words[this.#at] ?? '';
  }

  take(): string {
    const word = this.peek();
    this.#at += 1;
    return word;
  }

  fail(why: string): never {
    throw new SelectorError(`"${this.#text}" is no label selector: ${why}`);
  }
}

function split(text: string): readonly string[] {
  const words: string[] = [];
  const trimmed = text.trimEnd();
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < trimmed.length) {
    const word = TOKEN.exec(trimmed)?.[1];
    if (word === undefined) break;
    words.push(word);
  }
  return words;
}

const punctuation: ReadonlySet<string> = new Set(['', '=', '==', '!=', '!', '(', ')', ',']);

function requirement(words: Words): LabelSelectorRequirement {
  if (words.peek() === '!') {
    words.take();
    return { key: key(words), operator: 'DoesNotExist', values: [] };
  }
  const name = key(words);
  switch (words.peek()) {
    case '':
    case ',':
      return { key: name, operator: 'Exists', values: [] };
    case '=':
    case '==':
      words.take();
      return { key: name, operator: 'In', values: [exactValue(words)] };
    case '!=':
      words.take();
      return { key: name, operator: 'NotIn', values: [exactValue(words)] };
    case 'in':
      words.take();
      return { key: name, operator: 'In', values: valueList(words) };
    case 'notin':
      words.take();
      return { key: name, operator: 'NotIn', values: valueList(words) };
    default:
      return words.fail(`expected =, !=, in or notin behind "${name}", found "${words.peek()}"`);
  }
}

function key(words: Words): string {
  const word = words.take();
  if (punctuation.has(word)) words.fail(`expected the key of a label, found "${word}"`);
  const slash = word.indexOf('/');
  const isLong = slash > MAX_PREFIX || word.length - slash - 1 > MAX_NAME;
  if (isLong || !KEY.test(word)) words.fail(`"${word}" cannot be the key of a label`);
  return word;
}

/** '' is a value too: `a=`. */
function exactValue(words: Words): string {
  return words.peek() === '' || words.peek() === ',' ? '' : value(words);
}

function value(words: Words): string {
  const word = words.take();
  if (punctuation.has(word)) words.fail(`expected a value, found "${word}"`);
  if (word.length > MAX_NAME || !VALUE.test(word)) words.fail(`"${word}" cannot be the value of a label`);
  return word;
}

/** `(a, b)`; an empty place stands for the empty value. */
function valueList(words: Words): readonly string[] {
  const open = words.take();
  if (open !== '(') words.fail(`expected "(" in front of the values, found "${open}"`);
  const values: string[] = [];
  for (;;) {
    values.push(words.peek() === ',' || words.peek() === ')' ? '' : value(words));
    const next = words.take();
    if (next === ')') return [...new Set(values)];
    if (next !== ',') words.fail(`expected "," or ")" behind a value, found "${next}"`);
  }
}
