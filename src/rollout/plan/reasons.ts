import type { Effect, WorkloadView } from '../../mesh/view.ts';
import type { PlanItem, Reason, ReasonKind } from './plan.ts';

/** The gravest first. */
export const gravity: readonly ReasonKind[] = [
  'violation',
  'stale-trust',
  'missing-proxy',
  'downgrade',
  'lag',
  'sidecar-mode',
  'other',
];

/** Place of the gravest reason of an item in `gravity`. */
export function gravityOf({ reasons }: PlanItem): number {
  const [gravest] = reasons;
  return gravest ? gravity.indexOf(gravest.kind) : gravity.length;
}

/**
 * Why a workload is restarted, the gravest reason first. Only what a restart mends is a reason: a proxy that is at its
 * target and violates the skew all the same is none.
 * @param kept pods that a partition keeps as they are
 */
export function reasonsFor(view: WorkloadView, effect: Effect, kept: number): readonly Reason[] {
  const { proxies, byClass, staleTrust, pods, target, byVersion, risks } = view;
  const elsewhere = proxies - (byVersion[target] ?? 0);
  const violating = Math.min(byClass.violation, elsewhere);
  const behind = Math.min(byClass.behind + byClass['behind-one'], elsewhere - violating);
  const reshaped = risks.find(({ kind }) => kind === 'sidecar-mode');

  const reasons: Reason[] = [];
  const add = (kind: ReasonKind, text: string): number => reasons.push({ kind, text });
  if (violating > 0) add('violation', part(violating, proxies, 'violates', 'violate', 'the version skew'));
  if (staleTrust > 0) add('stale-trust', part(staleTrust, proxies, 'trusts', 'trust', 'another root'));
  if (proxies === 0) add('missing-proxy', `none of its ${pods.live} pods has a proxy`);
  else if (pods.unmeshed > 0 && effect.kind !== 'nothing') {
    add('missing-proxy', part(pods.unmeshed, pods.live, 'has', 'have', 'no proxy', 'pods'));
  }
  if (effect.kind === 'downgrades') add('downgrade', effect.reason);
  if (behind > 0) add('lag', part(behind, proxies, 'is', 'are', 'behind the control plane'));
  if (reshaped && effect.kind === 'renews') add('sidecar-mode', reshaped.text);
  const [gravest = { kind: 'other', text: effect.reason } as const, ...others] = reasons;
  return [{ ...gravest, text: `${gravest.text}${keptText(kept)}` }, ...others];
}

function part(some: number, all: number, one: string, many: string, rest: string, noun = 'proxies'): string {
  return `${some} of ${all} ${noun} ${some === 1 ? one : many} ${rest}`;
}

function keptText(kept: number): string {
  if (kept === 0) return '';
  return kept === 1
    ? '; pod 0 keeps its proxy, below the partition'
    : `; pods 0 to ${kept - 1} keep theirs, below the partition`;
}
