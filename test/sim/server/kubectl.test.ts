import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { arrayAt, at, stringAt } from '../../../src/sim/json.ts';
import { deployments, pods } from '../../../src/sim/resources.ts';
import { type ApiServer, createApiServer } from '../../../src/sim/server/api-server.ts';
import { rbacAuthorizer } from '../../../src/sim/server/authorizer.ts';
import { serverVersion } from '../../../src/sim/server/version.ts';
import { findKubectls, type KubectlSession, openKubectl } from '../../support/kubectl.ts';
import { recordedCluster } from '../../support/recorded-cluster.ts';

const kubectls = findKubectls();
if (kubectls.length === 0) {
  test('kubectl as an independent client', {
    skip: 'NO VERSIONED kubectl FOUND: the server is not checked by one',
  }, () => {});
}

const READER = [{ user: 'reader', rules: [{ verbs: ['get', 'list'], apiGroups: ['*'], resources: ['*'] }] }];

for (const kubectl of kubectls) {
  for (const tls of [true, false]) {
    describe(`kubectl ${kubectl.version} over ${tls ? 'https' : 'http'}`, () => {
      let server: ApiServer;
      let session: KubectlSession;
      let reader: KubectlSession;

      before(async () => {
        server = await createApiServer({
          store: recordedCluster(),
          tls,
          version: serverVersion(`v${kubectl.version}.0`),
          authorizer: rbacAuthorizer(READER),
          users: new Map([['reader-token', { name: 'reader', groups: [] }]]),
        });
        session = openKubectl(kubectl, server.kubeconfig());
        reader = openKubectl(kubectl, server.kubeconfig({ token: 'reader-token' }));
      });
      after(async () => {
        session.close();
        reader.close();
        await server.close();
      });

      /** Runs it and expects success without a word on stderr. */
      async function ok(...args: readonly string[]): Promise<string> {
        const { code, stdout, stderr } = await session.run(...args);
        assert.deepEqual({ code, stderr }, { code: 0, stderr: '' }, `kubectl ${args.join(' ')}: ${stdout}`);
        return stdout;
      }

      const webapp = () => server.store.get(deployments, 'books', 'webapp');

      test('version and api-resources', async () => {
        const version: unknown = JSON.parse(await ok('version', '-o', 'json'));
        assert.equal(stringAt(version, 'serverVersion', 'gitVersion'), `v${kubectl.version}.0`);
        const resources = await ok('api-resources', '--no-headers');
        assert.match(resources, /^deployments\s+deploy\s+apps\/v1\s+true\s+Deployment$/m);
        assert.match(resources, /^links\s+multicluster\.linkerd\.io\/v1alpha3\s+true\s+Link$/m);
      });

      test('get in every form', async () => {
        const table = (await ok('get', 'pods', '-A', '--no-headers')).trimEnd().split('\n');
        assert.equal(table.length, 45);
        assert.match(table[0] ?? '', /^batch +old-style-cq6cb +2\/2 +Running +0 +\S+$/);
        assert.match(await ok('get', 'pods', '-n', 'books', '-o', 'wide'), /NOMINATED NODE +READINESS GATES/);
        const list: unknown = JSON.parse(await ok('get', 'pods', '-A', '-o', 'json'));
        assert.equal(arrayAt(list, 'items').length, 45);
        const path = 'custom-columns=N:.metadata.name,P:.metadata.annotations.linkerd\\.io/proxy-version';
        assert.match(
          await ok('get', 'pods', '-n', 'books', '-o', path),
          /authors-7979d5f4b-m4hmw +edge-24\.11\.8/,
        );
        assert.equal(
          (await ok('get', 'pods', '-A', '--chunk-size=10', '--no-headers')).trimEnd().split('\n').length,
          45,
        );
        assert.match(
          await ok('get', 'sts,ds,rs,jobs,nodes,ns,events,links', '-A'),
          /statefulset\.apps\/queue/,
        );
        assert.equal(
          (await ok('get', 'pods', '-A', '-l', 'app=webapp', '-o', 'name')).trimEnd().split('\n').length,
          2,
        );
        assert.match(await ok('get', 'pods', '-A', '--sort-by=.metadata.name'), /^NAMESPACE/);
      });

      test('get -w shows a change', async () => {
        const printed = await session.follow(['get', 'pods', '-n', 'plain', '-w', '--no-headers'], (text) => {
          const lines = text.split('\n').filter((line) => line !== '');
          const [pod] = server.store.list(pods, 'plain');
          if (
            lines.length === 2 &&
            pod !== undefined &&
            at(pod, 'metadata', 'labels', 'seen') === undefined
          ) {
            const status = { ...(pod.status as object), reason: 'Evicted' };
            server.store.update(pods, {
              ...pod,
              metadata: { ...pod.metadata, labels: { seen: 'yes' } },
              status,
            });
          }
          return text.includes('Evicted');
        });
        assert.match(printed, /Evicted/);
      });

      test('rollout restart is written as a real server would', async () => {
        assert.equal(
          await ok('rollout', 'restart', 'deploy/webapp', '-n', 'books'),
          'deployment.apps/webapp restarted\n',
        );
        const restartedAt = stringAt(
          webapp(),
          'spec',
          'template',
          'metadata',
          'annotations',
          'kubectl.kubernetes.io/restartedAt',
        );
        assert.match(restartedAt, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
        const entry = arrayAt(webapp(), 'metadata', 'managedFields').find(
          (one) => stringAt(one, 'manager') === 'kubectl-rollout',
        );
        assert.deepEqual(at(entry, 'fieldsV1'), {
          'f:spec': {
            'f:template': {
              'f:metadata': { 'f:annotations': { 'f:kubectl.kubernetes.io/restartedAt': {} } },
            },
          },
        });
        const status = await session.run(
          'rollout',
          'status',
          'deploy/webapp',
          '-n',
          'books',
          '--watch=false',
        );
        assert.match(status.stdout, /Waiting for deployment spec update to be observed/);
      });

      test('rollout status follows a watch', async () => {
        const done = session.run('rollout', 'status', 'deploy/webapp', '-n', 'books', '--timeout=30s');
        const watching = new Promise<void>((resolve) => {
          const stop = server.audit.subscribe(({ verb, resource }) => {
            if (verb !== 'watch' || resource !== 'deployments') return;
            stop();
            resolve();
          });
        });
        await watching;
        const deployment = webapp();
        assert.ok(deployment);
        const status = {
          ...(deployment.status as object),
          observedGeneration: deployment.metadata.generation,
        };
        server.store.update(deployments, { ...deployment, status });
        const { code, stdout } = await done;
        assert.equal(code, 0, stdout);
        assert.match(stdout, /successfully rolled out/);
      });

      test('annotate, label, patch, set, scale', async () => {
        await ok('annotate', 'deploy', 'webapp', '-n', 'books', 'config.linkerd.io/proxy-version=x');
        await ok('label', 'deploy', 'webapp', '-n', 'books', 'team=books');
        await ok('patch', 'deploy', 'webapp', '-n', 'books', '-p', '{"spec":{"minReadySeconds":3}}');
        await ok(
          'patch',
          'deploy',
          'webapp',
          '-n',
          'books',
          '--type=json',
          '-p',
          '[{"op":"replace","path":"/spec/minReadySeconds","value":4}]',
        );
        await ok('set', 'env', 'deploy/webapp', '-n', 'books', 'A=1');
        await ok('scale', 'deploy', 'webapp', '-n', 'books', '--replicas=3');
        assert.deepEqual(at(webapp(), 'spec', 'replicas'), 3);
        assert.deepEqual(at(webapp(), 'spec', 'minReadySeconds'), 4);
        assert.equal(stringAt(webapp(), 'metadata', 'labels', 'team'), 'books');
        const [container] = arrayAt(webapp(), 'spec', 'template', 'spec', 'containers');
        assert.deepEqual(at(container, 'env'), [{ name: 'A', value: '1' }]);
      });

      test('describe reads protobuf', async () => {
        assert.match(
          await ok('describe', 'deploy', 'webapp', '-n', 'books'),
          /Replicas: +3 desired \| 2 updated/,
        );
        const pod = await ok('describe', 'pod', 'authors-7979d5f4b-m4hmw', '-n', 'books');
        assert.match(pod, /linkerd-proxy:/);
        assert.match(pod, /Controlled By: +ReplicaSet\/authors-7979d5f4b/);
      });

      test('create and delete', async () => {
        await ok('create', 'namespace', 'fresh');
        await ok('create', 'deployment', 'web', '--image=web:1', '-n', 'fresh');
        await ok('create', 'configmap', 'settings', '--from-literal=a=1', '-n', 'fresh');
        assert.equal(
          stringAt(server.store.get(deployments, 'fresh', 'web'), 'spec', 'strategy', 'type'),
          'RollingUpdate',
        );
        await ok('delete', 'deployment', 'web', '-n', 'fresh');
        assert.equal(server.store.get(deployments, 'fresh', 'web'), undefined);
        const missing = await session.run('delete', 'deployment', 'web', '-n', 'fresh');
        assert.equal(missing.stderr, 'Error from server (NotFound): deployments.apps "web" not found\n');
      });

      test('auth can-i', async () => {
        assert.equal(await ok('auth', 'can-i', 'patch', 'deployments', '-n', 'books'), 'yes\n');
        if (!tls) return;
        const denied = await reader.run('auth', 'can-i', 'patch', 'deployments', '-n', 'books');
        assert.deepEqual([denied.code, denied.stdout], [1, 'no\n']);
        assert.equal((await reader.run('auth', 'can-i', 'list', 'pods', '-A')).stdout, 'yes\n');
        assert.match((await reader.run('auth', 'can-i', '--list', '-n', 'books')).stdout, /\[get list\]/);
        const refused = await reader.run('rollout', 'restart', 'deploy/authors', '-n', 'books');
        assert.match(
          refused.stderr,
          /User "reader" cannot patch resource "deployments" in API group "apps" in the namespace "books"/,
        );
      });

      test('a bad selector is explained', async () => {
        const { code, stderr } = await session.run('get', 'pods', '--field-selector=spec.odd=1');
        assert.equal(code, 1);
        assert.match(stderr, /field label not supported: spec\.odd/);
      });
    });
  }
}
