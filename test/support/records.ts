/** Small builders of records: every field has a plain default, tests name only what they are about. */
import {
  INJECTOR_DEPLOYMENT,
  INJECTOR_WEBHOOK,
  INJECTOR_WEBHOOK_CONFIGURATION,
} from '../../src/data/linkerd.ts';
import type {
  Change,
  ConfigMapRecord,
  KubeRecord,
  LabelSelector,
  MutatingWebhook,
  NamespaceRecord,
  Owner,
  OwnerLinkRecord,
  PodContainer,
  PodDisruptionBudgetRecord,
  PodRecord,
  PodTemplate,
  TemplateContainer,
  UpdateStrategy,
  WebhookConfigurationRecord,
  WorkloadKind,
  WorkloadRecord,
  WorkloadStatus,
} from '../../src/kube/records.ts';

type Meta = Pick<KubeRecord, 'namespace' | 'name' | 'uid' | 'resourceVersion' | 'createdAt' | 'deletedAt'>;

function meta(kind: string, namespace: string, name: string): Meta {
  const uid = `${kind}-${namespace}-${name}`.toLowerCase();
  return { namespace, name, uid, resourceVersion: '1', createdAt: 1_700_000_000, deletedAt: 0 };
}

const noSelector: LabelSelector = { matchLabels: {}, matchExpressions: [] };

/** A container of a pod that runs and is ready. */
export function container(fields: Partial<PodContainer> = {}): PodContainer {
  return {
    name: 'app',
    image: 'registry.example/app:1',
    init: false,
    sidecar: false,
    ready: true,
    started: true,
    restarts: 0,
    state: 'running',
    reason: '',
    message: '',
    exitCode: 0,
    signal: 0,
    ...fields,
  };
}

/** The proxy as an ordinary container. */
export function proxyContainer(version: string, fields: Partial<PodContainer> = {}): PodContainer {
  return container({ name: 'linkerd-proxy', image: `cr.l5d.io/linkerd/proxy:${version}`, ...fields });
}

/** The proxy as a native sidecar. */
export function nativeProxy(version: string, fields: Partial<PodContainer> = {}): PodContainer {
  return proxyContainer(version, { init: true, sidecar: true, ...fields });
}

/** A running, ready pod without a proxy in namespace `apps`. */
export function pod(fields: Partial<PodRecord> = {}): PodRecord {
  const { namespace = 'apps', name = 'web-0' } = fields;
  return {
    ...meta('pod', namespace, name),
    kind: 'Pod',
    owner: undefined,
    controlPlaneNamespace: '',
    controlPlaneComponent: '',
    templateHash: '',
    proxyVersion: '',
    createdBy: '',
    trustRootSha256: '',
    restartedAt: '',
    nodeName: 'node-1',
    phase: 'Running',
    reason: '',
    message: '',
    ready: true,
    unschedulable: '',
    containers: [container()],
    ...fields,
  };
}

/** A pod as the injector of control plane `linkerd` makes it, with the proxy among its containers. */
export function meshedPod(version: string, fields: Partial<PodRecord> = {}): PodRecord {
  return pod({
    controlPlaneNamespace: 'linkerd',
    proxyVersion: version,
    createdBy: `linkerd/proxy-injector ${version}`,
    containers: [proxyContainer(version), container()],
    ...fields,
  });
}

export function owner(kind: string, name: string, fields: Partial<Owner> = {}): Owner {
  const apiVersion = kind === 'Job' || kind === 'CronJob' ? 'batch/v1' : 'apps/v1';
  return { apiVersion, kind, name, uid: `${kind}-${name}`.toLowerCase(), ...fields };
}

/** A ReplicaSet or Job, owned by `by`. */
export function link(
  kind: OwnerLinkRecord['kind'],
  name: string,
  by: Owner | undefined,
  fields: Partial<OwnerLinkRecord> = {},
): OwnerLinkRecord {
  const { namespace = 'apps' } = fields;
  return { ...meta(kind, namespace, name), uid: `${kind}-${name}`.toLowerCase(), kind, owner: by, ...fields };
}

export function templateContainer(fields: Partial<TemplateContainer> = {}): TemplateContainer {
  return {
    name: 'app',
    image: 'registry.example/app:1',
    init: false,
    sidecar: false,
    readinessProbe: true,
    hostPort: false,
    ...fields,
  };
}

export function template(fields: Partial<PodTemplate> = {}): PodTemplate {
  return {
    labels: { app: 'web' },
    annotations: {},
    hostNetwork: false,
    automountServiceAccountToken: undefined,
    containers: [templateContainer()],
    ...fields,
  };
}

interface WorkloadFields extends Partial<Omit<WorkloadRecord, 'kind' | 'strategy' | 'status' | 'template'>> {
  readonly strategy?: Partial<UpdateStrategy>;
  readonly status?: Partial<WorkloadStatus>;
  readonly template?: Partial<PodTemplate>;
}

function workload(kind: WorkloadKind, fields: WorkloadFields): WorkloadRecord {
  const { namespace = 'apps', name = 'web', replicas = 2 } = fields;
  return {
    ...meta(kind, namespace, name),
    kind,
    generation: 1,
    owner: undefined,
    labels: {},
    annotations: {},
    replicas,
    paused: false,
    minReadySeconds: 0,
    progressDeadlineSeconds: kind === 'Deployment' ? 600 : 0,
    selector: { matchLabels: { app: 'web' }, matchExpressions: [] },
    ...fields,
    strategy: { type: 'RollingUpdate', maxUnavailable: '', maxSurge: '', partition: 0, ...fields.strategy },
    status: {
      observedGeneration: 1,
      replicas,
      updated: replicas,
      ready: replicas,
      available: replicas,
      unavailable: 0,
      conditions: [],
      currentRevision: '',
      updateRevision: '',
      ...fields.status,
    },
    template: template(fields.template),
  };
}

/** A settled Deployment `apps/web` of two replicas. */
export function deployment(fields: WorkloadFields = {}): WorkloadRecord {
  return workload('Deployment', fields);
}

export function statefulSet(fields: WorkloadFields = {}): WorkloadRecord {
  return workload('StatefulSet', fields);
}

export function daemonSet(fields: WorkloadFields = {}): WorkloadRecord {
  return workload('DaemonSet', fields);
}

/** An active namespace with the label that the API server gives it. */
export function namespace(name: string, fields: Partial<NamespaceRecord> = {}): NamespaceRecord {
  return {
    ...meta('namespace', '', name),
    kind: 'Namespace',
    annotations: {},
    phase: 'Active',
    ...fields,
    labels: { 'kubernetes.io/metadata.name': name, ...fields.labels },
  };
}

/** A namespace that asks for injection. */
export function meshedNamespace(name: string, fields: Partial<NamespaceRecord> = {}): NamespaceRecord {
  return namespace(name, {
    ...fields,
    annotations: { 'linkerd.io/inject': 'enabled', ...fields.annotations },
  });
}

export function configMap(
  name: string,
  data: Readonly<Record<string, string>>,
  fields: Partial<ConfigMapRecord> = {},
): ConfigMapRecord {
  const { namespace: space = 'linkerd' } = fields;
  return { ...meta('configmap', space, name), kind: 'ConfigMap', data, ...fields };
}

/** `linkerd-config` of 2.12 and later; `extra` is more YAML. */
export function linkerdConfig(linkerdVersion: string, extra = ''): ConfigMapRecord {
  return configMap('linkerd-config', { values: `linkerdVersion: ${linkerdVersion}\n${extra}` });
}

/** The injector's webhook with the selectors of 2.12 and later. */
export function injectorWebhook(fields: Partial<MutatingWebhook> = {}): WebhookConfigurationRecord {
  return {
    ...meta('mutatingwebhookconfiguration', '', INJECTOR_WEBHOOK_CONFIGURATION),
    kind: 'MutatingWebhookConfiguration',
    labels: { 'linkerd.io/control-plane-ns': 'linkerd' },
    webhooks: [
      {
        name: INJECTOR_WEBHOOK,
        failurePolicy: 'Ignore',
        timeoutSeconds: 10,
        namespaceSelector: {
          matchLabels: {},
          matchExpressions: [
            { key: 'config.linkerd.io/admission-webhooks', operator: 'NotIn', values: ['disabled'] },
            {
              key: 'kubernetes.io/metadata.name',
              operator: 'NotIn',
              values: ['kube-system', 'cert-manager'],
            },
          ],
        },
        objectSelector: {
          matchLabels: {},
          matchExpressions: [
            { key: 'linkerd.io/control-plane-component', operator: 'DoesNotExist', values: [] },
            { key: 'linkerd.io/cni-resource', operator: 'DoesNotExist', values: [] },
          ],
        },
        serviceNamespace: 'linkerd',
        serviceName: INJECTOR_DEPLOYMENT,
        ...fields,
      },
    ],
  };
}

export function budget(fields: Partial<PodDisruptionBudgetRecord> = {}): PodDisruptionBudgetRecord {
  const { namespace: space = 'apps', name = 'web' } = fields;
  return {
    ...meta('poddisruptionbudget', space, name),
    kind: 'PodDisruptionBudget',
    selector: noSelector,
    disruptionsAllowed: 1,
    currentHealthy: 2,
    desiredHealthy: 1,
    expectedPods: 2,
    ...fields,
  };
}

/** Deployment and pod of one control-plane component, in namespace `linkerd`. */
export function component(
  name: string,
  version: string,
  space = 'linkerd',
): readonly [WorkloadRecord, PodRecord] {
  const fullName = `linkerd-${name}`;
  const labels = { 'linkerd.io/control-plane-component': name, 'linkerd.io/control-plane-ns': space };
  const main = name === 'proxy-injector' || name === 'destination' || name === 'identity' ? name : 'app';
  return [
    deployment({
      namespace: space,
      name: fullName,
      replicas: 1,
      labels: { ...labels, 'app.kubernetes.io/version': version },
      annotations: { 'linkerd.io/created-by': `linkerd/cli ${version}` },
      template: {
        labels,
        containers: [templateContainer({ name: 'linkerd-proxy' }), templateContainer({ name: main })],
      },
    }),
    pod({
      namespace: space,
      name: `${fullName}-5d9c7b-x1`,
      owner: owner('ReplicaSet', `${fullName}-5d9c7b`),
      templateHash: '5d9c7b',
      controlPlaneNamespace: space,
      controlPlaneComponent: name,
      createdBy: `linkerd/cli ${version}`,
      containers: [
        proxyContainer(version),
        container({ name: main, image: `cr.l5d.io/linkerd/controller:${version}` }),
      ],
    }),
  ];
}

/** A whole control plane of one version: configuration, webhook, components, namespace. */
export function controlPlane(version: string, extraValues = ''): readonly KubeRecord[] {
  return [
    namespace('linkerd'),
    linkerdConfig(version, extraValues),
    injectorWebhook(),
    ...component('destination', version),
    ...component('identity', version),
    ...component('proxy-injector', version),
  ];
}

export function upsert(record: KubeRecord): Change {
  return { type: 'upsert', record };
}

export function remove({ kind, namespace: space, name, uid }: KubeRecord): Change {
  return { type: 'delete', kind, namespace: space, name, uid };
}
