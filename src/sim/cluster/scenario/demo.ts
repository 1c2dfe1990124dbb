/**
 * A mesh in the middle of an upgrade: the control plane has been brought up to date over a year and a half, the
 * teams' namespaces have followed at very different paces. Every pod was injected by the injector of its day.
 */
import { annotation, label } from '../../../data/linkerd.ts';
import { type StringMap, timestamp } from '../objects.ts';
import {
  application,
  barePod,
  cronJob,
  type DeploymentOptions,
  daemonSet,
  deployment,
  disruptionBudget,
  job,
  namespace,
  node,
  plainContainer,
  replicaSet,
  rollout,
  type StatefulSetOptions,
  statefulSet,
} from './builders.ts';
import { applyControlPlane, CLI_INSTALLATION, type Installation } from './control-plane.ts';
import { installMulticluster, installViz, upgradeViz } from './extensions.ts';
import { type Chapter, daysAgo, minutesAgo } from './story.ts';
import { OTHER_TRUST_ROOT } from './trust-roots.ts';
import type { Author, World } from './world.ts';

/** The control plane of the demo and the releases before it, oldest first. */
export const DEMO_VERSIONS = {
  '2.16': 'edge-24.8.2',
  '2.17': 'edge-24.11.8',
  '2.18': 'edge-25.4.4',
  'late 2.18': 'edge-25.8.5',
  'first 2.19': 'edge-25.10.7',
  'second 2.19': 'edge-25.11.1',
  present: 'edge-25.11.3',
} as const;

const MESHED: StringMap = { [annotation.inject]: 'enabled' };
const KUBERNETES = 'v1.31.4';

/** The story of the demo, for an installation of Linkerd. */
export function demo(installation: Installation = CLI_INSTALLATION): readonly Chapter[] {
  const upgradeTo = (version: string) => (world: World) => applyControlPlane(world, version, installation);
  return [
    daysAgo(520, layFoundations),
    daysAgo(510, upgradeTo(DEMO_VERSIONS['2.16'])),
    daysAgo(500, foundingTeams),
    daysAgo(400, upgradeTo(DEMO_VERSIONS['2.17'])),
    daysAgo(390, secondTeams),
    daysAgo(250, upgradeTo(DEMO_VERSIONS['2.18'])),
    daysAgo(240, thirdTeams),
    daysAgo(200, (world) => tryTrustRoots(world, installation)),
    daysAgo(199, upgradeTo(DEMO_VERSIONS['2.18'])),
    daysAgo(140, upgradeTo(DEMO_VERSIONS['late 2.18'])),
    daysAgo(130, fourthTeams),
    daysAgo(60, upgradeTo(DEMO_VERSIONS['first 2.19'])),
    daysAgo(55, fifthTeams),
    daysAgo(20, upgradeTo(DEMO_VERSIONS['second 2.19'])),
    daysAgo(19, sixthTeams),
    daysAgo(2, upgradeTo(DEMO_VERSIONS.present)),
    daysAgo(1.9, (world) => upgradeViz(world, DEMO_VERSIONS.present)),
    daysAgo(1.5, latestTeams),
    daysAgo(1, changesOfMind),
    minutesAgo(90, troubles),
    minutesAgo(4, jobsAtWork),
  ];
}

/** A namespace with Deployments, each with its number of replicas or more to say. */
function team(
  world: World,
  name: string,
  workloads: Readonly<Record<string, number | DeploymentOptions>>,
  {
    annotations = MESHED,
    author = 'kubectl-client-side-apply',
  }: { annotations?: StringMap; author?: Author } = {},
): void {
  world.create(namespace(name, annotations), author);
  for (const [workload, options] of Object.entries(workloads)) {
    const more = typeof options === 'number' ? { replicas: options } : options;
    world.create(deployment(name, workload, { ...more, own: marksOf(author, name, workload) }), author);
  }
}

/** What the tools of some teams leave on the objects they manage. */
function marksOf(author: Author, inNamespace: string, name: string): NonNullable<DeploymentOptions['own']> {
  switch (author) {
    case 'argocd-controller':
      return {
        annotations: {
          'argocd.argoproj.io/tracking-id': `${inNamespace}:apps/Deployment:${inNamespace}/${name}`,
        },
      };
    case 'kustomize-controller':
      return {
        labels: {
          'kustomize.toolkit.fluxcd.io/name': inNamespace,
          'kustomize.toolkit.fluxcd.io/namespace': 'flux-system',
        },
      };
    case 'helm':
      return {
        labels: { [label.managedBy]: 'Helm' },
        annotations: { [annotation.helmRelease]: inNamespace, 'meta.helm.sh/release-namespace': inNamespace },
      };
    default:
      return {};
  }
}

function stateful(world: World, inNamespace: string, name: string, options: StatefulSetOptions): void {
  world.create(statefulSet(inNamespace, name, options));
}

function layFoundations(world: World): void {
  for (const name of ['node-a', 'node-b', 'node-c', 'node-d', 'node-e', 'node-f']) {
    world.create(node(name, KUBERNETES));
  }
  world.createAll([namespace('default'), namespace('kube-system')]);
  const coredns = plainContainer('coredns', 'registry.k8s.io/coredns/coredns:v1.11.3', {
    readinessProbe: { httpGet: { path: '/ready', port: 8181, scheme: 'HTTP' } },
  });
  world.create(deployment('kube-system', 'coredns', { containers: [coredns] }));
  const proxy = plainContainer('kube-proxy', `registry.k8s.io/kube-proxy:${KUBERNETES}`);
  world.create(daemonSet('kube-system', 'kube-proxy', { containers: [proxy], pod: { hostNetwork: true } }));
}

/** Meshed with 2.16 and never restarted since. */
function foundingTeams(world: World): void {
  team(world, 'ledger', { api: 4, reconciler: 2, audit: { replicas: 2, probe: false } });
  stateful(world, 'ledger', 'journal', { onDelete: true });
  team(world, 'warehouse', { inventory: 5, picking: 4, labels: 3 });
  // Annotated at its birth; the annotation goes in `changesOfMind`.
  team(world, 'sandbox', { playground: 3, prototype: 2 });
  // Not annotated at its birth; that comes in `changesOfMind`.
  team(world, 'onboarding', { tutorials: 4, certificates: 3, forum: 1 }, { annotations: {} });
  team(world, 'marketing', { website: 5, newsletter: 2, tracking: 2 }, { annotations: {} });
}

function secondTeams(world: World): void {
  team(
    world,
    'orders',
    { api: 6, fulfilment: 5, returns: 4, 'returns-worker': 3 },
    { author: 'argocd-controller' },
  );
  stateful(world, 'orders', 'outbox', { replicas: 3 });
  team(world, 'invoicing', { pdf: 3, mailer: 3, scheduler: { replicas: 1, strategy: 'Recreate' } });
  team(world, 'streaming', { gateway: 3 });
  world.create(namespace('platform-tools', MESHED));
  world.create(replicaSet('platform-tools', 'legacy-relay', { replicas: 2 }));
  world.createPod(
    barePod('platform-tools', 'debug-shell', { containers: [application('debug-shell', { probe: false })] }),
  );
}

function thirdTeams(world: World): void {
  team(world, 'recommendations', { ranker: 6, trainer: 2, features: 5 });
  team(world, 'search', {
    frontend: 4,
    indexer: { replicas: 3, strategy: { maxSurge: 1, maxUnavailable: 0 } },
  });
  stateful(world, 'search', 'shards', { replicas: 6, partition: 3 });
  team(world, 'pricing', {});
  const owner = world.create(rollout('pricing', 'engine', { replicas: 4 }));
  world.create(replicaSet('pricing', 'engine-6c5d8f7b9c', { ...engineOptions, replicas: 4, owner }));
  team(world, 'vendor-gateway', { bridge: staticallyInjected(DEMO_VERSIONS['2.18']), adapter: 2 });
  team(
    world,
    'legacy-billing',
    { billing: 4, dunning: 2, exports: 2 },
    { annotations: pinnedTo(DEMO_VERSIONS['2.18']) },
  );
  installMulticluster(world, DEMO_VERSIONS['2.18'], 'west');
  installViz(world, DEMO_VERSIONS['2.18']);
  streamingPods(world);
}

const engineOptions = { labels: { app: 'engine', 'rollouts-pod-template-hash': '6c5d8f7b9c' } };

/** A second anchor was tried for a day and taken back; one namespace was deployed in between. */
function tryTrustRoots(world: World, installation: Installation): void {
  const trustRoots = `${installation.trustRoots}\n${OTHER_TRUST_ROOT}`;
  applyControlPlane(world, DEMO_VERSIONS['2.18'], { ...installation, trustRoots });
  team(world, 'iot', { ingest: 5, registry: 3, firmware: 2 });
}

function fourthTeams(world: World): void {
  team(world, 'media', { images: 4, video: { replicas: 3, annotations: pin('edge-25.8.5') }, thumbnails: 3 });
  team(world, 'identity', { login: 4, sessions: 4, directory: 2 }, { author: 'kustomize-controller' });
  world.create(namespace('observability', MESHED));
  world.create(daemonSet('observability', 'log-shipper', { rollingUpdate: { maxUnavailable: '34%' } }));
  world.create(daemonSet('observability', 'node-probe', { pod: { hostNetwork: true } }));
  world.create(deployment('observability', 'metrics-store', { replicas: 1, strategy: 'Recreate' }));
  team(world, 'edge-ingress', { ingress: 3 }, { annotations: { [annotation.inject]: 'ingress' } });
  world.create(
    deployment('edge-ingress', 'waf', {
      replicas: 2,
      annotations: pin(`edge-25.8.5@sha256:${'5f2c9d0a1b3e4c7d'.repeat(4)}`),
    }),
  );
}

function fifthTeams(world: World): void {
  team(world, 'catalog', { api: 6, import: 2, assets: 4 }, { author: 'helm' });
  team(world, 'payments', {
    gateway: 4,
    fraud: 2,
    vault: { replicas: 1 },
    settlement: { replicas: 2, probe: false },
  });
  world.create(disruptionBudget('payments', 'gateway', { minAvailable: 4 }));
  world.create(disruptionBudget('payments', 'fraud', { minAvailable: 1 }));
}

function sixthTeams(world: World): void {
  team(world, 'notifications', { email: 3, push: 3, sms: 2 });
  const native = { [annotation.nativeSidecarBeta]: 'true' };
  team(world, 'fraud', {
    scoring: { replicas: 4, annotations: native },
    rules: { replicas: 3, annotations: native },
    cases: 2,
  });
}

function latestTeams(world: World): void {
  team(world, 'storefront', { web: 8, cart: 6, search: 4, session: 4 });
  team(world, 'checkout', { api: 5, tax: 3, 'address-check': 2, vouchers: 2 });
  team(world, 'canary', { probe: { replicas: 2, annotations: pin('edge-25.12.2') }, mirror: 2 });
  team(world, 'reporting', {
    dashboards: 2,
    archive: { replicas: 0 },
    exporter: { replicas: 2, probe: false },
  });
  world.create(cronJob('reporting', 'hourly-digest', '0 * * * *'));
}

function changesOfMind(world: World): void {
  world.annotateNamespace('onboarding', MESHED);
  world.annotateNamespace('sandbox', { [annotation.inject]: 'disabled' });
  restart(world, 'notifications', 'push');
  restart(world, 'warehouse', 'labels');
  world.change('Deployment', 'checkout', 'vouchers', (found) => ({
    ...found,
    spec: { ...found.spec, paused: true },
  }));
  world.create(job('reporting', 'year-end-close'));
}

function troubles(world: World): void {
  world.behave('experiments', 'flaky', { kind: 'crash-loop', reason: 'OOMKilled' });
  world.behave('experiments', 'typo', { kind: 'image-pull' });
  world.behave('experiments', 'sleepy', { kind: 'never-ready' });
  world.behave('experiments', 'huge', {
    kind: 'unschedulable',
    message: '0/6 nodes are available: 6 Insufficient memory.',
  });
  const impatient = { replicas: 1, progressDeadlineSeconds: 120 };
  team(world, 'experiments', {
    flaky: impatient,
    typo: impatient,
    sleepy: impatient,
    huge: impatient,
    stable: 2,
  });
  world.behave('platform-tools', 'cache-warmer', { kind: 'evicted', afterMs: 300_000 });
  world.createPod(barePod('platform-tools', 'cache-warmer'));
  world.behave('platform-tools', 'migration', { kind: 'completes', afterMs: 60_000 });
  world.createPod(barePod('platform-tools', 'migration', { pod: { restartPolicy: 'Never' } }));
}

function jobsAtWork(world: World): void {
  world.behave('reporting', 'backfill', { kind: 'completes', afterMs: 6 * 3_600_000 });
  world.create(job('reporting', 'backfill'));
}

/** Pods of a controller that the cluster's own controllers do not know. */
function streamingPods(world: World): void {
  const owner = {
    apiVersion: 'core.strimzi.io/v1beta2',
    kind: 'StrimziPodSet',
    metadata: { name: 'events-kafka', uid: world.cluster.random.uid() },
  };
  for (const ordinal of [0, 1, 2]) {
    const labels = { 'strimzi.io/cluster': 'events', 'strimzi.io/kind': 'Kafka' };
    world.createPod(barePod('streaming', `events-kafka-${ordinal}`, { labels, owner, port: 9092 }));
  }
}

/** A manifest that went through `linkerd inject --manual` long ago. */
function staticallyInjected(version: string): DeploymentOptions {
  return {
    replicas: 2,
    annotations: { [annotation.createdBy]: `linkerd/cli ${version}`, [annotation.proxyVersion]: version },
    labels: { 'linkerd.io/control-plane-ns': 'linkerd', 'linkerd.io/proxy-deployment': 'bridge' },
    containers: [
      plainContainer('linkerd-proxy', `cr.l5d.io/linkerd/proxy:${version}`),
      application('bridge'),
    ],
    pod: { initContainers: [plainContainer('linkerd-init', 'cr.l5d.io/linkerd/proxy-init:v2.4.2')] },
  };
}

function pin(version: string): StringMap {
  return { [annotation.pinnedProxyVersion]: version };
}

function pinnedTo(version: string): StringMap {
  return { ...MESHED, ...pin(version) };
}

function restart(world: World, inNamespace: string, name: string): void {
  const restartedAt = timestamp(world.cluster.clock.now());
  world.change('Deployment', inNamespace, name, (found) => {
    const { template } = found.spec;
    const annotations = { ...template.metadata?.annotations, [annotation.restartedAt]: restartedAt };
    return {
      ...found,
      spec: { ...found.spec, template: { ...template, metadata: { ...template.metadata, annotations } } },
    };
  });
}
