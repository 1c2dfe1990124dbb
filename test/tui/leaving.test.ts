import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { lettingGo } from '../../src/tui/leaving.ts';

const never = new Promise<void>(() => {});

test('an engine that lets go is waited for, and nothing is said', async () => {
  assert.equal(await lettingGo(Promise.resolve(), never), '');
});

test('an engine that fails to is quoted', async () => {
  const failing = Promise.reject(new Error('the lease could not be written'));
  assert.equal(
    await lettingGo(failing, never),
    'The run was not left as it should be: the lease could not be written',
  );
});

test('it is waited for a bounded time, and no longer than patience lasts', async () => {
  const slow = /lock was perhaps not given back/;
  assert.match(await lettingGo(never, Promise.resolve()), slow);
  mock.timers.enable({ apis: ['setTimeout'] });
  try {
    const waiting = lettingGo(never, never);
    mock.timers.tick(5000);
    assert.match(await waiting, slow);
  } finally {
    mock.timers.reset();
  }
});
