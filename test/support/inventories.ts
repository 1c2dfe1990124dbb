import type { Evidence, Extension, Inventory, Link } from '../../src/guide/inventory.ts';
import type { LinkerdConfig } from '../../src/mesh/config.ts';
import { CURRENT, type LiveViewInput, liveView } from './views.ts';

/** Hand-made inventories: what a test is about goes in, everything else is as in a mesh that nothing is wrong with. */
export interface InventoryInput extends Omit<Partial<Inventory>, 'mesh' | 'controlPlane' | 'evidence'> {
  /** Of the mesh; version and components of its control plane are the inventory's. */
  readonly view?: LiveViewInput;
  readonly evidence?: Partial<Evidence>;
}

const noEvidence: Evidence = {
  customResources: { state: 'known', value: new Map() },
  objects: new Map(),
  architectures: { state: 'known', value: { amd64: 3 } },
  ipv6: { state: 'known', value: false },
  hostPorts: [],
  ingressMode: [],
  alphaNativeSidecar: [],
  betaNativeSidecar: [],
  waitBeforeExit: [],
  meshedJobs: [],
  controlPlaneDeployments: ['linkerd-destination', 'linkerd-identity', 'linkerd-proxy-injector'],
  proxyRegistries: ['cr.l5d.io/linkerd'],
  appProtocols: { state: 'known', value: [] },
  portPolicies: { state: 'known', value: [] },
  value: () => undefined,
  hasValues: true,
};

/** A mesh at the newest version, in which nothing is wrong unless the input says so. */
export function inventory(input: InventoryInput = {}): Inventory {
  const { view = {}, evidence = {}, ...changes } = input;
  const { mesh, unreadable, cluster } = liveView(view);
  return {
    mesh,
    controlPlane: mesh.controlPlane,
    config: linkerdConfig({ linkerdVersion: mesh.controlPlane.version }),
    installation: { method: 'cli' },
    highlyAvailable: false,
    cli: { state: 'absent' },
    extensions: { state: 'known', value: [] },
    links: { state: 'known', value: [] },
    cni: { state: 'absent' },
    gatewayApi: { state: 'absent' },
    kubernetes: cluster.kubernetesVersion,
    evidence: { ...noEvidence, ...evidence },
    unreadable,
    ...changes,
  };
}

export function linkerdConfig(changes: Partial<LinkerdConfig> = {}): LinkerdConfig {
  return {
    linkerdVersion: CURRENT,
    controllerImageVersion: '',
    policyControllerImageVersion: '',
    proxyImageName: 'cr.l5d.io/linkerd/proxy',
    proxyImageVersion: '',
    cliVersion: '',
    highAvailability: false,
    cniEnabled: false,
    webhookFailurePolicy: 'Ignore',
    nativeSidecar: undefined,
    waitBeforeExitSeconds: 0,
    serviceAccountTokenProjection: true,
    ...changes,
  };
}

export function extension(name: string, changes: Partial<Extension> = {}): Extension {
  return {
    name,
    namespace: `linkerd-${name}`,
    version: CURRENT,
    followsLinkerd: true,
    installation: { method: 'cli' },
    proxies: {},
    problems: [],
    ...changes,
  };
}

export function link(name: string, changes: Partial<Link> = {}): Link {
  return {
    name,
    namespace: 'linkerd-multicluster',
    targetCluster: name,
    version: CURRENT,
    mirror: 'controller',
    ...changes,
  };
}
