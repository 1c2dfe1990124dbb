/** A filter that compiled, or why it did not. */
export type Filter =
  | { readonly ok: true; readonly matches: (text: string) => boolean }
  | { readonly ok: false; readonly error: string };

// A dot is part of nearly every version, so that alone does not make an expression of it.
const expression = /[\^$*+?()[\]{}|\\]/;

function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.replace(/^Invalid regular expression: /, '').replace(/^\/.*\/[a-z]*: /s, '');
}

/**
 * What `text` lets through: a substring, or a regular expression where it holds a sign of one; both ignore
 * case. A leading `!` turns the meaning round. An empty filter lets everything through.
 */
export function parseFilter(text: string): Filter {
  const negated = text.startsWith('!');
  const pattern = negated ? text.slice(1) : text;
  if (pattern === '') return { ok: true, matches: () => true };
  if (!expression.test(pattern)) {
    const wanted = pattern.toLowerCase();
    return { ok: true, matches: (row) => row.toLowerCase().includes(wanted) !== negated };
  }
  try {
    const compiled = new RegExp(pattern, 'iu');
    return { ok: true, matches: (row) => compiled.test(row) !== negated };
  } catch (error) {
    return { ok: false, error: reasonOf(error) };
  }
}
