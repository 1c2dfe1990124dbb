import type { CheckCategory, CheckResult } from '../guide/checks.ts';
import { errorText } from './check-text.ts';

const CHECK_SCHEMA = 'kubectl-linkerd-upgrade/check/v1';

/**
 * Checks as JSON in the structure of `linkerd check -o json` (linkerd2 `pkg/healthcheck/healthcheck_output.go`,
 * `CheckOutput`), which linkerd also parses from its extensions; `schema`, `id` and `findings` are ours, and pass it by.
 */
export interface CheckDocument {
  readonly schema: typeof CHECK_SCHEMA;
  readonly success: boolean;
  readonly categories: readonly {
    readonly categoryName: string;
    readonly checks: readonly {
      /** The check for good, whatever its description becomes. */
      readonly id: string;
      readonly description: string;
      readonly hint?: string;
      /** Never '', and not there for a success. */
      readonly error?: string;
      readonly result: CheckResult;
      readonly findings?: readonly string[];
    }[];
  }[];
}

/** The document; docs/schema/check.v1.json describes it. */
export function checkDocument(categories: readonly CheckCategory[]): CheckDocument {
  return {
    schema: CHECK_SCHEMA,
    success: categories.every(({ checks }) => checks.every(({ result }) => result !== 'error')),
    categories: categories.map(({ name, checks }) => ({
      categoryName: name,
      checks: checks.map((check) => ({
        id: check.anchor,
        description: check.description,
        ...(check.result === 'success'
          ? {}
          : { hint: check.hint, error: errorText(check), findings: check.findings }),
        result: check.result,
      })),
    })),
  };
}
