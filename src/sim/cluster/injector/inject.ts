import { annotation, label } from '../../../data/linkerd.ts';
import type { Pod, StringMap } from '../objects.ts';
import { failsOnWaitingSidecar, isAtLeast, NATIVE_SIDECAR_SINCE } from './behaviour.ts';
import type { InjectorConfig } from './config.ts';
import { initContainer, proxyContainer, sidecarVolumes } from './sidecar.ts';

const CONFIG_PREFIXES = ['config.linkerd.io/', 'config.beta.linkerd.io/', 'config.alpha.linkerd.io/'];
const OPAQUE_PORTS = 'config.linkerd.io/opaque-ports';
const DEFAULT_OPAQUE_PORTS = new Set([25, 587, 3306, 4444, 5432, 6379, 9300, 11211]);
/** Owners for which Linkerd has a label; pods of others carry none. */
const OWNER_LABELS = new Set([
  'deployment',
  'replicaset',
  'replicationcontroller',
  'statefulset',
  'daemonset',
  'job',
]);

/** The owner as Linkerd names it: the Deployment of a ReplicaSet, else the controller itself. */
export interface RootOwner {
  readonly kind: string;
  readonly name: string;
}

/** Thrown when the injector cannot make a patch; the API server refuses the pod then. */
export class InjectionError extends Error {
  override readonly name = 'InjectionError';
}

/**
 * The pod with a proxy, as the injector of that version and configuration patches it.
 * Source: linkerd2 `pkg/inject/inject.go`, `charts/patch`.
 */
export function injected(
  pod: Pod,
  namespace: StringMap,
  owner: RootOwner | undefined,
  config: InjectorConfig,
): Pod {
  const own = pod.metadata.annotations ?? {};
  const settings = { ...inherited(namespace, config.injectorVersion), ...own };
  const native = isNative(own, namespace, config);
  const wait = secondsOf(settings[annotation.waitBeforeExit]) ?? config.waitBeforeExitSeconds;
  if (native && wait > 0 && failsOnWaitingSidecar(config.injectorVersion)) {
    throw new InjectionError('proxy.nativeSidecar and waitBeforeExitSeconds cannot be used simultaneously');
  }
  const version = versionOf(settings[annotation.pinnedProxyVersion], config);
  const image = `${settings[annotation.proxyImage] || config.proxyImage}:${version}`;
  const ports = pod.spec.containers
    .flatMap((container) => container.ports ?? [])
    .map((port) => port.containerPort);
  const proxy = proxyContainer(config, { image, native, ports });
  const init = [...(pod.spec.initContainers ?? [])];
  const prepared = [initContainer(config), ...(native ? [proxy] : []), ...init];
  const containers = native ? pod.spec.containers : beside(pod, proxy, config.await);
  return {
    ...pod,
    metadata: {
      ...pod.metadata,
      labels: { ...pod.metadata.labels, ...labelsOf(pod, owner, config) },
      annotations: {
        ...settings,
        ...opaquePorts(settings, ports),
        [annotation.createdBy]: `linkerd/proxy-injector ${config.injectorVersion}`,
        [annotation.inject]: own[annotation.inject] || namespace[annotation.inject] || 'enabled',
        [annotation.proxyVersion]: version,
        [annotation.trustRootSha256]: config.trustRootSha256,
      },
    },
    spec: {
      ...pod.spec,
      volumes: [...(pod.spec.volumes ?? []), ...sidecarVolumes(config)],
      initContainers: prepared,
      containers,
    },
  };
}

/** An empty pin is a pin too: it takes `proxy.image.version` away. Source: linkerd2 `pkg/inject/values.go`. */
function versionOf(pin: string | undefined, { proxyVersion, linkerdVersion }: InjectorConfig): string {
  return pin === undefined ? proxyVersion : pin || linkerdVersion;
}

/** As Go's `strconv.ParseUint`; undefined for what it refuses. */
function secondsOf(text: string | undefined): number | undefined {
  return text !== undefined && /^[0-9]+$/.test(text) ? Number.parseInt(text, 10) : undefined;
}

function beside(
  { spec }: Pod,
  proxy: Pod['spec']['containers'][number],
  first: boolean,
): Pod['spec']['containers'] {
  return first ? [proxy, ...spec.containers] : [...spec.containers, proxy];
}

/** Configuration of the namespace that the pod takes over. */
function inherited(namespace: StringMap, injectorVersion: string): StringMap {
  const betaDropped = isAtLeast(injectorVersion, NATIVE_SIDECAR_SINCE.stable);
  return Object.fromEntries(
    Object.entries(namespace).filter(([key]) => {
      if (betaDropped && key === annotation.nativeSidecarBeta) return false;
      return CONFIG_PREFIXES.some((prefix) => key.startsWith(prefix));
    }),
  );
}

/** The newest annotation that this injector knows and that is there, on the pod before its namespace; else the values. */
function isNative(
  pod: StringMap,
  namespace: StringMap,
  { injectorVersion, nativeSidecar }: InjectorConfig,
): boolean {
  const settings = { ...inherited(namespace, injectorVersion), ...pod };
  const keys = [
    [annotation.nativeSidecar, NATIVE_SIDECAR_SINCE.stable],
    [annotation.nativeSidecarBeta, NATIVE_SIDECAR_SINCE.beta],
    [annotation.nativeSidecarAlpha, NATIVE_SIDECAR_SINCE.alpha],
  ] as const;
  const known = keys.filter(([, since]) => isAtLeast(injectorVersion, since)).map(([key]) => settings[key]);
  const set = known.find((value) => value !== undefined);
  return set === undefined ? nativeSidecar : (boolOf(set) ?? nativeSidecar);
}

/** As Go's `strconv.ParseBool`; undefined for what it refuses. */
function boolOf(text: string): boolean | undefined {
  if (/^(1|t|T|true|True|TRUE)$/.test(text)) return true;
  return /^(0|f|F|false|False|FALSE)$/.test(text) ? false : undefined;
}

function labelsOf(pod: Pod, owner: RootOwner | undefined, config: InjectorConfig): StringMap {
  const kind = owner?.kind.toLowerCase() ?? '';
  return {
    [label.controlPlaneNamespace]: config.controlPlaneNamespace,
    ...(owner !== undefined && OWNER_LABELS.has(kind) ? { [`linkerd.io/proxy-${kind}`]: owner.name } : {}),
    [label.workloadNamespace]: pod.metadata.namespace ?? '',
  };
}

/** Ports that are opaque by default are written down when the pod serves them and nobody has said otherwise. */
function opaquePorts(settings: StringMap, ports: readonly number[]): StringMap {
  const opaque = ports.filter((port) => DEFAULT_OPAQUE_PORTS.has(port));
  return settings[OPAQUE_PORTS] !== undefined || opaque.length === 0
    ? {}
    : { [OPAQUE_PORTS]: opaque.join(',') };
}
