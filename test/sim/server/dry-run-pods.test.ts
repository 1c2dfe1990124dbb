/** Dry-run pods over the wire, as a probe sends them: what they leave behind and what refuses them. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { annotation } from '../../../src/data/linkerd.ts';
import { createKubeClient, type KubeClient } from '../../../src/kube/client.ts';
import { KubeError } from '../../../src/kube/errors.ts';
import { type JsonObject, objectAt, textAt } from '../../../src/kube/json/value.ts';
import { referenceTo } from '../../../src/sim/cluster/objects.ts';
import { deployment, namespace, node } from '../../../src/sim/cluster/scenario/builders.ts';
import { freshInstall } from '../../../src/sim/cluster/scenario/scenarios.ts';
import { minutesAgo } from '../../../src/sim/cluster/scenario/story.ts';
import { type Simulation, startSimulation } from '../../../src/sim/cluster/simulation.ts';
import { events } from '../../../src/sim/resources.ts';
import { connectionTo } from '../../support/connection.ts';

const { story, installation } = freshInstall();
const shop = minutesAgo(60, (world) => {
  world.create(namespace('shop', { [annotation.inject]: 'enabled' }));
  world.create(deployment('shop', 'web', { replicas: 1 }));
  world.create({ ...node('node-x', 'v1.31.4'), spec: { unschedulable: true } });
});

describe('dry-run pods', () => {
  let simulation: Simulation;
  let client: KubeClient;

  before(async () => {
    simulation = await startSimulation({ scenario: { story: [...story, shop], installation }, tls: false });
    client = createKubeClient(connectionTo(simulation.url), { userAgentVersion: 'test', env: {} });
  });
  after(async () => {
    client.close();
    await simulation.stop();
  });

  const tryPod = (metadata: JsonObject, spec: JsonObject = {}) =>
    client.json({
      method: 'POST',
      path: '/api/v1/namespaces/shop/pods',
      query: { dryRun: 'All' },
      body: {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { generateName: 'probe-', ...metadata },
        spec: { containers: [{ name: 'app', image: 'registry.example/app:1' }], ...spec },
      },
      operation: 'try a pod',
    });
  const injections = () =>
    simulation.store.list(events, 'shop').filter(({ reason }) => reason === 'Injected').length;
  const pods = () => simulation.cluster.cluster.list('Pod').length;

  test('come back injected and are not stored', async () => {
    const stored = pods();
    // What was installed a moment ago still settles; a pod that is tried leaves neither itself nor an event.
    const left: string[] = [];
    const unsubscribe = simulation.store.subscribe(({ object }) => {
      const about = textAt(objectAt({ ...object }, 'involvedObject'), 'name');
      const { kind, metadata } = object;
      if (metadata.name.startsWith('probe-') || about.startsWith('probe-')) {
        left.push(`${kind} ${metadata.name}`);
      }
    });
    const pod = await tryPod({});
    unsubscribe();
    const annotations = objectAt(objectAt(pod, 'metadata'), 'annotations');
    assert.equal(textAt(annotations, annotation.proxyVersion), installedVersion(simulation));
    assert.equal(pods(), stored);
    assert.deepEqual(left, []);
  });

  test('leave an event on their owner, and none without one', async () => {
    const before = injections();
    await tryPod({});
    assert.equal(injections(), before);
    const web = simulation.cluster.cluster.get('Deployment', 'shop', 'web');
    assert.ok(web);
    const [set] = simulation.cluster.cluster.owned(web.metadata.uid, 'ReplicaSet');
    assert.ok(set);
    const eventsOf = () =>
      simulation.store
        .list(events, 'shop')
        .filter(
          ({ reason, involvedObject }) =>
            reason === 'Injected' && JSON.stringify(involvedObject).includes('"Deployment"'),
        )
        .map(({ count, metadata }) => `${metadata.name} ${String(count)}`);
    const told = eventsOf();
    await tryPod({ ownerReferences: [referenceTo(set)] });
    assert.notDeepEqual(eventsOf(), told);
  });

  test('may not mount what they do not have', async () => {
    const mounting = [{ name: 'app', image: 'a', volumeMounts: [{ name: 'data', mountPath: '/data' }] }];
    await assert.rejects(
      () => tryPod({ generateName: 'x-' }, { containers: mounting }),
      (error) =>
        error instanceof KubeError &&
        error.kind === 'invalid' &&
        /^Pod "x-.{5}" is invalid: spec.containers\[0\].volumeMounts\[0\].name: Not found: "data"$/.test(
          error.detail,
        ),
    );
    await tryPod({}, { containers: mounting, volumes: [{ name: 'data', emptyDir: {} }] });
  });

  test('nodes are chosen by whether they take pods', async () => {
    const list = await client.json({
      method: 'GET',
      path: '/api/v1/nodes',
      query: { fieldSelector: 'spec.unschedulable=true' },
      operation: 'list nodes',
    });
    assert.match(JSON.stringify(list.items), /^\[\{"metadata":\{"name":"node-x"/);
  });
});

function installedVersion({ cluster }: Simulation): string {
  const map = cluster.cluster.get('ConfigMap', 'linkerd', 'linkerd-config');
  return /linkerdVersion: (\S+)/.exec(map?.data?.values ?? '')?.[1] ?? '';
}
