import { arrayAt, at, numberAt, stringAt, stringMapAt } from '../json.ts';
import {
  daemonSets,
  deployments,
  events,
  jobs,
  namespaces,
  nodes,
  pods,
  replicaSets,
  statefulSets,
} from '../resources.ts';
import type { KubeObject, ResourceType } from '../types.ts';
import { humanDuration } from './duration.ts';
import { summarizePod } from './pod-status.ts';

/** One column of a server-side table. */
export interface Column {
  readonly name: string;
  readonly type: 'string' | 'integer';
  /** `name` for the column that kubectl puts in front. */
  readonly format: string;
  readonly description: string;
  /** 0 is always shown, 1 only with `-o wide`. */
  readonly priority: number;
  /** `now` in milliseconds since the epoch. */
  readonly cell: (object: KubeObject, now: number) => string | number;
}

type Cell = Column['cell'];

function column(name: string, description: string, cell: Cell, options: Partial<Column> = {}): Column {
  return { name, type: 'string', format: '', description, priority: 0, cell, ...options };
}

function wide(name: string, description: string, cell: Cell): Column {
  return column(name, description, cell, { priority: 1 });
}

function count(name: string, description: string, ...path: readonly string[]): Column {
  return column(name, description, (object) => numberAt(object, ...path), { type: 'integer' });
}

const NONE = '<none>';

const name = column('Name', 'Name of the object.', (object) => object.metadata.name, { format: 'name' });
const age = column('Age', 'Time since the object was created.', (object, now) =>
  since(stringAt(object, 'metadata', 'creationTimestamp'), now),
);

function since(time: string, now: number): string {
  const ms = Date.parse(time);
  return Number.isNaN(ms) ? '<unknown>' : humanDuration(now - ms);
}

const containerNames = wide('Containers', 'Names of the containers in the template.', (object) =>
  templateContainers(object)
    .map((container) => stringAt(container, 'name'))
    .join(','),
);
const images = wide('Images', 'Images of the containers in the template.', (object) =>
  templateContainers(object)
    .map((container) => stringAt(container, 'image'))
    .join(','),
);
const selector = wide('Selector', 'Label selector of the pods.', (object) =>
  selectorText(at(object, 'spec', 'selector')),
);

function templateContainers(object: KubeObject): readonly unknown[] {
  return arrayAt(object, 'spec', 'template', 'spec', 'containers');
}

/** A label selector as text, as `kubectl get -o wide` and the scale subresource show it. */
export function selectorText(value: unknown): string {
  const equalities = Object.entries(stringMapAt(value, 'matchLabels')).map(
    ([key, wanted]) => `${key}=${wanted}`,
  );
  const expressions = arrayAt(value, 'matchExpressions').map((expression) => {
    const key = stringAt(expression, 'key');
    const values = `(${arrayAt(expression, 'values').join(',')})`;
    switch (stringAt(expression, 'operator')) {
      case 'In':
        return `${key} in ${values}`;
      case 'NotIn':
        return `${key} notin ${values}`;
      case 'Exists':
        return key;
      default:
        return `!${key}`;
    }
  });
  const text = [...equalities, ...expressions].join(',');
  return text === '' ? NONE : text;
}

function restarts(pod: KubeObject, now: number): string {
  const { restarts: times, lastRestart } = summarizePod(pod);
  return times === 0 || lastRestart === undefined
    ? `${times}`
    : `${times} (${humanDuration(now - lastRestart)} ago)`;
}

function jobDuration(job: KubeObject, now: number): string {
  const started = Date.parse(stringAt(job, 'status', 'startTime'));
  if (Number.isNaN(started)) return '';
  const completed = Date.parse(stringAt(job, 'status', 'completionTime'));
  return humanDuration((Number.isNaN(completed) ? now : completed) - started);
}

function nodeStatus(node: KubeObject): string {
  const ready = arrayAt(node, 'status', 'conditions').find(
    (condition) => stringAt(condition, 'type') === 'Ready',
  );
  const status =
    ready === undefined ? 'Unknown' : stringAt(ready, 'status') === 'True' ? 'Ready' : 'NotReady';
  return at(node, 'spec', 'unschedulable') === true ? `${status},SchedulingDisabled` : status;
}

function nodeRoles(node: KubeObject): string {
  const prefix = 'node-role.kubernetes.io/';
  const roles = Object.keys(stringMapAt(node, 'metadata', 'labels'))
    .filter((key) => key.startsWith(prefix))
    .map((key) => key.slice(prefix.length));
  return roles.length === 0 ? NONE : roles.sort().join(',');
}

const columns: ReadonlyMap<ResourceType, readonly Column[]> = new Map([
  [
    pods,
    [
      name,
      column('Ready', 'Ready containers and all containers.', (pod) => {
        const { ready, total } = summarizePod(pod);
        return `${ready}/${total}`;
      }),
      column('Status', 'Status of the containers in one word.', (pod) => summarizePod(pod).status),
      column('Restarts', 'How often containers of the pod were restarted.', restarts),
      age,
      wide('IP', 'IP address of the pod.', (pod) => stringAt(pod, 'status', 'podIP') || NONE),
      wide('Node', 'Node the pod runs on.', (pod) => stringAt(pod, 'spec', 'nodeName') || NONE),
      wide(
        'Nominated Node',
        'Node that preemption makes room on.',
        (pod) => stringAt(pod, 'status', 'nominatedNodeName') || NONE,
      ),
      wide('Readiness Gates', 'Conditions that readiness also waits for.', () => NONE),
    ],
  ],
  [
    deployments,
    [
      name,
      column(
        'Ready',
        'Ready pods and desired pods.',
        (object) => `${numberAt(object, 'status', 'readyReplicas')}/${numberAt(object, 'spec', 'replicas')}`,
      ),
      column('Up-to-date', 'Pods of the newest template.', (object) =>
        String(numberAt(object, 'status', 'updatedReplicas')),
      ),
      column('Available', 'Pods ready for minReadySeconds.', (object) =>
        String(numberAt(object, 'status', 'availableReplicas')),
      ),
      age,
      containerNames,
      images,
      selector,
    ],
  ],
  [
    statefulSets,
    [
      name,
      column(
        'Ready',
        'Ready pods and desired pods.',
        (object) => `${numberAt(object, 'status', 'readyReplicas')}/${numberAt(object, 'spec', 'replicas')}`,
      ),
      age,
      containerNames,
      images,
    ],
  ],
  [
    daemonSets,
    [
      name,
      count('Desired', 'Nodes that should run the pod.', 'status', 'desiredNumberScheduled'),
      count('Current', 'Nodes that run the pod.', 'status', 'currentNumberScheduled'),
      count('Ready', 'Nodes whose pod is ready.', 'status', 'numberReady'),
      count('Up-to-date', 'Nodes with a pod of the newest template.', 'status', 'updatedNumberScheduled'),
      count('Available', 'Nodes whose pod is available.', 'status', 'numberAvailable'),
      column('Node Selector', 'Nodes that the pods may run on.', (object) => {
        const wanted = stringMapAt(object, 'spec', 'template', 'spec', 'nodeSelector');
        const text = Object.entries(wanted)
          .map(([key, value]) => `${key}=${value}`)
          .join(',');
        return text === '' ? NONE : text;
      }),
      age,
      containerNames,
      images,
      selector,
    ],
  ],
  [
    replicaSets,
    [
      name,
      count('Desired', 'Desired pods.', 'spec', 'replicas'),
      count('Current', 'Pods that exist.', 'status', 'replicas'),
      count('Ready', 'Ready pods.', 'status', 'readyReplicas'),
      age,
      containerNames,
      images,
      selector,
    ],
  ],
  [
    jobs,
    [
      name,
      column(
        'Completions',
        'Completed and desired runs.',
        (job) => `${numberAt(job, 'status', 'succeeded')}/${numberAt(job, 'spec', 'completions') || 1}`,
      ),
      column('Duration', 'Time the job took, or has taken.', jobDuration),
      age,
      containerNames,
      images,
      selector,
    ],
  ],
  [
    namespaces,
    [name, column('Status', 'Phase of the namespace.', (object) => stringAt(object, 'status', 'phase')), age],
  ],
  [
    nodes,
    [
      name,
      column('Status', 'Readiness of the node.', nodeStatus),
      column('Roles', 'Roles of the node.', nodeRoles),
      age,
      column('Version', 'Version of the kubelet.', (node) =>
        stringAt(node, 'status', 'nodeInfo', 'kubeletVersion'),
      ),
    ],
  ],
  [
    events,
    [
      column('Last Seen', 'Time since the event was seen last.', (event, now) =>
        since(stringAt(event, 'lastTimestamp') || stringAt(event, 'metadata', 'creationTimestamp'), now),
      ),
      column('Type', 'Normal or Warning.', (event) => stringAt(event, 'type')),
      column('Reason', 'Reason in one word.', (event) => stringAt(event, 'reason')),
      column('Object', 'Object the event is about.', (event) => {
        const kind = stringAt(event, 'involvedObject', 'kind').toLowerCase();
        return `${kind}/${stringAt(event, 'involvedObject', 'name')}`;
      }),
      column('Message', 'What happened.', (event) => stringAt(event, 'message').trim()),
      wide('Name', 'Name of the event.', (event) => event.metadata.name),
    ],
  ],
]);

/** The columns of a resource's table; name and age where nothing more is known. */
export function columnsOf(resource: ResourceType): readonly Column[] {
  return columns.get(resource) ?? [name, age];
}
