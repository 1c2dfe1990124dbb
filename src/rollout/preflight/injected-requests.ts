import { parse } from 'yaml';
import type { Labels } from '../../kube/records.ts';
import { type PodRequests, requestsOf } from './pod-requests.ts';

/** What linkerd-config gives to each proxy, as written: `100m`, `20Mi`, '' where it is silent. */
export interface ProxyResources {
  readonly requests: { readonly cpu: string; readonly memory: string };
  readonly limits: { readonly cpu: string; readonly memory: string };
}

/** Annotations that replace them (linkerd2 `pkg/k8s/labels.go`). */
const keys = {
  requests: { cpu: 'config.linkerd.io/proxy-cpu-request', memory: 'config.linkerd.io/proxy-memory-request' },
  limits: { cpu: 'config.linkerd.io/proxy-cpu-limit', memory: 'config.linkerd.io/proxy-memory-limit' },
} as const;

/**
 * `proxy.resources` of the key `values` of linkerd-config; undefined where that cannot be read.
 * @param values the YAML text
 */
export function proxyResources(values: string): ProxyResources | undefined {
  let root: unknown;
  try {
    root = parse(values);
  } catch {
    return undefined;
  }
  const resources = at(at(root, 'proxy'), 'resources');
  const text = (resource: string, key: string): string => {
    const value = at(at(resources, resource), key);
    return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
  };
  return {
    requests: { cpu: text('cpu', 'request'), memory: text('memory', 'request') },
    limits: { cpu: text('cpu', 'limit'), memory: text('memory', 'limit') },
  };
}

/** What the proxy of a new pod asks for: the annotation on the template, that on the namespace, linkerd-config. */
export function proxyRequests(defaults: ProxyResources, template: Labels, namespace: Labels): PodRequests {
  return requestsOf((kind, resource) => {
    const key = keys[kind][resource];
    return template[key] ?? namespace[key] ?? defaults[kind][resource];
  });
}

function at(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null) {
    return undefined;
  }
  return Object.entries(value).find(([name]) => name === key)?.[1];
}
