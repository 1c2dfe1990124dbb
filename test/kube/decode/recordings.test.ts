import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ownerLinkOf } from '../../../src/kube/json/small-kinds.ts';
import { createOwnerLinkDecoder } from '../../../src/kube/protobuf/small-kinds.ts';
import type { KubeRecord } from '../../../src/kube/records.ts';
import {
  configMaps,
  daemonSets,
  deployments,
  jobs,
  mutatingWebhookConfigurations,
  namespaces,
  podDisruptionBudgets,
  pods,
  type Resource,
  replicaSets,
  statefulSets,
} from '../../../src/kube/resources.ts';
import { recordedList, recordedObject, recordedWatch } from '../../support/recorded-records.ts';

const byName = (a: KubeRecord, b: KubeRecord) =>
  `${a.namespace}/${a.name}` < `${b.namespace}/${b.name}` ? -1 : 1;

function sameList<R extends KubeRecord>(
  resource: Resource<R>,
  json: string,
  pb: string,
  count: number,
): void {
  test(`${json} and ${pb} give the same records`, () => {
    const fromJson = recordedList(resource, json).sort(byName);
    const fromProtobuf = recordedList(resource, pb).sort(byName);
    assert.equal(fromProtobuf.length, count);
    assert.deepEqual(fromProtobuf, fromJson);
  });
}

/** Whole objects read through the decoder for metadata: fields beyond the metadata are skipped. */
function whole(kind: 'ReplicaSet' | 'Job', of: Resource): Resource<KubeRecord> {
  return { ...of, metadataOnly: false, createDecoder: () => createOwnerLinkDecoder(kind) };
}

sameList(namespaces, '013-namespaces.json', '014-namespaces.pb', 17);
sameList(pods, '015-pods-all.json', '016-pods-all.pb', 45);
sameList(pods, '021-pods-rv0.json', '022-pods-rv0.pb', 43);
sameList(deployments, '023-deployments.json', '024-deployments.pb', 22);
sameList(statefulSets, '025-statefulsets.json', '026-statefulsets.pb', 2);
sameList(daemonSets, '027-daemonsets.json', '028-daemonsets.pb', 2);
sameList(whole('ReplicaSet', replicaSets), '029-replicasets.json', '030-replicasets.pb', 32);
sameList(whole('Job', jobs), '033-jobs.json', '034-jobs.pb', 1);
sameList(mutatingWebhookConfigurations, '043-webhooks.json', '044-webhooks.pb', 1);
sameList(podDisruptionBudgets, '045-pdbs.json', '046-pdbs.pb', 0);
sameList(pods, '108-pods-states.json', '109-pods-states.pb', 7);
sameList(pods, '110-pods-injected.json', '111-pods-injected.pb', 2);
sameList(daemonSets, '112-daemonsets-ready.json', '113-daemonsets-ready.pb', 2);
sameList(deployments, '118-deployments-states.json', '119-deployments-states.pb', 5);

test('metadata-only lists give the same links from both encodings', () => {
  const partial: Resource<KubeRecord> = {
    ...replicaSets,
    createDecoder: () => createOwnerLinkDecoder('ReplicaSet'),
    fromJson: (object) => ownerLinkOf('ReplicaSet', object),
  };
  const fromProtobuf = recordedList(partial, '052-pods-metadata-only.pb');
  assert.equal(fromProtobuf.length, 45);
  assert.deepEqual(fromProtobuf, recordedList(partial, '051-pods-metadata-only.json'));
});

for (const [resource, json, pb] of [
  [configMaps, '037-linkerd-config.json', '038-linkerd-config.pb'],
  [configMaps, '041-trust-roots.json', '042-trust-roots.pb'],
  [podDisruptionBudgets, '083-pdb.json', '084-pdb.pb'],
  [deployments, '096-deployment-after.json', '097-deployment-after.pb'],
  [statefulSets, '098-statefulset-after.json', '099-statefulset-after.pb'],
] satisfies [Resource, string, string][]) {
  test(`${json} and ${pb} give the same record`, () => {
    const record = recordedObject<KubeRecord>(resource, pb);
    assert.equal(record.kind, resource.kind);
    assert.deepEqual(record, recordedObject<KubeRecord>(resource, json));
  });
}

for (const [resource, json, pb, events] of [
  [pods, '088-watch-pods.json', '092-watch-pods.pb', 32],
  [statefulSets, '089-watch-statefulsets.json', '095-watch-statefulsets.pb', 14],
  [deployments, '093-watch-deployments.json', '094-watch-deployments.pb', 11],
] satisfies [Resource, string, string, number][]) {
  test(`${json} and ${pb} give the same events`, () => {
    const fromProtobuf = recordedWatch<KubeRecord>(resource, pb);
    assert.deepEqual(fromProtobuf, recordedWatch<KubeRecord>(resource, json));
    assert.ok(fromProtobuf.length <= events, `${fromProtobuf.length} events`);
    assert.ok(fromProtobuf.length >= events - 3, 'all but the bookmarks');
  });
}

test('a replayed watch of both encodings ends in the recorded final state', () => {
  for (const file of ['093-watch-deployments.json', '094-watch-deployments.pb']) {
    const last = recordedWatch(deployments, file).findLast(({ record }) => record.name === 'webapp');
    assert.deepEqual(last?.record, recordedObject(deployments, '097-deployment-after.pb'));
  }
  for (const file of ['089-watch-statefulsets.json', '095-watch-statefulsets.pb']) {
    const last = recordedWatch(statefulSets, file).findLast(({ record }) => record.name === 'queue');
    assert.deepEqual(last?.record, recordedObject(statefulSets, '098-statefulset-after.json'));
  }
});
