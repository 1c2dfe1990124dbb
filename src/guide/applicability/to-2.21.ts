import { parseKubernetesVersion } from '../../mesh/kubernetes.ts';
import type { Inventory } from '../inventory.ts';
import { hasExtension } from './extensions.ts';
import { askOwners, dataPlaneText, foundNames, kubernetesBelow, ofPart } from './facts.ts';
import { byChart } from './installed.ts';
import { bundleOutside, gateway, imageOverridden, mirrored, objects, value } from './resources.ts';
import { tracingValues } from './to-2.18.ts';
import { all, ask, either, no, type Predicate, type Predicates, unknown, yes } from './verdict.ts';

const tracing: Predicate = either(hasExtension('jaeger'), tracingValues);

const dashboards = (what: string): Predicate =>
  ask('whoever keeps the dashboards', `whether one uses ${what}`);

/** Namespaces have no `/` in their name, workloads have. */
const namespacesOnly = (names: readonly string[]): readonly string[] =>
  names.filter((name) => !name.includes('/'));

const nativeNames = ({ evidence }: Inventory): readonly string[] => [
  ...new Set([...evidence.alphaNativeSidecar, ...evidence.betaNativeSidecar]),
];

export const to221: Predicates = {
  '2.19-jaeger': hasExtension('jaeger'),
  '2.19-opencensus': (situation) => {
    const traced = tracing(situation);
    return traced.applies === 'yes'
      ? unknown(`${traced.why}; the API does not show what the collector speaks: ask who runs it`)
      : traced;
  },
  '2.19-crds-chart': all(
    byChart,
    gateway(({ owner, isKept }) => {
      if (owner === 'other') return no("the Gateway API CRDs are not Linkerd's");
      return isKept
        ? no('the Gateway API CRDs carry helm.sh/resource-policy: keep')
        : yes('the Gateway API CRDs are of linkerd-crds and lack helm.sh/resource-policy: keep');
    }, no('the Gateway API CRDs are absent')),
  ),
  '2.19-nft': value('proxyInit.iptablesMode', (mode) =>
    mode === 'nft'
      ? no('proxyInit.iptablesMode is nft already')
      : unknown(
          `proxyInit.iptablesMode is ${typeof mode === 'string' && mode !== '' ? `${mode}, which may be the default` : 'not set'}; the API does not show what the kernels of the nodes offer: ask whoever runs them`,
        ),
  ),
  '2.19-policy-image': either(mirrored, imageOverridden('policyController.image.name')),
  '2.19-armv7': ({ inventory }) =>
    ofPart(inventory.evidence.architectures, 'the nodes', (architectures) => {
      const nodes = architectures.arm ?? 0;
      return nodes > 0
        ? yes(`${nodes} ${nodes === 1 ? 'node has' : 'nodes have'} architecture arm`)
        : no('no node has architecture arm');
    }),
  '2.19-undefined-port': askOwners('which clients use ports that a Service does not list'),
  '2.19-port-names': ask(
    'whoever keeps scrape configurations, PodMonitors and NetworkPolicies',
    'whether one names the old ports',
  ),
  '2.19-histograms': dashboards('these histograms'),
  '2.19-subscribers': dashboards('ip_port_subscribers'),
  '2.19-native-beta': foundNames(
    ({ evidence }) => evidence.alphaNativeSidecar,
    'place with the alpha annotation',
    'places with the alpha annotation',
  ),
  '2.19-native-bug': (situation) =>
    situation.inventory.controlPlane.nativeSidecar
      ? yes('native sidecars are on for the whole mesh')
      : foundNames(nativeNames, 'place with native sidecars', 'places with native sidecars')(situation),
  '2.19-kubernetes': kubernetesBelow('1.29'),
  '2.19-tls': ask('whoever runs the network', 'whether something inspects TLS between proxies'),
  '2.20-kubernetes': kubernetesBelow('1.31'),
  '2.20-native': ({ inventory }) => {
    const { config, controlPlane, evidence } = inventory;
    if (controlPlane.nativeSidecar) return no('native sidecars are on already');
    const explicit = evidence.hasValues ? evidence.value('proxy.nativeSidecar') : config?.nativeSidecar;
    if (explicit === false) {
      return unknown(
        `linkerd-config has proxy.nativeSidecar: false, which may be this release's default: look in your own values; ${dataPlaneText(inventory)} would change shape`,
      );
    }
    if (!evidence.hasValues && !config) {
      return unknown('linkerd-config could not be read: look for proxy.nativeSidecar in your values');
    }
    return yes(`proxy.nativeSidecar is not set; ${dataPlaneText(inventory)} change shape when restarted`);
  },
  '2.20-native-annotation': foundNames(
    ({ evidence }) => namespacesOnly(evidence.betaNativeSidecar),
    'namespace with the beta annotation',
    'namespaces with the beta annotation',
  ),
  '2.20-wait': (situation) => {
    const seconds = situation.inventory.config?.waitBeforeExitSeconds ?? 0;
    if (seconds > 0) return yes(`linkerd-config has proxy.waitBeforeExitSeconds: ${seconds}`);
    return foundNames(
      ({ evidence }) => evidence.waitBeforeExit,
      'place with that annotation',
      'places with that annotation',
    )(situation);
  },
  '2.20-proxy-init': either(mirrored, imageOverridden('proxyInit.image.name')),
  '2.20-gateway-version': bundleOutside('1.2.1', '1.5.1'),
  '2.20-server-ns': objects('servers.policy.linkerd.io', 'Server', (text) =>
    unknown(`${text}; whether another namespace relied on one: ask their owners`),
  ),
  '2.20-externalworkload-ns': objects('externalworkloads.workload.linkerd.io', 'ExternalWorkload', (text) =>
    unknown(`${text}; whether their Services live in another namespace: ask their owners`),
  ),
  '2.20-authn-removal': ask('whoever keeps the policies', 'which authentications were deleted in the past'),
  '2.20-pause-image': (situation) => {
    const multicluster = hasExtension('multicluster')(situation);
    if (multicluster.applies === 'no') return multicluster;
    const own = mirrored(situation);
    if (own.applies === 'yes')
      return { applies: multicluster.applies, why: `${multicluster.why}; ${own.why}` };
    return unknown(
      `${multicluster.why}; whether nodes may pull from registry.k8s.io is not shown: ask who runs them`,
    );
  },
  '2.20-multicluster-policy': all(
    hasExtension('multicluster'),
    ask('whoever runs Prometheus', 'whether it scrapes the extension'),
  ),
  '2.21-undefined-port': objects('serviceprofiles.linkerd.io', 'ServiceProfile', (text) =>
    unknown(`${text}; which ports clients use is not shown: ask the owners of those Services`),
  ),
  '2.21-check': gateway(() => no('the Gateway API CRDs are there'), yes('the Gateway API CRDs are absent')),
  '2.21-trace-identity': all(tracing, ({ inventory: { evidence } }) => {
    if (!evidence.hasValues)
      return unknown(
        'linkerd-config could not be read: compare identityTrustDomain with clusterDomain in your values',
      );
    const cluster = evidence.value('clusterDomain') || 'cluster.local';
    const trust = evidence.value('identityTrustDomain') || cluster;
    return trust === cluster
      ? no('the trust domain is the cluster domain')
      : yes(`identityTrustDomain is ${String(trust)}, clusterDomain is ${String(cluster)}`);
  }),
  '2.21-kubernetes-max': ({ inventory: { kubernetes } }) => {
    const version = parseKubernetesVersion(kubernetes);
    if (!version) return unknown('the version of Kubernetes could not be read: ask whoever runs the cluster');
    return version.major === 1 && version.minor === 36
      ? yes(`the cluster runs Kubernetes ${kubernetes}`)
      : no(`the cluster runs Kubernetes ${kubernetes}`);
  },
};
