import { annotation, container as containerName, INJECTOR_WEBHOOK } from '../../data/linkerd.ts';
import type { LabelSelector, NamespaceRecord, PodTemplate } from '../../kube/records.ts';
import type { MeshContext } from '../../mesh/context.ts';
import {
  type Decision,
  decideInjection,
  type InjectionGround,
  namespaceLabels,
} from '../../mesh/injection.ts';
import { mismatch, selectorText } from '../../mesh/selectors.ts';
import { list } from '../../mesh/words.ts';
import type { Ground } from '../explanation.ts';

/** What of a workload and its namespace the injector looks at. */
export interface Injected {
  readonly template: PodTemplate;
  readonly namespace: NamespaceRecord | undefined;
  readonly context: MeshContext;
}

/** The injector's decision about new pods of a template. */
export function decisionOf({ template, namespace, context }: Injected): Decision {
  const { webhook, serviceAccountTokenProjection } = context;
  return decideInjection({ template, namespace, webhook, serviceAccountTokenProjection });
}

/** What decides whether a new pod gets a proxy, in the order in which it is asked; what forbids it decides. */
export function injectionGrounds(input: Injected, decision: Decision): readonly Ground[] {
  const { template, namespace, context } = input;
  const { webhook } = context;
  const by: ReadonlySet<InjectionGround> = new Set(decision.by);
  const ground = (id: InjectionGround, what: string, value: string, follows: string): Ground => ({
    topic: 'injection',
    what,
    value,
    follows,
    decides: by.has(id),
  });

  const grounds = [webhookGround(context, by.has('webhook'))];
  if (webhook.state !== 'missing') {
    const { objectSelector, namespaceSelector } = webhook;
    grounds.push(
      ground(
        'object-selector',
        'objectSelector of the webhook',
        selectorText(objectSelector),
        selection(objectSelector, template.labels, 'the pod'),
      ),
      ground(
        'namespace-selector',
        'namespaceSelector of the webhook',
        selectorText(namespaceSelector),
        namespace
          ? selection(namespaceSelector, namespaceLabels(namespace), `namespace ${namespace.name}`)
          : 'whether it selects the namespace cannot be told: the Namespace is not readable',
      ),
    );
  }
  if (by.has('host-network')) {
    grounds.push(ground('host-network', 'hostNetwork of the pod template', 'true', 'such pods get no proxy'));
  }
  if (by.has('sidecar')) {
    const names = template.containers.map(({ name }) => name);
    grounds.push(
      ground(
        'sidecar',
        'containers of the pod template',
        names.includes(containerName.proxy) ? containerName.proxy : list(names),
        'there is a sidecar already, so the injector leaves the pod as it is',
      ),
    );
  }
  grounds.push(
    namespace
      ? annotationGround(
          'namespace-annotation',
          `namespace ${namespace.name}`,
          namespace.annotations,
          decision,
        )
      : ground(
          'namespace-annotation',
          `${annotation.inject} on the namespace`,
          'not readable',
          'whether it asks for a proxy cannot be told',
        ),
    annotationGround('template-annotation', 'the pod template', template.annotations, decision),
  );
  if (by.has('token')) {
    grounds.push(
      ground(
        'token',
        'automountServiceAccountToken of the pod template',
        'false',
        'without identity.serviceAccountTokenProjection the injector refuses such pods',
      ),
    );
  }
  return grounds;
}

function webhookGround(context: MeshContext, decides: boolean): Ground {
  const { webhook, failurePolicy, injector, foreignWebhook } = context;
  const policy = failurePolicy === '' ? 'failurePolicy not known' : `failurePolicy ${failurePolicy}`;
  const state = {
    live: policy,
    assumed: `not readable, taken as its release installs it; ${policy}`,
    missing: 'does not exist',
  }[webhook.state];
  const answers = {
    ready: 'the injector answers',
    down: `the injector is down (${injector.state === 'down' ? injector.reason : ''})`,
    unknown: `whether the injector answers is not known (${injector.state === 'unknown' ? injector.reason : ''})`,
  }[injector.state];
  const asked = foreignWebhook === '' ? answers : `it calls the control plane in namespace ${foreignWebhook}`;
  return {
    topic: 'injection',
    what: `webhook ${INJECTOR_WEBHOOK}`,
    value: state,
    follows: webhook.state === 'missing' ? 'no pod is injected' : asked,
    // What the injector cannot answer is not injected, whatever the annotations ask for.
    decides: decides || (webhook.state !== 'missing' && (injector.state === 'down' || foreignWebhook !== '')),
  };
}

function selection(selector: LabelSelector, labels: Readonly<Record<string, string>>, what: string): string {
  const missed = mismatch(selector, labels);
  return missed === undefined ? `selects ${what}` : `does not select ${what}: ${missed}`;
}

/** What each value of `linkerd.io/inject` says for itself. */
const saying: Readonly<Record<string, string>> = {
  enabled: 'asks for a proxy',
  ingress: 'asks for a proxy, in ingress mode',
  disabled: 'refuses a proxy',
};

function annotationGround(
  id: 'namespace-annotation' | 'template-annotation',
  place: string,
  annotations: Readonly<Record<string, string>>,
  decision: Decision,
): Ground {
  const value = annotations[annotation.inject];
  const decides = decision.by.includes(id);
  const said = value
    ? (saying[value] ?? 'no value that the injector knows, so it refuses')
    : 'asks for nothing';
  // "disabled" on a namespace is only the absence of "enabled": a template may still ask.
  const onNamespace = id === 'namespace-annotation' && value === 'disabled' ? 'asks for no proxy' : said;
  return {
    topic: 'injection',
    what: `${annotation.inject} on ${place}`,
    value: value === undefined ? 'not set' : value === '' ? 'empty' : value,
    follows: onNamespace,
    decides,
  };
}
