import assert from 'node:assert/strict';
import { isObject } from '../../src/kube/json/value.ts';
import {
  configMaps,
  daemonSets,
  deployments,
  jobs,
  mutatingWebhookConfigurations,
  namespaces,
  pods,
  type Resource,
  replicaSets,
  statefulSets,
} from '../../src/kube/resources.ts';
import { createMeshModel, type MeshModel } from '../../src/mesh/model.ts';
import type { MeshView } from '../../src/mesh/view.ts';
import { findResource } from '../../src/sim/resources.ts';
import type { MemoryStore } from '../../src/sim/store.ts';

const resources: readonly Resource[] = [
  namespaces,
  configMaps,
  mutatingWebhookConfigurations,
  deployments,
  statefulSets,
  daemonSets,
  replicaSets,
  jobs,
  pods,
];

/** The mesh as the client sees it who has read everything of a simulated cluster as JSON. */
export function simulatedMesh(store: MemoryStore): MeshView {
  return simulatedModel(store).view();
}

/** The model behind it. */
export function simulatedModel(store: MemoryStore): MeshModel {
  const model = createMeshModel();
  for (const resource of resources) {
    const type = findResource(resource.group, resource.version, resource.plural);
    assert.ok(type, resource.plural);
    for (const stored of store.list(type, '')) {
      const object: unknown = stored;
      assert.ok(isObject(object));
      model.apply({ type: 'upsert', record: resource.fromJson(object) });
    }
    model.markListed(resource.kind);
  }
  return model;
}
