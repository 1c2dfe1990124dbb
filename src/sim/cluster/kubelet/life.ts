import type { Container, Pod } from '../objects.ts';
import { timestamp } from '../objects.ts';
import type { KubeletTiming, PodBehaviour } from './behaviour.ts';
import { type ContainerView, isSidecar, type PodView } from './pod-status.ts';

/** One thing that happens to a pod on its node. */
export interface Step {
  /** Milliseconds after the step before. */
  readonly after: number;
  /** What the kubelet sees from then on; called with the time of the step. */
  readonly see: (now: number) => PodView;
  readonly event?: { readonly type: 'Normal' | 'Warning'; readonly reason: string; readonly message: string };
}

const FIRST_BACKOFF_SECONDS = 10;
const LONGEST_BACKOFF_SECONDS = 300;
const CRASH_AFTER_MS = 1_000;
const OOM_EXIT_CODE = 137;

/**
 * What becomes of a pod once it has a node, as its behaviour wants it. Init containers run one after another, native
 * sidecars start among them and stay; then the application's containers start together and become ready.
 */
export function* lifeOf(pod: Pod, behaviour: PodBehaviour, timing: KubeletTiming): Generator<Step, void> {
  const factor = behaviour.kind === 'slow' ? behaviour.factor : 1;
  const view = new Map<string, ContainerView>();
  const see = (): PodView => new Map(view);
  const init = pod.spec.initContainers ?? [];
  const victim = victimOf(pod, behaviour);
  const held = behaviour.kind === 'never-ready' ? victim : undefined;

  yield { after: timing.prepare / 2, see };
  let pause = timing.prepare / 2;
  for (const container of init) {
    if (container.name === victim && isStuck(behaviour)) {
      return yield* stuck(view, container, behaviour, pause * factor);
    }
    yield started(view, container, pause * factor, isSidecar(container) && container.name !== held);
    if (!isSidecar(container)) {
      yield ended(view, container, timing.init * factor, { exitCode: 0, reason: 'Completed' });
    }
    pause = isSidecar(container) ? timing.init : 0;
  }

  const blocked = pod.spec.containers.find(({ name }) => name === victim);
  if (blocked !== undefined && isStuck(behaviour)) {
    yield* startAll(
      view,
      pod.spec.containers.filter(({ name }) => name !== victim),
      pause * factor,
      timing.ready,
    );
    return yield* stuck(view, blocked, behaviour, 0);
  }
  yield* startAll(view, pod.spec.containers, pause * factor, timing.ready * factor, held);
  if (held !== undefined) yield failingProbe(view, held, timing.ready);
  if (behaviour.kind === 'completes') yield allEnded(view, pod, behaviour.afterMs, behaviour.exitCode ?? 0);
}

/** What becomes of a pod that has been running when its behaviour changes. */
export function* turnOf(
  pod: Pod,
  present: PodView,
  behaviour: PodBehaviour,
  timing: KubeletTiming,
): Generator<Step, void> {
  const view = new Map(present);
  const containers = [...(pod.spec.initContainers ?? []), ...pod.spec.containers];
  const victim = containers.find(({ name }) => name === victimOf(pod, behaviour));
  if (behaviour.kind === 'completes') yield allEnded(view, pod, behaviour.afterMs, behaviour.exitCode ?? 0);
  if (behaviour.kind === 'healthy') yield* recovering(view, containers, timing);
  if (victim === undefined) return;
  if (behaviour.kind === 'never-ready') yield failingProbe(view, victim.name, timing.init);
  if (behaviour.kind === 'crash-loop') {
    yield* crashing(view, victim, behaviour.reason ?? 'Error', present.get(victim.name));
  }
}

/** Containers that wait start again, and all become ready. */
function* recovering(
  view: Map<string, ContainerView>,
  containers: readonly Container[],
  timing: KubeletTiming,
): Generator<Step, void> {
  const staying = containers.filter((container) => view.get(container.name)?.state.terminated === undefined);
  for (const container of staying.filter(({ name }) => view.get(name)?.state.running === undefined)) {
    yield started(view, container, timing.init, false, view.get(container.name)?.restarts ?? 0);
  }
  yield {
    after: timing.ready,
    see: () => {
      for (const { name } of staying) {
        const seen = view.get(name);
        if (seen !== undefined) view.set(name, { ...seen, ready: true });
      }
      return new Map(view);
    },
  };
}

function failingProbe(view: Map<string, ContainerView>, name: string, after: number): Step {
  return {
    ...unhealthy(name),
    after,
    see: () => {
      const seen = view.get(name);
      if (seen !== undefined) view.set(name, { ...seen, ready: false });
      return new Map(view);
    },
  };
}

function victimOf(pod: Pod, behaviour: PodBehaviour): string | undefined {
  if (!('container' in behaviour) || behaviour.container === undefined) {
    return pod.spec.containers.at(-1)?.name;
  }
  return behaviour.container;
}

function isStuck({ kind }: PodBehaviour): boolean {
  return kind === 'crash-loop' || kind === 'image-pull';
}

function* stuck(
  view: Map<string, ContainerView>,
  container: Container,
  behaviour: PodBehaviour,
  after: number,
): Generator<Step, void> {
  if (behaviour.kind === 'image-pull') return yield* pulling(view, container, after);
  const reason = behaviour.kind === 'crash-loop' ? (behaviour.reason ?? 'Error') : 'Error';
  yield started(view, container, after, false);
  yield* crashing(view, container, reason, view.get(container.name));
}

function* pulling(
  view: Map<string, ContainerView>,
  { name, image }: Container,
  after: number,
): Generator<Step, void> {
  const waiting = (reason: string, message: string) => () => {
    view.set(name, { state: { waiting: { reason, message } } });
    return new Map(view);
  };
  const cause = `failed to pull and unpack image "${image}": ${image}: not found`;
  yield {
    after,
    see: waiting('ErrImagePull', cause),
    event: { type: 'Warning', reason: 'Failed', message: `Failed to pull image "${image}": ${cause}` },
  };
  const message = `Back-off pulling image "${image}"`;
  yield {
    after: FIRST_BACKOFF_SECONDS * 1000,
    see: waiting('ImagePullBackOff', message),
    event: { type: 'Normal', reason: 'BackOff', message },
  };
}

/** Ends and starts again for ever, with growing pauses. */
function* crashing(
  view: Map<string, ContainerView>,
  container: Container,
  reason: 'Error' | 'OOMKilled',
  present: ContainerView | undefined,
): Generator<Step, void> {
  const exitCode = reason === 'OOMKilled' ? OOM_EXIT_CODE : 1;
  let restarts = present?.restarts ?? 0;
  for (let backoff = FIRST_BACKOFF_SECONDS; ; backoff = Math.min(2 * backoff, LONGEST_BACKOFF_SECONDS)) {
    yield ended(view, container, CRASH_AFTER_MS, { exitCode, reason });
    yield backingOff(view, container, backoff);
    restarts += 1;
    yield started(view, container, backoff * 1000, false, restarts);
  }
}

function started(
  view: Map<string, ContainerView>,
  { name }: Container,
  after: number,
  ready: boolean,
  restarts = 0,
): Step {
  return {
    after,
    see: (now) => {
      const last = view.get(name)?.lastState;
      const state = { running: { startedAt: timestamp(now) } };
      view.set(name, { state, ready, restarts, ...(last === undefined ? {} : { lastState: last }) });
      return new Map(view);
    },
    event: { type: 'Normal', reason: 'Started', message: `Started container ${name}` },
  };
}

function ended(
  view: Map<string, ContainerView>,
  { name }: Container,
  after: number,
  { exitCode, reason }: { readonly exitCode: number; readonly reason: string },
): Step {
  return {
    after,
    see: (now) => {
      const { state = {}, restarts = 0, lastState = {} } = view.get(name) ?? {};
      const finishedAt = timestamp(now);
      const startedAt = state.running?.startedAt ?? finishedAt;
      const ready = exitCode === 0;
      view.set(name, {
        state: { terminated: { exitCode, reason, startedAt, finishedAt } },
        lastState,
        restarts,
        ready,
      });
      return new Map(view);
    },
  };
}

function backingOff(view: Map<string, ContainerView>, { name }: Container, seconds: number): Step {
  const message = `back-off ${seconds}s restarting failed container=${name}`;
  return {
    after: 0,
    see: () => {
      const { state = {}, restarts = 0 } = view.get(name) ?? {};
      view.set(name, {
        state: { waiting: { reason: 'CrashLoopBackOff', message } },
        lastState: state,
        restarts,
      });
      return new Map(view);
    },
    event: { type: 'Warning', reason: 'BackOff', message: `Back-off restarting failed container ${name}` },
  };
}

/** Starts containers together; those with a readiness probe are ready later, `held` never. */
function* startAll(
  view: Map<string, ContainerView>,
  containers: readonly Container[],
  after: number,
  readyAfter: number,
  held?: string,
): Generator<Step, void> {
  if (containers.length === 0) return;
  const probed = containers.filter(({ readinessProbe }) => readinessProbe !== undefined);
  yield {
    after,
    see: (now) => {
      for (const container of containers) {
        const ready = !probed.includes(container) && container.name !== held;
        view.set(container.name, { state: { running: { startedAt: timestamp(now) } }, ready });
      }
      return new Map(view);
    },
    event: { type: 'Normal', reason: 'Started', message: `Started container ${containers.at(-1)?.name}` },
  };
  if (!probed.some(({ name }) => name !== held)) return;
  yield {
    after: readyAfter,
    see: () => {
      for (const { name } of probed) {
        const seen = view.get(name);
        if (seen !== undefined && name !== held) view.set(name, { ...seen, ready: true });
      }
      return new Map(view);
    },
  };
}

function allEnded(view: Map<string, ContainerView>, pod: Pod, after: number, exitCode: number): Step {
  const reason = exitCode === 0 ? 'Completed' : 'Error';
  const sidecars = (pod.spec.initContainers ?? []).filter(isSidecar);
  return {
    after,
    see: (now) => {
      for (const container of [...sidecars, ...pod.spec.containers]) {
        const own =
          container === pod.spec.containers.at(-1)
            ? { exitCode, reason }
            : { exitCode: 0, reason: 'Completed' };
        ended(view, container, 0, own).see(now);
        const seen = view.get(container.name);
        if (seen !== undefined) view.set(container.name, { ...seen, ready: false });
      }
      return new Map(view);
    },
  };
}

function unhealthy(container: string): Pick<Step, 'event'> {
  const message = `Readiness probe failed: container ${container}: HTTP probe failed with statuscode: 503`;
  return { event: { type: 'Warning', reason: 'Unhealthy', message } };
}
