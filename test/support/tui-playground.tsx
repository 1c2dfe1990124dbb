/**
 * The interface on a made-up cluster that changes while one looks, and a made-up run; for the eye, in a terminal:
 *
 *     node --import=tsx test/support/tui-playground.tsx [calm|storm|blocked|halt|loading|stale|crash|chatty]
 */
import type { Freshness } from '../../src/live/view.ts';
import type { NamespaceView, WorkloadView } from '../../src/mesh/view.ts';
import type { Plan, Scope } from '../../src/rollout/plan/plan.ts';
import type { Run, StepState } from '../../src/rollout/run/run.ts';
import { openTui } from '../../src/tui/open.tsx';
import { type FakeRollout, fakeRollout, plan, planItem, run } from './runs.ts';
import { CURRENT, liveView, namespaceView, type Proxies, podView, storeOf, workloadView } from './views.ts';

const scene = process.argv[2] ?? 'calm';
const now = (): number => Date.now() / 1000;

/** Seconds that a made-up workload takes. */
const STEP_SECONDS = scene === 'halt' ? 0.5 : 4;

const mixes: readonly Proxies[] = [
  [[CURRENT, 'current', 24]],
  [
    [CURRENT, 'current', 12],
    ['edge-26.6.1', 'behind', 3],
  ],
  [
    ['edge-25.4.4', 'violation', 4],
    [CURRENT, 'current', 9],
    ['edge-25.9.2', 'behind-one', 2],
  ],
  [['edge-25.9.2', 'behind-one', 40]],
  [['stable-2.14.10', 'violation', 6]],
  [],
  [['edge-26.9.1', 'ahead', 2]],
  [['main-f00ba4', 'unknown', 1]],
];

function workloadsOf(namespace: string, mix: Proxies): WorkloadView[] {
  if (mix.length === 0) return [];
  return mix.flatMap(([version, skewClass, amount], index) => [
    workloadView(namespace, `api-${index}`, {
      running: [[version, skewClass, amount]],
      effect:
        skewClass === 'current'
          ? { kind: 'nothing', reason: `its proxies run ${CURRENT} already` }
          : { kind: 'upgrades', reason: `a restart injects ${CURRENT}, the control plane's version` },
      risks:
        amount === 1
          ? [{ kind: 'single-replica', text: 'one replica: nothing serves while it restarts' }]
          : [],
    }),
    workloadView(namespace, `a-very-long-workload-name-that-somebody-generated-from-a-branch-${index}`, {
      kind: 'StatefulSet',
      running: [[version, skewClass, 1]],
      effect: {
        kind: 'pinned',
        reason: `the template pins ${version} by config.linkerd.io/proxy-version, and its pods run it`,
      },
      target: version,
    }),
    workloadView(namespace, `agent-${index}`, {
      kind: 'DaemonSet',
      running: [[version, skewClass, 2]],
      effect: { kind: 'unsupported', reason: 'updateStrategy OnDelete: a restart would replace no pod' },
    }),
  ]);
}

function namespaces(total: number): { namespaces: NamespaceView[]; workloads: WorkloadView[] } {
  const made: NamespaceView[] = [
    namespaceView('linkerd', { role: 'control-plane', running: [[CURRENT, 'current', 9]] }),
    namespaceView('linkerd-viz', { role: 'extension', extension: 'viz', effects: { upgrades: 4 } }),
    namespaceView('kube-system', { role: 'system', running: [], effects: {} }),
    namespaceView('a-namespace-with-a-name-as-long-as-kubernetes-allows-it-to-be-ok', {
      running: mixes[2] ?? [],
      effects: { unmeshes: 1, upgrades: 3, pinned: 1 },
    }),
  ];
  const workloads: WorkloadView[] = [];
  for (let index = 0; index < total; index += 1) {
    const mix = mixes[(index * 7) % mixes.length] ?? [];
    const name = `team-${String(index).padStart(4, '0')}`;
    const own = workloadsOf(name, mix);
    workloads.push(...own);
    made.push(
      namespaceView(name, {
        running: mix,
        effects: {
          upgrades: own.filter(({ effect }) => effect.kind === 'upgrades').length,
          nothing: own.filter(({ effect }) => effect.kind === 'nothing').length,
          pinned: mix.length,
        },
      }),
    );
  }
  return { namespaces: made, workloads };
}

const cluster = namespaces(Number(process.env.NAMESPACES ?? 400));

const freshness: Record<string, Freshness> = {
  loading: { state: 'loading', objects: 12345 },
  stale: {
    state: 'stale',
    since: now() - 95,
    retryAt: now() + 7,
    reason: 'connect ECONNREFUSED 127.0.0.1:6443',
  },
};

const troubled = scene === 'storm' || scene === 'blocked';

const store = storeOf(
  liveView({
    ...cluster,
    freshness: freshness[scene] ?? { state: 'live' },
    pods: Object.fromEntries(
      cluster.workloads.map((workload) => [
        `${workload.namespace}/${workload.kind}/${workload.name}`,
        Array.from({ length: workload.proxies }, (_, index) =>
          podView(workload.namespace, `${workload.name}-7d9f8b6c5d-${index.toString(36).padStart(5, 'x')}`, {
            createdAt: now() - 3600 * (index + 1) * 5,
            node: `ip-10-0-${index}-17.eu-central-1.compute.internal`,
            proxy: { version: Object.keys(workload.byVersion)[0] ?? '', class: workload.worst ?? 'current' },
            ...(index === 1 ? { status: 'CrashLoopBackOff', ready: false, restarts: 12 } : {}),
          }),
        ),
      ]),
    ),
    controlPlane: troubled
      ? {
          ready: false,
          injector: { state: 'down', reason: 'no replica of linkerd-proxy-injector is available' },
          halfRolled: '1 of 3 identity pods still runs edge-26.6.1',
          others: [{ namespace: 'linkerd-old', proxies: 14, exists: false }],
          components: [
            { name: 'destination', version: CURRENT, ready: 3, replicas: 3 },
            { name: 'identity', version: 'edge-26.6.1', ready: 2, replicas: 3 },
            { name: 'proxy-injector', version: CURRENT, ready: 0, replicas: 3 },
          ],
        }
      : {},
    unreadable: troubled ? [{ what: 'pods in namespace secret-lab', why: 'forbidden' }] : [],
  }),
);

function planFor(scopes: readonly Scope[]): Plan {
  const chosen = cluster.workloads.filter((workload) =>
    scopes.some(
      ({ namespace, workload: one }) =>
        namespace === workload.namespace &&
        (one === undefined || (one.kind === workload.kind && one.name === workload.name)),
    ),
  );
  return plan({
    scopes,
    items: chosen
      .filter(({ effect }) => effect.kind === 'upgrades')
      .map((workload) =>
        planItem(workload.namespace, workload.name, {
          key: { namespace: workload.namespace, kind: workload.kind, name: workload.name },
          from: workload.byVersion,
          pods: workload.replicas,
          risks: workload.risks,
        }),
      ),
    exclusions: chosen
      .filter(({ effect }) => effect.kind !== 'upgrades')
      .map((workload) => ({
        key: { namespace: workload.namespace, kind: workload.kind, name: workload.name },
        effect: workload.effect,
        reason: workload.effect.reason,
      })),
    blocked:
      scene === 'blocked'
        ? ['the injector is down, and its webhook ignores that: restarted pods would come up without a proxy']
        : [],
  });
}

const rollout: FakeRollout = fakeRollout(planFor);

/** The steps of a made-up run that began `elapsed` seconds ago. */
function statesAt(current: Run, elapsed: number): StepState[] {
  return current.steps.map(({ item }, index) => {
    const since = current.startedAt + index * STEP_SECONDS;
    const share = elapsed / STEP_SECONDS - index;
    if (share < 0) return { state: 'queued' };
    if (share < 0.1) return { state: 'patching', since };
    if (share >= 1) return { state: 'done', since, at: since + STEP_SECONDS, pods: item.pods };
    const proven = Math.min(item.pods, Math.floor(share * (item.pods + 1)));
    const progress = {
      proven,
      wanted: item.pods,
      old: item.pods - proven,
      waitingFor: 'a new pod to become ready',
    };
    return { state: 'rolling', since, progress };
  });
}

const ticker = setInterval(() => {
  const current = rollout.run.get();
  if (current === undefined || (current.phase.phase !== 'running' && current.phase.phase !== 'stopping'))
    return;
  const started = current.startedAt === 0 ? { ...current, startedAt: now() } : current;
  const states = statesAt(started, now() - started.startedAt);
  const next = run(
    started.steps.map(({ item }) => item),
    states,
    started,
  );
  const steps = next.steps.map((step, index) => ({ ...step, status: states[index] ?? step.status }));
  const done = states.filter(({ state }) => state === 'done').length;
  if (scene === 'halt' && done === 2) {
    const failing = steps[2];
    rollout.run.set({
      ...next,
      steps: steps.map((step, index) =>
        index === 2 ? { ...step, status: { state: 'failed', at: now(), reason: 'CrashLoopBackOff' } } : step,
      ),
      phase: {
        phase: 'halted',
        halt: {
          at: now(),
          workload: failing?.item.key,
          reason: 'a new pod crashes: CrashLoopBackOff in container app',
          details: ['2 of 3 old pods still serve', 'pod api-0-7d9f8b6c5d-xxxx1: exit code 1, 4 restarts'],
          nextSteps: [
            'kubectl logs -n team-0002 deploy/api-0 -c app --previous',
            'kubectl rollout undo -n team-0002 deployment/api-0',
          ],
        },
      },
    });
    return;
  }
  rollout.run.set({
    ...next,
    steps,
    phase: done === steps.length ? { phase: 'done', at: now() } : started.phase,
  });
}, 100);
ticker.unref();

if (scene === 'crash') setTimeout(() => Promise.reject(new Error('made-up failure')), 500);
if (scene === 'chatty') {
  setTimeout(() => {
    console.log('a line of noise');
    process.emitWarning('a line of noise');
    const { cluster: info, ...view } = store.get();
    store.set({ ...view, cluster: { ...info, context: 'noise follows' } });
  }, 500);
}

const result = await openTui({
  store,
  rollout,
  now,
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  version: '0.0.0-playground',
});
clearInterval(ticker);
if (result.summary !== undefined) console.log(result.summary);
process.exitCode = result.exitCode;
process.stdin.unref();
