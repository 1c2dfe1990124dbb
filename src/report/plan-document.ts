import type { Plan } from '../rollout/plan/plan.ts';

export const PLAN_SCHEMA = 'kubectl-linkerd-upgrade/plan/v1';

/** The document behind `plan -o json` and `-o yaml`; its form is published in docs/schema/plan.v1.json. */
export interface PlanDocument {
  readonly schema: typeof PLAN_SCHEMA;
  readonly controlPlane: { readonly version: string };
  /** Reasons why nothing may be restarted now. */
  readonly blocked: readonly string[];
  /** In the order of the restarts. */
  readonly restarts: readonly {
    readonly namespace: string;
    readonly kind: string;
    readonly name: string;
    readonly effect: { readonly kind: string; readonly reason: string };
    readonly from: Readonly<Record<string, number>>;
    readonly to: string;
    readonly pods: number;
    readonly risks: readonly { readonly kind: string; readonly text: string }[];
  }[];
  /** What stays as it is, and why. */
  readonly exclusions: readonly {
    readonly namespace: string;
    readonly kind: string;
    readonly name: string;
    readonly effect: { readonly kind: string; readonly reason: string };
    readonly reason: string;
  }[];
}

/** A plan as data. */
export function planDocument(plan: Plan): PlanDocument {
  return {
    schema: PLAN_SCHEMA,
    controlPlane: { version: plan.controlPlaneVersion },
    blocked: plan.blocked,
    restarts: plan.items.map(({ key, effect, from, expected, pods, risks }) => ({
      ...key,
      effect,
      from,
      to: expected.version,
      pods,
      risks,
    })),
    exclusions: plan.exclusions.map(({ key, effect, reason }) => ({ ...key, effect, reason })),
  };
}
