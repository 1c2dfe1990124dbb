import assert from 'node:assert/strict';
import { test } from 'node:test';
import { kubernetesFor } from '../../src/guide/kubernetes.ts';

test('Kubernetes is judged by what is enforced, documented and tested', async (t) => {
  const rows: readonly [linkerd: string, kubernetes: string, verdict: string, edition: string][] = [
    ['stable-2.14.10', 'v1.20.15', 'too-old', '2.14'],
    ['stable-2.14.10', 'v1.21.0', 'fine', '2.14'],
    ['stable-2.14.10', 'v1.28.3', 'fine', '2.14'],
    ['stable-2.14.10', 'v1.29.0', 'untested', '2.14'],
    ['enterprise-2.17.1', 'v1.21.9', 'too-old', 'docs'],
    ['enterprise-2.17.1', 'v1.22.0', 'fine', 'docs'],
    // Source and charts of 2.18 ask for more than its documentation.
    ['edge-25.5.5', 'v1.22.17', 'too-old', 'docs'],
    ['edge-25.5.5', 'v1.23.0', 'fine', 'docs'],
    // The documentation of 2.19 asks for more than the current one, and than the source.
    ['edge-25.10.7', 'v1.22.17', 'too-old', 'docs'],
    ['edge-25.10.7', 'v1.28.9', 'below-documented', '2.19'],
    ['enterprise-2.19.6', 'v1.23.0-gke.1700', 'below-documented', '2.19'],
    ['edge-25.10.7', 'v1.29.0', 'fine', 'docs'],
    ['edge-25.10.7', 'v1.36.0', 'untested', 'docs'],
    // Late edges of 2.19 ask for what 2.20 asks for.
    ['edge-26.5.1', 'v1.30.9', 'too-old', 'docs'],
    ['edge-26.5.1', 'v1.31.0', 'fine', 'docs'],
    ['edge-26.6.3', 'v1.36.0', 'untested', 'docs'],
    ['edge-26.8.2', 'v1.36.0', 'fine', 'docs'],
    ['edge-26.6.3', 'v1.7+7f6', 'unknown', 'docs'],
    ['dev-undefined', 'v1.31.0', 'unknown', 'docs'],
    ['', 'v1.31.0', 'unknown', 'docs'],
  ];
  for (const [linkerd, kubernetes, verdict, edition] of rows) {
    await t.test(`${linkerd || 'an unknown Linkerd'} on Kubernetes ${kubernetes}: ${verdict}`, () => {
      const judgement = kubernetesFor(linkerd, kubernetes);
      assert.equal(judgement.verdict, verdict, judgement.text);
      assert.equal(judgement.link, `https://linkerd.io/${edition}/reference/k8s-versions/`);
      assert.notEqual(judgement.text, '');
    });
  }
});

test('a document that asks for more is told from what is enforced', () => {
  assert.equal(
    kubernetesFor('edge-25.10.7', 'v1.28.9').text,
    'the documentation of 2.19 asks for Kubernetes 1.29, this is 1.28.9; enforced is 1.23',
  );
});
