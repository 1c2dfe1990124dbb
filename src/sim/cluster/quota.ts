import { AdmissionError } from '../api-error.ts';
import { at } from '../json.ts';
import type { Cluster } from './cluster.ts';
import type { Pod, PodSpec, ResourceQuota, StringMap } from './objects.ts';
import { isFinished } from './pods.ts';

/** Amounts by resource as a quota names it: pods, cores, bytes. */
type Amounts = ReadonlyMap<string, number>;

/** What a quota's name for a resource stands for. */
const SAME_AS: Readonly<Record<string, string>> = {
  'count/pods': 'pods',
  cpu: 'requests.cpu',
  memory: 'requests.memory',
};
const POD_RESOURCES = ['requests.cpu', 'requests.memory', 'limits.cpu', 'limits.memory'] as const;
const TOLERANCE = 1e-6;

/**
 * Refuses a pod that a ResourceQuota of its namespace has no room for. In a dry run too: then the pod is only not
 * counted afterwards. Source: kubernetes/apiserver and kubernetes `plugin/pkg/admission/resourcequota/controller.go`.
 */
export function checkQuota(cluster: Cluster, pod: Pod): void {
  const namespace = pod.metadata.namespace ?? '';
  for (const quota of cluster.list('ResourceQuota', namespace)) {
    const hard = Object.entries(quota.spec.hard ?? {});
    const asked = usageOf([pod]);
    const used = usageOf(counted(cluster, namespace));
    const over = hard
      .map(([resource]) => resource)
      .filter((resource) => {
        const wanted = amountOf(asked, resource);
        const limit = parseQuantity(quota.spec.hard?.[resource] ?? '');
        return wanted > 0 && amountOf(used, resource) + wanted > limit + TOLERANCE;
      });
    if (over.length === 0) continue;
    const list = (amount: (resource: string) => string): string =>
      over.map((resource) => `${resource}=${amount(resource)}`).join(',');
    const requested = list((resource) => formatQuantity(resource, amountOf(asked, resource)));
    const present = list((resource) => formatQuantity(resource, amountOf(used, resource)));
    const limited = list((resource) => quota.spec.hard?.[resource] ?? '');
    const why = `exceeded quota: ${quota.metadata.name}, requested: ${requested}, used: ${present}, limited: ${limited}`;
    const { name } = pod.metadata;
    throw new AdmissionError(`pods ${JSON.stringify(name)} is forbidden: ${why}`, 403, 'Forbidden', {
      name,
      kind: 'pods',
    });
  }
}

/** The status of a quota as things are. */
export function quotaStatus(cluster: Cluster, { metadata, spec }: ResourceQuota): ResourceQuota['status'] {
  const hard = spec.hard ?? {};
  const used = usageOf(counted(cluster, metadata.namespace ?? ''));
  const amounts: [string, string][] = Object.keys(hard).map((resource) => [
    resource,
    formatQuantity(resource, amountOf(used, resource)),
  ]);
  const counts: StringMap = Object.fromEntries(amounts);
  return { hard, used: counts };
}

/** Pods that count: all but those that have ended. */
function counted(cluster: Cluster, namespace: string): readonly Pod[] {
  return cluster.list('Pod', namespace).filter((pod) => !isFinished(pod));
}

function amountOf(amounts: Amounts, resource: string): number {
  return amounts.get(SAME_AS[resource] ?? resource) ?? 0;
}

function usageOf(pods: readonly Pod[]): Amounts {
  const total = new Map<string, number>([['pods', pods.length]]);
  for (const { spec } of pods) {
    for (const resource of POD_RESOURCES) {
      total.set(resource, (total.get(resource) ?? 0) + podAmount(spec, resource));
    }
  }
  return total;
}

/** Containers and native sidecars together; an init container that needs more at its turn counts instead. */
function podAmount({ initContainers = [], containers }: PodSpec, resource: string): number {
  let sidecars = 0;
  let highest = 0;
  for (const container of initContainers) {
    const own = containerAmount(container, resource);
    if (container.restartPolicy === 'Always') sidecars += own;
    highest = Math.max(highest, sidecars + (container.restartPolicy === 'Always' ? 0 : own));
  }
  const running = containers.reduce((sum, container) => sum + containerAmount(container, resource), sidecars);
  return Math.max(highest, running);
}

function containerAmount(container: unknown, resource: string): number {
  const [kind = '', name = ''] = resource.split('.');
  const limit = parseQuantity(String(at(container, 'resources', 'limits', name) ?? ''));
  if (kind === 'limits') return limit;
  const request = at(container, 'resources', 'requests', name);
  return request === undefined ? limit : parseQuantity(String(request));
}

const UNITS: readonly (readonly [suffix: string, factor: number])[] = [
  ['Ki', 2 ** 10],
  ['Mi', 2 ** 20],
  ['Gi', 2 ** 30],
  ['Ti', 2 ** 40],
  ['m', 1e-3],
  ['k', 1e3],
  ['M', 1e6],
  ['G', 1e9],
  ['T', 1e12],
];

/** `100m`, `20Mi`, `2`; 0 for what is no quantity. */
function parseQuantity(text: string): number {
  const unit = UNITS.find(([suffix]) => text.endsWith(suffix));
  const number = Number.parseFloat(text);
  return Number.isNaN(number) ? 0 : number * (unit?.[1] ?? 1);
}

function formatQuantity(resource: string, amount: number): string {
  if (resource.endsWith('memory')) return amount % 2 ** 20 === 0 ? `${amount / 2 ** 20}Mi` : String(amount);
  return Number.isInteger(amount) ? String(amount) : `${Math.round(amount * 1000)}m`;
}
