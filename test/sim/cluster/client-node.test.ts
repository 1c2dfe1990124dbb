/**
 * The official JavaScript client as a second client: what it reads with its own models and informer, out of JSON, has
 * to be what this program reads out of protobuf; and its writes have to pass like anybody's.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import {
  ApiException,
  AppsV1Api,
  AuthorizationV1Api,
  CoreV1Api,
  KubeConfig,
  makeInformer,
  PatchStrategy,
  setHeaderOptions,
} from '@kubernetes/client-node';
import { createKubeClient } from '../../../src/kube/client.ts';
import { parseKubeconfig } from '../../../src/kube/config/kubeconfig.ts';
import { resolveConnection } from '../../../src/kube/config/resolve.ts';
import { readOnce } from '../../../src/live/read-once.ts';
import { demoScenario } from '../../../src/sim/cluster/scenario/scenarios.ts';
import { type Simulation, startSimulation } from '../../../src/sim/cluster/simulation.ts';

let simulation: Simulation;
const config = new KubeConfig();

before(async () => {
  simulation = await startSimulation({ scenario: demoScenario(), speed: 50 });
  config.loadFromString(simulation.kubeconfig);
});

after(() => simulation.stop());

/** Pods with a proxy that have not ended, by namespace. */
async function proxiesByClientNode(): Promise<ReadonlyMap<string, number>> {
  const { items } = await config.makeApiClient(CoreV1Api).listPodForAllNamespaces();
  const counts = new Map<string, number>();
  for (const { metadata, spec, status } of items) {
    const containers = [...(spec?.containers ?? []), ...(spec?.initContainers ?? [])];
    const isLive =
      metadata?.deletionTimestamp === undefined && !/^(Succeeded|Failed)$/.test(status?.phase ?? '');
    if (!isLive || !containers.some(({ name }) => name === 'linkerd-proxy')) continue;
    const namespace = metadata?.namespace ?? '';
    counts.set(namespace, (counts.get(namespace) ?? 0) + 1);
  }
  return new Map([...counts].sort());
}

async function proxiesByUs(): Promise<ReadonlyMap<string, number>> {
  const kubeconfig = parseKubeconfig(simulation.kubeconfig, (path) => path);
  const connection = resolveConnection(kubeconfig, {}, undefined);
  assert.ok(!('error' in connection));
  const client = createKubeClient(connection, { userAgentVersion: 'test' });
  try {
    const subject = {
      namespaces: undefined,
      labelSelector: '',
      controlPlaneNamespace: '',
      contextNamespace: '',
    };
    const { mesh } = await readOnce(client, subject);
    const counts = mesh.namespaces.filter(({ proxies }) => proxies > 0);
    return new Map(counts.map(({ name, proxies }) => [name, proxies] as const).sort());
  } finally {
    client.close();
  }
}

test('both clients count the same proxies', async () => {
  // Pods of the demo come and go: a count is compared when it was the same before and after ours.
  for (let attempt = 0; attempt < 20; attempt += 1) {
    const before = await proxiesByClientNode();
    const ours = await proxiesByUs();
    const now = await proxiesByClientNode();
    if (!isDeepStrictEqual(before, now)) continue;
    assert.ok(now.size > 10);
    assert.deepEqual(ours, now);
    return;
  }
  assert.fail('the cluster did not stay the same for the time of three lists');
});

test('its informer sees every pod of a restart that it has asked for', async () => {
  const core = config.makeApiClient(CoreV1Api);
  const namespace = 'catalog';
  const informer = makeInformer(config, `/api/v1/namespaces/${namespace}/pods`, () =>
    core.listNamespacedPod({ namespace }),
  );
  const restartedAt = '2026-01-01T00:00:00Z';
  const annotation = 'kubectl.kubernetes.io/restartedAt';
  const seen = new Set<string>();
  const gone = new Set<string>();
  const replaced = new Promise<void>((resolve, reject) => {
    const check = () => {
      const living = [...seen].filter((name) => !gone.has(name));
      if (gone.size > 0 && living.length > 0) resolve();
    };
    informer.on('add', ({ metadata }) => {
      if (metadata?.annotations?.[annotation] === restartedAt) seen.add(metadata.name ?? '');
      check();
    });
    informer.on('delete', ({ metadata }) => {
      gone.add(metadata?.name ?? '');
      check();
    });
    informer.on('error', reject);
  });
  const apps = config.makeApiClient(AppsV1Api);
  const [deployment] = (await apps.listNamespacedDeployment({ namespace })).items;
  const name = deployment?.metadata?.name ?? '';
  await informer.start();
  try {
    const patched = await apps.patchNamespacedDeployment(
      {
        namespace,
        name,
        fieldManager: 'client-node-test',
        body: { spec: { template: { metadata: { annotations: { [annotation]: restartedAt } } } } },
      },
      setHeaderOptions('Content-Type', PatchStrategy.StrategicMergePatch),
    );
    assert.equal(patched.spec?.template.metadata?.annotations?.[annotation], restartedAt);
    assert.ok(patched.metadata?.managedFields?.some(({ manager }) => manager === 'client-node-test'));
    await replaced;
  } finally {
    await informer.stop();
  }
});

test('its answers for what is missing, and for a right, are those of an API server', async () => {
  const missing = config
    .makeApiClient(AppsV1Api)
    .readNamespacedDeployment({ namespace: 'catalog', name: 'nope' });
  await assert.rejects(missing, (error) => {
    assert.ok(error instanceof ApiException);
    assert.equal(error.code, 404);
    assert.match(String(error.body), /deployments\.apps \\?"nope\\?" not found/);
    return true;
  });
  const review = await config.makeApiClient(AuthorizationV1Api).createSelfSubjectAccessReview({
    body: {
      spec: {
        resourceAttributes: { namespace: 'catalog', verb: 'patch', group: 'apps', resource: 'deployments' },
      },
    },
  });
  assert.equal(review.status?.allowed, true);
});
