import { type Notice, notice } from './notice.ts';

const guide = 'https://linkerd.io/2.10/tasks/upgrade/';

const lostOverrides = {
  title: 'A pruning upgrade may have deleted linkerd-config-overrides',
  severity: 'action',
  component: 'control-plane',
  installMethod: 'cli',
  from: '2.9.0 - 2.9.2',
  condition:
    'an upgrade with --prune led to 2.9.0, 2.9.1 or 2.9.2; a later one then fails with "failed to read CA: not PEM-encoded" or the like',
  action:
    'Write secret/linkerd-config-overrides anew with the CLI of stable-2.9.3 or later, before you upgrade.',
  commands: ['linkerd repair | kubectl apply -f -'],
} as const;

export const to29: readonly Notice[] = [
  notice({
    id: '2.9-images-ghcr',
    to: '2.9',
    title: 'ghcr.io replaces gcr.io',
    severity: 'action',
    component: 'control-plane',
    from: '<= 2.8',
    condition: 'a private registry holds copies of the images, or only certain registries are allowed',
    action:
      'Copy the images from ghcr.io, and from 2.9.4 on from cr.l5d.io. Change every image name that you set.',
    docs: `${guide}#upgrade-notice-stable-290`,
  }),
  notice({
    id: '2.9-multicluster',
    to: '2.9',
    title: 'Each linked cluster gets a service mirror of its own, and exports go by label',
    severity: 'action',
    component: 'multicluster',
    from: '2.8',
    condition: 'multicluster of 2.8 is installed',
    action:
      'Upgrade the control plane of the source cluster and install multicluster on both sides. Label each exported service: those without the label are mirrored no longer. Link with the CLI of 2.9, check, and only then delete the single mirror of 2.8. The order of clusters is free; a cluster that is only a target needs no more than its control plane.',
    commands: [
      'linkerd --context=SOURCE multicluster install | kubectl --context=SOURCE apply -f -',
      'linkerd --context=TARGET multicluster install | kubectl --context=TARGET apply -f -',
      'kubectl --context=TARGET label svc/NAME mirror.linkerd.io/exported=true',
      'linkerd --context=TARGET multicluster link --cluster-name=NAME | kubectl --context=SOURCE apply -f -',
      'kubectl --context=SOURCE -n linkerd-multicluster delete deploy/linkerd-service-mirror',
      'linkerd --context=SOURCE multicluster check',
    ],
    docs: 'https://linkerd.io/2.11/tasks/upgrade-multicluster/',
  }),
  notice({
    id: '2.9-ingress',
    to: '2.9',
    title: 'The proxy no longer overrules an ingress controller',
    severity: 'warning',
    component: 'ingress',
    from: '<= 2.8',
    condition: 'an ingress controller is meshed, and not in ingress mode',
    action:
      "Count on the controller's own choice of endpoints: Linkerd's routes, retries, timeouts and traffic splits stop there. Annotate its pod template with linkerd.io/inject: ingress to keep them.",
    docs: `${guide}#upgrade-notice-stable-290`,
  }),
  notice({
    id: '2.9-helm-values',
    to: '2.9',
    title: 'controllerLogLevel and the Prometheus values stand elsewhere',
    severity: 'action',
    component: 'helm',
    installMethod: 'helm',
    from: '<= 2.8',
    condition: 'Helm manages the control plane',
    action: 'Compare values.yaml of stable-2.8.1 with that of stable-2.9.0, and move what you set of these.',
    docs: `${guide}#upgrade-notice-stable-290`,
  }),
  notice({
    id: '2.9-old-secrets',
    to: '2.9',
    title: 'The CLI leaves three webhook secrets behind',
    severity: 'action',
    component: 'control-plane',
    installMethod: 'cli',
    from: '<= 2.8',
    condition: 'the CLI installed the control plane, and one of the three secrets is still there',
    action: 'Delete them: those that end in -k8s-tls are in use now. Helm deletes them on its own.',
    commands: [
      'kubectl -n linkerd delete secret linkerd-proxy-injector-tls linkerd-sp-validator-tls linkerd-tap-tls',
    ],
    docs: `${guide}#upgrade-notice-stable-290`,
  }),
  notice({
    id: '2.9-http1-skew',
    to: '2.9',
    title: 'Proxies of 2.9.0 to 2.9.3 reject HTTP/1 from proxies of 2.8',
    severity: 'warning',
    component: 'data-plane',
    from: '2.8',
    condition: 'proxies of 2.8 talk to proxies of 2.9.0 to 2.9.3',
    action: 'Take 2.9.4 or later, which accepts them again.',
    docs: 'https://github.com/linkerd/linkerd2/releases/tag/stable-2.9.4',
  }),
  notice({ id: '2.9.3-repair', to: '2.9.3', ...lostOverrides, docs: `${guide}#upgrade-notice-stable-293` }),
  notice({ id: '2.9.4-repair', to: '2.9.4', ...lostOverrides, docs: `${guide}#upgrade-notice-stable-294` }),
];
