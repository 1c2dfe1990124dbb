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

/** A place that may name the version of a proxy. */
export interface TargetCandidate {
  readonly source: Exclude<TargetSource, 'unknown'>;
  /** What stands there; undefined where nothing does. */
  readonly value: string | undefined;
  /** True for the one place whose value a new pod gets. */
  readonly decides: boolean;
}

/**
 * The places that may name the version of a new pod's proxy, in the order in which the injector asks them: the
 * annotation `config.linkerd.io/proxy-version` on the pod template, the same on the namespace, `proxy.image.version`,
 * `linkerdVersion` (linkerd2 `pkg/inject/values.go`). The first of the first three that is there decides, unless it is
 * empty: then `linkerdVersion` does, so an empty annotation hides the pins behind it. The annotation on the workload's
 * own metadata does nothing, and on a running pod it is only a copy from its birth.
 */
export function targetCandidates(
  template: Labels,
  namespace: Labels,
  fallback: DefaultTarget,
): readonly TargetCandidate[] {
  const places = [
    { source: 'template', value: template[annotation.pinnedProxyVersion] },
    { source: 'namespace', value: namespace[annotation.pinnedProxyVersion] },
    { source: 'proxy-image', value: fallback.proxyImageVersion || undefined },
  ] as const;
  const last = { source: 'linkerd-version', value: fallback.linkerdVersion || undefined } as const;
  const present = places.find(({ value }) => value !== undefined);
  const decisive = present?.value ? present : last;
  return [...places, last].map((place) => ({
    ...place,
    decides: place === decisive && place.value !== undefined,
  }));
}

/** The proxy version that the injector would give to a new pod. */
export function targetOf(template: Labels, namespace: Labels, fallback: DefaultTarget): Target {
  const decisive = targetCandidates(template, namespace, fallback).find(({ decides }) => decides);
  return { version: decisive?.value ?? '', source: decisive?.source ?? 'unknown' };
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

/** The annotation that decides over native sidecars, and what it says. */
export interface NativeSidecarAnnotation {
  readonly key: string;
  readonly place: 'template' | 'namespace';
  readonly value: string;
  /** undefined where the value is no boolean, which leaves `proxy.nativeSidecar` in force. */
  readonly means: boolean | undefined;
}

/**
 * The annotation that decides whether a new proxy is a native sidecar: the newest of the three keys that is present
 * on template or namespace; undefined where none is. Control planes do not read keys that are newer than they are,
 * and from edge-26.5.2 on the beta key is no longer inherited from the namespace.
 */
export function nativeSidecarAnnotation(
  template: Labels,
  namespace: Labels,
  controlPlane: Version,
): NativeSidecarAnnotation | undefined {
  for (const { key, since } of nativeKeys) {
    if (hasBehaviour(controlPlane, since) === false) continue;
    const inherited =
      key === annotation.nativeSidecarBeta && hasBehaviour(controlPlane, 'nativeSidecarDefault') === true
        ? undefined
        : namespace[key];
    const value = template[key] ?? inherited;
    if (value === undefined) continue;
    const place = template[key] === undefined ? 'namespace' : 'template';
    return { key, place, value, means: booleans.get(value) };
  }
  return undefined;
}

/** Whether a new pod would get its proxy as a native sidecar: by annotation, else by `proxy.nativeSidecar`. */
export function nativeSidecarMode(
  template: Labels,
  namespace: Labels,
  controlPlane: Version,
  fallback: boolean,
): boolean {
  return nativeSidecarAnnotation(template, namespace, controlPlane)?.means ?? fallback;
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
