import { configMap } from '../../data/linkerd.ts';
import { count } from '../../mesh/words.ts';
import type { Inventory } from '../inventory.ts';
import type { Finding, Rule, RuleSet } from './rule.ts';
import { against, each, ofClass } from './workloads.ts';

const supported: Rule<Inventory> = {
  anchor: 'skew',
  description: 'data plane proxies are within the supported skew',
  weight: 'error',
  summary: 'some proxies are more than one release behind the control plane:',
  look: ({ mesh }) => ofClass(mesh, 'violation'),
};

const readyForNext: Rule<Inventory> = {
  anchor: 'next-upgrade',
  description: "data plane is ready for the control plane's next release",
  weight: 'warning',
  summary:
    'some proxies are one release behind: the next upgrade of the control plane would violate the skew:',
  look: ({ mesh }) => ofClass(mesh, 'behind-one'),
};

const upToDate: Rule<Inventory> = {
  anchor: 'up-to-date',
  description: 'data plane proxies run what the control plane injects',
  weight: 'warning',
  summary: 'some proxies are of the right release, but not what a restart would give them:',
  look: ({ mesh }) => ofClass(mesh, 'behind'),
};

const notAhead: Rule<Inventory> = {
  anchor: 'ahead',
  description: 'no data plane proxy is newer than the control plane',
  weight: 'warning',
  summary: 'some proxies are newer than the control plane, which no Linkerd document covers:',
  look: ({ mesh }) => ofClass(mesh, 'ahead'),
};

const readable: Rule<Inventory> = {
  anchor: 'unknown-versions',
  description: 'versions of all data plane proxies can be judged',
  weight: 'warning',
  summary: 'some proxies cannot be compared with the control plane:',
  look: ({ mesh }) => ofClass(mesh, 'unknown'),
};

const trusted: Rule<Inventory> = {
  anchor: 'trust-root',
  description: "data plane proxies trust the control plane's root",
  weight: 'warning',
  summary: 'some proxies have another trust bundle and must be restarted:',
  blind: ({ unreadable }) =>
    unreadable.some(({ what }) => what.includes(configMap.trustRoots))
      ? `${configMap.trustRoots} cannot be read, so which proxies trust the control plane's root cannot be told`
      : undefined,
  look: ({ mesh }) =>
    each(mesh, ({ staleTrust, proxies }) =>
      staleTrust === 0 ? undefined : `${staleTrust} of ${count(proxies, 'proxy', 'proxies')}`,
    ),
};

/** The data plane against its own control plane, which no check of Linkerd's compares it with. */
export const skewRules: RuleSet<Inventory> = {
  name: 'linkerd-dataplane-skew',
  rules: [supported, readyForNext, upToDate, notAhead, readable, trusted],
};

/** Findings for proxies that would be more than one release behind a control plane of this version. */
export function wouldViolate({ mesh }: Inventory, version: string): readonly Finding[] {
  return against(mesh, 'violation', { version, target: version });
}
