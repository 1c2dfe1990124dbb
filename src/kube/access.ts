/** SelfSubjectAccessReview of authorization.k8s.io/v1: may we do this? */

import { booleanAt, type JsonObject, messageAt, objectAt } from './json/value.ts';

export const ACCESS_REVIEWS = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';

/** A question of authorization, as SelfSubjectAccessReview asks it. */
export interface AccessQuestion {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly subresource?: string;
  /** '' for all namespaces. */
  readonly namespace?: string;
  readonly name?: string;
}

export interface AccessAnswer {
  readonly allowed: boolean;
  /** In the server's words, often ''. */
  readonly reason: string;
}

/** The review to be posted. */
export function accessReview(question: AccessQuestion): JsonObject {
  const { verb, group, resource, subresource = '', namespace = '', name = '' } = question;
  return {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SelfSubjectAccessReview',
    spec: { resourceAttributes: { namespace, verb, group, resource, subresource, name } },
  };
}

/** What the answered review says; undefined when it is none. */
export function accessAnswer(review: JsonObject): AccessAnswer | undefined {
  if (review.kind !== 'SelfSubjectAccessReview') return undefined;
  const status = objectAt(review, 'status');
  return {
    allowed: booleanAt(status, 'allowed'),
    reason: messageAt(status, 'reason') || messageAt(status, 'evaluationError'),
  };
}
