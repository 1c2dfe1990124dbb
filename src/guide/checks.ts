/** Result of one check, in linkerd's words (linkerd2 `pkg/healthcheck/healthcheck_output.go`). */
export type CheckResult = 'success' | 'warning' | 'error';

export interface Check {
  /** Names the check for good: its section in docs/checks.md, where the hint leads. */
  readonly anchor: string;
  /** As linkerd words its own: `data plane proxies are within the supported skew`. */
  readonly description: string;
  readonly result: CheckResult;
  /** Half a sentence above the findings; '' where they need none, and for a success. */
  readonly summary: string;
  /** What was found, one line a finding; empty for a success. */
  readonly findings: readonly string[];
  /** Link that explains it; '' for a success. */
  readonly hint: string;
  /** True for an error all of which may pass by itself, because a rollout is under way: waiting may help. */
  readonly settles: boolean;
}

export interface CheckCategory {
  /** `linkerd-dataplane-skew`. */
  readonly name: string;
  readonly checks: readonly Check[];
}
