import type { ProxyShape } from './census.ts';
import type { MeshContext } from './context.ts';
import { noClasses, type Skew, skewOf, worst } from './skew.ts';
import type { Effect, EffectKind, Tally } from './view.ts';
import { byText } from './words.ts';

/** Key of `byVersion` for proxies whose version cannot be read. */
export const UNREADABLE_VERSION = 'unknown';

/** Judges proxies against one context, each distinct version once. */
export interface Judge {
  readonly context: MeshContext;
  skew(shape: ProxyShape): Skew;
  /** The proxy trusts another root than the control plane hands out now. False where either is not known. */
  isTrustStale(shape: ProxyShape): boolean;
  /** The proxy names another control plane than the one this is about. */
  isForeign(shape: ProxyShape): boolean;
}

/** A judge for `context`; it remembers the class of each version it has seen. */
export function createJudge(context: MeshContext): Judge {
  const known = new Map<string, Skew>();
  const isForeign = ({ controlPlaneNamespace }: ProxyShape): boolean =>
    controlPlaneNamespace !== '' && controlPlaneNamespace !== context.controlPlaneNamespace;

  return {
    context,
    isForeign,
    isTrustStale: (shape) =>
      context.trustRootSha256 !== '' &&
      shape.trustRootSha256 !== '' &&
      shape.trustRootSha256 !== context.trustRootSha256 &&
      !isForeign(shape),
    skew(shape) {
      if (isForeign(shape)) return foreign(shape, context);
      let skew = known.get(shape.version);
      if (!skew) {
        skew = skewOf(shape.version, context);
        known.set(shape.version, skew);
      }
      return skew;
    },
  };
}

function foreign({ controlPlaneNamespace }: ProxyShape, context: MeshContext): Skew {
  const gone = context.orphaned.includes(controlPlaneNamespace) ? ', which does not exist any more' : '';
  return {
    class: 'unknown',
    reason: `the proxy belongs to the control plane in namespace ${controlPlaneNamespace}${gone}`,
  };
}

/** Sums proxies by version and class. */
export function tallyOf(shapes: ReadonlyMap<ProxyShape, number>, judge: Judge): Tally {
  const versions = new Map<string, number>();
  const byClass = noClasses();
  let proxies = 0;
  let staleTrust = 0;
  for (const [shape, count] of shapes) {
    const version = shape.version || UNREADABLE_VERSION;
    versions.set(version, (versions.get(version) ?? 0) + count);
    byClass[judge.skew(shape).class] += count;
    proxies += count;
    if (judge.isTrustStale(shape)) staleTrust += count;
  }
  const byVersion = Object.fromEntries([...versions].sort(([a], [b]) => byText(a, b)));
  return { proxies, byVersion, byClass, worst: worst(byClass), staleTrust };
}

/** Effects in the order of interest: what may hurt first. */
export const effectsByInterest: readonly EffectKind[] = [
  'unmeshes',
  'downgrades',
  'meshes',
  'upgrades',
  'renews',
  'unknown',
  'unsupported',
  'static',
  'pinned',
  'nothing',
];

/** No workload of any effect. */
export function noEffects(): Record<EffectKind, number> {
  return {
    upgrades: 0,
    downgrades: 0,
    renews: 0,
    nothing: 0,
    pinned: 0,
    static: 0,
    unmeshes: 0,
    meshes: 0,
    unsupported: 0,
    unknown: 0,
  };
}

/** Workloads by what a restart would do to them. */
export function effectsOf(workloads: readonly { readonly effect: Effect }[]): Record<EffectKind, number> {
  const effects = noEffects();
  for (const { effect } of workloads) effects[effect.kind] += 1;
  return effects;
}
