import { skewOf } from '../mesh/skew.ts';
import type { NamespaceView, SkewClass, Tally } from '../mesh/view.ts';
import { byText } from '../mesh/words.ts';
import type { Inventory } from './inventory.ts';

/** What of a namespace follows this control plane. */
export interface Follower {
  readonly namespace: NamespaceView;
  readonly proxies: number;
  readonly byVersion: Readonly<Record<string, number>>;
  readonly byClass: Readonly<Record<SkewClass, number>>;
}

type Figures = Pick<Tally, 'proxies' | 'byVersion' | 'byClass'>;

/**
 * Namespaces with proxies of this control plane: not its own ones, which come new with it, nor those that belong to
 * another control plane.
 */
export function followersOf({ mesh, controlPlane }: Inventory): readonly Follower[] {
  const reference = { version: controlPlane.version, target: controlPlane.target };
  const isForeign = ({ proxies, byVersion, byClass }: Figures): boolean =>
    // Unjudged although the versions could be judged: such proxies name another control plane.
    byClass.unknown === proxies &&
    Object.keys(byVersion).every((version) => skewOf(version, reference).class !== 'unknown');

  return mesh.namespaces
    .filter(({ role, proxies }) => role !== 'control-plane' && proxies > 0)
    .flatMap((namespace) => {
      const workloads = mesh.workloads(namespace.name).filter(({ proxies }) => proxies > 0);
      const isWhole = workloads.reduce((sum, { proxies }) => sum + proxies, 0) === namespace.proxies;
      const own = (isWhole ? workloads : [namespace]).filter((part) => !isForeign(part));
      return own.length === 0 ? [] : [{ namespace, ...sumOf(own) }];
    });
}

function sumOf(parts: readonly Figures[]): Figures {
  const byVersion: Record<string, number> = {};
  const byClass = { violation: 0, unknown: 0, ahead: 0, 'behind-one': 0, behind: 0, current: 0 };
  let proxies = 0;
  for (const part of parts) {
    proxies += part.proxies;
    for (const [version, count] of Object.entries(part.byVersion)) {
      byVersion[version] = (byVersion[version] ?? 0) + count;
    }
    for (const name of classes) byClass[name] += part.byClass[name];
  }
  return { proxies, byVersion, byClass };
}

const classes = [
  'violation',
  'unknown',
  'ahead',
  'behind-one',
  'behind',
  'current',
] as const satisfies readonly SkewClass[];

/** Classes of proxies that a restart is to bring forward. */
const lagging: readonly SkewClass[] = ['violation', 'behind-one', 'behind'];

/** Proxies of a namespace that lag. */
export function lagOf({ byClass }: Pick<Follower, 'byClass'>): number {
  return lagging.reduce((sum, skewClass) => sum + byClass[skewClass], 0);
}

/** Proxies of this control plane together. */
export function proxiesOf(followers: readonly Follower[]): number {
  return followers.reduce((sum, { proxies }) => sum + proxies, 0);
}

/** Proxies of this control plane by version. */
export function versionsOf(followers: readonly Follower[]): Readonly<Record<string, number>> {
  return sumOf(followers).byVersion;
}

/** `edge-25.10.7 (10)`, `edge-25.9.4 (4)`: the most frequent first. */
export function versionTexts(byVersion: Readonly<Record<string, number>>): readonly string[] {
  return Object.entries(byVersion)
    .sort(([a, m], [b, n]) => n - m || byText(a, b))
    .map(([version, proxies]) => `${version} (${proxies})`);
}
