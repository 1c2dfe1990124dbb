import { label } from '../../src/data/linkerd.ts';
import { FIELD_MANAGER } from '../../src/kube/client.ts';
import { KubeError } from '../../src/kube/errors.ts';
import { objectAt, objectsAt, rawAt } from '../../src/kube/json/value.ts';
import { type Api, type Kind, labelOf, nameOf, namespaceOf, uidOf } from './api.ts';
import { isOwnName, SUITE_MANAGER } from './settings.ts';

/** What others have, and whether it was touched. */

/** Namespaces of others with proxies in them; undefined when that may not be read. */
export async function meshedByOthers(api: Api): Promise<readonly string[] | undefined> {
  try {
    const selector = { labelSelector: label.controlPlaneNamespace, limit: '500' };
    const pods = await api.list('Pod', '', selector, true);
    const namespaces = await api.list('Namespace', '', {}, true);
    const linkerds = new Set([
      ...pods.map((pod) => labelOf(pod, label.controlPlaneNamespace)),
      ...namespaces.filter((each) => labelOf(each, label.extension) !== '').map(nameOf),
    ]);
    const homes = new Set(pods.map(namespaceOf));
    return [...homes].filter((name) => !linkerds.has(name) && !isOwnName(name, '')).sort();
  } catch (error) {
    if (error instanceof KubeError && error.kind === 'forbidden') return undefined;
    throw error;
  }
}

/** Kinds that this program writes, and those that the suite writes. */
const WRITTEN: readonly Kind[] = [
  'Namespace',
  'Deployment',
  'StatefulSet',
  'DaemonSet',
  'ConfigMap',
  'ServiceAccount',
  'Lease',
];

export interface Marks {
  /** A line for each write of this program or of the suite that the objects of others remember. */
  readonly lines: readonly string[];
  /** Kinds that may not be listed in the whole cluster. */
  readonly unread: readonly Kind[];
}

/**
 * Which objects outside of this suite's namespaces say that this program or this suite has written them, and when. Those
 * of another run, which may go on at the same time, are not looked into.
 */
export async function marksOnOthers(api: Api): Promise<Marks> {
  const lines: string[] = [];
  const unread: Kind[] = [];
  for (const kind of WRITTEN) {
    try {
      for (const object of await api.list(kind, '', {}, true)) {
        if (isOwnName(kind === 'Namespace' ? nameOf(object) : namespaceOf(object), '')) continue;
        for (const entry of objectsAt(objectAt(object, 'metadata'), 'managedFields')) {
          const manager = rawAt(entry, 'manager');
          if (manager !== FIELD_MANAGER && manager !== SUITE_MANAGER) continue;
          lines.push(
            `${kind} ${namespaceOf(object)}/${nameOf(object)} ${uidOf(object)} ${manager} ${rawAt(entry, 'time')}`,
          );
        }
      }
    } catch (error) {
      if (!(error instanceof KubeError) || error.kind !== 'forbidden') throw error;
      unread.push(kind);
    }
  }
  return { lines: lines.sort(), unread };
}
