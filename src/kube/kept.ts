/**
 * Which labels, annotations and other parts of an object its record keeps. Shared by the protobuf and the
 * JSON decoders, so that both give the same records.
 */

import { annotation } from '../data/linkerd.ts';
import { OWN_DOMAIN } from '../data/own.ts';
import type { LabelSelector, PodTemplate } from './records.ts';

/** Adds an own property even for the key `__proto__`, which ConfigMaps allow. */
export function put(target: Record<string, string>, key: string, value: string): void {
  if (key === '__proto__') {
    Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true });
    return;
  }
  target[key] = value;
}

/** The part of a label or annotation key before its `/`, '' without one. */
function domainOf(key: string): string {
  const slash = key.indexOf('/');
  return slash < 0 ? '' : key.slice(0, slash);
}

/** True for keys of `linkerd.io` and its subdomains, such as `config.linkerd.io/proxy-version`. */
export function isLinkerdKey(key: string): boolean {
  const domain = domainOf(key);
  return domain === 'linkerd.io' || domain.endsWith('.linkerd.io');
}

/** What a {@link PodTemplate} keeps of its annotations. */
export function isTemplateAnnotation(key: string): boolean {
  return key === annotation.restartedAt || domainOf(key) === OWN_DOMAIN || isLinkerdKey(key);
}

const DEPLOYER_DOMAINS: ReadonlySet<string> = new Set([
  'meta.helm.sh',
  'argocd.argoproj.io',
  'kustomize.toolkit.fluxcd.io',
]);

/** What a workload record keeps of its own annotations: Linkerd's, this program's, and the marks of whoever deploys it. */
export function isWorkloadAnnotation(key: string): boolean {
  return DEPLOYER_DOMAINS.has(domainOf(key)) || domainOf(key) === OWN_DOMAIN || isLinkerdKey(key);
}

/** The selector `{}`, which selects everything. */
export const EVERYTHING: LabelSelector = { matchLabels: {}, matchExpressions: [] };

/**
 * Stands for an absent selector where Kubernetes says that absent selects nothing (`policy/v1`
 * PodDisruptionBudgetSpec.selector): no label has a value out of an empty set.
 */
export const NOTHING: LabelSelector = {
  matchLabels: {},
  matchExpressions: [{ key: '', operator: 'In', values: [] }],
};

/** Template of a workload that has none. */
export const NO_TEMPLATE: PodTemplate = {
  labels: {},
  annotations: {},
  hostNetwork: false,
  automountServiceAccountToken: undefined,
  containers: [],
};
