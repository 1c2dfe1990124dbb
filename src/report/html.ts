import { clean } from '../kube/clean.ts';

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Markup that is safe to put together. Only `html` and `raw` make it. */
export interface Html {
  readonly markup: string;
}

type Value = Html | string | number | readonly Html[];

/**
 * Markup out of a template: what is filled in is text, and is cleaned and escaped for content and for quoted
 * attributes, unless it is markup already.
 */
export function html(parts: TemplateStringsArray, ...values: readonly Value[]): Html {
  const markup = parts.map((part, index) => `${part}${markupOf(values[index])}`).join('');
  return { markup };
}

/** Markup as it is. Never give it what came from a cluster, a journal or a user. */
export function raw(markup: string): Html {
  return { markup };
}

/** Nothing at all. */
export const nothing: Html = { markup: '' };

function markupOf(value: Value | undefined): string {
  if (value === undefined) {
    return '';
  }
  if (typeof value === 'string') {
    return escapeHtml(value);
  }
  if (typeof value === 'number') {
    return String(value);
  }
  return 'markup' in value ? value.markup : value.map(({ markup }) => markup).join('');
}

function escapeHtml(text: string): string {
  return clean(text).replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}
