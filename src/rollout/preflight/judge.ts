import type { PlanItem } from '../plan/plan.ts';
import type { PlanningInput } from '../plan/planner.ts';
import { access, lock } from './checks/access.ts';
import { components, injector } from './checks/control-plane.ts';
import { kubernetes } from './checks/kubernetes.ts';
import { gitops, operator } from './checks/managers.ts';
import { nodes } from './checks/nodes.ts';
import { probes } from './checks/probes.ts';
import { quota } from './checks/quota.ts';
import { target } from './checks/target.ts';
import { certificates, trustRoots } from './checks/trust.ts';
import { selection, webhook } from './checks/webhook.ts';
import { autoscaler, budget, health, presence } from './checks/workloads.ts';
import { type PreflightFacts, type ProbeFacts, workloadId } from './facts.ts';
import type { Finding, PreflightReport, ProbeResult } from './report.ts';
import { type Check, caseOf, type ExclusionFinding } from './verdict.ts';

/** In the order in which their findings are read; what blocks comes first all the same. */
const checks: readonly Check[] = [
  components,
  injector,
  webhook,
  selection,
  target,
  probes,
  kubernetes,
  trustRoots,
  certificates,
  access,
  lock,
  presence,
  operator,
  quota,
  health,
  budget,
  autoscaler,
  nodes,
  gitops,
];

const gravity: Readonly<Record<Finding['severity'], number>> = { blocker: 0, warning: 1, unknown: 2 };

/**
 * What stands against restarting `items` now, by what was read and by the picture that they were planned on. Findings
 * are in order of gravity; a workload that is excluded has one reason, the first that was found.
 */
export function judgePreflight(
  facts: PreflightFacts,
  items: readonly PlanItem[],
  planning: PlanningInput,
): PreflightReport {
  const of = caseOf(facts, items, planning);
  const verdicts = checks.flatMap((check) => check(of));
  const findings = verdicts.filter((verdict) => 'check' in verdict);
  const exclusions = verdicts.flatMap((verdict) => ('check' in verdict ? [] : [verdict]));
  return {
    findings: findings.sort((a, b) => gravity[a.severity] - gravity[b.severity]),
    exclusions: firstOfEach(exclusions),
    probes: facts.probes.answers.flatMap(resultOf),
  };
}

function firstOfEach(exclusions: readonly ExclusionFinding[]): readonly ExclusionFinding[] {
  const first = new Map<string, ExclusionFinding>();
  for (const exclusion of exclusions) {
    const id = workloadId(exclusion.key);
    if (!first.has(id)) {
      first.set(id, exclusion);
    }
  }
  return [...first.values()];
}

/** What the probe of a workload brought; nothing where none could be made. */
function resultOf({ key, answer }: ProbeFacts): readonly ProbeResult[] {
  const none: ProbeResult = { key, version: '', native: false, trustRootSha256: '', refusal: '' };
  switch (answer.answer) {
    case 'proxy': {
      const { version, shape, trustRootSha256 } = answer;
      return [{ ...none, version, native: shape === 'native', trustRootSha256 }];
    }
    case 'no-proxy':
      return [none];
    case 'refused':
      return [{ ...none, refusal: answer.message }];
    default:
      return [];
  }
}
