import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { annotation } from '../../src/data/linkerd.ts';
import { createKubeClient, FIELD_MANAGER, type KubeClient } from '../../src/kube/client.ts';
import type { Timeouts } from '../../src/kube/transport/exchange.ts';
import { follow, type LiveSession } from '../../src/live/follow.ts';
import { clusterPorts } from '../../src/rollout/cluster/ports.ts';
import { createRollout } from '../../src/rollout/executor.ts';
import type { JournalRecord } from '../../src/rollout/journal/record.ts';
import type { RunLock } from '../../src/rollout/lock/lock.ts';
import type { Plan, PlanOptions, Scope } from '../../src/rollout/plan/plan.ts';
import type { RolloutPorts } from '../../src/rollout/ports.ts';
import type { Rollout, StartOptions } from '../../src/rollout/rollout.ts';
import type { RunLimits } from '../../src/rollout/run/limits.ts';
import { atRest } from '../../src/rollout/run/machine.ts';
import type { Halt, Run, StepState } from '../../src/rollout/run/run.ts';
import { acceleratedClock } from '../../src/sim/cluster/clock.ts';
import type { Deployment, PodTemplate } from '../../src/sim/cluster/objects.ts';
import { namespace, node } from '../../src/sim/cluster/scenario/builders.ts';
import {
  applyControlPlane,
  CLI_INSTALLATION,
  type Installation,
} from '../../src/sim/cluster/scenario/control-plane.ts';
import type { Scenario } from '../../src/sim/cluster/scenario/scenarios.ts';
import { daysAgo } from '../../src/sim/cluster/scenario/story.ts';
import { type Simulation, startSimulation } from '../../src/sim/cluster/simulation.ts';
import type { AuditEntry } from '../../src/sim/server/audit.ts';
import type { KubeObject } from '../../src/sim/types.ts';
import { connectionTo } from '../support/connection.ts';
import { SWIFT } from './fixtures.ts';

export const BEFORE = 'edge-25.10.7';
export const NOW = 'edge-25.11.3';
export const MESHED = { [annotation.inject]: 'enabled' };
/** How many times as fast as real time cluster and program live. */
const SPEED = 100;
/** Real time, far beyond what anything here takes. */
const PATIENCE_MS = 20_000;

/** A cluster whose control plane was upgraded after `namespaces` with their workloads had been deployed. */
export function upgraded(
  workloads: readonly KubeObject[],
  installation: Installation = CLI_INSTALLATION,
): Scenario {
  const homes = [...new Set(workloads.map(({ metadata }) => metadata.namespace ?? ''))];
  return {
    installation,
    story: [
      daysAgo(3, (world) => {
        for (const name of ['node-a', 'node-b', 'node-c']) world.create(node(name, 'v1.31.4'));
        world.createAll([namespace('default'), namespace('kube-system')]);
        applyControlPlane(world, BEFORE, installation);
      }),
      daysAgo(2, (world) => {
        world.createAll(homes.map((name) => namespace(name, MESHED)));
        world.createAll(workloads);
      }),
      daysAgo(1, (world) => applyControlPlane(world, NOW, installation)),
    ],
  };
}

export interface LiveCluster {
  readonly simulation: Simulation;
  readonly client: KubeClient;
  readonly session: LiveSession;
  readonly rollout: Rollout;
  /** What a run is started with. */
  readonly starting: StartOptions;
  /** Records of all runs, as a journal holds them. */
  readonly journal: readonly JournalRecord[];
  /** Starts a restart of these scopes, which has to be possible. */
  start(...scopes: readonly Scope[]): Promise<Plan>;
  /** Starts a plan, which has to be possible. */
  startPlan(plan: Plan): Promise<void>;
  /** The run once `holds`; fails with the run's state when that takes too long. */
  until(holds: (run: Run) => boolean, what: string): Promise<Run>;
  /** The run once nothing happens to it by itself any more. */
  end(): Promise<Run>;
  /** The state of a workload's step in the current run. */
  step(name: string): StepState | undefined;
  /** Writes of this program, answered or not. */
  patches(): readonly AuditEntry[];
  /** Lets the program's computer sleep: its clock goes on, none of its timers does. */
  sleep(milliseconds: number): void;
  stop(): Promise<void>;
}

export interface LiveClusterOptions {
  readonly seed?: number;
  readonly speed?: number;
  readonly timeouts?: Partial<Timeouts>;
  /** In place of what lets a run go on without any waiting. */
  readonly limits?: Partial<RunLimits>;
  readonly planOptions?: PlanOptions;
  readonly lock?: RunLock;
  /** In place of what connects the engine with the cluster. */
  readonly ports?: (ports: RolloutPorts) => RolloutPorts;
}

/** A lock that nobody contends for. Leases have tests of their own; a clock a hundred times too fast is not for them. */
export const QUIET_LOCK: RunLock = {
  acquire: () => Promise.resolve({ answer: 'held' }),
  onLost: () => () => undefined,
  isHeld: () => true,
  release: () => Promise.resolve(),
};

/** The real client, the live layer and the engine in front of a simulated cluster. */
export async function liveCluster(
  scenario: Scenario,
  options: LiveClusterOptions = {},
): Promise<LiveCluster> {
  const { speed = SPEED, seed = 1, timeouts, limits, planOptions, lock = QUIET_LOCK } = options;
  const clock = acceleratedClock(speed);
  let slept = 0;
  const simulation = await startSimulation({
    scenario,
    clock,
    seed,
    tls: false,
    server: { wireClock: clock },
  });
  // Timeouts are as much faster, but a busy machine is not: by default they are far away.
  const client = createKubeClient(connectionTo(simulation.url), {
    userAgentVersion: 'test',
    clock: { now: () => clock.now() + slept, after: (ms, action) => clock.after(ms, action) },
    env: {},
    timeouts: { connectMs: 1_000 * speed, headersMs: 5_000 * speed, idleMs: 5_000 * speed, ...timeouts },
  });
  const session = follow(client, {
    namespaces: undefined,
    labelSelector: '',
    controlPlaneNamespace: '',
    contextNamespace: 'default',
  });
  const journal: JournalRecord[] = [];
  const ports = clusterPorts(client, session, {
    lock,
    openJournal: () => ({
      location: 'memory',
      append: (record) => journal.push(record),
      close: () => undefined,
    }),
  });
  const rollout = createRollout(options.ports?.(ports) ?? ports);
  await waitFor(
    () => session.isFresh(),
    () => JSON.stringify(session.store.get().freshness),
  );
  const current = (): Run => {
    const run = rollout.run.get();
    assert.ok(run, 'a run was started');
    return run;
  };
  const cluster: LiveCluster = {
    simulation,
    client,
    session,
    rollout,
    journal,
    starting: { limits: { ...SWIFT, ...limits }, by: 'ann@test', reason: '', lock: 'required', probe: false },
    async start(...scopes) {
      const plan = rollout.plan(scopes, planOptions);
      await cluster.startPlan(plan);
      return plan;
    },
    async startPlan(plan) {
      assert.deepEqual(await rollout.start(plan, cluster.starting), { outcome: 'started' });
    },
    async until(holds, what) {
      await waitFor(
        () => holds(current()),
        () =>
          `waited in vain for ${what}:\n${describe(current())}\n${JSON.stringify(session.store.get().freshness)}`,
        rollout.run.subscribe,
      );
      return current();
    },
    end: () => cluster.until(atRest, 'the end of the run'),
    step: (name) => current().steps.find(({ item }) => item.key.name === name)?.status,
    patches: () => simulation.server.audit.entries.filter(({ method }) => method === 'PATCH').filter(isOurs),
    sleep(milliseconds) {
      slept += milliseconds;
    },
    async stop() {
      session.close();
      client.close();
      await simulation.stop();
    },
  };
  return cluster;
}

/** As `liveCluster`, for the length of one test. */
export async function clusterFor(
  t: TestContext,
  workloads: readonly KubeObject[],
  { installation, ...options }: LiveClusterOptions & { readonly installation?: Installation } = {},
): Promise<LiveCluster> {
  const cluster = await liveCluster(upgraded(workloads, installation), options);
  t.after(() => cluster.stop());
  return cluster;
}

function isOurs({ path }: AuditEntry): boolean {
  return path.includes(`fieldManager=${FIELD_MANAGER}`);
}

/** The card of a run that has halted. */
export function haltOf({ phase }: Run): Halt {
  assert.ok(phase.phase === 'halted', `the run is ${phase.phase}`);
  return phase.halt;
}

/** Resolves once `holds`, which is asked at every turn of the event loop or when `subscribe` tells of news. */
export async function waitFor(
  holds: () => boolean,
  state: () => string,
  subscribe?: (listener: () => void) => () => void,
): Promise<void> {
  if (holds()) return;
  await new Promise<void>((resolve, reject) => {
    const end = (settle: () => void): void => {
      clearInterval(interval);
      clearTimeout(timeout);
      unsubscribe();
      settle();
    };
    const look = (): void => {
      if (holds()) end(resolve);
    };
    const interval = setInterval(look, 5);
    const timeout = setTimeout(() => end(() => reject(new Error(state()))), PATIENCE_MS);
    const unsubscribe = subscribe?.(look) ?? (() => undefined);
  });
}

/** A run in lines, for messages. */
export function describe({ phase, steps }: Run): string {
  const lines = steps.map(
    ({ item, status }) => `${item.key.kind} ${item.key.name}: ${JSON.stringify(status)}`,
  );
  return [JSON.stringify(phase), ...lines].join('\n');
}

export interface Edit {
  readonly replicas?: number;
  readonly paused?: boolean;
  /** Of the template; undefined removes one. */
  readonly annotations?: Readonly<Record<string, string | undefined>>;
  /** Of every container. */
  readonly image?: string;
}

/** Changes a Deployment as somebody else would. */
export function edit(
  { simulation }: LiveCluster,
  inNamespace: string,
  name: string,
  { annotations, image, ...fields }: Edit,
): void {
  simulation.cluster.world.change(
    'Deployment',
    inNamespace,
    name,
    (found): Deployment => ({
      ...found,
      spec: { ...found.spec, ...fields, template: edited(found.spec.template, annotations, image) },
    }),
  );
}

function edited(
  template: PodTemplate,
  changes: Edit['annotations'] = {},
  image: string | undefined,
): PodTemplate {
  const { metadata, spec } = template;
  const annotations = Object.fromEntries(
    Object.entries({ ...metadata?.annotations, ...changes }).flatMap(([key, value]) =>
      value === undefined ? [] : [[key, value]],
    ),
  );
  const containers = spec.containers.map((container) => ({ ...container, image: image ?? container.image }));
  return { ...template, metadata: { ...metadata, annotations }, spec: { ...spec, containers } };
}
