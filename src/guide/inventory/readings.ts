/** What has been read for an inventory, before anybody has made sense of it. */
import { configMap } from '../../data/linkerd.ts';
import type { JsonObject } from '../../kube/json/value.ts';
import type { Part } from '../../kube/part.ts';
import type { ConfigMapRecord, WorkloadRecord } from '../../kube/records.ts';
import type { Unreadable } from '../../mesh/view.ts';
import type { Evidence, Link, Names } from '../inventory.ts';
import type { ExtensionHome } from './extensions.ts';

/** Objects found in some namespaces; `refused` says why others may hold more. */
export interface Found {
  readonly objects: readonly JsonObject[];
  readonly refused: Part<never>;
}

/** The objects that `test` chooses. None of those seen is only an answer where all have been seen. */
export function chosen<T>(
  { objects, refused }: Found,
  test: (object: JsonObject) => boolean,
  change: (object: JsonObject) => T,
): Part<readonly T[]> {
  const those = objects.filter(test).map(change);
  return those.length === 0 && refused.state === 'unreadable' ? refused : { state: 'known', value: those };
}

/** A value made of a known one; absent and unreadable stay. */
export function mapPart<A, B>(part: Part<A>, change: (value: A) => B): Part<B> {
  return part.state === 'known' ? { state: 'known', value: change(part.value) } : part;
}

export interface Readings {
  /** ConfigMap `linkerd-config` as it is stored. */
  readonly config: Part<ConfigMapRecord>;
  readonly definitions: Evidence['customResources'];
  readonly extensions: Part<readonly ExtensionHome[]>;
  readonly links: Part<readonly Link[]>;
  /** ControlPlanes of Buoyant's operator by name. */
  readonly operated: Part<Names>;
  readonly objects: Evidence['objects'];
  readonly architectures: Evidence['architectures'];
  readonly ipv6: Evidence['ipv6'];
  /** Of meshed namespaces, as are the two below. */
  readonly services: Found;
  readonly networkPolicies: Found;
  readonly cronJobs: Found;
  /** DaemonSet of the CNI plugin. */
  readonly cni: Part<WorkloadRecord>;
  readonly cli: Part<string>;
}

/** What cannot be read of each reading, and what that costs, in words. */
const costs: readonly (readonly [what: string, of: (readings: Readings) => Part<unknown>])[] = [
  ['ConfigMap linkerd-config (the values of the installation are not known)', ({ config }) => config],
  ['extensions (which there are is not known)', ({ extensions }) => extensions],
  ['Links (which clusters are linked is not known)', ({ links }) => links],
  [
    "ControlPlanes of linkerd.buoyant.io (whether Buoyant's operator is at work is not known)",
    ({ operated }) => operated,
  ],
  [
    'CustomResourceDefinitions (the Gateway API, and which definitions are missing, are not known)',
    ({ definitions }) => definitions,
  ],
  ['DaemonSet linkerd-cni (the version of the CNI plugin is not known)', ({ cni }) => cni],
  ['nodes (their architectures are not known)', ({ architectures }) => architectures],
  ['Services of meshed namespaces (their protocols are not known)', ({ services }) => services.refused],
  [
    'NetworkPolicies of meshed namespaces (whether they let proxies through is not known)',
    ({ networkPolicies }) => networkPolicies.refused,
  ],
  ['CronJobs of meshed namespaces (which are meshed is not known)', ({ cronJobs }) => cronJobs.refused],
  ['the linkerd on PATH (its version is not known)', ({ cli }) => cli],
];

/**
 * What could not be read beside what the mesh's own reading names already.
 * @param known what that one names
 */
export function unreadableOf(readings: Readings, known: readonly Unreadable[]): readonly Unreadable[] {
  const isKnown = known.some(({ what }) => what.includes(configMap.config));
  const own = costs.flatMap(([what, of]) => {
    const part = of(readings);
    const again = isKnown && part === readings.config;
    return part.state === 'unreadable' && !again ? [{ what, why: part.why }] : [];
  });
  const objects = [...readings.objects].flatMap(([name, part]) =>
    part.state === 'unreadable'
      ? [{ what: `${name} (whether there are any is not known)`, why: part.why }]
      : [],
  );
  return [...known, ...own, ...objects];
}
