import { clean } from '../kube/clean.ts';
import { documentHash, PLAN_SCHEMA, type PlanDocument } from '../rollout/plan/document.ts';
import { estimateOf } from '../rollout/plan/estimate.ts';
import type { Plan } from '../rollout/plan/plan.ts';
import type { Finding } from '../rollout/preflight/report.ts';
import type { RunLimits } from '../rollout/run/limits.ts';
import { timestamp } from './spans.ts';

export { PLAN_SCHEMA, type PlanDocument } from '../rollout/plan/document.ts';

/** What a plan does not know of itself. */
export interface PlanContext {
  readonly cluster: PlanDocument['cluster'];
  /** Seconds since the epoch. */
  readonly createdAt: number;
  /** What the estimate is made with. */
  readonly limits: RunLimits;
  /** What a preflight found; undefined when none was made. */
  readonly findings?: readonly Finding[] | undefined;
}

/** A plan as data, for `-o json` and `-o yaml` and as a file to review. */
export function planDocument(plan: Plan, context: PlanContext): PlanDocument {
  const { cluster, createdAt, limits, findings } = context;
  const content: Omit<PlanDocument, 'hash'> = {
    schema: PLAN_SCHEMA,
    createdAt: timestamp(Math.floor(createdAt)).replace('.000Z', 'Z'),
    // A kubeconfig's names come from no decoder that cleans them.
    cluster: { uid: cluster.uid, server: clean(cluster.server), context: clean(cluster.context) },
    controlPlane: { version: plan.controlPlaneVersion },
    scopes: plan.scopes,
    options: plan.options,
    blocked: plan.blocked,
    waves: plan.waves,
    restarts: plan.items.map(({ key, expected, ...item }) => ({
      ...key,
      ...item,
      to: expected.version,
      trustRootSha256: expected.trustRootSha256,
    })),
    exclusions: plan.exclusions.map(({ key, ...exclusion }) => ({ ...key, ...exclusion })),
    estimate: estimateOf(plan, limits),
    ...(findings
      ? { preflight: { findings: findings.map((finding) => ({ ...finding, text: clean(finding.text) })) } }
      : {}),
  };
  const { schema, ...rest } = content;
  return { schema, hash: documentHash(content), ...rest };
}
