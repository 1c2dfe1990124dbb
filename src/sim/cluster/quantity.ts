import type { IntOrString } from './objects.ts';

/** A number, or a percentage of `total` rounded in the given direction. Source: apimachinery `pkg/util/intstr`. */
export function scaled(value: IntOrString, total: number, round: 'up' | 'down'): number {
  if (typeof value === 'number') return value;
  const share = (Number.parseInt(value, 10) * total) / 100;
  return round === 'up' ? Math.ceil(share) : Math.floor(share);
}
