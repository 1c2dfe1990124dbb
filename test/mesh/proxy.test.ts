import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PodRecord } from '../../src/kube/records.ts';
import { podLife, proxyOf } from '../../src/mesh/proxy.ts';
import { container, nativeProxy, pod, proxyContainer } from '../support/records.ts';

const digest = `@sha256:${'0'.repeat(64)}`;

test('the version of a proxy is read from the best evidence there is', async (t) => {
  const byDigest = proxyContainer('', { image: `cr.l5d.io/linkerd/proxy${digest}` });
  const rows: readonly [name: string, pod: Partial<PodRecord>, version: string, evidence: string][] = [
    [
      'tag',
      { containers: [proxyContainer('edge-25.10.7')], proxyVersion: 'edge-25.9.4' },
      'edge-25.10.7',
      'tag',
    ],
    [
      'tag of a registry with a port',
      { containers: [proxyContainer('', { image: 'reg:18080/linkerd/proxy:stable-2.10.0' })] },
      'stable-2.10.0',
      'tag',
    ],
    [
      'tag and digest',
      { containers: [proxyContainer('', { image: `cr.l5d.io/linkerd/proxy:stable-2.14.9${digest}` })] },
      'stable-2.14.9',
      'tag',
    ],
    [
      'annotation',
      {
        containers: [byDigest],
        proxyVersion: 'edge-25.10.7',
        createdBy: 'linkerd/proxy-injector edge-25.9.4',
      },
      'edge-25.10.7',
      'annotation',
    ],
    [
      'created-by of the injector',
      { containers: [byDigest], createdBy: 'linkerd/proxy-injector edge-25.9.4' },
      'edge-25.9.4',
      'created-by',
    ],
    [
      'created-by of the CLI tells nothing',
      { containers: [byDigest], createdBy: 'linkerd/cli edge-25.9.4' },
      '',
      'none',
    ],
    ['nothing', { containers: [byDigest] }, '', 'none'],
  ];
  for (const [name, fields, version, evidence] of rows) {
    await t.test(name, () => {
      const proxy = proxyOf(pod(fields));
      assert.equal(proxy?.version, version);
      assert.equal(proxy?.evidence, evidence);
    });
  }
});

test('the proxy is found by name, first among the init containers', () => {
  // From 2.20 on linkerd-init carries the proxy's image.
  const init = container({ name: 'linkerd-init', init: true, image: 'cr.l5d.io/linkerd/proxy:edge-26.6.3' });
  assert.equal(proxyOf(pod({ containers: [init, container()] })), undefined);

  const native = proxyOf(
    pod({ containers: [init, nativeProxy('edge-26.6.3', { ready: false }), container()] }),
  );
  assert.deepEqual(native, { version: 'edge-26.6.3', evidence: 'tag', ready: false, native: true });

  const both = pod({ containers: [proxyContainer('edge-25.1.1'), nativeProxy('edge-26.6.3')] });
  assert.equal(proxyOf(both)?.version, 'edge-26.6.3');
});

test('labels and annotations make no proxy', () => {
  const leftovers = pod({
    controlPlaneNamespace: 'linkerd',
    proxyVersion: 'edge-25.10.7',
    createdBy: 'linkerd/proxy-injector edge-25.10.7',
  });
  assert.equal(proxyOf(leftovers), undefined);
});

test('the life of a pod', () => {
  assert.equal(podLife(pod()), 'live');
  assert.equal(podLife(pod({ phase: 'Pending' })), 'live');
  assert.equal(podLife(pod({ phase: 'Succeeded' })), 'completed');
  assert.equal(podLife(pod({ phase: 'Failed', reason: 'Evicted' })), 'failed');
  assert.equal(podLife(pod({ deletedAt: 1 })), 'terminating');
});
