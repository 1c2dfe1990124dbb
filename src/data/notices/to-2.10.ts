import { type Notice, notice } from './notice.ts';

const guide = 'https://linkerd.io/2.10/tasks/upgrade/';
const section = `${guide}#upgrade-notice-stable-2100`;
const prune = 'linkerd upgrade | kubectl apply --prune -l linkerd.io/control-plane-ns=linkerd';

export const to210: readonly Notice[] = [
  notice({
    id: '2.10-repair',
    to: '2.10',
    title: 'Repair a pruned 2.9 first',
    severity: 'action',
    component: 'control-plane',
    installMethod: 'cli',
    from: '2.9.0 - 2.9.3',
    condition: 'an upgrade with --prune, not a fresh install, led to 2.9.0 to 2.9.3; 2.9.4 is not concerned',
    action:
      'Restore secret/linkerd-config-overrides, as the notice of 2.9.3 has it, before the step to 2.10.',
    commands: ['linkerd repair | kubectl apply -f -'],
    docs: section,
  }),
  notice({
    id: '2.10-kubernetes',
    to: '2.10',
    sinceEdge: 'edge-21.2.3',
    title: 'Requires Kubernetes 1.16',
    severity: 'action',
    component: 'kubernetes',
    condition: 'Kubernetes is older than 1.16',
    action: 'Bring Kubernetes to 1.16 or later before Linkerd.',
    docs: 'https://linkerd.io/2.14/reference/k8s-versions/',
  }),
  notice({
    id: '2.10-ports',
    to: '2.10',
    title: 'Ports that were skipped by default are opaque now',
    severity: 'warning',
    component: 'data-plane',
    from: '<= 2.9',
    condition:
      'meshed workloads use SMTP (25, 587), MySQL (3306), Postgres (5432), Memcache (11211) or TLS that the client starts (443) on the usual ports',
    action:
      'Set config.linkerd.io/skip-outbound-ports for such servers outside the cluster: a connection to them waits 10 s otherwise. Let a workload that connects as it starts retry, wait for its proxy or skip the port. Skips that you set stay in force; opaque ports can take their place.',
    docs: 'https://linkerd.io/2.10/tasks/upgrading-2.10-ports-and-protocols/',
  }),
  notice({
    id: '2.10-viz',
    to: '2.10',
    title: 'Metrics, tap and the dashboard become the viz extension',
    severity: 'action',
    component: 'viz',
    installMethod: 'cli',
    from: '<= 2.9',
    condition:
      'the CLI installed the control plane, and somebody uses linkerd stat, tap, dashboard or the Prometheus that came with it',
    action:
      'Upgrade the control plane, which drops them, and prune the rest at cluster scope. Install viz. From then on the commands are linkerd viz stat, linkerd viz tap and linkerd viz dashboard.',
    commands: [
      `${prune} -f -`,
      `${prune} --prune-whitelist=rbac.authorization.k8s.io/v1/clusterrole --prune-whitelist=rbac.authorization.k8s.io/v1/clusterrolebinding --prune-whitelist=apiregistration.k8s.io/v1/apiservice -f -`,
      'linkerd viz install | kubectl apply -f -',
    ],
    docs: section,
  }),
  notice({
    id: '2.10-viz-helm',
    to: '2.10',
    title: 'Values of metrics and tracing go to the charts of viz and jaeger',
    severity: 'action',
    component: 'helm',
    installMethod: 'helm',
    from: '<= 2.9',
    condition: 'Helm manages the control plane',
    action:
      'Move what you set of the values below to the charts named there. Upgrade the control plane, then install viz.',
    commands: [
      'helm repo update',
      'helm upgrade linkerd2 linkerd/linkerd2 --reset-values -f values.yaml --atomic',
      'helm install linkerd2-viz linkerd/linkerd2-viz -f viz-values.yaml',
    ],
    docs: section,
    movedValues: [
      { from: 'dashboard.replicas', to: 'linkerd-viz dashboard.replicas' },
      { from: 'tap', to: 'linkerd-viz tap' },
      { from: 'tapResources', to: 'linkerd-viz tap.resources' },
      { from: 'tapProxyResources', to: 'linkerd-viz tap.proxy.resources' },
      { from: 'webImage', to: 'linkerd-viz dashboard.image' },
      { from: 'webResources', to: 'linkerd-viz dashboard.resources' },
      { from: 'webProxyResources', to: 'linkerd-viz dashboard.proxy.resources' },
      { from: 'grafana', to: 'linkerd-viz grafana' },
      { from: 'grafana.proxy', to: 'linkerd-viz grafana.proxy' },
      { from: 'prometheus', to: 'linkerd-viz prometheus' },
      { from: 'prometheus.proxy', to: 'linkerd-viz prometheus.proxy' },
      { from: 'global.proxy.trace.collectorSvcAddr', to: 'linkerd-jaeger webhook.collectorSvcAddr' },
      { from: 'global.proxy.trace.collectorSvcAccount', to: 'linkerd-jaeger webhook.collectorSvcAccount' },
      { from: 'tracing.enabled', to: '' },
      { from: 'tracing.collector', to: 'linkerd-jaeger collector' },
      { from: 'tracing.jaeger', to: 'linkerd-jaeger jaeger' },
    ],
  }),
  notice({
    id: '2.10-helm-global',
    to: '2.10',
    title: 'Values lose the prefix global',
    severity: 'action',
    component: 'helm',
    installMethod: 'helm',
    from: '<= 2.9',
    condition: 'Helm manages the control plane, and your values have a key global',
    action:
      'Lift everything below global to the top level. identityTrustAnchorsPEM matters most: without it the trust anchor of the installation is lost.',
    docs: section,
  }),
  notice({
    id: '2.10-prometheus-data',
    to: '2.10',
    title: 'Old metrics do not survive the move to viz',
    severity: 'info',
    component: 'viz',
    from: '<= 2.9',
    condition: 'the Prometheus that came with Linkerd keeps its data in memory or in the pod',
    action: 'Copy the data beforehand, if you want to keep it.',
    docs: `${guide}#upgrade-the-control-plane`,
  }),
];
