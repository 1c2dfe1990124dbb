import assert from 'node:assert/strict';
import { test } from 'node:test';
import { haltCard } from '../../src/report/halt-card.ts';
import type { Halt } from '../../src/rollout/run/run.ts';

const halt: Halt = {
  at: 0,
  scope: 'wave',
  cause: 'deadline',
  workload: { namespace: 'shop', kind: 'Deployment', name: 'web' },
  pod: 'web-1',
  container: '',
  reason: 'no progress for 60 s',
  details: ['pod web-1 is not ready'],
  serving: '2 of 3 wanted pods are ready and serving',
  nextSteps: [
    'kubectl -n shop describe pod/web-1',
    'kubectl linkerd-upgrade restart --resume 1a2b',
    'kubectl linkerd-upgrade pin shop/deployment/web --proxy-version edge-25.10.7',
  ],
};

test('the card has one command that leads back to this cluster, and says what it does not do', () => {
  assert.deepEqual(haltCard(halt, 'kubectl linkerd-upgrade restart --resume 1a2b --context=prod'), [
    'no progress for 60 s',
    '  Workload: shop deployment/web',
    '  Pod: web-1',
    '  Still serving: 2 of 3 wanted pods are ready and serving',
    '  pod web-1 is not ready',
    'Next steps:',
    '  kubectl -n shop describe pod/web-1',
    '  kubectl linkerd-upgrade pin shop/deployment/web --proxy-version edge-25.10.7',
    '  kubectl linkerd-upgrade restart --resume 1a2b --context=prod',
    '--resume leaves shop deployment/web as it is; --retry shop/deployment/web queues it again.',
  ]);
});
