import { severity } from '../../mesh/skew.ts';
import type { EffectKind } from '../../mesh/view.ts';
import { byText, count } from '../../mesh/words.ts';
import { someOf } from '../applicability/facts.ts';
import { type Follower, followersOf, lagOf, proxiesOf, versionsOf, versionTexts } from '../data-plane.ts';
import { restartCommands } from './before.ts';
import { type Finding, guide, type StepContext } from './task.ts';

/** The data plane: every meshed workload is restarted, and the injector gives it the new proxy. */
export function dataPlane(step: StepContext): Finding {
  const { inventory, to, reached } = step;
  const all = followersOf(inventory);
  const behind = reached ? all.filter((follower) => lagOf(follower) > 0).toSorted(byNeed) : all;
  const total = proxiesOf(all);
  const common = {
    id: 'data-plane',
    kind: 'data-plane',
    title: `Restart the meshed workloads, for proxies of ${to}`,
    docs: guide.dataPlane,
  } as const;
  if (all.length === 0) {
    const unread = inventory.unreadable.find(({ what }) => what.startsWith('pods'));
    return {
      ...common,
      state: unread ? 'unknown' : 'done',
      why: unread
        ? `no proxies were seen, but not all could be read: ${unread.what}`
        : 'there are no meshed pods',
      commands: [],
      details: [],
    };
  }
  const names = behind.map(({ namespace }) => namespace.name);
  const details = [...behind.map(namespaceText), ...obstacles(behind), ...targetText(step)];
  if (!reached) {
    return {
      ...common,
      state: 'open',
      why: `${count(total, 'proxy', 'proxies')} in ${count(all.length, 'namespace')}: ${someOf(names)}`,
      commands: restartCommands(names),
      details,
    };
  }
  const lag = all.reduce((sum, follower) => sum + lagOf(follower), 0);
  const unknown = all.reduce((sum, { byClass }) => sum + byClass.unknown, 0);
  if (lag === 0) {
    return {
      ...common,
      state: unknown > 0 ? 'unknown' : 'done',
      why:
        unknown > 0
          ? `${count(unknown, 'proxy', 'proxies')} of ${total} cannot be judged; the others are not behind`
          : `none of ${count(total, 'proxy', 'proxies')} is behind`,
      commands: [],
      details,
    };
  }
  const target = inventory.controlPlane.target || to;
  const rolling = names.some((name) => inventory.mesh.workloads(name).some(({ rollout }) => rollout !== ''));
  return {
    ...common,
    state: lag < total || rolling ? 'in-progress' : 'open',
    why: `${versionsOf(all)[target] ?? 0} of ${count(total, 'proxy', 'proxies')} on ${target}; behind: ${someOf(names)}`,
    commands: restartCommands(names),
    details,
  };
}

/** The worst first. */
function byNeed(a: Follower, b: Follower): number {
  const rank = ({ byClass }: Follower): number => severity.findIndex((skewClass) => byClass[skewClass] > 0);
  return rank(a) - rank(b) || byText(a.namespace.name, b.namespace.name);
}

/** `shop: edge-25.4.4 (2), edge-25.10.7 (1)`. */
function namespaceText({ namespace, byVersion }: Follower): string {
  return `${namespace.name}: ${versionTexts(byVersion).join(', ')}`;
}

/** What a restart alone does not bring forward. */
function obstacles(followers: readonly Follower[]): readonly string[] {
  const those = (kind: EffectKind, text: (names: string) => string): readonly string[] => {
    const names = followers
      .filter(({ namespace }) => namespace.effects[kind] > 0)
      .map(({ namespace }) => namespace.name);
    return names.length === 0 ? [] : [text(someOf(names))];
  };
  return [
    ...those(
      'pinned',
      (names) => `Pinned workloads keep their version in ${names}: kubectl linkerd-upgrade unpin.`,
    ),
    ...those(
      'static',
      (names) =>
        `Proxies that stand in templates stay as they are in ${names}: inject them again (linkerd inject --manual).`,
    ),
    ...those(
      'unmeshes',
      (names) => `A restart would take the proxy away in ${names}: kubectl linkerd-upgrade plan says why.`,
    ),
    ...those(
      'unsupported',
      (names) => `Some workloads cannot be restarted in ${names}: kubectl linkerd-upgrade plan says why.`,
    ),
  ];
}

/** The injector may give another version than the control plane's. */
function targetText({ inventory, reached }: StepContext): readonly string[] {
  const { target, version } = inventory.controlPlane;
  if (target === '' || target === version) return [];
  return reached
    ? [`The injector gives ${target} (proxy.image.version), not ${version}.`]
    : [`proxy.image.version is set to ${target}: change or remove it, or restarts bring that version.`];
}
