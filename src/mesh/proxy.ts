import { container as containerName } from '../data/linkerd.ts';
import type { PodContainer, PodRecord } from '../kube/records.ts';
import { imageTag } from './image.ts';
import type { PodLife } from './view.ts';

/** Where the version of a proxy was read. */
export type VersionEvidence = 'tag' | 'annotation' | 'created-by' | 'none';

export interface Proxy {
  /** '' when nothing tells it. */
  readonly version: string;
  readonly evidence: VersionEvidence;
  readonly ready: boolean;
  /** An init container with `restartPolicy: Always`. */
  readonly native: boolean;
}

const injectorPrefix = 'linkerd/proxy-injector ';

/** The injector's version out of `linkerd.io/created-by`, '' when something else made the pod. */
export function injectorVersion(createdBy: string): string {
  return createdBy.startsWith(injectorPrefix) ? createdBy.slice(injectorPrefix.length) : '';
}

/**
 * The proxy of a pod; undefined when it has none, whatever its labels and annotations say. The container is
 * looked for by name, first among the init containers: from 2.20 on that is where the injector puts it by
 * default, and `linkerd-init` then carries the proxy's image.
 *
 * The version is the image's tag; for an image pinned by digest alone the annotation `linkerd.io/proxy-version`
 * (empty on pods that Helm-installed 2.10 to 2.12.1 injected), then the version of the injector, which is wrong
 * if the proxy was pinned. Nothing of it means unknown, never up to date.
 */
export function proxyOf(pod: PodRecord): Proxy | undefined {
  const proxy = proxyContainer(pod);
  if (!proxy) return undefined;
  return { ...versionOf(pod, proxy), ready: proxy.ready, native: proxy.init && proxy.sidecar };
}

/** The container `linkerd-proxy` of a pod, init containers first. */
export function proxyContainer(pod: PodRecord): PodContainer | undefined {
  let found: PodContainer | undefined;
  for (const candidate of pod.containers) {
    if (candidate.name !== containerName.proxy) continue;
    if (candidate.init) return candidate;
    found ??= candidate;
  }
  return found;
}

function versionOf(pod: PodRecord, proxy: PodContainer): { version: string; evidence: VersionEvidence } {
  const tag = imageTag(proxy.image);
  if (tag) return { version: tag, evidence: 'tag' };
  if (pod.proxyVersion) return { version: pod.proxyVersion, evidence: 'annotation' };
  const injector = injectorVersion(pod.createdBy);
  if (injector) return { version: injector, evidence: 'created-by' };
  return { version: '', evidence: 'none' };
}

/**
 * How a pod counts. A pod that is being deleted still runs its old proxy and reads as `Running` elsewhere, so it
 * is kept apart; a completed or failed pod has no proxy that serves anything.
 */
export function podLife(pod: PodRecord): PodLife {
  if (pod.deletedAt > 0) return 'terminating';
  if (pod.phase === 'Succeeded') return 'completed';
  if (pod.phase === 'Failed') return 'failed';
  return 'live';
}
