import { annotation } from '../../../src/data/linkerd.ts';
import { ownAnnotation } from '../../../src/data/own.ts';
import type { RunLimits } from '../../../src/rollout/run/limits.ts';
import { type Run, runWide, type Step } from '../../../src/rollout/run/run.ts';
import { isKind, type Pod } from '../../../src/sim/cluster/objects.ts';
import { isActive } from '../../../src/sim/cluster/pods.ts';
import { stringAt } from '../../../src/sim/json.ts';
import type { KubeObject } from '../../../src/sim/types.ts';
import type { Member } from './fleet.ts';
import type { Program } from './program.ts';
import { THIEF } from './state-mishaps.ts';
import type { SentRequest } from './virtual-transport.ts';
import type { World } from './world.ts';

/** Looks at store, wire and disk, and notes each time that an invariant is broken. */
export interface WatchOver {
  /** What was broken, in words; empty when all is well. */
  readonly broken: readonly string[];
  /** Notes that one more is. */
  note(what: string): void;
  /** Restarts of each workload that reached the store, by name. */
  readonly restarts: ReadonlyMap<string, number>;
  follow(program: Program): void;
  onSent(program: Program, request: SentRequest): void;
  /** The operator has spoken to a run, before it hears him. */
  hear(run: Run, word: 'pause' | 'proceed' | 'abort'): void;
  hearStep(run: Run, word: 'retry' | 'skip', index: number): void;
  /** The operator leaves: nothing may be patched until another process takes the run up. */
  hearLeave(): void;
  /** The operator takes the run up again in another process. */
  hearResume(): void;
  /** The world has come to rest. */
  atRest(program: Program, run: Run): void;
}

/** A workload as a request names it. */
interface Target {
  readonly namespace: string;
  readonly plural: string;
  readonly name: string;
}

const PATCH_PATH = /^\/apis\/apps\/v1\/namespaces\/([^/]+)\/(deployments|statefulsets|daemonsets)\/([^/?]+)/;
const kinds: Readonly<Record<string, string>> = {
  deployments: 'Deployment',
  statefulsets: 'StatefulSet',
  daemonsets: 'DaemonSet',
};
/** A holder believes in its lease this long without asking, and no longer. */
const LEASE_MS = 15_000;
const MINUTE_MS = 60_000;

/** `limits` are those of the run. */
export function watchOver(world: World, limits: RunLimits): WatchOver {
  const { clock, cluster } = world;
  const broken: string[] = [];
  const restarts = new Map<string, number>();
  /** How often a workload may be restarted: once, and once more for each time that the operator asks for it. */
  const allowed = new Map<string, number>();
  const doneAt = new Map<string, number>();
  /** Tokens of our restarts, with the name of the workload. */
  const tokens = new Map<string, string>();
  const starts: { readonly at: number; readonly of: string }[] = [];
  let word: 'pause' | 'abort' | 'leave' | undefined;
  let resumedAt = Number.NEGATIVE_INFINITY;
  let stolenAt: number | undefined;
  const isBroken = (what: string): void => {
    world.tell(`BROKEN ${what}`);
    broken.push(what);
  };

  world.cluster.store.subscribe(({ type, object, previous }) => {
    if (isKind(object, 'Pod') && type === 'ADDED') onPodStart(object);
    if (object.kind === 'Lease') noteHolder(object);
    const token = type === 'MODIFIED' && world.isServing() ? ownToken(object) : undefined;
    if (token !== undefined && token !== ownToken(previous)) onRestart(object, token);
  });

  function noteHolder(lease: KubeObject): void {
    const isTheirs = stringAt(lease, 'spec', 'holderIdentity') === THIEF;
    stolenAt = isTheirs ? (stolenAt ?? clock.now()) : undefined;
  }

  function onRestart({ metadata: { name } }: KubeObject, token: string): void {
    const count = (restarts.get(name) ?? 0) + 1;
    restarts.set(name, count);
    tokens.set(`${name} ${token}`, name);
    world.tell(`store: ${name} is restarted`);
    if (count > (allowed.get(name) ?? 1)) isBroken(`I3: ${name} was restarted ${count} times`);
  }

  /** I1: no minute holds more pod starts than the limit, but for one workload that is larger than it. */
  function onPodStart({ metadata }: Pod): void {
    const name = metadata.labels?.app ?? '';
    if (!tokens.has(`${name} ${metadata.annotations?.[annotation.restartedAt]}`)) return;
    const now = clock.now();
    starts.push({ at: now, of: name });
    const minute = starts.filter(({ at }) => at > now - MINUTE_MS);
    // Whoever scales, reverts or breaks workloads starts pods that no plan could count; a new process does not know them.
    const isOurs = isPeaceful() && resumedAt < now - MINUTE_MS;
    const names = new Set(minute.map(({ of }) => of));
    if (isOurs && names.size > 1 && minute.length > limits.startsPerMinute) {
      isBroken(`I1: ${minute.length} pods of ${[...names].join(', ')} started within a minute`);
    }
  }

  function onPatch(program: Program, { namespace, plural, name }: Target, text: string): void {
    const what = `patch of ${name}`;
    const run = program.rollout.run.get();
    if (run === undefined) {
      isBroken(`I2: ${what} without a run`);
      return;
    }
    const { phase } = run.phase;
    if (phase !== 'running') isBroken(`I2: ${what} while the run is ${phase}`);
    if (word !== undefined) isBroken(`I2: ${what} after the operator said ${word}`);
    if (run.lock === 'lost') isBroken(`I2: ${what} without the lock`);
    if (run.lock === 'held' && !program.lock.isHeld()) isBroken(`I2: ${what} on a lease that has run out`);
    if (run.lock === 'held' && stolenAt !== undefined && clock.now() - stolenAt > LEASE_MS) {
      isBroken(`I2: ${what} while somebody else holds the lock`);
    }
    const key = { namespace, kind: kinds[plural] ?? '', name };
    const index = run.steps.findIndex(({ item }) => isSame(item.key, key));
    checkJournal(index, text, what);
    checkCaps(run);
    checkBudget(run, what);
  }

  /** I2: no more failures than the budget allows, none in the canary's wave, and none that concerns them all. */
  function checkBudget({ steps, phase, plan }: Run, what: string): void {
    const failed = steps.flatMap(({ status }) =>
      status.state === 'failed' && !status.acknowledged ? [status.cause] : [],
    );
    const isCanary = phase.phase === 'running' && plan.waves[phase.wave]?.kind === 'canary';
    const allowedFailures = isCanary ? 0 : limits.failureBudget;
    if (failed.length > allowedFailures || failed.some((cause) => runWide.has(cause))) {
      isBroken(`I2: ${what} after failures: ${failed.join(', ')}`);
    }
  }

  /** I7: what is sent stands in the journal already. */
  function checkJournal(index: number, text: string, what: string): void {
    const record = world.disk.records.findLast((one) => one.type === 'step' && one.index === index);
    if (record?.type !== 'step' || record.status.state !== 'patching') {
      isBroken(`I7: ${what} without a record of it`);
    } else if (!text.includes(JSON.stringify(record.status.restartedAt))) {
      isBroken(`I7: ${what} with another token than the journal's`);
    }
  }

  /** I1 */
  function checkCaps({ steps }: Run): void {
    const active = steps.filter(isInProgress);
    if (active.length > limits.maxParallel) isBroken(`I1: ${active.length} workloads in progress`);
    const byNamespace = Map.groupBy(active, ({ item }) => item.key.namespace);
    for (const [namespace, some] of byNamespace) {
      if (some.length > limits.perNamespace) isBroken(`I1: ${some.length} in progress in ${namespace}`);
    }
  }

  /** I5: against the store, apart from pods of which the picture cannot tell yet. */
  function checkProof({ session }: Program, { item, status }: Step): void {
    const { name } = item.key;
    if (!restarts.has(name)) isBroken(`I5: ${name} counts as ${status.state} and was never restarted`);
    const stale = podsOf(item.key).filter((pod) => !hasVersion(pod, item.expected.version));
    // Times of creation are cut to whole seconds.
    const seen = stale.filter(
      ({ metadata }) => Date.parse(metadata.creationTimestamp ?? '') + 1_000 <= session.toldUpTo,
    );
    const kept = status.state === 'partial' ? status.kept : 0;
    if (seen.length > kept) isBroken(`I5: ${seen.length} old pods of ${name} are left, which counts as done`);
    if (kept > 0 && stale.length < kept) isBroken(`I5: ${name} keeps ${stale.length} old pods, not ${kept}`);
  }

  function podsOf({ namespace, name }: Member): readonly Pod[] {
    return cluster.cluster
      .list('Pod', namespace)
      .filter((pod) => pod.metadata.labels?.app === name && isActive(pod));
  }

  let known: ReadonlyMap<string, string> = new Map();

  /** Notes what has changed, for the log, and checks each proof when it is given. */
  function onRun(program: Program, run: Run, isFirst: boolean): void {
    const now = new Map<string, string>([['phase', run.phase.phase]]);
    checkCaps(run);
    for (const step of run.steps) {
      const { name } = step.item.key;
      const { state } = step.status;
      now.set(name, state);
      if (known.get(name) === state) continue;
      world.tell(`${name} ${state}${'reason' in step.status ? `: ${step.status.reason}` : ''}`);
      if (state !== 'done' && state !== 'partial') continue;
      // What a process has read in the journal it has not proved.
      if (!isFirst) checkProof(program, step);
      doneAt.set(name, clock.now());
    }
    for (const [name, state] of known) {
      const isUndone = (state === 'done' || state === 'partial') && now.get(name) !== state;
      if (isUndone && isRecorded(name, state))
        isBroken(`I6: ${name} was ${state} and is ${now.get(name) ?? 'forgotten'}`);
    }
    if (known.get('phase') !== run.phase.phase) {
      const why = run.phase.phase === 'halted' ? `: ${run.phase.halt.cause}, ${run.phase.halt.reason}` : '';
      world.tell(`run ${run.phase.phase}${why}`);
      if (run.phase.phase === 'halted') checkHalt(run.phase.halt);
    }
    known = now;
  }

  /** True when the journal holds a status, as it does unless the disk was full. */
  function isRecorded(name: string, state: string): boolean {
    const record = world.disk.records.findLast((one) => one.type === 'step' && one.item.key.name === name);
    return record?.type === 'step' && record.status.state === state;
  }

  function checkHalt({
    reason,
    nextSteps,
  }: {
    readonly reason: string;
    readonly nextSteps: readonly string[];
  }): void {
    if (reason === '') isBroken('a halt without a reason');
    if (nextSteps.length === 0) isBroken(`a halt without a next step: ${reason}`);
  }

  return {
    broken,
    note: isBroken,
    restarts,
    follow(program) {
      let isFirst = true;
      program.rollout.run.subscribe(() => {
        const run = program.rollout.run.get();
        if (run === undefined || program.computer.isDead) return;
        onRun(program, run, isFirst);
        isFirst = false;
      });
    },
    onSent(program, { method, path, text }) {
      const phase = program.rollout.run.get()?.phase.phase;
      if (method === 'POST' && path.includes('/eviction') && phase !== 'running') {
        isBroken(`I2: an eviction while the run is ${phase}`);
      }
      const [, namespace = '', plural = '', name = ''] = PATCH_PATH.exec(path) ?? [];
      if (method === 'PATCH' && name !== '') onPatch(program, { namespace, plural, name }, text);
    },
    hear({ phase: { phase } }, said) {
      if (said === 'abort') word = 'abort';
      else if (said === 'pause' && phase !== 'halted') word ??= 'pause';
      else if (said === 'proceed' && word === 'pause') word = undefined;
    },
    hearStep({ steps }, said, index) {
      const step = steps[index];
      const isOver = step?.status.state === 'failed' || step?.status.state === 'skipped';
      if (!step || !isOver || said !== 'retry') return;
      const { name } = step.item.key;
      allowed.set(name, (allowed.get(name) ?? 1) + 1);
    },
    hearLeave() {
      word = 'leave';
    },
    hearResume() {
      word = undefined;
      resumedAt = clock.now();
    },
    atRest(program, run) {
      for (const { item, status } of run.steps) {
        const { key } = item;
        if (status.state !== 'done' || isDisturbed(key, doneAt.get(key.name) ?? 0)) continue;
        const stale = podsOf(key).filter((pod) => !hasVersion(pod, item.expected.version));
        if (stale.length > 0) isBroken(`I5: ${key.name} is done and ${stale.length} of its pods are old`);
      }
      checkNothingForgotten(run);
      if (program.session.behind > 0) isBroken('the picture has not caught up');
    },
  };

  /** True when somebody did something to a workload that its proof could not know of. */
  function isDisturbed(member: Member, since: number): boolean {
    return world.disturbances.some(
      ({ at, on }) => at >= since - MINUTE_MS && (on === undefined || isSame(on, member)),
    );
  }

  /** True while nobody but this program, its network and its computer did anything. */
  function isPeaceful(): boolean {
    return world.disturbances.length === 0 && world.forbidden.size === 0;
  }

  /** I7: a run that is through has nothing left, and where nobody interfered each restart led to its proof. */
  function checkNothingForgotten({ phase, steps }: Run): void {
    for (const { item, status } of steps) {
      const { name } = item.key;
      const { state } = status;
      const isLeft = state === 'queued' || state === 'patching' || state === 'rolling' || state === 'soaking';
      if (isLeft && phase.phase === 'done') isBroken(`I7: the run is done and ${name} is ${state}`);
      if (!isPeaceful()) continue;
      const why = 'reason' in status ? `${state}: ${status.reason}` : state;
      if (state === 'dropped') isBroken(`I7: ${name} was ${why}`);
      // An abort leaves the pods alone that would have had to be evicted.
      const isProven = state === 'done' || state === 'partial' || item.method === 'evict';
      if (restarts.has(name) && !isProven) isBroken(`I7: ${name} was restarted, and is ${why}`);
    }
  }
}

function isInProgress({ status: { state } }: Step): boolean {
  return state === 'patching' || state === 'rolling' || state === 'soaking';
}

function isSame(a: Member, b: Member): boolean {
  return a.namespace === b.namespace && a.kind === b.kind && a.name === b.name;
}

function hasVersion({ metadata }: Pod, version: string): boolean {
  return metadata.annotations?.[annotation.proxyVersion] === version;
}

/** The token of a restart by this program; undefined for what carries none. */
function ownToken(object: KubeObject | undefined): string | undefined {
  if (!isKind(object, 'Deployment') && !isKind(object, 'StatefulSet') && !isKind(object, 'DaemonSet')) {
    return undefined;
  }
  const annotations = object.spec.template.metadata?.annotations ?? {};
  return annotations[ownAnnotation.run] === undefined ? undefined : annotations[annotation.restartedAt];
}
