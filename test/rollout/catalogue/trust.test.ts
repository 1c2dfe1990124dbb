/** Runs that meet certificates and trust anchors: nobody is restarted into a mesh whose halves refuse each other. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { annotation } from '../../../src/data/linkerd.ts';
import { deployment } from '../../../src/sim/cluster/scenario/builders.ts';
import { OTHER_TRUST_ROOT, TRUST_ROOT } from '../../../src/sim/cluster/scenario/trust-roots.ts';
import type { KubeObject } from '../../../src/sim/types.ts';
import { haltOf, NOW } from '../live-cluster.ts';
import { clusterOf, patched, podsOf } from './clusters.ts';

const BOTH = `${TRUST_ROOT}\n${OTHER_TRUST_ROOT}`;

test('old proxies trust another anchor than the present one alone: a run halts before it patches anything', async (t) => {
  const cluster = await clusterOf(t, {
    workloads: [deployment('shop', 'web'), deployment('shop', 'api')],
    before: { trustRoots: OTHER_TRUST_ROOT },
  });
  const { items } = await cluster.start({ namespace: 'shop' });
  assert.ok(items.every(({ reasons }) => reasons.some(({ kind }) => kind === 'stale-trust')));
  const halt = haltOf(await cluster.end());
  assert.equal(halt.cause, 'preflight');
  assert.match(
    halt.reason,
    /shares no valid anchor with the present one: .* Put the old anchor beside the new one/,
  );
  assert.deepEqual(patched(cluster), []);
});

test('old and present bundle share an anchor: the run goes on, warns, and proves the new bundle of every pod', async (t) => {
  const cluster = await clusterOf(t, {
    workloads: [deployment('shop', 'web', { replicas: 3 })],
    now: { trustRoots: BOTH },
  });
  const before = roots();
  assert.equal(before.size, 1);
  const { items } = await cluster.start({ namespace: 'shop' });
  const run = await cluster.end();
  assert.equal(run.phase.phase, 'done');
  assert.match(run.warnings.join('\n'), /still hold the trust bundle [0-9a-f]{8}, which shares CN=root/);
  assert.deepEqual([...roots()], [items[0]?.expected.trustRootSha256]);
  assert.notDeepEqual(roots(), before);

  function roots(): ReadonlySet<string | undefined> {
    return new Set(
      podsOf(cluster, 'shop', 'web').map(
        ({ metadata }) => metadata.annotations?.[annotation.trustRootSha256],
      ),
    );
  }
});

test('the anchors change between two waves: nothing more is patched', async (t) => {
  const cluster = await clusterOf(
    t,
    { workloads: [deployment('shop', 'a'), deployment('books', 'b', { replicas: 3 })] },
    { limits: { soakSeconds: 120 } },
  );
  await cluster.start({ namespace: 'shop' }, { namespace: 'books' });
  await cluster.until(({ phase }) => phase.phase === 'soaking', 'the soak after the first wave');
  cluster.simulation.cluster.upgradeControlPlane(NOW, { trustRoots: OTHER_TRUST_ROOT });
  const halt = haltOf(await cluster.end());
  assert.equal(halt.scope, 'run');
  assert.match([halt.reason, ...halt.details].join('\n'), /trust bundle|injector|half rolled/);
  assert.deepEqual(patched(cluster), ['shop/a 200']);
});

test('the anchors change while pods start: the first pod with another bundle halts the run', async (t) => {
  const oneByOne = { replicas: 4, strategy: { maxSurge: 1, maxUnavailable: 0 } };
  const cluster = await clusterOf(t, {
    workloads: [deployment('shop', 'a', oneByOne), deployment('shop', 'b', { replicas: 5 })],
  });
  await cluster.start({ namespace: 'shop' });
  await cluster.until(() => cluster.step('a')?.state === 'rolling', 'a to roll');
  cluster.simulation.cluster.world.change('ConfigMap', 'linkerd', 'linkerd-identity-trust-roots', (map) => ({
    ...map,
    data: { 'ca-bundle.crt': OTHER_TRUST_ROOT },
  }));
  const halt = haltOf(await cluster.end());
  assert.deepEqual([halt.cause, halt.scope], ['wrong-proxy', 'run']);
  assert.match(halt.reason, /pod a-\S+ came up with another trust root than the control plane's/);
  assert.deepEqual(patched(cluster), ['shop/a 200']);
});

test('the identity issuer has expired: new pods would get no identity, so the run halts first', async (t) => {
  const certificate: KubeObject = {
    apiVersion: 'cert-manager.io/v1',
    kind: 'Certificate',
    metadata: { name: 'linkerd-identity-issuer', namespace: 'linkerd' },
    spec: { secretName: 'linkerd-identity-issuer', isCA: true },
    status: { notAfter: '2026-01-01T00:00:00Z' },
  };
  const cluster = await clusterOf(t, {
    workloads: [deployment('shop', 'web')],
    since: (world) => world.create(certificate),
  });
  await cluster.start({ namespace: 'shop' });
  const halt = haltOf(await cluster.end());
  assert.equal(halt.cause, 'preflight');
  assert.match(halt.reason, /the identity issuer expired on 2026-01-01/);
  assert.deepEqual(patched(cluster), []);
});
