import { annotation, container as containerName, INJECTOR_WEBHOOK, label } from '../data/linkerd.ts';
import type { LabelSelector, Labels, NamespaceRecord, PodTemplate } from '../kube/records.ts';
import { hasBehaviour, releaseOf } from './release.ts';
import { mismatch } from './selectors.ts';
import type { Version } from './version.ts';

/** The injector's webhook as far as it is known. */
export interface InjectorWebhook {
  /** `live`: read from the cluster. `assumed`: not readable, the release's own selectors. `missing`: not there. */
  readonly state: 'live' | 'assumed' | 'missing';
  readonly namespaceSelector: LabelSelector;
  readonly objectSelector: LabelSelector;
}

/** What a decision about injection may rest on. */
export type InjectionGround =
  | 'webhook'
  | 'object-selector'
  | 'namespace-selector'
  | 'host-network'
  | 'sidecar'
  | 'namespace-annotation'
  | 'template-annotation'
  | 'token';

/** Whether the injector would put a proxy into a new pod; `by` says what decides. */
export type Decision =
  | { readonly inject: true; readonly by: readonly InjectionGround[] }
  /**
   * `reasons` are the injector's own words where it is the one that refuses; then the API server has to reach it all
   * the same. `asked` is false where the webhook does not select the pod.
   */
  | {
      readonly inject: false;
      readonly asked: boolean;
      readonly reasons: readonly string[];
      readonly by: readonly InjectionGround[];
    }
  /** Something that decides is not known. */
  | {
      readonly inject: undefined;
      readonly reasons: readonly string[];
      readonly by: readonly InjectionGround[];
    };

export interface InjectionInput {
  readonly template: PodTemplate;
  /** undefined when the Namespace has not been read. */
  readonly namespace: NamespaceRecord | undefined;
  readonly webhook: InjectorWebhook;
  readonly serviceAccountTokenProjection: boolean;
}

const values = { enabled: 'enabled', disabled: 'disabled', ingress: 'ingress' } as const;
const valid: ReadonlySet<string> = new Set(['', ...Object.values(values)]);
const enabling: ReadonlySet<string> = new Set([values.enabled, values.ingress]);

/** Reasons word for word as the injector gives them in its events (linkerd2 `pkg/inject/report.go`). */
const reason = {
  hostNetwork: 'hostNetwork is enabled',
  sidecar: 'pod has a sidecar injected already',
  absent: `neither the namespace nor the pod have the annotation "${annotation.inject}:${values.enabled}"`,
  disabled: `pod has the annotation "${annotation.inject}:${values.disabled}"`,
  invalidWorkload: `invalid value for annotation "${annotation.inject}" at workload`,
  invalidNamespace: `invalid value for annotation "${annotation.inject}" at namespace`,
  token:
    'automountServiceAccountToken set to "false", with Values.identity.serviceAccountTokenProjection set to "false"',
} as const;

/**
 * What the injector would decide about a pod made from a template (linkerd2 `controller/proxy-injector/webhook.go`,
 * `pkg/inject/report.go`). The webhook must select namespace and pod first; then every refusal is tested and all
 * reasons that hold are given. Only the template and the namespace count, never the workload's own annotations.
 */
export function decideInjection(input: InjectionInput): Decision {
  const { template, namespace, webhook } = input;
  if (webhook.state === 'missing') {
    return notAsked('webhook', `the webhook ${INJECTOR_WEBHOOK} does not exist, so no pod is injected`);
  }
  const objectMismatch = mismatch(webhook.objectSelector, template.labels);
  if (objectMismatch) {
    return notAsked('object-selector', `${name(webhook)} does not select the pod: ${objectMismatch}`);
  }
  const refusals = templateRefusals(input);
  if (!namespace) return withoutNamespace(template, refusals);

  const namespaceMismatch = mismatch(webhook.namespaceSelector, namespaceLabels(namespace));
  if (namespaceMismatch) {
    return notAsked(
      'namespace-selector',
      `${name(webhook)} does not select namespace ${namespace.name}: ${namespaceMismatch}`,
    );
  }
  const annotated = decideByAnnotation(
    namespace.annotations[annotation.inject] ?? '',
    template.annotations[annotation.inject] ?? '',
  );
  const refused = [...refusals.before, ...('refusal' in annotated ? [annotated] : []), ...refusals.after];
  return refused.length === 0 ? { inject: true, by: annotated.by } : refuse(refused);
}

function name({ state }: InjectorWebhook): string {
  const assumed =
    state === 'assumed' ? ' (not readable, judged by the selectors that its release installs)' : '';
  return `the webhook ${INJECTOR_WEBHOOK}${assumed}`;
}

/** One reason to refuse, and what it rests on. */
interface Refusal {
  readonly refusal: string;
  readonly by: readonly InjectionGround[];
}

const refuse = (refused: readonly Refusal[]): Decision => ({
  inject: false,
  asked: true,
  reasons: refused.map(({ refusal }) => refusal),
  by: refused.flatMap(({ by }) => by),
});
const notAsked = (by: InjectionGround, reason: string): Decision => ({
  inject: false,
  asked: false,
  reasons: [reason],
  by: [by],
});

/** What the template alone can decide while the namespace is not known. */
function withoutNamespace(template: PodTemplate, refusals: Refusals): Decision {
  const onPod = template.annotations[annotation.inject] ?? '';
  const byTemplate = (refusal: string): Refusal => ({ refusal, by: ['template-annotation'] });
  const disabled = onPod === values.disabled ? [byTemplate(reason.disabled)] : [];
  const invalid = valid.has(onPod) ? [] : [byTemplate(reason.invalidWorkload)];
  const refused = [...refusals.before, ...disabled, ...invalid, ...refusals.after];
  if (refused.length > 0) return refuse(refused);
  return {
    inject: undefined,
    reasons: ['the namespace cannot be read, so its annotations and labels are not known'],
    by: ['namespace-annotation', 'namespace-selector'],
  };
}

/** What the annotations of namespace and pod template ask for, and which of them decides. */
function decideByAnnotation(
  namespace: string,
  pod: string,
): Refusal | { readonly by: readonly InjectionGround[] } {
  if (!valid.has(namespace)) return { refusal: reason.invalidNamespace, by: ['namespace-annotation'] };
  if (!valid.has(pod)) return { refusal: reason.invalidWorkload, by: ['template-annotation'] };
  if (enabling.has(namespace)) {
    return pod === values.disabled
      ? { refusal: reason.disabled, by: ['template-annotation'] }
      : { by: ['namespace-annotation'] };
  }
  return enabling.has(pod)
    ? { by: ['template-annotation'] }
    : { refusal: reason.absent, by: ['namespace-annotation', 'template-annotation'] };
}

/** Refusals that stand before and after the one by annotation, in the injector's order. */
interface Refusals {
  readonly before: readonly Refusal[];
  readonly after: readonly Refusal[];
}

function templateRefusals({ template, serviceAccountTokenProjection }: InjectionInput): Refusals {
  const before: Refusal[] = [];
  if (template.hostNetwork) before.push({ refusal: reason.hostNetwork, by: ['host-network'] });
  if (hasSidecar(template)) before.push({ refusal: reason.sidecar, by: ['sidecar'] });
  // A template that is silent gets the token at admission, before the injector sees the pod; one that refuses it is
  // refused even where it mounts a token by hand.
  const noToken = !serviceAccountTokenProjection && template.automountServiceAccountToken === false;
  return { before, after: noToken ? [{ refusal: reason.token, by: ['token'] }] : [] };
}

const sidecarNames: ReadonlySet<string> = new Set([containerName.proxy, 'istio-proxy']);
const sidecarInitNames: ReadonlySet<string> = new Set([containerName.init, 'istio-init']);
const sidecarImages = [
  'cr.l5d.io/linkerd/proxy:',
  'cr.l5d.io/linkerd/proxy-init:',
  'gcr.io/istio-release/proxyv2:',
  'gcr.io/istio-release/proxy_init:',
];

/** Whether a template already holds a Linkerd or Istio sidecar (linkerd2 `pkg/healthcheck/sidecar.go`). */
export function hasSidecar(template: PodTemplate): boolean {
  return template.containers.some(
    ({ name, init, image }) =>
      sidecarNames.has(name) ||
      (init && sidecarInitNames.has(name)) ||
      sidecarImages.some((prefix) => image.startsWith(prefix)),
  );
}

/** Labels of a Namespace as selectors see them: the API server sets its name itself; a record from an old server may lack it. */
export function namespaceLabels(namespace: NamespaceRecord): Labels {
  const key = 'kubernetes.io/metadata.name';
  return key in namespace.labels ? namespace.labels : { ...namespace.labels, [key]: namespace.name };
}

const nothing: LabelSelector = { matchLabels: {}, matchExpressions: [] };
const notDisabled = { key: label.admissionWebhooks, operator: 'NotIn', values: ['disabled'] };

/**
 * The webhook's selectors as each release installs them, for clusters where the live ones cannot be read: from
 * 2.12 on kube-system, cert-manager, control-plane and CNI pods are left out.
 */
export function assumedWebhook(controlPlane: Version): InjectorWebhook {
  const release = releaseOf(controlPlane);
  if (release && release.minor < 12) {
    return {
      state: 'assumed',
      namespaceSelector: { matchLabels: {}, matchExpressions: [notDisabled] },
      objectSelector: nothing,
    };
  }
  return {
    state: 'assumed',
    namespaceSelector: {
      matchLabels: {},
      matchExpressions: [
        notDisabled,
        { key: 'kubernetes.io/metadata.name', operator: 'NotIn', values: ['kube-system', 'cert-manager'] },
      ],
    },
    objectSelector: {
      matchLabels: {},
      matchExpressions: [
        { key: label.controlPlaneComponent, operator: 'DoesNotExist', values: [] },
        { key: label.cniResource, operator: 'DoesNotExist', values: [] },
      ],
    },
  };
}

export const missingWebhook: InjectorWebhook = {
  state: 'missing',
  namespaceSelector: nothing,
  objectSelector: nothing,
};

/** True where a control plane refuses pods that combine a native sidecar with a wait before exit. */
export function refusesWaitWithNative(controlPlane: Version): boolean {
  return (
    hasBehaviour(controlPlane, 'nativeSidecarAlpha') === true &&
    hasBehaviour(controlPlane, 'nativeSidecarDefault') === false
  );
}
