import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PodRecord } from '../../src/kube/records.ts';
import { createShapeReader, type ProxyShape } from '../../src/mesh/census.ts';
import type { MeshContext } from '../../src/mesh/context.ts';
import { type EffectInput, type Prediction, predictEffect } from '../../src/mesh/effect.ts';
import { assumedWebhook, missingWebhook } from '../../src/mesh/injection.ts';
import { createJudge } from '../../src/mesh/tally.ts';
import { parseVersion } from '../../src/mesh/version.ts';
import {
  container,
  daemonSet,
  deployment,
  meshedNamespace,
  meshedPod,
  namespace,
  nativeProxy,
  pod,
  proxyContainer,
  statefulSet,
  template,
  templateContainer,
} from '../support/records.ts';

const context: MeshContext = {
  controlPlaneNamespace: 'linkerd',
  version: 'edge-25.10.7',
  injectorVersion: 'edge-25.10.7',
  configProblem: '',
  target: 'edge-25.10.7',
  proxyImageVersion: '',
  nativeSidecar: false,
  waitBeforeExitSeconds: 0,
  serviceAccountTokenProjection: true,
  trustRootSha256: 'root',
  webhook: { ...assumedWebhook(parseVersion('edge-25.10.7')), state: 'live' },
  foreignWebhook: '',
  failurePolicy: 'Ignore',
  injector: { state: 'ready' },
  orphaned: [],
};

interface Case extends Partial<Pick<EffectInput, 'key' | 'apiVersion' | 'workload' | 'namespace'>> {
  readonly pods?: readonly PodRecord[];
  readonly context?: Partial<MeshContext>;
}

const readShape = createShapeReader();

/** Deployment `apps/web` with two pods of an older edge in a meshed namespace, but for what the case changes. */
function predict(given: Case = {}): Prediction {
  const { pods = [meshedPod('edge-25.9.4'), meshedPod('edge-25.9.4')] } = given;
  const proxies = new Map<ProxyShape, number>();
  for (const record of pods) {
    const shape = readShape(record);
    if (shape) proxies.set(shape, (proxies.get(shape) ?? 0) + 1);
  }
  return predictEffect({
    key: { namespace: 'apps', kind: 'Deployment', name: 'web' },
    apiVersion: 'apps/v1',
    workload: deployment(),
    namespace: meshedNamespace('apps'),
    ...given,
    proxies,
    unmeshed: pods.filter((record) => !readShape(record)).length,
    judge: createJudge({ ...context, ...given.context }),
  });
}

const old = meshedPod('edge-25.9.4');
const current = meshedPod('edge-25.10.7');
const plain = pod();
const untagged = meshedPod('', {
  createdBy: '',
  containers: [proxyContainer('', { image: `cr.l5d.io/linkerd/proxy@sha256:${'0'.repeat(64)}` })],
});
const inject = (value: string) => ({ template: { annotations: { 'linkerd.io/inject': value } } });
const pin = (version: string) => ({ 'config.linkerd.io/proxy-version': version });
const down = { state: 'down', reason: 'no replica' } as const;
const pinPlace = 'annotation config.linkerd.io/proxy-version on the';
const newer = 'edge-26.6.3';

const cases: readonly [name: string, given: Case, kind: string, reason: RegExp | string, target: string][] = [
  // Versions.
  ['older proxies', {}, 'upgrades', 'from edge-25.9.4 to edge-25.10.7', 'edge-25.10.7'],
  [
    'several versions',
    { pods: [old, meshedPod('edge-25.8.1'), current] },
    'upgrades',
    'from edge-25.8.1 and edge-25.9.4 to edge-25.10.7',
    'edge-25.10.7',
  ],
  [
    'many versions',
    { pods: ['25.1.1', '25.2.1', '25.3.1', '25.4.1'].map((v) => meshedPod(`edge-${v}`)) },
    'upgrades',
    'from 4 versions (edge-25.1.1 to edge-25.4.1) to edge-25.10.7',
    'edge-25.10.7',
  ],
  [
    'another channel of unknown order',
    { pods: [meshedPod('preview-25.10.9')] },
    'upgrades',
    /^from preview-25\.10\.9 to/,
    'edge-25.10.7',
  ],
  [
    'newer proxies',
    { pods: [old, meshedPod(newer)] },
    'downgrades',
    'goes back from edge-26.6.3 to edge-25.10.7',
    'edge-25.10.7',
  ],
  ['current proxies', { pods: [current, current] }, 'nothing', 'already at edge-25.10.7', 'edge-25.10.7'],
  [
    'version not readable',
    { pods: [current, untagged] },
    'unknown',
    'the version of 1 proxy cannot be read; new pods would get edge-25.10.7',
    'edge-25.10.7',
  ],
  [
    'version partly readable',
    { pods: [old, untagged] },
    'upgrades',
    /^from edge-25\.9\.4 to/,
    'edge-25.10.7',
  ],
  [
    'control plane unknown',
    { context: { version: '', target: '' } },
    'unknown',
    "the control plane's version is not known",
    '',
  ],
  [
    'global pin',
    { context: { proxyImageVersion: 'edge-25.10.6', target: 'edge-25.10.6' } },
    'upgrades',
    'from edge-25.9.4 to edge-25.10.6 (proxy.image.version in linkerd-config)',
    'edge-25.10.6',
  ],
  // Renewal at the same version.
  [
    'stale trust root',
    { pods: [meshedPod('edge-25.10.7', { trustRootSha256: 'old root' }), current] },
    'renews',
    "stays at edge-25.10.7: 1 proxy trusts another root than the control plane's",
    'edge-25.10.7',
  ],
  [
    'trust root not recorded',
    { pods: [meshedPod('edge-25.10.7', { trustRootSha256: '' })] },
    'nothing',
    /./,
    'edge-25.10.7',
  ],
  [
    'trust root of the control plane unknown',
    { pods: [meshedPod('edge-25.10.7', { trustRootSha256: 'x' })], context: { trustRootSha256: '' } },
    'nothing',
    /./,
    'edge-25.10.7',
  ],
  [
    'native sidecar from now on',
    { pods: [current, current], context: { nativeSidecar: true } },
    'renews',
    'stays at edge-25.10.7: 2 proxies become native sidecars',
    'edge-25.10.7',
  ],
  [
    'no native sidecar any more',
    { pods: [meshedPod('edge-25.10.7', { containers: [nativeProxy('edge-25.10.7'), container()] })] },
    'renews',
    /1 proxy becomes an ordinary container/,
    'edge-25.10.7',
  ],
  // Pins.
  [
    'pinned on the template, pods match',
    { workload: deployment({ template: { annotations: pin('edge-25.9.4') } }) },
    'pinned',
    `stays at edge-25.9.4 (${pinPlace} pod template); the control plane would give edge-25.10.7`,
    'edge-25.9.4',
  ],
  [
    'pinned on the namespace, pods do not match',
    { namespace: meshedNamespace('apps', { annotations: pin('edge-25.8.1') }) },
    'pinned',
    `would go from edge-25.9.4 to edge-25.8.1 (${pinPlace} namespace)`,
    'edge-25.8.1',
  ],
  [
    'template pin beats namespace pin',
    {
      workload: deployment({ template: { annotations: pin('edge-25.9.4') } }),
      namespace: meshedNamespace('apps', { annotations: pin('edge-25.8.1') }),
    },
    'pinned',
    /^stays at edge-25\.9\.4/,
    'edge-25.9.4',
  ],
  [
    'a pin to what the control plane gives anyway',
    { workload: deployment({ template: { annotations: pin('edge-25.10.7') } }) },
    'upgrades',
    `from edge-25.9.4 to edge-25.10.7 (${pinPlace} pod template)`,
    'edge-25.10.7',
  ],
  [
    'pinned and met, but the trust root is stale',
    {
      workload: deployment({ template: { annotations: pin('edge-25.9.4') } }),
      pods: [meshedPod('edge-25.9.4', { trustRootSha256: 'old root' })],
    },
    'renews',
    /^stays at edge-25\.9\.4 \(annotation .*\): 1 proxy trusts another root/,
    'edge-25.9.4',
  ],
  [
    'pinned to another version and the trust root is stale: a restart is necessary',
    {
      workload: deployment({ template: { annotations: pin('edge-25.9.4') } }),
      pods: [meshedPod('edge-25.8.1', { trustRootSha256: 'old root' })],
    },
    'upgrades',
    `from edge-25.8.1 to edge-25.9.4 (${pinPlace} pod template)`,
    'edge-25.9.4',
  ],
  [
    'a pin on the workload itself does nothing',
    { workload: deployment({ annotations: pin('edge-25.1.1') }) },
    'upgrades',
    'from edge-25.9.4 to edge-25.10.7',
    'edge-25.10.7',
  ],
  [
    'another image',
    {
      workload: deployment({
        template: { annotations: { 'config.linkerd.io/proxy-image': 'mirror/proxy' } },
      }),
    },
    'upgrades',
    'from edge-25.9.4 to edge-25.10.7, from the image mirror/proxy (config.linkerd.io/proxy-image)',
    'edge-25.10.7',
  ],
  // Static proxies.
  [
    'injected by hand',
    {
      workload: deployment({
        template: {
          annotations: { 'linkerd.io/created-by': 'linkerd/cli edge-25.9.4' },
          containers: [
            templateContainer(),
            templateContainer({ name: 'linkerd-proxy', image: 'cr.l5d.io/linkerd/proxy:edge-25.9.4' }),
          ],
        },
      }),
    },
    'static',
    'the proxy edge-25.9.4 is written into the pod template, put there by linkerd/cli edge-25.9.4: inject the manifest again',
    '',
  ],
  // Meshing and unmeshing.
  [
    'meant to be meshed',
    { pods: [plain, plain] },
    'meshes',
    'gives 2 pods the proxy edge-25.10.7',
    'edge-25.10.7',
  ],
  [
    'meshed in part',
    { pods: [current, plain] },
    'meshes',
    'gives 1 pod of 2 the proxy edge-25.10.7',
    'edge-25.10.7',
  ],
  [
    'injection off on the template',
    { workload: deployment(inject('disabled')) },
    'unmeshes',
    'removes the proxy of 2 pods: pod has the annotation "linkerd.io/inject:disabled"',
    '',
  ],
  [
    'injection off in the namespace',
    { namespace: namespace('apps') },
    'unmeshes',
    'removes the proxy of 2 pods: neither the namespace nor the pod have the annotation "linkerd.io/inject:enabled"',
    '',
  ],
  [
    'hostNetwork',
    { workload: deployment({ template: { hostNetwork: true } }) },
    'unmeshes',
    /hostNetwork is enabled$/,
    '',
  ],
  [
    'Istio in the template',
    {
      workload: deployment({
        template: template({ containers: [templateContainer({ name: 'istio-proxy' })] }),
      }),
    },
    'unmeshes',
    /pod has a sidecar injected already$/,
    '',
  ],
  ['webhook gone', { context: { webhook: missingWebhook } }, 'unmeshes', /the webhook .* does not exist/, ''],
  [
    'never meshed',
    { namespace: namespace('apps'), pods: [plain] },
    'nothing',
    /^not meshed: neither the namespace/,
    '',
  ],
  // Injector down.
  [
    'injector down, Ignore',
    { context: { injector: down } },
    'unmeshes',
    "removes the proxy of 2 pods: the injector is down (no replica) and the webhook's failurePolicy is Ignore",
    '',
  ],
  [
    'injector down, Ignore, no proxy yet',
    { pods: [plain], context: { injector: down } },
    'nothing',
    /would still have no proxy$/,
    '',
  ],
  [
    'injector down, Fail',
    { context: { injector: down, failurePolicy: 'Fail' } },
    'unsupported',
    /failurePolicy is Fail: new pods would be refused$/,
    '',
  ],
  [
    'injector down, Fail, and it would refuse to inject anyway',
    { context: { injector: down, failurePolicy: 'Fail' }, namespace: namespace('apps') },
    'unsupported',
    /failurePolicy is Fail: new pods would be refused$/,
    '',
  ],
  [
    'injector down, Fail, but the webhook does not select the pod',
    {
      context: { injector: down, failurePolicy: 'Fail' },
      workload: deployment({ template: { labels: { 'linkerd.io/cni-resource': 'true' } } }),
    },
    'unmeshes',
    /it asks for no label linkerd\.io\/cni-resource$/,
    '',
  ],
  [
    'injector down, Ignore, and a restart makes no new pods',
    { context: { injector: down }, workload: statefulSet({ strategy: { partition: 2 } }) },
    'unsupported',
    /^its partition 2 keeps all 2 pods as they are; new pods would have no proxy: the injector is down/,
    '',
  ],
  [
    'another control plane is asked about new pods',
    { context: { foreignWebhook: 'mesh-two', injector: down } },
    'unknown',
    "the injector's webhook calls the control plane in namespace mesh-two",
    '',
  ],
  [
    'linkerd-config makes no sense',
    { context: { configProblem: 'its values name no linkerdVersion' } },
    'unknown',
    /^linkerd-config makes no sense, .* its values name no linkerdVersion$/,
    '',
  ],
  [
    'linkerd-config makes no sense, but the workload is not meshed',
    { context: { configProblem: 'x' }, pods: [plain], namespace: namespace('apps') },
    'nothing',
    /^not meshed/,
    '',
  ],
  [
    'half rolled: the old injector does not read a key that is newer than it',
    {
      context: { version: 'edge-26.6.3', injectorVersion: 'edge-25.10.7', target: 'edge-25.10.7' },
      workload: deployment({
        template: {
          annotations: {
            'config.linkerd.io/proxy-enable-native-sidecar': 'true',
            'config.linkerd.io/proxy-version': 'edge-25.10.7',
          },
        },
      }),
      pods: [current],
    },
    'nothing',
    /^already at edge-25\.10\.7/,
    'edge-25.10.7',
  ],
  [
    'injector down, policy unknown',
    { context: { injector: down, failurePolicy: '' } },
    'unknown',
    /is not known$/,
    '',
  ],
  [
    'native sidecar and wait before exit',
    {
      workload: deployment({
        template: {
          annotations: {
            'config.beta.linkerd.io/proxy-enable-native-sidecar': 'true',
            'config.alpha.linkerd.io/proxy-wait-before-exit-seconds': '10',
          },
        },
      }),
    },
    'unsupported',
    /^the injector would refuse new pods/,
    '',
  ],
  // What a restart cannot renew.
  [
    'paused',
    { workload: deployment({ paused: true }) },
    'unsupported',
    /kubectl rollout resume deployment\/web -n apps; new pods would get edge-25\.10\.7$/,
    'edge-25.10.7',
  ],
  [
    'paused, but current',
    { workload: deployment({ paused: true }), pods: [current] },
    'nothing',
    'already at edge-25.10.7',
    'edge-25.10.7',
  ],
  [
    'scaled to zero',
    { workload: deployment({ replicas: 0 }), pods: [] },
    'unsupported',
    'it is scaled to zero, so nothing runs; new pods would get edge-25.10.7',
    'edge-25.10.7',
  ],
  [
    'scaled to zero, not meshed',
    { workload: deployment({ replicas: 0 }), pods: [], namespace: namespace('apps') },
    'nothing',
    /^not meshed/,
    '',
  ],
  [
    'no pod runs',
    { pods: [] },
    'unknown',
    'none of its pods runs; new pods would get edge-25.10.7',
    'edge-25.10.7',
  ],
  [
    'DaemonSet without nodes',
    { workload: daemonSet({ replicas: 0 }), pods: [] },
    'unsupported',
    /^no node matches it/,
    'edge-25.10.7',
  ],
  [
    'OnDelete',
    { workload: statefulSet({ strategy: { type: 'OnDelete' } }) },
    'unsupported',
    /OnDelete: pods keep their proxy until they are deleted by hand/,
    'edge-25.10.7',
  ],
  [
    'partition above all pods',
    { workload: statefulSet({ strategy: { partition: 2 } }) },
    'unsupported',
    /^its partition 2 keeps all 2 pods/,
    'edge-25.10.7',
  ],
  [
    'partition below some',
    { workload: statefulSet({ strategy: { partition: 1 } }) },
    'upgrades',
    /^from edge-25\.9\.4/,
    'edge-25.10.7',
  ],
  ['being deleted', { workload: deployment({ deletedAt: 1 }) }, 'unsupported', 'it is being deleted', ''],
  [
    'namespace being deleted',
    { namespace: meshedNamespace('apps', { phase: 'Terminating' }) },
    'unsupported',
    'namespace apps is being deleted',
    '',
  ],
  [
    'paused and unmeshed by a restart',
    { workload: deployment({ paused: true, ...inject('disabled') }) },
    'unsupported',
    /new pods would have no proxy/,
    '',
  ],
  [
    'control-plane component',
    { workload: deployment({ template: { labels: { 'linkerd.io/control-plane-component': 'identity' } } }) },
    'unsupported',
    /changes only when Linkerd is upgraded$/,
    '',
  ],
  [
    'the label on the Deployment alone (multicluster gateway of 2.11) hinders nothing',
    { workload: deployment({ labels: { 'linkerd.io/control-plane-component': 'gateway' } }) },
    'upgrades',
    /./,
    'edge-25.10.7',
  ],
  // Other control planes.
  [
    'of another control plane',
    { pods: [meshedPod('edge-25.10.7', { controlPlaneNamespace: 'other' })] },
    'unknown',
    'its proxies belong to the control plane in namespace other',
    'edge-25.10.7',
  ],
  [
    'of a control plane that is gone',
    { pods: [meshedPod('edge-25.9.4', { controlPlaneNamespace: 'gone' })], context: { orphaned: ['gone'] } },
    'upgrades',
    'from edge-25.9.4, whose control plane in gone is gone, to edge-25.10.7',
    'edge-25.10.7',
  ],
  [
    'of a control plane that is gone, at the same version',
    { pods: [meshedPod('edge-25.10.7', { controlPlaneNamespace: 'gone' })], context: { orphaned: ['gone'] } },
    'renews',
    'stays at edge-25.10.7: the control plane in gone is gone',
    'edge-25.10.7',
  ],
  // Not known.
  ['namespace not read', { namespace: undefined }, 'unknown', /^the namespace cannot be read/, ''],
  ['workload not read', { workload: undefined }, 'unknown', 'its Deployment has not been read', ''],
];

test('a restart has an effect, and a reason in words', async (t) => {
  for (const [name, given, kind, reason, target] of cases) {
    await t.test(name, () => {
      const { effect, target: predicted } = predict(given);
      assert.equal(effect.kind, kind, effect.reason);
      if (typeof reason === 'string') assert.equal(effect.reason, reason);
      else assert.match(effect.reason, reason);
      assert.equal(predicted, target);
    });
  }
});

test('owners that a restart does not reach say what does', async (t) => {
  const rows: readonly [kind: string, apiVersion: string, reason: RegExp][] = [
    ['Job', 'batch/v1', /^a Job cannot be restarted/],
    ['CronJob', 'batch/v1', /its next run gets/],
    ['Pod', 'v1', /^a bare pod cannot be restarted/],
    ['Node', 'v1', /^a static pod of a node/],
    ['ReplicaSet', 'apps/v1', /^a ReplicaSet without a Deployment/],
    ['ReplicationController', 'v1', /^a ReplicationController without a Deployment/],
    ['Rollout', 'argoproj.io/v1alpha1', /kubectl argo rollouts restart web -n apps$/],
    ['Cluster', 'postgresql.cnpg.io/v1', /kubectl cnpg restart web -n apps$/],
    [
      'StrimziPodSet',
      'core.strimzi.io/v1beta2',
      /kubectl annotate strimzipodset web -n apps strimzi\.io\/manual-rolling-update=true$/,
    ],
    ['Service', 'serving.knative.dev/v1', /^it is controlled by Service web \(serving\.knative\.dev\)/],
    [
      'StatefulSet.apps.kruise.io',
      'apps.kruise.io/v1beta1',
      /^it is controlled by StatefulSet\.apps\.kruise\.io web/,
    ],
  ];
  for (const [kind, apiVersion, reason] of rows) {
    await t.test(kind, () => {
      const key = { namespace: 'apps', kind, name: 'web' };
      const meshed = predict({ key, apiVersion, workload: undefined });
      assert.equal(meshed.effect.kind, 'unsupported');
      assert.match(meshed.effect.reason, reason);
      const outside = predict({
        key,
        apiVersion,
        workload: undefined,
        namespace: namespace('apps'),
        pods: [plain],
      });
      assert.equal(outside.effect.kind, 'nothing', 'a restart is not asked for outside the mesh');
    });
  }
});

test('the prediction says where the proxy would be', () => {
  assert.equal(predict().native, false);
  assert.equal(predict({ context: { nativeSidecar: true } }).native, true);
  assert.equal(predict({ workload: deployment(inject('disabled')) }).native, undefined);
});
