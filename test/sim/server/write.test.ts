import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { AdmissionError } from '../../../src/sim/api-error.ts';
import { encodeMessage } from '../../../src/sim/encode/encode.ts';
import { wrap } from '../../../src/sim/encode/envelope.ts';
import { arrayAt, at, isObject, numberAt, stringAt } from '../../../src/sim/json.ts';
import { deployments, links, namespaces, podDisruptionBudgets, pods } from '../../../src/sim/resources.ts';
import { type ApiServer, createApiServer } from '../../../src/sim/server/api-server.ts';
import type { MemoryStore } from '../../../src/sim/store.ts';
import type { KubeObject } from '../../../src/sim/types.ts';
import { kubeObject, recordedCluster } from '../../support/recorded-cluster.ts';
import { recordedBytes, recordedJson, recordings } from '../../support/wire.ts';
import { call, type Reply } from './client.ts';
import { manualClock } from './manual-clock.ts';

const WEBAPP = '/apis/apps/v1/namespaces/books/deployments/webapp';
const LEASES = '/apis/coordination.k8s.io/v1/namespaces/linkerd/leases';

function recordedBody(file: string): unknown {
  return recordings.find(({ response }) => response.file === file)?.request.body;
}

/** An answer without what the server makes up anew each time. */
function withoutChance(value: Record<string, unknown>): Record<string, unknown> {
  const metadata = isObject(value.metadata) ? value.metadata : {};
  const { uid: _uid, name: _name, resourceVersion: _version, creationTimestamp: _time, ...rest } = metadata;
  return { ...value, metadata: rest };
}

describe('writes', () => {
  let store: MemoryStore;
  let server: ApiServer;
  const clock = manualClock(Date.parse('2026-11-21T19:55:02Z'));

  beforeEach(async () => {
    store = recordedCluster();
    server = await createApiServer({ store, clock, tls: false });
  });
  afterEach(() => server.close());

  function patch(path: string, body: unknown, type = 'strategic-merge-patch', query = ''): Promise<Reply> {
    const headers = { 'content-type': `application/${type}+json` };
    return call(server, `${path}${query}`, { method: 'PATCH', headers, body });
  }

  function stored(name: string): KubeObject {
    const object = store.get(deployments, 'books', name);
    assert.ok(object);
    return object;
  }

  describe('restart', () => {
    const body = recordedBody('085-restart.json');
    const query = '?fieldManager=kubectl-linkerd-upgrade';

    test('answers as recorded, ownership included', async () => {
      store.advanceTo(1216);
      const reply = await patch(WEBAPP, body, undefined, query);
      assert.equal(reply.status, 200);
      assert.equal(reply.body.toString(), recordedBytes('085-restart.json').toString());
    });

    test('a StatefulSet too', async () => {
      store.advanceTo(1218);
      const path = '/apis/apps/v1/namespaces/legacy/statefulsets/queue';
      const reply = await patch(path, recordedBody('086-restart-statefulset.json'), undefined, query);
      assert.equal(reply.body.toString(), recordedBytes('086-restart-statefulset.json').toString());
    });

    test('as a dry run shows the new generation under the old version and changes nothing', async () => {
      const before = stored('webapp');
      const reply = await patch(WEBAPP, body, undefined, `${query}&dryRun=All`);
      const recorded = recordedJson('069-restart-dryrun.json');
      assert.deepEqual(withTime(reply.json()), withTime(recorded));
      assert.equal(stored('webapp'), before);
    });

    function withTime(value: Record<string, unknown>): string {
      return JSON.stringify(value).replaceAll(/"time":"[^"]+"/g, '"time":""');
    }

    test('the same patch again keeps the version', async () => {
      const first = await patch(WEBAPP, body, undefined, query);
      const second = await patch(WEBAPP, body, undefined, query);
      assert.deepEqual(second.json(), first.json());
    });

    test('an ownership moves to who changes the field', async () => {
      await patch(WEBAPP, body, undefined, query);
      const other = {
        spec: { template: { metadata: { annotations: { 'kubectl.kubernetes.io/restartedAt': 'later' } } } },
      };
      await patch(WEBAPP, other, undefined, '?fieldManager=kubectl-rollout');
      const managers = arrayAt(stored('webapp'), 'metadata', 'managedFields')
        .filter((entry) => JSON.stringify(entry).includes('restartedAt'))
        .map((entry) => stringAt(entry, 'manager'));
      assert.deepEqual(managers, ['kubectl-rollout']);
      const gone = { spec: { template: { metadata: { annotations: null } } } };
      await patch(WEBAPP, gone, 'merge-patch', '?fieldManager=cleaner');
      assert.ok(!JSON.stringify(stored('webapp').metadata.managedFields).includes('restartedAt'));
    });

    test('a version that stands is a precondition that holds', async () => {
      const { resourceVersion, uid } = stored('webapp').metadata;
      const reply = await patch(WEBAPP, { metadata: { resourceVersion, uid }, spec: { paused: true } });
      assert.equal(reply.status, 200);
      assert.equal(at(stored('webapp'), 'spec', 'paused'), true);
    });

    test('another uid is a conflict', async () => {
      const reply = await patch(WEBAPP, { metadata: { uid: 'other' }, spec: { paused: true } });
      assert.equal(reply.status, 409);
      assert.match(stringAt(reply.json(), 'message'), /UID in precondition: other/);
    });

    test('neither fieldManager nor User-Agent: manager unknown', async () => {
      await patch(WEBAPP, body);
      const entries = arrayAt(stored('webapp'), 'metadata', 'managedFields');
      assert.ok(entries.some((entry) => stringAt(entry, 'manager') === 'unknown'));
    });
  });

  describe('patches', () => {
    test('a strategic patch merges containers and variables by name', async () => {
      const containers = [{ name: 'webapp', env: [{ name: 'A', value: '1' }], image: 'x:2' }];
      await patch(WEBAPP, { spec: { template: { spec: { containers } } } });
      const more = [
        {
          name: 'webapp',
          env: [
            { name: 'B', value: '2' },
            { name: 'A', $patch: 'delete' },
          ],
        },
        { name: 'side', image: 'y:1' },
      ];
      const reply = await patch(WEBAPP, { spec: { template: { spec: { containers: more } } } });
      const after = arrayAt(reply.json(), 'spec', 'template', 'spec', 'containers');
      assert.deepEqual(
        after.map((container) => stringAt(container, 'name')),
        ['webapp', 'side'],
      );
      assert.deepEqual(at(after[0], 'env'), [{ name: 'B', value: '2' }]);
      assert.equal(stringAt(after[0], 'image'), 'x:2');
      assert.equal(stringAt(after[0], 'imagePullPolicy'), 'IfNotPresent', 'untouched fields stay');
    });

    test('a merge patch replaces lists', async () => {
      const reply = await patch(
        WEBAPP,
        { spec: { template: { spec: { containers: [{ name: 'only' }] } } } },
        'merge-patch',
      );
      assert.deepEqual(arrayAt(reply.json(), 'spec', 'template', 'spec', 'containers'), [{ name: 'only' }]);
    });

    test('a JSON patch', async () => {
      const operations = [
        { op: 'test', path: '/spec/replicas', value: 2 },
        { op: 'replace', path: '/spec/replicas', value: 5 },
        { op: 'add', path: '/metadata/labels', value: { a: 'b' } },
        { op: 'add', path: '/metadata/labels/config.linkerd.io~1x', value: 'y' },
        { op: 'remove', path: '/metadata/labels/a' },
      ];
      const reply = await patch(WEBAPP, operations, 'json-patch');
      assert.equal(reply.status, 200);
      assert.equal(numberAt(reply.json(), 'spec', 'replicas'), 5);
      assert.deepEqual(at(reply.json(), 'metadata', 'labels'), { 'config.linkerd.io/x': 'y' });
      const failed = await patch(WEBAPP, operations, 'json-patch');
      assert.equal(failed.status, 422);
      assert.match(failed.body.toString(), /testing path \/spec\/replicas value failed/);
    });

    test('a patch of the object leaves the status alone, a patch of the status the rest', async () => {
      const change = { spec: { paused: true }, status: { replicas: 99 } };
      const object = await patch(WEBAPP, change, 'merge-patch');
      assert.equal(numberAt(object.json(), 'status', 'replicas'), 2);
      assert.equal(at(object.json(), 'spec', 'paused'), true);
      const status = await patch(
        `${WEBAPP}/status`,
        { spec: { paused: false }, status: { replicas: 98 } },
        'merge-patch',
      );
      assert.equal(numberAt(status.json(), 'status', 'replicas'), 98);
      assert.equal(at(status.json(), 'spec', 'paused'), true);
      assert.equal(
        numberAt(status.json(), 'metadata', 'generation'),
        numberAt(object.json(), 'metadata', 'generation'),
      );
    });

    test('a custom resource takes merge patches, but no strategic ones', async () => {
      const path = '/apis/multicluster.linkerd.io/v1alpha2/namespaces/linkerd-multicluster/links/west';
      assert.equal((await patch(path, { spec: { targetClusterName: 'east' } })).status, 415);
      const reply = await patch(path, { spec: { targetClusterName: 'east' } }, 'merge-patch');
      assert.equal(reply.status, 200);
      assert.equal(
        reply.json().apiVersion,
        'multicluster.linkerd.io/v1alpha2',
        'the version that was asked for',
      );
      assert.equal(
        stringAt(store.get(links, 'linkerd-multicluster', 'west'), 'spec', 'targetClusterName'),
        'east',
      );
    });

    test('dryRun takes no value but All', async () => {
      assert.equal(
        (await patch(WEBAPP, { spec: { paused: true } }, 'merge-patch', '?dryRun=true')).status,
        400,
      );
    });
  });

  describe('creation', () => {
    test('a pod is filled in as recorded', async () => {
      const path = '/api/v1/namespaces/plain/pods?dryRun=All';
      const reply = await call(server, path, {
        method: 'POST',
        body: recordedBody('076-probe-dryrun-unmeshed.json'),
      });
      const recorded = recordedJson('076-probe-dryrun-unmeshed.json');
      const withoutTime = (value: unknown) =>
        JSON.parse(JSON.stringify(value).replaceAll(/"time":"[^"]+"/g, '"time":""'));
      assert.equal(reply.status, 201);
      assert.deepEqual(withoutTime(withoutChance(reply.json())), withoutTime(withoutChance(recorded)));
      const metadata = reply.json().metadata;
      assert.match(stringAt(metadata, 'name'), /^probe-[a-z0-9]{5}$/);
      assert.match(stringAt(metadata, 'uid'), /^[0-9a-f-]{36}$/);
      assert.equal(at(metadata, 'resourceVersion'), undefined);
      assert.equal(store.get(pods, 'plain', stringAt(metadata, 'name')), undefined);
    });

    test('admission sees the pod and its namespace, dry run or not, and what it adds is owned by nobody', async () => {
      const seen: unknown[] = [];
      const admitting = await createApiServer({
        store,
        clock,
        tls: false,
        admission: (pod, namespace, dryRun) => {
          seen.push([namespace?.metadata.name, dryRun]);
          const spec = isObject(pod.spec) ? pod.spec : {};
          const containers = [{ name: 'linkerd-proxy', image: 'proxy:1' }, ...arrayAt(spec, 'containers')];
          return { ...pod, spec: { ...spec, containers } };
        },
      });
      try {
        const body = recordedBody('075-probe-dryrun.json');
        const tried = await call(admitting, '/api/v1/namespaces/books/pods?dryRun=All', {
          method: 'POST',
          body,
        });
        const made = await call(admitting, '/api/v1/namespaces/books/pods', { method: 'POST', body });
        assert.deepEqual(seen, [
          ['books', true],
          ['books', false],
        ]);
        for (const reply of [tried, made]) {
          assert.equal(reply.status, 201);
          assert.equal(stringAt(arrayAt(reply.json(), 'spec', 'containers')[0], 'name'), 'linkerd-proxy');
          assert.ok(!JSON.stringify(at(reply.json(), 'metadata', 'managedFields')).includes('linkerd-proxy'));
        }
        const recorded = arrayAt(recordedJson('075-probe-dryrun.json'), 'metadata', 'managedFields')[0];
        const entry = arrayAt(made.json(), 'metadata', 'managedFields')[0];
        assert.deepEqual(at(entry, 'fieldsV1'), at(recorded, 'fieldsV1'));
        assert.ok(store.get(pods, 'books', stringAt(made.json(), 'metadata', 'name')));
      } finally {
        await admitting.close();
      }
    });

    test('a refusal by admission is answered as it is worded', async () => {
      const message = 'Internal error occurred: failed calling webhook "linkerd-proxy-injector.linkerd.io"';
      const refusing = await createApiServer({
        store,
        tls: false,
        admission: () => {
          throw new AdmissionError(message, 500, 'InternalError');
        },
      });
      try {
        const body = recordedBody('075-probe-dryrun.json');
        const reply = await call(refusing, '/api/v1/namespaces/books/pods', { method: 'POST', body });
        assert.equal(reply.status, 500);
        assert.equal(reply.json().message, message);
      } finally {
        await refusing.close();
      }
    });

    test('a lease: created as recorded, refused as recorded the second time', async () => {
      const body = recordedBody('077-lease-create.json');
      const created = await call(server, LEASES, { method: 'POST', body });
      assert.equal(created.status, 201);
      const recorded = recordedJson('077-lease-create.json');
      const comparable = (value: unknown) =>
        JSON.parse(JSON.stringify(value).replaceAll(/"time":"[^"]+"/g, '"time":""'));
      assert.deepEqual(comparable(withoutChance(created.json())), comparable(withoutChance(recorded)));
      const again = await call(server, LEASES, { method: 'POST', body });
      assert.equal(again.status, 409);
      assert.equal(again.body.toString(), recordedBytes('078-lease-exists.json').toString());
    });

    test('an event, with ownership as recorded', async () => {
      const body = recordedBody('081-event-create.json');
      const created = await call(server, '/api/v1/namespaces/books/events', { method: 'POST', body });
      const [entry] = arrayAt(created.json(), 'metadata', 'managedFields');
      const [recorded] = arrayAt(recordedJson('081-event-create.json'), 'metadata', 'managedFields');
      assert.deepEqual(at(entry, 'fieldsV1'), at(recorded, 'fieldsV1'));
      assert.match(stringAt(created.json(), 'metadata', 'name'), /^webapp\.[a-z0-9]{5}$/);
    });

    test('in YAML and in protobuf', async () => {
      const yaml = 'kind: ConfigMap\napiVersion: v1\nmetadata: {name: one}\ndata: {a: "1"}\n';
      const path = '/api/v1/namespaces/books/configmaps';
      const first = await call(server, path, {
        method: 'POST',
        body: yaml,
        headers: { 'content-type': 'application/yaml' },
      });
      assert.equal(first.status, 201);
      const raw = encodeMessage('ConfigMap', { metadata: { name: 'two' }, data: { a: '2' } });
      const second = await call(server, path, {
        method: 'POST',
        body: wrap({ apiVersion: 'v1', kind: 'ConfigMap', raw }).toString('latin1'),
        headers: { 'content-type': 'application/vnd.kubernetes.protobuf' },
      });
      assert.equal(second.status, 201);
      assert.deepEqual(second.json().data, { a: '2' });
    });

    test('where it must not be', async () => {
      const pod = { metadata: { name: 'p' }, spec: { containers: [] } };
      const nowhere = await call(server, '/api/v1/namespaces/nowhere/pods', { method: 'POST', body: pod });
      assert.equal(nowhere.status, 404);
      assert.equal(nowhere.json().message, 'namespaces "nowhere" not found');
      const wrong = await call(server, '/api/v1/namespaces/books/pods', {
        method: 'POST',
        body: { ...pod, metadata: { name: 'p', namespace: 'plain' } },
      });
      assert.equal(wrong.status, 400);
      await call(server, '/api/v1/namespaces/plain', { method: 'DELETE' });
      const ending = await call(server, '/api/v1/namespaces/plain/pods', { method: 'POST', body: pod });
      assert.equal(ending.status, 403);
      assert.match(stringAt(ending.json(), 'message'), /because it is being terminated/);
    });

    test('what is no object of the kind, or no name', async () => {
      const path = '/api/v1/namespaces/books/configmaps';
      const post = (body: unknown) => call(server, path, { method: 'POST', body });
      assert.equal((await post({ kind: 'Pod', apiVersion: 'v1', metadata: { name: 'x' } })).status, 400);
      assert.equal((await post([1])).status, 400);
      assert.equal((await post({ metadata: { name: 'Not_A_Name' } })).status, 422);
      assert.equal((await post({ metadata: {} })).status, 422);
      const text = await call(server, path, {
        method: 'POST',
        body: 'x',
        headers: { 'content-type': 'text/plain' },
      });
      assert.equal(text.status, 415);
      const large = await post({ metadata: { name: 'large' }, data: { a: 'x'.repeat(3 * 1024 * 1024) } });
      assert.equal(large.status, 413);
    });
  });

  describe('replacement', () => {
    test('a lease needs its version, and the right one', async () => {
      await call(server, LEASES, { method: 'POST', body: recordedBody('077-lease-create.json') });
      const stale = await call(server, `${LEASES}/demo-lock`, {
        method: 'PUT',
        body: recordedBody('079-lease-stale-update.json'),
      });
      assert.equal(stale.status, 409);
      assert.equal(stale.body.toString(), recordedBytes('079-lease-stale-update.json').toString());
      const lease = (await call(server, `${LEASES}/demo-lock`)).json();
      const renewed = { ...lease, spec: { holderIdentity: 'me' } };
      assert.equal((await call(server, `${LEASES}/demo-lock`, { method: 'PUT', body: renewed })).status, 200);
      const { resourceVersion: _version, ...metadata } = isObject(lease.metadata) ? lease.metadata : {};
      const blind = await call(server, `${LEASES}/demo-lock`, {
        method: 'PUT',
        body: { ...renewed, metadata },
      });
      assert.equal(blind.status, 422);
    });

    test('another name than the path is refused', async () => {
      const body = { metadata: { name: 'other' } };
      assert.equal((await call(server, WEBAPP, { method: 'PUT', body })).status, 400);
    });
  });

  describe('deletion', () => {
    test('of a lease answers a Status as recorded', async () => {
      await call(server, LEASES, { method: 'POST', body: recordedBody('077-lease-create.json') });
      const { uid } = (await call(server, `${LEASES}/demo-lock`)).json().metadata as { uid: string };
      const reply = await call(server, `${LEASES}/demo-lock`, { method: 'DELETE' });
      const recorded = recordedJson('080-lease-delete.json');
      const { details, ...rest } = recorded;
      assert.deepEqual(reply.json(), { ...rest, details: { ...(details as object), uid } });
      assert.equal((await call(server, `${LEASES}/demo-lock`)).status, 404);
    });

    test('of a running pod gives it its grace', async () => {
      const [pod] = store.list(pods, 'books');
      assert.ok(pod);
      const path = `/api/v1/namespaces/books/pods/${pod.metadata.name}`;
      const reply = await call(server, path, { method: 'DELETE' });
      assert.equal(reply.status, 200);
      assert.equal(stringAt(reply.json(), 'metadata', 'deletionTimestamp'), '2026-11-21T19:55:32Z');
      assert.equal(numberAt(reply.json(), 'metadata', 'deletionGracePeriodSeconds'), 30);
      const again = await call(server, path, { method: 'DELETE', body: { gracePeriodSeconds: 0 } });
      assert.equal(again.json().status, 'Success');
      assert.equal(store.get(pods, 'books', pod.metadata.name), undefined);
    });

    test('preconditions and dry runs are honoured', async () => {
      const body = { preconditions: { uid: 'other' } };
      assert.equal((await call(server, WEBAPP, { method: 'DELETE', body })).status, 409);
      assert.equal((await call(server, `${WEBAPP}?dryRun=All`, { method: 'DELETE' })).status, 200);
      assert.ok(stored('webapp'));
    });

    test('finalizers hold an object until they are gone', async () => {
      await patch(WEBAPP, { metadata: { finalizers: ['example.com/wait'] } });
      const reply = await call(server, WEBAPP, { method: 'DELETE' });
      assert.ok(stringAt(reply.json(), 'metadata', 'deletionTimestamp'));
      await patch(WEBAPP, { metadata: { finalizers: null } }, 'merge-patch');
      assert.equal(store.get(deployments, 'books', 'webapp'), undefined);
    });

    test('of a collection takes what the selector chooses', async () => {
      const path = '/apis/apps/v1/namespaces/books/replicasets';
      const before = arrayAt((await call(server, path)).json(), 'items').length;
      await call(server, `${path}?fieldSelector=metadata.name%3Dwebapp-5cf678fb77`, { method: 'DELETE' });
      assert.equal(arrayAt((await call(server, path)).json(), 'items').length, before - 1);
    });

    test('of a namespace marks it', async () => {
      await call(server, '/api/v1/namespaces/plain', { method: 'DELETE' });
      assert.equal(stringAt(store.get(namespaces, '', 'plain'), 'status', 'phase'), 'Terminating');
    });
  });

  describe('eviction', () => {
    const POD = 'authors-7979d5f4b-m4hmw';
    const path = `/api/v1/namespaces/books/pods/${POD}/eviction`;
    const evict = () =>
      call(server, path, { method: 'POST', body: recordedBody('082-eviction-blocked.json') });

    function budget(name: string, disruptionsAllowed: number): void {
      const recorded = kubeObject(recordedJson('083-pdb.json'));
      const status = isObject(recorded.status) ? recorded.status : {};
      store.create(podDisruptionBudgets, {
        ...recorded,
        metadata: { name, namespace: 'books' },
        status: { ...status, disruptionsAllowed },
      });
    }

    test('is refused as recorded when the budget has nothing left', async () => {
      budget('authors', 0);
      const reply = await evict();
      assert.equal(reply.status, 429);
      assert.equal(reply.body.toString(), recordedBytes('082-eviction-blocked.json').toString());
      assert.equal(reply.headers['retry-after'], undefined);
    });

    test('spends what the budget has', async () => {
      budget('authors', 1);
      assert.equal((await evict()).status, 201);
      assert.ok(at(store.get(pods, 'books', POD), 'metadata', 'deletionTimestamp'));
      assert.equal(
        numberAt(store.get(podDisruptionBudgets, 'books', 'authors'), 'status', 'disruptionsAllowed'),
        0,
      );
    });

    test('with two budgets is an error of the server', async () => {
      budget('authors', 1);
      budget('authors-too', 1);
      assert.equal((await evict()).status, 500);
    });

    test('without a budget just deletes', async () => {
      assert.equal((await evict()).status, 201);
      assert.ok(at(store.get(pods, 'books', POD), 'metadata', 'deletionTimestamp'));
    });
  });

  test('scale reads and sets the replicas', async () => {
    const before = await call(server, `${WEBAPP}/scale`);
    assert.equal(before.json().kind, 'Scale');
    assert.deepEqual(at(before.json(), 'status'), { replicas: 2, selector: 'app=webapp' });
    const reply = await patch(`${WEBAPP}/scale`, { spec: { replicas: 7 } }, 'merge-patch');
    assert.equal(numberAt(reply.json(), 'spec', 'replicas'), 7);
    assert.equal(numberAt(stored('webapp'), 'spec', 'replicas'), 7);
    const negative = await patch(`${WEBAPP}/scale`, { spec: { replicas: -1 } }, 'merge-patch');
    assert.equal(negative.status, 422);
  });

  test('the audit log tells who did what', async () => {
    const headers = {
      'content-type': 'application/merge-patch+json',
      'user-agent': 'kubectl-linkerd-upgrade/1.0',
    };
    const heard: string[] = [];
    const stop = server.audit.subscribe(({ verb }) => heard.push(verb));
    await call(server, `${WEBAPP}?dryRun=All`, {
      method: 'PATCH',
      headers,
      body: { spec: { paused: true } },
    });
    stop();
    const [entry] = server.audit.entries;
    assert.deepEqual(entry, {
      user: 'admin',
      impersonatedUser: undefined,
      userAgent: 'kubectl-linkerd-upgrade/1.0',
      method: 'PATCH',
      verb: 'patch',
      path: `${WEBAPP}?dryRun=All`,
      resource: 'deployments',
      subresource: '',
      namespace: 'books',
      name: 'webapp',
      body: { spec: { paused: true } },
      code: 200,
    });
    assert.deepEqual(heard, ['patch']);
  });
});
