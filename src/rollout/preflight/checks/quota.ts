import { type Surge, surgeOf } from '../../../mesh/surge.ts';
import type { QuotaFacts, RequestFacts } from '../facts.ts';
import type { PodRequests, Requested } from '../pod-requests.ts';
import {
  type Check,
  excluded,
  type Subject,
  some,
  someOf,
  unknown,
  unreadable,
  type Verdict,
  warning,
} from '../verdict.ts';

/** What a quota counts, by each name that it may have for it. */
const counted: Readonly<Record<string, Requested | 'pods'>> = {
  pods: 'pods',
  'count/pods': 'pods',
  cpu: 'requests.cpu',
  memory: 'requests.memory',
  'requests.cpu': 'requests.cpu',
  'requests.memory': 'requests.memory',
  'limits.cpu': 'limits.cpu',
  'limits.memory': 'limits.memory',
};

/** Sums of decimal fractions are a little off. */
const TOLERANCE = 1e-9;

/** The quotas of a namespace leave room for the pods that an update starts before it takes old ones away. */
export const quota: Check = ({ facts: { quotas, requests }, subjects }) => {
  const verdicts: Verdict[] = [];
  const slowed: string[] = [];
  const unsure: Subject[] = [];
  const scoped = new Set<string>();
  for (const subject of subjects) {
    const { key, record } = subject;
    const part = quotas.get(key.namespace);
    const surge = record && surgeOf(record);
    if (part?.state !== 'known' || !surge || surge.above === 0) {
      continue;
    }
    const asked = requests.get(subject.id);
    const plain = part.value.filter((one) => !one.scoped);
    for (const { name } of part.value.filter((one) => one.scoped)) {
      scoped.add(`${key.namespace}/${name}`);
    }
    if (asked?.withProxy !== true && plain.some(countsRequests)) {
      unsure.push(subject);
    }
    const short = plain.flatMap((one) => shortage(one, surge, asked));
    if (short.length === 0) {
      continue;
    }
    const text = some(short.map((one) => `ResourceQuota ${key.namespace}/${one.quota} ${one.text}`));
    if (surge.below === 0 && short.some(({ pods }) => pods === 0)) {
      verdicts.push(
        excluded(
          subject,
          `${text}: its update must start a new pod before it may stop an old one (maxUnavailable 0); raise the quota`,
        ),
      );
    } else {
      slowed.push(`${subject.id} (${text})`);
    }
  }
  if (slowed.length > 0) {
    verdicts.push(
      warning('quota', `new pods will be refused for a while, until old ones have gone: ${some(slowed)}`),
    );
  }
  if (unsure.length > 0) {
    const text = `what new pods of ${someOf(unsure)} ask for with their proxy is not known, so the quota may be too small`;
    verdicts.push(unknown('quota', text));
  }
  if (scoped.size > 0) {
    const text = `ResourceQuota ${some([...scoped])} counts only pods of some scopes, so whether it leaves room is not known`;
    verdicts.push(unknown('quota', text));
  }
  return [
    ...verdicts,
    ...unreadable('quota', 'ResourceQuotas', quotas, 'whether they leave room for new pods is not known'),
  ];
};

function countsRequests({ hard }: QuotaFacts): boolean {
  return [...hard.keys()].some((resource) => (counted[resource] ?? 'pods') !== 'pods');
}

interface Shortage {
  readonly quota: string;
  /** Pods that still fit, fewer than the update would like to start. */
  readonly pods: number;
  readonly text: string;
}

/** The resource of a quota that leaves room for the fewest pods, if they are too few. */
function shortage(
  { name, hard, used }: QuotaFacts,
  surge: Surge,
  asked: RequestFacts | undefined,
): readonly Shortage[] {
  const shortages = [...hard].flatMap(([resource, limit]): Shortage[] => {
    const kind = counted[resource];
    const each = kind && amount(kind, asked?.requests);
    if (!each) {
      return [];
    }
    const taken = used.get(resource) ?? 0;
    const pods = Math.max(0, Math.floor((limit - taken) / each + TOLERANCE));
    const text = `leaves room for ${pods === 0 ? 'no further pod' : `${pods} of ${surge.above} further pods`} (${resource}: ${figure(taken)} of ${figure(limit)} used)`;
    return pods >= surge.above ? [] : [{ quota: name, pods, text }];
  });
  return shortages.sort((a, b) => a.pods - b.pods).slice(0, 1);
}

/** What one pod takes; 0 where nothing is known of it. */
function amount(kind: Requested | 'pods', requests: PodRequests | undefined): number {
  return kind === 'pods' ? 1 : (requests?.[kind] ?? 0);
}

const MEBI = 2 ** 20;

/** Cores as they are, bytes in Mi. */
function figure(value: number): string {
  if (value >= MEBI) {
    return `${Math.round(value / MEBI)}Mi`;
  }
  return String(Number(value.toFixed(3)));
}
