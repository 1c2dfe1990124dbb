import { compareVersions, parseVersion } from '../mesh/version.ts';
import { extensionsOf } from './applicability/extensions.ts';
import { followersOf, lagOf } from './data-plane.ts';
import type { Inventory } from './inventory.ts';
import { lacksJaeger } from './tasks/jaeger.ts';
import { missingCrd } from './tasks/linkerd-crds.ts';

/**
 * Where the step that led to the running control plane began, as far as what lags tells: the oldest version among lagging
 * proxies, extensions, Links and components. Undefined where nothing is left of that step.
 */
export function unfinishedFrom(inventory: Inventory): string | undefined {
  const { controlPlane, links } = inventory;
  const { version: at, halfRolled, components, ready } = controlPlane;
  const isOlder = (version: string): boolean =>
    compareVersions(parseVersion(version), parseVersion(at)) === -1;

  const proxies = followersOf(inventory)
    .filter((follower) => lagOf(follower) > 0)
    .flatMap(({ byVersion }) => Object.keys(byVersion))
    .filter((version) => version !== controlPlane.target);
  const extensions = extensionsOf(inventory)
    .filter(({ followsLinkerd, version }) => followsLinkerd && isOlder(version))
    .map(({ version }) => version);
  const mirrors = links.state === 'known' ? links.value : [];
  const linked = mirrors.filter(({ version }) => isOlder(version)).map(({ version }) => version);
  const rolling = halfRolled !== '' || (components.length > 0 && !ready);
  const running = rolling ? components.map(({ version }) => version) : [];
  const removed = lacksJaeger(at) && extensionsOf(inventory).some(({ name }) => name === 'jaeger');

  const lacksCrd = missingCrd(inventory, at) !== '';

  const versions = [...proxies, ...extensions, ...linked, ...running];
  if (versions.length === 0 && !rolling && !removed && !lacksCrd) return undefined;
  return versions.reduce(
    (oldest, version) =>
      compareVersions(parseVersion(version), parseVersion(oldest)) === -1 ? version : oldest,
    at,
  );
}
