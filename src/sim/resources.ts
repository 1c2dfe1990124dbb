import type { ResourceType } from './types.ts';

/**
 * The resources that the simulated API server serves, as a kube-apiserver announces them in discovery.
 * Source: APIResourceList answers of kube-apiserver v1.26.5, of v1.30 for admission policies; singular names as servers from 1.27 on fill them in.
 */

const EVERY_VERB = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];
const NAMESPACE_VERBS = EVERY_VERB.filter((verb) => verb !== 'deletecollection');

interface Traits {
  readonly namespaced?: boolean;
  readonly shortNames?: readonly string[];
  readonly categories?: readonly string[];
  readonly verbs?: readonly string[];
  readonly subresources?: readonly string[];
  readonly custom?: boolean;
}

function resource(groupVersion: string, plural: string, kind: string, traits: Traits = {}): ResourceType {
  const slash = groupVersion.indexOf('/');
  return {
    group: slash < 0 ? '' : groupVersion.slice(0, slash),
    version: groupVersion.slice(slash + 1),
    plural,
    singular: kind.toLowerCase(),
    kind,
    namespaced: traits.namespaced ?? true,
    shortNames: traits.shortNames ?? [],
    categories: traits.categories ?? [],
    verbs: traits.verbs ?? EVERY_VERB,
    subresources: traits.subresources ?? [],
    custom: traits.custom ?? false,
  };
}

export const configMaps = resource('v1', 'configmaps', 'ConfigMap', { shortNames: ['cm'] });
export const events = resource('v1', 'events', 'Event', { shortNames: ['ev'] });
export const namespaces = resource('v1', 'namespaces', 'Namespace', {
  namespaced: false,
  shortNames: ['ns'],
  verbs: NAMESPACE_VERBS,
  subresources: ['status'],
});
export const nodes = resource('v1', 'nodes', 'Node', {
  namespaced: false,
  shortNames: ['no'],
  subresources: ['status'],
});
export const pods = resource('v1', 'pods', 'Pod', {
  shortNames: ['po'],
  categories: ['all'],
  subresources: ['eviction', 'status'],
});
export const resourceQuotas = resource('v1', 'resourcequotas', 'ResourceQuota', {
  shortNames: ['quota'],
  subresources: ['status'],
});
export const serviceAccounts = resource('v1', 'serviceaccounts', 'ServiceAccount', { shortNames: ['sa'] });
export const services = resource('v1', 'services', 'Service', {
  shortNames: ['svc'],
  categories: ['all'],
  subresources: ['status'],
});

export const controllerRevisions = resource('apps/v1', 'controllerrevisions', 'ControllerRevision');
export const daemonSets = resource('apps/v1', 'daemonsets', 'DaemonSet', {
  shortNames: ['ds'],
  categories: ['all'],
  subresources: ['status'],
});
export const deployments = resource('apps/v1', 'deployments', 'Deployment', {
  shortNames: ['deploy'],
  categories: ['all'],
  subresources: ['scale', 'status'],
});
export const replicaSets = resource('apps/v1', 'replicasets', 'ReplicaSet', {
  shortNames: ['rs'],
  categories: ['all'],
  subresources: ['scale', 'status'],
});
export const statefulSets = resource('apps/v1', 'statefulsets', 'StatefulSet', {
  shortNames: ['sts'],
  categories: ['all'],
  subresources: ['scale', 'status'],
});

export const cronJobs = resource('batch/v1', 'cronjobs', 'CronJob', {
  shortNames: ['cj'],
  categories: ['all'],
  subresources: ['status'],
});
export const jobs = resource('batch/v1', 'jobs', 'Job', { categories: ['all'], subresources: ['status'] });

export const podDisruptionBudgets = resource('policy/v1', 'poddisruptionbudgets', 'PodDisruptionBudget', {
  shortNames: ['pdb'],
  subresources: ['status'],
});
export const horizontalPodAutoscalers = resource(
  'autoscaling/v2',
  'horizontalpodautoscalers',
  'HorizontalPodAutoscaler',
  { shortNames: ['hpa'], categories: ['all'], subresources: ['status'] },
);
export const networkPolicies = resource('networking.k8s.io/v1', 'networkpolicies', 'NetworkPolicy', {
  shortNames: ['netpol'],
});
/** What tells that a custom resource exists; the simulation serves its own whether or not there is one of these. */
export const customResourceDefinitions = resource(
  'apiextensions.k8s.io/v1',
  'customresourcedefinitions',
  'CustomResourceDefinition',
  {
    namespaced: false,
    shortNames: ['crd', 'crds'],
    categories: ['api-extensions'],
    subresources: ['status'],
  },
);
export const leases = resource('coordination.k8s.io/v1', 'leases', 'Lease');
export const mutatingWebhookConfigurations = resource(
  'admissionregistration.k8s.io/v1',
  'mutatingwebhookconfigurations',
  'MutatingWebhookConfiguration',
  { namespaced: false },
);

/** Decided by when the server's authorizer is the one of `server/stored-rbac.ts`. */
export const roles = resource('rbac.authorization.k8s.io/v1', 'roles', 'Role');
export const roleBindings = resource('rbac.authorization.k8s.io/v1', 'rolebindings', 'RoleBinding');
export const clusterRoles = resource('rbac.authorization.k8s.io/v1', 'clusterroles', 'ClusterRole', {
  namespaced: false,
});
export const clusterRoleBindings = resource(
  'rbac.authorization.k8s.io/v1',
  'clusterrolebindings',
  'ClusterRoleBinding',
  { namespaced: false },
);
/** Stored, and enforced by whoever gives the server a way to evaluate them; see `server/validation.ts`. */
export const validatingAdmissionPolicies = resource(
  'admissionregistration.k8s.io/v1',
  'validatingadmissionpolicies',
  'ValidatingAdmissionPolicy',
  { namespaced: false, categories: ['api-extensions'], subresources: ['status'] },
);
export const validatingAdmissionPolicyBindings = resource(
  'admissionregistration.k8s.io/v1',
  'validatingadmissionpolicybindings',
  'ValidatingAdmissionPolicyBinding',
  { namespaced: false, categories: ['api-extensions'] },
);

/** Served from the form that Linkerd 2.18 and later install; see `olderVersions`. */
export const links = resource('multicluster.linkerd.io/v1alpha3', 'links', 'Link', { custom: true });
export const rollouts = resource('argoproj.io/v1alpha1', 'rollouts', 'Rollout', {
  custom: true,
  shortNames: ['ro'],
  subresources: ['status'],
});

/** Linkerd's own, and the one that it read to 2.11. */
export const servers = resource('policy.linkerd.io/v1beta3', 'servers', 'Server', {
  custom: true,
  shortNames: ['srv'],
});
export const serviceProfiles = resource('linkerd.io/v1alpha2', 'serviceprofiles', 'ServiceProfile', {
  custom: true,
  shortNames: ['sp'],
});
export const externalWorkloads = resource(
  'workload.linkerd.io/v1beta1',
  'externalworkloads',
  'ExternalWorkload',
  { custom: true },
);
export const trafficSplits = resource('split.smi-spec.io/v1alpha2', 'trafficsplits', 'TrafficSplit', {
  custom: true,
  shortNames: ['ts'],
});

/** Of Buoyant's operator. */
export const controlPlanes = resource('linkerd.buoyant.io/v1alpha1', 'controlplanes', 'ControlPlane', {
  custom: true,
  namespaced: false,
});
export const dataPlanes = resource('linkerd.buoyant.io/v1alpha1', 'dataplanes', 'DataPlane', {
  custom: true,
});
/** Of cert-manager. */
export const certificates = resource('cert-manager.io/v1', 'certificates', 'Certificate', {
  custom: true,
  shortNames: ['cert', 'certs'],
  subresources: ['status'],
});

/** Reviews answer a POST and store nothing. */
const review = { namespaced: false, verbs: ['create'] };
export const selfSubjectAccessReviews = resource(
  'authorization.k8s.io/v1',
  'selfsubjectaccessreviews',
  'SelfSubjectAccessReview',
  review,
);
export const selfSubjectRulesReviews = resource(
  'authorization.k8s.io/v1',
  'selfsubjectrulesreviews',
  'SelfSubjectRulesReview',
  review,
);
export const selfSubjectReviews = resource(
  'authentication.k8s.io/v1',
  'selfsubjectreviews',
  'SelfSubjectReview',
  review,
);

/** Every served resource in its preferred version. */
export const resourceTypes: readonly ResourceType[] = [
  configMaps,
  events,
  namespaces,
  nodes,
  pods,
  resourceQuotas,
  serviceAccounts,
  services,
  controllerRevisions,
  daemonSets,
  deployments,
  replicaSets,
  statefulSets,
  cronJobs,
  jobs,
  podDisruptionBudgets,
  horizontalPodAutoscalers,
  leases,
  networkPolicies,
  mutatingWebhookConfigurations,
  customResourceDefinitions,
  roles,
  roleBindings,
  clusterRoles,
  clusterRoleBindings,
  validatingAdmissionPolicies,
  validatingAdmissionPolicyBindings,
  links,
  servers,
  serviceProfiles,
  externalWorkloads,
  trafficSplits,
  rollouts,
  controlPlanes,
  dataPlanes,
  certificates,
  selfSubjectAccessReviews,
  selfSubjectRulesReviews,
  selfSubjectReviews,
];

/** Older versions under which a custom resource is served too, from the same objects. */
export const olderVersions: ReadonlyMap<ResourceType, readonly string[]> = new Map([
  [links, ['v1alpha2', 'v1alpha1']],
  [servers, ['v1beta2', 'v1beta1']],
  [externalWorkloads, ['v1alpha1']],
  [trafficSplits, ['v1alpha1']],
]);

const byPath = new Map<string, ResourceType>();
for (const type of resourceTypes) {
  for (const version of [type.version, ...(olderVersions.get(type) ?? [])]) {
    byPath.set(`${type.group}/${version}/${type.plural}`, type);
  }
}

/** The resource served under this group ('' for core), version and plural name, if any. */
export function findResource(group: string, version: string, plural: string): ResourceType | undefined {
  return byPath.get(`${group}/${version}/${plural}`);
}

/** `v1` or `group/version`: what stands in the `apiVersion` of the resource's objects. */
export function apiVersionOf(type: ResourceType): string {
  return type.group === '' ? type.version : `${type.group}/${type.version}`;
}

/** The name that messages and RBAC use: `pods`, `deployments.apps`. */
export function qualifiedName(type: ResourceType): string {
  return type.group === '' ? type.plural : `${type.plural}.${type.group}`;
}

const counted = new Set([
  daemonSets,
  deployments,
  replicaSets,
  statefulSets,
  cronJobs,
  jobs,
  podDisruptionBudgets,
  networkPolicies,
  mutatingWebhookConfigurations,
  validatingAdmissionPolicies,
  validatingAdmissionPolicyBindings,
  customResourceDefinitions,
  links,
  servers,
  serviceProfiles,
  externalWorkloads,
  trafficSplits,
  rollouts,
  controlPlanes,
  dataPlanes,
  certificates,
]);

/** Whether the API server counts changes of the desired state in `metadata.generation`. */
export function hasGeneration(type: ResourceType): boolean {
  return counted.has(type);
}
