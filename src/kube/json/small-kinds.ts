import { EVERYTHING, isLinkerdKey, NOTHING } from '../kept.ts';
import type {
  ConfigMapRecord,
  MutatingWebhook,
  NamespaceRecord,
  OwnerLinkRecord,
  PodDisruptionBudgetRecord,
  WebhookConfigurationRecord,
} from '../records.ts';
import { identityOf, metaOf, ownerOf } from './meta.ts';
import { type JsonObject, mapAt, numberAt, objectAt, objectsAt, rawMapAt, textAt } from './value.ts';
import { selectorAt } from './workload.ts';

export function namespaceOf(object: JsonObject): NamespaceRecord {
  const meta = metaOf(object, 'Namespace');
  return {
    kind: 'Namespace',
    ...identityOf(meta),
    labels: mapAt(meta, 'labels'),
    annotations: mapAt(meta, 'annotations', isLinkerdKey),
    phase: textAt(objectAt(object, 'status'), 'phase'),
  };
}

export function configMapOf(object: JsonObject): ConfigMapRecord {
  return {
    kind: 'ConfigMap',
    ...identityOf(metaOf(object, 'ConfigMap')),
    data: rawMapAt(object, 'data'),
  };
}

/** A ReplicaSet or Job, whole or as PartialObjectMetadata. */
export function ownerLinkOf(kind: OwnerLinkRecord['kind'], object: JsonObject): OwnerLinkRecord {
  const meta = metaOf(object, kind);
  return { kind, ...identityOf(meta), owner: ownerOf(meta) };
}

export function podDisruptionBudgetOf(object: JsonObject): PodDisruptionBudgetRecord {
  const status = objectAt(object, 'status');
  return {
    kind: 'PodDisruptionBudget',
    ...identityOf(metaOf(object, 'PodDisruptionBudget')),
    selector: selectorAt(objectAt(object, 'spec'), 'selector', NOTHING),
    disruptionsAllowed: numberAt(status, 'disruptionsAllowed'),
    currentHealthy: numberAt(status, 'currentHealthy'),
    desiredHealthy: numberAt(status, 'desiredHealthy'),
    expectedPods: numberAt(status, 'expectedPods'),
  };
}

export function webhookConfigurationOf(object: JsonObject): WebhookConfigurationRecord {
  const meta = metaOf(object, 'MutatingWebhookConfiguration');
  return {
    kind: 'MutatingWebhookConfiguration',
    ...identityOf(meta),
    labels: mapAt(meta, 'labels'),
    webhooks: objectsAt(object, 'webhooks').map(webhookOf),
  };
}

function webhookOf(webhook: JsonObject): MutatingWebhook {
  const service = objectAt(objectAt(webhook, 'clientConfig'), 'service');
  return {
    name: textAt(webhook, 'name'),
    failurePolicy: textAt(webhook, 'failurePolicy'),
    timeoutSeconds: numberAt(webhook, 'timeoutSeconds'),
    namespaceSelector: selectorAt(webhook, 'namespaceSelector', EVERYTHING),
    objectSelector: selectorAt(webhook, 'objectSelector', EVERYTHING),
    serviceNamespace: textAt(service, 'namespace'),
    serviceName: textAt(service, 'name'),
  };
}
