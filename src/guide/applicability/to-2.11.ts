import { parseKubernetesVersion } from '../../mesh/kubernetes.ts';
import { parseVersion } from '../../mesh/version.ts';
import { extensionByHelm, hasExtension } from './extensions.ts';
import { askOwners, counted, foundNames, kubernetesBelow, minorOf, proxiesWhere, someOf } from './facts.ts';
import { byChart, byCli } from './installed.ts';
import { valueIsSet, valueMayBeSet } from './resources.ts';
import { all, ask, no, type Predicate, type Predicates, unknown, yes } from './verdict.ts';

/** Deployments of these names in the control plane's namespace; an empty list there means that none could be read. */
function deployments(...wanted: readonly string[]): Predicate {
  return ({ inventory: { evidence } }) => {
    const there = evidence.controlPlaneDeployments;
    if (there.length === 0) {
      return unknown(
        `the control plane's Deployments could not be read: look for ${someOf(wanted)} in its namespace`,
      );
    }
    const found = there.filter((name) => wanted.includes(name.slice(name.lastIndexOf('/') + 1)));
    return found.length > 0
      ? yes(counted(found, 'Deployment'))
      : no(`no Deployment ${wanted.join(' or ')} in the control plane's namespace`);
  };
}

/** Secrets are never asked for, so that what hangs on one is for a human to look up. */
const secretNotRead =
  (names: string, meaning: string): Predicate =>
  ({ inventory }) =>
    unknown(
      `Secrets are never read here; kubectl -n ${inventory.controlPlane.namespace || 'linkerd'} get secret ${names} tells: ${meaning}`,
    );

const repair = all(
  byCli,
  secretNotRead('linkerd-config-overrides', 'it applies where that Secret is missing'),
);

export const to211: Predicates = {
  '2.9-images-ghcr': ({ inventory }) => {
    const { proxyRegistries } = inventory.evidence;
    const own = proxyRegistries.filter(
      (name) => !['gcr.io/linkerd-io', 'ghcr.io/linkerd', 'cr.l5d.io/linkerd'].includes(name),
    );
    if (own.length > 0) return yes(`proxy images come from ${someOf(own)}`);
    return unknown(
      `proxy images come from ${someOf(proxyRegistries) || 'a registry that was not seen'}; whether nodes may pull from ghcr.io is not shown: ask who runs your registries`,
    );
  },
  '2.9-multicluster': (situation) => {
    const labelled = hasExtension('multicluster')(situation);
    if (labelled.applies === 'yes') return labelled;
    // Namespaces of extensions have carried their label since 2.10 only.
    return situation.inventory.mesh.namespaces.some(({ name }) => name === 'linkerd-multicluster')
      ? yes('there is a namespace linkerd-multicluster')
      : unknown('2.8 does not label its extensions: ask whether multicluster was installed with it');
  },
  '2.9-ingress': ({ inventory: { evidence } }) =>
    unknown(
      `${evidence.ingressMode.length > 0 ? `in ingress mode: ${someOf(evidence.ingressMode)}; ` : ''}which workloads are ingress controllers is not shown: ask who runs them whether one is meshed without ingress mode`,
    ),
  '2.9-helm-values': byChart,
  '2.9-old-secrets': all(
    byCli,
    secretNotRead(
      'linkerd-proxy-injector-tls linkerd-sp-validator-tls linkerd-tap-tls',
      'it applies to those that are found',
    ),
  ),
  '2.9-http1-skew': ({ inventory, to }) => {
    const target = parseVersion(to);
    if (target.kind === 'numbered' && (target.minor > 9 || target.patch > 3)) {
      return no(`${to} accepts such requests again`);
    }
    const old = proxiesWhere(inventory, (version) => minorOf(version) === 8);
    if (old.length === 0) return no('no proxy of 2.8 is left');
    return target.kind === 'numbered'
      ? yes(`proxies on ${someOf(old)}`)
      : unknown(`proxies on ${someOf(old)}; for which edges it holds is not published`);
  },
  '2.9.3-repair': repair,
  '2.9.4-repair': repair,
  '2.10-repair': repair,
  '2.10-kubernetes': kubernetesBelow('1.16'),
  '2.10-ports': askOwners('which protocols they speak on default ports'),
  '2.10-viz': all(byCli, deployments('linkerd-web', 'linkerd-tap', 'linkerd-prometheus')),
  '2.10-viz-helm': byChart,
  '2.10-helm-global': all(byChart, valueIsSet('global')),
  '2.10-prometheus-data': (situation) => {
    const there = deployments('linkerd-prometheus')(situation);
    return there.applies === 'yes'
      ? unknown(`${there.why}; whether its data is persisted is not read: ask who runs it`)
      : there;
  },
  '2.11-kubernetes': kubernetesBelow('1.17'),
  '2.11-ingress': foundNames(
    ({ evidence }) => evidence.ingressMode,
    'workload or namespace in ingress mode',
    'workloads or namespaces in ingress mode',
    (text) => unknown(`${text}; the API does not show whether they send more than HTTP: ask their owners`),
  ),
  '2.11-localhost': askOwners('which of them listen on 127.0.0.1 only'),
  '2.11-multicluster': hasExtension('multicluster'),
  '2.11-multicluster-values': (situation) => {
    const helm = extensionByHelm('multicluster')(situation);
    return helm.applies === 'yes'
      ? unknown(`${helm.why}; with which options is not read: see its values file`)
      : helm;
  },
  '2.11-container-order': askOwners('who relies on the first container being the application'),
  '2.11-linkerd-await': askOwners('whose command is wrapped in linkerd-await'),
  '2.11-controller': all(deployments('linkerd-controller'), valueMayBeSet('publicAPIResources')),
  '2.11-psp': ({ inventory: { kubernetes } }) => {
    const version = parseKubernetesVersion(kubernetes);
    if (version && (version.major > 1 || version.minor >= 25)) {
      return no(`Kubernetes ${kubernetes} has no PodSecurityPolicy any more`);
    }
    return unknown(
      `the cluster runs Kubernetes ${kubernetes || 'of a version that could not be read'}; whether it enforces PodSecurityPolicy is not read: ask whoever runs it`,
    );
  },
  '2.11-opaque-ports': askOwners('which of the ports 443, 4444, 6379, 9300, 4567 and 4568 they use'),
  '2.11-metric': ask('whoever keeps the dashboards and alerts', 'whether one uses the metric'),
};
