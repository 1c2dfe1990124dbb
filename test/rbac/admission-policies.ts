/**
 * Evaluates the ValidatingAdmissionPolicies in a store, as kube-apiserver does (kubernetes/apiserver
 * `pkg/admission/plugin/policy/validating`): whose binding denies, and whose conditions match, refuses a write by the
 * first validation that does not hold or cannot be evaluated. Without what ours do not use: parameters, selectors,
 * excluded rules, messages that are expressions.
 */
import { type CelInput, isCelError, run } from '@bufbuild/cel';
import { AdmissionError } from '../../src/sim/api-error.ts';
import { arrayAt, isObject, stringAt } from '../../src/sim/json.ts';
import {
  qualifiedName,
  validatingAdmissionPolicies,
  validatingAdmissionPolicyBindings,
} from '../../src/sim/resources.ts';
import type { AdmissionAttempt, ValidatingAdmission } from '../../src/sim/server/validation.ts';
import type { MemoryStore } from '../../src/sim/store.ts';
import type { KubeObject } from '../../src/sim/types.ts';

const REASON_CODES: Readonly<Record<string, number>> = { Forbidden: 403, Invalid: 422, Unauthorized: 401 };

export function admissionPolicies(store: MemoryStore): ValidatingAdmission {
  return (attempt) => {
    if (attempt.resource.group === 'admissionregistration.k8s.io') return;
    for (const binding of store.list(validatingAdmissionPolicyBindings, '')) {
      const policy = store.get(validatingAdmissionPolicies, '', stringAt(binding, 'spec', 'policyName'));
      const denies = arrayAt(binding, 'spec', 'validationActions').includes('Deny');
      if (policy !== undefined && denies) enforce(policy, binding, attempt);
    }
  };
}

function enforce(policy: KubeObject, binding: KubeObject, attempt: AdmissionAttempt): void {
  const rules = arrayAt(policy, 'spec', 'matchConstraints', 'resourceRules');
  if (!rules.some((rule) => matches(rule, attempt))) return;
  const bindings = bindingsOf(attempt);
  const conditions = arrayAt(policy, 'spec', 'matchConditions').map((condition) =>
    run(stringAt(condition, 'expression'), bindings),
  );
  if (conditions.some((value) => value === false)) return;
  const failed = conditions.find((value) => value !== true);
  if (failed !== undefined) throw refusal(policy, binding, attempt, `match condition: ${failed}`, 'Invalid');

  const variables = new Map<string, CelInput>();
  for (const variable of arrayAt(policy, 'spec', 'variables')) {
    const value = run(stringAt(variable, 'expression'), { ...bindings, variables });
    // Variables are evaluated when they are asked for: one that cannot be is missed only then.
    if (!isCelError(value)) variables.set(stringAt(variable, 'name'), value);
  }
  for (const validation of arrayAt(policy, 'spec', 'validations')) {
    const expression = stringAt(validation, 'expression');
    const value = run(expression, { ...bindings, variables });
    if (value === true) continue;
    const message = isCelError(value)
      ? `expression '${expression}' resulted in error: ${value.message}`
      : stringAt(validation, 'message') || `failed expression: ${expression}`;
    throw refusal(policy, binding, attempt, message, stringAt(validation, 'reason') || 'Invalid');
  }
}

function matches(rule: unknown, { operation, resource, subresource }: AdmissionAttempt): boolean {
  const includes = (field: string, value: string): boolean => {
    const list = arrayAt(rule, field);
    return list.includes('*') || list.includes(value);
  };
  const resources = arrayAt(rule, 'resources');
  const { plural } = resource;
  const names =
    subresource === '' ? [plural, '*', '*/*'] : [`${plural}/${subresource}`, `${plural}/*`, '*/*'];
  return (
    includes('operations', operation) &&
    includes('apiGroups', resource.group) &&
    includes('apiVersions', resource.version) &&
    names.some((name) => resources.includes(name))
  );
}

/** AdmissionRequest of admission.k8s.io/v1; fields that are empty are left out, as Go's `omitempty` does. */
function bindingsOf(attempt: AdmissionAttempt): Record<string, CelInput> {
  const { operation, resource, subresource, namespace, name, user, dryRun, object, oldObject } = attempt;
  const { group, version, plural, kind } = resource;
  const request = {
    uid: '',
    kind: { group, version, kind },
    resource: { group, version, resource: plural },
    ...(subresource === '' ? {} : { subResource: subresource }),
    name,
    ...(namespace === '' ? {} : { namespace }),
    operation,
    userInfo: { username: user.name, groups: [...user.groups] },
    dryRun,
  };
  return { object: celOf(object), oldObject: celOf(oldObject), request: celOf(request) };
}

/**
 * JSON as CEL sees it: whole numbers are integers. Fields that are null are left out, since `in` of this library
 * (0.6.1) does not find them, as CEL's does; objects have none but `creationTimestamp` of a template.
 */
function celOf(value: unknown): CelInput {
  if (typeof value === 'number') return Number.isInteger(value) ? BigInt(value) : value;
  if (typeof value === 'string' || typeof value === 'boolean') return value;
  if (Array.isArray(value)) return value.map(celOf);
  if (!isObject(value)) return null;
  const defined = Object.entries(value).filter(([, field]) => field !== undefined && field !== null);
  return new Map(defined.map(([key, field]) => [key, celOf(field)]));
}

function refusal(
  policy: KubeObject,
  binding: KubeObject,
  { resource, name }: AdmissionAttempt,
  message: string,
  reason: string,
): AdmissionError {
  const by = `ValidatingAdmissionPolicy '${policy.metadata.name}' with binding '${binding.metadata.name}' denied request`;
  const what = `${qualifiedName(resource)} ${JSON.stringify(name)}`;
  const details = {
    name,
    group: resource.group,
    kind: resource.plural,
    causes: [{ message: `${by}: ${message}` }],
  };
  return new AdmissionError(
    `${what} is forbidden: ${by}: ${message}`,
    REASON_CODES[reason] ?? 422,
    reason,
    details,
  );
}
