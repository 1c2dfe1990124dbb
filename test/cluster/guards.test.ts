/** What keeps `npm run test:cluster` away from what belongs to others, and tells when it was not kept away. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createKubeClient, FIELD_MANAGER } from '../../src/kube/client.ts';
import { deployment, namespace } from '../../src/sim/cluster/scenario/builders.ts';
import { deployments, mutatingWebhookConfigurations, namespaces } from '../../src/sim/resources.ts';
import { type ApiServer, createApiServer } from '../../src/sim/server/api-server.ts';
import { connectionTo } from '../support/connection.ts';
import { Api } from './api.ts';
import { clean } from './clean.ts';
import { inertWebhook, namespace as ownNamespace } from './manifests.ts';
import { marksOnOthers } from './others.ts';
import { namespaceName, RUN_LABEL } from './settings.ts';

const RUN = 'abc123';
let server: ApiServer;
let api: Api;

before(async () => {
  server = await createApiServer({ tls: false });
  server.store.create(namespaces, namespace('shop'));
  server.store.create(deployments, deployment('shop', 'web'));
  api = new Api(connectionTo(server.url), RUN);
});

after(async () => {
  api.close();
  await server.close();
});

test('a write outside of the run’s namespaces is not even sent', async () => {
  const web = { kind: 'Deployment', namespace: 'shop', name: 'web' } as const;
  const other = { kind: 'Namespace', namespace: '', name: namespaceName('fff000', 'shop') } as const;
  const before = server.audit.entries.length;
  await assert.rejects(() => api.patch(web, {}), /must not write Deployment web in "shop"/);
  await assert.rejects(() => api.remove(web, 'uid'), /must not write/);
  await assert.rejects(() => api.remove(other, 'uid'), /must not write/);
  await assert.rejects(() => api.create(ownNamespace('shop-2', RUN)), /must not write/);
  assert.equal(server.audit.entries.length, before);
});

test('a namespace with the label and another name is left alone', async () => {
  server.store.create(namespaces, namespace('somebody-copied-labels', {}, { [RUN_LABEL]: RUN }));
  await api.create(ownNamespace(namespaceName(RUN, 'trial'), RUN));
  const { removed } = await clean(api, RUN, 0);
  assert.deepEqual(removed, [`namespace ${namespaceName(RUN, 'trial')}`]);
});

test('a webhook configuration of ours that somebody has put to use is left alone', async () => {
  const webhook = inertWebhook(namespaceName(RUN, 'control-plane'), RUN);
  const there = () =>
    [...server.store.list(mutatingWebhookConfigurations, '')].map(({ metadata }) => metadata.name);
  await api.create(webhook);
  // As Linkerd's own installation does to what a killed run has left: new webhooks, and the labels stay.
  const rules = [
    {
      operations: ['CREATE'],
      apiGroups: [''],
      apiVersions: ['v1'],
      resources: ['pods'],
      scope: 'Namespaced',
    },
  ];
  const { webhooks } = await api.get({ ...webhook, namespace: '', name: webhook.metadata.name });
  const [entry] = Array.isArray(webhooks) ? webhooks : [];
  await api.patch(
    { kind: webhook.kind, namespace: '', name: webhook.metadata.name },
    { webhooks: [{ ...entry, rules }] },
  );
  for (const run of [RUN, '']) {
    assert.deepEqual((await clean(api, run, 0)).kept, [webhook.metadata.name]);
  }
  assert.deepEqual(there(), [webhook.metadata.name]);
  await api.patch(
    { kind: webhook.kind, namespace: '', name: webhook.metadata.name },
    { webhooks: [{ ...entry, rules: [] }] },
  );
  assert.deepEqual((await clean(api, RUN, 0)).kept, []);
  assert.deepEqual(there(), []);
});

test('a write of this program on an object of others is seen, and those of another run are not', async () => {
  const another = new Api(connectionTo(server.url), 'fff000');
  await another.create(ownNamespace(namespaceName('fff000', 'shop'), 'fff000'));
  another.close();
  assert.deepEqual((await marksOnOthers(api)).lines, []);
  const client = createKubeClient(connectionTo(server.url), { userAgentVersion: 'test' });
  await client.patchTemplateAnnotations('Deployment', 'shop', 'web', { touched: 'yes' });
  client.close();
  const { lines, unread } = await marksOnOthers(api);
  assert.deepEqual(unread, []);
  assert.equal(lines.length, 1);
  assert.match(lines[0] ?? '', new RegExp(`^Deployment shop/web \\S+ ${FIELD_MANAGER} 20`));
});
