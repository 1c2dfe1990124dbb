import { intOrStringAt, type JsonObject, objectAt, objectsAt } from '../../kube/json/value.ts';

/** What a ResourceQuota counts of a pod beside the pod itself. Cores and bytes. */
export interface PodRequests {
  readonly 'requests.cpu': number;
  readonly 'requests.memory': number;
  readonly 'limits.cpu': number;
  readonly 'limits.memory': number;
}

export type Requested = keyof PodRequests;

export const NO_REQUESTS: PodRequests = {
  'requests.cpu': 0,
  'requests.memory': 0,
  'limits.cpu': 0,
  'limits.memory': 0,
};

const kinds: readonly Requested[] = ['requests.cpu', 'requests.memory', 'limits.cpu', 'limits.memory'];

const suffixes: Readonly<Record<string, number>> = {
  '': 1,
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

const QUANTITY = /^([+-]?(?:\d+\.?\d*|\.\d+))(?:([eE][+-]?\d+)|([A-Za-z]*))$/;

/**
 * A quantity of Kubernetes as a number: `100m` is 0.1, `20Mi` is 20971520; undefined for what is none.
 * Source: kubernetes/apimachinery `pkg/api/resource/quantity.go`.
 */
export function quantity(text: string): number | undefined {
  const [, number, exponent = '', suffix = ''] = QUANTITY.exec(text.trim()) ?? [];
  const factor = suffixes[suffix];
  if (number === undefined || factor === undefined) {
    return undefined;
  }
  return Number(`${number}${exponent}`) * factor;
}

/**
 * What a pod asks for as a quota counts it: its containers and native sidecars together, or one init container beside
 * the sidecars that started before it, where that is more. A limit without a request is a request too.
 * Source: kubernetes/component-helpers `resource/helpers.go`, kubernetes `pkg/apis/core/v1/defaults.go`.
 */
export function podRequests(spec: JsonObject): PodRequests {
  let running = NO_REQUESTS;
  let starting = NO_REQUESTS;
  for (const container of objectsAt(spec, 'initContainers')) {
    const own = containerRequests(container);
    if (container.restartPolicy === 'Always') {
      running = added(running, own);
      starting = larger(starting, running);
    } else {
      starting = larger(starting, added(running, own));
    }
  }
  for (const container of objectsAt(spec, 'containers')) {
    running = added(running, containerRequests(container));
  }
  return larger(running, starting);
}

export function added(a: PodRequests, b: PodRequests): PodRequests {
  return combined(a, b, (x, y) => x + y);
}

function larger(a: PodRequests, b: PodRequests): PodRequests {
  return combined(a, b, Math.max);
}

function combined(a: PodRequests, b: PodRequests, combine: (x: number, y: number) => number): PodRequests {
  const sum = { ...NO_REQUESTS };
  for (const kind of kinds) {
    sum[kind] = combine(a[kind], b[kind]);
  }
  return sum;
}

function containerRequests(container: JsonObject): PodRequests {
  const resources = objectAt(container, 'resources');
  return requestsOf((kind, resource) => intOrStringAt(objectAt(resources, kind), resource));
}

/** Requests from wherever they are written; '' where nothing is. */
export function requestsOf(
  written: (kind: 'requests' | 'limits', resource: 'cpu' | 'memory') => string,
): PodRequests {
  const amount = (kind: 'requests' | 'limits', resource: 'cpu' | 'memory') =>
    quantity(written(kind, resource));
  const limits = { cpu: amount('limits', 'cpu') ?? 0, memory: amount('limits', 'memory') ?? 0 };
  return {
    'requests.cpu': amount('requests', 'cpu') ?? limits.cpu,
    'requests.memory': amount('requests', 'memory') ?? limits.memory,
    'limits.cpu': limits.cpu,
    'limits.memory': limits.memory,
  };
}
