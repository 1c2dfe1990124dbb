import { type Notice, notice } from './notice.ts';

const guide214 = 'https://linkerd.io/2.14/tasks/upgrade/#upgrade-notice-stable-2140';
const notes = 'https://github.com/linkerd/linkerd2/releases/tag';

/** Those of 2.13 and 2.14. */
export const to214: readonly Notice[] = [
  notice({
    id: '2.13-notes',
    to: '2.13',
    title: 'Nothing special beyond the release notes of 2.13.0',
    severity: 'info',
    component: 'control-plane',
    condition: 'always',
    action: 'Read them, and proceed as always.',
    docs: 'https://linkerd.io/2.13/tasks/upgrade/#upgrade-notice-stable-2130',
  }),
  notice({
    id: '2.13-prune',
    to: '2.13',
    title: 'linkerd prune finds what is left over',
    severity: 'info',
    component: 'cli',
    installMethod: 'cli',
    from: '<= 2.12',
    condition: 'the CLI installed the control plane',
    action:
      'Prune with this command instead of kubectl apply --prune. viz has its own, and so has jaeger up to 2.18; multicluster has none.',
    commands: ['linkerd prune | kubectl delete -f -'],
    docs: `${notes}/stable-2.13.0`,
  }),
  notice({
    id: '2.13-cni',
    to: '2.13',
    title: 'Pods test the rules of linkerd-cni before they start',
    severity: 'info',
    component: 'cni',
    from: '<= 2.12',
    condition: 'linkerd-cni is installed',
    action:
      'Look for linkerd-network-validator among the init containers. A pod whose node lacks the rules fails there, and early.',
    docs: `${notes}/stable-2.13.0`,
  }),
  notice({
    id: '2.13.7-hostport',
    to: '2.13.7',
    title: 'Pods with a hostPort may become unreachable as they restart',
    severity: 'warning',
    component: 'control-plane',
    from: '2.13.0 - 2.13.6',
    condition: 'meshed clients call pods by hostPort',
    action: 'Bring the control plane to 2.13.7 or later before any large restart.',
    docs: `${notes}/stable-2.13.7`,
  }),
  notice({
    id: '2.14-multicluster',
    to: '2.14',
    title: 'Links of 2.13 fail the check',
    severity: 'action',
    component: 'multicluster',
    from: '<= 2.13',
    condition: 'multicluster is installed',
    action:
      'Link every pair of clusters anew. Traffic between them does not stop, only linkerd multicluster check complains until you have.',
    commands: [
      'linkerd --context=TARGET multicluster link --cluster-name=NAME | kubectl --context=SOURCE apply -f -',
      'linkerd multicluster check',
    ],
    docs: guide214,
  }),
  notice({
    id: '2.14-none',
    to: '2.14',
    title: 'Nothing else is special about 2.14.0',
    severity: 'info',
    component: 'control-plane',
    condition: 'always',
    action: 'Proceed as always.',
    docs: guide214,
  }),
  notice({
    id: '2.14.1-hostport',
    to: '2.14.1',
    sinceEdge: 'edge-23.9.1',
    title: 'Pods with a hostPort may become unreachable as they restart',
    severity: 'warning',
    component: 'control-plane',
    from: '2.14.0',
    condition: 'meshed clients call pods by hostPort',
    action:
      'Bring the control plane to 2.14.1 or later before any large restart; the repair is whole in 2.14.2 and edge-23.9.4.',
    docs: `${notes}/stable-2.14.1`,
  }),
];
