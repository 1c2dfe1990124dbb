import { annotation, label } from '../../../data/linkerd.ts';
import { isAtLeast } from '../injector/behaviour.ts';
import type { Deployment, StringMap } from '../objects.ts';
import { daemonSet, deployment, link, namespace, plainContainer } from './builders.ts';
import { applyResource } from './custom-resources.ts';
import type { Author, World } from './world.ts';

const IMAGES = 'cr.l5d.io/linkerd';
const PROBE = {
  readinessProbe: { httpGet: { path: '/ready', port: 9990, scheme: 'HTTP' }, failureThreshold: 7 },
};

interface Part {
  readonly name: string;
  readonly image: string;
  /** Whether the part carries its version as a label too. */
  readonly labelled: boolean;
}

/** How an extension was installed, where it was not by the CLI. */
export interface ExtensionInstallation {
  readonly author?: Author;
  /** Name of the Helm release; its namespace is the extension's. */
  readonly release?: string;
  /** False for a namespace whose label `linkerd.io/extension` nobody has written. */
  readonly labelled?: boolean;
  /**
   * To 2.11 the namespace asks for the proxies, from 2.12 on each template does. `nobody`: a namespace of before 2.12
   * that has lost its annotation.
   */
  readonly proxiesAskedBy?: 'template' | 'namespace' | 'nobody';
  readonly marks?: { readonly labels?: StringMap; readonly annotations?: StringMap };
}

/** Where an extension lives, and how it came there. */
interface Home extends ExtensionInstallation {
  readonly namespace: string;
  readonly extension: string;
  readonly version: string;
}

function createNamespace(world: World, { namespace: name, extension, ...how }: Home): void {
  const { labelled = true, proxiesAskedBy = 'template', author = 'linkerd' } = how;
  const annotations = proxiesAskedBy === 'namespace' ? { [annotation.inject]: 'enabled' } : {};
  world.create(namespace(name, annotations, labelled ? { [label.extension]: extension } : {}), author);
}

/** A Deployment of an extension. */
function part(home: Home, { name, image, labelled }: Part): Deployment {
  const { namespace: inNamespace, extension, version, release, marks } = home;
  const asks = (home.proxiesAskedBy ?? 'template') === 'template';
  return deployment(inNamespace, name, {
    replicas: 1,
    ...(asks ? { annotations: { [annotation.inject]: 'enabled' } } : {}),
    labels: { [label.extension]: extension },
    containers: [plainContainer(name, image, PROBE)],
    own: {
      annotations: {
        ...createdBy(home),
        ...(release === undefined
          ? {}
          : { [annotation.helmRelease]: release, 'meta.helm.sh/release-namespace': inNamespace }),
        ...marks?.annotations,
      },
      labels: {
        [label.extension]: extension,
        ...(labelled ? { [label.version]: version } : {}),
        ...(release === undefined ? {} : { [label.managedBy]: 'Helm' }),
        ...marks?.labels,
      },
    },
  });
}

/** From this edge on viz and jaeger say truly that the CLI made them; before they say that Helm did. */
const TRUE_CREATED_BY_SINCE = [25, 8, 1] as const;

function createdBy({ extension, version, author = 'linkerd' }: Home): StringMap {
  // Strangers know nothing of this annotation.
  if (version === '') return {};
  const honest = extension === 'multicluster' || isAtLeast(version, TRUE_CREATED_BY_SINCE);
  return { [annotation.createdBy]: `linkerd/${author === 'linkerd' && honest ? 'cli' : 'helm'} ${version}` };
}

function install(world: World, home: Home, parts: readonly Part[]): void {
  createNamespace(world, home);
  world.createAll(
    parts.map((one) => part(home, one)),
    home.author ?? 'linkerd',
  );
}

/** Installs linkerd-viz. */
export function installViz(world: World, version: string, how: ExtensionInstallation = {}): void {
  install(world, viz(version, how), vizParts(version));
}

function viz(version: string, how: ExtensionInstallation = {}): Home {
  return { namespace: 'linkerd-viz', extension: 'viz', version, ...how };
}

/** Upgrades linkerd-viz: its pods are new, and with them their proxies. */
export function upgradeViz(world: World, version: string): void {
  for (const next of vizParts(version).map((one) => part(viz(version), one))) {
    world.change('Deployment', 'linkerd-viz', next.metadata.name, (before) => ({
      ...before,
      metadata: {
        ...before.metadata,
        labels: { ...before.metadata.labels, ...next.metadata.labels },
        annotations: { ...before.metadata.annotations, ...next.metadata.annotations },
      },
      spec: next.spec,
    }));
  }
}

function vizParts(version: string): readonly Part[] {
  return [
    { name: 'metrics-api', image: `${IMAGES}/metrics-api:${version}`, labelled: true },
    { name: 'prometheus', image: 'prom/prometheus:v2.55.1', labelled: true },
    { name: 'tap', image: `${IMAGES}/tap:${version}`, labelled: true },
    { name: 'tap-injector', image: `${IMAGES}/tap:${version}`, labelled: false },
    { name: 'web', image: `${IMAGES}/web:${version}`, labelled: true },
  ];
}

/** Installs linkerd-multicluster with a Link to another cluster, as from 2.18 on: one controller for each link. */
export function installMulticluster(world: World, version: string, target: string): void {
  const home = multicluster(version);
  install(world, home, [
    gatewayPart('registry.k8s.io/pause:3.10'),
    controllerPart(target, version),
    localMirrorPart(version),
  ]);
  applyLinkResource(world);
  world.create(link(home.namespace, target, version), 'linkerd');
}

function multicluster(version: string, how: ExtensionInstallation = {}): Home {
  return { namespace: 'linkerd-multicluster', extension: 'multicluster', version, ...how };
}

/** A link to another cluster, and who copies its services. */
export interface Linked {
  readonly target: string;
  /** Version of the CLI that made the link, and with a service mirror also that of its image. */
  readonly version: string;
  readonly mirror: 'legacy' | 'controller';
}

/** Installs linkerd-multicluster with several Links, some of which may be as `linkerd multicluster link` made them to 2.17. */
export function installLinks(
  world: World,
  version: string,
  links: readonly Linked[],
  how: ExtensionInstallation = {},
): void {
  const home = multicluster(version, how);
  install(world, home, [
    gatewayPart('gcr.io/google_containers/pause:3.2'),
    ...links.map(({ target, mirror, version: linked }) =>
      mirror === 'controller' ? controllerPart(target, version) : serviceMirrorPart(target, linked),
    ),
  ]);
  applyLinkResource(world);
  for (const { target, version: linked } of links)
    world.create(link(home.namespace, target, linked), 'linkerd');
}

function applyLinkResource(world: World): void {
  const versions = ['v1alpha3', 'v1alpha2', 'v1alpha1'];
  applyResource(world, { name: 'links.multicluster.linkerd.io', kind: 'Link', versions });
}

function gatewayPart(image: string): Part {
  return { name: 'linkerd-gateway', image, labelled: true };
}

function controllerPart(target: string, version: string): Part {
  return { name: `controller-${target}`, image: `${IMAGES}/controller:${version}`, labelled: false };
}

function serviceMirrorPart(target: string, version: string): Part {
  return {
    name: `linkerd-service-mirror-${target}`,
    image: `${IMAGES}/controller:${version}`,
    labelled: false,
  };
}

function localMirrorPart(version: string): Part {
  return {
    name: 'linkerd-local-service-mirror',
    image: `${IMAGES}/controller:${version}`,
    labelled: false,
  };
}

/** Installs linkerd-jaeger, the last of which came with edge-25.9.4. */
export function installJaeger(world: World, version: string, how: ExtensionInstallation = {}): void {
  install(world, { namespace: 'linkerd-jaeger', extension: 'jaeger', version, ...how }, [
    { name: 'collector', image: 'otel/opentelemetry-collector-contrib:0.83.0', labelled: true },
    { name: 'jaeger', image: 'jaegertracing/all-in-one:1.31', labelled: true },
    { name: 'jaeger-injector', image: `${IMAGES}/jaeger-webhook:${version}`, labelled: true },
  ]);
}

/** Installs linkerd-smi, which has a version line of its own. */
export function installSmi(world: World, version: string): void {
  const home = {
    namespace: 'linkerd-smi',
    extension: 'smi',
    version,
    release: 'linkerd-smi',
    author: 'helm',
  } as const;
  install(world, home, [{ name: 'smi-adaptor', image: `${IMAGES}/smi-adaptor:${version}`, labelled: false }]);
}

/** Installs an extension that Linkerd's own tools do not know, as a Helm release where one is named. */
export function installStranger(world: World, extension: string, image: string, release?: string): void {
  const home: Home = {
    namespace: `linkerd-${extension}`,
    extension,
    version: '',
    proxiesAskedBy: 'nobody',
    ...(release === undefined ? {} : { release, author: 'helm' }),
  };
  install(world, home, [{ name: extension, image, labelled: false }]);
}

/** Installs linkerd-cni with a version of the plugin's own line. */
export function installCni(world: World, version: string): void {
  const labels = { [label.cniResource]: 'true' };
  world.create(namespace('linkerd-cni', {}, labels), 'helm');
  world.create(
    daemonSet('linkerd-cni', 'linkerd-cni', {
      labels: { 'k8s-app': 'linkerd-cni', ...labels },
      containers: [plainContainer('install-cni', `${IMAGES}/cni-plugin:${version}`)],
      pod: { hostNetwork: true },
      own: { labels, annotations: { [annotation.createdBy]: `linkerd/helm ${version}` } },
    }),
    'helm',
  );
}
