import type { LiveView } from '../../src/live/view.ts';
import {
  CURRENT,
  type LiveViewInput,
  liveView,
  namespaceView,
  podView,
  workloadView,
} from '../support/views.ts';

/** A small cluster with one of everything that the screens tell apart. */
export function smallCluster(changes: LiveViewInput = {}): LiveView {
  return liveView({
    namespaces: [
      namespaceView('linkerd', {
        role: 'control-plane',
        running: [[CURRENT, 'current', 9]],
        effects: { nothing: 3 },
      }),
      namespaceView('linkerd-viz', {
        role: 'extension',
        extension: 'viz',
        running: [['edge-26.6.1', 'behind', 4]],
        effects: { upgrades: 4 },
      }),
      namespaceView('kube-system', { role: 'system', running: [], effects: {} }),
      namespaceView('shop', {
        running: [
          ['edge-25.4.4', 'violation', 4],
          [CURRENT, 'current', 9],
          ['edge-25.9.2', 'behind-one', 2],
        ],
        effects: { upgrades: 2, pinned: 1, nothing: 3 },
      }),
      namespaceView('billing', {
        running: [['edge-25.9.2', 'behind-one', 1200]],
        effects: { upgrades: 12, unmeshes: 1 },
      }),
    ],
    workloads: [
      workloadView('shop', 'cart', {
        running: [['edge-25.4.4', 'violation', 4]],
        effect: { kind: 'upgrades', reason: `a restart injects ${CURRENT}, the control plane's version` },
        risks: [{ kind: 'no-readiness-probe', text: 'no readiness probe: traffic may reach it too early' }],
      }),
      workloadView('shop', 'db', {
        kind: 'StatefulSet',
        running: [['edge-25.9.2', 'behind-one', 2]],
        target: 'edge-25.9.2',
        effect: { kind: 'pinned', reason: 'the template pins edge-25.9.2, which its pods run' },
        pods: { live: 2, ready: 1, unmeshed: 0, completed: 0, failed: 0, terminating: 0 },
      }),
      workloadView('shop', 'web', { running: [[CURRENT, 'current', 9]] }),
    ],
    pods: {
      'shop/Deployment/cart': [
        podView('shop', 'cart-7d9f8b6c5d-aaaaa', {
          createdAt: 1000 - 300,
          proxy: { version: 'edge-25.4.4', class: 'violation' },
        }),
        podView('shop', 'cart-7d9f8b6c5d-bbbbb', {
          createdAt: 1000 - 90_000,
          status: 'CrashLoopBackOff',
          ready: false,
          readyContainers: 1,
          restarts: 12,
          node: '',
          proxy: { version: 'edge-25.4.4', class: 'violation', native: true },
        }),
        podView('shop', 'cart-7d9f8b6c5d-ccccc', { createdAt: 1000 - 30, proxy: undefined }),
      ],
    },
    ...changes,
  });
}
