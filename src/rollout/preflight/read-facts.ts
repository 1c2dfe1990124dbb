import type { KubeClient } from '../../kube/client.ts';
import { mapAt, objectAt } from '../../kube/json/value.ts';
import type { Part } from '../../kube/part.ts';
import { podDisruptionBudgets } from '../../kube/resources.ts';
import type { LiveSession } from '../../live/follow.ts';
import { missing } from '../../live/subjects.ts';
import type { PlanItem } from '../plan/plan.ts';
import type { PlanningInput } from '../plan/planner.ts';
import {
  type PreflightFacts,
  type ProbesFacts,
  type RequestFacts,
  type WorkloadId,
  workloadId,
} from './facts.ts';
import { inParallel } from './in-parallel.ts';
import { proxyRequests } from './injected-requests.ts';
import { namespacesOf } from './items.ts';
import { judgePreflight } from './judge.ts';
import { added, type PodRequests, podRequests } from './pod-requests.ts';
import { probePod } from './probe-pod.ts';
import { AccessReviews, type KnownRights, readAccess, readLockAccess } from './read-access.ts';
import {
  readConfig,
  readHeldBundles,
  readIssuer,
  readTrustBundle,
  readWebhook,
} from './read-control-plane.ts';
import { LANES, type PartReader } from './read-parts.ts';
import { readProbes, type WorkloadReader, workloadReader } from './read-probes.ts';
import {
  readAutoscalers,
  readCordonedNodes,
  readDataPlanes,
  readLease,
  readNamespaces,
  readQuotas,
} from './read-surroundings.ts';
import type { PreflightReport } from './report.ts';

/** Looks at everything that must hold before some workloads are restarted; see {@link createPreflight}. */
export type Preflight = (
  items: readonly PlanItem[],
  options: { readonly probe: boolean },
) => Promise<PreflightReport>;

export interface PreflightOptions {
  /** True while this program itself holds the lock of the cluster, which then is not another run's. */
  readonly holdsLock?: () => boolean;
}

/**
 * The preflight of a cluster that is followed. It reads side by side what the items need and no more, asks for no
 * Secret, and stores nothing. What may not be read is told as `unknown`. Rights that are there are remembered for ten
 * minutes. The function throws a KubeError when the server cannot be asked.
 */
export function createPreflight(
  client: KubeClient,
  session: LiveSession,
  { holdsLock = () => false }: PreflightOptions = {},
): Preflight {
  const known: KnownRights = new Map();
  return async (items, { probe }) => {
    const failing = new AbortController();
    const signal = AbortSignal.any([session.closed, failing.signal]);
    try {
      const facts = await readFacts({ client, signal }, session, items, { probe, holdsLock, known });
      return judgePreflight(facts, items, pictureOf(session));
    } catch (error) {
      // Nobody waits for the rest any more.
      failing.abort();
      throw error;
    }
  };
}

function pictureOf({ model }: LiveSession): PlanningInput {
  return { mesh: model.view(), workload: (key) => model.workload(key) };
}

interface Wanted {
  readonly probe: boolean;
  readonly holdsLock: () => boolean;
  readonly known: KnownRights;
}

async function readFacts(
  reader: PartReader,
  session: LiveSession,
  items: readonly PlanItem[],
  { probe, holdsLock, known }: Wanted,
): Promise<PreflightFacts> {
  const { client, signal } = reader;
  const { model } = session;
  const planning = pictureOf(session);
  const home = planning.mesh.controlPlane.namespace;
  const names = namespacesOf(items);
  const reviews = new AccessReviews(client, known, signal);
  const workload = workloadReader(reader);
  const injected = new Map<WorkloadId, PodRequests>();

  const trustBundle = readTrustBundle(reader, home);
  const [
    kubernetesVersion,
    webhook,
    config,
    bundle,
    heldBundles,
    issuer,
    namespaces,
    access,
    lockAccess,
    lease,
    quotas,
    autoscalers,
    cordoned,
    dataPlanes,
    probes,
  ] = await Promise.all([
    readKubernetesVersion(reader, session),
    readWebhook(reader),
    readConfig(reader, home),
    trustBundle,
    trustBundle.then((read) =>
      readHeldBundles(reader, model, read.state === 'known' ? read.value.sha256 : ''),
    ),
    readIssuer(reader, home),
    readNamespaces(reader, names),
    readAccess(reviews, items),
    readLockAccess(reviews, home),
    readForeignLease(reader, home, holdsLock),
    readQuotas(reader, names),
    readAutoscalers(reader, names),
    readCordonedNodes(reader),
    readDataPlanes(reader, names),
    probe ? probesOf(reader, reviews, workload, planning, items, injected) : NOT_PROBED,
  ]);
  const requests = await readRequests(items, { workload, injected, quotas, config, namespaces });
  return {
    now: client.clock.now() / 1000 + client.clockOffset,
    kubernetesVersion,
    webhook,
    config,
    trustBundle: bundle,
    heldBundles,
    issuer,
    namespaces,
    access,
    lockAccess,
    lease,
    quotas,
    requests,
    autoscalers,
    budgetsUnread: budgetsUnread(session, names),
    cordoned,
    dataPlanes,
    probes,
  };
}

/** Budgets are followed with all else; what cannot be followed is told by the session. */
function budgetsUnread({ store }: LiveSession, namespaces: readonly string[]): readonly string[] {
  const lost = new Set(store.get().unreadable.map(({ what }) => what));
  return namespaces.filter((name) => lost.has(missing(podDisruptionBudgets, name)));
}

const NOT_PROBED: ProbesFacts = { asked: false, answers: [], forbidden: [], omitted: 0 };

async function readKubernetesVersion({ client, signal }: PartReader, session: LiveSession): Promise<string> {
  const { kubernetesVersion } = session.store.get().cluster;
  return kubernetesVersion || (await client.version({ signal })).gitVersion;
}

function probesOf(
  reader: PartReader,
  reviews: AccessReviews,
  workload: WorkloadReader,
  planning: PlanningInput,
  items: readonly PlanItem[],
  injected: Map<WorkloadId, PodRequests>,
): Promise<ProbesFacts> {
  const reading = {
    reader,
    reviews,
    workload,
    template: ({ key }: PlanItem) => planning.workload(key)?.template,
    onRequests: ({ key }: PlanItem, requests: PodRequests) => void injected.set(workloadId(key), requests),
  };
  return readProbes(reading, items);
}

/** The Lease, unless it is our own. Asked again afterwards, since it may become ours meanwhile. */
async function readForeignLease(
  reader: PartReader,
  namespace: string,
  holdsLock: () => boolean,
): Promise<PreflightFacts['lease']> {
  if (holdsLock()) {
    return { state: 'absent' };
  }
  const lease = await readLease(reader, namespace);
  return holdsLock() ? { state: 'absent' } : lease;
}

type RequestSources = Pick<PreflightFacts, 'quotas' | 'config' | 'namespaces'> & {
  readonly workload: WorkloadReader;
  readonly injected: ReadonlyMap<WorkloadId, PodRequests>;
};

/** What new pods ask for, in namespaces that count it. */
async function readRequests(
  items: readonly PlanItem[],
  sources: RequestSources,
): Promise<ReadonlyMap<WorkloadId, RequestFacts>> {
  const { quotas, injected } = sources;
  const counted = items.filter(({ key }) => isCounted(quotas.get(key.namespace)));
  const found = await inParallel(
    counted,
    LANES,
    async (item): Promise<[WorkloadId, RequestFacts] | undefined> => {
      const id = workloadId(item.key);
      const probed = injected.get(id);
      const facts = probed ? { requests: probed, withProxy: true } : await templateRequests(item, sources);
      return facts && [id, facts];
    },
  );
  return new Map(found.filter((entry) => entry !== undefined));
}

function isCounted(
  quotas: Part<readonly { readonly hard: ReadonlyMap<string, number> }[]> | undefined,
): boolean {
  const read = quotas?.state === 'known' ? quotas.value : [];
  return read.some(({ hard }) => [...hard.keys()].some((resource) => /cpu|memory/.test(resource)));
}

async function templateRequests(
  item: PlanItem,
  { workload, config, namespaces }: RequestSources,
): Promise<RequestFacts | undefined> {
  const read = await workload(item);
  const pod = read.state === 'known' ? probePod(read.value) : undefined;
  if (!pod) {
    return undefined;
  }
  const application = podRequests(objectAt(pod, 'spec'));
  const defaults = config.state === 'known' ? config.value.proxyResources : undefined;
  const namespace = namespaces.get(item.key.namespace);
  if (!defaults || namespace?.state !== 'known') {
    return { requests: application, withProxy: false };
  }
  const settings = mapAt(objectAt(pod, 'metadata'), 'annotations');
  const proxy = proxyRequests(defaults, settings, namespace.value.annotations);
  return { requests: added(application, proxy), withProxy: true };
}
