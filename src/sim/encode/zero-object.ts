import { apiVersionOf, daemonSets, deployments, pods, replicaSets, statefulSets } from '../resources.ts';
import type { JsonObject, KubeObject, ResourceType } from '../types.ts';

const TEMPLATE: JsonObject = { metadata: { creationTimestamp: null }, spec: { containers: null } };

/** The fields that JSON shows of an empty object, because their Go types have no `omitempty`. */
const emptyFields: ReadonlyMap<ResourceType, JsonObject> = new Map<ResourceType, JsonObject>([
  [pods, { spec: { containers: null }, status: {} }],
  [deployments, { spec: { replicas: 0, selector: null, template: TEMPLATE, strategy: {} }, status: {} }],
  [replicaSets, { spec: { replicas: 0, selector: null, template: TEMPLATE }, status: { replicas: 0 } }],
  [
    statefulSets,
    {
      spec: { replicas: 0, selector: null, template: TEMPLATE, serviceName: '', updateStrategy: {} },
      status: { replicas: 0, availableReplicas: 0 },
    },
  ],
  [
    daemonSets,
    {
      spec: { selector: null, template: TEMPLATE, updateStrategy: {} },
      status: { currentNumberScheduled: 0, numberMisscheduled: 0, desiredNumberScheduled: 0, numberReady: 0 },
    },
  ],
]);

/** What a bookmark carries: an empty object of the kind whose resourceVersion is all that counts. */
export function zeroObject(
  resource: ResourceType,
  revision: number,
  annotations?: Readonly<Record<string, string>>,
): KubeObject {
  const metadata = {
    resourceVersion: String(revision),
    creationTimestamp: null,
    ...(annotations === undefined ? {} : { annotations }),
  };
  // Unlike a stored object it has no name.
  return {
    kind: resource.kind,
    apiVersion: apiVersionOf(resource),
    metadata: metadata as unknown as KubeObject['metadata'],
    ...emptyFields.get(resource),
  };
}
