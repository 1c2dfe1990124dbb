import { equal } from '../json.ts';
import type { PodTemplate, StringMap } from './objects.ts';
import { safeEncode } from './random.ts';

export const POD_TEMPLATE_HASH = 'pod-template-hash';

const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/** The hash by which controllers name what they make of a template, for example `5cf678fb77`. */
export function templateHash(template: PodTemplate, collisions = 0): string {
  let hash = FNV_OFFSET;
  for (const character of `${collisions}${canonical(template)}`) {
    hash = Math.imul(hash ^ character.charCodeAt(0), FNV_PRIME) >>> 0;
  }
  return safeEncode(String(hash));
}

/** Whether two templates ask for the same pods; the label that a ReplicaSet adds does not count. */
export function sameTemplate(a: PodTemplate, b: PodTemplate): boolean {
  return (
    equal(a.spec, b.spec) &&
    equal(withoutHash(a.metadata?.labels), withoutHash(b.metadata?.labels)) &&
    equal(a.metadata?.annotations ?? {}, b.metadata?.annotations ?? {})
  );
}

function withoutHash(labels: StringMap = {}): StringMap {
  const { [POD_TEMPLATE_HASH]: _hash, ...rest } = labels;
  return rest;
}

/** JSON with sorted keys, so that the order in which a client wrote them does not matter. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) => {
    if (typeof part !== 'object' || part === null || Array.isArray(part)) return part;
    return Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}
