/**
 * A ValidatingAdmissionPolicy for whoever restarts with this program. RBAC allows whole objects: who may patch a
 * Deployment may give it another image, who may try a pod may start one. The policy leaves what this program does.
 *
 * It speaks of `dyn(object)`, since the type of an object as the API server knows it has fields, not keys. What a
 * patch changes by itself (`generation`, `managedFields`, `resourceVersion`) may differ; the API server restores the
 * status before it asks (kubernetes/apiserver `pkg/registry/rest/update.go`, BeforeUpdate).
 */
import { annotation } from '../../data/linkerd.ts';
import { ownAnnotation, RUN_LEASE } from '../../data/own.ts';
import { type Grant, metadataOf, type Subject } from './roles.ts';

const ADMISSION_VERSION = 'admissionregistration.k8s.io/v1';
/** CONNECT is exec, attach, port-forward and proxy. */
const ANY_WRITE = ['CREATE', 'UPDATE', 'DELETE', 'CONNECT'];

/** The policy and its binding, as objects of the API. The grant must name somebody. */
export function admissionPolicy(grant: Grant): readonly [policy: object, binding: object] {
  const { name } = grant;
  const policy = {
    apiVersion: ADMISSION_VERSION,
    kind: 'ValidatingAdmissionPolicy',
    metadata: metadataOf(name),
    spec: {
      failurePolicy: 'Fail',
      matchConstraints: { resourceRules: resourceRules() },
      matchConditions: [{ name: 'is-the-one-who-restarts', expression: isOneOf(grant.subjects) }],
      variables: variables(grant),
      validations: validations(grant).map((validation) => ({ ...validation, reason: 'Forbidden' })),
    },
  };
  const binding = {
    apiVersion: ADMISSION_VERSION,
    kind: 'ValidatingAdmissionPolicyBinding',
    metadata: metadataOf(name),
    spec: { policyName: name, validationActions: ['Deny'] },
  };
  return [policy, binding];
}

function resourceRules(): readonly object[] {
  const rule = (group: string, ...resources: readonly string[]) => ({
    apiGroups: [group],
    apiVersions: ['*'],
    operations: ANY_WRITE,
    resources,
  });
  return [
    rule(
      'apps',
      'deployments',
      'deployments/*',
      'statefulsets',
      'statefulsets/*',
      'daemonsets',
      'daemonsets/*',
    ),
    rule('argoproj.io', 'rollouts', 'rollouts/*'),
    rule('', 'pods', 'pods/*', 'namespaces', 'namespaces/*'),
    rule('coordination.k8s.io', 'leases'),
  ];
}

function isOneOf(subjects: readonly Subject[]): string {
  return subjects.map(isSubject).join(' || ');
}

function isSubject({ kind, name, namespace }: Subject): string {
  switch (kind) {
    case 'User':
      return `request.userInfo.username == ${quoted(name)}`;
    case 'Group':
      return `(has(request.userInfo.groups) && ${quoted(name)} in request.userInfo.groups)`;
    case 'ServiceAccount':
      return `request.userInfo.username == ${quoted(`system:serviceaccount:${namespace}:${name}`)}`;
  }
}

interface Named {
  readonly name: string;
  readonly expression: string;
}

/** Each is evaluated when something asks for it, so those about templates are no trouble for a Lease. */
function variables({ parts }: Grant): readonly Named[] {
  const pins = parts.includes('pin') ? [annotation.pinnedProxyVersion] : [];
  const own = Object.values(ownAnnotation);
  return [
    { name: 'kind', expression: "request.resource.group + '/' + request.resource.resource" },
    { name: 'isWorkload', expression: "request.resource.group == 'apps'" },
    { name: 'isRollout', expression: "variables.kind == 'argoproj.io/rollouts'" },
    { name: 'isNamespace', expression: "variables.kind == '/namespaces'" },
    { name: 'subresource', expression: "has(request.subResource) ? request.subResource : ''" },
    { name: 'isEviction', expression: "variables.kind == '/pods' && variables.subresource == 'eviction'" },
    // In the metadata of the object itself.
    {
      name: 'freeAnnotations',
      expression: `variables.isRollout ? ${listOf(own)} : variables.isNamespace ? ${listOf(pins)} : []`,
    },
    { name: 'freeTemplateAnnotations', expression: listOf([annotation.restartedAt, ...own, ...pins]) },
    {
      name: 'freeFields',
      expression: "variables.isWorkload ? ['template'] : variables.isRollout ? ['restartAt'] : []",
    },
    { name: 'metadata', expression: 'dyn(object.metadata)' },
    { name: 'oldMetadata', expression: 'dyn(oldObject.metadata)' },
    { name: 'annotations', expression: annotationsOf('variables.metadata') },
    { name: 'oldAnnotations', expression: annotationsOf('variables.oldMetadata') },
    { name: 'spec', expression: specOf('object') },
    { name: 'oldSpec', expression: specOf('oldObject') },
    { name: 'template', expression: 'dyn(object.spec.template)' },
    { name: 'oldTemplate', expression: 'dyn(oldObject.spec.template)' },
    { name: 'templateMetadata', expression: metadataIn('variables.template') },
    { name: 'oldTemplateMetadata', expression: metadataIn('variables.oldTemplate') },
    { name: 'templateAnnotations', expression: annotationsOf('variables.templateMetadata') },
    { name: 'oldTemplateAnnotations', expression: annotationsOf('variables.oldTemplateMetadata') },
  ];
}

interface Validation {
  readonly expression: string;
  readonly message: string;
}

function validations({ parts }: Grant): readonly Validation[] {
  const templates = parts.includes('pin')
    ? 'the annotations of a restart and the pin'
    : 'the annotations of a restart';
  return [
    {
      expression:
        "request.operation == 'UPDATE' || (request.operation == 'CREATE' && variables.kind in ['/pods', 'coordination.k8s.io/leases'])",
      message: 'it may change workloads, and neither create nor delete them',
    },
    {
      expression: "variables.subresource == '' || variables.isEviction",
      message: 'it may write neither scale nor status, and nothing of a pod but its eviction',
    },
    {
      expression:
        "variables.kind != '/pods' || (request.operation == 'CREATE' && (variables.isEviction || (has(request.dryRun) && request.dryRun)))",
      message: 'it may create pods in dry runs only, and change none',
    },
    {
      expression: `variables.kind != 'coordination.k8s.io/leases' || object.metadata.name == ${quoted(RUN_LEASE)}`,
      message: `it may write no Lease but ${RUN_LEASE}`,
    },
    {
      expression: ifChanged(sameBut('dyn(object)', 'dyn(oldObject)', "['metadata', 'spec']")),
      message: 'it may not change the status, nor anything beside metadata and spec',
    },
    {
      expression: ifChanged(
        sameBut(
          'variables.metadata',
          'variables.oldMetadata',
          "['annotations', 'generation', 'managedFields', 'resourceVersion']",
        ),
      ),
      message: 'it may not change labels, finalizers or owners',
    },
    {
      expression: ifChanged(
        sameBut('variables.annotations', 'variables.oldAnnotations', 'variables.freeAnnotations'),
      ),
      message: 'it may not change these annotations',
    },
    {
      expression: ifChanged(sameBut('variables.spec', 'variables.oldSpec', 'variables.freeFields')),
      message:
        'of a spec it may change the pod template only, and restartAt of a Rollout: no replicas, no strategy',
    },
    {
      expression: ifWorkload(sameBut('variables.template', 'variables.oldTemplate', "['metadata']")),
      message: 'it may not change the pods themselves: no image, no container, no volume',
    },
    {
      expression: ifWorkload(
        sameBut('variables.templateMetadata', 'variables.oldTemplateMetadata', "['annotations']"),
      ),
      message: 'it may not change the labels of pods',
    },
    {
      expression: ifWorkload(
        sameBut(
          'variables.templateAnnotations',
          'variables.oldTemplateAnnotations',
          'variables.freeTemplateAnnotations',
        ),
      ),
      message: `of a pod template it may change ${templates} only`,
    },
  ];
}

/** Of what this program patches. A Lease is its own, and a pod is only tried. */
function ifChanged(expression: string): string {
  return `!(variables.isWorkload || variables.isRollout || variables.isNamespace) || (${expression})`;
}

function ifWorkload(expression: string): string {
  return `!variables.isWorkload || (${expression})`;
}

/** That two maps have the same keys with the same values, but for some keys. */
function sameBut(now: string, before: string, free: string): string {
  return (
    `${now}.all(key, key in ${free} || (key in ${before} && ${now}[key] == ${before}[key])) && ` +
    `${before}.all(key, key in ${free} || key in ${now})`
  );
}

function annotationsOf(metadata: string): string {
  return `has(${metadata}.annotations) ? dyn(${metadata}.annotations) : dyn({})`;
}

function metadataIn(template: string): string {
  return `has(${template}.metadata) ? dyn(${template}.metadata) : dyn({})`;
}

function specOf(object: string): string {
  return `has(${object}.spec) ? dyn(${object}.spec) : dyn({})`;
}

function listOf(texts: readonly string[]): string {
  return `[${texts.map(quoted).join(', ')}]`;
}

/** A string of CEL, which has the escapes of JSON. */
function quoted(text: string): string {
  return `'${JSON.stringify(text).slice(1, -1).replaceAll("'", "\\'")}'`;
}
