import { compareEdges, edgeNumber } from '../../mesh/edge.ts';
import { refusesWaitWithNative } from '../../mesh/injection.ts';
import { parseVersion } from '../../mesh/version.ts';
import { count } from '../../mesh/words.ts';
import type { Inventory } from '../inventory.ts';
import { hasExtension } from './extensions.ts';
import { askOwners, counted, foundNames, kubernetesBelow, ofPart } from './facts.ts';
import { byChart } from './installed.ts';
import { crdMissing, gateway, objects, value, valueMayBeSet } from './resources.ts';
import { all, ask, no, type Predicate, type Predicates, unknown, yes } from './verdict.ts';

/** From the channel of stable releases, which has ended. */
const fromStable: Predicate = ({ from, to }) =>
  parseVersion(from).channel === 'stable' && parseVersion(to).channel !== 'stable'
    ? yes(`the control plane leaves the stable channel: ${from} to ${to}`)
    : no(`${from} is not of the stable channel`);

/** What waits before it exits and would also get a native sidecar. */
function waitingNatives(inventory: Inventory): readonly string[] {
  const { evidence, controlPlane } = inventory;
  if (controlPlane.nativeSidecar) return evidence.waitBeforeExit;
  const native = new Set([...evidence.alphaNativeSidecar, ...evidence.betaNativeSidecar]);
  return evidence.waitBeforeExit.filter((name) => native.has(name) || native.has(name.split('/')[0] ?? ''));
}

const LINK_CRD_REPAIRED = 'edge-24.10.3';

export const to217: Predicates = {
  '2.15-channel': fromStable,
  '2.15-installer': all(
    fromStable,
    ask('whoever keeps your scripts and images', 'whether one downloads the CLI from run.linkerd.io/install'),
  ),
  '2.15-helm-repo': all(byChart, fromStable),
  '2.15-kubernetes': kubernetesBelow('1.22'),
  '2.15-externalworkload': objects('externalworkloads.workload.linkerd.io', 'ExternalWorkload'),
  '2.15-native-wait': (situation) => {
    const { inventory, to } = situation;
    if (!refusesWaitWithNative(parseVersion(to))) return no(`${to} accepts both together`);
    const seconds = inventory.config?.waitBeforeExitSeconds ?? 0;
    const { alphaNativeSidecar, betaNativeSidecar } = inventory.evidence;
    const native = [...alphaNativeSidecar, ...betaNativeSidecar];
    if (seconds > 0 && (inventory.controlPlane.nativeSidecar || native.length > 0)) {
      return yes(
        `linkerd-config has proxy.waitBeforeExitSeconds: ${seconds}, and native sidecars are enabled${
          native.length > 0 ? ` (${counted(native, 'place')})` : ''
        }`,
      );
    }
    return foundNames(
      waitingNatives,
      'workload or namespace with both settings',
      'workloads or namespaces with both settings',
    )(situation);
  },
  '2.16-shutdown': (situation) => {
    if (situation.inventory.controlPlane.nativeSidecar) return no('native sidecars are on');
    return foundNames(
      ({ evidence }) => evidence.meshedJobs,
      'meshed Job or CronJob',
      'meshed Jobs and CronJobs',
      (text) =>
        unknown(`${text}; whether they end their proxy by linkerd-await -S or /shutdown: ask their owners`),
    )(situation);
  },
  '2.16-headers': askOwners('who reads headers in debug logs'),
  '2.16-proxyinit-resources': valueMayBeSet('proxyInit.resources'),
  '2.16-grpcroute': gateway(
    ({ owner, bundleVersion }) =>
      owner === 'other'
        ? yes(`the Gateway API CRDs${bundleVersion === '' ? '' : ` (${bundleVersion})`} are not Linkerd's`)
        : no('the Gateway API CRDs are those of Linkerd'),
    no('the Gateway API CRDs are absent'),
  ),
  '2.16-grpcroute-restart': (situation) => {
    const missing = crdMissing('grpcroutes.gateway.networking.k8s.io')(situation);
    return missing.applies === 'yes' ? unknown(`${missing.why}; it applies once it is added later`) : missing;
  },
  '2.16-ipv6': ({ inventory }) =>
    ofPart(inventory.evidence.ipv6, 'the nodes', (ipv6) =>
      ipv6 ? yes('nodes have IPv6 pod CIDRs') : no('no node has an IPv6 pod CIDR'),
    ),
  '2.16-metric-patches': ask('whoever keeps the dashboards', 'whether one uses the metric patchs'),
  '2.17-link-crd': (situation) => {
    const target = parseVersion(situation.to);
    const repaired = edgeNumber(LINK_CRD_REPAIRED);
    const isRepaired =
      target.kind === 'dated' ? repaired !== undefined && compareEdges(target.number, repaired) >= 0 : true;
    return isRepaired
      ? no(`${situation.to} is past ${LINK_CRD_REPAIRED}`)
      : hasExtension('multicluster')(situation);
  },
  '2.17-crds': crdMissing('egressnetworks.policy.linkerd.io'),
  '2.17-grpc-timeout': askOwners('who treats UNAVAILABLE as a timeout'),
  '2.17-json-log': value('proxy.logFormat', (format) =>
    format === 'json' ? yes('linkerd-config has proxy.logFormat: json') : no('the proxies do not log JSON'),
  ),
  '2.17-server-v1beta1': objects('servers.policy.linkerd.io', 'Server', (text) =>
    unknown(`${text}; the API does not show the version their manifests use: ask whoever keeps them`),
  ),
  '2.17-token': ask(
    'whoever keeps your admission policies',
    'whether one matches on automountServiceAccountToken',
  ),
  '2.17-link-check': ({ inventory: { links } }) =>
    ofPart(links, 'Link objects', (those) =>
      those.length === 0
        ? no('no Links')
        : yes(
            `${count(those.length, 'Link')}: ${those
              .map(
                ({ name, version }) => `${name} (made by ${version === '' ? 'an unknown version' : version})`,
              )
              .join(', ')}`,
          ),
    ),
};
