import { forbidden, unknownResource } from '../../../src/sim/api-error.ts';
import type { SimulatedCluster } from '../../../src/sim/cluster/simulated-cluster.ts';
import { namespaces } from '../../../src/sim/resources.ts';
import { type Authorizer, explainForbidden } from '../../../src/sim/server/authorizer.ts';
import { listObjects } from '../../../src/sim/server/list.ts';
import { parseRequest, type RequestInfo, type Target } from '../../../src/sim/server/request-info.ts';
import { answerReview } from '../../../src/sim/server/reviews.ts';
import type { User } from '../../../src/sim/server/users.ts';
import { DEFAULT_VERSION, versionInfo } from '../../../src/sim/server/version.ts';
import type { ResourceType, SimClock } from '../../../src/sim/types.ts';
import { patchObject, replaceObject } from '../../../src/sim/write/change.ts';
import { createObject } from '../../../src/sim/write/create.ts';
import { deleteObject } from '../../../src/sim/write/delete.ts';
import { existingObject, type WriteContext, type WriteRequest } from '../../../src/sim/write/request.ts';
import { decodeObject } from '../../../src/sim/write/request-body.ts';
import { evictPod } from '../../../src/sim/write/subresources.ts';

export interface ApiRequest {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly contentType: string;
  /** Of its body, '' for none. */
  readonly text: string;
}

/** The simulated API server without HTTP: requests in, JSON objects out, all in an instant. */
export interface VirtualApi {
  /** @throws ApiError */
  answer(request: ApiRequest): unknown;
}

export interface VirtualApiParts {
  readonly cluster: SimulatedCluster;
  readonly clock: SimClock;
  readonly authorizer: Authorizer;
  readonly user: User;
  readonly userAgent: string;
}

/** An API server in front of a cluster for one user; its writes are those of the simulated server. */
export function createVirtualApi({
  cluster,
  clock,
  authorizer,
  user,
  userAgent,
}: VirtualApiParts): VirtualApi {
  const context: WriteContext = {
    store: cluster.store,
    clock,
    admission: cluster.admission,
    random: () => cluster.random.next(),
    uid: () => cluster.random.uid(),
  };

  function authorize({ verb }: RequestInfo, target: Target, resource: ResourceType): void {
    const { group, plural, subresource, name } = target;
    const namespace = resource === namespaces ? name : target.namespace;
    const attributes = { verb, group, resource: plural, subresource, namespace, name };
    if (authorizer.allows(user, attributes)) return;
    throw forbidden(resource, target.single ? name : '', explainForbidden(user, attributes));
  }

  function read(info: RequestInfo, target: Target, resource: ResourceType): unknown {
    if (target.single) return existingObject(context, { ...target, resource });
    const { objects, meta } = listObjects(context.store, resource, target.namespace, info.query);
    const metadata = { resourceVersion: String(meta.revision), continue: meta.continue };
    return { kind: `${resource.kind}List`, apiVersion: 'v1', metadata, items: objects };
  }

  function write(info: RequestInfo, target: Target, request: WriteRequest): unknown {
    if (target.subresource === 'eviction') return evictPod(context, request);
    const result = change(info.method, request);
    return 'status' in result ? result.status : result.object;
  }

  function change(method: string, request: WriteRequest): ReturnType<typeof createObject> {
    switch (method) {
      case 'POST':
        return createObject(context, request);
      case 'PUT':
        return replaceObject(context, request);
      case 'PATCH':
        return patchObject(context, request);
      default:
        return deleteObject(context, request);
    }
  }

  return {
    answer({ method, path, contentType, text }) {
      const info = parseRequest(method, path);
      const { target } = info;
      if (info.path === '/version') return versionInfo(DEFAULT_VERSION);
      const resource = target?.resource;
      if (target === undefined || resource === undefined) throw unknownResource();
      authorize(info, target, resource);
      if (method === 'GET') return read(info, target, resource);
      const body = Buffer.from(text);
      if (resource.verbs.length === 1) {
        const object = decodeObject(body, contentType);
        return answerReview({ resource, object, user, authorizer, manager: userAgent, now: clock.now() });
      }
      const { query } = info;
      const { namespace, name, single, subresource } = target;
      const request = { resource, namespace, name: single ? name : '', subresource, query, userAgent };
      return write(info, target, { ...request, contentType, body });
    },
  };
}
