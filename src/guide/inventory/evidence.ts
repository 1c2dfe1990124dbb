/** What single notices ask about, out of what the mesh's own reading has shown. */
import { parse } from 'yaml';
import { annotation } from '../../data/linkerd.ts';
import { clean } from '../../kube/clean.ts';
import type {
  ConfigMapRecord,
  Labels,
  NamespaceRecord,
  PodRecord,
  WorkloadRecord,
} from '../../kube/records.ts';
import { proxyContainer, proxyOf } from '../../mesh/proxy.ts';
import type { MeshView, NamespaceView, WorkloadKey, WorkloadView } from '../../mesh/view.ts';
import { byText } from '../../mesh/words.ts';
import type { Evidence, Names } from '../inventory.ts';
import { registryOf } from './extensions.ts';

type FromMesh = Pick<
  Evidence,
  | 'hostPorts'
  | 'ingressMode'
  | 'alphaNativeSidecar'
  | 'betaNativeSidecar'
  | 'waitBeforeExit'
  | 'meshedJobs'
  | 'controlPlaneDeployments'
  | 'proxyRegistries'
>;

/** A CronJob as far as it matters: what its template and its namespace say of injection. */
export interface CronJobFacts {
  readonly namespace: string;
  readonly name: string;
  /** Annotation `linkerd.io/inject` of the template of its pods, '' when absent. */
  readonly inject: string;
}

/** How a workload is named in evidence: `shop/deployment/web`. */
export function workloadName({ namespace, kind, name }: WorkloadKey): string {
  return `${namespace}/${kind.toLowerCase()}/${name}`;
}

/** Namespaces that have proxies or ask for them, other than the control plane's. */
export function meshedNamespaces(mesh: MeshView): readonly string[] {
  return mesh.namespaces.filter(isMeshed).map(({ name }) => name);
}

function isMeshed({ role, proxies, inject }: NamespaceView): boolean {
  return role !== 'control-plane' && (proxies > 0 || asksForProxies(inject));
}

function asksForProxies(inject: string): boolean {
  return inject === 'enabled' || inject === 'ingress';
}

/** What the workloads, their namespaces and their pods show. */
export function meshEvidence(
  mesh: MeshView,
  podsOf: (key: WorkloadKey) => readonly PodRecord[],
  cronJobs: readonly CronJobFacts[],
): FromMesh {
  const looked = mesh.namespaces
    .filter(({ role }) => role !== 'control-plane')
    .map((view) => look(mesh, view));
  const meshed = looked.flatMap(({ workloads }) => workloads.filter(({ isMeshed }) => isMeshed));
  const where = (test: (annotations: Labels) => boolean): Names =>
    looked.flatMap(({ name, namespace, workloads }) => [
      ...(test(namespace?.annotations ?? {}) ? [name] : []),
      ...workloads
        .filter(({ isMeshed, record }) => isMeshed && test(record?.template.annotations ?? {}))
        .map(({ view }) => workloadName(view)),
    ]);
  return {
    hostPorts: meshed
      .filter(({ record }) => record?.template.containers.some(({ hostPort }) => hostPort) === true)
      .map(({ view }) => workloadName(view)),
    ingressMode: where((annotations) => annotations[annotation.inject] === 'ingress'),
    alphaNativeSidecar: where((annotations) => annotation.nativeSidecarAlpha in annotations),
    betaNativeSidecar: where((annotations) => annotation.nativeSidecarBeta in annotations),
    waitBeforeExit: where((annotations) => Number(annotations[annotation.waitBeforeExit] ?? 0) > 0),
    meshedJobs: meshedJobs(mesh, podsOf, cronJobs),
    controlPlaneDeployments: mesh
      .workloads(mesh.controlPlane.namespace)
      .filter(({ kind }) => kind === 'Deployment')
      .map(({ name }) => name),
    proxyRegistries: proxyRegistries(mesh, podsOf),
  };
}

interface LookedAt {
  readonly name: string;
  readonly namespace: NamespaceRecord | undefined;
  readonly workloads: readonly {
    readonly view: WorkloadView;
    readonly record: WorkloadRecord | undefined;
    /** It has proxies, or a restart would give it some. */
    readonly isMeshed: boolean;
  }[];
}

function look(mesh: MeshView, { name }: NamespaceView): LookedAt {
  const workloads = mesh.workloads(name).map((view) => ({
    view,
    record: mesh.workloadRecord(view),
    isMeshed: view.proxies > 0 || view.target !== '',
  }));
  return { name, namespace: mesh.namespaceRecord(name), workloads };
}

/** Jobs with a pod that has or had a proxy, and CronJobs whose pods would get one. */
function meshedJobs(
  mesh: MeshView,
  podsOf: (key: WorkloadKey) => readonly PodRecord[],
  cronJobs: readonly CronJobFacts[],
): Names {
  const jobs = mesh.namespaces
    .filter(({ role }) => role !== 'control-plane')
    .flatMap(({ name }) => mesh.workloads(name))
    .filter((view) => view.kind === 'Job' || view.kind === 'CronJob')
    .filter((view) => view.proxies > 0 || podsOf(view).some((pod) => proxyOf(pod) !== undefined))
    .map(workloadName);
  const asking = cronJobs
    .filter(({ namespace, inject }) => {
      const byNamespace = mesh.namespaceRecord(namespace)?.annotations[annotation.inject] ?? '';
      return asksForProxies(inject) || (asksForProxies(byNamespace) && inject !== 'disabled');
    })
    .map(({ namespace, name }) => workloadName({ namespace, kind: 'CronJob', name }));
  return [...new Set([...jobs, ...asking])].sort(byText);
}

function proxyRegistries(mesh: MeshView, podsOf: (key: WorkloadKey) => readonly PodRecord[]): Names {
  const images = new Set<string>();
  for (const { name } of mesh.namespaces) {
    for (const workload of mesh.workloads(name)) {
      if (workload.proxies === 0) continue;
      for (const pod of podsOf(workload)) images.add(proxyContainer(pod)?.image ?? '');
    }
  }
  images.delete('');
  return [...new Set(Array.from(images, registryOf))].sort(byText);
}

/** Values of `linkerd-config`, by dotted path. */
export interface Values {
  readonly hasValues: boolean;
  value(path: string): unknown;
}

/**
 * The values that `linkerd-config` holds. Those of 2.9 stand below `global`, which stays in sight itself: where the root
 * is silent they are the root's. Texts are cleaned. A ConfigMap without values, as to 2.8, or one that makes no sense
 * counts as unread.
 */
export function configValues(config: ConfigMapRecord | undefined): Values {
  const values = parsed(config?.data.values);
  if (values === undefined) return { hasValues: false, value: () => undefined };
  const root = isMap(values.global) ? { ...values.global, ...values } : values;
  return {
    hasValues: true,
    value(path) {
      let found: unknown = root;
      for (const key of path.split('.'))
        found = isMap(found) && Object.hasOwn(found, key) ? found[key] : undefined;
      return typeof found === 'string' ? clean(found) : found;
    },
  };
}

function parsed(text: string | undefined): Readonly<Record<string, unknown>> | undefined {
  try {
    const values: unknown = parse(text ?? '');
    return isMap(values) ? values : undefined;
  } catch {
    // Whoever describes the control plane says what is wrong with it.
    return undefined;
  }
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
