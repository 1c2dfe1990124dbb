import { compare } from 'semver';
import type { Part } from '../../kube/part.ts';
import { parseKubernetesVersion } from '../../mesh/kubernetes.ts';
import { releaseOf } from '../../mesh/release.ts';
import { parseVersion } from '../../mesh/version.ts';
import { count, listUpTo } from '../../mesh/words.ts';
import { followersOf, proxiesOf, versionTexts } from '../data-plane.ts';
import type { Inventory } from '../inventory.ts';
import { no, type Predicate, unknown, type Verdict, yes } from './verdict.ts';

/** The N of `2.N`; undefined for a version of no known release. */
export function minorOf(version: string): number | undefined {
  return releaseOf(parseVersion(version))?.minor;
}

const SHOWN = 5;

/** `a, b and c`; of more than five names the first ones and a count. */
export function someOf(names: readonly string[]): string {
  return listUpTo(SHOWN, names);
}

/** `2 Links: east and west`. */
export function counted(names: readonly string[], noun: string, plural?: string): string {
  return `${count(names.length, noun, plural)}: ${someOf(names)}`;
}

/** Judges a part that is there; what is absent or not readable has its verdict already. */
export function ofPart<T>(
  part: Part<T>,
  what: string,
  judge: (value: T) => Verdict,
  absent: Verdict = no(`${what}: none`),
): Verdict {
  if (part.state === 'known') return judge(part.value);
  if (part.state === 'absent') return absent;
  return unknown(`${what} could not be read (${part.why}): ask whoever may read it`);
}

// ——— the data plane

/** `57 proxies in 4 namespaces`, without the control plane's own. */
export function dataPlaneText(inventory: Inventory): string {
  const followers = followersOf(inventory);
  return `${count(proxiesOf(followers), 'proxy', 'proxies')} in ${count(followers.length, 'namespace')}`;
}

/** A condition on what meshed applications do, which only their owners know. */
export function askOwners(what: string): Predicate {
  return ({ inventory }) => {
    const isEmpty = followersOf(inventory).length === 0;
    if (isEmpty && workloadsUnread(inventory) === '') return no('there are no meshed pods');
    const who = isEmpty ? 'the owners of the meshed workloads' : 'their owners';
    return unknown(`${dataPlaneText(inventory)}; the API does not show ${what}: ask ${who}`);
  };
}

const workloadKinds =
  /^(pods|namespaces|deployments|statefulsets|daemonsets|replicasets|jobs|cronjobs|workloads)\b/i;

/** What of the workloads could not be read, '' when they all were: only then does an empty list prove anything. */
function workloadsUnread({ unreadable }: Inventory): string {
  return someOf(unreadable.filter(({ what }) => workloadKinds.test(what)).map(({ what }) => what));
}

/** Names found among the workloads; an empty list proves nothing where they could not all be read. */
export function foundNames(
  names: (inventory: Inventory) => readonly string[],
  noun: string,
  plural: string,
  found: (text: string) => Verdict = yes,
): Predicate {
  return ({ inventory }) => {
    const those = names(inventory);
    if (those.length > 0) return found(counted(those, noun, plural));
    const unread = workloadsUnread(inventory);
    return unread === ''
      ? no(`no ${noun}`)
      : unknown(`no ${noun} was seen, but not all could be read (${unread}): ask whoever may`);
  };
}

/** Proxies for which `test` holds, by version: `edge-24.11.8 (12)`. */
export function proxiesWhere(inventory: Inventory, test: (version: string) => boolean): readonly string[] {
  const sums: Record<string, number> = {};
  for (const { byVersion } of followersOf(inventory)) {
    for (const [version, proxies] of Object.entries(byVersion)) {
      if (test(version)) sums[version] = (sums[version] ?? 0) + proxies;
    }
  }
  return versionTexts(sums);
}

// ——— Kubernetes

export function kubernetesBelow(min: string): Predicate {
  return ({ inventory: { kubernetes } }) => {
    const version = parseKubernetesVersion(kubernetes);
    if (!version) return unknown('the version of Kubernetes could not be read: ask whoever runs the cluster');
    return compare(version, `${min}.0`) < 0
      ? yes(`the cluster runs Kubernetes ${kubernetes}`)
      : no(`the cluster runs Kubernetes ${kubernetes}`);
  };
}
