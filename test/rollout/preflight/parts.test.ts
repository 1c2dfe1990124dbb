import assert from 'node:assert/strict';
import { test } from 'node:test';
import { certificatesIn, isValidAt } from '../../../src/rollout/preflight/certificates.ts';
import { inParallel } from '../../../src/rollout/preflight/in-parallel.ts';
import { proxyRequests, proxyResources } from '../../../src/rollout/preflight/injected-requests.ts';
import { podRequests, quantity } from '../../../src/rollout/preflight/pod-requests.ts';
import { some } from '../../../src/rollout/preflight/verdict.ts';
import { OTHER_TRUST_ROOT, TRUST_ROOT } from '../../../src/sim/cluster/scenario/trust-roots.ts';

test('quantities as Kubernetes writes them', () => {
  const read = (texts: readonly string[]) => texts.map(quantity);
  assert.deepEqual(read(['1', '0.5', '.5', '100m', '2k', '1e3', '1E', '20Mi', '1Gi', '-1', ' 3 ']), [
    1,
    0.5,
    0.5,
    0.1,
    2_000,
    1_000,
    1e18,
    20 * 2 ** 20,
    2 ** 30,
    -1,
    3,
  ]);
  assert.deepEqual(read(['', 'x', '1Zi', '1 Mi', '0x10', 'Mi', '1e']), Array(7).fill(undefined));
});

test('what a pod asks for: containers and native sidecars together, or one init container that needs more', () => {
  const container = (cpu: string, more: object = {}) => ({ resources: { requests: { cpu } }, ...more });
  const cpu = (spec: Parameters<typeof podRequests>[0]) => podRequests(spec)['requests.cpu'];
  assert.equal(cpu({ containers: [container('1'), container('500m')] }), 1.5);
  assert.equal(cpu({ initContainers: [container('4')], containers: [container('1')] }), 4);
  const sidecar = container('1', { restartPolicy: 'Always' });
  assert.equal(cpu({ initContainers: [sidecar], containers: [container('1')] }), 2);
  assert.equal(cpu({ initContainers: [sidecar, container('4')], containers: [container('1')] }), 5);
  assert.equal(cpu({ initContainers: [container('4'), sidecar], containers: [container('1')] }), 4);
  const limited = {
    containers: [{ resources: { limits: { cpu: '2', memory: '1Mi' }, requests: { memory: '1Ki' } } }],
  };
  assert.deepEqual(podRequests(limited), {
    'requests.cpu': 2,
    'requests.memory': 1_024,
    'limits.cpu': 2,
    'limits.memory': 2 ** 20,
  });
});

test('what a proxy asks for: the annotation on the template, on the namespace, linkerd-config', () => {
  const values =
    'proxy:\n  resources:\n    cpu: {request: 100m, limit: ""}\n    memory: {request: 20Mi, limit: 250Mi}\n';
  const defaults = proxyResources(values);
  assert.ok(defaults);
  assert.deepEqual(proxyRequests(defaults, {}, {}), {
    'requests.cpu': 0.1,
    'requests.memory': 20 * 2 ** 20,
    'limits.cpu': 0,
    'limits.memory': 250 * 2 ** 20,
  });
  const onNamespace = {
    'config.linkerd.io/proxy-cpu-request': '1',
    'config.linkerd.io/proxy-memory-limit': '1Gi',
  };
  const onTemplate = { 'config.linkerd.io/proxy-cpu-request': '2' };
  const both = proxyRequests(defaults, onTemplate, onNamespace);
  assert.deepEqual([both['requests.cpu'], both['limits.memory']], [2, 2 ** 30]);
  assert.deepEqual(proxyResources('proxy: {}'), {
    requests: { cpu: '', memory: '' },
    limits: { cpu: '', memory: '' },
  });
  assert.equal(proxyResources('a: [1'), undefined);
});

test('certificates of a bundle, whatever stands around them', () => {
  const junk = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----';
  const { certificates, unreadable } = certificatesIn(
    `# old\n${TRUST_ROOT}\r\n${junk}\n${OTHER_TRUST_ROOT}\n`,
  );
  assert.equal(unreadable, 1);
  const [first, second] = certificates;
  assert.ok(first && second);
  assert.deepEqual(
    { ...first, anchor: '' },
    {
      subject: 'CN=root.linkerd.cluster.local',
      anchor: '',
      notBefore: Date.parse('2024-01-01T00:00:00Z') / 1000,
      notAfter: Date.parse('2044-01-01T00:00:00Z') / 1000,
    },
  );
  assert.notEqual(first.anchor, second.anchor, 'the same name with another key is another anchor');
  assert.equal(certificatesIn(TRUST_ROOT).certificates[0]?.anchor, first.anchor);
  assert.deepEqual(certificatesIn('no certificate'), { certificates: [], unreadable: 0 });
  assert.deepEqual(
    [first.notBefore - 1, first.notBefore, first.notAfter - 1, first.notAfter].map((now) =>
      isValidAt(first, now),
    ),
    [false, true, true, false],
  );
});

test('work in parallel keeps its order and its limit, and stops at a failure', async () => {
  let running = 0;
  let most = 0;
  const release: (() => void)[] = [];
  const done = inParallel([1, 2, 3, 4, 5], 2, async (item) => {
    running += 1;
    most = Math.max(most, running);
    await new Promise<void>((resolve) => release.push(resolve));
    running -= 1;
    return item * 10;
  });
  for (let turn = 0; turn < 5; turn++) {
    assert.equal(most, 2);
    // The later of those that wait goes first.
    release.pop()?.();
    await new Promise(setImmediate);
  }
  assert.deepEqual(await done, [10, 20, 30, 40, 50]);
  const begun: number[] = [];
  await assert.rejects(
    inParallel([1, 2, 3], 1, async (item) => {
      begun.push(item);
      throw new Error('no');
    }),
  );
  assert.deepEqual(begun, [1]);
});

test('names, at most three of them', () => {
  assert.equal(some(['a']), 'a');
  assert.equal(some(['a', 'b', 'c']), 'a, b and c');
  assert.equal(some(['a', 'b', 'c', 'd', 'e']), 'a, b, c and 2 more');
});
