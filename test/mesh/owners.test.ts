import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { OwnerLinkRecord, PodRecord } from '../../src/kube/records.ts';
import { linkUid, ownerOf } from '../../src/mesh/owners.ts';
import { link, owner, pod } from '../support/records.ts';

const rollout = owner('Rollout', 'web', { apiVersion: 'argoproj.io/v1alpha1' });
const kruise = owner('StatefulSet', 'db', { apiVersion: 'apps.kruise.io/v1beta1' });
const cnpg = owner('Cluster', 'pg', { apiVersion: 'postgresql.cnpg.io/v1' });

test('the owner of a pod is what an operator would restart', async (t) => {
  const rows: readonly [
    name: string,
    pod: Partial<PodRecord>,
    link: OwnerLinkRecord | undefined,
    owner: string,
  ][] = [
    ['bare pod', { name: 'job-1' }, undefined, 'v1 Pod job-1'],
    ['StatefulSet', { owner: owner('StatefulSet', 'db') }, undefined, 'apps/v1 StatefulSet db'],
    ['DaemonSet', { owner: owner('DaemonSet', 'agent') }, undefined, 'apps/v1 DaemonSet agent'],
    [
      'Deployment through its ReplicaSet',
      { owner: owner('ReplicaSet', 'web-5d9c7b') },
      link('ReplicaSet', 'web-5d9c7b', owner('Deployment', 'web')),
      'apps/v1 Deployment web',
    ],
    [
      'Argo Rollout through its ReplicaSet',
      { owner: owner('ReplicaSet', 'web-5d9c7b') },
      link('ReplicaSet', 'web-5d9c7b', rollout),
      'argoproj.io/v1alpha1 Rollout web',
    ],
    [
      'ReplicaSet of its own',
      { owner: owner('ReplicaSet', 'lone'), templateHash: 'lone' },
      link('ReplicaSet', 'lone', undefined),
      'apps/v1 ReplicaSet lone',
    ],
    [
      'Deployment by hash before the ReplicaSet is known',
      { owner: owner('ReplicaSet', 'web-5d9c7b'), templateHash: '5d9c7b' },
      undefined,
      'apps/v1 Deployment web',
    ],
    [
      'ReplicaSet while nothing tells more',
      { owner: owner('ReplicaSet', 'web-5d9c7b') },
      undefined,
      'apps/v1 ReplicaSet web-5d9c7b',
    ],
    [
      'ReplicaSet whose name is not made of the hash',
      { owner: owner('ReplicaSet', 'web'), templateHash: '5d9c7b' },
      undefined,
      'apps/v1 ReplicaSet web',
    ],
    ['Job', { owner: owner('Job', 'migrate') }, link('Job', 'migrate', undefined), 'batch/v1 Job migrate'],
    ['Job before its record', { owner: owner('Job', 'nightly-1') }, undefined, 'batch/v1 Job nightly-1'],
    [
      'CronJob through its Job',
      { owner: owner('Job', 'nightly-1') },
      link('Job', 'nightly-1', owner('CronJob', 'nightly')),
      'batch/v1 CronJob nightly',
    ],
    ['custom controller', { owner: cnpg }, undefined, 'postgresql.cnpg.io/v1 Cluster pg'],
    [
      'a foreign StatefulSet is not taken for a built-in one',
      { owner: kruise },
      undefined,
      'apps.kruise.io/v1beta1 StatefulSet.apps.kruise.io db',
    ],
    ['static pod', { owner: owner('Node', 'node-1', { apiVersion: 'v1' }) }, undefined, 'v1 Node node-1'],
  ];
  for (const [name, fields, record, expected] of rows) {
    await t.test(name, () => {
      const found = ownerOf(pod(fields), record);
      assert.equal(`${found.apiVersion} ${found.kind} ${found.name}`, expected);
    });
  }
});

test('only ReplicaSets and Jobs lead further', () => {
  assert.equal(linkUid(pod({ owner: owner('ReplicaSet', 'web-1') })), 'replicaset-web-1');
  assert.equal(linkUid(pod({ owner: owner('Job', 'a') })), 'job-a');
  assert.equal(linkUid(pod({ owner: owner('StatefulSet', 'db') })), '');
  assert.equal(linkUid(pod({ owner: owner('Job', 'a', { apiVersion: 'batch.volcano.sh/v1' }) })), '');
  assert.equal(linkUid(pod()), '');
});
