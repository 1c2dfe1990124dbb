import { parseVersion } from '../../mesh/version.ts';
import { extensionByHelm, extensionsOf, hasExtension } from './extensions.ts';
import { foundNames, kubernetesBelow, minorOf, someOf } from './facts.ts';
import { byChart, byCli, byHelm, byOldChart } from './installed.ts';
import { objects } from './resources.ts';
import { all, always, no, type Predicate, type Predicates, unknown, yes } from './verdict.ts';

const trafficSplits = objects('trafficsplits.split.smi-spec.io', 'TrafficSplit');

const hostPorts: Predicate = foundNames(
  ({ evidence }) => evidence.hostPorts,
  'meshed workload with a hostPort',
  'meshed workloads with a hostPort',
);

const theWay = always(({ from, to }) => `the control plane goes from ${from} to ${to}`);

/** The CNI plugin is no namespace with a label, and is taken to have been installed as the control plane was. */
function extensionsOrCniByHelm(...[input]: Parameters<Predicate>): ReturnType<Predicate> {
  const verdict = extensionByHelm('viz', 'multicluster', 'jaeger')(input);
  const { cni, installation } = input.inventory;
  if (verdict.applies === 'yes' || cni.state !== 'known' || installation.method !== 'helm') return verdict;
  return yes('the CNI plugin is installed, and Linkerd with Helm');
}

export const to214: Predicates = {
  '2.12-notes': theWay,
  '2.12-kubernetes': kubernetesBelow('1.21'),
  '2.12-helm2': ({ inventory: { installation } }) => {
    // Only Helm 3 writes the annotations by which a release is found.
    if (installation.method === 'helm') return no(`release ${installation.release} was made with Helm 3`);
    if (installation.method !== 'unknown') return no('Linkerd was not installed with Helm');
    return unknown(
      'how Linkerd was installed cannot be told; kubectl -n kube-system get configmap -l OWNER=TILLER tells whether Helm 2 did it',
    );
  },
  '2.12-crds': byCli,
  '2.12-smi-cli': all(byCli, trafficSplits),
  '2.12-helm-values': byOldChart(true),
  '2.12-helm-adopt': byOldChart(false),
  '2.12-helm-smi': all(byHelm, trafficSplits),
  '2.12-helm-install': byOldChart(true),
  '2.12-helm-cleanup': byOldChart(false),
  '2.12-ext-helm': extensionsOrCniByHelm,
  '2.12-multicluster-helm': all(extensionByHelm('multicluster'), hasExtension('multicluster')),
  '2.12-grafana': ({ inventory }) => {
    const { extensions, mesh } = inventory;
    if (extensions.state !== 'known') return hasExtension('viz')({ inventory, from: '', to: '' });
    const viz = extensionsOf(inventory).filter(({ name }) => name === 'viz');
    if (viz.length === 0) return no('viz is not installed');
    const namespaces = viz.map(({ namespace }) => namespace);
    const grafana = namespaces.flatMap((name) =>
      mesh.workloads(name).filter((workload) => workload.name === 'grafana'),
    );
    if (grafana.length > 0) return yes(`Deployment grafana runs in namespace ${someOf(namespaces)}`);
    return namespaces.some((name) => mesh.workloads(name).length > 0)
      ? no(`no Deployment grafana in namespace ${someOf(namespaces)}`)
      : unknown(
          `the workloads of namespace ${someOf(namespaces)} were not seen: ask whether its Grafana is used`,
        );
  },
  '2.12-smi': trafficSplits,
  '2.12.1-jaeger': (situation) => {
    const target = parseVersion(situation.to);
    const jaeger = hasExtension('jaeger')(situation);
    if (target.kind === 'numbered') {
      return target.minor === 12 && target.patch === 0 ? jaeger : no(`${situation.to} has it repaired`);
    }
    if (minorOf(situation.to) !== 12) return no(`${situation.to} has it repaired`);
    return jaeger.applies === 'yes'
      ? unknown(`${jaeger.why}; which edge repaired it is not published: read its release notes`)
      : jaeger;
  },
  '2.12-ingress': foundNames(
    ({ evidence }) => evidence.ingressMode,
    'workload or namespace in ingress mode',
    'workloads or namespaces in ingress mode',
    (text) => unknown(`${text}; whether they skip outbound ports only for 2.11's sake: ask their owners`),
  ),
  '2.12-charts': byChart,
  '2.13-notes': theWay,
  '2.13-prune': byCli,
  '2.13-cni': ({ inventory: { cni } }) => {
    if (cni.state === 'known')
      return yes(`linkerd-cni runs on ${cni.value.ready} of ${cni.value.wanted} nodes`);
    return cni.state === 'absent'
      ? no('linkerd-cni is not installed')
      : unknown(
          `whether linkerd-cni is installed could not be read (${cni.why}): ask whoever runs the nodes`,
        );
  },
  '2.13.7-hostport': hostPorts,
  '2.14-multicluster': hasExtension('multicluster'),
  '2.14-none': theWay,
  '2.14.1-hostport': hostPorts,
};
