import { createHash } from 'node:crypto';
import type { Effect, Risk } from '../../mesh/view.ts';
import type { Finding } from '../preflight/report.ts';
import { canonicalJson } from './canonical-json.ts';
import type { Estimate, Method, PlanOptions, Reason, Scope, Wave } from './plan.ts';

export const PLAN_SCHEMA = 'kubectl-linkerd-upgrade/plan/v1';

/**
 * A plan as a file that is reviewed, signed off and carried out later; its form is published in
 * docs/schema/plan.v1.json.
 */
export interface PlanDocument {
  readonly schema: typeof PLAN_SCHEMA;
  /** Of everything else in the document, see `documentHash`. */
  readonly hash: string;
  /** RFC 3339 in UTC. */
  readonly createdAt: string;
  /** `uid` is that of the namespace kube-system, '' where it could not be read: such a plan is only for reading. */
  readonly cluster: { readonly uid: string; readonly server: string; readonly context: string };
  readonly controlPlane: { readonly version: string };
  readonly scopes: readonly Scope[];
  readonly options: PlanOptions;
  /** Reasons why nothing could be restarted when the plan was made. */
  readonly blocked: readonly string[];
  readonly waves: readonly Wave[];
  /** In the order of the restarts. */
  readonly restarts: readonly PlannedRestart[];
  /** What stays as it is, why, and what to type where something can be done about it. */
  readonly exclusions: readonly PlannedExclusion[];
  readonly estimate: Estimate;
  /** What a preflight found when the plan was made; absent when none was made. */
  readonly preflight?: { readonly findings: readonly Finding[] };
}

/** One restart, bound to what was seen of its workload. */
export interface PlannedRestart {
  readonly namespace: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  readonly apiVersion: string;
  readonly resourceVersion: string;
  readonly templateHash: string;
  readonly method: Method;
  readonly effect: Effect;
  readonly reasons: readonly Reason[];
  readonly risks: readonly Risk[];
  /** Live proxies by version before the restart. */
  readonly from: Readonly<Record<string, number>>;
  /** Version that the new pods have to run. */
  readonly to: string;
  /** SHA-256 (hex) of the trust bundle that they have to hold; '' where it is not known. */
  readonly trustRootSha256: string;
  readonly pods: number;
  readonly kept: number;
  readonly rounds: number;
  /** Index of its wave. */
  readonly wave: number;
  readonly deadlineSeconds: number;
}

export interface PlannedExclusion {
  readonly namespace: string;
  readonly kind: string;
  readonly name: string;
  readonly effect: Effect;
  readonly reason: string;
  readonly command: string;
}

/**
 * SHA-256 (hex) over everything in a document but its `hash`, as JSON without blanks and with keys in order: the same
 * for JSON and YAML, another one after any edit.
 */
export function documentHash(
  document: Readonly<Record<string, unknown>> | Omit<PlanDocument, 'hash'>,
): string {
  const content = { ...document, hash: undefined };
  return createHash('sha256').update(canonicalJson(content)).digest('hex');
}
