import { annotation } from '../../../src/data/linkerd.ts';
import { NEXT } from './fleet.ts';
import { disturb, later, type Mishap } from './mishap.ts';

/** Trouble of the control plane and of what lies around the workloads. */
export const clusterMishaps: readonly Mishap[] = [
  (stage) => {
    const { cluster } = stage.world;
    cluster.breakInjector();
    disturb(stage);
    if (stage.random.chance(0.7)) {
      later(stage, 15_000, 90_000, 'the injector is mended', () => cluster.mendInjector());
    }
    return 'the injector breaks';
  },
  (stage) => {
    stage.world.cluster.upgradeControlPlane(NEXT);
    disturb(stage);
    return `the control plane is upgraded to ${NEXT}`;
  },
  (stage) => {
    const { cluster } = stage.world;
    cluster.upgradeConfigOnly(NEXT);
    disturb(stage);
    if (stage.random.chance(0.5)) {
      later(stage, 10_000, 60_000, 'the upgrade goes on', () => cluster.upgradeControlPlane(NEXT));
    }
    return `only linkerd-config is upgraded to ${NEXT}`;
  },
  (stage) => {
    const { world, on } = stage;
    world.cluster.refusePods(
      on.namespace,
      'exceeded quota: cap, requested: pods=1, used: pods=9, limited: pods=9',
    );
    disturb(stage);
    if (stage.random.chance(0.5)) {
      later(stage, 20_000, 90_000, `the quota of ${on.namespace} is raised`, () =>
        world.cluster.refusePods(on.namespace, undefined),
      );
    }
    return `the quota of ${on.namespace} is used up`;
  },
  (stage) => {
    disturb(stage);
    stage.world.cluster.world.annotateNamespace(stage.on.namespace, { [annotation.inject]: 'disabled' });
    return `injection is switched off in ${stage.on.namespace}`;
  },
  ({ world, on }) => {
    world.forbidden.add(on.namespace);
    return `nothing may be patched in ${on.namespace} any more`;
  },
];
