import { badRequest } from './api-error.ts';
import { arrayAt, at, isObject, numberAt, stringAt, stringMapAt } from './json.ts';
import { events, nodes, pods } from './resources.ts';
import type { KubeObject, ResourceType } from './types.ts';

export type Matcher = (object: KubeObject) => boolean;

/** A selector of a request; `everything` when it selects all. */
export interface Selector {
  readonly everything: boolean;
  readonly matches: Matcher;
}

const EVERYTHING: Selector = { everything: true, matches: () => true };

/** Both selectors of a request. Throws a 400 ApiError on one that cannot be read. */
export function parseSelectors(resource: ResourceType, query: URLSearchParams): Selector {
  const labels = query.get('labelSelector') ?? '';
  const fields = query.get('fieldSelector') ?? '';
  const matchers: Matcher[] = [];
  if (labels !== '') {
    const matchesLabels = parseLabelSelector(labels);
    matchers.push((object) => matchesLabels(labelsOf(object)));
  }
  if (fields !== '') matchers.push(parseFieldSelector(resource, fields));
  if (matchers.length === 0) return EVERYTHING;
  return { everything: false, matches: (object) => matchers.every((matches) => matches(object)) };
}

type Labels = Readonly<Record<string, unknown>>;

const NO_LABELS: Labels = {};

function labelsOf(object: KubeObject): Labels {
  const labels = object.metadata.labels;
  return isObject(labels) ? labels : NO_LABELS;
}

const LABEL_KEY = String.raw`(?:[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?/)?[A-Za-z0-9](?:[-\w.]{0,61}[A-Za-z0-9])?`;
const LABEL_VALUE = String.raw`(?:[A-Za-z0-9](?:[-\w.]{0,61}[A-Za-z0-9])?)?`;
const SET_REQUIREMENT = new RegExp(`^(${LABEL_KEY})\\s+(in|notin)\\s*\\(([^)]*)\\)$`);
const EQUALITY_REQUIREMENT = new RegExp(`^(${LABEL_KEY})\\s*(==|=|!=)\\s*(${LABEL_VALUE})$`);
const EXISTENCE_REQUIREMENT = new RegExp(`^(!?)\\s*(${LABEL_KEY})$`);

/**
 * The textual form of a label selector, all requirements joined by "and"; `!=` and `notin` also hold without the key.
 * Source: kubernetes/apimachinery `pkg/labels/selector.go`. Throws a 400 ApiError.
 */
export function parseLabelSelector(text: string): (labels: Labels) => boolean {
  const requirements = splitOutsideParentheses(text).map((part) => parseRequirement(part.trim(), text));
  return (labels) => requirements.every((holds) => holds(labels));
}

function splitOutsideParentheses(text: string): readonly string[] {
  return text.split(/,(?![^(]*\))/);
}

function parseRequirement(part: string, whole: string): (labels: Labels) => boolean {
  const set = SET_REQUIREMENT.exec(part);
  if (set !== null) {
    const [, key = '', operator, list = ''] = set;
    const values = new Set(list.split(',').map((value) => value.trim()));
    if (operator === 'in') return (labels) => key in labels && values.has(String(labels[key]));
    return (labels) => !(key in labels) || !values.has(String(labels[key]));
  }
  const equality = EQUALITY_REQUIREMENT.exec(part);
  if (equality !== null) {
    const [, key = '', operator, value = ''] = equality;
    return operator === '!=' ? (labels) => labels[key] !== value : (labels) => labels[key] === value;
  }
  const existence = EXISTENCE_REQUIREMENT.exec(part);
  if (existence !== null) {
    const [, not, key = ''] = existence;
    return not === '!' ? (labels) => !(key in labels) : (labels) => key in labels;
  }
  throw badRequest(
    `unable to parse requirement: ${JSON.stringify(part)} is no valid label requirement (in ${JSON.stringify(whole)})`,
  );
}

/** The structured form, as in `spec.selector`. An empty selector matches everything, a missing one nothing. */
export function labelSelectorMatches(selector: unknown, labels: Labels): boolean {
  if (selector === undefined || selector === null) return false;
  const wanted = Object.entries(stringMapAt(selector, 'matchLabels'));
  if (!wanted.every(([key, value]) => labels[key] === value)) return false;
  return arrayAt(selector, 'matchExpressions').every((expression) => {
    const key = stringAt(expression, 'key');
    const values = arrayAt(expression, 'values');
    switch (stringAt(expression, 'operator')) {
      case 'In':
        return key in labels && values.includes(labels[key]);
      case 'NotIn':
        return !(key in labels) || !values.includes(labels[key]);
      case 'Exists':
        return key in labels;
      case 'DoesNotExist':
        return !(key in labels);
      default:
        return false;
    }
  });
}

const COMMON_FIELDS = ['metadata.name', 'metadata.namespace'];
const POD_FIELDS = [
  'spec.nodeName',
  'spec.restartPolicy',
  'spec.schedulerName',
  'spec.serviceAccountName',
  'spec.hostNetwork',
  'status.phase',
  'status.podIP',
  'status.nominatedNodeName',
];
const EVENT_FIELDS = [
  'involvedObject.kind',
  'involvedObject.namespace',
  'involvedObject.name',
  'involvedObject.uid',
  'involvedObject.apiVersion',
  'involvedObject.resourceVersion',
  'involvedObject.fieldPath',
  'reason',
  'reportingComponent',
  'source',
  'type',
];

function selectableFields(resource: ResourceType): readonly string[] {
  if (resource === pods) return [...COMMON_FIELDS, ...POD_FIELDS];
  if (resource === events) return [...COMMON_FIELDS, ...EVENT_FIELDS];
  if (resource === nodes) return ['metadata.name', 'spec.unschedulable'];
  return COMMON_FIELDS;
}

function parseFieldSelector(resource: ResourceType, text: string): Matcher {
  const terms = text.split(/(?<!\\),/).map((term) => {
    const [, path = '', operator = '', value = ''] = /^([^=!]+)(==|=|!=)(.*)$/s.exec(term) ?? [];
    if (operator === '') throw badRequest(`invalid selector: '${text}'; can't understand '${term}'`);
    if (!selectableFields(resource).includes(path)) throw badRequest(`field label not supported: ${path}`);
    const wanted = value.replace(/\\([\\,=])/g, '$1');
    return (object: KubeObject) => (fieldValue(object, path) === wanted) === (operator !== '!=');
  });
  return (object) => terms.every((holds) => holds(object));
}

function fieldValue(object: KubeObject, path: string): string {
  if (path === 'source') return stringAt(object, 'source', 'component');
  const value = at(object, ...path.split('.'));
  if (path === 'spec.hostNetwork' || path === 'spec.unschedulable') return String(value === true);
  return typeof value === 'number'
    ? String(numberAt(object, ...path.split('.')))
    : stringAt(object, ...path.split('.'));
}
