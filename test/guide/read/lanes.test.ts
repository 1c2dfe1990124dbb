import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLanes } from '../../../src/guide/read/lanes.ts';

test('no more than so many at a time, in the order in which they came', async () => {
  const lanes = createLanes(2);
  const started: number[] = [];
  const gates = Array.from({ length: 5 }, () => Promise.withResolvers<void>());
  const all = gates.map(({ promise }, index) =>
    lanes(async () => {
      started.push(index);
      await promise;
      return index;
    }),
  );
  assert.deepEqual(started, [0, 1]);
  gates[1]?.resolve();
  await all[1];
  assert.deepEqual(started, [0, 1, 2]);
  for (const { resolve } of gates) resolve();
  assert.deepEqual(await Promise.all(all), [0, 1, 2, 3, 4]);
  assert.deepEqual(started, [0, 1, 2, 3, 4]);
});

test('a lane that is handed on is taken all the same', async () => {
  const lanes = createLanes(1);
  const first = lanes(() => Promise.resolve());
  let underWay = 0;
  const gate = Promise.withResolvers<void>();
  const work = async (): Promise<void> => {
    underWay += 1;
    await gate.promise;
  };
  const second = lanes(work);
  await first;
  const third = lanes(work);
  await Promise.resolve();
  assert.equal(underWay, 1);
  gate.resolve();
  await Promise.all([second, third]);
  assert.equal(underWay, 2);
});

test('a failure leaves its lane to the next', async () => {
  const lanes = createLanes(1);
  const failed = lanes(() => Promise.reject(new Error('no')));
  const next = lanes(() => Promise.resolve('yes'));
  await assert.rejects(failed, /no/);
  assert.equal(await next, 'yes');
});
