import { annotation } from '../data/linkerd.ts';
import type { Labels } from '../kube/records.ts';
import { hasBehaviour } from './release.ts';
import type { Version } from './version.ts';

/** Where a target version was decided. */
export type TargetSource = 'template' | 'namespace' | 'proxy-image' | 'linkerd-version' | 'unknown';

export interface Target {
  /** Image tag of the proxy that a new pod would get; '' when unknown. */
  readonly version: string;
  readonly source: TargetSource;
}

/** What the control plane gives where nothing is pinned. */
export interface DefaultTarget {
  /** `proxy.image.version` of linkerd-config. */
  readonly proxyImageVersion: string;
  /** `linkerdVersion`, or its best replacement. */
  readonly linkerdVersion: string;
}

/**
 * The proxy version that the injector would give to a new pod: the first that is there of the annotation
 * `config.linkerd.io/proxy-version` on the pod template, the same on the namespace and `proxy.image.version`; where
 * that one is empty, `linkerdVersion` (linkerd2 `pkg/inject/values.go`). So an empty annotation hides the pins behind
 * it. The annotation on the workload's own metadata does nothing, and on a running pod it is only a copy from its
 * birth.
 */
export function targetOf(template: Labels, namespace: Labels, fallback: DefaultTarget): Target {
  const onTemplate = template[annotation.pinnedProxyVersion];
  if (onTemplate) return { version: onTemplate, source: 'template' };
  const onNamespace = onTemplate === undefined ? namespace[annotation.pinnedProxyVersion] : onTemplate;
  if (onNamespace) return { version: onNamespace, source: 'namespace' };
  if (onNamespace === undefined && fallback.proxyImageVersion) {
    return { version: fallback.proxyImageVersion, source: 'proxy-image' };
  }
  if (fallback.linkerdVersion) return { version: fallback.linkerdVersion, source: 'linkerd-version' };
  return { version: '', source: 'unknown' };
}

/** The place of a target in words. */
export function targetPlace(source: TargetSource): string {
  switch (source) {
    case 'template':
      return `annotation ${annotation.pinnedProxyVersion} on the pod template`;
    case 'namespace':
      return `annotation ${annotation.pinnedProxyVersion} on the namespace`;
    case 'proxy-image':
      return 'proxy.image.version in linkerd-config';
    case 'linkerd-version':
      return 'linkerdVersion in linkerd-config';
    case 'unknown':
      return 'unknown';
  }
}

/** A proxy image name that template or namespace put in place of the control plane's; '' when they do not. */
export function imageOverride(template: Labels, namespace: Labels): string {
  return template[annotation.proxyImage] || namespace[annotation.proxyImage] || '';
}

/** Annotation keys for native sidecars, newest first, and what a control plane must have to read them. */
const nativeKeys = [
  { key: annotation.nativeSidecar, since: 'nativeSidecarDefault' },
  { key: annotation.nativeSidecarBeta, since: 'nativeSidecarBeta' },
  { key: annotation.nativeSidecarAlpha, since: 'nativeSidecarAlpha' },
] as const;

/** Go's `strconv.ParseBool`; anything else leaves the default in force. */
const booleans: ReadonlyMap<string, boolean> = new Map([
  ...['1', 't', 'T', 'true', 'True', 'TRUE'].map((text) => [text, true] as const),
  ...['0', 'f', 'F', 'false', 'False', 'FALSE'].map((text) => [text, false] as const),
]);

/**
 * Whether a new pod would get its proxy as a native sidecar: the newest of the three annotation keys that is
 * present on template or namespace wins, else `proxy.nativeSidecar`. Control planes do not read keys that are
 * newer than they are, and from edge-26.5.2 on the beta key is no longer inherited from the namespace.
 */
export function nativeSidecarMode(
  template: Labels,
  namespace: Labels,
  controlPlane: Version,
  fallback: boolean,
): boolean {
  for (const { key, since } of nativeKeys) {
    if (hasBehaviour(controlPlane, since) === false) continue;
    const inherited =
      key === annotation.nativeSidecarBeta && hasBehaviour(controlPlane, 'nativeSidecarDefault') === true
        ? undefined
        : namespace[key];
    const value = template[key] ?? inherited;
    if (value !== undefined) return booleans.get(value) ?? fallback;
  }
  return fallback;
}

/** `proxy.nativeSidecar` of a control plane whose values are silent or not readable: true from 2.20 on. */
export function nativeSidecarDefault(controlPlane: Version): boolean {
  return hasBehaviour(controlPlane, 'nativeSidecarDefault') === true;
}

/**
 * Seconds that a new proxy would wait before it exits. Together with a native sidecar, control planes from
 * edge-23.11.4 to edge-26.5.1 refuse the pod.
 */
export function waitBeforeExitSeconds(template: Labels, namespace: Labels, fallback: number): number {
  const value = template[annotation.waitBeforeExit] ?? namespace[annotation.waitBeforeExit];
  return value !== undefined && /^\d+$/.test(value) ? Number(value) : fallback;
}
