import { type Notice, notices } from '../../data/notices.ts';
import { edgeAdvice, type ReleaseRow, releases, stables } from '../../data/releases.ts';
import { type DocumentedRule, rules } from '../../data/rules.ts';
import { kubernetesSupport } from '../../mesh/kubernetes.ts';
import { membershipText } from '../../mesh/membership.ts';
import { releaseOf, releaseText } from '../../mesh/release.ts';
import { skewOf } from '../../mesh/skew.ts';
import { compareVersions, parseVersion, type Version } from '../../mesh/version.ts';
import type { MeshView } from '../../mesh/view.ts';
import type { Explanation, Ground } from '../explanation.ts';
import { someOf } from './effects.ts';
import { PROGRAM } from './next-commands.ts';

/** What is known of a version or release, and what it has to do with this cluster. */
export function explainVersion(
  text: string,
  mesh: MeshView,
  kubernetes: string,
): Explanation | { readonly error: string } {
  const version = versionOf(text);
  const isRelease = version.text !== text;
  const release = releaseOf(version);
  const runs = mesh.totals.byVersion[text] ?? 0;
  if (version.kind === 'unparsed' && runs === 0) {
    return {
      error: `"${text}" is no Linkerd version: say for example edge-25.10.7, stable-2.14.10, enterprise-2.19.4 or 2.19`,
    };
  }
  const row = releases.find(({ minor }) => minor === release?.minor && !release.beforeTable);
  const begins = severities.flatMap((severity) =>
    notices.filter((notice) => notice.severity === severity && beginsWith(notice, version, isRelease)),
  );
  return {
    subject: isRelease ? `release ${text}` : text,
    answer: isRelease
      ? `Release ${text} begins with ${row?.edge ?? 'an edge that is not known'}.`
      : `${text} is ${release ? `of release ${releaseText(release)}` : 'of no release that can be told'}: ${membershipText(version)}.`,
    grounds: [
      ...releaseGrounds(version, row, isRelease),
      ...adviceGrounds(text),
      ...rangeGrounds(version, row, kubernetes),
      ...clusterGrounds(text, version, mesh, isRelease),
      ...begins.map(noticeGround),
    ],
    restart: '',
    risks: [],
    rules: rulesFor(version, row),
    next: nextFor(text, version, mesh),
  };
}

/** What has to be acted upon first. */
const severities = ['action', 'warning', 'info'] as const;

/** A release stands for the edge that begins it. */
function versionOf(text: string): Version {
  const row = releases.find(({ minor }) => text === `2.${minor}`);
  return parseVersion(row?.edge ?? text);
}

const ground = (
  topic: Ground['topic'],
  what: string,
  value: string,
  follows: string,
  decides = false,
): Ground => ({
  topic,
  what,
  value,
  follows,
  decides,
});

function releaseGrounds(
  version: Version,
  row: ReleaseRow | undefined,
  isRelease: boolean,
): readonly Ground[] {
  if (!row) return [];
  const date = stables.find(([name]) => name === version.text)?.[1];
  const derived = row.edgePublished
    ? ''
    : ', by the nearest edge before its branch point, not by an announcement';
  const { stable } = row;
  return [
    ...(date ? [ground('release', version.text, date, 'date of this stable release')] : []),
    ground(
      'release',
      `release 2.${row.minor}`,
      row.released,
      `begins with ${row.edge} of ${row.edgeDate}${derived}`,
      isRelease,
    ),
    stable
      ? ground(
          'release',
          'stable releases',
          `${stable.first} to ${stable.last}`,
          `${stable.firstDate} to ${stable.lastDate}`,
        )
      : ground('release', 'stable releases', 'none', 'from 2.15 on the project publishes edge releases only'),
  ];
}

const levels = {
  'not-recommended': 'not recommended',
  conditional: 'not where the condition holds',
  'prefer-other': 'another one is preferred',
} as const;

function adviceGrounds(text: string): readonly Ground[] {
  const advice = edgeAdvice.find(({ edges }) => edges.includes(text));
  if (!advice) return [];
  const { level, condition, reason, use } = advice;
  const where = condition === '' ? '' : ` where ${condition}`;
  return [
    ground('release', 'advised against', levels[level], `${reason}${where}; use ${use.join(' or ')}`, true),
  ];
}

function rangeGrounds(version: Version, row: ReleaseRow | undefined, kubernetes: string): readonly Ground[] {
  if (!row) return [];
  const { min, max } = row.kubernetes;
  const { level, reason } = kubernetesSupport(kubernetes, version);
  const range = min && max ? `${min} to ${max}` : 'not documented';
  const found = [ground('release', 'Kubernetes', range, reason, level === 'error')];
  if (!row.gatewayApi) return found;
  return [...found, ground('release', 'Gateway API', `${row.gatewayApi.min} to ${row.gatewayApi.max}`, '')];
}

function clusterGrounds(
  text: string,
  version: Version,
  mesh: MeshView,
  isRelease: boolean,
): readonly Ground[] {
  const { controlPlane, totals, namespaces } = mesh;
  const isThis = (other: string): boolean =>
    isRelease ? releaseOf(parseVersion(other))?.minor === releaseOf(version)?.minor : other === text;
  const versions = Object.keys(totals.byVersion).filter(isThis);
  const runs = versions.reduce((sum, name) => sum + (totals.byVersion[name] ?? 0), 0);
  const homes = namespaces.filter(({ byVersion }) => versions.some((name) => byVersion[name]));
  const found: Ground[] = [];
  if (isThis(controlPlane.version)) {
    found.push(
      ground('cluster', 'control plane', controlPlane.version, `in namespace ${controlPlane.namespace}`),
    );
  }
  found.push(
    ground(
      'cluster',
      'proxies',
      String(runs),
      runs === 0 ? 'no proxy of this cluster runs it' : `in ${someOf(homes.map(({ name }) => name))}`,
    ),
  );
  if (!isRelease && controlPlane.version !== '') {
    const skew = skewOf(text, controlPlane);
    found.push(ground('cluster', 'a proxy of it would be', skew.class, skew.reason));
  }
  return found;
}

/** Whether a notice begins with this very version: an edge's own, a stable patch's, or all of a release's. */
function beginsWith(notice: Notice, version: Version, isRelease: boolean): boolean {
  const release = releaseOf(version);
  if (isRelease) return notice.to === `2.${release?.minor}` || notice.to.startsWith(`2.${release?.minor}.`);
  if (version.kind === 'dated') return notice.sinceEdge === version.text;
  if (version.kind !== 'numbered') return false;
  const patch = `2.${version.minor}.${version.patch}`;
  return notice.to === patch || (version.patch === 0 && notice.to === `2.${version.minor}`);
}

function noticeGround({ severity, title, condition, action }: Notice): Ground {
  const when = condition === '' || condition === 'always' ? '' : `Where ${condition}: `;
  return ground('notices', severity, title, `${when}${action}`);
}

function rulesFor(version: Version, row: ReleaseRow | undefined): readonly DocumentedRule[] {
  const announcement = row?.announcement
    ? [{ text: `The announcement of 2.${row.minor}.`, link: row.announcement }]
    : [];
  return [
    ...(version.kind === 'dated' ? [rules.edges] : []),
    rules.kubernetes,
    ...(row?.gatewayApi ? [rules.gatewayApi] : []),
    ...announcement,
  ];
}

function nextFor(text: string, version: Version, { controlPlane }: MeshView): readonly string[] {
  const isNewer = compareVersions(version, parseVersion(controlPlane.version)) === 1;
  return isNewer ? [`${PROGRAM} plan upgrade --to ${text}`] : [];
}
