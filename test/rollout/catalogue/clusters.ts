/** Clusters for the failure-mode catalogue (docs/limits.md), each a story with one thing in it that goes wrong. */
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { annotation } from '../../../src/data/linkerd.ts';
import { FIELD_MANAGER } from '../../../src/kube/client.ts';
import type { WorkloadKey } from '../../../src/mesh/view.ts';
import type { Exclusion, Plan } from '../../../src/rollout/plan/plan.ts';
import type { Run, StepState } from '../../../src/rollout/run/run.ts';
import type { Pod, StringMap } from '../../../src/sim/cluster/objects.ts';
import { namespace, node } from '../../../src/sim/cluster/scenario/builders.ts';
import {
  applyControlPlane,
  CLI_INSTALLATION,
  type Installation,
} from '../../../src/sim/cluster/scenario/control-plane.ts';
import type { Scenario } from '../../../src/sim/cluster/scenario/scenarios.ts';
import { daysAgo, minutesAgo } from '../../../src/sim/cluster/scenario/story.ts';
import type { World } from '../../../src/sim/cluster/scenario/world.ts';
import type { KubeObject } from '../../../src/sim/types.ts';
import {
  BEFORE,
  type LiveCluster,
  type LiveClusterOptions,
  liveCluster,
  MESHED,
  NOW,
  waitFor,
} from '../live-cluster.ts';

interface ControlPlane extends Partial<Installation> {
  readonly version?: string;
}

export interface Story {
  readonly workloads: readonly KubeObject[];
  /** Namespaces whose annotations are not just those of the mesh. */
  readonly annotations?: Readonly<Record<string, StringMap>>;
  readonly labels?: Readonly<Record<string, StringMap>>;
  /** The control plane that injected the workloads, and the present one. */
  readonly before?: ControlPlane;
  readonly now?: ControlPlane;
  readonly nodes?: number;
  /** What else the teams made, before the upgrade. */
  readonly team?: (world: World) => void;
  /** What has happened since the upgrade. */
  readonly since?: (world: World) => void;
}

/** Workloads half an hour old, and a control plane that was upgraded ten minutes ago. */
function scenario({
  workloads,
  annotations = {},
  labels = {},
  before,
  now,
  nodes = 3,
  team,
  since,
}: Story): Scenario {
  const homes = new Set([
    ...workloads.map(({ metadata }) => metadata.namespace ?? ''),
    ...Object.keys(annotations),
  ]);
  const installation = { ...CLI_INSTALLATION, ...now };
  return {
    installation,
    story: [
      daysAgo(3, (world) => {
        for (let index = 0; index < nodes; index++) world.create(node(`node-${index}`, 'v1.31.4'));
        world.createAll([namespace('default'), namespace('kube-system')]);
        applyControlPlane(world, before?.version ?? BEFORE, { ...CLI_INSTALLATION, ...before });
      }),
      minutesAgo(30, (world) => {
        for (const home of homes) {
          world.create(namespace(home, annotations[home] ?? MESHED, labels[home] ?? {}));
        }
        world.createAll(workloads);
        team?.(world);
      }),
      minutesAgo(10, (world) => applyControlPlane(world, now?.version ?? NOW, installation)),
      minutesAgo(2, (world) => since?.(world)),
    ],
  };
}

/** The real client, live layer and engine in front of a cluster with this story, for the length of one test. */
export async function clusterOf(
  t: TestContext,
  story: Story,
  options: LiveClusterOptions = {},
): Promise<LiveCluster> {
  const cluster = await liveCluster(scenario(story), options);
  t.after(() => cluster.stop());
  return cluster;
}

/** `namespace/name code` of each restart that this program asked for, in order. */
export function patched(cluster: LiveCluster): readonly string[] {
  return cluster.patches().map(({ namespace, name, code }) => `${namespace}/${name} ${code}`);
}

/** `a`, `b` … in the order of the plan. */
export function planned({ items }: Plan): readonly string[] {
  return items.map(({ key }) => key.name);
}

/** Why a workload is left out of a plan, which it has to be. */
export function exclusionOf({ items, exclusions }: Plan, name: string): Exclusion {
  assert.ok(!items.some(({ key }) => key.name === name), `${name} would be restarted`);
  const found = exclusions.find(({ key }) => key.name === name);
  assert.ok(found, `${name} is not named among ${exclusions.map(({ key }) => key.name).join(', ')}`);
  return found;
}

/** Live pods of an application, by the cluster's own store. */
export function podsOf({ simulation }: LiveCluster, inNamespace: string, app: string): readonly Pod[] {
  return simulation.cluster.cluster
    .list('Pod', inNamespace)
    .filter(({ metadata }) => metadata.labels?.app === app && metadata.deletionTimestamp === undefined);
}

/** Proxy versions of an application's live pods, '' for a pod without one. */
export function versionsOf(cluster: LiveCluster, inNamespace: string, app: string): readonly string[] {
  return podsOf(cluster, inNamespace, app).map(
    ({ metadata }) => metadata.annotations?.[annotation.proxyVersion] ?? '',
  );
}

/** Waits until the program's own picture is as `holds` wants it. */
export function untilSeen(holds: () => boolean, what: string): Promise<void> {
  return waitFor(holds, () => `waited in vain for ${what}`);
}

export function stateOf({ steps }: Run, { namespace: home, name }: Omit<WorkloadKey, 'kind'>): StepState {
  const found = steps.find(({ item }) => item.key.namespace === home && item.key.name === name);
  assert.ok(found, `${home}/${name} is no step of the run`);
  return found.status;
}

/** Restarts, questions about rights, and Events are all that this program wrote: nothing was deleted, evicted or undone. */
export function assertOnlyRestarts({ simulation }: LiveCluster): void {
  const writes = simulation.server.audit.entries.filter(
    ({ method, userAgent }) => method !== 'GET' && userAgent.startsWith(FIELD_MANAGER),
  );
  const restarts = writes.filter(
    ({ verb, body }) => verb === 'patch' && /restartedAt|restartAt/.test(JSON.stringify(body)),
  );
  assert.ok(restarts.length > 0, 'something was restarted');
  const others = writes.filter(
    (write) => !restarts.includes(write) && !/^(selfsubjectaccessreviews|events)$/.test(write.resource),
  );
  assert.deepEqual(
    others.map(({ method, path }) => `${method} ${path}`),
    [],
  );
}
