import assert from 'node:assert/strict';
import { test } from 'node:test';
import { imageTag, parseImage } from '../../src/mesh/image.ts';

test('the tag of an image is told from port and digest', async (t) => {
  const digest = `sha256:${'a'.repeat(64)}`;
  const rows: readonly [image: string, name: string, tag: string, digest: string][] = [
    ['cr.l5d.io/linkerd/proxy:edge-25.10.7', 'cr.l5d.io/linkerd/proxy', 'edge-25.10.7', ''],
    ['reg:18080/linkerd/proxy:stable-2.10.0', 'reg:18080/linkerd/proxy', 'stable-2.10.0', ''],
    ['reg:18080/linkerd/proxy', 'reg:18080/linkerd/proxy', '', ''],
    [`cr.l5d.io/linkerd/proxy:stable-2.14.9@${digest}`, 'cr.l5d.io/linkerd/proxy', 'stable-2.14.9', digest],
    [`cr.l5d.io/linkerd/proxy@${digest}`, 'cr.l5d.io/linkerd/proxy', '', digest],
    [`reg:5000/proxy@${digest}`, 'reg:5000/proxy', '', digest],
    ['proxy', 'proxy', '', ''],
    ['', '', '', ''],
  ];
  for (const [image, name, tag, expectedDigest] of rows) {
    await t.test(image || '(empty)', () => {
      assert.deepEqual(parseImage(image), { name, tag, digest: expectedDigest });
      assert.equal(imageTag(image), tag);
    });
  }
});
