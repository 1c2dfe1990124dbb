import { effectsByInterest } from '../../mesh/tally.ts';
import type { EffectKind, WorkloadView } from '../../mesh/view.ts';
import { list, listUpTo } from '../../mesh/words.ts';

const words: Readonly<Record<EffectKind, string>> = {
  unmeshes: 'taken out of the mesh',
  downgrades: 'taken back to an older proxy',
  meshes: 'taken into the mesh',
  upgrades: 'upgraded',
  renews: 'renewed',
  unknown: 'not predictable',
  unsupported: 'not restarted by this program',
  static: 'left with the proxy of the manifest',
  pinned: 'kept at the pin',
  nothing: 'not changed',
};

/** `3 upgraded and 1 kept at the pin`. */
export function effectsText(effects: Readonly<Record<EffectKind, number>>): string {
  const present = effectsByInterest.filter((kind) => effects[kind] > 0);
  return list(present.map((kind) => `${effects[kind]} ${words[kind]}`));
}

/** Workloads that count, by effect; what moves first. */
export function workloadsByEffect(
  workloads: readonly WorkloadView[],
): readonly (readonly [EffectKind, readonly WorkloadView[]])[] {
  const counted = workloads.filter(({ pods, replicas }) => pods.live > 0 || replicas > 0);
  return effectsByInterest.flatMap((kind) => {
    const found = counted.filter(({ effect }) => effect.kind === kind);
    return found.length === 0 ? [] : [[kind, found] as const];
  });
}

/** Names that are shown; more are only counted. */
const MOST = 5;

/** Up to five names, and how many more there are. */
export function someOf(names: readonly string[]): string {
  if (names.length <= MOST) return names.join(', ');
  return listUpTo(MOST, names);
}
