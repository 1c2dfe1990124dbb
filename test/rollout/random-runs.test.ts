/**
 * Runs on small random clusters while random things go wrong, against the invariants that hold whatever happens.
 * `SEED=17` repeats one run; its choices are the same, the order of events in real time may differ.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { annotation } from '../../src/data/linkerd.ts';
import { readOnce } from '../../src/live/read-once.ts';
import type { LiveView } from '../../src/live/view.ts';
import { atRest } from '../../src/rollout/run/machine.ts';
import type { Run } from '../../src/rollout/run/run.ts';
import { isInProgress } from '../../src/rollout/run/state.ts';
import { isKind } from '../../src/sim/cluster/objects.ts';
import { daemonSet, deployment, statefulSet } from '../../src/sim/cluster/scenario/builders.ts';
import type { Fault } from '../../src/sim/server/faults.ts';
import type { KubeObject } from '../../src/sim/types.ts';
import { type Random, seededRandom } from '../support/seeded-random.ts';
import {
  describe,
  type Edit,
  edit,
  type LiveCluster,
  liveCluster,
  NOW,
  upgraded,
  waitFor,
} from './live-cluster.ts';

const SEEDS = 60;
/** Runs side by side: most of the time each of them waits. */
const LANES = 6;
const SPEED = 100;
/** What the watch may be behind the cluster when a proof is given, in the cluster's time. */
const LAG_MS = 15_000;
/** Real time. */
const PATIENCE_MS = 20_000;
const SOMEBODY_ELSES = '2031-01-01T00:00:00Z';

interface Member {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

function randomWorkloads(random: Random): readonly KubeObject[] {
  const count = 1 + random.below(4);
  return Array.from({ length: count }, (_, index) => {
    const namespace = random.pick(['shop', 'books']);
    const name = `w${index}`;
    const replicas = 1 + random.below(4);
    switch (random.below(6)) {
      case 0:
        return statefulSet(namespace, name, {
          replicas: Math.min(replicas, 2),
          parallel: random.chance(0.5),
        });
      case 1:
        return daemonSet(namespace, name);
      case 2:
        return deployment(namespace, name, { replicas, strategy: 'Recreate', progressDeadlineSeconds: 40 });
      default:
        return deployment(namespace, name, {
          replicas,
          progressDeadlineSeconds: 40,
          minReadySeconds: random.below(3) * 2,
        });
    }
  });
}

type Mishap = (cluster: LiveCluster, on: Member, random: Random) => void;

const others: Mishap[] = [
  ({ rollout }) => rollout.act({ type: 'abort' }),
  ({ simulation: { cluster } }) => cluster.breakInjector(),
  ({ simulation: { cluster } }) => {
    cluster.breakInjector();
    cluster.cluster.clock.after(30_000, () => cluster.mendInjector());
  },
  ({ simulation: { cluster } }) => cluster.upgradeConfigOnly('edge-25.12.2'),
  ({ simulation: { cluster } }) => cluster.upgradeControlPlane('edge-25.12.2'),
  ({ simulation: { cluster } }, { namespace }) => cluster.refusePods(namespace, 'exceeded quota: cap'),
  ({ simulation: { cluster } }, { namespace }) => {
    cluster.revertRestarts({ namespace, manager: 'kustomize-controller', afterMs: 2_000 });
  },
  ({ simulation: { cluster } }, { namespace }) =>
    cluster.world.annotateNamespace(namespace, { [annotation.inject]: 'disabled' }),
  ({ simulation: { cluster } }, { kind, namespace, name }) => {
    if (kind === 'Deployment' && cluster.cluster.get(kind, namespace, name)) {
      cluster.cluster.remove(kind, namespace, name);
    }
  },
];

const pods: Mishap[] = (['crash-loop', 'image-pull', 'never-ready', 'unschedulable'] as const).map(
  (kind): Mishap =>
    ({ simulation: { cluster } }, { namespace, name }) =>
      cluster.setWorkloadBehaviour(namespace, name, { kind }),
);

const edits: Mishap[] = [
  (cluster, on, random) => editIt(cluster, on, { replicas: random.below(5) }),
  (cluster, on) => editIt(cluster, on, { paused: true }),
  (cluster, on) => editIt(cluster, on, { image: 'registry.example/other:v2' }),
  (cluster, on) => editIt(cluster, on, { annotations: { [annotation.restartedAt]: SOMEBODY_ELSES } }),
  (cluster, on) => editIt(cluster, on, { annotations: { [annotation.pinnedProxyVersion]: 'edge-25.8.5' } }),
];

function editIt(cluster: LiveCluster, { kind, namespace, name }: Member, change: Edit): void {
  const { cluster: inside } = cluster.simulation.cluster;
  if (kind === 'Deployment' && inside.get(kind, namespace, name)) edit(cluster, namespace, name, change);
}

const answers: readonly Fault[] = [
  { kind: 'reset', after: 'nothing' },
  { kind: 'reset', after: 'commit' },
  {
    kind: 'respond',
    status: 409,
    body: { kind: 'Status', status: 'Failure', code: 409, reason: 'Conflict', message: 'modified' },
  },
  {
    kind: 'respond',
    status: 403,
    body: { kind: 'Status', status: 'Failure', code: 403, reason: 'Forbidden', message: 'no' },
  },
  { kind: 'respond', status: 429, body: 'busy', headers: { 'Retry-After': '2' } },
  {
    kind: 'respond',
    status: 500,
    body: { kind: 'Status', status: 'Failure', code: 500, reason: 'InternalError', message: 'webhook' },
  },
  { kind: 'respond', status: 503, body: 'no endpoints', headers: { 'Retry-After': '1' } },
  { kind: 'delay', ms: 20 },
  { kind: 'truncate', bytes: 10 },
];

const network: Mishap[] = [
  ({ simulation: { server } }) => server.faults.endWatches(),
  ({ simulation: { server } }) => server.faults.cutWatches(),
  ({ simulation: { server } }) => server.faults.silenceWatches(),
  ({ simulation: { server } }) => {
    server.faults.expireHistory();
    server.faults.endWatches();
  },
  ({ simulation: { server } }) => server.faults.dropConnections(),
  ({ simulation: { server, cluster } }) => {
    void server.faults.refuseConnections().then((comeBack) => {
      cluster.cluster.clock.after(20_000, () => void comeBack());
    });
  },
  ({ simulation: { server } }, _, random) => {
    let left = 1 + random.below(3);
    const fault = random.pick(answers);
    server.faults.onRequest(({ method, verb }) => {
      const hit = left > 0 && (method === 'PATCH' || (verb === 'get' && random.chance(0.2)));
      if (!hit) return undefined;
      left -= 1;
      return fault;
    });
  },
];

/** Lets things go wrong at random times of the run, and tells when the last one has. */
function unleash(cluster: LiveCluster, members: readonly Member[], random: Random): () => boolean {
  const { clock } = cluster.simulation.cluster.cluster;
  let outstanding = random.below(4);
  for (let left = outstanding; left > 0; left--) {
    const mishap = random.pick(random.pick([others, pods, edits, network, network]));
    const on = random.pick(members);
    clock.after(random.below(40_000), () => {
      mishap(cluster, on, random);
      outstanding -= 1;
    });
  }
  return () => outstanding === 0;
}

/** Watches a run from its start and keeps the invariants. */
function watchOver(cluster: LiveCluster) {
  const { rollout, simulation } = cluster;
  const broken: string[] = [];
  const marks = new Map<string, number>();
  const proven = new Set<string>();
  let patchesAtEnd: number | undefined;
  let patchesAtAbort: number | undefined;

  simulation.store.subscribe(({ object, previous }) => {
    const mark = restartMark(object);
    if (mark === undefined || mark === SOMEBODY_ELSES || mark === restartMark(previous)) return;
    const uid = object.metadata.uid ?? '';
    marks.set(uid, (marks.get(uid) ?? 0) + 1);
  });

  const isPatching = (): boolean =>
    rollout.run.get()?.steps.some(({ status }) => status.state === 'patching') ?? false;

  rollout.run.subscribe(() => {
    const run = rollout.run.get();
    if (!run) return;
    const active = run.steps.filter(({ status }) => isInProgress(status));
    if (active.length > run.limits.maxParallel) broken.push(`I1: ${active.length} workloads at once`);
    if (run.phase.phase === 'aborting' && !isPatching()) patchesAtAbort ??= cluster.patches().length;
    if (atRest(run)) patchesAtEnd ??= cluster.patches().length;
    for (const { item, status } of run.steps) {
      if (status.state === 'done' && !proven.has(item.uid)) {
        proven.add(item.uid);
        broken.push(...unprovenPods(cluster, item.key));
      }
    }
  });

  return {
    check(run: Run): void {
      const patches = cluster.patches().length;
      if (patches !== patchesAtEnd) broken.push(`I2: ${patches} patches, ${patchesAtEnd} when the run ended`);
      if (patchesAtAbort !== undefined && patches !== patchesAtAbort)
        broken.push('I2: patched after the abort');
      for (const [uid, count] of marks) {
        if (count > 1) broken.push(`I3: ${uid} was restarted ${count} times`);
      }
      if (
        run.phase.phase === 'done' &&
        run.steps.some(
          ({ status: { state } }) => state !== 'done' && state !== 'dropped' && state !== 'failed',
        )
      ) {
        broken.push('a run is done before its steps are');
      }
      if (run.phase.phase === 'halted' && run.phase.halt.reason === '')
        broken.push('a halt without a reason');
      assert.deepEqual(broken, []);
    },
  };
}

function restartMark(object: KubeObject | undefined): string | undefined {
  const isWorkload =
    isKind(object, 'Deployment') || isKind(object, 'StatefulSet') || isKind(object, 'DaemonSet');
  return isWorkload ? object.spec.template.metadata?.annotations?.[annotation.restartedAt] : undefined;
}

/** I5: what the store says against a proof, apart from pods so young that nobody can have heard of them. */
function unprovenPods({ simulation }: LiveCluster, { namespace, name }: Member): readonly string[] {
  const now = simulation.cluster.cluster.clock.now();
  return simulation.cluster.cluster
    .list('Pod', namespace)
    .filter(({ metadata }) => metadata.labels?.app === name && metadata.deletionTimestamp === undefined)
    .filter(({ metadata }) => now - Date.parse(metadata.creationTimestamp ?? '') > LAG_MS)
    .filter(({ metadata }) => metadata.annotations?.[annotation.proxyVersion] !== NOW)
    .map(({ metadata }) => `I5: ${name} counts as done, but pod ${metadata.name} runs another proxy`);
}

/** What a screen shows of the mesh, apart from the count of changes. */
function shown({ mesh }: Pick<LiveView, 'mesh'>): unknown {
  return mesh.namespaces.map((namespace) => ({
    namespace,
    workloads: mesh.workloads(namespace.name).map((workload) => ({ workload, pods: mesh.pods(workload) })),
  }));
}

/** I4: the picture that was followed becomes the one that a fresh reading gives. */
async function assertConverges({ client, session }: LiveCluster): Promise<void> {
  const subject = {
    namespaces: undefined,
    labelSelector: '',
    controlPlaneNamespace: '',
    contextNamespace: 'default',
  };
  let difference = 'the picture never became fresh';
  const deadline = performance.now() + PATIENCE_MS;
  while (performance.now() < deadline) {
    await waitFor(
      () => session.isFresh(),
      () => JSON.stringify(session.store.get().freshness),
    );
    try {
      const read = shown(await readOnce(client, subject));
      assert.deepEqual(shown({ mesh: session.model.view() }), read);
      return;
    } catch (error) {
      difference = error instanceof Error ? error.message : String(error);
    }
  }
  assert.fail(`I4: what is shown differs from what is: ${difference}`);
}

async function play(seed: number): Promise<Run['phase']['phase'] | 'nothing to do'> {
  const random = seededRandom(seed);
  const limits = { maxParallel: 1 + random.below(3), failureBudget: random.below(2) };
  const cluster = await liveCluster(upgraded(randomWorkloads(random)), { seed, speed: SPEED, limits });
  try {
    const plan = cluster.rollout.plan([{ namespace: 'shop' }, { namespace: 'books' }]);
    if (plan.items.length === 0) return 'nothing to do';
    const watcher = watchOver(cluster);
    const settled = unleash(
      cluster,
      plan.items.map(({ key }) => key),
      random,
    );
    await cluster.startPlan(plan);
    const run = await cluster.end();
    await waitFor(settled, () => 'a mishap never came');
    await assertConverges(cluster);
    watcher.check(run);
    return run.phase.phase;
  } catch (error) {
    const run = cluster.rollout.run.get();
    const message = error instanceof Error ? error.message : String(error);
    throw new Error(`seed ${seed} (repeat it with SEED=${seed}): ${message}\n${run ? describe(run) : ''}`, {
      cause: error,
    });
  } finally {
    await cluster.stop();
  }
}

test('whatever goes wrong: never more at a time than allowed, each once, nothing after the end, proof means proof', async (t) => {
  const only = Number(process.env.SEED);
  const seeds = only ? [only] : Array.from({ length: SEEDS }, (_, index) => index + 1);
  const outcomes = new Map<string, number>();
  const lane = async (): Promise<void> => {
    for (let seed = seeds.shift(); seed !== undefined; seed = seeds.shift()) {
      const outcome = await play(seed).catch((error: unknown) => {
        seeds.length = 0;
        throw error;
      });
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  t.diagnostic(JSON.stringify(Object.fromEntries(outcomes)));
  if (!only) {
    assert.ok((outcomes.get('done') ?? 0) >= 5 && (outcomes.get('halted') ?? 0) >= 5, 'runs of both kinds');
  }
});
