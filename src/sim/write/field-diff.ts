import { type Field, type FieldType, type Message, messageNamed } from '../encode/message.ts';
import { equal, isObject } from '../json.ts';
import { childPath } from './field-set.ts';

/** What an update did to an object, in paths of managedFields. */
export interface FieldDiff {
  /** Set or given another value. */
  readonly changed: ReadonlySet<string>;
  /** Taken away, everything below included. */
  readonly removed: readonly string[];
}

/** Messages that are owned as a whole (`structType=atomic`, or a union that is replaced at once). */
const ATOMIC_MESSAGES = new Set([
  'LabelSelector',
  'ObjectReference',
  'LocalObjectReference',
  'ObjectFieldSelector',
  'ResourceFieldSelector',
  'SecretKeySelector',
  'ConfigMapKeySelector',
  'NodeSelector',
  'NodeSelectorTerm',
  'TypedLocalObjectReference',
  'CrossVersionObjectReference',
  'OwnerReference',
]);

const ATOMIC_MAPS = new Set(['nodeSelector', 'selector']);

/** Lists whose items are owned one by one, by the keys that name an item. All others are owned as a whole. */
const LIST_KEYS: Readonly<Record<string, readonly string[]>> = {
  Container: ['name'],
  EphemeralContainer: ['name'],
  EnvVar: ['name'],
  ContainerPort: ['containerPort', 'protocol'],
  ServicePort: ['port', 'protocol'],
  Volume: ['name'],
  VolumeMount: ['mountPath'],
  VolumeDevice: ['devicePath'],
  LocalObjectReference: ['name'],
  OwnerReference: ['uid'],
  HostAlias: ['ip'],
  PodIP: ['ip'],
  NodeAddress: ['type'],
  TopologySpreadConstraint: ['topologyKey', 'whenUnsatisfiable'],
  MutatingWebhook: ['name'],
  Condition: ['type'],
  PodCondition: ['type'],
  DeploymentCondition: ['type'],
  StatefulSetCondition: ['type'],
  DaemonSetCondition: ['type'],
  ReplicaSetCondition: ['type'],
  NamespaceCondition: ['type'],
  NodeCondition: ['type'],
  HorizontalPodAutoscalerCondition: ['type'],
};

const DEFAULT_KEYS: Readonly<Record<string, unknown>> = { protocol: 'TCP' };
/** Lists that an empty object shows as `null`, so that they are never new. */
const STANDING_LISTS = new Set(['containers']);
const SETS_OF_STRINGS = new Set(['finalizers']);

/** Fields of which ownership is not recorded. Source: kubernetes/apimachinery `pkg/util/managedfields/internal/stripmeta.go`. */
const UNOWNED = ['apiVersion', 'kind'];
const UNOWNED_METADATA = [
  'name',
  'namespace',
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'selfLink',
  'managedFields',
];

type Node =
  | { readonly kind: 'leaf' }
  | { readonly kind: 'struct'; readonly fields: ReadonlyMap<string, Field> }
  | { readonly kind: 'map'; readonly value: Node }
  | { readonly kind: 'list'; readonly item: Node; readonly keys: readonly string[] }
  | { readonly kind: 'set' }
  /** A part of a custom resource: what it is shows in the value. */
  | { readonly kind: 'deduced' };

const LEAF: Node = { kind: 'leaf' };
const DEDUCED: Node = { kind: 'deduced' };

type Json = Readonly<Record<string, unknown>>;

/** Compares two versions of an object of this kind; a creation compares with an empty object. */
export function diffFields(kind: string, custom: boolean, before: Json, after: Json): FieldDiff {
  const changed = new Set<string>();
  const removed: string[] = [];

  function leaf(old: unknown, now: unknown, path: string): void {
    if (equal(old, now)) return;
    if (now === undefined) removed.push(path);
    else changed.add(path);
  }

  function visit(old: unknown, now: unknown, node: Node, path: string): void {
    if (equal(old, now)) return;
    if (now === undefined) leaf(old, now, path);
    else if (node.kind === 'set' || node.kind === 'list') visitList(old, now, node, path);
    else if (node.kind === 'leaf' || !isObject(now)) leaf(old, now, path);
    else visitFields(isObject(old) ? old : undefined, now, node, path);
  }

  function visitFields(old: Json | undefined, now: Json, node: Node, path: string): void {
    if (old === undefined) changed.add(path);
    for (const key of new Set([...Object.keys(old ?? {}), ...Object.keys(now)])) {
      visitChild(old, now, node, key, childPath(path, `f:${key}`));
    }
  }

  function visitChild(previous: Json | undefined, now: Json, node: Node, key: string, path: string): void {
    const field = node.kind === 'struct' ? node.fields.get(key) : undefined;
    const child = childNode(node, field);
    // A struct that is no pointer in Go is there even when JSON does not show it, once its parent is.
    const standing = field?.always === true && child.kind === 'struct';
    const absent = standing ? {} : STANDING_LISTS.has(key) ? [] : undefined;
    visit(previous === undefined ? undefined : (previous[key] ?? absent), now[key] ?? absent, child, path);
  }

  function visitList(old: unknown, now: unknown, node: Node & { kind: 'set' | 'list' }, path: string): void {
    const items = Array.isArray(now) ? now : [];
    const oldItems = Array.isArray(old) ? old : [];
    const byElement = new Map(items.map((item) => [elementOf(item, node), item]));
    const oldByElement = new Map(oldItems.map((item) => [elementOf(item, node), item]));
    if (byElement.has(undefined) || oldByElement.has(undefined)) {
      leaf(old, now, path);
      return;
    }
    if (!Array.isArray(old)) changed.add(path);
    for (const element of new Set([...oldByElement.keys(), ...byElement.keys()])) {
      if (element === undefined) continue;
      const item = node.kind === 'list' ? node.item : LEAF;
      visit(oldByElement.get(element), byElement.get(element), item, childPath(path, element));
    }
  }

  const root = rootNode(kind, custom);
  for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
    if (UNOWNED.includes(key)) continue;
    const [old, now] =
      key === 'metadata' ? [owned(before[key]), owned(after[key])] : [before[key], after[key]];
    visitChild({ [key]: old }, { [key]: now }, root, key, `f:${key}`);
  }
  return { changed, removed };
}

function owned(metadata: unknown): Json {
  if (!isObject(metadata)) return {};
  return Object.fromEntries(Object.entries(metadata).filter(([key]) => !UNOWNED_METADATA.includes(key)));
}

/** The path element that names an item of a list; undefined where a key is missing. */
function elementOf(item: unknown, node: Node & { kind: 'set' | 'list' }): string | undefined {
  if (node.kind === 'set') return `v:${JSON.stringify(item)}`;
  if (!isObject(item)) return undefined;
  const keys = node.keys.map((key): [string, unknown] => [key, item[key] ?? DEFAULT_KEYS[key]]);
  if (keys.some(([, value]) => value === undefined)) return undefined;
  return `k:${JSON.stringify(Object.fromEntries(keys))}`;
}

const structs = new Map<string, Node>();

function structNode(name: string): Node {
  const known = structs.get(name);
  if (known !== undefined) return known;
  const node: Node = {
    kind: 'struct',
    fields: new Map(flatFields(messageNamed(name)).map((field) => [field.name, field])),
  };
  structs.set(name, node);
  return node;
}

function flatFields(message: Message): readonly Field[] {
  return message.fields.flatMap((field) =>
    field.inline && field.type.kind === 'message' ? flatFields(messageNamed(field.type.message)) : [field],
  );
}

function rootNode(kind: string, custom: boolean): Node {
  if (!custom) return structNode(kind);
  const metadata: Field = {
    name: 'metadata',
    number: 1,
    always: true,
    inline: false,
    shape: 'single',
    type: { kind: 'message', message: 'ObjectMeta' },
  };
  return { kind: 'struct', fields: new Map([['metadata', metadata]]) };
}

function childNode(parent: Node, field: Field | undefined): Node {
  if (parent.kind === 'map') return parent.value;
  if (field === undefined) return DEDUCED;
  const { type, shape, name } = field;
  if (shape === 'map') return ATOMIC_MAPS.has(name) ? LEAF : { kind: 'map', value: LEAF };
  if (shape === 'list') return listNode(name, type);
  return type.kind === 'message' && !ATOMIC_MESSAGES.has(type.message) ? structNode(type.message) : LEAF;
}

function listNode(name: string, type: FieldType): Node {
  if (SETS_OF_STRINGS.has(name)) return { kind: 'set' };
  const keys = type.kind === 'message' ? LIST_KEYS[type.message] : undefined;
  if (type.kind !== 'message' || keys === undefined) return LEAF;
  return { kind: 'list', keys, item: ATOMIC_MESSAGES.has(type.message) ? LEAF : structNode(type.message) };
}
