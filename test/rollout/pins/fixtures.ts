import assert from 'node:assert/strict';
import { pinTarget } from '../../../src/cli/pin-target.ts';
import { annotation } from '../../../src/data/linkerd.ts';
import { isObject } from '../../../src/kube/json/value.ts';
import type { NamespaceRecord, WorkloadRecord } from '../../../src/kube/records.ts';
import { namespaces, workloadResources } from '../../../src/kube/resources.ts';
import type { PinInput } from '../../../src/rollout/pins/preview.ts';
import {
  deployment,
  namespace,
  plainContainer,
  statefulSet,
} from '../../../src/sim/cluster/scenario/builders.ts';
import { CLI_INSTALLATION } from '../../../src/sim/cluster/scenario/control-plane.ts';
import { freshInstall, type Scenario } from '../../../src/sim/cluster/scenario/scenarios.ts';
import { minutesAgo } from '../../../src/sim/cluster/scenario/story.ts';
import type { World } from '../../../src/sim/cluster/scenario/world.ts';
import { findResource } from '../../../src/sim/resources.ts';
import type { MemoryStore } from '../../../src/sim/store.ts';
import { simulatedModel } from '../../support/simulated-mesh.ts';

export const NOW = 'edge-25.11.3';
export const BEFORE = 'edge-25.10.7';
/** More than one release behind `NOW`. */
export const ANCIENT = 'edge-24.8.2';
export const PIN = annotation.pinnedProxyVersion;
const MESHED = { [annotation.inject]: 'enabled' };

/** Namespace `books` with workloads of every sort, on a settled control plane; and whatever `more` adds. */
export function booksScenario(more: (world: World) => void = () => undefined): Scenario {
  const { story, installation } = freshInstall(NOW, CLI_INSTALLATION);
  const books = minutesAgo(30, (world) => {
    world.createAll([
      namespace('books', MESHED),
      deployment('books', 'web', { replicas: 2 }),
      deployment('books', 'own', { replicas: 1, annotations: { [PIN]: BEFORE } }),
      deployment('books', 'free', { replicas: 1, annotations: { [PIN]: '' } }),
      deployment('books', 'plain', { replicas: 1, annotations: { [annotation.inject]: 'disabled' } }),
      deployment('books', 'manual', {
        replicas: 1,
        containers: [plainContainer('linkerd-proxy', `cr.l5d.io/linkerd/proxy:${BEFORE}`)],
      }),
      statefulSet('books', 'db', { replicas: 2 }),
    ]);
    more(world);
  });
  return { story: [...story, books], installation };
}

function stored(store: MemoryStore, plural: string, group: string, inNamespace: string, name: string) {
  const type = findResource(group, 'v1', plural);
  assert.ok(type, plural);
  const object: unknown = store.get(type, inNamespace, name);
  assert.ok(isObject(object), `${inNamespace}/${name}`);
  return object;
}

export function namespaceRecord(store: MemoryStore, name: string): NamespaceRecord {
  return namespaces.fromJson(stored(store, 'namespaces', '', '', name));
}

/** What a preview of this change starts from, on a cluster read whole. */
export function pinInput(store: MemoryStore, operand: string, version: string | undefined): PinInput {
  const target = pinTarget(operand);
  assert.ok(typeof target !== 'string', `${target}`);
  const { namespace: home, workload } = target;
  let record: WorkloadRecord | undefined;
  if (workload) {
    const resource = workloadResources[workload.kind];
    record = resource.fromJson(stored(store, resource.plural, 'apps', home, workload.name));
  }
  return {
    model: simulatedModel(store),
    target,
    namespace: namespaceRecord(store, home),
    workload: record,
    version,
  };
}
