import { RUN_LEASE } from '../../data/own.ts';
import type { AccessQuestion } from '../../kube/access.ts';
import type { KubeClient } from '../../kube/client.ts';
import { workloadResources } from '../../kube/resources.ts';
import type { PlanItem } from '../plan/plan.ts';
import { type AccessFacts, type WorkloadId, workloadId } from './facts.ts';
import { inParallel } from './in-parallel.ts';
import { isWorkloadKind } from './items.ts';
import { LANES } from './read-parts.ts';

/** A right that was there is not asked for again for so long; one that was missing is, since it may be granted. */
const KEPT_MS = 10 * 60_000;

/** When a right was last there, by question: outlives one preflight. */
export type KnownRights = Map<string, number>;

/** The access reviews of one preflight, each asked once for all who want to know. */
export class AccessReviews {
  readonly #client: KubeClient;
  readonly #known: KnownRights;
  readonly #signal: AbortSignal;
  readonly #answers = new Map<string, Promise<AccessFacts>>();

  constructor(client: KubeClient, known: KnownRights, signal: AbortSignal) {
    this.#client = client;
    this.#known = known;
    this.#signal = signal;
  }

  async may(question: AccessQuestion): Promise<AccessFacts> {
    const key = JSON.stringify(question);
    const since = this.#known.get(key) ?? Number.NEGATIVE_INFINITY;
    if (this.#client.clock.now() - since < KEPT_MS) {
      return ALLOWED;
    }
    const answer = this.#answers.get(key) ?? this.#ask(question, key);
    this.#answers.set(key, answer);
    return answer;
  }

  async #ask(question: AccessQuestion, key: string): Promise<AccessFacts> {
    const { allowed, reason } = await this.#client.canI(question, { signal: this.#signal });
    if (!allowed) {
      return { allowed, missing: rightOf(question), reason };
    }
    this.#known.set(key, this.#client.clock.now());
    return ALLOWED;
  }
}

const ALLOWED: AccessFacts = { allowed: true, missing: '', reason: '' };

function rightOf({ verb, group, resource, subresource = '' }: AccessQuestion): string {
  const kind = group === '' ? resource : `${resource}.${group}`;
  return `${verb} ${kind}${subresource === '' ? '' : `/${subresource}`}`;
}

/**
 * Whether each workload may be restarted. One review for each namespace and kind that occurs; where that says no, one
 * for each name, since a role may name its objects.
 */
export async function readAccess(
  reviews: AccessReviews,
  items: readonly PlanItem[],
): Promise<ReadonlyMap<WorkloadId, AccessFacts>> {
  const answers = await inParallel(items, LANES, async (item) => {
    for (const question of questionsFor(item)) {
      const general = await reviews.may(question);
      const answer =
        general.allowed || !isNameable(question)
          ? general
          : await reviews.may({ ...question, name: item.key.name });
      if (!answer.allowed) {
        return answer;
      }
    }
    return ALLOWED;
  });
  return new Map(items.map(({ key }, index) => [workloadId(key), answers[index] ?? ALLOWED]));
}

/** What is watched or created is not named, so that no role can allow it for one object. */
function isNameable({ verb }: AccessQuestion): boolean {
  return verb !== 'create' && verb !== 'watch';
}

function questionsFor({ key: { kind, namespace }, method }: PlanItem): readonly AccessQuestion[] {
  if (!isWorkloadKind(kind)) {
    return [];
  }
  const { group, plural: resource } = workloadResources[kind];
  const patch = { verb: 'patch', group, resource, namespace };
  // A restart whose effect is not told of would wait for it until its deadline.
  const watch = { verb: 'watch', group, resource, namespace };
  const evict = { verb: 'create', group: '', resource: 'pods', subresource: 'eviction', namespace };
  return method === 'evict' ? [patch, watch, evict] : [patch, watch];
}

/** Whether the Lease that keeps runs apart may be had. */
export async function readLockAccess(reviews: AccessReviews, namespace: string): Promise<AccessFacts> {
  const lease = { group: 'coordination.k8s.io', resource: 'leases', namespace };
  const questions: readonly AccessQuestion[] = [
    { ...lease, verb: 'get', name: RUN_LEASE },
    // The name of what is created is not known to the authoriser.
    { ...lease, verb: 'create' },
    { ...lease, verb: 'update', name: RUN_LEASE },
  ];
  const answers = await inParallel(questions, LANES, (question) => reviews.may(question));
  return answers.find(({ allowed }) => !allowed) ?? ALLOWED;
}
