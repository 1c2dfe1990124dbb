import type { Plan, PlanItem, Scope } from '../../src/rollout/plan/plan.ts';
import { plan, planItem } from '../support/runs.ts';

/** A plan of three waves with one of everything that its screens tell apart. */

export const cart = planItem('shop', 'cart', {
  risks: [{ kind: 'single-replica', text: 'one replica: nothing serves while it restarts' }],
  reasons: [{ kind: 'violation', text: '1 of 1 proxies violates the version skew' }],
  pods: 1,
  from: { 'edge-25.4.4': 1 },
});
export const web = planItem('shop', 'web', {
  from: { 'edge-25.4.4': 2, 'edge-26.6.1': 7 },
  reasons: [
    { kind: 'violation', text: '2 of 9 proxies violate the version skew' },
    { kind: 'lag', text: '7 of 9 proxies are behind' },
  ],
  pods: 9,
  wave: 1,
});
export const mail = planItem('billing', 'mail', {
  effect: { kind: 'renews', reason: 'its trust root is not the one of today' },
  reasons: [{ kind: 'stale-trust', text: '3 of 3 proxies have a stale trust root' }],
  kept: 1,
  wave: 2,
});
export const items: readonly PlanItem[] = [cart, web, mail];

export function reviewed(scopes: readonly Scope[], changes: Partial<Plan> = {}): Plan {
  return plan({
    scopes,
    items,
    waves: [
      { kind: 'canary', title: 'canary' },
      { kind: 'namespaces', title: 'namespace shop' },
      { kind: 'delicate', title: 'StatefulSets' },
    ],
    exclusions: [
      {
        key: { namespace: 'shop', kind: 'StatefulSet', name: 'db' },
        effect: { kind: 'pinned', reason: 'the template pins edge-25.9.2' },
        reason: 'the template pins edge-25.9.2',
        command: 'kubectl linkerd-upgrade unpin shop/statefulset/db',
      },
    ],
    ...changes,
  });
}
