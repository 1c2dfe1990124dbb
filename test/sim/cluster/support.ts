import assert from 'node:assert/strict';
import { annotation } from '../../../src/data/linkerd.ts';
import { ManualClock } from '../../../src/sim/cluster/clock.ts';
import type { Kind, KindMap, Pod, PodTemplate } from '../../../src/sim/cluster/objects.ts';
import { isKind, resourceFor } from '../../../src/sim/cluster/objects.ts';
import { isActive, isReady } from '../../../src/sim/cluster/pods.ts';
import { freshInstall, type Scenario } from '../../../src/sim/cluster/scenario/scenarios.ts';
import { SimulatedCluster } from '../../../src/sim/cluster/simulated-cluster.ts';
import type { StoreEvent } from '../../../src/sim/types.ts';

export const NOW = Date.parse('2026-11-21T20:00:00Z');
export const MESHED = { [annotation.inject]: 'enabled' };
const MINUTE_MS = 60_000;

export interface Bench {
  readonly sim: SimulatedCluster;
  readonly clock: ManualClock;
  /** Everything that happened in the store since the start. */
  readonly events: StoreEvent[];
  /** Lets minutes pass. */
  settle(minutes?: number): void;
  get<K extends Kind>(kind: K, namespace: string, name: string): KindMap[K];
  /** Live pods of an app. */
  pods(namespace: string, app: string): readonly Pod[];
}

export function bench(scenario: Scenario = freshInstall(), seed = 1): Bench {
  const clock = new ManualClock(NOW);
  const sim = new SimulatedCluster({ scenario, clock, seed });
  const events: StoreEvent[] = [];
  sim.store.subscribe((event) => events.push(event));
  return {
    sim,
    clock,
    events,
    settle: (minutes = 2) => clock.advance(minutes * MINUTE_MS),
    get(kind, namespace, name) {
      const found = sim.cluster.get(kind, namespace, name);
      assert.ok(found, `${kind} ${namespace}/${name} exists`);
      return found;
    },
    pods: (namespace, app) =>
      sim.cluster.list('Pod', namespace).filter((pod) => pod.metadata.labels?.app === app && isActive(pod)),
  };
}

export type Restartable = 'Deployment' | 'StatefulSet' | 'DaemonSet';

/** What `kubectl rollout restart` changes. */
export function restart(
  { sim, clock, get }: Bench,
  kind: Restartable,
  namespace: string,
  name: string,
): void {
  const restartedAt = new Date(clock.now()).toISOString();
  const renewed = (template: PodTemplate): PodTemplate => ({
    ...template,
    metadata: {
      ...template.metadata,
      annotations: { ...template.metadata?.annotations, [annotation.restartedAt]: restartedAt },
    },
  });
  const found = get(kind, namespace, name);
  const spec = { ...found.spec, template: renewed(found.spec.template) };
  sim.store.update(resourceFor(kind), { ...found, spec });
}

/** States of one object in the order in which they were stored. */
export function states<K extends Kind>(
  events: readonly StoreEvent[],
  kind: K,
  namespace: string,
  name: string,
): KindMap[K][] {
  const found: KindMap[K][] = [];
  for (const { object } of events) {
    const { metadata } = object;
    if (isKind(object, kind) && metadata.namespace === namespace && metadata.name === name) {
      found.push(object);
    }
  }
  return found;
}

/** Tag of the pod's proxy, undefined without one. */
export function proxyVersion({ spec }: Pod): string | undefined {
  const proxy = [...(spec.initContainers ?? []), ...spec.containers].find(
    ({ name }) => name === 'linkerd-proxy',
  );
  return proxy?.image.slice(proxy.image.indexOf(':') + 1);
}

export function allReady(pods: readonly Pod[]): boolean {
  return pods.every(isReady);
}
