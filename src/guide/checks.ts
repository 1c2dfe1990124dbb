/** Result of one check, in linkerd's words (linkerd2 `pkg/healthcheck/healthcheck_output.go`). */
export type CheckResult = 'success' | 'warning' | 'error';

export interface Check {
  /** As linkerd words its own: `data plane proxies are within the supported skew`. */
  readonly description: string;
  readonly result: CheckResult;
  /** What was found, one line a finding; empty for a success. */
  readonly findings: readonly string[];
  /** Link that explains it; '' for a success. */
  readonly hint: string;
}

export interface CheckCategory {
  /** `linkerd-dataplane-skew`. */
  readonly name: string;
  readonly checks: readonly Check[];
}
