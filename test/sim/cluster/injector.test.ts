import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { annotation, label } from '../../../src/data/linkerd.ts';
import { AdmissionError } from '../../../src/sim/api-error.ts';
import { isKind, type Pod, type StringMap } from '../../../src/sim/cluster/objects.ts';
import { newPod } from '../../../src/sim/cluster/pods.ts';
import {
  application,
  barePod,
  daemonSet,
  deployment,
  job,
  namespace,
  plainContainer,
  replicaSet,
  rollout,
  statefulSet,
  type WorkloadOptions,
} from '../../../src/sim/cluster/scenario/builders.ts';
import { CLI_INSTALLATION, type Installation } from '../../../src/sim/cluster/scenario/control-plane.ts';
import { freshInstall, injectorDown } from '../../../src/sim/cluster/scenario/scenarios.ts';
import { objectProtobuf } from '../../../src/sim/encode/object-bytes.ts';
import { events } from '../../../src/sim/resources.ts';
import { type Bench, bench, MESHED, NOW, proxyVersion } from './support.ts';

const VERSION = 'edge-25.11.3';

interface Case {
  readonly version?: string;
  readonly installation?: Partial<Installation>;
  readonly namespace?: StringMap;
  readonly labels?: StringMap;
  readonly workload?: WorkloadOptions;
}

/** The pod that a Deployment `shop/web` gets, and what the injector says of it on the Deployment. */
function injectedPod({ version = VERSION, installation = {}, ...about }: Case): {
  pod: Pod;
  said: readonly string[];
} {
  const made = bench(freshInstall(version, { ...CLI_INSTALLATION, ...installation }));
  made.sim.world.create(namespace('shop', about.namespace ?? {}, about.labels ?? {}));
  made.sim.world.create(deployment('shop', 'web', { replicas: 1, ...about.workload }));
  made.settle();
  const [pod] = made.pods('shop', 'web');
  assert.ok(pod);
  return { pod, said: sayings(made, 'Deployment', 'web') };
}

/** Events of the injector on an owner. */
function sayings({ sim }: Bench, kind: string, name: string): readonly string[] {
  return sim.store
    .list(events, 'shop')
    .filter(({ source }) => JSON.stringify(source) === '{"component":"linkerd-proxy-injector"}')
    .filter(({ involvedObject }) =>
      JSON.stringify(involvedObject).startsWith(`{"kind":"${kind}","namespace":"shop","name":"${name}"`),
    )
    .map(({ reason, message }) => `${reason}: ${message}`);
}

const INJECTED = 'Injected: Linkerd sidecar proxy injected';
const skipped = (reason: string): string =>
  `InjectionSkipped: Linkerd sidecar proxy injection skipped: ${reason}`;
const NOT_ENABLED = 'neither the namespace nor the pod have the annotation "linkerd.io/inject:enabled"';
const DISABLED = 'pod has the annotation "linkerd.io/inject:disabled"';
const INVALID_NS = 'invalid value for annotation "linkerd.io/inject" at namespace';
const INVALID_POD = 'invalid value for annotation "linkerd.io/inject" at workload';

test('the decision follows from the annotations of namespace and pod template', () => {
  const rows: readonly (readonly [ns: string, pod: string, refusal: string | undefined])[] = [
    ['yes', 'enabled', INVALID_NS],
    ['yes', '', INVALID_NS],
    ['', 'yes', INVALID_POD],
    ['enabled', 'true', INVALID_POD],
    ...['enabled', 'ingress'].flatMap((ns) => [
      [ns, '', undefined] as const,
      [ns, 'enabled', undefined] as const,
      [ns, 'ingress', undefined] as const,
      [ns, 'disabled', DISABLED] as const,
    ]),
    ...['', 'disabled'].flatMap((ns) => [
      [ns, 'enabled', undefined] as const,
      [ns, 'ingress', undefined] as const,
      [ns, '', NOT_ENABLED] as const,
      [ns, 'disabled', NOT_ENABLED] as const,
    ]),
  ];
  for (const [ns, own, refusal] of rows) {
    const inject = (value: string): StringMap => (value === '' ? {} : { [annotation.inject]: value });
    const { pod, said } = injectedPod({ namespace: inject(ns), workload: { annotations: inject(own) } });
    const row = `namespace "${ns}", pod "${own}"`;
    assert.equal(proxyVersion(pod), refusal === undefined ? VERSION : undefined, row);
    assert.deepEqual(said, [refusal === undefined ? INJECTED : skipped(refusal)], row);
  }
});

test('an annotation on the workload itself does nothing', () => {
  const { pod } = injectedPod({ workload: { own: { annotations: MESHED } } });
  assert.equal(proxyVersion(pod), undefined);
});

test('further refusals are all said', () => {
  const sidecar = 'pod has a sidecar injected already';
  const rows: readonly (readonly [WorkloadOptions, string])[] = [
    [{ pod: { hostNetwork: true } }, 'hostNetwork is enabled'],
    [{ containers: [application('web'), plainContainer('linkerd-proxy', 'reg.example/proxy:1')] }, sidecar],
    [{ containers: [application('web'), plainContainer('istio-proxy', 'reg.example/proxy:1')] }, sidecar],
    [
      { containers: [application('web'), plainContainer('side', 'cr.l5d.io/linkerd/proxy:edge-24.8.2')] },
      sidecar,
    ],
    [{ pod: { initContainers: [plainContainer('linkerd-init', 'reg.example/init:1')] } }, sidecar],
    [{ pod: { initContainers: [plainContainer('setup', 'gcr.io/istio-release/proxy_init:1.9')] } }, sidecar],
    [
      { pod: { hostNetwork: true }, annotations: { [annotation.inject]: 'disabled' } },
      `hostNetwork is enabled, ${DISABLED}`,
    ],
  ];
  for (const [workload, reason] of rows) {
    assert.deepEqual(injectedPod({ namespace: MESHED, workload }).said, [skipped(reason)]);
  }
});

test('without a token mount the injection depends on token projection', () => {
  const made = bench();
  const noToken = { pod: { automountServiceAccountToken: false }, replicas: 1 };
  made.sim.world.createAll([namespace('shop', MESHED), deployment('shop', 'projected', noToken)]);
  made.sim.world.change('ConfigMap', 'linkerd', 'linkerd-config', ({ data = {}, ...found }) => ({
    ...found,
    data: {
      ...data,
      values: (data.values ?? '').replace(
        'serviceAccountTokenProjection: true',
        'serviceAccountTokenProjection: false',
      ),
    },
  }));
  made.settle();
  made.sim.world.create(deployment('shop', 'mounted', noToken));
  made.settle();
  assert.deepEqual(sayings(made, 'Deployment', 'mounted'), [
    skipped(
      'automountServiceAccountToken set to "false", with Values.identity.serviceAccountTokenProjection set to "false"',
    ),
  ]);
});

test('the webhook is not asked about what its live selectors leave out, and then nobody says anything', () => {
  const off = injectedPod({ namespace: MESHED, labels: { [label.admissionWebhooks]: 'disabled' } });
  assert.deepEqual([proxyVersion(off.pod), off.said], [undefined, []]);
  const component = injectedPod({
    namespace: MESHED,
    workload: { labels: { [label.controlPlaneComponent]: 'web' } },
  });
  assert.deepEqual([proxyVersion(component.pod), component.said], [undefined, []]);

  const made = bench();
  made.sim.world.annotateNamespace('kube-system', MESHED);
  made.sim.world.create(deployment('kube-system', 'dns', { replicas: 1 }));
  made.settle();
  assert.deepEqual(made.pods('kube-system', 'dns').map(proxyVersion), [undefined]);
  // The selector is read live: without it kube-system is like any other namespace.
  made.sim.world.change(
    'MutatingWebhookConfiguration',
    '',
    'linkerd-proxy-injector-webhook-config',
    (found) => ({
      ...found,
      webhooks: (found.webhooks ?? []).map(({ namespaceSelector: _selector, ...webhook }) => webhook),
    }),
  );
  made.sim.world.create(deployment('kube-system', 'other', { replicas: 1 }));
  made.settle();
  assert.deepEqual(made.pods('kube-system', 'other').map(proxyVersion), [VERSION]);
});

test('the tag comes from template, namespace, proxy.image.version, linkerdVersion, in this order', () => {
  const pin = (version: string): StringMap => ({ [annotation.pinnedProxyVersion]: version });
  const all = {
    namespace: { ...MESHED, ...pin('edge-25.8.5') },
    workload: { annotations: pin('edge-25.4.4') },
    installation: { proxyImageVersion: 'edge-25.10.7' },
  };
  const tagAndNote = ({ pod }: { readonly pod: Pod }): unknown => [
    proxyVersion(pod),
    pod.metadata.annotations?.[annotation.proxyVersion],
    pod.metadata.annotations?.[annotation.pinnedProxyVersion],
  ];
  assert.deepEqual(tagAndNote(injectedPod(all)), ['edge-25.4.4', 'edge-25.4.4', 'edge-25.4.4']);
  assert.deepEqual(tagAndNote(injectedPod({ ...all, workload: {} })), [
    'edge-25.8.5',
    'edge-25.8.5',
    'edge-25.8.5',
  ]);
  assert.deepEqual(tagAndNote(injectedPod({ namespace: MESHED, installation: all.installation })), [
    'edge-25.10.7',
    'edge-25.10.7',
    undefined,
  ]);
  assert.deepEqual(tagAndNote(injectedPod({ namespace: MESHED })), [VERSION, VERSION, undefined]);
});

test('an image name is taken from template or namespace', () => {
  const { pod } = injectedPod({
    namespace: { ...MESHED, [annotation.proxyImage]: 'registry.example:5000/l5d/proxy' },
  });
  assert.equal(pod.spec.containers[0]?.image, `registry.example:5000/l5d/proxy:${VERSION}`);
});

test('the pod carries what Linkerd puts on it', () => {
  const wait = { 'config.linkerd.io/skip-outbound-ports': '25' };
  const { pod } = injectedPod({ namespace: { ...MESHED, ...wait }, workload: { port: 6379 } });
  const bundle = CLI_INSTALLATION.trustRoots;
  const { annotations, labels } = pod.metadata;
  assert.deepEqual(annotations, {
    ...wait,
    'config.linkerd.io/opaque-ports': '6379',
    [annotation.createdBy]: `linkerd/proxy-injector ${VERSION}`,
    [annotation.inject]: 'enabled',
    [annotation.proxyVersion]: VERSION,
    [annotation.trustRootSha256]: createHash('sha256').update(bundle).digest('hex'),
  });
  assert.equal(labels?.[label.controlPlaneNamespace], 'linkerd');
  assert.equal(labels?.[label.workloadNamespace], 'shop');
  assert.equal(labels?.['linkerd.io/proxy-deployment'], 'web');
  assert.deepEqual(
    pod.spec.initContainers?.map(({ name }) => name),
    ['linkerd-init'],
  );
  assert.deepEqual(
    pod.spec.containers.map(({ name }) => name),
    ['linkerd-proxy', 'web'],
  );
});

test('what the webhook adds stands in no managedFields', () => {
  const { pod } = injectedPod({ namespace: MESHED });
  const owned = JSON.stringify(pod.metadata.managedFields);
  assert.match(owned, /"manager":"kube-controller-manager".*"manager":"kubelet"/);
  assert.doesNotMatch(owned, /linkerd/);
});

test('the label of the owner names its kind; owners that Linkerd does not know leave none', () => {
  const made = bench();
  const { world } = made.sim;
  const stranger = {
    apiVersion: 'core.strimzi.io/v1beta2',
    kind: 'StrimziPodSet',
    metadata: { name: 'kafka', uid: 'x' },
  };
  world.createAll([
    namespace('shop', MESHED),
    statefulSet('shop', 'db', { replicas: 1 }),
    daemonSet('shop', 'agent'),
    job('shop', 'report'),
    replicaSet('shop', 'bare-set', { replicas: 1 }),
  ]);
  const owner = world.create(rollout('shop', 'canary', { replicas: 1 }));
  world.create(replicaSet('shop', 'canary-abc', { replicas: 1, owner }));
  world.createPod(barePod('shop', 'alone'));
  world.createPod(barePod('shop', 'kafka-0', { owner: stranger }));
  made.clock.advance(3_000);
  const ownerLabels = (app: string): readonly string[] => {
    const [pod] = made.sim.cluster.list('Pod', 'shop').filter(({ metadata }) => metadata.labels?.app === app);
    assert.equal(pod && proxyVersion(pod), VERSION, app);
    return Object.entries(pod?.metadata.labels ?? {})
      .filter(([key]) => key.startsWith('linkerd.io/proxy-'))
      .map((entry) => entry.join('='));
  };
  assert.deepEqual(ownerLabels('db'), ['linkerd.io/proxy-statefulset=db']);
  assert.deepEqual(ownerLabels('agent'), ['linkerd.io/proxy-daemonset=agent']);
  assert.deepEqual(ownerLabels('report'), ['linkerd.io/proxy-job=report']);
  assert.deepEqual(ownerLabels('bare-set'), ['linkerd.io/proxy-replicaset=bare-set']);
  for (const app of ['canary-abc', 'alone', 'kafka-0']) assert.deepEqual(ownerLabels(app), [], app);
});

test('a native sidecar is an init container that stays; the newest key that the injector knows decides', () => {
  const rows: readonly (readonly [version: string, about: Case, native: boolean])[] = [
    ['edge-25.11.3', {}, false],
    ['edge-25.11.3', { installation: { nativeSidecar: true } }, true],
    ['edge-25.11.3', { workload: { annotations: { [annotation.nativeSidecarBeta]: 'true' } } }, true],
    ['edge-25.11.3', { namespace: { ...MESHED, [annotation.nativeSidecarBeta]: 'true' } }, true],
    ['edge-25.11.3', { workload: { annotations: { [annotation.nativeSidecar]: 'true' } } }, false],
    ['edge-25.8.5', { workload: { annotations: { [annotation.nativeSidecarBeta]: 'true' } } }, false],
    ['edge-25.8.5', { workload: { annotations: { [annotation.nativeSidecarAlpha]: 'true' } } }, true],
    [
      'edge-25.11.3',
      {
        workload: {
          annotations: { [annotation.nativeSidecarAlpha]: 'true', [annotation.nativeSidecarBeta]: 'false' },
        },
      },
      false,
    ],
    ['edge-26.6.3', {}, true],
    ['edge-26.6.3', { workload: { annotations: { [annotation.nativeSidecar]: 'false' } } }, false],
    ['edge-26.6.3', { namespace: { ...MESHED, [annotation.nativeSidecarBeta]: 'false' } }, true],
  ];
  for (const [version, about, native] of rows) {
    const { pod } = injectedPod({ version, namespace: MESHED, ...about });
    const proxy = pod.spec.initContainers?.find(({ name }) => name === 'linkerd-proxy');
    const row = `${version} ${JSON.stringify(about)}`;
    assert.equal(proxy !== undefined, native, row);
    assert.equal(proxyVersion(pod), version, row);
    if (!native) continue;
    assert.equal(proxy?.restartPolicy, 'Always', row);
    assert.deepEqual(
      pod.spec.initContainers?.map(({ name }) => name),
      ['linkerd-init', 'linkerd-proxy'],
      row,
    );
  }
});

test('a native sidecar with a drain delay makes injectors of 2.15 to 2.19 fail', () => {
  const about = { [annotation.nativeSidecarAlpha]: 'true', [annotation.waitBeforeExit]: '20' };
  const refused = bench(freshInstall('edge-25.11.3'));
  refused.sim.world.createAll([
    namespace('shop', MESHED),
    deployment('shop', 'web', { replicas: 1, annotations: about }),
  ]);
  refused.settle();
  assert.equal(refused.pods('shop', 'web').length, 0);
  const failure = refused
    .get('Deployment', 'shop', 'web')
    .status?.conditions?.find(({ type }) => type === 'ReplicaFailure');
  assert.match(
    failure?.message ?? '',
    /^admission webhook "linkerd-proxy-injector.linkerd.io" denied the request: proxy.nativeSidecar and waitBeforeExitSeconds cannot be used simultaneously$/,
  );
  const { pod } = injectedPod({
    version: 'edge-26.6.3',
    namespace: MESHED,
    workload: { annotations: about },
  });
  assert.equal(proxyVersion(pod), 'edge-26.6.3');
});

test('with the CNI plugin a validator takes the place of the init container', () => {
  const { pod } = injectedPod({ namespace: MESHED, installation: { cniEnabled: true } });
  assert.deepEqual(
    pod.spec.initContainers?.map(({ name }) => name),
    ['linkerd-network-validator'],
  );
});

test('without an injector new pods have no proxy under Ignore, and are not created under Fail', () => {
  const ignoring = bench(injectorDown('Ignore'));
  ignoring.sim.world.createAll([namespace('shop', MESHED), deployment('shop', 'web', { replicas: 1 })]);
  ignoring.settle();
  assert.deepEqual(ignoring.pods('shop', 'web').map(proxyVersion), [undefined]);
  assert.deepEqual(sayings(ignoring, 'Deployment', 'web'), []);

  const failing = bench(injectorDown('Fail'));
  failing.sim.world.createAll([namespace('shop', MESHED), deployment('shop', 'web', { replicas: 1 })]);
  failing.settle();
  assert.deepEqual(failing.pods('shop', 'web'), []);
  const failure = failing
    .get('Deployment', 'shop', 'web')
    .status?.conditions?.find(({ type }) => type === 'ReplicaFailure');
  assert.equal(
    failure?.message,
    'Internal error occurred: failed calling webhook "linkerd-proxy-injector.linkerd.io": failed to call webhook: Post ' +
      '"https://linkerd-proxy-injector.linkerd.svc:443/?timeout=10s": no endpoints available for service "linkerd-proxy-injector"',
  );
  failing.sim.mendInjector();
  failing.settle(3);
  assert.deepEqual(failing.pods('shop', 'web').map(proxyVersion), [VERSION]);
});

test('a half-rolled control plane injects the new tag with the old injector', () => {
  const made = bench();
  made.sim.world.create(namespace('shop', MESHED));
  made.sim.upgradeConfigOnly('edge-25.12.2');
  made.sim.world.create(deployment('shop', 'web', { replicas: 1 }));
  made.settle();
  const [pod] = made.pods('shop', 'web');
  assert.equal(pod && proxyVersion(pod), 'edge-25.12.2');
  assert.equal(pod?.metadata.annotations?.[annotation.createdBy], `linkerd/proxy-injector ${VERSION}`);
});

test('admission answers a probe with the pod as it would be stored', () => {
  const made = bench();
  made.sim.world.create(namespace('shop', MESHED));
  const probe = newPod(barePod('shop', 'probe-x', { labels: { app: 'web' } }), 'unknown', NOW);
  const revision = made.sim.store.revision;
  const answer = made.sim.admission(probe, made.sim.cluster.get('Namespace', '', 'shop'), true);
  assert.equal(isKind(answer, 'Pod') && proxyVersion(answer), VERSION);
  assert.equal(made.sim.store.revision, revision);
  made.sim.refusePods('shop', 'exceeded quota: cap, requested: pods=1, used: pods=0, limited: pods=0');
  assert.throws(
    () => made.sim.admission(probe, undefined, true),
    (error) =>
      error instanceof AdmissionError &&
      error.code === 403 &&
      error.message.startsWith('pods "probe-x" is forbidden: '),
  );
});

test('an injected pod weighs what a real one weighs', () => {
  const { pod } = injectedPod({ namespace: MESHED });
  const proxy = pod.spec.containers.find(({ name }) => name === 'linkerd-proxy');
  const json = JSON.stringify(pod).length;
  const protobuf = objectProtobuf(pod).length;
  const owned = JSON.stringify(pod.metadata.managedFields).length;
  assert.ok(json > 13_000 && json < 15_500, `${json} bytes of JSON`);
  assert.ok(protobuf > 8_500 && protobuf < 10_500, `${protobuf} bytes of protobuf`);
  assert.ok(owned > 1_400 && owned < 2_300, `${owned} bytes of managedFields`);
  const variables = Array.isArray(proxy?.env) ? proxy.env.length : 0;
  assert.ok(variables >= 65 && variables <= 80, `${variables} variables`);
});
