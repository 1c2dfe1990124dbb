import { stringify } from 'yaml';

/**
 * A document as YAML, for `-o yaml`. Words that a reader of YAML 1.1 takes for something else, such as a namespace
 * named `on`, are quoted. This module is loaded late; the package itself cannot be: split from the rest, a CommonJS
 * module loses its names.
 */
export function yamlOf(document: unknown): string {
  return stringify(document, { aliasDuplicateObjects: false, schema: 'yaml-1.1' });
}
