import { readFileSync } from 'node:fs';
import type { PlanDocument } from '../rollout/plan/document.ts';
import { readPlanFile } from '../rollout/plan/plan-file.ts';
import { CommandError } from './command-error.ts';

/** A plan file, with the namespaces that it is about. */
export interface FiledPlan {
  readonly document: PlanDocument;
  readonly namespaces: readonly string[];
}

/** @throws CommandError when it cannot be read, is no plan, or was edited */
export function planInFile(path: string): FiledPlan {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new CommandError(
      `the plan ${path} cannot be read: ${error instanceof Error ? error.message : error}`,
    );
  }
  const file = readPlanFile(text);
  if (file.outcome === 'invalid') {
    throw new CommandError([`${path} cannot be applied:`, ...file.problems].join('\n  '));
  }
  const { document } = file;
  const named = [...document.scopes, ...document.restarts].map(({ namespace }) => namespace);
  return { document, namespaces: [...new Set(named)] };
}
