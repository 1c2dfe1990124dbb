import { type Notice, notice } from './notice.ts';

const guide = 'https://linkerd.io/docs/tasks/upgrade/';

/** What holds for every step of every upgrade. */
export const anyStep: readonly Notice[] = [
  notice({
    id: 'any-health',
    to: 'any',
    title: 'Begin with a mesh that is healthy',
    severity: 'action',
    component: 'control-plane',
    condition: 'always',
    action:
      'Run both checks and repair what they find. Before a step to another 2.N, restart every proxy that lags as well: otherwise it ends up two releases behind.',
    commands: ['linkerd check', 'linkerd check --proxy'],
    docs: `${guide}#before-upgrading`,
  }),
  notice({
    id: 'any-kubernetes',
    to: 'any',
    title: 'Check the Kubernetes version against the target',
    severity: 'action',
    component: 'kubernetes',
    condition: 'Kubernetes is older than the target requires, or newer than it was tested with',
    action: 'Look up the range of the target. Upgrade Kubernetes before Linkerd where it is too old.',
    docs: 'https://linkerd.io/docs/reference/k8s-versions/',
  }),
  notice({
    id: 'any-one-step',
    to: 'any',
    title: 'Never skip a 2.N',
    severity: 'action',
    component: 'control-plane',
    condition: 'the target is more than one 2.N above the control plane',
    action:
      'Take the control plane and then the data plane to the next 2.N, and begin again from there. No edition of the guide supports a longer step.',
    docs: 'https://linkerd.io/2.17/tasks/upgrade/#upgrade-paths',
  }),
  notice({
    id: 'any-release-notes',
    to: 'any',
    title: 'Release notes are the authority',
    severity: 'info',
    component: 'control-plane',
    condition: 'always',
    action:
      'Read the notes of each release on the way. The number of an edge promises nothing about compatibility.',
    docs: 'https://github.com/linkerd/linkerd2/releases',
  }),
  notice({
    id: 'any-order',
    to: 'any',
    title: 'CLI first, data plane last',
    severity: 'info',
    component: 'control-plane',
    condition: 'always',
    action:
      'Upgrade the CLI, the control plane, the extensions and the data plane in that order, and check each before you go on.',
    commands: ['linkerd version --client', 'linkerd check', 'linkerd version', 'linkerd check --proxy'],
    docs: `${guide}#overall-upgrade-process`,
  }),
  notice({
    id: 'any-cli-crds',
    to: 'any',
    title: 'With the CLI: CRDs, control plane, prune',
    severity: 'action',
    component: 'control-plane',
    installMethod: 'cli',
    condition: 'the CLI installed the control plane, and the target is 2.13 or later',
    action: 'Run the three commands in this order. The last one removes what the target no longer has.',
    commands: [
      'linkerd upgrade --crds | kubectl apply -f -',
      'linkerd upgrade | kubectl apply -f -',
      'linkerd prune | kubectl delete -f -',
    ],
    docs: `${guide}#upgrading-the-control-plane-with-the-cli`,
  }),
  notice({
    id: 'any-helm',
    to: 'any',
    title: 'With Helm: the CRDs chart goes first',
    severity: 'action',
    component: 'helm',
    installMethod: 'helm',
    condition: 'Helm installed the control plane, and the target is 2.12 or later',
    action:
      'Hold your values against those of the new chart. Then upgrade the two charts; --reset-values together with your file lets no old default survive.',
    commands: [
      'helm repo update',
      'helm upgrade linkerd-crds linkerd-edge/linkerd-crds -n linkerd',
      'helm upgrade linkerd-control-plane linkerd-edge/linkerd-control-plane -n linkerd --reset-values -f values.yaml --atomic',
    ],
    docs: 'https://linkerd.io/docs/tasks/install-helm/#upgrading-with-helm',
  }),
  notice({
    id: 'any-extensions',
    to: 'any',
    title: 'Extensions do not upgrade with the control plane',
    severity: 'action',
    component: 'viz',
    condition: 'a namespace has the label linkerd.io/extension',
    action:
      'Upgrade the chart of each extension, or run its install command over what is there: none has a command for upgrades, and jaeger has neither chart nor command after 2.18. Prune viz afterwards. Extensions of others have releases of their own.',
    commands: [
      'linkerd viz install | kubectl apply -f -',
      'linkerd viz prune | kubectl delete -f -',
      'linkerd multicluster install | kubectl apply -f -',
    ],
    docs: `${guide}#upgrading-extensions`,
  }),
  notice({
    id: 'any-relink',
    to: 'any',
    title: 'A service mirror gets its version from its link',
    severity: 'action',
    component: 'multicluster',
    from: '<= 2.17',
    condition:
      'service mirrors were made by linkerd multicluster link, not by the controllers that came with 2.18',
    action:
      'Once the extension is upgraded, link each pair of clusters anew; mirrored traffic flows on meanwhile. A restart of the mirror changes nothing but its proxy.',
    commands: [
      'linkerd --context=TARGET multicluster link --cluster-name=NAME | kubectl --context=SOURCE apply -f -',
      'linkerd --context=SOURCE multicluster check',
    ],
    docs: `${guide}#upgrading-the-multicluster-extension`,
  }),
  notice({
    id: 'any-restart',
    to: 'any',
    title: 'Meshed workloads keep their proxy until they restart',
    severity: 'action',
    component: 'data-plane',
    condition: 'meshed pods run another proxy than the injector now gives',
    action:
      'Restart them. Those that are one 2.N behind may wait until the next step of the control plane; none may fall further behind.',
    commands: ['kubectl -n NAMESPACE rollout restart deploy'],
    docs: `${guide}#upgrading-the-data-plane`,
  }),
  notice({
    id: 'any-manual-injection',
    to: 'any',
    title: 'A restart does not touch a proxy that stands in the template',
    severity: 'action',
    component: 'data-plane',
    condition: 'a pod template holds linkerd-proxy itself',
    action: 'Inject the manifest once more with the new CLI, and apply it.',
    commands: [
      'kubectl -n NAMESPACE get deploy -l linkerd.io/control-plane-ns=linkerd -o yaml | linkerd inject --manual - | kubectl apply -f -',
    ],
    docs: 'https://linkerd.io/2.10/tasks/upgrade/#upgrade-the-data-plane',
  }),
];
