import { isObject, type JsonObject, objectAt, objectsAt, rawAt } from '../../kube/json/value.ts';

/** A name made by the server may be 63 characters long, five of them its own. */
const MAX_PREFIX = 50;

/**
 * The pod that a workload's controller would create next, for a server-side dry run; undefined where the workload has
 * no template of its own. It has no owner: the injector writes an event on the owner of whatever it sees, in a dry
 * run too (linkerd2 `controller/proxy-injector/webhook.go`). Of a StatefulSet it has the volumes that come of its
 * claim templates, since the containers mount them.
 * @param workload as the API server gives it, raw
 */
export function probePod(workload: JsonObject): JsonObject | undefined {
  const spec = objectAt(workload, 'spec');
  const { template } = spec;
  if (!isObject(template) || !isObject(template.spec)) {
    return undefined;
  }
  const meta = objectAt(workload, 'metadata');
  const { labels, annotations } = objectAt(template, 'metadata');
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      generateName: `${rawAt(meta, 'name').slice(0, MAX_PREFIX)}-probe-`,
      namespace: rawAt(meta, 'namespace'),
      ...(isObject(labels) ? { labels } : {}),
      ...(isObject(annotations) ? { annotations } : {}),
    },
    spec: {
      ...template.spec,
      ...volumesWithClaims(template.spec, objectsAt(spec, 'volumeClaimTemplates'), meta),
    },
  };
}

/** A claim takes the place of a volume of its name, as the StatefulSet controller has it. */
function volumesWithClaims(
  pod: JsonObject,
  claims: readonly JsonObject[],
  { name: owner }: JsonObject,
): { readonly volumes?: readonly JsonObject[] } {
  if (claims.length === 0) {
    return {};
  }
  const names = claims.map((claim) => rawAt(objectAt(claim, 'metadata'), 'name'));
  const others = objectsAt(pod, 'volumes').filter((volume) => !names.includes(rawAt(volume, 'name')));
  const claimed = names.map((name) => ({
    name,
    persistentVolumeClaim: { claimName: `${name}-${String(owner)}-0` },
  }));
  return { volumes: [...claimed, ...others] };
}
