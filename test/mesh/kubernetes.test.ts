import assert from 'node:assert/strict';
import { test } from 'node:test';
import { kubernetesSupport, parseKubernetesVersion } from '../../src/mesh/kubernetes.ts';
import { parseVersion } from '../../src/mesh/version.ts';

test('a Kubernetes version is read as Linkerd reads it', () => {
  assert.equal(parseKubernetesVersion('v1.27.3-gke.1700')?.version, '1.27.3');
  assert.equal(parseKubernetesVersion('v1.31.0+rke2r1')?.version, '1.31.0');
  assert.equal(parseKubernetesVersion('1.26.5')?.version, '1.26.5');
  assert.equal(parseKubernetesVersion('v1.7+7f6'), undefined);
  assert.equal(parseKubernetesVersion(''), undefined);
});

test('a Kubernetes version is judged by edge, source and documentation', async (t) => {
  const rows: readonly [kubernetes: string, linkerd: string, level: string][] = [
    ['v1.31.0', 'edge-26.6.3', 'supported'],
    ['v1.30.9', 'edge-26.6.3', 'error'],
    ['v1.36.0', 'edge-26.6.3', 'untested'],
    ['v1.36.1', 'edge-26.8.2', 'supported'],
    ['v1.37.0', 'edge-26.8.2', 'untested'],
    // Counts as 2.19, but already asks for what 2.20 asks for.
    ['v1.30.0', 'edge-26.5.1', 'error'],
    ['v1.30.0', 'edge-25.10.7', 'supported'],
    ['v1.22.17', 'edge-25.10.7', 'error'],
    ['v1.22.17', 'enterprise-2.19.4', 'error'],
    ['v1.22.17', 'enterprise-2.17.0', 'supported'],
    ['v1.20.0', 'stable-2.14.10', 'error'],
    ['v1.29.1', 'stable-2.14.10', 'untested'],
    ['v1.12.0', 'stable-2.9.5', 'error'],
    ['v1.30.0', 'stable-2.9.5', 'supported'],
    ['v1.7+7f6', 'edge-26.6.3', 'unknown'],
    ['v1.31.0', 'dev-undefined', 'unknown'],
    ['v1.31.0', '', 'unknown'],
    // An edge of 2.11 from before the enforced minimum rose: the docs' minimum still warns.
    ['v1.16.2', 'edge-21.10.1', 'warning'],
  ];
  for (const [kubernetes, linkerd, level] of rows) {
    await t.test(`${kubernetes} under ${linkerd || 'an unknown Linkerd'}: ${level}`, () => {
      const support = kubernetesSupport(kubernetes, parseVersion(linkerd));
      assert.equal(support.level, level, support.reason);
    });
  }
  await t.test('says which version is required', () => {
    assert.equal(
      kubernetesSupport('v1.30.9', parseVersion('edge-26.6.3')).reason,
      'edge-26.6.3 requires Kubernetes 1.31 or later, this is 1.30.9',
    );
  });
});
