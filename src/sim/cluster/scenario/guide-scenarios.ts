/** Clusters before an upgrade, one for each way in which Linkerd is installed and for each thing that can be in its way. */
import { annotation, label } from '../../../data/linkerd.ts';
import { controlPlanes, dataPlanes, externalWorkloads, trafficSplits } from '../../resources.ts';
import type { KubeObject } from '../../types.ts';
import type { StringMap } from '../objects.ts';
import {
  cronJob,
  customObject,
  type DeploymentOptions,
  daemonSet,
  deployment,
  namespace,
  networkPolicy,
  node,
  plainContainer,
  service,
} from './builders.ts';
import {
  applyConfig,
  applyControlPlane,
  CLI_INSTALLATION,
  controlPlane,
  type Installation,
} from './control-plane.ts';
import { applyGatewayApi, applyResource } from './custom-resources.ts';
import {
  installCni,
  installJaeger,
  installLinks,
  installSmi,
  installStranger,
  installViz,
  upgradeViz,
} from './extensions.ts';
import type { Scenario } from './scenarios.ts';
import { type Chapter, daysAgo, minutesAgo } from './story.ts';
import type { World } from './world.ts';

const MESHED: StringMap = { [annotation.inject]: 'enabled' };

/** Versions of the scenarios, one of each release that they tell of. */
export const GUIDE_VERSIONS = {
  '2.11': 'stable-2.11.4',
  '2.14': 'stable-2.14.10',
  '2.17': 'edge-24.11.8',
  '2.18': 'edge-25.4.4',
  'late 2.18': 'edge-25.9.4',
  '2.19': 'edge-25.10.7',
  'late 2.19': 'edge-25.11.3',
  enterprise: 'enterprise-2.18.4',
} as const;

export const HELM_INSTALLATION: Installation = {
  ...CLI_INSTALLATION,
  method: 'helm',
  failurePolicy: 'Fail',
  replicas: 3,
};

interface Base {
  readonly version: string;
  readonly installation?: Installation;
  /** Version that the team `ledger` was deployed with; the control plane's own when absent. */
  readonly before?: string;
  /** `gitVersion` of server and nodes. */
  readonly kubernetes?: string;
  /** Bundle of the Gateway API that somebody else than Linkerd brings along; none when absent. */
  readonly gatewayApi?: string;
  /** What else there is. */
  readonly more?: (world: World) => void;
  readonly chapters?: readonly Chapter[];
}

/** A control plane and two teams, `shop` up to date and `ledger` perhaps not. */
function cluster({
  version,
  installation = CLI_INSTALLATION,
  before = version,
  kubernetes = 'v1.31.4',
  gatewayApi,
  more = () => undefined,
  chapters = [],
}: Base): Scenario {
  return {
    kubernetes,
    installation,
    story: [
      daysAgo(30, (world) => {
        for (const name of ['node-a', 'node-b', 'node-c']) world.create(node(name, kubernetes));
        world.createAll([namespace('default'), namespace('kube-system')]);
        if (gatewayApi !== undefined) applyGatewayApi(world, gatewayApi);
        applyControlPlane(world, before, installation);
      }),
      daysAgo(29, (world) => team(world, 'ledger', { api: 3, audit: 1 })),
      daysAgo(10, (world) => applyControlPlane(world, version, installation)),
      daysAgo(9, (world) => {
        team(world, 'shop', { web: 3, cart: 2 });
        more(world);
      }),
      ...chapters,
    ],
  };
}

function team(
  world: World,
  name: string,
  workloads: Readonly<Record<string, number | DeploymentOptions>>,
): void {
  world.create(namespace(name, MESHED));
  for (const [workload, options] of Object.entries(workloads)) {
    world.create(deployment(name, workload, typeof options === 'number' ? { replicas: options } : options));
  }
}

/** 2.19 by `linkerd install`, its data plane not all there yet; viz came with the same CLI. */
export function cliInstall(): Scenario {
  const version = GUIDE_VERSIONS['2.19'];
  return cluster({
    version,
    before: GUIDE_VERSIONS['late 2.18'],
    gatewayApi: 'v1.2.1',
    more: (world) => installViz(world, version),
  });
}

/** The same by Helm, with the HA values; viz by a chart of its own. */
export function helmInstallToUpgrade(): Scenario {
  const version = GUIDE_VERSIONS['2.19'];
  return cluster({
    version,
    installation: HELM_INSTALLATION,
    before: GUIDE_VERSIONS['late 2.18'],
    gatewayApi: 'v1.2.1',
    more: (world) => installViz(world, version, { author: 'helm', release: 'linkerd-viz' }),
  });
}

/** Rendered from the charts and applied by Argo CD, viz too. */
export function gitopsInstall(): Scenario {
  const version = GUIDE_VERSIONS['2.19'];
  const marks = (application: string): Installation['marks'] => ({
    annotations: {
      'argocd.argoproj.io/tracking-id': `${application}:apps/Deployment:${application}/${application}`,
    },
  });
  const { annotations = {} } = marks('linkerd') ?? {};
  return cluster({
    version,
    installation: { ...CLI_INSTALLATION, method: 'gitops', marks: { annotations } },
    gatewayApi: 'v1.2.1',
    more: (world) =>
      installViz(world, version, { author: 'argocd-controller', marks: marks('linkerd-viz') ?? {} }),
  });
}

/** Buoyant's operator: it upgrades the control plane by its ControlPlane, and one namespace by a DataPlane. */
export function buoyantInstall(): Scenario {
  const version = GUIDE_VERSIONS.enterprise;
  return cluster({
    version,
    installation: { ...CLI_INSTALLATION, method: 'gitops', registry: 'ghcr.io/buoyantio' },
    gatewayApi: 'v1.2.1',
    more: (world) => {
      for (const { group, plural, kind, version: served, namespaced } of [controlPlanes, dataPlanes]) {
        applyResource(world, {
          name: `${plural}.${group}`,
          kind,
          versions: [served],
          scope: namespaced ? 'Namespaced' : 'Cluster',
        });
      }
      world.create(
        customObject(controlPlanes, '', 'linkerd-control-plane', {
          components: { linkerd: { version, controlPlaneConfig: {} } },
        }),
      );
      world.create(
        customObject(dataPlanes, 'shop', 'linkerd-data-plane', { workloadSelector: { matchLabels: {} } }),
      );
      installStranger(
        world,
        'buoyant',
        'ghcr.io/buoyantio/linkerd-control-plane-operator:v0.37.0',
        'linkerd-buoyant',
      );
    },
  });
}

/** stable-2.11 by Helm with the single chart `linkerd2` in namespace `default`, with what 2.12 asks about. */
export function oldChart(): Scenario {
  const version = GUIDE_VERSIONS['2.11'];
  return cluster({
    version,
    kubernetes: 'v1.23.17',
    installation: { ...HELM_INSTALLATION, release: { name: 'linkerd', namespace: 'default' } },
    more: (world) => {
      installViz(world, version, {
        author: 'helm',
        release: 'linkerd-viz',
        proxiesAskedBy: 'namespace',
      });
      world.create(customObject(trafficSplits, 'shop', 'web-split', { service: 'web', backends: [] }));
      world.create(
        deployment('linkerd-viz', 'grafana', {
          replicas: 1,
          labels: { [label.extension]: 'viz' },
          own: { labels: { [label.extension]: 'viz', [label.version]: version } },
        }),
        'helm',
      );
    },
  });
}

/** 2.18 with two links: `west` still by the service mirror of 2.17, `east` by a controller. */
export function twoLinks(): Scenario {
  const version = GUIDE_VERSIONS['2.18'];
  return cluster({
    version,
    before: GUIDE_VERSIONS['2.17'],
    gatewayApi: 'v1.1.1',
    more: (world) =>
      installLinks(world, version, [
        { target: 'east', version, mirror: 'controller' },
        { target: 'west', version: GUIDE_VERSIONS['2.17'], mirror: 'legacy' },
      ]),
  });
}

/** The last 2.18 with jaeger, which 2.19 has no more, and CNI. */
export function jaegerBefore219(): Scenario {
  const version = GUIDE_VERSIONS['late 2.18'];
  return cluster({
    version,
    installation: { ...HELM_INSTALLATION, cniEnabled: true },
    gatewayApi: 'v1.2.1',
    more: (world) => {
      installJaeger(world, version, { author: 'helm', release: 'linkerd-jaeger' });
      installCni(world, 'v1.6.2');
    },
  });
}

/** 2.19 on Kubernetes 1.29, which 2.20 does not run on. */
export function oldKubernetes(): Scenario {
  return cluster({ version: GUIDE_VERSIONS['late 2.19'], kubernetes: 'v1.29.14', gatewayApi: 'v1.2.1' });
}

/** stable-2.11 whose viz namespace has lost the annotation that asks for proxies: its pods run without. */
export function vizWithoutAnnotation(): Scenario {
  const version = GUIDE_VERSIONS['2.11'];
  return cluster({
    version,
    kubernetes: 'v1.23.17',
    more: (world) => installViz(world, version, { proxiesAskedBy: 'nobody' }),
  });
}

/** Viz by Helm whose hook never marked the namespace: Linkerd's own tools do not find it. */
export function vizWithoutLabel(): Scenario {
  const version = GUIDE_VERSIONS['2.19'];
  return cluster({
    version,
    installation: HELM_INSTALLATION,
    gatewayApi: 'v1.2.1',
    more: (world) => installViz(world, version, { author: 'helm', release: 'linkerd-viz', labelled: false }),
  });
}

/** The next version has landed in `linkerd-config`, and no pod has rolled. */
export function halfRolledUpgrade(): Scenario {
  const installation = CLI_INSTALLATION;
  return cluster({
    version: GUIDE_VERSIONS['2.19'],
    gatewayApi: 'v1.2.1',
    chapters: [minutesAgo(1, (world) => applyConfig(world, GUIDE_VERSIONS['late 2.19'], installation))],
  });
}

/** A second control plane in `linkerd-old`, with one team's proxies, and proxies of a third one that is gone. */
export function twoControlPlanes(): Scenario {
  const version = GUIDE_VERSIONS['2.19'];
  const old = GUIDE_VERSIONS['2.17'];
  return cluster({
    version,
    gatewayApi: 'v1.2.1',
    more: (world) => {
      world.create(namespace('linkerd-old'));
      const { config, deployments } = controlPlane(old, CLI_INSTALLATION);
      world.createAll([config, ...deployments].map((object) => moved(object, 'linkerd-old')));
      world.create(namespace('legacy'));
      world.create(deployment('legacy', 'relay', staticallyInjected('relay', old, 'linkerd-old')));
      world.create(deployment('legacy', 'orphan', staticallyInjected('orphan', old, 'linkerd-gone')));
    },
  });
}

/** An object of the control plane, with everything that is in or says `linkerd` in another namespace instead. */
function moved(object: KubeObject, to: string): KubeObject {
  const text = JSON.stringify(object).replaceAll('"linkerd"', JSON.stringify(to));
  const parsed: KubeObject = JSON.parse(text);
  return parsed;
}

function staticallyInjected(name: string, version: string, controlPlaneNamespace: string): DeploymentOptions {
  return {
    replicas: 1,
    annotations: { [annotation.createdBy]: `linkerd/cli ${version}`, [annotation.proxyVersion]: version },
    labels: { [label.controlPlaneNamespace]: controlPlaneNamespace, 'linkerd.io/proxy-deployment': name },
    containers: [
      plainContainer('linkerd-proxy', `cr.l5d.io/linkerd/proxy:${version}`),
      plainContainer(name, `registry.example/${name}:v1.4.2`),
    ],
  };
}

/** 2.17 with an example of everything that the notices of later releases ask about. */
export function everythingToNotice(): Scenario {
  const version = GUIDE_VERSIONS['2.17'];
  return cluster({
    version,
    kubernetes: 'v1.29.14',
    installation: {
      ...CLI_INSTALLATION,
      values: {
        proxyInit: {
          closeWaitTimeoutSecs: 30,
          image: { name: 'mirror.example/proxy-init', version: 'v2.4.3' },
        },
      },
    },
    more: (world) => {
      world.create(
        node('node-arm', 'v1.29.14', { arch: 'arm', podCIDRs: ['10.244.9.0/24', 'fd00:10:244::/64'] }),
      );
      installViz(world, version);
      installSmi(world, 'v0.2.8');
      installLinks(world, version, [{ target: 'west', version, mirror: 'legacy' }]);
      team(world, 'ingress', {
        nginx: { replicas: 1, annotations: { [annotation.inject]: 'ingress' } },
        metrics: {
          replicas: 1,
          containers: [
            plainContainer('metrics', 'registry.example/metrics:v1', {
              ports: [{ containerPort: 9100, hostPort: 9100 }],
            }),
          ],
        },
      });
      world.create(
        daemonSet('ingress', 'agent', {
          annotations: {
            [annotation.nativeSidecarAlpha]: 'true',
            [annotation.waitBeforeExit]: '0',
          },
        }),
      );
      world.annotateNamespace('shop', { [annotation.waitBeforeExit]: '20' });
      world.annotateNamespace('ledger', { [annotation.nativeSidecarBeta]: 'true' });
      world.create(cronJob('shop', 'invoices', '0 3 * * *'));
      world.create(service('shop', 'web', { appProtocol: 'https' }));
      world.create(service('shop', 'cart', { appProtocol: 'kubernetes.io/h2c' }));
      world.create(networkPolicy('shop', 'only-http', [8080]));
      world.create(networkPolicy('shop', 'http-and-proxy', [8080, 4143]));
      world.create(
        customObject(externalWorkloads, 'shop', 'vm-1', {
          meshTLS: { identity: 'vm-1', serverName: 'vm-1' },
        }),
      );
    },
    chapters: [minutesAgo(30, (world) => upgradeViz(world, version))],
  });
}

/** By name, for whoever chooses one on a command line or goes through all. */
export const guideScenarios: Readonly<Record<string, () => Scenario>> = {
  'guide-cli': cliInstall,
  'guide-helm': helmInstallToUpgrade,
  'guide-gitops': gitopsInstall,
  'guide-buoyant': buoyantInstall,
  'guide-old-chart': oldChart,
  'guide-two-links': twoLinks,
  'guide-jaeger': jaegerBefore219,
  'guide-old-kubernetes': oldKubernetes,
  'guide-viz-annotation': vizWithoutAnnotation,
  'guide-viz-label': vizWithoutLabel,
  'guide-half-rolled': halfRolledUpgrade,
  'guide-two-control-planes': twoControlPlanes,
  'guide-everything': everythingToNotice,
};
