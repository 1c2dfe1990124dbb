import { annotation, label } from '../../../data/linkerd.ts';
import type { Deployment, Namespace } from '../objects.ts';
import { deployment, link, namespace, plainContainer } from './builders.ts';
import type { World } from './world.ts';

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

function extensionNamespace(name: string, extension: string): Namespace {
  return namespace(name, {}, { [label.extension]: extension });
}

/** A Deployment of an extension; since 2.12 the template asks for the proxy. */
function part(
  inNamespace: string,
  extension: string,
  version: string,
  { name, image, labelled }: Part,
): Deployment {
  return deployment(inNamespace, name, {
    replicas: 1,
    annotations: { [annotation.inject]: 'enabled' },
    labels: { [label.extension]: extension },
    containers: [plainContainer(name, image, PROBE)],
    own: {
      annotations: { [annotation.createdBy]: `linkerd/helm ${version}` },
      labels: { [label.extension]: extension, ...(labelled ? { [label.version]: version } : {}) },
    },
  });
}

/** Installs linkerd-viz. */
export function installViz(world: World, version: string): void {
  world.create(extensionNamespace('linkerd-viz', 'viz'), 'linkerd');
  world.createAll(vizDeployments(version), 'linkerd');
}

/** Upgrades linkerd-viz: its pods are new, and with them their proxies. */
export function upgradeViz(world: World, version: string): void {
  for (const next of vizDeployments(version)) {
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

function vizDeployments(version: string): readonly Deployment[] {
  const parts: readonly Part[] = [
    { name: 'metrics-api', image: `${IMAGES}/metrics-api:${version}`, labelled: true },
    { name: 'prometheus', image: 'prom/prometheus:v2.55.1', labelled: true },
    { name: 'tap', image: `${IMAGES}/tap:${version}`, labelled: true },
    { name: 'tap-injector', image: `${IMAGES}/tap:${version}`, labelled: false },
    { name: 'web', image: `${IMAGES}/web:${version}`, labelled: true },
  ];
  return parts.map((one) => part('linkerd-viz', 'viz', version, one));
}

/** Installs linkerd-multicluster with a Link to another cluster, as from 2.18 on: one controller for each link. */
export function installMulticluster(world: World, version: string, target: string): void {
  world.create(extensionNamespace('linkerd-multicluster', 'multicluster'), 'linkerd');
  const parts: readonly Part[] = [
    { name: 'linkerd-gateway', image: 'registry.k8s.io/pause:3.10', labelled: true },
    { name: `controller-${target}`, image: `${IMAGES}/controller:${version}`, labelled: false },
    { name: 'linkerd-local-service-mirror', image: `${IMAGES}/controller:${version}`, labelled: false },
  ];
  world.createAll(
    parts.map((one) => part('linkerd-multicluster', 'multicluster', version, one)),
    'linkerd',
  );
  world.create(link('linkerd-multicluster', target, version), 'linkerd');
}
