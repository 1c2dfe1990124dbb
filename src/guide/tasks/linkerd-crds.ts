import type { Labels } from '../../kube/records.ts';
import { byText } from '../../mesh/words.ts';
import { minorOf } from '../applicability/facts.ts';
import type { Inventory } from '../inventory.ts';

/** CRDs of the control plane itself, in order of name, as far as they were read; the extension has its own. */
export function linkerdCrds({ evidence }: Inventory): readonly { readonly annotations: Labels }[] {
  const { customResources } = evidence;
  if (customResources.state !== 'known') return [];
  return [...customResources.value]
    .filter(([name]) => name.endsWith('.linkerd.io') && !name.endsWith('.multicluster.linkerd.io'))
    .sort(([a], [b]) => byText(a, b))
    .map(([, crd]) => crd);
}

/** CRDs that a release needs, of those that are looked for: without them its check stops before the proxies. */
const needed = [{ since: 17, name: 'egressnetworks.policy.linkerd.io' }] as const;

/** A CRD that a version needs and that is not there; '' when none is missed, or when the CRDs could not be read. */
export function missingCrd({ evidence }: Inventory, version: string): string {
  const { customResources } = evidence;
  if (customResources.state !== 'known' || customResources.value.size === 0) return '';
  const minor = minorOf(version) ?? 0;
  return needed.find(({ since, name }) => minor >= since && !customResources.value.has(name))?.name ?? '';
}
