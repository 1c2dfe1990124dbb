import assert from 'node:assert/strict';
import { annotation } from '../../../src/data/linkerd.ts';
import { ManualClock } from '../../../src/sim/cluster/clock.ts';
import { controllerOf, resourceOf } from '../../../src/sim/cluster/objects.ts';
import {
  daemonSet,
  deployment,
  disruptionBudget,
  namespace,
  node,
  statefulSet,
} from '../../../src/sim/cluster/scenario/builders.ts';
import {
  applyControlPlane,
  CLI_INSTALLATION,
  type Installation,
} from '../../../src/sim/cluster/scenario/control-plane.ts';
import type { Scenario } from '../../../src/sim/cluster/scenario/scenarios.ts';
import { daysAgo, minutesAgo } from '../../../src/sim/cluster/scenario/story.ts';
import { SimulatedCluster } from '../../../src/sim/cluster/simulated-cluster.ts';
import { events, resourceTypes } from '../../../src/sim/resources.ts';
import type { KubeObject, ObjectStore } from '../../../src/sim/types.ts';

export const BEFORE = 'edge-25.10.7';
export const NOW = 'edge-25.11.3';
/** A version to which the control plane may go on while a run is under way. */
export const NEXT = 'edge-25.12.2';
/** The present at which every virtual world begins. */
export const PRESENT = Date.parse('2026-11-21T20:00:00Z');

/** So short that a workload that hangs does not take the test's time. */
const DEADLINE = { progressDeadlineSeconds: 40 };
const HOMES = ['books', 'shop', 'travel'] as const;
/** Far from the seeds of the worlds, whose generators would else begin where this one does. */
const SNAPSHOT_SEED = 0xf1ee7;

/** Every shape of workload that matters to a run; `name` is unique in the cluster, so that it says which is meant. */
const shapes: readonly ((home: string, name: string) => KubeObject)[] = [
  (home, name) => deployment(home, name, { ...DEADLINE, replicas: 2 }),
  (home, name) => deployment(home, name, { ...DEADLINE, replicas: 3 }),
  (home, name) => deployment(home, name, { ...DEADLINE, replicas: 3, minReadySeconds: 4 }),
  (home, name) => deployment(home, name, { ...DEADLINE, replicas: 4, strategy: { maxSurge: 2 } }),
  (home, name) =>
    deployment(home, name, { ...DEADLINE, replicas: 5, strategy: { maxUnavailable: 2, maxSurge: 0 } }),
  (home, name) => deployment(home, name, { ...DEADLINE, replicas: 1 }),
  (home, name) =>
    deployment(home, name, { ...DEADLINE, replicas: 1, strategy: { maxUnavailable: 1, maxSurge: 0 } }),
  (home, name) => deployment(home, name, { ...DEADLINE, replicas: 2, strategy: 'Recreate' }),
  (home, name) => deployment(home, name, { ...DEADLINE, replicas: 2, probe: false }),
  (home, name) => statefulSet(home, name, { replicas: 2 }),
  (home, name) => statefulSet(home, name, { replicas: 3, parallel: true }),
  (home, name) => statefulSet(home, name, { replicas: 3, partition: 1 }),
  (home, name) => statefulSet(home, name, { replicas: 1 }),
  (home, name) => statefulSet(home, name, { replicas: 2, onDelete: true }),
  (home, name) => daemonSet(home, name),
  (home, name) => daemonSet(home, name, { onDelete: true }),
];

/** Where a workload of the pool lives; its kind says what may be done to it. */
export interface Member {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

/** A cluster whose workloads were all born under {@link BEFORE} and whose control plane is at {@link NOW}. */
export interface Fleet {
  readonly members: readonly Member[];
  /** A past in which only these members exist. */
  scenario(members: readonly Member[]): Scenario;
}

/**
 * Builds the pool once: to upgrade a control plane takes the simulation longer than a whole run, so worlds begin
 * with copies of objects whose history has been told already.
 */
export function createFleet(changes: Partial<Installation> = {}): Fleet {
  const installation: Installation = { ...CLI_INSTALLATION, ...changes };
  const workloads = HOMES.flatMap((home) =>
    shapes.map((shape, index) => shape(home, `${home}-${String(index).padStart(2, '0')}`)),
  );
  const told = new SimulatedCluster({
    seed: SNAPSHOT_SEED,
    clock: new ManualClock(PRESENT),
    scenario: history(workloads, installation),
  });
  told.stop();
  const snapshot = resourceTypes
    .filter((type) => type !== events)
    .flatMap((type) => told.store.list(type, ''))
    .map((object) => ({ object, member: rootOf(object, told.store) }));
  const members = workloads.map(({ kind, metadata }) => ({
    kind,
    namespace: metadata.namespace ?? '',
    name: metadata.name,
  }));
  return {
    members,
    scenario(chosen) {
      const names = new Set(chosen.map(({ name }) => name));
      const homes = new Set(chosen.map((member) => member.namespace));
      const objects = snapshot.filter(({ object, member }) =>
        member === undefined ? isWanted(object, homes) : names.has(member),
      );
      return {
        installation,
        story: [
          minutesAgo(1, (world) => {
            for (const { object } of objects) {
              const resource = resourceOf(object);
              assert.ok(resource, object.kind);
              world.cluster.store.create(resource, object);
            }
          }),
        ],
      };
    },
  };
}

function history(workloads: readonly KubeObject[], installation: Installation): Scenario {
  return {
    installation,
    story: [
      daysAgo(3, (world) => {
        for (const name of ['node-a', 'node-b', 'node-c']) world.create(node(name, 'v1.31.4'));
        world.createAll([namespace('default'), namespace('kube-system')]);
        applyControlPlane(world, BEFORE, installation);
      }),
      daysAgo(2, (world) => {
        world.createAll(HOMES.map((home) => namespace(home, { [annotation.inject]: 'enabled' })));
        world.createAll(workloads);
        for (const { metadata } of workloads.filter((_, index) => index % 4 === 1)) {
          const { namespace: home = '', name } = metadata;
          world.create(disruptionBudget(home, name, { maxUnavailable: 1 }));
        }
      }),
      daysAgo(1, (world) => applyControlPlane(world, NOW, installation)),
    ],
  };
}

/** The namespaces that are homes come with their members; everything else belongs to every world. */
function isWanted({ kind, metadata }: KubeObject, homes: ReadonlySet<string>): boolean {
  const isHome = HOMES.some((home) => home === metadata.name);
  return kind !== 'Namespace' || !isHome || homes.has(metadata.name);
}

/** Name of the member that an object belongs to; undefined for what belongs to none. */
function rootOf(object: KubeObject, store: ObjectStore): string | undefined {
  const { namespace: home = '', name } = object.metadata;
  if (!HOMES.some((known) => known === home)) return undefined;
  const owner = controllerOf(object);
  if (owner === undefined) return name;
  const type = resourceOf({ ...owner, metadata: { name: owner.name } });
  const above = type === undefined ? undefined : store.get(type, home, owner.name);
  return above === undefined ? owner.name : rootOf(above, store);
}
