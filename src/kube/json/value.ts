/** Reading fields out of parsed JSON without trusting its shape: what has another type counts as absent. */

import { clean, cleanText } from '../clean.ts';
import { put } from '../kept.ts';

export type JsonObject = { readonly [key: string]: unknown };

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const NOTHING: JsonObject = {};

/** The object in `parent[key]`, an empty one when there is none. */
export function objectAt(parent: JsonObject, key: string): JsonObject {
  const value = parent[key];
  return isObject(value) ? value : NOTHING;
}

/** The objects in the list `parent[key]`. */
export function objectsAt(parent: JsonObject, key: string): readonly JsonObject[] {
  const value = parent[key];
  return Array.isArray(value) ? value.filter(isObject) : [];
}

/** The strings in the list `parent[key]`, cleaned. */
export function textsAt(parent: JsonObject, key: string): readonly string[] {
  const value = parent[key];
  return Array.isArray(value)
    ? value.filter((item) => typeof item === 'string').map((item) => clean(item))
    : [];
}

/** The string `parent[key]`, cleaned; '' when absent. */
export function textAt(parent: JsonObject, key: string): string {
  const value = parent[key];
  return typeof value === 'string' ? clean(value) : '';
}

/** The message `parent[key]`, cleaned and perhaps shortened. */
export function messageAt(parent: JsonObject, key: string): string {
  const value = parent[key];
  return typeof value === 'string' ? cleanText(value) : '';
}

/** The string `parent[key]` as it is, for tokens that go back to the server. */
export function rawAt(parent: JsonObject, key: string): string {
  const value = parent[key];
  return typeof value === 'string' ? value : '';
}

/** The number `parent[key]`, 0 when absent. */
export function numberAt(parent: JsonObject, key: string): number {
  const value = parent[key];
  return typeof value === 'number' ? value : 0;
}

export function booleanAt(parent: JsonObject, key: string): boolean {
  return parent[key] === true;
}

/** The RFC 3339 time `parent[key]` as whole seconds since the epoch, 0 when absent or unreadable. */
export function timeAt(parent: JsonObject, key: string): number {
  const value = parent[key];
  if (typeof value !== 'string') return 0;
  const milliseconds = Date.parse(value);
  return Number.isNaN(milliseconds) ? 0 : Math.floor(milliseconds / 1000);
}

/** The IntOrString `parent[key]` as text: `1` or `25%`; '' when absent. */
export function intOrStringAt(parent: JsonObject, key: string): string {
  const value = parent[key];
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' ? clean(value) : '';
}

/** The string map `parent[key]`, cleaned, without the keys that `keep` does not want. */
export function mapAt(
  parent: JsonObject,
  key: string,
  keep: (key: string) => boolean = () => true,
): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(objectAt(parent, key))) {
    const cleaned = clean(name);
    if (typeof value === 'string' && keep(cleaned)) put(kept, cleaned, clean(value));
  }
  return kept;
}

/** The string map `parent[key]` as stored. */
export function rawMapAt(parent: JsonObject, key: string): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(objectAt(parent, key))) {
    if (typeof value === 'string') put(kept, name, value);
  }
  return kept;
}
