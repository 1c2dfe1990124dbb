/**
 * Version skew between control plane and proxies.
 *
 * The rule, from https://linkerd.io/2/tasks/upgrade/ (2.10 to current editions): a control plane may be ahead of
 * its proxies by one release 2.N, whatever the patch numbers; more than one is not supported. All editions speak
 * of the control plane being ahead; none covers proxies that are newer.
 */
import { distance, type Release, releaseOf, releaseText } from './release.ts';
import { compareVersions, parseVersion, type Version } from './version.ts';
import type { SkewClass } from './view.ts';
import { count } from './words.ts';

/** Classes from worst to best. */
export const severity = [
  'violation',
  'unknown',
  'ahead',
  'behind-one',
  'behind',
  'current',
] as const satisfies readonly SkewClass[];

/** What a class means, after "it is …". */
export const classMeaning: Readonly<Record<SkewClass, string>> = {
  violation: 'two releases or more behind the control plane: this skew is not supported',
  unknown: 'the version could not be read or compared',
  ahead: 'newer than the control plane: no Linkerd document covers this',
  'behind-one': 'one release behind the control plane: supported, but it would not survive the next upgrade',
  behind: 'older than the control plane, within the same release: supported',
  current: 'at the version that the control plane gives',
};

/** A count of each class, all zero, to add to. */
export function noClasses(): Record<SkewClass, number> {
  return { violation: 0, unknown: 0, ahead: 0, 'behind-one': 0, behind: 0, current: 0 };
}

/** The worst class with a figure above zero; undefined when there is none. */
export function worst(byClass: Readonly<Record<SkewClass, number>>): SkewClass | undefined {
  return severity.find((skewClass) => byClass[skewClass] > 0);
}

/** What proxies are judged against. */
export interface SkewReference {
  /** The control plane's version, '' when unknown. */
  readonly version: string;
  /** What the injector gives to an unpinned workload: `proxy.image.version`, else the version. */
  readonly target: string;
}

export interface Skew {
  readonly class: SkewClass;
  /** Half a sentence that says why. */
  readonly reason: string;
}

/**
 * Judges a proxy version against the control plane. Pins play no part here: a pinned workload can run exactly
 * its pin and still be a violation. Where the table of releases does not reach, the class is the mildest that
 * the bounds allow; a violation is never guessed.
 */
export function skewOf(proxyVersion: string, reference: SkewReference): Skew {
  if (proxyVersion === '') return unknown('the version of the proxy cannot be read');
  if (reference.version === '') return unknown('the version of the control plane is not known');

  const proxy = parseVersion(proxyVersion);
  const controlPlane = parseVersion(reference.version);
  const proxyRelease = releaseOf(proxy);
  const controlPlaneRelease = releaseOf(controlPlane);
  const sameText = proxyVersion === reference.target || proxyVersion === reference.version;

  if (!proxyRelease || !controlPlaneRelease) {
    // Equality needs no release: a mesh that runs one development build throughout is at its target.
    if (sameText && proxy.kind !== 'unparsed') return current(proxyVersion, reference);
    return unknown(notARelease(proxyRelease ? controlPlane : proxy));
  }
  return judge({ proxy, proxyRelease, controlPlane, controlPlaneRelease, sameText }, reference);
}

interface Pair {
  readonly proxy: Version;
  readonly proxyRelease: Release;
  readonly controlPlane: Version;
  readonly controlPlaneRelease: Release;
  readonly sameText: boolean;
}

function judge(pair: Pair, reference: SkewReference): Skew {
  const order = compareVersions(pair.proxy, pair.controlPlane);
  const { min, max } = distance(pair.controlPlaneRelease, pair.proxyRelease);
  const proxyName = `${pair.proxy.text} (${releaseText(pair.proxyRelease)})`;
  const controlPlaneName = `the control plane's ${pair.controlPlane.text} (${releaseText(pair.controlPlaneRelease)})`;

  if (min >= 2) {
    return {
      class: 'violation',
      reason: `${proxyName} is ${atLeast(min, max)} releases behind ${controlPlaneName}; more than one is not supported`,
    };
  }
  if (min === 1) {
    return {
      class: 'behind-one',
      reason: `${proxyName} is ${max > 1 ? 'at least ' : ''}one release behind ${controlPlaneName}; finish before the next control-plane upgrade`,
    };
  }
  if (max < 0) {
    return {
      class: 'ahead',
      reason: `${proxyName} is of a newer release than ${controlPlaneName}; no Linkerd document covers that`,
    };
  }
  if (pair.sameText && !isBehindTarget(pair.proxy, reference)) return current(pair.proxy.text, reference);
  if (order === 1) {
    return {
      class: 'ahead',
      reason: `${pair.proxy.text} is newer than ${controlPlaneName}; no Linkerd document covers that`,
    };
  }
  if (min === 0 || order === -1) {
    return {
      class: 'behind',
      reason: `${pair.proxy.text} is not what the control plane injects (${reference.target}); same release`,
    };
  }
  return unknown(
    `${proxyName} and ${controlPlaneName} cannot be compared: the table of releases ends before them`,
  );
}

/**
 * The control plane's own version is no longer current once `proxy.image.version` asks for another, unless that
 * other one is known to be older.
 */
function isBehindTarget(proxy: Version, { target }: SkewReference): boolean {
  return proxy.text !== target && target !== '' && compareVersions(proxy, parseVersion(target)) !== 1;
}

function current(proxyVersion: string, reference: SkewReference): Skew {
  if (proxyVersion === reference.target) {
    return { class: 'current', reason: `${proxyVersion} is what the control plane injects` };
  }
  return {
    class: 'current',
    reason: `${proxyVersion} is the control plane's own version, although it injects ${reference.target}`,
  };
}

const unknown = (reason: string): Skew => ({ class: 'unknown', reason });

function atLeast(min: number, max: number): string {
  return max > min ? `at least ${min}` : `${min}`;
}

function notARelease(version: Version): string {
  if (version.kind === 'unparsed') return `"${version.text}" is not a Linkerd version`;
  return `nobody can say which release ${version.text} belongs to`;
}

/** What an upgrade of the control plane by one release would do to the proxies that run now. */
export interface NextUpgrade {
  /** True when the step would leave proxies more than one release behind. */
  readonly violates: boolean;
  /** Proxies that have to be restarted first. */
  readonly proxies: number;
  readonly reason: string;
}

/**
 * Judges the step from 2.N to 2.N+1: every proxy still at 2.N-1 or older would then be unsupported. The docs ask
 * to bring the data plane up to date before a step to another release.
 */
export function nextUpgrade(byClass: Readonly<Record<SkewClass, number>>): NextUpgrade {
  const proxies = byClass['behind-one'] + byClass.violation;
  if (proxies > 0) {
    const verb = proxies === 1 ? 'is' : 'are';
    return {
      violates: true,
      proxies,
      reason: `${count(proxies, 'proxy', 'proxies')} ${verb} a release behind already: restart them before the control plane goes to its next release`,
    };
  }
  if (byClass.unknown > 0) {
    return {
      violates: false,
      proxies: 0,
      reason: `no proxy is known to lag a release, but ${count(byClass.unknown, 'version')} cannot be judged`,
    };
  }
  return { violates: false, proxies: 0, reason: 'no proxy lags a release behind' };
}

/** Whether the control plane may go from one version to another in one step; the reason in words. */
export function plannedStep(
  from: string,
  to: string,
): { readonly supported: boolean | undefined; readonly reason: string } {
  const fromRelease = releaseOf(parseVersion(from));
  const toRelease = releaseOf(parseVersion(to));
  if (!fromRelease || !toRelease) {
    return { supported: undefined, reason: `${fromRelease ? to : from} belongs to no known release` };
  }
  const step = `from ${releaseText(fromRelease)} to ${releaseText(toRelease)}`;
  const { min, max } = distance(toRelease, fromRelease);
  if (min > 1)
    return { supported: false, reason: `${step} skips a release; go through one release at a time` };
  if (max < 0) return { supported: false, reason: `${step} is a downgrade` };
  if (min < 0 || max > 1) return { supported: undefined, reason: `${step} may skip a release` };
  return { supported: true, reason: `${step} is one step` };
}
