import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type ApiServer, createApiServer } from '../../../src/sim/server/api-server.ts';
import { rbacAuthorizer } from '../../../src/sim/server/authorizer.ts';
import { recordedCluster } from '../../support/recorded-cluster.ts';
import { recordedBytes, recordings } from '../../support/wire.ts';
import { call } from './client.ts';

/**
 * The recorded cluster, asked what the real server was asked, must answer the same bytes. Left out is what differs by
 * nature: discovery (other resources, Argo Rollouts among them), the unordered list at version 0, and answers with times or random names of
 * their own, which other tests compare field by field.
 */
const SAME_BYTES = new Set([
  '010-readyz.txt',
  '013-namespaces.json',
  '014-namespaces.pb',
  '015-pods-all.json',
  '016-pods-all.pb',
  '017-pods-meshed.json',
  '018-pods-meshed.pb',
  '019-pods-notmeshed.json',
  '020-pods-notmeshed.pb',
  '023-deployments.json',
  '024-deployments.pb',
  '025-statefulsets.json',
  '026-statefulsets.pb',
  '027-daemonsets.json',
  '028-daemonsets.pb',
  '029-replicasets.json',
  '030-replicasets.pb',
  '032-links.pb',
  '033-jobs.json',
  '034-jobs.pb',
  '035-cronjobs.json',
  '036-cronjobs.pb',
  '037-linkerd-config.json',
  '038-linkerd-config.pb',
  '039-linkerd-deployments.json',
  '040-linkerd-deployments.pb',
  '041-trust-roots.json',
  '042-trust-roots.pb',
  '043-webhooks.json',
  '044-webhooks.pb',
  '045-pdbs.json',
  '046-pdbs.pb',
  '047-events.json',
  '048-events.pb',
  '049-nodes.json',
  '050-nodes.pb',
  '051-pods-metadata-only.json',
  '052-pods-metadata-only.pb',
  '056-pods-page1.json',
  '057-pods-page2.json',
  '058-pods-page3.json',
  '059-pods-page1.pb',
  '060-pods-page2.pb',
  '061-pods-page3.pb',
  '062-continue-garbage.json',
  '066-forbidden-list.json',
  '067-forbidden-list.pb',
  '068-forbidden-patch.json',
  '070-restart-stale-rv.json',
  '071-restart-notfound.json',
  '072-patch-invalid.json',
  '073-patch-badtype.json',
  '074-patch-badjson.json',
  '102-list-rv-future.json',
  '103-not-acceptable.json',
  '104-unauthorized.json',
  '105-anonymous.json',
]);

describe('the server answers recorded requests with the recorded bytes', () => {
  let server: ApiServer;

  before(async () => {
    server = await createApiServer({ store: recordedCluster(), authorizer: rbacAuthorizer([]) });
  });
  after(() => server.close());

  for (const { request, response } of recordings) {
    if (!SAME_BYTES.has(response.file)) continue;
    test(response.file, async () => {
      const reply = await call(server, request.path, {
        method: request.method,
        headers: request.headers,
        body: request.body,
        authenticated: !response.file.startsWith('105'),
      });
      assert.equal(reply.status, response.status);
      assert.equal(reply.headers['content-type'], response.headers['content-type']);
      assert.equal(reply.headers['transfer-encoding'], response.headers['transfer-encoding']);
      assert.equal(reply.headers['cache-control'], response.headers['cache-control']);
      const recorded = recordedBytes(response.file);
      if (response.file.endsWith('.pb')) assert.deepEqual(reply.body, recorded);
      else assert.equal(reply.body.toString(), recorded.toString());
    });
  }
});
