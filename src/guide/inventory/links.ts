import { annotation } from '../../data/linkerd.ts';
import { type JsonObject, objectAt, textAt } from '../../kube/json/value.ts';
import type { Link } from '../inventory.ts';

/** Where a Link's service mirror is looked for: names of the Deployments of a namespace, undefined where not readable. */
export type DeploymentsOf = (namespace: string) => ReadonlySet<string> | undefined;

const CLI = 'linkerd/cli ';

/**
 * A Link of `multicluster.linkerd.io`, in any of its versions. To 2.17 `linkerd multicluster link` makes the Deployment
 * `linkerd-service-mirror-NAME` beside it; from 2.18 on the extension runs `controller-NAME`. Where both stand the old
 * one does: it holds the lease (linkerd website, tasks/upgrading-multicluster).
 */
export function linkOf(object: JsonObject, deploymentsOf: DeploymentsOf): Link {
  const meta = objectAt(object, 'metadata');
  const spec = objectAt(object, 'spec');
  const name = textAt(meta, 'name');
  const namespace = textAt(meta, 'namespace');
  const createdBy = textAt(objectAt(meta, 'annotations'), annotation.createdBy);
  return {
    name,
    namespace,
    targetCluster: textAt(spec, 'targetClusterName') || name,
    version: createdBy.startsWith(CLI) ? createdBy.slice(CLI.length) : '',
    mirror: mirrorOf(name, deploymentsOf(namespace)),
    probePeriod: textAt(objectAt(spec, 'probeSpec'), 'period'),
  };
}

function mirrorOf(name: string, deployments: ReadonlySet<string> | undefined): Link['mirror'] {
  if (deployments === undefined) return 'unknown';
  if (deployments.has(`linkerd-service-mirror-${name}`)) return 'legacy';
  return deployments.has(`controller-${name}`) ? 'controller' : 'none';
}
