/** Others who write to workloads, and what they do to a restart. */
import { selects } from '../../../mesh/selectors.ts';
import type { Finding } from '../report.ts';
import { type Check, excluded, type Subject, someOf, unreadable, warning } from '../verdict.ts';

const flux = {
  kustomization: 'kustomize.toolkit.fluxcd.io',
  helmRelease: 'helm.toolkit.fluxcd.io',
} as const;
const ARGO_TRACKING = 'argocd.argoproj.io/tracking-id';
const ARGO_INSTANCE = 'argocd.argoproj.io/instance';

/** A tool that keeps workloads as Git has them. */
interface Manager {
  readonly kind: 'kustomization' | 'helmrelease' | 'argo';
  readonly name: string;
  readonly namespace: string;
}

/** GitOps tools: what each may do to the annotation that restarts a workload. */
export const gitops: Check = ({ subjects }) => {
  const managed = new Map<string, { readonly manager: Manager; readonly subjects: Subject[] }>();
  for (const subject of subjects) {
    const manager = managerOf(subject);
    if (!manager) {
      continue;
    }
    const id = `${manager.kind} ${manager.namespace}/${manager.name}`;
    const group = managed.get(id) ?? { manager, subjects: [] };
    group.subjects.push(subject);
    managed.set(id, group);
  }
  return [...managed.values()].map(({ manager, subjects: own }) => effectOf(manager, own));
};

function managerOf({ record }: Subject): Manager | undefined {
  const labels = record?.labels ?? {};
  const kustomization = labels[`${flux.kustomization}/name`];
  if (kustomization !== undefined) {
    const namespace = labels[`${flux.kustomization}/namespace`] ?? '';
    return { kind: 'kustomization', name: kustomization, namespace };
  }
  const release = labels[`${flux.helmRelease}/name`];
  if (release !== undefined) {
    return { kind: 'helmrelease', name: release, namespace: labels[`${flux.helmRelease}/namespace`] ?? '' };
  }
  const tracking = record?.annotations[ARGO_TRACKING];
  const application = tracking?.split(':', 1)[0] ?? labels[ARGO_INSTANCE];
  return application === undefined ? undefined : { kind: 'argo', name: application, namespace: '' };
}

function effectOf({ kind, name, namespace }: Manager, subjects: readonly Subject[]): Finding {
  const whom = someOf(subjects);
  const where = namespace === '' ? '' : ` -n ${namespace}`;
  switch (kind) {
    case 'kustomization':
      return warning(
        'gitops',
        `Flux (Kustomization ${name}) manages ${whom} and may take the restart back at its next reconciliation, which rolls the pods once more: suspend it meanwhile with flux suspend kustomization ${name}${where}`,
      );
    case 'helmrelease':
      return warning(
        'gitops',
        `Flux (HelmRelease ${name}) manages ${whom} and takes the restart back if it corrects drift: suspend it meanwhile with flux suspend helmrelease ${name}${where}`,
      );
    case 'argo':
      return warning(
        'gitops',
        `Argo CD (application ${name}) manages ${whom}: the restart normally stays; with self-heal it may be taken back, which is noticed and named`,
      );
  }
}

/** Buoyant's operator restarts what its DataPlane selects by itself, so two would be at it. */
export const operator: Check = ({ facts: { dataPlanes }, subjects }) => {
  const exclusions = subjects.flatMap((subject) => {
    const { key, record } = subject;
    const part = dataPlanes.get(key.namespace);
    const own = (part?.state === 'known' ? part.value : []).find(({ selector }) =>
      selects(selector, record?.labels ?? {}),
    );
    if (!own) {
      return [];
    }
    const text = `the DataPlane ${key.namespace}/${own.name} (linkerd.buoyant.io) restarts it by itself when the control plane's version changes; leave it to that, or remove it from its selector`;
    return [excluded(subject, text)];
  });
  const loss = 'whether an operator restarts workloads there by itself is not known';
  return [...exclusions, ...unreadable('operator', 'DataPlanes of linkerd.buoyant.io', dataPlanes, loss)];
};
