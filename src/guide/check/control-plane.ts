import { edgeAdvice } from '../../data/releases.ts';
import { kubernetesSupport } from '../../mesh/kubernetes.ts';
import { parseVersion } from '../../mesh/version.ts';
import { count, list } from '../../mesh/words.ts';
import type { Inventory } from '../inventory.ts';
import { type Rule, type RuleSet, when } from './rule.ts';
import { each, foreignProxies, share } from './workloads.ts';

const versionIsKnown: Rule<Inventory> = {
  anchor: 'control-plane-version',
  description: 'control plane version is known',
  weight: 'error',
  look: ({ controlPlane: { version, namespace } }) =>
    when(
      version === '',
      `namespace ${namespace}: neither linkerd-config nor a Deployment or pod of the control plane tells its version`,
    ),
};

const versionIsCertain: Rule<Inventory> = {
  anchor: 'control-plane-evidence',
  description: 'control plane version comes from linkerd-config',
  weight: 'warning',
  look: ({ controlPlane: { version, evidence, namespace } }) =>
    when(
      version !== '' && evidence !== 'config',
      `linkerd-config in namespace ${namespace} is not there, or may not be read: ${version} is what its ${
        evidence === 'deployment' ? 'Deployments say' : 'pods run'
      }`,
    ),
};

const rolledOut: Rule<Inventory> = {
  anchor: 'control-plane-half-rolled',
  description: 'control plane runs the version that it is meant to run',
  weight: 'error',
  look: ({ controlPlane: { halfRolled } }) => when(halfRolled !== '', halfRolled, true),
};

const injectorAnswers: Rule<Inventory> = {
  anchor: 'injector-down',
  description: 'proxy injector answers',
  weight: 'error',
  look: ({ controlPlane: { injector, failurePolicy, ready } }) =>
    injector.state === 'down'
      ? [
          {
            text: `${injector.reason}: ${injectorLoss(failurePolicy)}`,
            // A rollout of the control plane is what it can come back from by itself; scaled to zero it cannot.
            settles: !ready && !injector.reason.includes('scaled to zero'),
          },
        ]
      : [],
};

function injectorLoss(failurePolicy: string): string {
  if (failurePolicy === 'Ignore') return 'new pods come up without a proxy (failurePolicy Ignore)';
  if (failurePolicy === 'Fail') return 'new pods are refused (failurePolicy Fail)';
  return 'new pods come up without a proxy, or not at all';
}

const injectorIsSafe: Rule<Inventory> = {
  anchor: 'injector-policy',
  description: 'a missing proxy injector cannot go unnoticed',
  weight: 'warning',
  look: ({ controlPlane: { failurePolicy, components } }) => {
    const injector = components.find(({ name }) => name === 'proxy-injector');
    return when(
      failurePolicy === 'Ignore' && injector !== undefined && injector.replicas < 2,
      `failurePolicy is Ignore and proxy-injector has ${count(injector?.replicas ?? 0, 'replica')}: pods that start while it is away have no proxy, and nobody is told`,
    );
  },
};

const oneControlPlane: Rule<Inventory> = {
  anchor: 'other-control-planes',
  description: 'all proxies belong to one control plane',
  weight: 'warning',
  look: ({ controlPlane: { namespace, others } }) =>
    others
      .filter(({ exists }) => exists)
      .map((other) => ({
        text: `${count(other.proxies, 'proxy belongs', 'proxies belong')} to the control plane in namespace ${other.namespace}; these checks are about the one in ${namespace}`,
      })),
};

const noOrphans: Rule<Inventory> = {
  anchor: 'orphaned-proxies',
  description: 'no proxy belongs to a control plane that is gone',
  weight: 'error',
  summary: 'some proxies still ask a control plane that does not exist any more:',
  look: ({ mesh, controlPlane }) => {
    const gone = controlPlane.others.filter(({ exists }) => !exists).map(({ namespace }) => namespace);
    if (gone.length === 0) return [];
    const found = each(mesh, (workload) => {
      const orphans = foreignProxies(mesh, workload).filter((proxy) => gone.includes(proxy.controlPlane));
      const homes = [...new Set(orphans.map((proxy) => proxy.controlPlane))];
      return orphans.length === 0 ? undefined : `${share(orphans.length, workload, [])} of ${list(homes)}`;
    });
    return found.length > 0 ? found : gone.map((name) => ({ text: `namespace ${name} is gone` }));
  },
};

const kubernetesTooOld: Rule<Inventory> = {
  anchor: 'kubernetes-minimum',
  description: 'Kubernetes is not older than the control plane requires',
  weight: 'error',
  look: ({ controlPlane, kubernetes }) => {
    const { level, reason } = kubernetesSupport(kubernetes, parseVersion(controlPlane.version));
    return when(level === 'error', reason);
  },
};

const kubernetesDocumented: Rule<Inventory> = {
  anchor: 'kubernetes-range',
  description: 'Kubernetes is in the range documented for the control plane',
  weight: 'warning',
  look: ({ controlPlane, kubernetes }) => {
    const { level, reason } = kubernetesSupport(kubernetes, parseVersion(controlPlane.version));
    return when(level === 'warning' || level === 'untested', reason);
  },
};

const notAdvisedAgainst: Rule<Inventory> = {
  anchor: 'edge-advised-against',
  description: 'control plane is not of a release that is advised against',
  weight: 'warning',
  look: ({ controlPlane: { version } }) => when(adviceAgainst(version) !== '', adviceAgainst(version)),
};

/** Why a release should not be used, and which one instead; '' when nothing speaks against it. */
export function adviceAgainst(version: string): string {
  const advice = edgeAdvice.find(
    ({ level, edges }) => level === 'not-recommended' && edges.includes(version),
  );
  return advice === undefined
    ? ''
    : `${version} is not recommended: ${advice.reason}; use ${advice.use.join(' or ')} instead`;
}

/** What of the control plane decides about the data plane; Linkerd's own checks look at the rest of it. */
export const controlPlaneRules: RuleSet<Inventory> = {
  name: 'linkerd-dataplane-control-plane',
  rules: [
    versionIsKnown,
    versionIsCertain,
    rolledOut,
    injectorAnswers,
    injectorIsSafe,
    oneControlPlane,
    noOrphans,
    kubernetesTooOld,
    kubernetesDocumented,
    notAdvisedAgainst,
  ],
};
