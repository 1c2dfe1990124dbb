import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type RiskInput, risksOf } from '../../src/mesh/risks.ts';
import { parseVersion } from '../../src/mesh/version.ts';
import { budget, daemonSet, deployment, owner, statefulSet, templateContainer } from '../support/records.ts';

function risks(fields: Partial<RiskInput> = {}): string[] {
  const { workload = deployment() } = fields;
  const { replicas } = workload;
  return risksOf({
    workload,
    pods: { live: replicas, ready: replicas, unmeshed: 0, completed: 0, failed: 0, terminating: 0 },
    budgets: [],
    shapes: { native: 0, ordinary: replicas },
    native: false,
    controlPlane: parseVersion('edge-25.10.7'),
    ...fields,
  }).map((risk) => `${risk.kind}: ${risk.text}`);
}

test('a healthy, redundant workload has no risks', () => {
  assert.deepEqual(risks(), []);
});

test('what can go wrong is said in words', async (t) => {
  const app = templateContainer({ readinessProbe: false });
  const failed = {
    conditions: [
      { type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message: 'exceeded quota: pods' },
    ],
  };
  const rows: readonly [name: string, fields: Partial<RiskInput>, expected: readonly RegExp[]][] = [
    [
      'one replica with surge',
      { workload: deployment({ replicas: 1 }) },
      [/^single-replica: it has one pod; the new one starts before/],
    ],
    [
      'one replica without surge',
      { workload: deployment({ replicas: 1, strategy: { maxSurge: '0', maxUnavailable: '1' } }) },
      [/^single-replica: its only pod stops before/],
    ],
    [
      'neither surge nor unavailable: Kubernetes takes one',
      { workload: deployment({ replicas: 1, strategy: { maxSurge: '0%', maxUnavailable: '0%' } }) },
      [/its only pod stops/],
    ],
    [
      'StatefulSet of one',
      { workload: statefulSet({ replicas: 1 }) },
      [/^single-replica: its only pod stops/],
    ],
    [
      'DaemonSet on one node',
      { workload: daemonSet({ replicas: 1 }) },
      [/^single-replica: its only pod stops/],
    ],
    [
      'DaemonSet with surge',
      { workload: daemonSet({ replicas: 1, strategy: { maxUnavailable: '0', maxSurge: '1' } }) },
      [/starts before/],
    ],
    [
      'maxUnavailable takes all',
      { workload: deployment({ replicas: 3, strategy: { maxUnavailable: '100%' } }) },
      [/^single-replica: maxUnavailable 100% lets all 3 pods stop at once/],
    ],
    [
      'maxUnavailable of a DaemonSet is rounded up',
      { workload: daemonSet({ replicas: 3, strategy: { maxUnavailable: '67%' } }) },
      [/^single-replica: maxUnavailable 67% lets all 3 pods stop at once/],
    ],
    [
      'maxUnavailable leaves one',
      { workload: deployment({ replicas: 3, strategy: { maxUnavailable: '67%' } }) },
      [],
    ],
    ['Recreate', { workload: deployment({ replicas: 1, strategy: { type: 'Recreate' } }) }, [/^recreate: /]],
    [
      'no readiness probe',
      { workload: deployment({ template: { containers: [app] } }) },
      [/^no-readiness-probe: /],
    ],
    [
      'one probe suffices',
      { workload: deployment({ template: { containers: [app, templateContainer({ name: 'b' })] } }) },
      [],
    ],
    [
      'the probe of an init container does not',
      {
        workload: deployment({
          template: { containers: [app, templateContainer({ name: 'i', init: true })] },
        }),
      },
      [/^no-readiness-probe: /],
    ],
    [
      'spent budget',
      { budgets: [budget({ disruptionsAllowed: 0, currentHealthy: 2, desiredHealthy: 2 })] },
      [/^budget-spent: PodDisruptionBudget web \(2 healthy, 2 needed\) allows no disruption now/],
    ],
    [
      'budget of other pods',
      {
        budgets: [
          budget({ disruptionsAllowed: 0, selector: { matchLabels: { app: 'db' }, matchExpressions: [] } }),
        ],
      },
      [],
    ],
    ['budget of nothing', { budgets: [budget({ disruptionsAllowed: 0, expectedPods: 0 })] }, []],
    [
      'pods not ready',
      { pods: { live: 2, ready: 1, unmeshed: 0, completed: 0, failed: 0, terminating: 0 } },
      [/^unhealthy: 1 of 2 pods is not ready/],
    ],
    [
      'pods missing',
      { pods: { live: 1, ready: 1, unmeshed: 0, completed: 0, failed: 0, terminating: 0 } },
      [/^unhealthy: it has 1 pod instead of 2$/],
    ],
    [
      'pods refused',
      { workload: deployment({ status: failed }) },
      [/^unhealthy: its pods cannot be created: exceeded quota/],
    ],
    [
      'rolling',
      { workload: deployment({ status: { updated: 1 } }) },
      [/^rolling: its rollout has not finished: 1 of 2 updated/],
    ],
    [
      'partition',
      { workload: statefulSet({ replicas: 3, strategy: { partition: 2 } }) },
      [/^partition: partition 2: pods 0 to 1 keep their old proxy/],
    ],
    [
      'partition of one',
      { workload: statefulSet({ strategy: { partition: 1 } }) },
      [/pod 0 keeps its old proxy/],
    ],
    ['becomes a native sidecar', { native: true }, [/^sidecar-mode: the proxy becomes a native sidecar/]],
    [
      'is no native sidecar any more',
      { shapes: { native: 2, ordinary: 0 } },
      [/^sidecar-mode: .* becomes an ordinary container/],
    ],
    ['gets no proxy', { native: undefined, shapes: { native: 1, ordinary: 1 } }, []],
    [
      'Flux by label',
      { workload: deployment({ labels: { 'kustomize.toolkit.fluxcd.io/name': 'apps' } }) },
      [/^gitops: managed by Flux/],
    ],
    [
      'Argo CD',
      { workload: deployment({ annotations: { 'argocd.argoproj.io/tracking-id': 'x' } }) },
      [/^gitops: managed by Argo CD/],
    ],
    [
      'owned',
      { workload: statefulSet({ owner: owner('Prometheus', 'k8s') }) },
      [/^gitops: owned by Prometheus k8s/],
    ],
    [
      'a plain Helm release is not written back',
      { workload: deployment({ annotations: { 'meta.helm.sh/release-name': 'x' } }) },
      [],
    ],
  ];
  for (const [name, fields, expected] of rows) {
    await t.test(name, () => {
      const found = risks(fields);
      assert.equal(found.length, expected.length, found.join('; '));
      for (const [index, pattern] of expected.entries()) assert.match(found[index] ?? '', pattern);
    });
  }
});

test('a hostPort is a risk under the control planes that lose such endpoints', () => {
  const workload = deployment({ template: { containers: [templateContainer({ hostPort: true })] } });
  const affected = (version: string): boolean =>
    risks({ workload, controlPlane: parseVersion(version) }).some((risk) => risk.startsWith('host-port: '));
  assert.deepEqual(
    [
      'stable-2.12.6',
      'stable-2.13.0',
      'stable-2.13.6',
      'stable-2.13.7',
      'stable-2.14.0',
      'stable-2.14.1',
    ].map(affected),
    [false, true, true, false, true, false],
  );
  assert.deepEqual(risks({ controlPlane: parseVersion('stable-2.14.0') }), [], 'without a hostPort');
});
