import type { Plan, PlanItem, Wave } from './plan.ts';

/** Waves without those of which no item is left, and the items with the places of their waves among the others. */
export function packWaves(waves: readonly Wave[], items: readonly PlanItem[]): Pick<Plan, 'items' | 'waves'> {
  const used = new Set(items.map(({ wave }) => wave));
  const left = [...waves.entries()].filter(([index]) => used.has(index));
  const places = new Map(left.map(([index], place) => [index, place]));
  return {
    items: items.map((item) => ({ ...item, wave: places.get(item.wave) ?? 0 })),
    waves: left.map(([, wave]) => wave),
  };
}
