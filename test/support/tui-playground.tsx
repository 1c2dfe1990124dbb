/**
 * The interface on a made-up cluster that changes while one looks, and a made-up run; for the eye, in a terminal:
 *
 *     node --import=tsx test/support/tui-playground.tsx [calm|storm|blocked|halt|locked|unfinished|loading|stale|crash|chatty|stuck]
 */
import type { Freshness } from '../../src/live/view.ts';
import type { NamespaceView, WorkloadView } from '../../src/mesh/view.ts';
import type { Plan, Scope } from '../../src/rollout/plan/plan.ts';
import type { Run, Step, StepState } from '../../src/rollout/run/run.ts';
import { openTui } from '../../src/tui/open.tsx';
import { hasEnded, isUnfinished } from '../../src/tui/state/run-facts.ts';
import { fakeGuide } from './guides.ts';
import {
  type FakeRollout,
  fakeRollout,
  halt,
  lockHolder,
  mark,
  plan,
  planItem,
  recorded,
  run,
  startOptions,
} from './runs.ts';
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
  const restarted = chosen.filter(({ effect }) => effect.kind === 'upgrades');
  return plan({
    scopes,
    items: restarted.map((workload, index) =>
      planItem(workload.namespace, workload.name, {
        key: { namespace: workload.namespace, kind: workload.kind, name: workload.name },
        from: workload.byVersion,
        pods: workload.replicas,
        risks: workload.risks,
        wave: index === 0 ? 0 : 1 + Math.floor((2 * index) / (restarted.length + 1)),
      }),
    ),
    exclusions: chosen
      .filter(({ effect }) => effect.kind !== 'upgrades')
      .map((workload) => ({
        key: { namespace: workload.namespace, kind: workload.kind, name: workload.name },
        effect: workload.effect,
        reason: workload.effect.reason,
        command:
          workload.effect.kind === 'pinned' ? `kubectl linkerd-upgrade unpin ${workload.namespace}` : '',
      })),
    blocked:
      scene === 'blocked'
        ? ['the injector is down, and its webhook ignores that: restarted pods would come up without a proxy']
        : [],
  });
}

const rollout: FakeRollout = fakeRollout(planFor);
rollout.found = {
  findings: [
    { check: 'quota', severity: 'warning', text: 'quota compute in team-0001 has room for 1 more pod' },
  ],
  exclusions: [],
  probes: [],
};
if (scene === 'locked')
  rollout.outcomes.push({ outcome: 'locked', by: lockHolder({ acquiredAt: now() - 600 }) });

const change = (current: Run, changes: Partial<Run>): void => rollout.run.set({ ...current, ...changes });

rollout.act = (action) => {
  const current = rollout.run.get();
  if (!isUnfinished(current)) return;
  const { wave } = current.phase;
  const set = (index: number, status: StepState): void =>
    change(current, {
      steps: current.steps.map((step, place) => (place === index ? { ...step, status } : step)),
    });
  switch (action.type) {
    case 'pause':
      return change(current, { phase: { phase: 'paused', wave, since: now() } });
    case 'proceed':
      return change(current, { phase: { phase: 'running', wave } });
    case 'abort':
      return change(current, { phase: { phase: 'aborted', at: now() } });
    case 'retry':
      return set(action.index, { state: 'queued' });
    case 'skip':
      return set(action.index, { state: 'skipped', at: now(), reason: 'left out by the operator' });
  }
};

/** What a made-up step is a moment later; undefined where nothing happens to it. */
function moved({ item, status }: Step): StepState | undefined {
  const time = now();
  switch (status.state) {
    case 'patching':
    case 'rolling': {
      const share = (time - status.since) / STEP_SECONDS;
      if (share >= 1)
        return { state: 'soaking', since: status.since, until: time + 2, mark, pods: item.pods };
      const proven = Math.min(item.pods, Math.floor(share * (item.pods + 1)));
      const progress = {
        proven,
        wanted: item.pods,
        old: item.pods - proven,
        waitingFor: 'a new pod to become ready',
      };
      return { state: 'rolling', since: status.since, mark, progress };
    }
    case 'soaking':
      return time < status.until
        ? undefined
        : { state: 'done', since: status.since, at: time, pods: status.pods };
    default:
      return undefined;
  }
}

/** The made-up run a moment later: three steps at a time, and a soak of five seconds after each wave. */
function later(current: Run): Run {
  const steps = current.steps.map((step) => ({ ...step, status: moved(step) ?? step.status }));
  const { phase } = current;
  if (phase.phase === 'soaking' && phase.until <= now()) {
    return { ...current, steps, phase: { phase: 'running', wave: phase.wave + 1 } };
  }
  if (phase.phase !== 'running') return { ...current, steps };
  const { wave } = phase;
  const mine = steps.filter(({ item }) => item.wave === wave);
  const open = mine.filter(({ status }) => !hasEnded(status));
  if (scene === 'halt' && wave === 1) {
    const failing = steps.findIndex(({ item }) => item.wave === 1);
    return {
      ...current,
      steps: steps.map((step, index) =>
        index === failing
          ? {
              ...step,
              status: {
                state: 'failed',
                at: now(),
                cause: 'crash-loop',
                reason: 'a new pod crashes: CrashLoopBackOff',
                acknowledged: false,
              },
            }
          : step,
      ),
      phase: {
        phase: 'halted',
        wave,
        halt: halt({
          at: now(),
          workload: steps[failing]?.item.key,
          pod: 'api-0-7d9f8b6c5d-xxxx1',
          container: 'app',
          reason: 'a new pod crashes: CrashLoopBackOff',
          details: [
            'last state: exit code 1, 4 restarts',
            'BackOff: back-off 40s restarting failed container',
          ],
          serving: '2 of 3 wanted pods are ready and serving',
          nextSteps: [
            'kubectl logs -n team-0002 api-0-7d9f8b6c5d-xxxx1 -c app --previous',
            'kubectl linkerd-upgrade pin team-0002/deployment/api-0 --proxy-version edge-25.4.4',
          ],
        }),
      },
    };
  }
  if (open.length === 0) {
    const isLast = wave + 1 >= current.plan.waves.length;
    return {
      ...current,
      steps,
      warnings: [...current.warnings, `wave ${wave + 1} took longer than was estimated`],
      phase: isLast
        ? { phase: 'done', at: now() }
        : { phase: 'soaking', wave, since: now(), until: now() + (scene === 'halt' ? 0 : 5) },
    };
  }
  let room = 3 - open.filter(({ status }) => status.state !== 'queued').length;
  return {
    ...current,
    steps: steps.map((step) => {
      if (step.item.wave !== wave || step.status.state !== 'queued' || room <= 0) return step;
      room -= 1;
      return { ...step, status: { state: 'patching', since: now(), restartedAt: '' } };
    }),
  };
}

const ticker = setInterval(() => {
  const current = rollout.run.get();
  if (isUnfinished(current))
    rollout.run.set(later(current.startedAt === 0 ? { ...current, startedAt: now() } : current));
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

if (scene === 'stuck') rollout.leave = () => new Promise(() => {});

const left = planFor([{ namespace: 'team-0001' }, { namespace: 'team-0002' }]);

const result = await openTui({
  start: startOptions,
  ...(scene === 'unfinished'
    ? {
        unfinished: recorded(
          run(left.items, [{ state: 'done', since: 0, at: 1, pods: 3 }], {
            plan: left,
            startedAt: now() - 4000,
          }),
          now() - 3600,
        ),
      }
    : {}),
  store,
  rollout,
  guide: fakeGuide(),
  now,
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  version: '0.0.0-playground',
});
clearInterval(ticker);
if (result.summary !== undefined) console.log(result.summary);
if (scene !== 'stuck') console.log(`left ${rollout.leaves} times`);
process.exitCode = result.exitCode;
process.stdin.unref();
