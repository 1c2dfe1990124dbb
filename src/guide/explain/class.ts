import { releases } from '../../data/releases.ts';
import { releaseOf } from '../../mesh/release.ts';
import { classMeaning } from '../../mesh/skew.ts';
import { effectsOf } from '../../mesh/tally.ts';
import { parseVersion } from '../../mesh/version.ts';
import type { ControlPlaneView, MeshView, SkewClass, WorkloadView } from '../../mesh/view.ts';
import { count } from '../../mesh/words.ts';
import type { Explanation, Ground } from '../explanation.ts';
import { controlPlaneGround, findingsIn, findingsOf } from './class-grounds.ts';
import { effectsText } from './effects.ts';
import { PROGRAM } from './next-commands.ts';
import { restartText } from './restart-text.ts';
import { operandOf } from './subject.ts';
import { ruleOfClass } from './workload.ts';

/** Workloads that are shown as examples. */
const MOST_EXAMPLES = 8;

/** What a class means, which releases it covers under this control plane, and who has it. */
export function explainClass(name: SkewClass, mesh: MeshView): Explanation {
  const { totals, controlPlane } = mesh;
  const found = mesh.namespaces
    .flatMap((namespace) => (namespace.byClass[name] > 0 ? mesh.workloads(namespace.name) : []))
    .filter(({ byClass }) => byClass[name] > 0);
  const proxies = totals.byClass[name];
  const here =
    proxies === 0
      ? 'No proxy of this cluster is.'
      : `${count(proxies, 'proxy', 'proxies')} of this cluster: ${count(found.length, 'workload')}.`;
  return {
    subject: name,
    answer: `${name} means ${classMeaning[name]}. ${here}`,
    grounds: [
      controlPlaneGround(controlPlane),
      ...coverage(name, controlPlane),
      ...examples(name, found, mesh),
    ],
    restart:
      found.length === 0
        ? ''
        : `A restart of the ${count(found.length, 'workload')}: ${effectsText(effectsOf(found))}.`,
    risks: [],
    rules: ruleOfClass[name],
    next: nextFor(name, found),
  };
}

/** The releases that a class covers, worked out for this control plane. */
function coverage(name: SkewClass, { version, target }: ControlPlaneView): readonly Ground[] {
  const release = releaseOf(parseVersion(version));
  if (!release || release.beforeTable) return [];
  const { minor, orLater } = release;
  const begins = (of: number): string => {
    const row = releases.find((candidate) => candidate.minor === of);
    return row ? `2.${of} (${row.edge})` : `2.${of}`;
  };
  const ground = (value: string, follows: string): Ground => ({
    topic: 'class',
    what: `${name} under 2.${minor}${orLater ? ' or later' : ''}`,
    value,
    follows,
    decides: true,
  });
  switch (name) {
    case 'violation':
      return [
        ground(
          `2.${minor - 2} or older`,
          `${minor} less ${minor - 2} is 2 releases; edges older than the one that begins ${begins(minor - 1)}`,
        ),
      ];
    case 'behind-one':
      return [
        ground(
          `2.${minor - 1}`,
          `${minor} less ${minor - 1} is 1 release; edges from the one that begins ${begins(minor - 1)} to before ${begins(minor)}`,
        ),
      ];
    case 'behind':
      return [
        ground(`2.${minor}`, `of the same release, but not ${target}, which the control plane injects`),
      ];
    case 'current':
      return [ground(target, 'what the control plane injects')];
    case 'ahead':
      return [ground(`newer than ${version}`, 'look for a pin, or a control plane that was taken back')];
    case 'unknown':
      return [
        ground(
          'dev, git and other builds',
          'versions that cannot be read, that belong to no known release, or of another control plane',
        ),
      ];
  }
}

function examples(name: SkewClass, found: readonly WorkloadView[], mesh: MeshView): readonly Ground[] {
  const shown = found.slice(0, MOST_EXAMPLES).flatMap((workload): readonly Ground[] => {
    const pods = findingsOf(workload, mesh);
    const all = pods.length > 0 ? pods : findingsIn(workload, mesh.controlPlane);
    const [first] = all.filter((finding) => finding.class === name);
    if (!first) return [];
    return [
      {
        topic: 'cluster',
        what: operandOf(workload),
        value: first.version || 'version not readable',
        follows: restartText(workload.effect),
        decides: false,
      },
    ];
  });
  const rest = found.length - MOST_EXAMPLES;
  if (rest <= 0) return shown;
  const more: Ground = { topic: 'cluster', what: `${rest} more`, value: '', follows: '', decides: false };
  return [...shown, more];
}

function nextFor(name: SkewClass, found: readonly WorkloadView[]): readonly string[] {
  const [first] = found;
  if (!first) return [];
  const explain = `${PROGRAM} explain ${operandOf(first)}`;
  switch (name) {
    case 'violation':
      return [`${PROGRAM} plan -A --only violations`, explain];
    case 'behind-one':
    case 'behind':
      return [`${PROGRAM} plan -A --only behind`, explain];
    default:
      return [explain];
  }
}
