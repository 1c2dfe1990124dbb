import { createHash } from 'node:crypto';
import { stringify } from 'yaml';
import {
  annotation,
  configMap,
  container,
  INJECTOR_WEBHOOK,
  INJECTOR_WEBHOOK_CONFIGURATION,
  label,
  TRUST_BUNDLE_KEY,
} from '../../src/data/linkerd.ts';
import type { Manifest } from './api.ts';
import { RUN_LABEL } from './settings.ts';

/** Small, static, and on most nodes already: it holds the network of every pod of containerd's and of kind's. */
const APPLICATION_IMAGE = 'registry.k8s.io/pause:3.10';
/** No scheduler of this name exists, so that nothing here runs unless it is meant to. */
const NOBODY = 'linkerd-upgrade-test-nobody';

type Map = Readonly<Record<string, string>>;

export interface Template {
  readonly metadata: { readonly labels: Map; readonly annotations: Map };
  readonly spec: Readonly<Record<string, unknown>> & { readonly containers: readonly unknown[] };
}

/** A proxy's container. It never runs: its pods are of the suite's own making. */
function proxy(version: string) {
  return { name: container.proxy, image: `cr.l5d.io/linkerd/proxy:${version}` };
}

/** What the injector leaves on a pod, as far as anybody reads it. */
export interface Sidecar {
  readonly version: string;
  readonly controlPlane: string;
  readonly trustRoots: string;
}

export function trustRootHash(bundle: string): string {
  return createHash('sha256').update(bundle).digest('hex');
}

/** A pod template as a team writes it; `runs` says whether its pods are for the cluster's own scheduler. */
export function plainTemplate(app: string, runs: boolean): Template {
  return {
    metadata: { labels: { app }, annotations: {} },
    spec: {
      terminationGracePeriodSeconds: 1,
      ...(runs ? {} : { schedulerName: NOBODY }),
      containers: [
        {
          name: app,
          image: APPLICATION_IMAGE,
          resources: { requests: { cpu: '1m', memory: '8Mi' } },
        },
      ],
    },
  };
}

/** The template as the injector turns it into a pod. */
export function injected(template: Template, { version, controlPlane, trustRoots }: Sidecar): Template {
  const { metadata, spec } = template;
  return {
    metadata: {
      labels: { ...metadata.labels, [label.controlPlaneNamespace]: controlPlane },
      annotations: {
        ...metadata.annotations,
        [annotation.createdBy]: `linkerd/proxy-injector ${version}`,
        [annotation.proxyVersion]: version,
        [annotation.trustRootSha256]: trustRootHash(trustRoots),
      },
    },
    spec: { ...spec, containers: [...spec.containers, proxy(version)] },
  };
}

export type WorkloadKind = 'Deployment' | 'StatefulSet' | 'DaemonSet';

export function workload(
  kind: WorkloadKind,
  namespace: string,
  name: string,
  template: Template,
  replicas: number,
  labels: Map = {},
): Manifest {
  return {
    apiVersion: 'apps/v1',
    kind,
    metadata: { name, namespace, labels },
    spec: {
      selector: { matchLabels: { app: name } },
      template,
      ...(kind === 'DaemonSet' ? {} : { replicas }),
      ...(kind === 'StatefulSet' ? { serviceName: name } : {}),
    },
  };
}

/** `unseen` keeps Linkerd's webhooks away from it, as Linkerd does for its own. */
export function namespace(name: string, run: string, annotations: Map = {}, unseen = false): Manifest {
  return {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: {
      name,
      labels: {
        [RUN_LABEL]: run,
        'pod-security.kubernetes.io/enforce': 'privileged',
        ...(unseen ? { [label.admissionWebhooks]: 'disabled' } : {}),
      },
      annotations,
    },
  };
}

/** What stands for a control plane: its configuration and trust bundle, as far as this program reads them. */
export function controlPlaneConfig(home: string, version: string, trustRoots: string): readonly Manifest[] {
  const values = {
    cliVersion: `linkerd/cli ${version}`,
    linkerdVersion: version,
    identity: { issuer: { scheme: 'linkerd.io/tls' }, serviceAccountTokenProjection: true },
    proxy: { image: { name: 'cr.l5d.io/linkerd/proxy', version: '' }, nativeSidecar: false },
    webhookFailurePolicy: 'Ignore',
  };
  return [
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: configMap.config, namespace: home },
      data: { values: stringify(values) },
    },
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: configMap.trustRoots, namespace: home },
      data: { [TRUST_BUNDLE_KEY]: trustRoots },
    },
  ];
}

/** Components of the stand-in: Deployments of the right names and labels, whose pods never run. */
export const COMPONENTS = ['destination', 'identity', 'proxy-injector'] as const;

export function componentDeployment(
  home: string,
  component: (typeof COMPONENTS)[number],
  version: string,
): { readonly manifest: Manifest; readonly template: Template } {
  const name = `linkerd-${component}`;
  const labels = { [label.controlPlaneComponent]: component, [label.controlPlaneNamespace]: home };
  const plain = plainTemplate(name, false);
  const template: Template = {
    metadata: { labels: { ...plain.metadata.labels, ...labels }, annotations: {} },
    spec: {
      ...plain.spec,
      containers: [{ name: component, image: `cr.l5d.io/linkerd/controller:${version}` }],
    },
  };
  const own = { ...labels, [label.version]: version };
  return { manifest: workload('Deployment', home, name, template, 1, own), template };
}

/**
 * A webhook configuration of the injector's name without any rule: the API server never calls it, and this program
 * reads from it what it would read from the injector's own.
 */
export function inertWebhook(home: string, run: string): Manifest {
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'MutatingWebhookConfiguration',
    metadata: {
      name: INJECTOR_WEBHOOK_CONFIGURATION,
      labels: { [RUN_LABEL]: run, [label.controlPlaneNamespace]: home },
    },
    webhooks: [
      {
        name: INJECTOR_WEBHOOK,
        clientConfig: { url: 'https://127.0.0.1:1/never-called' },
        rules: [],
        failurePolicy: 'Ignore',
        namespaceSelector: { matchLabels: { [RUN_LABEL]: run } },
        sideEffects: 'None',
        admissionReviewVersions: ['v1'],
      },
    ],
  };
}
