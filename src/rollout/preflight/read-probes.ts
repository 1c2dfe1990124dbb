import { FIELD_MANAGER, type KubeClient } from '../../kube/client.ts';
import { KubeError } from '../../kube/errors.ts';
import { type JsonObject, objectAt } from '../../kube/json/value.ts';
import type { Part } from '../../kube/part.ts';
import { part } from '../../kube/part.ts';
import type { PodTemplate } from '../../kube/records.ts';
import { pods, resourcePath, workloadResources } from '../../kube/resources.ts';
import { proxyContainer, proxyOf } from '../../mesh/proxy.ts';
import type { WorkloadKey } from '../../mesh/view.ts';
import type { PlanItem } from '../plan/plan.ts';
import { type ProbeAnswer, type ProbeFacts, type ProbesFacts, workloadId } from './facts.ts';
import { inParallel } from './in-parallel.ts';
import { isWorkloadKind, namespacesOf } from './items.ts';
import { type PodRequests, podRequests } from './pod-requests.ts';
import { chooseProbes } from './probe-choice.ts';
import { injectorsFault, type ProbeFailure, probeFailure } from './probe-failure.ts';
import { probePod } from './probe-pod.ts';
import type { AccessReviews } from './read-access.ts';
import { LANES, type PartReader } from './read-parts.ts';

/** Probes under way at a time: each is one request to the injector. */
const PROBES_AT_A_TIME = 4;
/** Times that a probe is sent while the server is busy; the client's gate waits in between. */
const ATTEMPTS = 4;

/** A workload as the server stores it, in JSON; read once a preflight. */
export type WorkloadReader = (item: PlanItem) => Promise<Part<JsonObject>>;

export function workloadReader({ client, signal }: PartReader): WorkloadReader {
  const read = new Map<string, Promise<Part<JsonObject>>>();
  return ({ key }) => {
    const id = workloadId(key);
    const known = read.get(id) ?? part(() => readWorkload(client, key, signal));
    read.set(id, known);
    return known;
  };
}

async function readWorkload(
  client: KubeClient,
  { kind, namespace, name }: WorkloadKey,
  signal: AbortSignal,
): Promise<JsonObject> {
  const operation = `read ${kind.toLowerCase()} ${namespace}/${name}`;
  if (!isWorkloadKind(kind)) {
    throw new KubeError('not-found', `could not ${operation}: this program does not know the kind`);
  }
  return client.json({
    method: 'GET',
    path: resourcePath(workloadResources[kind], namespace, name),
    signal,
    operation,
  });
}

export interface ProbeReading {
  readonly reader: PartReader;
  readonly reviews: AccessReviews;
  readonly workload: WorkloadReader;
  readonly template: (item: PlanItem) => PodTemplate | undefined;
  /** Told what a pod came back with. */
  readonly onRequests: (item: PlanItem, requests: PodRequests) => void;
}

/**
 * Asks the API server, in a dry run, for one pod of each kind of template among `items`. Where one comes back
 * otherwise than with a proxy, the others of its kind are asked for too, so that each workload is judged by itself.
 */
export async function readProbes(reading: ProbeReading, items: readonly PlanItem[]): Promise<ProbesFacts> {
  const { reviews } = reading;
  const namespaces = namespacesOf(items);
  const rights = await inParallel(namespaces, LANES, (namespace) =>
    reviews.may({ verb: 'create', group: '', resource: 'pods', namespace }),
  );
  const forbidden = namespaces.filter((_, index) => rights[index]?.allowed !== true);
  const { groups, omitted } = chooseProbes(
    items.filter(({ key }) => !forbidden.includes(key.namespace)),
    reading.template,
  );
  const failures = new Map<number, ProbeFailure | undefined>();
  const firsts = await inParallel([...groups.entries()], PROBES_AT_A_TIME, async ([index, [first]]) => {
    if (isHopeless(failures)) {
      return undefined;
    }
    const facts = await probe(reading, first);
    failures.set(index, probeFailure(facts.answer));
    return facts;
  });
  const tried = firsts.filter((facts) => facts !== undefined);
  const rest = tried.every(({ answer }) => isInjectorsFault(probeFailure(answer)))
    ? []
    : groups.flatMap(([, ...others], index) => (failures.get(index) ? others : []));
  const seconds = await inParallel(rest, PROBES_AT_A_TIME, (item) => probe(reading, item));
  const untried = omitted + firsts.length - tried.length;
  return { asked: true, answers: [...tried, ...seconds], forbidden, omitted: untried };
}

/** Failures of an injector that does not answer. */
const silent: ReadonlySet<ProbeFailure> = new Set<ProbeFailure>(['unreachable', 'bare']);

/** When the injector fails for the first that ask, it would for all others, each after its time-out. */
function isHopeless(failures: ReadonlyMap<number, ProbeFailure | undefined>): boolean {
  const seen = [...failures.values()];
  return (
    seen.length >= PROBES_AT_A_TIME && seen.every((failure) => failure !== undefined && silent.has(failure))
  );
}

function isInjectorsFault(failure: ProbeFailure | undefined): boolean {
  return failure !== undefined && injectorsFault.has(failure);
}

async function probe(reading: ProbeReading, item: PlanItem): Promise<ProbeFacts> {
  const { key } = item;
  const workload = await reading.workload(item);
  if (workload.state !== 'known') {
    const why = workload.state === 'unreadable' ? workload.why : '';
    return { key, answer: workload.state === 'absent' ? { answer: 'gone' } : { answer: 'unprobed', why } };
  }
  const pod = probePod(workload.value);
  if (!pod) {
    return { key, answer: { answer: 'unprobed', why: 'its pod template stands in another object' } };
  }
  const answered = await tryPod(reading.reader, key, pod);
  if ('unprobed' in answered) {
    return { key, answer: { answer: 'unprobed', why: answered.unprobed } };
  }
  if ('message' in answered) {
    return { key, answer: { answer: 'refused', message: answered.message } };
  }
  reading.onRequests(item, podRequests(objectAt(answered.pod, 'spec')));
  return { key, answer: answerOf(answered.pod) };
}

type Tried =
  | { readonly pod: JsonObject }
  | { readonly message: string }
  /** The right to try is missing after all. */
  | { readonly unprobed: string };

/**
 * The pod as it would be stored, or what admission says against it.
 * @throws KubeError when nobody answered
 */
async function tryPod(
  { client, signal }: PartReader,
  { kind, namespace, name }: WorkloadKey,
  body: JsonObject,
): Promise<Tried> {
  for (let attempt = 1; ; attempt++) {
    try {
      const pod = await client.json({
        method: 'POST',
        path: resourcePath(pods, namespace),
        query: { dryRun: 'All', fieldManager: FIELD_MANAGER },
        body,
        signal,
        operation: `try a pod of ${kind.toLowerCase()} ${namespace}/${name}`,
      });
      return { pod };
    } catch (error) {
      if (!(error instanceof KubeError)) {
        throw error;
      }
      // Nothing is stored, so trying again does no harm.
      if (error.kind === 'too-many-requests' && attempt < ATTEMPTS) {
        continue;
      }
      if (isUnauthorised(error)) {
        return { unprobed: error.detail };
      }
      if (isRefusal(error)) {
        return { message: error.detail };
      }
      throw error;
    }
  }
}

/** Whether it was the authoriser that refused, as RBAC words it, and not admission. */
function isUnauthorised({ kind, detail }: KubeError): boolean {
  return kind === 'forbidden' && /^pods is forbidden: .*cannot create resource "pods"/.test(detail);
}

/** Whether the server speaks of the pod, and not of its own state. */
function isRefusal({ kind, status, detail }: KubeError): boolean {
  if (detail === '' || kind === 'too-many-requests' || kind === 'unauthorized') {
    return false;
  }
  return (status >= 400 && status < 500) || /\bwebhook\b/.test(detail);
}

function answerOf(object: JsonObject): ProbeAnswer {
  const pod = pods.fromJson(object);
  const proxy = proxyOf(pod);
  if (!proxy) {
    return { answer: 'no-proxy' };
  }
  const ordinaryInit = proxyContainer(pod)?.init === true && !proxy.native;
  const shape = ordinaryInit ? 'ordinary-init' : proxy.native ? 'native' : 'container';
  return { answer: 'proxy', version: proxy.version, shape, trustRootSha256: pod.trustRootSha256 };
}
