import { annotation, configMap, container as containerName } from '../../data/linkerd.ts';
import type { Labels } from '../../kube/records.ts';
import type { MeshContext } from '../../mesh/context.ts';
import {
  imageOverride,
  nativeSidecarAnnotation,
  nativeSidecarMode,
  type TargetCandidate,
  targetCandidates,
  targetPlace,
} from '../../mesh/target.ts';
import { parseVersion } from '../../mesh/version.ts';
import type { Ground } from '../explanation.ts';

const none: Labels = {};

/** The places that may name the version of a new pod's proxy, in the order of precedence. */
export function versionGrounds(
  template: Labels | undefined,
  namespace: Labels | undefined,
  context: MeshContext,
): readonly Ground[] {
  const fallback = { proxyImageVersion: context.proxyImageVersion, linkerdVersion: context.version };
  const candidates = targetCandidates(template ?? none, namespace ?? none, fallback);
  const unread: ReadonlySet<string> = new Set([
    ...(template ? [] : ['template']),
    ...(namespace ? [] : ['namespace']),
  ]);
  const grounds = candidates.map((candidate): Ground => {
    const { source, value, decides } = candidate;
    const readable = !unread.has(source);
    return {
      topic: 'version',
      what: targetPlace(source),
      value: readable ? shown(value) : 'not readable',
      follows: readable ? consequence(candidate, candidates) : 'whether it pins a version cannot be told',
      decides,
    };
  });
  const image = imageOverride(template ?? none, namespace ?? none);
  if (image === '') return grounds;
  const follows = 'new pods take the image from there; whether it holds that version is not known here';
  return [
    ...grounds,
    { topic: 'version', what: `annotation ${annotation.proxyImage}`, value: image, follows, decides: false },
  ];
}

function shown(value: string | undefined): string {
  if (value === undefined) return 'not set';
  return value === '' ? 'empty' : value;
}

function consequence({ value, decides }: TargetCandidate, all: readonly TargetCandidate[]): string {
  if (decides) return 'a new pod gets this version';
  if (value === undefined) return 'the next place is asked';
  if (value === '') return 'an empty pin hides the places behind it, so linkerdVersion decides';
  const decisive = all.find((candidate) => candidate.decides);
  return decisive ? `not asked: ${targetPlace(decisive.source)} decides` : 'not asked';
}

/** The proxy that stands in the template: no other place is asked. */
export function staticGround(image: string, createdBy: string): Ground {
  return {
    topic: 'version',
    what: `container ${containerName.proxy} in the pod template`,
    value: image,
    follows: `the proxy stands in the manifest${createdBy === '' ? '' : `, put there by ${createdBy}`}; the injector leaves it alone`,
    decides: true,
  };
}

/** What decides whether a new proxy is a native sidecar. */
export function sidecarGrounds(template: Labels, namespace: Labels, context: MeshContext): readonly Ground[] {
  const injector = parseVersion(context.injectorVersion);
  const written = nativeSidecarAnnotation(template, namespace, injector);
  const native = nativeSidecarMode(template, namespace, injector, context.nativeSidecar);
  const follows = `the proxy of a new pod is ${native ? 'a native sidecar' : 'an ordinary container'}`;
  const setting: Ground = {
    topic: 'sidecar',
    what: `proxy.nativeSidecar in ${configMap.config}`,
    value: String(context.nativeSidecar),
    follows: written?.means === undefined ? follows : 'not asked: the annotation decides',
    decides: written?.means === undefined,
  };
  if (!written) return [setting];
  const place = written.place === 'template' ? 'the pod template' : 'the namespace';
  const annotated: Ground = {
    topic: 'sidecar',
    what: `annotation ${written.key} on ${place}`,
    value: shown(written.value),
    follows: written.means === undefined ? 'no boolean, so it says nothing' : follows,
    decides: written.means !== undefined,
  };
  return [annotated, setting];
}
