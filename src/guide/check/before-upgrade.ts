import { coerce, compare } from 'semver';
import { releases } from '../../data/releases.ts';
import { kubernetesSupport } from '../../mesh/kubernetes.ts';
import { releaseOf } from '../../mesh/release.ts';
import { compareVersions, parseVersion } from '../../mesh/version.ts';
import { count } from '../../mesh/words.ts';
import type { Destination } from '../advice.ts';
import { applicableNotices } from '../applicability.ts';
import { channelOf, LATEST_KNOWN, versionFor } from '../destination.ts';
import type { Inventory } from '../inventory.ts';
import { pathTo } from '../path.ts';
import { adviceAgainst } from './control-plane.ts';
import { type Finding, type Rule, type RuleSet, when } from './rule.ts';
import { wouldViolate } from './skew.ts';
import { withRelease } from './workloads.ts';

/** In place of a destination: the next supported step, wherever the whole way leads. */
export const NEXT_STEP = 'next';

/**
 * What must hold before the control plane is upgraded. Where more than one step leads to the destination, the path is a
 * finding of its own, and the rest is about the first step: it is the one that can be taken now.
 */
export function upgradeRules({ controlPlane }: Inventory, destination: Destination): RuleSet<Inventory> {
  const from = controlPlane.version;
  const wish = destination === NEXT_STEP ? LATEST_KNOWN : destination;
  const { steps, refusal } = pathTo(from, wish);
  if (steps.length === 0 && !isThere(from, destination, wish)) return ruleSet([noWay(refusal)]);
  const next = steps[0]?.to ?? from;
  return ruleSet([
    destination === NEXT_STEP ? oneStep([next]) : oneStep(steps.map(({ to }) => to)),
    healthy,
    skewAfter(next),
    kubernetesMinimum(next),
    kubernetesRange(next),
    gatewayApi(next),
    notAdvisedAgainst(next),
    nothingToDoBefore(next),
  ]);
}

/** Whether nothing is left to be done: the control plane runs the destination, or no newer version is known. */
function isThere(from: string, destination: Destination, wish: Destination): boolean {
  const channel = channelOf(parseVersion(from));
  const target = channel && versionFor(wish, channel);
  if (target === undefined) return false;
  const isNewer = compareVersions(parseVersion(from), parseVersion(target)) === 1;
  return from === target || (destination === NEXT_STEP && isNewer);
}

const ruleSet = (rules: readonly Rule<Inventory>[]): RuleSet<Inventory> => ({
  name: 'linkerd-dataplane-upgrade',
  rules,
});

const path = {
  anchor: 'upgrade-path',
  description: 'the upgrade is one supported step',
  weight: 'error',
} as const;

function noWay(why: string): Rule<Inventory> {
  return { ...path, look: () => [{ text: why }] };
}

function oneStep(versions: readonly string[]): Rule<Inventory> {
  const [first = '', ...later] = versions.map(withRelease);
  const way = [first, ...later].join(', then ');
  return {
    ...path,
    look: () =>
      when(
        later.length > 0,
        `no release may be skipped: it takes ${count(versions.length, 'step')}, to ${way}; what follows is about the first`,
      ),
  };
}

const healthy: Rule<Inventory> = {
  anchor: 'upgrade-health',
  description: 'control plane is whole before the upgrade',
  weight: 'error',
  look: ({ controlPlane: { ready, halfRolled, components, namespace } }) => {
    if (ready) return [];
    const lacking = components.filter((component) => component.ready < component.replicas);
    const findings: Finding[] = lacking.map(({ name, ready: has, replicas }) => ({
      text: `${namespace} ${name}: ${has} of ${count(replicas, 'pod')} ready`,
      settles: true,
    }));
    if (halfRolled !== '') findings.push({ text: halfRolled, settles: true });
    return findings.length > 0
      ? findings
      : [{ text: `no pods of the control plane are seen in namespace ${namespace}` }];
  },
};

function skewAfter(version: string): Rule<Inventory> {
  return {
    anchor: 'upgrade-skew',
    description: `data plane proxies would be within the supported skew of ${version}`,
    weight: 'error',
    summary: 'some proxies would be more than one release behind; restart them before the upgrade:',
    look: (inventory) => wouldViolate(inventory, version),
  };
}

function kubernetesMinimum(version: string): Rule<Inventory> {
  return {
    anchor: 'upgrade-kubernetes-minimum',
    description: `Kubernetes is not older than ${version} requires`,
    weight: 'error',
    look: ({ kubernetes }) => {
      const { level, reason } = kubernetesSupport(kubernetes, parseVersion(version));
      return when(level === 'error', reason);
    },
  };
}

function kubernetesRange(version: string): Rule<Inventory> {
  return {
    anchor: 'upgrade-kubernetes-range',
    description: `Kubernetes is in the range documented for ${version}`,
    weight: 'warning',
    look: ({ kubernetes }) => {
      const { level, reason } = kubernetesSupport(kubernetes, parseVersion(version));
      return when(level === 'warning' || level === 'untested', reason);
    },
  };
}

function gatewayApi(version: string): Rule<Inventory> {
  const range = releases.find(({ minor }) => minor === releaseOf(parseVersion(version))?.minor)?.gatewayApi;
  return {
    anchor: 'upgrade-gateway-api',
    description: `Gateway API CRDs are in the range documented for ${version}`,
    weight: 'warning',
    look: (inventory) => {
      const found = inventory.gatewayApi;
      if (range === undefined || found.state !== 'known' || found.value.bundleVersion === '') return [];
      const { bundleVersion } = found.value;
      return when(
        isBelow(bundleVersion, range.min) || isBelow(range.max, bundleVersion),
        `they are of ${bundleVersion}; documented are ${range.min} to ${range.max}`,
      );
    },
  };
}

function isBelow(a: string, b: string): boolean {
  const [left, right] = [coerce(a), coerce(b)];
  return left !== null && right !== null && compare(left, right) < 0;
}

function notAdvisedAgainst(version: string): Rule<Inventory> {
  return {
    anchor: 'upgrade-advised-against',
    description: `${version} is not advised against`,
    weight: 'warning',
    look: () => when(adviceAgainst(version) !== '', adviceAgainst(version)),
  };
}

function nothingToDoBefore(version: string): Rule<Inventory> {
  return {
    anchor: 'upgrade-notices',
    description: 'no upgrade notice asks for something on the way',
    weight: 'warning',
    summary: 'some notices ask for something to be done; plan upgrade shows them in full:',
    look: (inventory) =>
      applicableNotices(inventory, inventory.controlPlane.version, version)
        // What holds for any upgrade is no news: the guide has it as steps, and checks above hold it.
        .filter(
          ({ notice, applies }) => notice.to !== 'any' && notice.severity === 'action' && applies === 'yes',
        )
        .map(({ notice, why }) => ({ text: `${notice.title}: ${why}` })),
  };
}
