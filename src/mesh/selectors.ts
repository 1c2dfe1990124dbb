import type { LabelSelector, LabelSelectorRequirement, Labels } from '../kube/records.ts';
import { list } from './words.ts';

/**
 * Whether a label selector matches, as Kubernetes' apimachinery decides: all parts must hold, an empty selector
 * matches everything, `NotIn` and `DoesNotExist` hold where the key is absent. An operator that does not exist
 * matches nothing.
 */
export function selects(selector: LabelSelector, labels: Labels): boolean {
  return mismatch(selector, labels) === undefined;
}

/** The first part of a selector that does not hold, in words; undefined when the selector matches. */
export function mismatch(selector: LabelSelector, labels: Labels): string | undefined {
  for (const key in selector.matchLabels) {
    const wanted = selector.matchLabels[key];
    if (labels[key] !== wanted) return `it asks for the label ${key}=${wanted}`;
  }
  for (const requirement of selector.matchExpressions) {
    if (!holds(requirement, labels)) return `it asks for ${describe(requirement)}`;
  }
  return undefined;
}

function holds({ key, operator, values }: LabelSelectorRequirement, labels: Labels): boolean {
  const value = Object.hasOwn(labels, key) ? labels[key] : undefined;
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
}

function describe({ key, operator, values }: LabelSelectorRequirement): string {
  switch (operator) {
    case 'In':
      return `the label ${key} to be ${either(values)}`;
    case 'NotIn':
      return `the label ${key} not to be ${either(values)}`;
    case 'Exists':
      return `the label ${key}`;
    case 'DoesNotExist':
      return `no label ${key}`;
    default:
      return `${key} with the unknown operator "${operator}" (${list(values)})`;
  }
}

function either(values: readonly string[]): string {
  return list(values).replace(/ and ([^ ]*)$/, ' or $1');
}

/** A selector as kubectl writes it: `a=b,c in (d,e),!f`; `everything` for an empty one. */
export function selectorText({ matchLabels, matchExpressions }: LabelSelector): string {
  const parts = [
    ...Object.entries(matchLabels).map(([key, value]) => `${key}=${value}`),
    ...matchExpressions.map(requirementText),
  ];
  return parts.length === 0 ? 'everything' : parts.join(',');
}

function requirementText({ key, operator, values }: LabelSelectorRequirement): string {
  switch (operator) {
    case 'In':
      return `${key} in (${values.join(',')})`;
    case 'NotIn':
      return `${key} notin (${values.join(',')})`;
    case 'Exists':
      return key;
    case 'DoesNotExist':
      return `!${key}`;
    default:
      return `${key} ${operator} (${values.join(',')})`;
  }
}
