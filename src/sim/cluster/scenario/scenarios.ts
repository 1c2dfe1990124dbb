import { container, DEFAULT_CONTROL_PLANE_NAMESPACE, INJECTOR_DEPLOYMENT } from '../../../data/linkerd.ts';
import { namespace, node } from './builders.ts';
import { applyConfig, applyControlPlane, CLI_INSTALLATION, type Installation } from './control-plane.ts';
import { DEMO_VERSIONS, demo } from './demo.ts';
import { type LoadOptions, load } from './load.ts';
import { type Chapter, daysAgo, minutesAgo } from './story.ts';

/** A cluster's past, and how Linkerd was installed in it. */
export interface Scenario {
  readonly story: readonly Chapter[];
  readonly installation: Installation;
  /** `gitVersion` of the API server; the server's default when absent. */
  readonly kubernetes?: string;
}

/** The version that an upgrade of the demo's control plane goes to: newer, of the same release. */
export const NEXT_VERSION = 'edge-25.12.2';

/** A mesh in the middle of an upgrade. */
export function demoScenario(installation: Installation = CLI_INSTALLATION): Scenario {
  return { story: demo(installation), installation };
}

/** The demo, when an upgrade has landed in `linkerd-config` but the injector's pods are still the old ones. */
export function halfRolled(): Scenario {
  const { story, installation } = demoScenario();
  return {
    story: [...story, minutesAgo(1, (world) => applyConfig(world, NEXT_VERSION, installation))],
    installation,
  };
}

/** The demo without an injector that answers: new pods come up without a proxy, or with policy `Fail` not at all. */
export function injectorDown(failurePolicy: Installation['failurePolicy'] = 'Ignore'): Scenario {
  const { story, installation } = demoScenario({ ...CLI_INSTALLATION, failurePolicy });
  const crash = { kind: 'crash-loop', container: container.injector } as const;
  const breakDown = minutesAgo(3, (world) =>
    world.behave(DEFAULT_CONTROL_PLANE_NAMESPACE, INJECTOR_DEPLOYMENT, crash, true),
  );
  return { story: [...story, breakDown], installation };
}

/** The demo, installed by Helm with the HA values: three replicas, failurePolicy `Fail`. */
export function helmInstall(): Scenario {
  return demoScenario({ ...CLI_INSTALLATION, method: 'helm', failurePolicy: 'Fail', replicas: 3 });
}

/** Nodes, `kube-system`, and Linkerd of this version: a base for tests that add what they look at. */
export function freshInstall(
  version: string = DEMO_VERSIONS.present,
  installation: Installation = CLI_INSTALLATION,
): Scenario {
  const install = daysAgo(1, (world) => {
    for (const name of ['node-a', 'node-b', 'node-c']) world.create(node(name, 'v1.31.4'));
    world.createAll([namespace('default'), namespace('kube-system')]);
    applyControlPlane(world, version, installation);
  });
  return { story: [install], installation };
}

/** A large mesh at rest. */
export function loadScenario(options: LoadOptions): Scenario {
  return { story: load(options), installation: CLI_INSTALLATION };
}
