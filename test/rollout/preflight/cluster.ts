import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { annotation } from '../../../src/data/linkerd.ts';
import type { LiveSession } from '../../../src/live/follow.ts';
import type { WorkloadView } from '../../../src/mesh/view.ts';
import type { PlanItem } from '../../../src/rollout/plan/plan.ts';
import {
  createPreflight,
  type Preflight,
  type PreflightOptions,
} from '../../../src/rollout/preflight/read-facts.ts';
import type { Finding, PreflightReport } from '../../../src/rollout/preflight/report.ts';
import { namespace, node } from '../../../src/sim/cluster/scenario/builders.ts';
import {
  applyControlPlane,
  CLI_INSTALLATION,
  type Installation,
} from '../../../src/sim/cluster/scenario/control-plane.ts';
import type { Scenario } from '../../../src/sim/cluster/scenario/scenarios.ts';
import { daysAgo } from '../../../src/sim/cluster/scenario/story.ts';
import type { World } from '../../../src/sim/cluster/scenario/world.ts';
import type { Binding, PolicyRule } from '../../../src/sim/server/authorizer.ts';
import type { KubeObject } from '../../../src/sim/types.ts';
import { may, type Restricted, restricted } from '../../live/restricted.ts';

export const BEFORE = 'edge-25.10.7';
export const NOW = 'edge-25.11.3';
export const MESHED = { [annotation.inject]: 'enabled' };
export const EVERYTHING: PolicyRule = { verbs: ['*'], apiGroups: ['*'], resources: ['*'] };

export interface ClusterStory {
  /** Of the control plane that injected the workloads, and of the present one. */
  readonly before?: Partial<Installation>;
  readonly now?: Partial<Installation>;
  readonly version?: string;
  /** What else is there. */
  readonly more?: (world: World) => void;
  readonly rights?: readonly Binding[];
  readonly options?: PreflightOptions;
}

/** A cluster whose workloads were injected before its control plane was upgraded. */
function upgraded(
  workloads: readonly KubeObject[],
  { before, now, version = NOW, more }: ClusterStory,
): Scenario {
  const homes = [...new Set(workloads.map(({ metadata }) => metadata.namespace ?? ''))];
  const installation = { ...CLI_INSTALLATION, ...now };
  return {
    installation,
    story: [
      daysAgo(3, (world) => {
        for (const name of ['node-a', 'node-b']) world.create(node(name, 'v1.31.4'));
        world.createAll([namespace('default'), namespace('kube-system')]);
        applyControlPlane(world, BEFORE, { ...CLI_INSTALLATION, ...before });
      }),
      daysAgo(2, (world) => {
        world.createAll(homes.map((name) => namespace(name, MESHED)));
        world.createAll(workloads);
      }),
      daysAgo(1, (world) => applyControlPlane(world, version, installation)),
      daysAgo(0.5, (world) => more?.(world)),
    ],
  };
}

export interface PreflightCluster extends Restricted {
  readonly session: LiveSession;
  readonly preflight: Preflight;
  /** Plan items for all workloads that a restart would upgrade or renew, of some namespaces or all. */
  items(...namespaces: readonly string[]): readonly PlanItem[];
}

export async function preflightCluster(
  t: TestContext,
  workloads: readonly KubeObject[],
  world: ClusterStory = {},
): Promise<PreflightCluster> {
  const base = await restricted(t, world.rights ?? [may([EVERYTHING])], {
    scenario: upgraded(workloads, world),
  });
  const session = base.follow();
  await session.loaded();
  return {
    ...base,
    session,
    preflight: createPreflight(base.client, session, world.options),
    items(...namespaces) {
      const mesh = session.model.view();
      const names = namespaces.length > 0 ? namespaces : mesh.namespaces.map(({ name }) => name);
      const planned = names
        .flatMap((name) => mesh.workloads(name))
        .filter(({ effect, role }) => role === 'application' && /^(upgrades|renews)$/.test(effect.kind));
      assert.ok(planned.length > 0, 'there is something to restart');
      return planned.map((view) => itemFor(session, view));
    },
  };
}

function itemFor({ model }: LiveSession, view: WorkloadView): PlanItem {
  const { namespace: home, kind, name, uid, apiVersion, effect, risks, byVersion, target, replicas } = view;
  const record = model.workload(view);
  return {
    key: { namespace: home, kind, name },
    uid,
    apiVersion,
    resourceVersion: record?.resourceVersion ?? '',
    templateHash: '',
    method: 'restart',
    effect,
    reasons: [],
    risks,
    from: byVersion,
    expected: { version: target, trustRootSha256: model.view().controlPlane.trustRootSha256 },
    pods: replicas,
    kept: 0,
    rounds: 1,
    wave: 0,
    deadlineSeconds: 600,
  };
}

/** Findings of a gravity, `check: text` each. */
export function told({ findings }: PreflightReport, severity: Finding['severity']): readonly string[] {
  return findings
    .filter((finding) => finding.severity === severity)
    .map(({ check, text }) => `${check}: ${text}`);
}

/** Excluded workloads with their reasons, by `namespace/name`. */
export function left({ exclusions }: PreflightReport): ReadonlyMap<string, string> {
  return new Map(exclusions.map(({ key, reason }) => [`${key.namespace}/${key.name}`, reason]));
}
