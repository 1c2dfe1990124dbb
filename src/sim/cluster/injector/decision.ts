import { annotation, container } from '../../../data/linkerd.ts';
import type { Namespace, Pod, StringMap, Webhook } from '../objects.ts';
import { selects } from '../selector.ts';

/** Reasons as the injector's events end with them. Source: linkerd2 `pkg/inject/report.go`. */
export const refusal = {
  hostNetwork: 'hostNetwork is enabled',
  sidecar: 'pod has a sidecar injected already',
  notEnabled: 'neither the namespace nor the pod have the annotation "linkerd.io/inject:enabled"',
  disabled: 'pod has the annotation "linkerd.io/inject:disabled"',
  invalidAtNamespace: 'invalid value for annotation "linkerd.io/inject" at namespace',
  invalidAtWorkload: 'invalid value for annotation "linkerd.io/inject" at workload',
  noToken:
    'automountServiceAccountToken set to "false", with Values.identity.serviceAccountTokenProjection set to "false"',
} as const;

const VALID = new Set(['', 'enabled', 'disabled', 'ingress']);
const SIDECAR_NAMES = new Set([container.proxy, 'istio-proxy']);
const INIT_NAMES = new Set([container.init, 'istio-init']);
const SIDECAR_IMAGES = [
  'cr.l5d.io/linkerd/proxy:',
  'cr.l5d.io/linkerd/proxy-init:',
  'gcr.io/istio-release/proxyv2:',
  'gcr.io/istio-release/proxy_init:',
];

/** Whether the API server asks this webhook about the pod. */
export function isAsked(webhook: Webhook, pod: Pod, namespace: Namespace | undefined): boolean {
  return (
    selects(webhook.namespaceSelector, namespace?.metadata.labels) &&
    selects(webhook.objectSelector, pod.metadata.labels)
  );
}

/** Why the injector leaves the pod alone, in the order in which it says it; empty when it injects. */
export function refusals(
  pod: Pod,
  namespace: StringMap | undefined,
  tokenProjection: boolean,
): readonly string[] {
  const reasons: string[] = [];
  if (pod.spec.hostNetwork === true) reasons.push(refusal.hostNetwork);
  if (hasSidecar(pod)) reasons.push(refusal.sidecar);
  const disabled = disabledBy(
    namespace?.[annotation.inject] ?? '',
    pod.metadata.annotations?.[annotation.inject] ?? '',
  );
  if (disabled !== undefined) reasons.push(disabled);
  if (pod.spec.automountServiceAccountToken === false && !tokenProjection) reasons.push(refusal.noToken);
  return reasons;
}

/** Source: linkerd2 `pkg/inject/report.go`, `disabledByAnnotation`. */
function disabledBy(namespace: string, pod: string): string | undefined {
  if (!VALID.has(namespace)) return refusal.invalidAtNamespace;
  if (!VALID.has(pod)) return refusal.invalidAtWorkload;
  const on = (value: string): boolean => value === 'enabled' || value === 'ingress';
  if (on(namespace)) return pod === 'disabled' ? refusal.disabled : undefined;
  return on(pod) ? undefined : refusal.notEnabled;
}

function hasSidecar({ spec }: Pod): boolean {
  const init = spec.initContainers ?? [];
  const all = [...init, ...spec.containers];
  return (
    all.some(({ name }) => SIDECAR_NAMES.has(name)) ||
    init.some(({ name }) => INIT_NAMES.has(name)) ||
    all.some(({ image }) => SIDECAR_IMAGES.some((prefix) => image.startsWith(prefix)))
  );
}
