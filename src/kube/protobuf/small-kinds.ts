/**
 * Kinds of which little is read: Namespace, ConfigMap, PartialObjectMetadata, PodDisruptionBudget and
 * MutatingWebhookConfiguration, after `core/v1`, `meta/v1`, `policy/v1` and `admissionregistration/v1`.
 */

import { DecodeError } from '../decode-error.ts';
import { EVERYTHING, isLinkerdKey, NOTHING } from '../kept.ts';
import type {
  ConfigMapRecord,
  LabelSelector,
  MutatingWebhook,
  NamespaceRecord,
  OwnerLinkRecord,
  PodDisruptionBudgetRecord,
  WebhookConfigurationRecord,
} from '../records.ts';
import type { Cursor } from './cursor.ts';
import { Meta, type MetaSink, NO_SINK } from './meta.ts';
import { readSelector } from './selector.ts';

/**
 * Reads metadata (field 1) and hands every other field to `readField`, which has to consume it.
 * Returns the part that all records have in common.
 */
function readObject(
  cursor: Cursor,
  kind: string,
  sink: MetaSink,
  readField: (field: number) => void,
): { meta: Meta; identity: Identity } {
  const meta = new Meta();
  let hasMeta = false;
  for (let field = cursor.next(); field !== 0; field = cursor.next()) {
    if (field === 1) {
      hasMeta = true;
      meta.read(cursor, sink);
    } else {
      readField(field);
    }
  }
  if (!hasMeta) throw new DecodeError(`${kind} without metadata`);
  meta.check(kind);
  const { namespace, name, uid, resourceVersion, createdAt, deletedAt } = meta;
  return { meta, identity: { namespace, name, uid, resourceVersion, createdAt, deletedAt } };
}

type Identity = Pick<
  NamespaceRecord,
  'namespace' | 'name' | 'uid' | 'resourceVersion' | 'createdAt' | 'deletedAt'
>;

export function decodeNamespace(cursor: Cursor): NamespaceRecord {
  const labels: Record<string, string> = {};
  const annotations: Record<string, string> = {};
  let phase = '';
  const { identity } = readObject(
    cursor,
    'Namespace',
    {
      label: (at) => at.entryInto(labels),
      annotation: (at) => at.entryInto(annotations, isLinkerdKey),
    },
    (field) => {
      if (field === 3) phase = readPhase(cursor);
      else cursor.skip();
    },
  );
  return { kind: 'Namespace', ...identity, labels, annotations, phase };
}

function readPhase(cursor: Cursor): string {
  let phase = '';
  const outer = cursor.enter();
  for (let field = cursor.next(); field !== 0; field = cursor.next()) {
    if (field === 1) phase = cursor.pooled();
    else cursor.skip();
  }
  cursor.leave(outer);
  return phase;
}

export function decodeConfigMap(cursor: Cursor): ConfigMapRecord {
  const data: Record<string, string> = {};
  const { identity } = readObject(cursor, 'ConfigMap', NO_SINK, (field) => {
    if (field === 2) cursor.rawEntryInto(data);
    else cursor.skip();
  });
  return { kind: 'ConfigMap', ...identity, data };
}

/** A decoder for PartialObjectMetadata of a kind whose metadata alone is asked for. */
export function createOwnerLinkDecoder(kind: OwnerLinkRecord['kind']): (cursor: Cursor) => OwnerLinkRecord {
  return (cursor) => {
    const { meta, identity } = readObject(cursor, kind, NO_SINK, () => cursor.skip());
    return { kind, ...identity, owner: meta.owner };
  };
}

export function decodePodDisruptionBudget(cursor: Cursor): PodDisruptionBudgetRecord {
  let selector: LabelSelector = NOTHING;
  const status = { disruptionsAllowed: 0, currentHealthy: 0, desiredHealthy: 0, expectedPods: 0 };
  const { identity } = readObject(cursor, 'PodDisruptionBudget', NO_SINK, (field) => {
    if (field === 2) selector = readBudgetSelector(cursor);
    else if (field === 3) readBudgetStatus(cursor, status);
    else cursor.skip();
  });
  return { kind: 'PodDisruptionBudget', ...identity, selector, ...status };
}

function readBudgetSelector(cursor: Cursor): LabelSelector {
  let selector: LabelSelector = NOTHING;
  const outer = cursor.enter();
  for (let field = cursor.next(); field !== 0; field = cursor.next()) {
    if (field === 2) selector = readSelector(cursor);
    else cursor.skip();
  }
  cursor.leave(outer);
  return selector;
}

function readBudgetStatus(
  cursor: Cursor,
  status: {
    disruptionsAllowed: number;
    currentHealthy: number;
    desiredHealthy: number;
    expectedPods: number;
  },
): void {
  const outer = cursor.enter();
  for (let field = cursor.next(); field !== 0; field = cursor.next()) {
    switch (field) {
      case 3:
        status.disruptionsAllowed = cursor.number();
        break;
      case 4:
        status.currentHealthy = cursor.number();
        break;
      case 5:
        status.desiredHealthy = cursor.number();
        break;
      case 6:
        status.expectedPods = cursor.number();
        break;
      default:
        cursor.skip();
    }
  }
  cursor.leave(outer);
}

export function decodeWebhookConfiguration(cursor: Cursor): WebhookConfigurationRecord {
  const labels: Record<string, string> = {};
  const webhooks: MutatingWebhook[] = [];
  const { identity } = readObject(
    cursor,
    'MutatingWebhookConfiguration',
    { label: (at) => at.entryInto(labels), annotation: (at) => at.skip() },
    (field) => {
      if (field === 2) webhooks.push(readWebhook(cursor));
      else cursor.skip();
    },
  );
  return { kind: 'MutatingWebhookConfiguration', ...identity, labels, webhooks };
}

function readWebhook(cursor: Cursor): MutatingWebhook {
  let name = '';
  let failurePolicy = '';
  let timeoutSeconds = 0;
  let namespaceSelector: LabelSelector = EVERYTHING;
  let objectSelector: LabelSelector = EVERYTHING;
  let service = { serviceNamespace: '', serviceName: '' };
  const outer = cursor.enter();
  for (let field = cursor.next(); field !== 0; field = cursor.next()) {
    switch (field) {
      case 1:
        name = cursor.pooled();
        break;
      case 2:
        service = readClientConfig(cursor);
        break;
      case 4:
        failurePolicy = cursor.pooled();
        break;
      case 5:
        namespaceSelector = readSelector(cursor);
        break;
      case 7:
        timeoutSeconds = cursor.number();
        break;
      case 11:
        objectSelector = readSelector(cursor);
        break;
      default:
        cursor.skip();
    }
  }
  cursor.leave(outer);
  return { name, failurePolicy, timeoutSeconds, namespaceSelector, objectSelector, ...service };
}

function readClientConfig(cursor: Cursor): { serviceNamespace: string; serviceName: string } {
  let serviceNamespace = '';
  let serviceName = '';
  const outer = cursor.enter();
  for (let field = cursor.next(); field !== 0; field = cursor.next()) {
    if (field !== 1) {
      cursor.skip();
      continue;
    }
    const service = cursor.enter();
    for (let inner = cursor.next(); inner !== 0; inner = cursor.next()) {
      if (inner === 1) serviceNamespace = cursor.pooled();
      else if (inner === 2) serviceName = cursor.pooled();
      else cursor.skip();
    }
    cursor.leave(service);
  }
  cursor.leave(outer);
  return { serviceNamespace, serviceName };
}
