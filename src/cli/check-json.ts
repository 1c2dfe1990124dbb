import type { CheckCategory } from '../guide/checks.ts';
import { checkDocument } from '../report/check-document.ts';

/** Checks as the one JSON object that standard output holds. */
export function checkJson(categories: readonly CheckCategory[]): string {
  return `${JSON.stringify(checkDocument(categories), null, 2)}\n`;
}
