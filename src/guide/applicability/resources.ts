import { compare } from 'semver';
import { parseKubernetesVersion } from '../../mesh/kubernetes.ts';
import type { GatewayApi } from '../inventory.ts';
import { counted, ofPart, someOf } from './facts.ts';
import { no, type Predicate, unknown, type Verdict, yes } from './verdict.ts';

/** Objects of a custom resource. */
export function objects(crd: string, noun: string, found: (text: string) => Verdict = yes): Predicate {
  return ({ inventory: { evidence } }) => {
    const part = evidence.objects.get(crd);
    if (part) {
      return ofPart(part, crd, (names) =>
        names.length === 0 ? no(`no ${noun}`) : found(counted(names, noun)),
      );
    }
    return ofPart(
      evidence.customResources,
      'the CRDs',
      (crds) =>
        crds.has(crd)
          ? unknown(`the objects of ${crd} were not read: ask whoever may read them`)
          : no(`CRD ${crd} is absent`),
      no(`CRD ${crd} is absent`),
    );
  };
}

/** That a CRD is missing. */
export function crdMissing(crd: string): Predicate {
  return ({ inventory }) =>
    ofPart(
      inventory.evidence.customResources,
      'the CRDs',
      (crds) => (crds.has(crd) ? no(`CRD ${crd} is there`) : yes(`CRD ${crd} is absent`)),
      yes(`CRD ${crd} is absent`),
    );
}

/** @param absent the verdict where the Gateway API's CRDs are absent */
export function gateway(judge: (gatewayApi: GatewayApi) => Verdict, absent: Verdict): Predicate {
  return ({ inventory }) => ofPart(inventory.gatewayApi, 'the Gateway API CRDs', judge, absent);
}

/** A bundle outside the two versions, both inclusive. */
export function bundleOutside(min: string, max: string): Predicate {
  return gateway(({ bundleVersion }) => {
    const bundle = parseKubernetesVersion(bundleVersion);
    if (!bundle) {
      return unknown(
        'the Gateway API CRDs do not name their bundle version: ask whoever installed them which it is',
      );
    }
    const range = `${min} to ${max}`;
    return compare(bundle, min) < 0 || compare(bundle, max) > 0
      ? yes(`the Gateway API bundle is ${bundleVersion}, outside ${range}`)
      : no(`the Gateway API bundle is ${bundleVersion}, within ${range}`);
  }, no('the Gateway API CRDs are absent'));
}

/** What `linkerd-config` holds at a path, judged; it also holds defaults, so being there does not mean being set. */
export function value(path: string, judge: (value: unknown) => Verdict): Predicate {
  return ({ inventory: { evidence, controlPlane } }) =>
    evidence.hasValues
      ? judge(evidence.value(path))
      : unknown(
          `linkerd-config in namespace ${controlPlane.namespace || 'linkerd'} could not be read: look for ${path} in your values`,
        );
}

/** A value that counts as set unless it is empty. */
export function valueIsSet(path: string): Predicate {
  return value(path, (found) =>
    isEmpty(found) ? no(`${path} is not set`) : yes(`linkerd-config has ${path}: ${shortJson(found)}`),
  );
}

/** A value that has a default, so that its presence leaves open who chose it. */
export function valueMayBeSet(path: string): Predicate {
  return value(path, (found) =>
    isEmpty(found)
      ? no(`${path} is not set`)
      : unknown(
          `linkerd-config has ${path}: ${shortJson(found)}, which may be the default: look for it in your own values`,
        ),
  );
}

function isEmpty(found: unknown): boolean {
  if (found === undefined || found === null || found === '' || found === 0 || found === false) return true;
  return typeof found === 'object' && Object.keys(found).length === 0;
}

const MAX_JSON = 60;

function shortJson(found: unknown): string {
  const text = typeof found === 'string' ? found : (JSON.stringify(found) ?? '');
  return text.length > MAX_JSON ? `${text.slice(0, MAX_JSON)}…` : text;
}

/** Registries that Linkerd itself publishes to. */
const publicRegistries: readonly string[] = ['cr.l5d.io/linkerd', 'ghcr.io/linkerd', 'gcr.io/linkerd-io'];

/** Proxy images from a registry of one's own. */
export const mirrored: Predicate = ({ inventory }) => {
  const { proxyRegistries } = inventory.evidence;
  const own = proxyRegistries.filter((registry) => !publicRegistries.includes(registry));
  if (own.length > 0) return yes(`proxy images come from ${someOf(own)}`);
  if (proxyRegistries.length === 0) return unknown('no proxy image was seen: ask who runs your registries');
  return no(`proxy images come from ${someOf(proxyRegistries)}`);
};

/** An image that `linkerd-config` names outside Linkerd's own registries. */
export function imageOverridden(path: string): Predicate {
  return value(path, (name) => {
    if (typeof name !== 'string' || name === '') return no(`${path} is not set`);
    return publicRegistries.some((registry) => name.startsWith(`${registry}/`))
      ? no(`${path} is ${name}`)
      : yes(`linkerd-config has ${path}: ${name}`);
  });
}
