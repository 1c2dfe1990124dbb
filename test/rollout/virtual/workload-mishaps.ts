import { annotation } from '../../../src/data/linkerd.ts';
import type { PodBehaviour } from '../../../src/sim/cluster/kubelet/behaviour.ts';
import { isKind, type PodTemplate, type StringMap } from '../../../src/sim/cluster/objects.ts';
import { daemonSets, deployments, statefulSets } from '../../../src/sim/resources.ts';
import type { KubeObject, ResourceType } from '../../../src/sim/types.ts';
import { withOwnership } from '../../../src/sim/write/managed-fields.ts';
import { disturb, later, type Mishap, type Stage } from './mishap.ts';

const types: Readonly<Record<string, ResourceType>> = {
  Deployment: deployments,
  StatefulSet: statefulSets,
  DaemonSet: daemonSets,
};

type Workload = KubeObject & {
  readonly spec: Readonly<Record<string, unknown>> & { readonly template: PodTemplate };
};

function isWorkload(object: KubeObject | undefined): object is Workload {
  return isKind(object, 'Deployment') || isKind(object, 'StatefulSet') || isKind(object, 'DaemonSet');
}

/** Changes a workload as somebody else would; nothing when it is gone. */
function edit(stage: Stage, manager: string, change: (found: Workload) => Workload['spec']): void {
  const { world, on } = stage;
  const type = types[on.kind];
  const found = type && world.cluster.store.get(type, on.namespace, on.name);
  if (type === undefined || !isWorkload(found)) return;
  disturb(stage, on);
  const next = { ...found, spec: change(found) };
  const writer = { manager, subresource: '', now: world.clock.now() };
  world.cluster.store.update(type, withOwnership(type, found, next, writer));
}

function annotated(
  template: PodTemplate,
  changes: Readonly<Record<string, string | undefined>>,
): PodTemplate {
  const entries = Object.entries({ ...template.metadata?.annotations, ...changes });
  const annotations: StringMap = Object.fromEntries(
    entries.flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
  );
  return { ...template, metadata: { ...template.metadata, annotations } };
}

const behaviours: readonly PodBehaviour[] = [
  { kind: 'crash-loop' },
  { kind: 'crash-loop', reason: 'OOMKilled' },
  { kind: 'crash-loop', container: 'linkerd-proxy' },
  { kind: 'image-pull' },
  { kind: 'image-pull', container: 'linkerd-proxy' },
  { kind: 'never-ready' },
  { kind: 'never-ready', container: 'linkerd-proxy' },
  { kind: 'unschedulable' },
  { kind: 'slow', factor: 4 },
];

/** Pods that do not start, for ever or for a while. */
export const podMishaps: readonly Mishap[] = [
  (stage) => {
    const { world, on, random } = stage;
    const behaviour = random.pick(behaviours);
    const now = random.chance(0.3);
    world.cluster.setWorkloadBehaviour(on.namespace, on.name, behaviour, now);
    disturb(stage, on);
    if (random.chance(0.5)) {
      later(stage, 20_000, 90_000, `${on.name} is mended`, () => {
        world.cluster.setWorkloadBehaviour(on.namespace, on.name, { kind: 'healthy' }, true);
        disturb(stage, on);
      });
    }
    return `${now ? 'all' : 'new'} pods of ${on.name}: ${JSON.stringify(behaviour)}`;
  },
];

/** What people and controllers do to workloads meanwhile. */
export const edits: readonly Mishap[] = [
  (stage) => {
    const replicas = stage.random.below(7);
    edit(stage, 'horizontal-pod-autoscaler', ({ spec }) =>
      'replicas' in spec ? { ...spec, replicas } : spec,
    );
    return `${stage.on.name} is scaled to ${replicas}`;
  },
  (stage) => {
    if (stage.on.kind === 'Deployment')
      edit(stage, 'kubectl-edit', ({ spec }) => ({ ...spec, paused: true }));
    return `${stage.on.name} is paused`;
  },
  (stage) => {
    edit(stage, 'kubectl-rollout', ({ spec }) => ({
      ...spec,
      template: annotated(spec.template, { [annotation.restartedAt]: '2031-01-01T00:00:00Z' }),
    }));
    return `${stage.on.name} is restarted by somebody else`;
  },
  (stage) => {
    edit(stage, 'kubectl-rollout', ({ spec }) => ({ ...spec, template: undone(spec.template) }));
    return `the last rollout of ${stage.on.name} is undone`;
  },
  (stage) => {
    edit(stage, 'kubectl-set', ({ spec }) => ({
      ...spec,
      template: {
        ...spec.template,
        spec: {
          ...spec.template.spec,
          containers: spec.template.spec.containers.map((container) => ({
            ...container,
            image: 'registry.example/other:v2',
          })),
        },
      },
    }));
    return `${stage.on.name} gets another image`;
  },
  (stage) => {
    edit(stage, 'kubectl-edit', ({ spec }) => ({
      ...spec,
      template: annotated(spec.template, { [annotation.pinnedProxyVersion]: 'edge-25.8.5' }),
    }));
    return `${stage.on.name} is pinned`;
  },
  (stage) => {
    const { world, on } = stage;
    const type = types[on.kind];
    disturb(stage, on);
    if (type) world.cluster.store.delete(type, on.namespace, on.name);
    return `${on.name} is deleted`;
  },
  (stage) => {
    const { world, on } = stage;
    disturb(stage);
    const suspend = world.cluster.revertRestarts({
      namespace: on.namespace,
      manager: 'kustomize-controller',
      afterMs: 2_000,
    });
    // It would fight with anybody else who restarts for as long as the world goes on.
    later(stage, 20_000, 90_000, `the reverting in ${on.namespace} is suspended`, suspend);
    return `restarts of Deployments in ${on.namespace} are reverted from now on`;
  },
];

/** The template before its last restart: without what restarts write. */
function undone(template: PodTemplate): PodTemplate {
  const own = Object.keys(template.metadata?.annotations ?? {}).filter(
    (key) => key === annotation.restartedAt || key.startsWith('kubectl-linkerd-upgrade/'),
  );
  return annotated(template, Object.fromEntries(own.map((key) => [key, undefined])));
}
