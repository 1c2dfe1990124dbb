import { badRequest } from '../api-error.ts';
import { isObject, stringAt } from '../json.ts';
import { selfSubjectAccessReviews, selfSubjectReviews, selfSubjectRulesReviews } from '../resources.ts';
import type { Json, KubeObject, ResourceType } from '../types.ts';
import { withOwnership } from '../write/managed-fields.ts';
import type { Authorizer } from './authorizer.ts';
import type { User } from './users.ts';

type Fields = Readonly<Record<string, unknown>>;

export interface ReviewRequest {
  readonly resource: ResourceType;
  readonly object: Record<string, unknown>;
  readonly user: User;
  readonly authorizer: Authorizer;
  readonly manager: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** The answer to a review of the asking user's own rights. Throws a 400 ApiError on a review that asks nothing. */
export function answerReview(request: ReviewRequest): Fields {
  switch (request.resource) {
    case selfSubjectAccessReviews:
      return accessReview(request);
    case selfSubjectRulesReviews:
      return rulesReview(request);
    case selfSubjectReviews:
      return subjectReview(request);
    default:
      throw badRequest(`${request.resource.kind} is no review`);
  }
}

function accessReview(request: ReviewRequest): Fields {
  const { user, authorizer } = request;
  const spec = isObject(request.object.spec) ? request.object.spec : {};
  const attributes = spec.resourceAttributes;
  if (!isObject(attributes) && !isObject(spec.nonResourceAttributes)) {
    throw badRequest('exactly one of resourceAttributes and nonResourceAttributes must be given');
  }
  const path = spec.nonResourceAttributes;
  const allowed = !isObject(attributes)
    ? (authorizer.allowsPath?.(user, stringAt(path, 'verb'), stringAt(path, 'path')) ?? true)
    : authorizer.allows(user, {
        verb: stringAt(attributes, 'verb'),
        group: stringAt(attributes, 'group'),
        resource: stringAt(attributes, 'resource'),
        subresource: stringAt(attributes, 'subresource'),
        namespace: stringAt(attributes, 'namespace'),
        name: stringAt(attributes, 'name'),
      });
  return review(request, { spec, status: { allowed } }, true);
}

const NON_RESOURCE_RULES: Json = [
  {
    verbs: ['get'],
    nonResourceURLs: [
      '/api',
      '/api/*',
      '/apis',
      '/apis/*',
      '/healthz',
      '/livez',
      '/openapi',
      '/openapi/*',
      '/readyz',
      '/version',
      '/version/',
    ],
  },
];

function rulesReview(request: ReviewRequest): Fields {
  const namespace = stringAt(request.object, 'spec', 'namespace');
  if (namespace === '') throw badRequest('no namespace on request');
  const resourceRules = request.authorizer.rules(request.user, namespace).map((rule): Json => ({ ...rule }));
  const paths = request.authorizer.paths?.(request.user).map((rule): Json => ({ ...rule }));
  const status = { resourceRules, nonResourceRules: paths ?? NON_RESOURCE_RULES, incomplete: false };
  return review(request, { spec: {}, status }, false);
}

function subjectReview(request: ReviewRequest): Fields {
  const { name, groups } = request.user;
  return review(request, { status: { userInfo: { username: name, groups: [...groups] } } }, false);
}

/** Reviews come back with the ownership of their spec, although nothing is stored. */
function review({ resource, manager, now }: ReviewRequest, content: Fields, owned: boolean): Fields {
  const { kind, group, version } = resource;
  const head = { kind, apiVersion: `${group}/${version}` };
  const { status, ...asked } = content;
  const object: KubeObject = { ...head, metadata: { name: '' }, ...asked };
  const written = owned
    ? withOwnership(resource, undefined, object, { manager, subresource: '', now }).metadata.managedFields
    : undefined;
  const managedFields = written === undefined ? {} : { managedFields: written };
  return { ...head, metadata: { creationTimestamp: null, ...managedFields }, ...asked, status: status ?? {} };
}
