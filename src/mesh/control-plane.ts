import { createHash } from 'node:crypto';
import {
  annotation,
  configMap,
  container as containerName,
  INJECTOR_DEPLOYMENT,
  label,
} from '../data/linkerd.ts';
import type { PodContainer, PodRecord, WorkloadRecord } from '../kube/records.ts';
import type { LinkerdConfig } from './config.ts';
import { imageTag } from './image.ts';
import { podLife } from './proxy.ts';
import { releaseOf, releaseText } from './release.ts';
import { compareVersions, parseVersion } from './version.ts';
import type { ComponentView, ControlPlaneView, InjectorState } from './view.ts';
import { byText, count, list } from './words.ts';

/** What is known of a control plane. Any part may be missing. */
export interface ControlPlaneEvidence {
  readonly namespace: string;
  /** undefined when `linkerd-config` has not been read or makes no sense. */
  readonly config: LinkerdConfig | undefined;
  /** Why `linkerd-config` makes no sense; '' when it does or has not been read. */
  readonly configProblem: string;
  /** Hash of the trust bundle, '' when not read. */
  readonly trustRootSha256: string;
  /** Deployments of the control-plane namespace. */
  readonly deployments: readonly WorkloadRecord[];
  /** Pods of the control-plane namespace. */
  readonly pods: readonly PodRecord[];
  /** True when all its pods have been read, so that an absent one does not exist. */
  readonly podsComplete: boolean;
  /** Versions of injectors that made pods of the data plane: the last resort for a version. */
  readonly injectorVersions: readonly string[];
}

/** What the control plane and its pods say, before webhook and data plane are added. */
export type ControlPlaneCore = Pick<
  ControlPlaneView,
  | 'namespace'
  | 'version'
  | 'release'
  | 'channel'
  | 'target'
  | 'ready'
  | 'components'
  | 'injector'
  | 'halfRolled'
  | 'install'
  | 'trustRootSha256'
  | 'evidence'
>;

/** Hash (hex) of the trust bundle as the injector takes it: of the exact bytes stored, line ends included. */
export function trustRootHash(bundle: string): string {
  return createHash('sha256').update(bundle, 'utf8').digest('hex');
}

/**
 * Describes a control plane. `linkerdVersion` is the desired version: it changes when an upgrade is applied,
 * before a single pod has rolled, so it is held against the images of the pods.
 */
export function describeControlPlane(evidence: ControlPlaneEvidence): ControlPlaneCore {
  const deployments = evidence.deployments.filter((deployment) => component(deployment) !== '');
  const pods = evidence.pods.filter(isComponentPod);
  const running = runningImages(pods, evidence.config);
  const found = versionOf(evidence, deployments, running);
  const halfRolled = describeHalfRolled(found, evidence.config, running);
  const components = describeComponents(deployments, pods);
  const parsed = parseVersion(found.version);
  return {
    namespace: evidence.namespace,
    version: found.version,
    release: releaseText(releaseOf(parsed)),
    channel: parsed.channel,
    target: evidence.config?.proxyImageVersion || found.version,
    ready: components.length > 0 && halfRolled === '' && components.every(isComplete),
    components,
    injector: describeInjector(evidence, deployments, pods, found),
    halfRolled,
    install: installMethod(deployments, evidence.config),
    trustRootSha256: evidence.trustRootSha256,
    evidence: found.evidence,
  };
}

interface FoundVersion {
  readonly version: string;
  readonly evidence: ControlPlaneView['evidence'];
}

/** The ConfigMap, then the label of the Deployments, then images, then what injected the data plane. */
function versionOf(
  evidence: ControlPlaneEvidence,
  deployments: readonly WorkloadRecord[],
  running: readonly RunningImage[],
): FoundVersion {
  if (evidence.config) return { version: evidence.config.linkerdVersion, evidence: 'config' };
  const labelled = newest(deployments.map((deployment) => deployment.labels[label.version] ?? ''));
  if (labelled) return { version: labelled, evidence: 'deployment' };
  const version = newest(running.map((image) => image.tag)) || newest(evidence.injectorVersions);
  return version ? { version, evidence: 'pods' } : { version: '', evidence: 'none' };
}

/** The newest of some versions; among those without an order the first by text, so that the answer is stable. */
function newest(versions: readonly string[]): string {
  const sorted = versions.filter((version) => version !== '').sort(byText);
  return sorted.reduce(
    (best, version) => (compareVersions(parseVersion(version), parseVersion(best)) === 1 ? version : best),
    sorted[0] ?? '',
  );
}

function component(deployment: WorkloadRecord): string {
  return deployment.labels[label.controlPlaneComponent] ?? '';
}

/** Live pods of long-running components: the heartbeat is a Job that comes and goes. */
function isComponentPod(pod: PodRecord): boolean {
  return pod.controlPlaneComponent !== '' && pod.owner?.kind !== 'Job' && podLife(pod) === 'live';
}

interface RunningImage {
  readonly component: string;
  readonly container: string;
  readonly tag: string;
}

/** Containers whose image carries the control plane's version; read by name, whatever registry they come from. */
const versionedContainers: ReadonlySet<string> = new Set([
  containerName.destination,
  containerName.identity,
  containerName.injector,
  'sp-validator',
  'policy',
  'public-api',
]);

function runningImages(pods: readonly PodRecord[], config: LinkerdConfig | undefined): RunningImage[] {
  return pods.flatMap((pod) =>
    pod.containers
      .filter((container) => versionedContainers.has(container.name))
      // To 2.18 the policy controller is an image of its own, whose tag can be set apart.
      .filter((container) => container.name !== 'policy' || !config?.policyControllerImageVersion)
      .map((container) => ({
        component: pod.controlPlaneComponent,
        container: container.name,
        tag: imageTag(container.image),
      }))
      .filter((image) => image.tag !== ''),
  );
}

/** The tag that control-plane images should carry. */
function expectedTag(found: FoundVersion, config: LinkerdConfig | undefined): string {
  return config?.controllerImageVersion || found.version;
}

function describeHalfRolled(
  found: FoundVersion,
  config: LinkerdConfig | undefined,
  running: readonly RunningImage[],
): string {
  if (found.evidence === 'none') return '';
  const expected = expectedTag(found, config);
  const odd = running.filter((image) => image.tag !== expected);
  if (odd.length === 0) return '';
  const parts = groupBy(odd, (image) => `${image.container} ${image.tag}`).map(([first, group]) => {
    const all = running.filter((image) => image.container === first.container).length;
    return `${group.length} of ${count(all, `${first.container} container`)} ${group.length === 1 ? 'runs' : 'run'} ${first.tag}`;
  });
  return `${source[found.evidence]} ${expected}, but ${list(parts)}`;
}

const source = {
  config: 'linkerd-config says',
  deployment: 'the Deployments say',
  pods: 'the newest pods run',
} as const;

function groupBy<T>(items: readonly T[], key: (item: T) => string): [first: T, group: T[]][] {
  const groups = Map.groupBy(items, key);
  return [...groups]
    .sort(([a], [b]) => byText(a, b))
    .flatMap(([, group]) => (group[0] ? [[group[0], group]] : []));
}

/** Components by their label; figures of the pods where pods are seen at all, else of the Deployments. */
function describeComponents(
  deployments: readonly WorkloadRecord[],
  pods: readonly PodRecord[],
): ComponentView[] {
  const names = new Set([...deployments.map(component), ...pods.map((pod) => pod.controlPlaneComponent)]);
  return [...names].sort(byText).map((name) => {
    const own = pods.filter((pod) => pod.controlPlaneComponent === name);
    const deployment = deployments.find((candidate) => component(candidate) === name);
    const tags = new Set(own.map((pod) => imageTag(mainContainer(pod)?.image ?? '')).filter(Boolean));
    return {
      name,
      version: list([...tags].sort(byText)),
      ready: pods.length > 0 ? own.filter((pod) => pod.ready).length : (deployment?.status.ready ?? 0),
      replicas: deployment?.replicas ?? own.length,
    };
  });
}

/** The container that a component is named after, else the first that is not Linkerd's proxy. */
function mainContainer(pod: PodRecord): PodContainer | undefined {
  const candidates = pod.containers.filter(
    (container) => !container.init && container.name !== containerName.proxy,
  );
  return candidates.find((container) => container.name === pod.controlPlaneComponent) ?? candidates[0];
}

function isComplete(view: ComponentView): boolean {
  return view.replicas > 0 && view.ready >= view.replicas;
}

/**
 * Whether the injector answers. Both its Deployment and its pods have to say so where they are known: with
 * policy `Ignore` a wrong "ready" costs workloads their proxies.
 */
function describeInjector(
  { namespace, config, configProblem, podsComplete }: ControlPlaneEvidence,
  deployments: readonly WorkloadRecord[],
  pods: readonly PodRecord[],
  found: FoundVersion,
): InjectorState {
  const deployment = deployments.find((candidate) => candidate.name === INJECTOR_DEPLOYMENT);
  const name = `Deployment ${namespace}/${INJECTOR_DEPLOYMENT}`;
  if (deployment?.replicas === 0) return { state: 'down', reason: `${name} is scaled to zero` };
  if (deployment && deployment.status.available === 0) {
    return { state: 'down', reason: `${name} has no available replica (0 of ${deployment.replicas})` };
  }

  const own = pods.filter((pod) => pod.controlPlaneComponent === containerName.injector);
  if (podsComplete && own.length === 0) {
    return { state: 'down', reason: `no ${containerName.injector} pod runs in namespace ${namespace}` };
  }
  if (podsComplete && !own.some((pod) => pod.ready)) {
    return {
      state: 'down',
      reason: `no ${containerName.injector} pod is ready in namespace ${namespace} (0 of ${own.length})`,
    };
  }
  if (!deployment && !podsComplete) {
    return { state: 'unknown', reason: `neither ${name} nor its pods have been read` };
  }

  if (configProblem !== '') {
    return { state: 'unknown', reason: `ConfigMap ${namespace}/${configMap.config}: ${configProblem}` };
  }
  const expected = expectedTag(found, config);
  const odd = new Set(own.map(injectorTag).filter((tag) => tag !== '' && tag !== expected));
  if (odd.size > 0) {
    return {
      state: 'unknown',
      reason: `${name} still runs ${list([...odd].sort(byText))} while ${expected} is wanted`,
    };
  }
  return { state: 'ready' };
}

/** Tag of the injector's image in one of its pods. */
function injectorTag(pod: PodRecord): string {
  return imageTag(mainContainer(pod)?.image ?? '');
}

/**
 * Version of the injector that runs: what it makes of annotations follows from that, not from `linkerd-config`, which
 * is ahead of it during an upgrade. '' while injectors of two versions run, and where the tag is no Linkerd version.
 */
export function runningInjector(pods: readonly PodRecord[]): string {
  const own = pods.filter(
    (pod) => isComponentPod(pod) && pod.controlPlaneComponent === containerName.injector && pod.ready,
  );
  const [tag = '', ...others] = new Set(own.map(injectorTag));
  const { kind } = parseVersion(tag);
  return others.length === 0 && (kind === 'numbered' || kind === 'dated') ? tag : '';
}

/**
 * How Linkerd was installed, by the marks on its objects: a Helm release, then the CLI's, then objects that Helm
 * rendered without a release, as Argo CD and Flux leave them. An operator of Buoyant's cannot be told from here.
 */
function installMethod(
  deployments: readonly WorkloadRecord[],
  config: LinkerdConfig | undefined,
): ControlPlaneView['install'] {
  const some = (test: (deployment: WorkloadRecord) => boolean): boolean => deployments.some(test);
  const createdBy = (prefix: string): boolean =>
    some((deployment) => deployment.annotations[annotation.createdBy]?.startsWith(prefix) === true);

  if (some((deployment) => annotation.helmRelease in deployment.annotations)) return 'helm';
  if (some((deployment) => deployment.labels[label.managedBy] === 'Helm')) return 'helm';
  if (config?.cliVersion || createdBy('linkerd/cli')) return 'cli';
  if (createdBy('linkerd/helm')) return 'gitops';
  return 'unknown';
}
