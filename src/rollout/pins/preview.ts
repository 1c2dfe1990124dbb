import { annotation } from '../../data/linkerd.ts';
import type { KubeRecord, Labels, NamespaceRecord, WorkloadRecord } from '../../kube/records.ts';
import type { MeshModel } from '../../mesh/model.ts';
import { hasBehaviour } from '../../mesh/release.ts';
import { restartObstacle } from '../../mesh/restartable.ts';
import { type Skew, skewOf } from '../../mesh/skew.ts';
import { UNREADABLE_VERSION } from '../../mesh/tally.ts';
import { imageOverride, nativeSidecarMode } from '../../mesh/target.ts';
import { compareVersions, parseVersion } from '../../mesh/version.ts';
import type { ControlPlaneView, Effect, MeshView, WorkloadKey, WorkloadView } from '../../mesh/view.ts';
import { list } from '../../mesh/words.ts';
import { resourceName } from '../plan/names.ts';
import type { PlanOptions, Scope } from '../plan/plan.ts';
import { blockedBy, planRestart } from '../plan/planner.ts';
import { versionDoubts } from './known-version.ts';
import { PIN, type PinTarget } from './target.ts';

/** What a preview is made from. The records are those that will be patched. */
export interface PinInput {
  readonly model: MeshModel;
  readonly target: PinTarget;
  readonly namespace: NamespaceRecord;
  /** The workload of the target, if it is one. */
  readonly workload: WorkloadRecord | undefined;
  /** undefined takes the pin away. */
  readonly version: string | undefined;
}

/** What a new pod of a workload gets, and what a restart does. */
export interface Outlook {
  /** '' when it gets no proxy, or nobody knows. */
  readonly version: string;
  readonly effect: Effect;
}

/** A workload that gets another proxy because of the change. */
export interface PinnedWorkload {
  readonly key: WorkloadKey;
  readonly proxies: number;
  /** Live proxies by version. */
  readonly running: Readonly<Record<string, number>>;
  readonly before: Outlook;
  readonly after: Outlook;
  /** The version that it would get, held against the control plane's. */
  readonly skew: Skew;
}

/** A meshed workload that the change does not reach, and why. */
export interface UntouchedWorkload {
  readonly key: WorkloadKey;
  readonly reason: string;
}

/** What setting or removing a pin would do. Computed, not tried: nothing has been written. */
export interface PinPreview {
  readonly target: PinTarget;
  /** Values of the annotation; undefined where it is absent, which is not the same as ''. */
  readonly from: string | undefined;
  readonly to: string | undefined;
  readonly controlPlaneVersion: string;
  /** New pods start at once: a change of a pod template is a restart. */
  readonly restarts: boolean;
  readonly affected: readonly PinnedWorkload[];
  readonly untouched: readonly UntouchedWorkload[];
  /** Reasons why it must not be written now. */
  readonly refusals: readonly string[];
  readonly warnings: readonly string[];
  /** What to type once it is written, to let it take effect. */
  readonly nextSteps: readonly string[];
}

/**
 * Says what a pin, or its removal, would do, by putting the changed object into the model, looking at it, and taking
 * it back. Thus it is judged by the very rules by which restarts are, and by nothing else.
 */
export function previewPin(input: PinInput): PinPreview {
  const { model, target, namespace, workload, version } = input;
  const object = workload ?? namespace;
  applyAll(model, [namespace, ...(workload ? [workload] : [])]);
  const before = model.view();
  applyAll(model, [pinned(object, version)]);
  try {
    return describe(input, before, model.view());
  } finally {
    applyAll(model, [object]);
  }

  function describe(all: PinInput, now: MeshView, then: MeshView): PinPreview {
    const seen = meshedWorkloads(now, then, target);
    const affected = seen.flatMap(([was, is]) =>
      was.target === is.target ? [] : [affectedBy(was, is, then)],
    );
    const untouched = workload
      ? []
      : seen.flatMap(([was, is]) =>
          was.target === is.target ? [{ key: keyOf(is), reason: whyUntouched(is, all, version) }] : [],
        );
    const restarted = workload ? (seen[0]?.[1] ?? undefined) : undefined;
    const following = workload ? undefined : followingRestart(all, then, affected);
    return {
      target,
      from: pinOf(object),
      to: version,
      controlPlaneVersion: then.controlPlane.version,
      restarts: workload !== undefined && restartObstacle(workload) === undefined,
      affected,
      untouched,
      refusals: workload ? refusalsOf(then.controlPlane, restarted) : [],
      warnings: [
        ...warningsOf(all, then, affected, restarted),
        ...(following ? following.left.flatMap(obstacleOf) : []),
      ],
      nextSteps: following?.commands ?? afterPatch(workload, target),
    };
  }
}

function applyAll(model: MeshModel, records: readonly KubeRecord[]): void {
  model.applyAll(records.map((record) => ({ type: 'upsert', record })));
}

/** The pin that stands on an object itself. */
function pinOf(object: NamespaceRecord | WorkloadRecord): string | undefined {
  return annotationsOf(object)[PIN];
}

function annotationsOf(object: NamespaceRecord | WorkloadRecord): Labels {
  return object.kind === 'Namespace' ? object.annotations : object.template.annotations;
}

function pinned(
  object: NamespaceRecord | WorkloadRecord,
  version: string | undefined,
): NamespaceRecord | WorkloadRecord {
  const { [PIN]: _, ...others } = annotationsOf(object);
  const annotations = version === undefined ? others : { ...others, [PIN]: version };
  return object.kind === 'Namespace'
    ? { ...object, annotations }
    : { ...object, template: { ...object.template, annotations } };
}

/** The workloads in question that have proxies or would get one, before and after. */
function meshedWorkloads(
  before: MeshView,
  after: MeshView,
  { namespace, workload }: PinTarget,
): readonly (readonly [before: WorkloadView, after: WorkloadView])[] {
  const was = new Map(before.workloads(namespace).map((view) => [`${view.kind}/${view.name}`, view]));
  return after.workloads(namespace).flatMap((is) => {
    const earlier = was.get(`${is.kind}/${is.name}`);
    const wanted = workload
      ? is.kind === workload.kind && is.name === workload.name
      : is.proxies > 0 || is.target !== '';
    return earlier && wanted ? [[earlier, is] as const] : [];
  });
}

function affectedBy(was: WorkloadView, is: WorkloadView, { controlPlane }: MeshView): PinnedWorkload {
  return {
    key: keyOf(is),
    proxies: is.proxies,
    running: is.byVersion,
    before: { version: was.target, effect: was.effect },
    after: { version: is.target, effect: is.effect },
    skew: skewOf(is.target, controlPlane),
  };
}

function keyOf({ namespace, kind, name }: WorkloadView): WorkloadKey {
  return { namespace, kind, name };
}

function whyUntouched(view: WorkloadView, { model }: PinInput, version: string | undefined): string {
  const own = model.workload(view)?.template.annotations[PIN];
  if (view.target !== '' && own !== undefined) {
    return own === ''
      ? 'its template carries the annotation with an empty value, which hides the pin of the namespace'
      : `its template pins ${own}, which wins over the namespace`;
  }
  if (view.target === '') {
    return view.effect.reason;
  }
  return version === undefined
    ? `it would get ${view.target} all the same`
    : `it would get ${view.target} without the pin too`;
}

/** A change of a template is a restart, so it must pass what a restart must pass. */
function refusalsOf(controlPlane: ControlPlaneView, view: WorkloadView | undefined): readonly string[] {
  const blocked = blockedBy(controlPlane);
  if (!view || blocked.length > 0) {
    return blocked;
  }
  const { role, target, effect, proxies, pods, byVersion } = view;
  if (role === 'control-plane') {
    return [
      "the control plane's own proxies stand in its templates and change only when Linkerd is upgraded",
    ];
  }
  if (role === 'system') {
    return [`${view.namespace} is never touched by this program`];
  }
  if (target === '') {
    return [`new pods would not get a proxy of that version: ${effect.reason}`];
  }
  if (proxies === 0 && pods.live > 0) {
    return [
      `none of its ${pods.live} pods has a proxy, and new pods would get one: mesh it first, if that is meant (restart --include meshes)`,
    ];
  }
  const unreadable = (byVersion[UNREADABLE_VERSION] ?? 0) > 0;
  return effect.kind === 'unknown' && pods.live > 0 && !unreadable
    ? [`what new pods would get cannot be told: ${effect.reason}`]
    : [];
}

function warningsOf(
  input: PinInput,
  { controlPlane }: MeshView,
  affected: readonly PinnedWorkload[],
  restarted: WorkloadView | undefined,
): readonly string[] {
  const { workload, version } = input;
  return [
    ...(version === undefined ? [] : versionDoubts(version)),
    ...skewWarnings(input, controlPlane, affected),
    ...backwards(affected),
    ...imageWarnings(input),
    ...nativeWarnings(input, controlPlane),
    ...(workload
      ? []
      : blockedBy(controlPlane).map((why) => `what new pods would get is not certain: ${why}`)),
    ...(workload ? obstacles(workload) : []),
    ...(restarted?.risks.map(({ text }) => text) ?? []),
  ];
}

/**
 * A pin is judged itself, even where it reaches no workload yet; a removal by what workloads would get. That a pin is
 * no version at all is doubted already.
 */
function skewWarnings(
  { version }: PinInput,
  controlPlane: ControlPlaneView,
  affected: readonly PinnedWorkload[],
): readonly string[] {
  if (version !== undefined && parseVersion(version).kind === 'unparsed') {
    return [];
  }
  const skews = version === undefined ? affected.map(({ skew }) => skew) : [skewOf(version, controlPlane)];
  const bad = skews.filter((skew) => ['violation', 'ahead', 'unknown'].includes(skew.class));
  return [
    ...new Set(
      bad.map(({ class: skewClass, reason }) =>
        skewClass === 'violation' ? `this would be a violation of the version skew: ${reason}` : reason,
      ),
    ),
  ];
}

function backwards(affected: readonly PinnedWorkload[]): readonly string[] {
  const older = affected.filter(({ running, after }) =>
    Object.keys(running).some(
      (version) => compareVersions(parseVersion(version), parseVersion(after.version)) === 1,
    ),
  );
  if (older.length === 0) {
    return [];
  }
  const names = older.slice(0, 3).map(({ key }) => resourceName(key));
  const rest = older.length > names.length ? [`${older.length - names.length} more`] : [];
  return [`proxies would go back to an older version: ${list([...names, ...rest])}`];
}

function imageWarnings({ namespace, workload, version }: PinInput): readonly string[] {
  const image = imageOverride(workload?.template.annotations ?? {}, namespace.annotations);
  return image === '' || version === undefined
    ? []
    : [`proxies come from the image ${image} (${annotation.proxyImage}): it may have no tag ${version}`];
}

/** The shape of a pod follows the control plane, whatever version the proxy in it has. */
function nativeWarnings(
  { namespace, workload, version }: PinInput,
  controlPlane: ControlPlaneView,
): readonly string[] {
  if (version === undefined || hasBehaviour(parseVersion(version), 'nativeSidecarAlpha') !== false) {
    return [];
  }
  const native = nativeSidecarMode(
    workload?.template.annotations ?? {},
    namespace.annotations,
    parseVersion(controlPlane.version),
    controlPlane.nativeSidecar,
  );
  return native
    ? [`the proxy would run as a native sidecar, which came after ${version}: try it on one workload first`]
    : [];
}

function obstacles(workload: WorkloadRecord): readonly string[] {
  const obstacle = restartObstacle(workload);
  return obstacle === undefined ? [] : [`nothing restarts by itself: ${obstacle}`];
}

/** Why no restart lets a change of its namespace reach a workload as it stands now. */
function obstacleOf(workload: WorkloadRecord): readonly string[] {
  const obstacle = restartObstacle(workload);
  return obstacle === undefined ? [] : [`${resourceName(workload)}: ${obstacle}`];
}

/** What to type once the template of a workload has been changed, if that restarts it. */
function afterPatch(workload: WorkloadRecord | undefined, { namespace }: PinTarget): readonly string[] {
  return workload === undefined || restartObstacle(workload) !== undefined
    ? []
    : [
        `kubectl rollout status ${resourceName(workload)} -n ${namespace}`,
        `kubectl linkerd-upgrade verify ${namespace}`,
      ];
}

/**
 * The commands that let a change of a namespace take effect, and the workloads that this program's own restart leaves
 * out although they run another proxy than new pods would. It comes first, for what it would restart; pinned
 * workloads it leaves alone, so for those others are named.
 */
function followingRestart(
  { model, target }: PinInput,
  mesh: MeshView,
  affected: readonly PinnedWorkload[],
): { readonly commands: readonly string[]; readonly left: readonly WorkloadRecord[] } {
  const { namespace } = target;
  const scopes: readonly Scope[] = affected.map(({ key: { kind, name } }) => ({
    namespace,
    workload: { kind, name },
  }));
  const input = { mesh, workload: (key: WorkloadKey) => model.workload(key) };
  const planned = (options: PlanOptions) => planRestart(input, scopes, options).items;
  const [plain, downgrades] = [planned({}), planned({ downgrades: true })];
  const all = planned({ downgrades: true, onDelete: true });
  const included = [
    ...(downgrades.length > plain.length ? ['downgrades'] : []),
    ...(all.length > downgrades.length ? ['on-delete'] : []),
  ];
  const flags = included.map((what) => ` --include ${what}`).join('');
  const left = affected
    .filter(({ running, after }) => Object.keys(running).some((version) => version !== after.version))
    .flatMap(({ key }) => model.workload(key) ?? [])
    .filter(({ uid }) => all.every((item) => item.uid !== uid));
  return {
    commands: [
      ...(all.length === 0 ? [] : [`kubectl linkerd-upgrade restart ${namespace}${flags}`]),
      ...byHand(left, namespace),
    ],
    left,
  };
}

/** How workloads are restarted that this program leaves alone, where one command does it. */
function byHand(workloads: readonly WorkloadRecord[], namespace: string): readonly string[] {
  const willing = workloads.filter((workload) => restartObstacle(workload) === undefined);
  const rollouts = willing.filter(({ kind }) => kind === 'Rollout');
  const names = willing.filter(({ kind }) => kind !== 'Rollout').map(resourceName);
  return [
    ...(names.length === 0 ? [] : [`kubectl rollout restart ${names.join(' ')} -n ${namespace}`]),
    ...rollouts.map(({ name }) => `kubectl argo rollouts restart ${name} -n ${namespace}`),
  ];
}
