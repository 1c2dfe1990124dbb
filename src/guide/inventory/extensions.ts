import { annotation, container as containerName, label } from '../../data/linkerd.ts';
import type { NamespaceRecord, PodTemplate, WorkloadRecord } from '../../kube/records.ts';
import { imageTag, parseImage } from '../../mesh/image.ts';
import { releaseOf } from '../../mesh/release.ts';
import { compareVersions, parseVersion } from '../../mesh/version.ts';
import { byText, count } from '../../mesh/words.ts';
import type { Extension, Installation } from '../inventory.ts';
import { extensionInstallation, named } from './installation.ts';

/** Extensions that are released together with Linkerd. */
const ofLinkerd: ReadonlySet<string> = new Set(['viz', 'multicluster', 'jaeger']);
/** Made when a cluster is linked, and renewed by linking again: no part of the extension's own version. */
const SERVICE_MIRROR = 'linkerd-service-mirror-';
/** From 2.12 on the templates of the extensions ask for their proxies themselves. */
const FIRST_MINOR_WITH_TEMPLATES = 12;

export interface ExtensionHome {
  readonly name: string;
  readonly namespace: string;
  /** undefined where the Namespace could not be read. */
  readonly record: NamespaceRecord | undefined;
  /** undefined where they could not be read. */
  readonly deployments: readonly WorkloadRecord[] | undefined;
  /** Live proxies of the namespace by version. */
  readonly proxies: Readonly<Record<string, number>>;
  /** Its Deployments with live pods that have no proxy. */
  readonly unmeshed: readonly string[];
  /** All namespaces that say they hold this extension. */
  readonly namespaces: readonly string[];
}

/** An extension as its namespace and its Deployments show it. */
export function describeExtension(home: ExtensionHome, controlPlane: Installation): Extension {
  const { name, namespace, proxies } = home;
  const followsLinkerd = ofLinkerd.has(name);
  const parts = (home.deployments ?? []).filter((deployment) => !deployment.name.startsWith(SERVICE_MIRROR));
  const versions = followsLinkerd ? linkerdVersions(parts) : ownVersions(parts);
  const version = oldest([...versions.keys()]);
  return {
    name,
    namespace,
    version,
    followsLinkerd,
    installation: extensionInstallation({ name, version, deployments: parts }, controlPlane),
    proxies,
    problems: [
      ...severalVersions(versions),
      ...namespaceProblems(home, version),
      ...(home.deployments === undefined
        ? ['its Deployments could not be read, so its version is not known']
        : []),
    ],
  };
}

/**
 * Versions of Linkerd that an extension's Deployments name, each with those that do: by label, else by the tag of an
 * image of their own. A label or tag that is no version of Linkerd belongs to something that the extension uses.
 */
function linkerdVersions(deployments: readonly WorkloadRecord[]): ReadonlyMap<string, readonly string[]> {
  return grouped(deployments, (deployment) => {
    const written = deployment.labels[label.version] ?? '';
    return [written, ...ownTags(deployment.template)].find(isLinkerdVersion) ?? '';
  });
}

function ownVersions(deployments: readonly WorkloadRecord[]): ReadonlyMap<string, readonly string[]> {
  return grouped(
    deployments,
    ({ labels, template }) => labels[label.version] || (ownTags(template)[0] ?? ''),
  );
}

function grouped(
  deployments: readonly WorkloadRecord[],
  versionOf: (deployment: WorkloadRecord) => string,
): ReadonlyMap<string, readonly string[]> {
  const groups = Map.groupBy(deployments, versionOf);
  groups.delete('');
  return new Map([...groups].map(([version, those]) => [version, those.map(({ name }) => name)]));
}

function isLinkerdVersion(text: string): boolean {
  const { kind } = parseVersion(text);
  return kind === 'numbered' || kind === 'dated';
}

/** Tags of a template's containers other than Linkerd's proxy. */
function ownTags({ containers }: PodTemplate): readonly string[] {
  return containers
    .filter(({ name, init }) => !init && name !== containerName.proxy)
    .map(({ image }) => imageTag(image))
    .filter((tag) => tag !== '');
}

/** What is left to upgrade counts, so of several versions the oldest; among those without an order the first by text. */
function oldest(versions: readonly string[]): string {
  const [first = '', ...others] = versions.toSorted(byText);
  return others.reduce(
    (best, version) => (compareVersions(parseVersion(version), parseVersion(best)) === -1 ? version : best),
    first,
  );
}

function severalVersions(versions: ReadonlyMap<string, readonly string[]>): readonly string[] {
  if (versions.size < 2) return [];
  const parts = [...versions]
    .sort(([a], [b]) => byText(a, b))
    .map(([version, deployments]) => `${named(deployments)} ${version}`);
  return [`its parts are of ${count(versions.size, 'version')}: ${parts.join('; ')}`];
}

function namespaceProblems(
  { name, namespace, record, namespaces, unmeshed }: ExtensionHome,
  version: string,
): readonly string[] {
  const problems: string[] = [];
  const others = namespaces.filter((other) => other !== namespace);
  if (others.length > 0) {
    problems.push(
      `namespace ${named(others)} has the label ${label.extension}=${name} too: linkerd check takes one of them`,
    );
  }
  if (record !== undefined && record.labels[label.extension] !== name) {
    problems.push(
      `namespace ${namespace} lacks the label ${label.extension}=${name}: linkerd does not find the extension`,
    );
  }
  const minor = releaseOf(parseVersion(version))?.minor;
  const byNamespace = ofLinkerd.has(name) && minor !== undefined && minor < FIRST_MINOR_WITH_TEMPLATES;
  if (record !== undefined && byNamespace && record.annotations[annotation.inject] !== 'enabled') {
    problems.push(
      `namespace ${namespace} lacks the annotation ${annotation.inject}: enabled, by which ${name} of this release gets its proxies`,
    );
  } else if (ofLinkerd.has(name) && unmeshed.length > 0) {
    problems.push(`${named(unmeshed)} in namespace ${namespace} run without a proxy`);
  }
  return problems;
}

/** Registry and repository of an image without its last part: `cr.l5d.io/linkerd`. */
export function registryOf(image: string): string {
  const { name } = parseImage(image);
  const slash = name.lastIndexOf('/');
  return slash < 0 ? '' : name.slice(0, slash);
}
