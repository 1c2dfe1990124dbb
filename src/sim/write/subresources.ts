import { ApiError, badRequest } from '../api-error.ts';
import { selectorText } from '../encode/columns.ts';
import { arrayAt, at, isObject, numberAt, stringAt, stringMapAt } from '../json.ts';
import { podDisruptionBudgets, pods } from '../resources.ts';
import { labelSelectorMatches } from '../selectors.ts';
import { timestamp } from '../store.ts';
import type { JsonObject, KubeObject } from '../types.ts';
import { applyPatch, storeChange } from './change.ts';
import { removeObject } from './delete.ts';
import { checkAttempt, existingObject, isDryRun, type WriteContext, type WriteRequest } from './request.ts';
import { decodeObject } from './request-body.ts';

/** The autoscaling/v1 Scale of a workload. */
export function scaleOf(object: KubeObject): JsonObject {
  const { name, namespace = '', uid = '', resourceVersion = '' } = object.metadata;
  const creationTimestamp = stringAt(object, 'metadata', 'creationTimestamp');
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: { name, namespace, uid, resourceVersion, creationTimestamp },
    spec: { replicas: numberAt(object, 'spec', 'replicas') },
    status: {
      replicas: numberAt(object, 'status', 'replicas'),
      selector: selectorText(at(object, 'spec', 'selector')),
    },
  };
}

/** PUT or PATCH of `/scale`: sets the replicas of the workload. */
export function writeScale(
  context: WriteContext,
  request: WriteRequest,
  method: 'PUT' | 'PATCH',
): JsonObject {
  const existing = existingObject(context, request);
  const scale = scaleOf(existing);
  const sent =
    method === 'PATCH' ? applyPatch(request, scale) : decodeObject(request.body, request.contentType);
  const replicas = at(sent, 'spec', 'replicas');
  if (typeof replicas !== 'number') throw badRequest('a Scale needs spec.replicas');
  const resourceVersion = stringAt(sent, 'metadata', 'resourceVersion');
  const metadata = resourceVersion === '' ? existing.metadata : { ...existing.metadata, resourceVersion };
  const spec = isObject(existing.spec) ? existing.spec : {};
  const next = { ...existing, metadata, spec: { ...spec, replicas } };
  const seen = { object: scaleOf(next), oldObject: scale };
  return scaleOf(storeChange(context, request, existing, next, seen));
}

/**
 * POST of `pods/NAME/eviction`: deletes the pod if its disruption budget has something left. Throws a 429 ApiError
 * with cause DisruptionBudget when it has not, 500 when several budgets claim the pod.
 * Source: kubernetes `pkg/registry/core/pod/storage/eviction.go`.
 */
export function evictPod(context: WriteContext, request: WriteRequest): JsonObject {
  const { store, clock } = context;
  const pod = existingObject(context, request);
  const eviction = request.body.length === 0 ? {} : decodeObject(request.body, request.contentType);
  const dryRun = isDryRun(request.query) || arrayAt(eviction, 'deleteOptions', 'dryRun').includes('All');
  checkAttempt(context, request, {
    operation: 'CREATE',
    name: pod.metadata.name,
    dryRun,
    object: eviction,
    oldObject: undefined,
  });
  const budget = ignoresBudgets(pod) ? undefined : budgetOf(context, pod);
  if (budget !== undefined) {
    const allowed = numberAt(budget, 'status', 'disruptionsAllowed');
    if (allowed <= 0) throw budgetExhausted(budget);
    if (!dryRun) store.update(podDisruptionBudgets, spend(budget, pod, allowed, timestamp(clock.now())));
  }
  const grace = at(eviction, 'deleteOptions', 'gracePeriodSeconds');
  removeObject(context, pods, pod, typeof grace === 'number' ? grace : undefined, dryRun);
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 };
}

/** Pods that do not run, or are going anyway, disrupt nothing. */
function ignoresBudgets(pod: KubeObject): boolean {
  const phase = stringAt(pod, 'status', 'phase');
  return phase !== 'Running' || at(pod, 'metadata', 'deletionTimestamp') !== undefined;
}

function budgetOf({ store }: WriteContext, pod: KubeObject): KubeObject | undefined {
  const labels = stringMapAt(pod, 'metadata', 'labels');
  const budgets = store
    .list(podDisruptionBudgets, pod.metadata.namespace ?? '')
    .filter((budget) => labelSelectorMatches(at(budget, 'spec', 'selector'), labels));
  if (budgets.length > 1) {
    const message =
      'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.';
    throw new ApiError({ code: 500, reason: 'InternalError', message });
  }
  return budgets[0];
}

function budgetExhausted(budget: KubeObject): ApiError {
  const needs = numberAt(budget, 'status', 'desiredHealthy');
  const has = numberAt(budget, 'status', 'currentHealthy');
  const message = `The disruption budget ${budget.metadata.name} needs ${needs} healthy pods and has ${has} currently`;
  return new ApiError({
    code: 429,
    reason: 'TooManyRequests',
    message: "Cannot evict pod as it would violate the pod's disruption budget.",
    details: { causes: [{ reason: 'DisruptionBudget', message }] },
  });
}

function spend(budget: KubeObject, pod: KubeObject, allowed: number, now: string): KubeObject {
  const status = isObject(budget.status) ? budget.status : {};
  const disruptedPods = { ...stringMapAt(status, 'disruptedPods'), [pod.metadata.name]: now };
  return { ...budget, status: { ...status, disruptionsAllowed: allowed - 1, disruptedPods } };
}
