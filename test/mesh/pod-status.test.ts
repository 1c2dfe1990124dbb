import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PodContainer, PodRecord } from '../../src/kube/records.ts';
import { podContainers, podStatus } from '../../src/mesh/pod-status.ts';
import { container, nativeProxy, pod } from '../support/records.ts';

const waiting = (reason: string): Partial<PodContainer> => ({
  state: 'waiting',
  reason,
  ready: false,
  started: false,
});
const terminated = (fields: Partial<PodContainer>): Partial<PodContainer> => ({
  state: 'terminated',
  ready: false,
  started: false,
  ...fields,
});
const init = (fields: Partial<PodContainer>): PodContainer =>
  container({ name: 'init', init: true, ready: false, ...fields });
const through = init(terminated({ reason: 'Completed' }));
const unreported: Partial<PodContainer> = { state: 'unknown', ready: false, started: false };

test('the status of a pod reads as Linkerd and kubectl print it', async (t) => {
  const rows: readonly [status: string, fields: Partial<PodRecord>][] = [
    ['Running', {}],
    ['Pending', { phase: 'Pending', containers: [init(unreported), container(unreported)] }],
    ['Evicted', { phase: 'Failed', reason: 'Evicted', containers: [container(unreported)] }],
    ['Unknown', { phase: '', containers: [] }],
    ['Terminating', { deletedAt: 1 }],
    // Init containers.
    [
      'Init:0/2',
      {
        phase: 'Pending',
        containers: [
          init({ state: 'running' }),
          init(waiting('PodInitializing')),
          container(waiting('PodInitializing')),
        ],
      },
    ],
    [
      'Init:1/2',
      {
        phase: 'Pending',
        containers: [through, init(waiting('PodInitializing')), container(waiting('PodInitializing'))],
      },
    ],
    [
      'Init:ImagePullBackOff',
      { phase: 'Pending', containers: [init(waiting('ImagePullBackOff')), container(unreported)] },
    ],
    [
      'Init:Error',
      {
        phase: 'Pending',
        containers: [init(terminated({ reason: 'Error', exitCode: 1 })), container(unreported)],
      },
    ],
    [
      'Init:ExitCode:3',
      { phase: 'Pending', containers: [init(terminated({ exitCode: 3 })), container(unreported)] },
    ],
    [
      'Init:Signal:9',
      {
        phase: 'Pending',
        containers: [init(terminated({ signal: 9, exitCode: 137 })), container(unreported)],
      },
    ],
    // Native sidecars.
    ['Running', { containers: [through, nativeProxy('edge-26.6.3'), container()] }],
    ['Init:1/2', { containers: [through, nativeProxy('edge-26.6.3', { ready: false }), container()] }],
    [
      'Init:CrashLoopBackOff',
      { containers: [through, nativeProxy('edge-26.6.3', waiting('CrashLoopBackOff')), container()] },
    ],
    // Containers.
    ['PodInitializing', { phase: 'Pending', containers: [through, container(waiting('PodInitializing'))] }],
    ['ContainerCreating', { phase: 'Pending', containers: [container(waiting('ContainerCreating'))] }],
    ['CrashLoopBackOff', { containers: [container(waiting('CrashLoopBackOff')), container({ name: 'b' })] }],
    [
      'Error',
      {
        containers: [
          container(terminated({ reason: 'Error', exitCode: 1 })),
          container(waiting('CrashLoopBackOff')),
        ],
      },
    ],
    ['ExitCode:2', { containers: [container(terminated({ exitCode: 2 }))] }],
    ['Signal:15', { containers: [container(terminated({ signal: 15 }))] }],
    ['Completed', { phase: 'Succeeded', containers: [container(terminated({ reason: 'Completed' }))] }],
    ['Running', { containers: [container(terminated({ reason: 'Completed' })), container({ name: 'b' })] }],
    [
      'Completed',
      {
        containers: [container(terminated({ reason: 'Completed' })), container({ name: 'b', ready: false })],
      },
    ],
  ];
  for (const [index, [status, fields]] of rows.entries()) {
    await t.test(`${index + 1}: ${status}`, () => assert.equal(podStatus(pod(fields)), status));
  }
});

test('containers are counted without the init containers that end', () => {
  const containers = [
    init(terminated({ reason: 'Completed', restarts: 4 })),
    nativeProxy('edge-26.6.3', { restarts: 1 }),
    container({ restarts: 2, ready: false }),
  ];
  assert.deepEqual(podContainers(pod({ containers })), { ready: 1, total: 2, restarts: 3 });
});

test('while a pod initialises the restarts are those of its init containers', () => {
  const containers = [init({ ...waiting('CrashLoopBackOff'), restarts: 7 }), container(unreported)];
  assert.deepEqual(podContainers(pod({ containers })), { ready: 0, total: 1, restarts: 7 });
});
