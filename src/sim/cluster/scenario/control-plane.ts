import { stringify } from 'yaml';
import {
  annotation,
  configMap as configMapName,
  container,
  DEFAULT_CONTROL_PLANE_NAMESPACE,
  INJECTOR_WEBHOOK,
  INJECTOR_WEBHOOK_CONFIGURATION,
  label,
  TRUST_BUNDLE_KEY,
} from '../../../data/linkerd.ts';
import { isAtLeast } from '../injector/behaviour.ts';
import { injectorConfig } from '../injector/config.ts';
import { initContainer, proxyContainer, sidecarVolumes } from '../injector/sidecar.ts';
import type {
  ConfigMap,
  Container,
  Deployment,
  MutatingWebhookConfiguration,
  Namespace,
  PodTemplate,
  StringMap,
} from '../objects.ts';
import { configMap, deployment, namespace, plainContainer, podTemplate } from './builders.ts';
import { applyLinkerdResources } from './custom-resources.ts';
import { TRUST_ROOT } from './trust-roots.ts';
import type { Author, World } from './world.ts';

/** How Linkerd was installed; what stays the same over upgrades. */
export interface Installation {
  /** `gitops`: rendered from the chart and applied by somebody else, without a Helm release. */
  readonly method: 'cli' | 'helm' | 'gitops';
  readonly failurePolicy: 'Ignore' | 'Fail';
  readonly trustRoots: string;
  /** `proxy.nativeSidecar`; the default follows from the version. */
  readonly nativeSidecar?: boolean;
  /** `proxy.image.version`, a pin for the whole mesh. */
  readonly proxyImageVersion?: string;
  readonly cniEnabled?: boolean;
  /** Replicas of each component; the HA values ask for three. */
  readonly replicas?: number;
  /** Name and namespace of the Helm release. */
  readonly release?: { readonly name: string; readonly namespace: string };
  /** Registry and organisation of the images, `cr.l5d.io/linkerd` by default. */
  readonly registry?: string;
  /** What whoever applies the objects leaves on them. */
  readonly marks?: { readonly labels?: StringMap; readonly annotations?: StringMap };
  /** More of `linkerd-config`'s values. */
  readonly values?: Readonly<Record<string, unknown>>;
}

export const CLI_INSTALLATION: Installation = {
  method: 'cli',
  failurePolicy: 'Ignore',
  trustRoots: TRUST_ROOT,
};

const NAMESPACE = DEFAULT_CONTROL_PLANE_NAMESPACE;
const REGISTRY = 'cr.l5d.io/linkerd';
const POLICY_IN_CONTROLLER_SINCE = [25, 8, 3] as const;
const INIT_IN_PROXY_IMAGE_SINCE = [25, 11, 3] as const;
const NATIVE_BY_DEFAULT_SINCE = [26, 5, 2] as const;
const COMPONENTS = ['destination', 'identity', 'proxy-injector'] as const;

const authors: Readonly<Record<Installation['method'], Author>> = {
  cli: 'linkerd',
  helm: 'helm',
  gitops: 'argocd-controller',
};

type Component = (typeof COMPONENTS)[number];

/** Everything that an installation of this version puts into the cluster, in the order in which it is applied. */
export function controlPlane(version: string, installation: Installation) {
  const config = linkerdConfig(version, installation);
  const trustRoots = trustRootsMap(version, installation);
  return {
    namespace: controlPlaneNamespace(installation),
    config,
    trustRoots,
    webhook: webhookConfiguration(version, installation),
    deployments: COMPONENTS.map((component) =>
      componentDeployment(component, version, installation, config, trustRoots),
    ),
  };
}

/** Installs Linkerd, or upgrades it when it is there. */
export function applyControlPlane(world: World, version: string, installation: Installation): void {
  const wanted = controlPlane(version, installation);
  const author = authors[installation.method];
  applyLinkerdResources(world, version, {
    author,
    createdBy: createdBy(version, installation),
    helm: crdsRelease(installation),
  });
  if (world.cluster.get('Namespace', '', NAMESPACE) === undefined) {
    const { deployments, ...others } = wanted;
    world.createAll([...Object.values(others), ...deployments], author);
    return;
  }
  applyConfig(world, version, installation);
  world.change('ConfigMap', NAMESPACE, configMapName.trustRoots, (map) => ({
    ...map,
    ...only(wanted.trustRoots),
  }));
  for (const next of wanted.deployments) {
    world.change('Deployment', NAMESPACE, next.metadata.name, (before) => ({
      ...before,
      metadata: {
        ...before.metadata,
        ...(next.metadata.labels === undefined ? {} : { labels: next.metadata.labels }),
        annotations: { ...before.metadata.annotations, ...next.metadata.annotations },
      },
      spec: { ...next.spec, replicas: before.spec.replicas ?? 1 },
    }));
  }
}

/** Only the first effect of an upgrade: the new configuration has landed, no pod has rolled yet. */
export function applyConfig(world: World, version: string, installation: Installation): void {
  const { config, webhook } = controlPlane(version, installation);
  world.change('ConfigMap', NAMESPACE, configMapName.config, (map) => ({ ...map, ...only(config) }));
  world.change('MutatingWebhookConfiguration', '', INJECTOR_WEBHOOK_CONFIGURATION, (before) => ({
    ...before,
    webhooks: webhook.webhooks ?? [],
  }));
}

/** What a new version of a ConfigMap changes. */
function only({
  data,
  metadata,
}: ConfigMap): Pick<ConfigMap, 'data'> & { readonly metadata: ConfigMap['metadata'] } {
  return { ...(data === undefined ? {} : { data }), metadata };
}

function controlPlaneNamespace({ method }: Installation): Namespace {
  if (method !== 'cli') return namespace(NAMESPACE);
  const labels = {
    'linkerd.io/is-control-plane': 'true',
    [label.admissionWebhooks]: 'disabled',
    [label.controlPlaneNamespace]: NAMESPACE,
  };
  return namespace(NAMESPACE, { [annotation.inject]: 'disabled' }, labels);
}

function marks(
  version: string,
  installation: Installation,
): { readonly annotations: StringMap; readonly labels: StringMap } {
  const { method, release = { name: 'linkerd-control-plane', namespace: NAMESPACE } } = installation;
  return {
    annotations: {
      [annotation.createdBy]: createdBy(version, installation),
      ...(method === 'helm'
        ? { [annotation.helmRelease]: release.name, 'meta.helm.sh/release-namespace': release.namespace }
        : {}),
      ...installation.marks?.annotations,
    },
    labels: { ...(method === 'helm' ? { [label.managedBy]: 'Helm' } : {}), ...installation.marks?.labels },
  };
}

/** The custom resources have a chart of their own from 2.12 on; the old single chart has a release of another name. */
function crdsRelease({ method, release }: Installation): StringMap {
  if (method !== 'helm') return {};
  const { name, namespace: home } = release ?? { name: 'linkerd-crds', namespace: NAMESPACE };
  return { [annotation.helmRelease]: name, 'meta.helm.sh/release-namespace': home };
}

/** The chart does not know who renders it. */
function createdBy(version: string, { method }: Installation): string {
  return `linkerd/${method === 'cli' ? 'cli' : 'helm'} ${version}`;
}

function linkerdConfig(version: string, installation: Installation): ConfigMap {
  const { method, failurePolicy, proxyImageVersion = '', cniEnabled = false, replicas = 1 } = installation;
  const { registry: images = REGISTRY, values: more = {} } = installation;
  const initInProxy = isAtLeast(version, INIT_IN_PROXY_IMAGE_SINCE);
  const values = {
    cliVersion: method === 'cli' ? `linkerd/cli ${version}` : '',
    clusterDomain: 'cluster.local',
    cniEnabled,
    controllerImage: `${images}/controller`,
    controllerReplicas: replicas,
    disableHeartBeat: true,
    highAvailability: replicas > 1,
    identity: { issuer: { scheme: 'linkerd.io/tls' }, serviceAccountTokenProjection: true },
    identityTrustDomain: 'cluster.local',
    linkerdVersion: version,
    proxy: {
      await: true,
      image: { name: `${images}/proxy`, pullPolicy: '', version: proxyImageVersion },
      nativeSidecar: isNative(version, installation),
    },
    proxyInit: {
      image: initInProxy
        ? { name: `${images}/proxy`, version: '' }
        : { name: `${images}/proxy-init`, version: 'v2.4.3' },
    },
    webhookFailurePolicy: failurePolicy,
    ...more,
  };
  const own = marks(version, installation);
  return configMap(
    NAMESPACE,
    configMapName.config,
    { 'linkerd-crds-chart-version': 'linkerd-crds-1.0.0-edge', values: stringify(values) },
    {
      labels: {
        ...own.labels,
        [label.controlPlaneComponent]: 'controller',
        [label.controlPlaneNamespace]: NAMESPACE,
      },
      annotations: own.annotations,
    },
  );
}

function isNative(version: string, { nativeSidecar }: Installation): boolean {
  return nativeSidecar ?? isAtLeast(version, NATIVE_BY_DEFAULT_SINCE);
}

function trustRootsMap(version: string, installation: Installation): ConfigMap {
  const own = marks(version, installation);
  return configMap(
    NAMESPACE,
    configMapName.trustRoots,
    { [TRUST_BUNDLE_KEY]: installation.trustRoots },
    {
      labels: {
        ...own.labels,
        [label.controlPlaneComponent]: 'identity',
        [label.controlPlaneNamespace]: NAMESPACE,
      },
      annotations: own.annotations,
    },
  );
}

function webhookConfiguration(version: string, installation: Installation): MutatingWebhookConfiguration {
  const own = marks(version, installation);
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'MutatingWebhookConfiguration',
    metadata: {
      name: INJECTOR_WEBHOOK_CONFIGURATION,
      labels: {
        ...own.labels,
        [label.controlPlaneComponent]: 'proxy-injector',
        [label.controlPlaneNamespace]: NAMESPACE,
      },
      annotations: own.annotations,
    },
    webhooks: [
      {
        name: INJECTOR_WEBHOOK,
        clientConfig: {
          service: { namespace: NAMESPACE, name: 'linkerd-proxy-injector', path: '/', port: 443 },
          caBundle: Buffer.from(installation.trustRoots).toString('base64'),
        },
        rules: [
          {
            operations: ['CREATE'],
            apiGroups: [''],
            apiVersions: ['v1'],
            resources: ['pods', 'services'],
            scope: 'Namespaced',
          },
        ],
        failurePolicy: installation.failurePolicy,
        matchPolicy: 'Equivalent',
        namespaceSelector: {
          matchExpressions: [
            { key: label.admissionWebhooks, operator: 'NotIn', values: ['disabled'] },
            {
              key: 'kubernetes.io/metadata.name',
              operator: 'NotIn',
              values: ['kube-system', 'cert-manager'],
            },
          ],
        },
        objectSelector: {
          matchExpressions: [
            { key: label.controlPlaneComponent, operator: 'DoesNotExist' },
            { key: label.cniResource, operator: 'DoesNotExist' },
          ],
        },
        sideEffects: 'NoneOnDryRun',
        timeoutSeconds: 10,
        admissionReviewVersions: ['v1', 'v1beta1'],
        reinvocationPolicy: 'Never',
      },
    ],
  };
}

function componentDeployment(
  component: Component,
  version: string,
  installation: Installation,
  config: ConfigMap,
  trustRoots: ConfigMap,
): Deployment {
  const name = `linkerd-${component}`;
  const own = marks(version, installation);
  const labels = { [label.controlPlaneComponent]: component, [label.controlPlaneNamespace]: NAMESPACE };
  const base = deployment(NAMESPACE, name, {
    replicas: installation.replicas ?? 1,
    ...((installation.replicas ?? 1) > 1 ? { strategy: { maxUnavailable: 1, maxSurge: 0 } } : {}),
    own: {
      annotations: own.annotations,
      labels: {
        ...own.labels,
        ...labels,
        'app.kubernetes.io/name': component,
        'app.kubernetes.io/part-of': 'Linkerd',
        [label.version]: version,
      },
    },
  });
  const template = componentTemplate(component, version, { installation, config, trustRoots });
  return {
    ...base,
    spec: {
      ...base.spec,
      selector: { matchLabels: { ...labels, 'linkerd.io/proxy-deployment': name } },
      template,
    },
  };
}

/** A component's pods carry their proxy in the template, where no injector touches it. */
function componentTemplate(
  component: Component,
  version: string,
  {
    installation,
    config,
    trustRoots,
  }: { installation: Installation; config: ConfigMap; trustRoots: ConfigMap },
): PodTemplate {
  const settings = injectorConfig(config, trustRoots, version);
  const native = component !== 'identity' && isNative(version, installation);
  const proxy = proxyContainer(settings, {
    image: `${settings.proxyImage}:${version}`,
    native,
    ports: [8443],
  });
  const name = `linkerd-${component}`;
  const { spec } = podTemplate(name, { pod: { serviceAccountName: name, serviceAccount: name } });
  return {
    metadata: {
      labels: {
        [label.controlPlaneComponent]: component,
        [label.controlPlaneNamespace]: NAMESPACE,
        'linkerd.io/proxy-deployment': name,
        [label.workloadNamespace]: NAMESPACE,
      },
      annotations: {
        [annotation.createdBy]: createdBy(version, installation),
        [annotation.proxyVersion]: version,
        [annotation.trustRootSha256]: settings.trustRootSha256,
        'cluster-autoscaler.kubernetes.io/safe-to-evict': 'true',
      },
    },
    spec: {
      ...spec,
      volumes: sidecarVolumes(settings),
      initContainers: [initContainer(settings), ...(native ? [proxy] : [])],
      containers: arranged(
        component,
        componentContainers(component, version, installation),
        native ? undefined : proxy,
      ),
    },
  };
}

function arranged(
  component: Component,
  own: readonly Container[],
  proxy: Container | undefined,
): readonly Container[] {
  if (proxy === undefined) return own;
  return component === 'identity' ? [...own, proxy] : [proxy, ...own];
}

function componentContainers(
  component: Component,
  version: string,
  { registry = REGISTRY }: Installation,
): readonly Container[] {
  const controller = `${registry}/controller:${version}`;
  const probed = {
    readinessProbe: { httpGet: { path: '/ready', port: 9990, scheme: 'HTTP' }, failureThreshold: 7 },
  };
  const run = (name: string, image = controller): Container =>
    plainContainer(name, image, { args: [name, '-log-level=info'], ...probed });
  if (component === 'identity') return [run(container.identity)];
  if (component === 'proxy-injector') return [run(container.injector)];
  const policy = isAtLeast(version, POLICY_IN_CONTROLLER_SINCE)
    ? controller
    : `${registry}/policy-controller:${version}`;
  return [run(container.destination), run('sp-validator'), run('policy', policy)];
}
