import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KubeError } from '../../src/kube/errors.ts';
import { NamedObjects } from '../../src/live/named-objects.ts';
import { UnreadableParts } from '../../src/live/unreadable.ts';
import { createMeshModel } from '../../src/mesh/model.ts';

test('what is refused is named, and asked for again only after a minute', async () => {
  let now = 0;
  let asked = 0;
  const unreadable = new UnreadableParts();
  const objects = new NamedObjects(
    {
      clock: { now: () => now, after: () => () => undefined },
      get: () => {
        asked++;
        return Promise.reject(new KubeError('forbidden', 'not for you'));
      },
    },
    createMeshModel(),
    unreadable,
  );
  await objects.read(undefined);
  assert.equal(asked, 3);
  assert.equal(unreadable.list().length, 3);
  now = 59_000;
  await objects.read(undefined);
  assert.equal(asked, 3);
  now = 61_000;
  await objects.read(undefined);
  assert.equal(asked, 6);
});
