/** Random clusters with Linkerd and what happens to them, for predictions to be tried on. */
import assert from 'node:assert/strict';
import { parse, stringify } from 'yaml';
import {
  annotation,
  container,
  INJECTOR_DEPLOYMENT,
  INJECTOR_WEBHOOK_CONFIGURATION,
  label,
} from '../../src/data/linkerd.ts';
import type { Container, StringMap, Webhook } from '../../src/sim/cluster/objects.ts';
import { isActive } from '../../src/sim/cluster/pods.ts';
import {
  application,
  daemonSet,
  deployment,
  namespace,
  plainContainer,
  statefulSet,
  type WorkloadOptions,
} from '../../src/sim/cluster/scenario/builders.ts';
import { CLI_INSTALLATION, type Installation } from '../../src/sim/cluster/scenario/control-plane.ts';
import { freshInstall } from '../../src/sim/cluster/scenario/scenarios.ts';
import { OTHER_TRUST_ROOT, TRUST_ROOT } from '../../src/sim/cluster/scenario/trust-roots.ts';
import { isObject } from '../../src/sim/json.ts';
import { type Bench, bench, type Restartable } from '../sim/cluster/support.ts';
import type { Random } from './seeded-random.ts';

/** From old to new, on both sides of every edge that changes what an injector does. */
export const versions: readonly string[] = [
  'stable-2.14.10',
  'edge-23.11.4',
  'edge-24.8.2',
  'enterprise-2.17.1',
  'edge-25.10.1',
  'edge-25.10.2',
  'edge-26.5.1',
  'edge-26.5.2',
  'enterprise-2.20.2',
  'edge-26.9.1',
];

export interface Subject {
  readonly namespace: string;
  readonly kind: Restartable;
  readonly name: string;
}

export interface RandomWorld {
  readonly made: Bench;
  readonly subjects: readonly Subject[];
  /** What was done to the cluster, for a failing test to say. */
  readonly story: readonly string[];
}

/**
 * A cluster whose `count` workloads were born under one configuration of Linkerd and their namespaces, and stand under
 * another one since.
 */
export function randomWorld(random: Random, count: number): RandomWorld {
  const before = randomSettings(random);
  const made = bench(freshInstall(before.version, before.installation), random.below(2 ** 31));
  tune(made, before);
  const subjects = Array.from({ length: count }, (_, index) => createSubject(made, random, index));
  made.settle();
  const after = randomSettings(random);
  made.sim.upgradeControlPlane(after.version, after.installation);
  tune(made, after);
  made.settle();
  const story = [settingsText(before), settingsText(after)];
  for (const { namespace: name } of subjects) changeNamespace(made, random, name);
  for (const subject of subjects) disturb(made, random, subject);
  made.settle();
  const event = random.pick(events);
  if (random.chance(0.5)) story.push(event(made, random));
  made.settle();
  return { made, subjects, story };
}

/** The first most of the time, and else one of them all. */
function mostly<T>(random: Random, usual: T, ...others: readonly T[]): T {
  return random.chance(0.65) ? usual : random.pick([usual, ...others]);
}

interface Settings {
  readonly version: string;
  readonly installation: Installation;
  readonly tokenProjection: boolean;
  readonly waitBeforeExitSeconds: number;
}

function randomSettings(random: Random): Settings {
  const native = mostly(random, 'by version', 'on', 'off');
  return {
    version: random.pick(versions),
    installation: {
      ...CLI_INSTALLATION,
      failurePolicy: random.pick(['Ignore', 'Fail']),
      trustRoots: mostly(random, TRUST_ROOT, OTHER_TRUST_ROOT),
      cniEnabled: random.chance(0.2),
      proxyImageVersion: mostly(random, '', ...versions),
      ...(native === 'by version' ? {} : { nativeSidecar: native === 'on' }),
    },
    tokenProjection: random.chance(0.8),
    waitBeforeExitSeconds: random.chance(0.85) ? 0 : 20,
  };
}

function settingsText({ version, installation, ...others }: Settings): string {
  const { trustRoots, ...install } = installation;
  const root = trustRoots === TRUST_ROOT ? 'first root' : 'other root';
  return `${version} ${root} ${JSON.stringify({ ...install, ...others })}`;
}

/** Writes what the installation's options do not reach into `linkerd-config`. */
function tune({ sim }: Bench, { tokenProjection, waitBeforeExitSeconds }: Settings): void {
  sim.world.change('ConfigMap', 'linkerd', 'linkerd-config', (map) => {
    const values: unknown = parse(map.data?.values ?? '');
    assert.ok(isObject(values) && isObject(values.proxy) && isObject(values.identity));
    const tuned = {
      ...values,
      proxy: { ...values.proxy, waitBeforeExitSeconds },
      identity: { ...values.identity, serviceAccountTokenProjection: tokenProjection },
    };
    return { ...map, data: { ...map.data, values: stringify(tuned) } };
  });
}

const nativeKeys = [annotation.nativeSidecar, annotation.nativeSidecarBeta, annotation.nativeSidecarAlpha];

function linkerdAnnotations(random: Random, inject: string): StringMap {
  const found: Record<string, string> = {};
  if (inject !== '') found[annotation.inject] = inject;
  if (random.chance(0.15)) found[annotation.pinnedProxyVersion] = random.pick([...versions, '']);
  if (random.chance(0.08)) found[annotation.proxyImage] = 'registry.example:5000/mirror/proxy';
  for (const key of nativeKeys) {
    if (random.chance(0.1)) found[key] = random.pick(['true', 'true', 'false', 'T', '0', 'yes', '']);
  }
  if (random.chance(0.08)) found[annotation.waitBeforeExit] = random.pick(['5', '0', '', 'soon']);
  return found;
}

function namespaceAnnotations(random: Random): StringMap {
  const others = ['', 'disabled', 'ingress', 'on'];
  return linkerdAnnotations(random, random.chance(0.8) ? 'enabled' : random.pick(others));
}

const strangers: readonly Container[] = [
  plainContainer(container.proxy, 'registry.example:5000/proxy:edge-24.8.2'),
  plainContainer('istio-proxy', 'gcr.io/istio-release/proxyv2:1.20.0'),
  plainContainer('helper', 'cr.l5d.io/linkerd/proxy:edge-24.8.2'),
];

const token = { name: 'token', mountPath: '/var/run/secrets/kubernetes.io/serviceaccount', readOnly: true };

function randomTemplate(random: Random, name: string): WorkloadOptions {
  const main = { ...application(name), ...(random.chance(0.1) ? { volumeMounts: [token] } : {}) };
  const initContainers: Container[] = [];
  if (random.chance(0.1)) initContainers.push(plainContainer('setup', 'registry.example/setup:v1'));
  if (random.chance(0.04)) initContainers.push(plainContainer(container.init, 'registry.example/init:v2'));
  return {
    replicas: 1 + random.below(3),
    annotations: linkerdAnnotations(
      random,
      random.chance(0.75) ? '' : random.pick(['enabled', 'enabled', 'disabled', 'ingress', 'maybe']),
    ),
    labels: {
      ...(random.chance(0.03) ? { [label.cniResource]: 'true' } : {}),
      ...(random.chance(0.15) ? { mesh: random.pick(['on', 'off']) } : {}),
    },
    containers: [main, ...(random.chance(0.08) ? [random.pick(strangers)] : [])],
    pod: {
      ...(initContainers.length > 0 ? { initContainers } : {}),
      ...(random.chance(0.04) ? { hostNetwork: true } : {}),
      ...(random.chance(0.2) ? { automountServiceAccountToken: random.chance(0.3) } : {}),
    },
  };
}

/** A workload in a namespace of its own; now and then it lives in `kube-system`. */
function createSubject(made: Bench, random: Random, index: number): Subject {
  const { world } = made.sim;
  const name = `app-${index}`;
  const space = random.chance(0.03) ? 'kube-system' : `space-${index}`;
  if (space !== 'kube-system') {
    const labels = {
      ...(random.chance(0.05) ? { [label.admissionWebhooks]: 'disabled' } : {}),
      ...(random.chance(0.3) ? { team: random.pick(['blue', 'green']) } : {}),
    };
    world.create(namespace(space, namespaceAnnotations(random), labels));
  }
  const options = randomTemplate(random, name);
  const kind = random.pick<Restartable>(['Deployment', 'Deployment', 'StatefulSet', 'DaemonSet']);
  if (kind === 'Deployment') {
    world.create(
      deployment(space, name, { ...options, ...(random.chance(0.1) ? { strategy: 'Recreate' } : {}) }),
    );
  } else if (kind === 'StatefulSet') {
    const partition = random.chance(0.5) ? 0 : 1 + random.below(options.replicas ?? 1);
    const onDelete = random.chance(0.1);
    world.create(statefulSet(space, name, { ...options, partition, onDelete, parallel: true }));
  } else {
    world.create(daemonSet(space, name, { ...options, onDelete: random.chance(0.1) }));
  }
  return { namespace: space, kind, name };
}

/** What a team may do to its namespace while its pods live on. */
function changeNamespace({ sim }: Bench, random: Random, name: string): void {
  if (name === 'kube-system' || random.chance(0.6)) return;
  const labels = random.chance(0.15) ? { [label.admissionWebhooks]: 'disabled' } : {};
  sim.world.change('Namespace', '', name, ({ metadata, ...others }) => ({
    ...others,
    metadata: {
      ...metadata,
      labels: { ...metadata.labels, ...labels },
      annotations: namespaceAnnotations(random),
    },
  }));
}

/** Renews one of several pods, so that the workload's proxies differ; pauses or empties a Deployment. */
function disturb({ sim }: Bench, random: Random, { kind, namespace: space, name }: Subject): void {
  if (random.chance(0.3)) {
    const pods = sim.cluster.list('Pod', space).filter((pod) => isActive(pod) && isOf(pod, name));
    if (pods.length > 0) sim.cluster.deletePod(random.pick(pods));
  }
  if (kind !== 'Deployment' || random.chance(0.9)) return;
  const change = random.chance(0.5) ? { paused: true } : { replicas: 0 };
  sim.world.change('Deployment', space, name, (found) => ({ ...found, spec: { ...found.spec, ...change } }));
}

function isOf(pod: { readonly metadata: { readonly labels?: StringMap } }, app: string): boolean {
  return pod.metadata.labels?.app === app;
}

/** What may happen to the control plane last. Each says what it did. */
const events: readonly ((made: Bench, random: Random) => string)[] = [
  ({ sim }) => {
    sim.cluster.remove('MutatingWebhookConfiguration', '', INJECTOR_WEBHOOK_CONFIGURATION);
    return 'webhook deleted';
  },
  ({ sim }) => {
    sim.world.change('Deployment', 'linkerd', INJECTOR_DEPLOYMENT, (found) => ({
      ...found,
      spec: { ...found.spec, replicas: 0 },
    }));
    return 'injector scaled to zero';
  },
  ({ sim }) => {
    sim.breakInjector();
    return 'injector crashes';
  },
  (made, random) => {
    const team = random.pick(['blue', 'green']);
    return changeWebhook(made, {
      namespaceSelector: { matchExpressions: [{ key: 'team', operator: 'NotIn', values: [team] }] },
    });
  },
  (made) =>
    changeWebhook(made, {
      objectSelector: { matchExpressions: [{ key: 'mesh', operator: 'NotIn', values: ['off'] }] },
    }),
  (made) => changeWebhook(made, { objectSelector: { matchLabels: { mesh: 'on' } }, namespaceSelector: {} }),
  (made, random) => {
    const version = random.pick(versions);
    made.sim.upgradeConfigOnly(version);
    return `half rolled: only linkerd-config says ${version}`;
  },
];

function changeWebhook({ sim }: Bench, changes: Partial<Webhook>): string {
  sim.world.change('MutatingWebhookConfiguration', '', INJECTOR_WEBHOOK_CONFIGURATION, (found) => ({
    ...found,
    webhooks: (found.webhooks ?? []).map((webhook) => ({ ...webhook, ...changes })),
  }));
  return `webhook changed: ${JSON.stringify(changes)}`;
}
