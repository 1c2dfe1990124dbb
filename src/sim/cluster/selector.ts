import type { LabelSelector, StringMap } from './objects.ts';

/**
 * Whether labels satisfy a selector; an absent selector selects everything.
 * Source: kubernetes/apimachinery `pkg/labels/selector.go` (`NotIn` holds for a missing key).
 */
export function selects(selector: LabelSelector | undefined, labels: StringMap = {}): boolean {
  const wanted = Object.entries(selector?.matchLabels ?? {});
  if (!wanted.every(([key, value]) => labels[key] === value)) return false;
  return (selector?.matchExpressions ?? []).every(({ key, operator, values = [] }) => {
    const value = labels[key];
    switch (operator) {
      case 'In':
        return value !== undefined && values.includes(value);
      case 'NotIn':
        return value === undefined || !values.includes(value);
      case 'Exists':
        return value !== undefined;
      case 'DoesNotExist':
        return value === undefined;
      default:
        return false;
    }
  });
}
