import { architectureOf, hasIpv6Range } from '../inventory/networking.ts';
import { mapPart } from '../inventory/readings.ts';
import type { Evidence } from '../inventory.ts';
import { listPart, type PartReader } from './part-reader.ts';

/** Nodes whose address ranges are looked at: all of a cluster have those of the same families, and a whole node is large. */
const SAMPLE = 20;

/** Architectures by the labels of all nodes, and IPv6 by the ranges of some. */
export async function readNodes(reader: PartReader): Promise<Pick<Evidence, 'architectures' | 'ipv6'>> {
  const request = { path: '/api/v1/nodes', operation: 'list nodes' };
  const [all, some] = await Promise.all([
    listPart(reader, { ...request, metadataOnly: true }),
    listPart(reader, { ...request, first: SAMPLE }),
  ]);
  return {
    architectures: mapPart(all, (nodes) => {
      const counts = new Map<string, number>();
      for (const node of nodes) {
        const architecture = architectureOf(node) || 'unknown';
        counts.set(architecture, (counts.get(architecture) ?? 0) + 1);
      }
      return Object.fromEntries([...counts].sort());
    }),
    ipv6: mapPart(some, (nodes) => nodes.some(hasIpv6Range)),
  };
}
