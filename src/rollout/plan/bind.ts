import type { WorkloadKey } from '../../mesh/view.ts';
import { consider } from './consider.ts';
import { findWorkload } from './decide.ts';
import type { PlanDocument, PlannedRestart } from './document.ts';
import { byKey, idOf } from './names.ts';
import { packWaves } from './pack-waves.ts';
import type { Exclusion, Plan, PlanItem } from './plan.ts';
import { planRestart } from './planner.ts';
import type { PlanningInput } from './planning-input.ts';
import { contradiction, templateChange } from './review.ts';

/** Something that is not as it was when the plan was reviewed. */
export interface PlanChange {
  readonly key: WorkloadKey;
  /**
   * `kept`: it is restarted all the same. `left-out`: it was reviewed and is not restarted. `not-added`: it could be
   * restarted and was not reviewed.
   */
  readonly change: 'kept' | 'left-out' | 'not-added';
  readonly text: string;
}

export type Binding =
  | { readonly outcome: 'bound'; readonly plan: Plan; readonly changes: readonly PlanChange[] }
  /** The document is not about this cluster. */
  | { readonly outcome: 'refused'; readonly reason: string };

/** A reviewed restart as the cluster is now: an item, or why there is none. */
type Rebound =
  | { readonly item: PlanItem; readonly note: string }
  | { readonly leftOut: string; readonly exclusion: Exclusion };

/**
 * Binds a reviewed plan to the cluster as it is now. Every restart is decided anew: it stays only if it is the same
 * workload, with the effect, the target and the way of replacing pods that were reviewed. Waves and order stay those
 * of the document. Nothing is added that was not reviewed.
 * @param clusterUid uid of the namespace kube-system
 */
export function bindPlan(document: PlanDocument, input: PlanningInput, clusterUid: string): Binding {
  const foreign = foreignTo(document, clusterUid);
  if (foreign !== '') return { outcome: 'refused', reason: foreign };

  const items: PlanItem[] = [];
  const changes: PlanChange[] = [];
  const exclusions = new Map<string, Exclusion>();
  for (const restart of document.restarts) {
    const key = keyOf(restart);
    const rebound = rebind(document, restart, input);
    if ('leftOut' in rebound) {
      changes.push({ key, change: 'left-out', text: rebound.leftOut });
      exclusions.set(idOf(key), rebound.exclusion);
      continue;
    }
    items.push(rebound.item);
    if (rebound.note !== '') changes.push({ key, change: 'kept', text: rebound.note });
  }

  const fresh = planRestart(input, document.scopes, document.options);
  const reviewed = new Set(document.restarts.map(idOf));
  for (const { key, effect } of fresh.items) {
    if (reviewed.has(idOf(key))) continue;
    const text = whyNotReviewed(document, key);
    changes.push({ key, change: 'not-added', text });
    exclusions.set(idOf(key), { key, effect, reason: text, command: '' });
  }
  for (const exclusion of fresh.exclusions) {
    if (!reviewed.has(idOf(exclusion.key))) exclusions.set(idOf(exclusion.key), exclusion);
  }
  return {
    outcome: 'bound',
    plan: {
      ...fresh,
      ...packWaves(document.waves, items),
      exclusions: [...exclusions.values()].sort((a, b) => byKey(a.key, b.key)),
    },
    changes,
  };
}

function foreignTo({ cluster }: PlanDocument, clusterUid: string): string {
  if (cluster.uid === '') {
    return 'the plan does not say which cluster it was made on, since the namespace kube-system could not be read then: make a new one';
  }
  if (cluster.uid === clusterUid) return '';
  const there = [cluster.context, cluster.server].filter((text) => text !== '').join(', ');
  return `the plan was made on another cluster (${there}): it binds there and nowhere else`;
}

function keyOf({ namespace, kind, name }: PlannedRestart): WorkloadKey {
  return { namespace, kind, name };
}

function rebind(document: PlanDocument, restart: PlannedRestart, input: PlanningInput): Rebound {
  const key = keyOf(restart);
  const leaveOut = (reason: string, effect = restart.effect): Rebound => ({
    leftOut: reason,
    exclusion: { key, effect, reason, command: '' },
  });
  const record = input.workload(key);
  if (record?.deletedAt !== 0) return leaveOut('it was deleted after the review');
  if (record.uid !== restart.uid) return leaveOut('it was deleted after the review, and made anew');
  const view = findWorkload(input, key);
  if (!view || record.replicas === 0) return leaveOut('it was scaled to zero after the review');
  if (view.effect.kind === 'nothing') return leaveOut('its proxies are current by now', view.effect);

  const verdict = consider(input, view, document.options);
  if (verdict.verdict === 'exclude') {
    const { exclusion } = verdict;
    return { leftOut: `it changed after the review: ${exclusion.reason}`, exclusion };
  }
  const { item } = verdict;
  if (item.effect.kind !== restart.effect.kind) {
    return leaveOut(
      `a restart would now do something else than reviewed (${item.effect.kind}, not ${restart.effect.kind}): ${item.effect.reason}`,
      item.effect,
    );
  }
  const reviewed = {
    ...restart,
    expected: { version: restart.to, trustRootSha256: restart.trustRootSha256 },
  };
  const problem = contradiction(reviewed, item);
  if (problem !== '') return leaveOut(problem, item.effect);
  const note = templateChange(reviewed, item);
  const reasons: PlanItem['reasons'] =
    note === '' ? item.reasons : [...item.reasons, { kind: 'other', text: note }];
  return { item: { ...item, reasons, wave: restart.wave }, note };
}

function whyNotReviewed({ exclusions }: PlanDocument, key: WorkloadKey): string {
  const then = exclusions.find((exclusion) => idOf(exclusion) === idOf(key));
  return then
    ? `it was left out when the plan was made (${then.reason}) and could be restarted now: it needs a new plan`
    : 'it was not there, or needed no restart, when the plan was made: it needs a new plan';
}
