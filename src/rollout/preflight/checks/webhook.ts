import { INJECTOR_WEBHOOK, INJECTOR_WEBHOOK_CONFIGURATION } from '../../../data/linkerd.ts';
import { decideInjection } from '../../../mesh/injection.ts';
import { isValidAt } from '../certificates.ts';
import type { WebhookFacts } from '../facts.ts';
import type { Finding } from '../report.ts';
import { blocker, type Case, type Check, excluded, unknown, warning } from '../verdict.ts';

const DAY = 86_400;
/** Certificates of the webhook are often short-lived and renewed by themselves. */
const SOON_DAYS = 7;
/** Below it a busy injector is given up on. */
const SHORT_TIMEOUT_SECONDS = 3;

/** The API server has been told to ask the injector about new pods, and can. */
export const webhook: Check = (of) => {
  const { webhook: part } = of.facts;
  switch (part.state) {
    case 'absent':
      return [
        blocker(
          'webhook',
          `the MutatingWebhookConfiguration ${INJECTOR_WEBHOOK_CONFIGURATION} does not exist: new pods would come up without a proxy`,
        ),
      ];
    case 'unreadable':
      return [
        unknown(
          'webhook',
          `the injector's webhook cannot be read, so what it selects and what happens when it fails are assumed: ${part.why}`,
        ),
      ];
    case 'known':
      return [...configuration(of, part.value), ...authorities(of, part.value)];
  }
};

function configuration({ controlPlane }: Case, { webhook: entry }: WebhookFacts): readonly Finding[] {
  if (!entry) {
    const text = `${INJECTOR_WEBHOOK_CONFIGURATION} has no webhook ${INJECTOR_WEBHOOK}: new pods would come up without a proxy`;
    return [blocker('webhook', text)];
  }
  const findings: Finding[] = [];
  if (entry.serviceNamespace !== '' && entry.serviceNamespace !== controlPlane.namespace) {
    const text = `the injector's webhook calls ${entry.serviceName} in namespace ${entry.serviceNamespace}, not the control plane in ${controlPlane.namespace}`;
    findings.push(blocker('webhook', text));
  }
  if (entry.failurePolicy === 'Ignore') {
    const replicas = controlPlane.components.find(({ name }) => name === 'proxy-injector')?.replicas ?? 0;
    if (replicas === 1) {
      findings.push(
        warning(
          'webhook',
          'failurePolicy is Ignore and the injector has one replica: a pod that starts while it is away comes up without a proxy; webhookFailurePolicy: Fail or more replicas prevent that',
        ),
      );
    }
    if (entry.timeoutSeconds > 0 && entry.timeoutSeconds < SHORT_TIMEOUT_SECONDS) {
      const text = `the API server waits ${entry.timeoutSeconds} s for the injector and then goes on without a proxy (failurePolicy Ignore): raise timeoutSeconds`;
      findings.push(warning('webhook', text));
    }
  }
  return findings;
}

/** The chart's own certificate lasts a year and is its own authority; an expired one is as good as no injector. */
function authorities(
  { facts: { now }, controlPlane }: Case,
  { webhook: entry, authorities: bundle }: WebhookFacts,
): readonly Finding[] {
  if (!entry || entry.serviceName === '') {
    return [];
  }
  const effect =
    controlPlane.failurePolicy === 'Fail'
      ? 'no new pod could start'
      : 'new pods would come up without a proxy';
  const { certificates, unreadable } = bundle;
  if (certificates.length === 0) {
    return unreadable > 0
      ? [unknown('webhook', "the caBundle of the injector's webhook cannot be read")]
      : [
          blocker(
            'webhook',
            `the injector's webhook has no caBundle, so the API server cannot call it: ${effect}`,
          ),
        ];
  }
  if (unreadable > 0) {
    return [];
  }
  if (!certificates.some((certificate) => isValidAt(certificate, now))) {
    const text = `what the API server trusts of the injector is not valid (caBundle of ${INJECTOR_WEBHOOK_CONFIGURATION}): ${effect}; renew the webhook's certificate`;
    return [blocker('webhook', text)];
  }
  const left = Math.floor((Math.max(...certificates.map(({ notAfter }) => notAfter)) - now) / DAY);
  return left < SOON_DAYS
    ? [
        warning(
          'webhook',
          `the certificate that the API server trusts the injector by expires in ${left} days`,
        ),
      ]
    : [];
}

/** The injector would still put a proxy into each workload's new pods, by webhook and namespace as they are now. */
export const selection: Check = ({ facts, subjects }) => {
  const { webhook: part, config, namespaces } = facts;
  const entry = part.state === 'known' ? part.value.webhook : undefined;
  if (!entry) {
    return [];
  }
  const { namespaceSelector, objectSelector } = entry;
  const projected =
    config.state !== 'known' ||
    !config.value.parsed.ok ||
    config.value.parsed.config.serviceAccountTokenProjection;
  return subjects.flatMap((subject) => {
    const namespace = namespaces.get(subject.key.namespace);
    if (!subject.record || namespace?.state !== 'known') {
      return [];
    }
    const decision = decideInjection({
      template: subject.record.template,
      namespace: namespace.value,
      webhook: { state: 'live', namespaceSelector, objectSelector },
      serviceAccountTokenProjection: projected,
    });
    if (decision.inject !== false) {
      return [];
    }
    return [excluded(subject, `its new pods would have no proxy: ${decision.reasons.join(', ')}`)];
  });
};
