import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CommandError } from '../../src/cli/command-error.ts';
import { scopesIn } from '../../src/cli/scopes.ts';
import { CURRENT, liveView, namespaceView, workloadView } from '../support/views.ts';

const live = liveView({
  namespaces: [
    namespaceView('books'),
    namespaceView('kube-system', { role: 'system' }),
    namespaceView('linkerd', { role: 'control-plane' }),
    namespaceView('linkerd-viz', { role: 'extension' }),
  ],
  workloads: [
    workloadView('books', 'current'),
    workloadView('books', 'behind', {
      running: [
        ['edge-25.10.7', 'behind', 1],
        [CURRENT, 'current', 1],
      ],
    }),
    workloadView('books', 'violation', { running: [['edge-24.8.2', 'violation', 2]] }),
    workloadView('books', 'stale', { staleTrust: 1 }),
    workloadView('books', 'empty', { running: [] }),
  ],
});

const chosen = (only: string) => scopesIn(live, ['books'], only).map(({ workload }) => workload?.name);

test('all means applications and extensions, never the control plane or the system', () => {
  assert.deepEqual(scopesIn(live, undefined, undefined), [
    { namespace: 'books' },
    { namespace: 'linkerd-viz' },
  ]);
});

test('a namespace that is named is taken as it is', () => {
  assert.deepEqual(scopesIn(live, ['linkerd'], undefined), [{ namespace: 'linkerd' }]);
});

test('each choice takes just the workloads it is about', () => {
  assert.deepEqual(chosen('violations'), ['violation']);
  assert.deepEqual(chosen('behind'), ['behind', 'violation']);
  assert.deepEqual(chosen('stale-trust'), ['stale']);
});

test('a namespace that does not exist is an error that names it', () => {
  assert.throws(
    () => scopesIn(live, ['books', 'nowhere'], undefined),
    (error: unknown) => {
      return error instanceof CommandError && /no namespace nowhere/.test(error.message);
    },
  );
});
