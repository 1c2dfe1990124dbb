import type { WorkloadRecord } from '../../kube/records.ts';
import type { Effect, WorkloadView } from '../../mesh/view.ts';
import {
  adviceFor,
  controlledBy,
  type Included,
  neverRestarted,
  onlyIncluded,
  postponed,
  postponing,
} from './exclusions.ts';
import type { Advice } from './operators.ts';
import type { Exclusion, Method, PlanItem, PlanOptions } from './plan.ts';
import type { PlanningInput } from './planning-input.ts';
import { reasonsFor } from './reasons.ts';
import { roundsOf } from './rounds.ts';
import { templateHash } from './template-hash.ts';

/** What becomes of one workload. The item's wave is still open. */
export type Verdict =
  | {
      readonly verdict: 'restart';
      readonly item: PlanItem;
      readonly view: WorkloadView;
      readonly record: WorkloadRecord;
    }
  /** `passing`: only a condition that usually passes by itself stands against its restart. */
  | { readonly verdict: 'exclude'; readonly exclusion: Exclusion; readonly passing: boolean };

/** Used where a workload sets no progress deadline: the default that Kubernetes gives a Deployment. */
const DEFAULT_DEADLINE_SECONDS = 600;

/** Decides whether a workload is restarted, how, and why; or why it stays as it is. */
export function consider(input: PlanningInput, view: WorkloadView, options: PlanOptions): Verdict {
  const key = { namespace: view.namespace, kind: view.kind, name: view.name };
  const exclude = (advice: Advice, passing = false): Verdict => ({
    verdict: 'exclude',
    exclusion: { key, effect: view.effect, ...advice },
    passing,
  });
  const record = input.workload(key);
  const never = neverRestarted(view);
  if (never) return exclude(never);

  const effect = view.ifEvicted ?? view.effect;
  const included = needed(view, effect);
  if (!included) {
    const podNames = () => input.mesh.pods(key).map(({ name }) => name);
    return exclude(adviceFor({ view, record, podNames }));
  }
  if (!record) {
    return exclude({ reason: `its ${view.kind} is not readable`, command: '' });
  }
  const controlled = controlledBy(record);
  if (controlled) return exclude(controlled);
  const missing = included.find((option) => !isOn(options, option));
  if (missing) return exclude(onlyIncluded(view, effect, missing, included));
  const hindrance = view.risks.find(({ kind }) => postponing.has(kind));
  if (hindrance) return exclude(postponed(view, hindrance), true);
  return { verdict: 'restart', item: itemOf(input, view, record, effect), view, record };
}

/** The options without which an effect is not brought about; undefined for an effect that no restart is made for. */
function needed(view: WorkloadView, { kind }: Effect): readonly Included[] | undefined {
  const evicted: readonly Included[] = view.ifEvicted ? ['on-delete'] : [];
  switch (kind) {
    case 'upgrades':
    case 'renews':
      return evicted;
    case 'downgrades':
      return ['downgrades', ...evicted];
    case 'meshes':
      // Where some pods have a proxy and some have none, a restart repairs what is meant to be meshed.
      return view.proxies > 0 ? evicted : ['meshes', ...evicted];
    default:
      return undefined;
  }
}

function isOn(options: PlanOptions, included: Included): boolean {
  switch (included) {
    case 'meshes':
      return options.meshes === true;
    case 'downgrades':
      return options.downgrades === true;
    case 'on-delete':
      return options.onDelete === true;
  }
}

function itemOf(input: PlanningInput, view: WorkloadView, record: WorkloadRecord, effect: Effect): PlanItem {
  const method = methodOf(view, record);
  const partition = record.kind === 'StatefulSet' && method === 'restart' ? record.strategy.partition : 0;
  const kept = Math.min(partition, record.replicas);
  const pods = record.replicas - kept;
  return {
    key: { namespace: view.namespace, kind: view.kind, name: view.name },
    uid: record.uid,
    apiVersion: view.apiVersion,
    resourceVersion: record.resourceVersion,
    templateHash: templateHash(record.template),
    method,
    effect,
    reasons: reasonsFor(view, effect, kept),
    risks: view.risks,
    from: view.byVersion,
    expected: { version: view.target, trustRootSha256: input.mesh.controlPlane.trustRootSha256 },
    pods,
    kept,
    rounds: roundsOf(record, pods),
    wave: 0,
    deadlineSeconds: record.progressDeadlineSeconds || DEFAULT_DEADLINE_SECONDS,
  };
}

function methodOf(view: WorkloadView, record: WorkloadRecord): Method {
  if (record.kind === 'Rollout') return 'restart-at';
  return view.ifEvicted ? 'evict' : 'restart';
}
