/**
 * What a restart would do to a workload, predicted from what decides over it: its template, its namespace, the
 * live webhook and linkerd-config (linkerd2 `controller/proxy-injector/webhook.go`, `pkg/inject/inject.go`).
 */
import { annotation, configMap, container as containerName, label } from '../data/linkerd.ts';
import type { Labels, NamespaceRecord, PodTemplate, WorkloadRecord } from '../kube/records.ts';
import type { ProxyShape } from './census.ts';
import type { MeshContext } from './context.ts';
import { imageTag } from './image.ts';
import { decideInjection, refusesWaitWithNative } from './injection.ts';
import { restartObstacle, unrestartableKind } from './restartable.ts';
import type { Judge } from './tally.ts';
import {
  imageOverride,
  nativeSidecarMode,
  type Target,
  targetOf,
  targetPlace,
  waitBeforeExitSeconds,
} from './target.ts';
import { compareVersions, parseVersion } from './version.ts';
import type { Effect, WorkloadKey } from './view.ts';
import { byText, count, list } from './words.ts';

export interface EffectInput {
  readonly key: WorkloadKey;
  readonly apiVersion: string;
  /** undefined where the workload cannot be read, or is of a kind that is not read. */
  readonly workload: WorkloadRecord | undefined;
  /** undefined where the Namespace has not been read. */
  readonly namespace: NamespaceRecord | undefined;
  /** Live proxies of the workload by shape. */
  readonly proxies: ReadonlyMap<ProxyShape, number>;
  /** Live pods without a proxy. */
  readonly unmeshed: number;
  readonly judge: Judge;
}

export interface Prediction {
  readonly effect: Effect;
  /** Version that a restart would inject, '' when it would inject none or nobody knows. */
  readonly target: string;
  /** Where a new pod would have its proxy; undefined when it would have none or nobody knows. */
  readonly native: boolean | undefined;
  /** What new pods would change, where only the update strategy OnDelete keeps a restart from making them. */
  readonly ifEvicted?: Effect;
}

/** Predicts what a restart of a workload would do, and says why. */
export function predictEffect(input: EffectInput): Prediction {
  const { workload, namespace } = input;
  const kindProblem =
    workload?.kind === 'Rollout' ? undefined : unrestartableKind(input.key, input.apiVersion);
  if (kindProblem) return without(unrestartable(input, kindProblem));
  if (!workload) return without(unknown(`its ${input.key.kind} has not been read`));
  if (workload.deletedAt > 0) return without(unsupported('it is being deleted'));
  if (namespace && (namespace.deletedAt > 0 || namespace.phase === 'Terminating')) {
    return without(unsupported(`namespace ${namespace.name} is being deleted`));
  }

  const { template, templateOf } = workload;
  if (templateOf) return without(unrestartable(input, elsewhere(workload, templateOf)));
  if (label.controlPlaneComponent in template.labels) return without(controlPlaneComponent());
  const written = template.containers.find((container) => container.name === containerName.proxy);
  if (written) return without(staticProxy(template, written.image));

  const { context } = input.judge;
  const decision = decideInjection({
    template,
    namespace,
    webhook: context.webhook,
    serviceAccountTokenProjection: context.serviceAccountTokenProjection,
  });
  if (decision.inject === undefined) return without(unknown(list(decision.reasons)));
  if (decision.inject === false) return without(notInjected(input, workload, decision));

  if (context.foreignWebhook !== '') return without(foreignInjector(context.foreignWebhook));
  const injection = describeInjection(template.annotations, namespace?.annotations ?? {}, context);
  const obstacle = injectorObstacle(input, workload, injection);
  if (obstacle) return without(obstacle);
  const change = describeChange(input, injection);
  const effect = hindered(change, workload, injection);
  const prediction = { effect, target: injection.target.version, native: injection.native };
  const evictable = effect !== change && workload.strategy.type === 'OnDelete' && workload.replicas > 0;
  return evictable ? { ...prediction, ifEvicted: change } : prediction;
}

/** A cluster has one webhook of this name, so the injector of one control plane only is asked about new pods. */
function foreignInjector(namespace: string): Effect {
  return unknown(`the injector's webhook calls the control plane in namespace ${namespace}`);
}

/** What the injector would put into a new pod. */
interface Injection {
  readonly target: Target;
  readonly native: boolean;
  readonly waitSeconds: number;
  /** '' unless template or namespace name another image. */
  readonly image: string;
}

function describeInjection(template: Labels, namespace: Labels, context: MeshContext): Injection {
  return {
    target: targetOf(template, namespace, {
      proxyImageVersion: context.proxyImageVersion,
      linkerdVersion: context.version,
    }),
    native: nativeSidecarMode(
      template,
      namespace,
      parseVersion(context.injectorVersion),
      context.nativeSidecar,
    ),
    waitSeconds: waitBeforeExitSeconds(template, namespace, context.waitBeforeExitSeconds),
    image: imageOverride(template, namespace),
  };
}

const unknown = (reason: string): Effect => ({ kind: 'unknown', reason });
const unsupported = (reason: string): Effect => ({ kind: 'unsupported', reason });
const nothing = (reason: string): Effect => ({ kind: 'nothing', reason });
const without = (effect: Effect): Prediction => ({ effect, target: '', native: undefined });

/** Without a template only the pods and the namespace tell whether the mesh is meant at all. */
function unrestartable({ proxies, unmeshed, namespace }: EffectInput, reason: string): Effect {
  if (proxies.size === 0 && unmeshed === 0) return nothing(`none of its pods runs; ${reason}`);
  const inject = namespace?.annotations[annotation.inject];
  const meant = inject === 'enabled' || inject === 'ingress';
  return proxies.size > 0 || meant ? unsupported(reason) : nothing(`not meshed; ${reason}`);
}

function elsewhere({ namespace, name }: WorkloadRecord, templateOf: string): string {
  return `its template stands in ${templateOf}, so what its pods would get cannot be told: kubectl argo rollouts restart ${name} -n ${namespace}`;
}

function controlPlaneComponent(): Effect {
  return unsupported(
    'a control-plane component: its proxy stands in its own template and changes only when Linkerd is upgraded',
  );
}

/** The injector leaves a template alone that already has the proxy. */
function staticProxy(template: PodTemplate, image: string): Effect {
  const version = imageTag(image) || image;
  const by = template.annotations[annotation.createdBy];
  const hand = by ? `, put there by ${by}` : '';
  return {
    kind: 'static',
    reason: `the proxy ${version} is written into the pod template${hand}: inject the manifest again`,
  };
}

function notInjected(
  input: EffectInput,
  workload: WorkloadRecord,
  { asked, reasons }: { readonly asked: boolean; readonly reasons: readonly string[] },
): Effect {
  const why = reasons.join(', ');
  if (total(input.proxies) === 0) return nothing(`not meshed: ${why}`);
  const { injector, failurePolicy, configProblem, foreignWebhook } = input.judge.context;
  if (asked && foreignWebhook !== '') return foreignInjector(foreignWebhook);
  if (asked && injector.state === 'down' && failurePolicy === 'Fail') return podsRefused(injector.reason);
  if (asked && injector.state !== 'down' && configProblem !== '') return brokenConfig(configProblem);
  return unmeshes(input, workload, why);
}

/** New pods would have no proxy, for a reason that is given. */
function unmeshes({ proxies }: EffectInput, workload: WorkloadRecord, why: string): Effect {
  const obstacle = restartObstacle(workload);
  if (obstacle) return unsupported(`${obstacle}; new pods would have no proxy: ${why}`);
  return { kind: 'unmeshes', reason: `removes the proxy of ${count(total(proxies), 'pod')}: ${why}` };
}

/** What stands between a pod that should be injected and its proxy; undefined when nothing does. */
function injectorObstacle(
  input: EffectInput,
  workload: WorkloadRecord,
  injection: Injection,
): Effect | undefined {
  const { context } = input.judge;
  if (context.injector.state === 'down') return injectorDown(input, workload, context.injector.reason);
  if (context.configProblem !== '') return brokenConfig(context.configProblem);
  const injector = parseVersion(context.injectorVersion);
  if (injection.native && injection.waitSeconds > 0 && refusesWaitWithNative(injector)) {
    return unsupported(
      `the injector would refuse new pods: ${context.injectorVersion} does not allow a native sidecar together with ` +
        `proxy-wait-before-exit-seconds (${injection.waitSeconds})`,
    );
  }
  return undefined;
}

function injectorDown(input: EffectInput, workload: WorkloadRecord, reason: string): Effect {
  const { failurePolicy } = input.judge.context;
  if (failurePolicy === 'Fail') return podsRefused(reason);
  if (failurePolicy !== 'Ignore') {
    return unknown(`the injector is down (${reason}) and the webhook's failurePolicy is not known`);
  }
  const why = `the injector is down (${reason}) and the webhook's failurePolicy is Ignore`;
  if (total(input.proxies) === 0) return nothing(`${why}: new pods would still have no proxy`);
  return unmeshes(input, workload, why);
}

/** The injector reads its configuration with each request, and refuses the pod where it cannot. */
function brokenConfig(problem: string): Effect {
  return unknown(`${configMap.config} makes no sense, and then the injector may refuse new pods: ${problem}`);
}

/** The API server asks the webhook about every pod that it selects, also those that would stay as they are. */
function podsRefused(reason: string): Effect {
  return unsupported(
    `the injector is down (${reason}) and the webhook's failurePolicy is Fail: new pods would be refused`,
  );
}

/** The effect where a new pod would get a proxy: the change, unless the workload as it stands makes no new pods. */
function hindered(change: Effect, workload: WorkloadRecord, injection: Injection): Effect {
  if (change.kind === 'nothing' || change.kind === 'pinned') return change;
  const obstacle = restartObstacle(workload);
  return obstacle ? unsupported(`${obstacle}; new pods would get ${injection.target.version}`) : change;
}

/** What new pods would have that the live ones have not, whether or not a restart can bring it about. */
function describeChange(input: EffectInput, injection: Injection): Effect {
  const { target } = injection;
  const { context } = input.judge;
  if (target.version === '') return unknown("the control plane's version is not known");

  const running = describeRunning(input, injection);
  if (running.elsewhere.length > 0) {
    return unknown(`its proxies belong to the control plane in namespace ${list(running.elsewhere)}`);
  }
  const gives = `${target.version}${place(target, context)}${otherImage(injection)}`;
  const pinned = isPin(target) && target.version !== context.target;
  if (running.pods === 0) return unknown(`none of its pods runs; new pods would get ${gives}`);
  if (running.proxies === 0)
    return { kind: 'meshes', reason: `gives ${count(input.unmeshed, 'pod')} the proxy ${gives}` };
  // A stale trust root makes a restart necessary whatever the version.
  if (pinned && running.differing.length > 0 && running.stale === 0) return pinnedElsewhere(running, gives);

  if (running.differing.length > 0) return replaced(running, target.version, gives);
  if (running.unreadable > 0) {
    return unknown(
      `the version of ${count(running.unreadable, 'proxy', 'proxies')} cannot be read; new pods would get ${gives}`,
    );
  }
  if (input.unmeshed > 0) {
    return {
      kind: 'meshes',
      reason: `gives ${count(input.unmeshed, 'pod')} of ${running.pods} the proxy ${gives}`,
    };
  }
  if (pinned && running.stale === 0) {
    return { kind: 'pinned', reason: `stays at ${gives}; the control plane would give ${context.target}` };
  }
  const renews = running.stale > 0 || running.reshaped > 0 || running.orphaned.length > 0;
  return renews ? renewed(running, gives, injection) : nothing(`already at ${gives}`);
}

/** Live proxies held against what a new pod would get. */
interface Running {
  readonly pods: number;
  readonly proxies: number;
  /** Versions other than the target, in order. */
  readonly differing: readonly string[];
  readonly unreadable: number;
  /** Proxies with another trust root. */
  readonly stale: number;
  /** Proxies that are native sidecars where a new one would not be, or the other way round. */
  readonly reshaped: number;
  /** Existing control planes other than this one that proxies belong to. */
  readonly elsewhere: readonly string[];
  /** Control planes that proxies belong to and that are gone. */
  readonly orphaned: readonly string[];
}

function describeRunning({ proxies, unmeshed, judge }: EffectInput, injection: Injection): Running {
  const differing = new Set<string>();
  const elsewhere = new Set<string>();
  const orphaned = new Set<string>();
  let all = 0;
  let unreadable = 0;
  let stale = 0;
  let reshaped = 0;
  for (const [shape, pods] of proxies) {
    all += pods;
    if (shape.version === '') unreadable += pods;
    else if (shape.version !== injection.target.version) differing.add(shape.version);
    if (judge.isTrustStale(shape)) stale += pods;
    if (shape.native !== injection.native) reshaped += pods;
    if (judge.isForeign(shape)) {
      const gone = judge.context.orphaned.includes(shape.controlPlaneNamespace);
      (gone ? orphaned : elsewhere).add(shape.controlPlaneNamespace);
    }
  }
  const sorted = (set: ReadonlySet<string>): string[] => [...set].sort(byText);
  return {
    pods: all + unmeshed,
    proxies: all,
    differing: sorted(differing),
    unreadable,
    stale,
    reshaped,
    elsewhere: sorted(elsewhere),
    orphaned: sorted(orphaned),
  };
}

function total(proxies: ReadonlyMap<ProxyShape, number>): number {
  let sum = 0;
  for (const pods of proxies.values()) sum += pods;
  return sum;
}

function isPin(target: Target): boolean {
  return target.source === 'template' || target.source === 'namespace';
}

/** Names the place of a target where it is not simply the control plane's own version. */
function place(target: Target, context: MeshContext): string {
  if (isPin(target)) return ` (${targetPlace(target.source)})`;
  if (target.source === 'proxy-image' && target.version !== context.version) {
    return ` (${targetPlace(target.source)})`;
  }
  return '';
}

function otherImage({ image }: Injection): string {
  return image === '' ? '' : `, from the image ${image} (${annotation.proxyImage})`;
}

function pinnedElsewhere(running: Running, gives: string): Effect {
  return { kind: 'pinned', reason: `would go from ${versions(running.differing)} to ${gives}` };
}

function replaced(running: Running, target: string, gives: string): Effect {
  const to = parseVersion(target);
  const newer = running.differing.filter((version) => compareVersions(parseVersion(version), to) === 1);
  if (newer.length > 0) {
    return { kind: 'downgrades', reason: `goes back from ${versions(newer)} to ${gives}` };
  }
  const old =
    running.orphaned.length > 0 ? `, whose control plane in ${list(running.orphaned)} is gone,` : '';
  return { kind: 'upgrades', reason: `from ${versions(running.differing)}${old} to ${gives}` };
}

function renewed(running: Running, gives: string, injection: Injection): Effect {
  const reasons: string[] = [];
  if (running.stale > 0) {
    reasons.push(
      `${count(running.stale, 'proxy trusts', 'proxies trust')} another root than the control plane's`,
    );
  }
  if (running.reshaped > 0) {
    reasons.push(
      injection.native
        ? `${count(running.reshaped, 'proxy becomes a native sidecar', 'proxies become native sidecars')}`
        : `${count(running.reshaped, 'proxy becomes an ordinary container', 'proxies become ordinary containers')}`,
    );
  }
  if (running.orphaned.length > 0) reasons.push(`the control plane in ${list(running.orphaned)} is gone`);
  return { kind: 'renews', reason: `stays at ${gives}: ${list(reasons)}` };
}

/** Up to three versions by name, more by number. */
function versions(all: readonly string[]): string {
  return all.length <= 3 ? list(all) : `${all.length} versions (${all[0]} to ${all.at(-1)})`;
}
