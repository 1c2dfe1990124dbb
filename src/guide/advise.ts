import { compareReleases, releaseOf } from '../mesh/release.ts';
import { parseVersion } from '../mesh/version.ts';
import { count } from '../mesh/words.ts';
import type { Advice, ApplicableNotice, Destination, UpgradeStep } from './advice.ts';
import { installationText } from './applicability/installed.ts';
import { applicableNotices } from './applicability.ts';
import { channelOf, destinationOf, versionFor } from './destination.ts';
import type { Inventory } from './inventory.ts';
import { type PathStep, pathTo } from './path.ts';
import { settle } from './settle.ts';
import { unfinishedFrom } from './standing-step.ts';
import { before } from './tasks/before.ts';
import { cli } from './tasks/cli.ts';
import { controlPlane } from './tasks/control-plane.ts';
import { dataPlane } from './tasks/data-plane.ts';
import { extensions } from './tasks/extensions.ts';
import { type Finding, quote, type StepContext } from './tasks/task.ts';
import { verify } from './tasks/verify.ts';

/**
 * What to do next on this cluster, from the CLI to the last proxy (https://linkerd.io/docs/tasks/upgrade/). Where the
 * control plane is ahead of what follows it, the first step is the one that led there, with what is left of it.
 *
 * Notices of every step ("any") are not repeated here: they are the tasks themselves.
 */
export function advise(inventory: Inventory, destination: Destination): Advice {
  const from = inventory.controlPlane.version;
  const path = pathTo(from, destination);
  const began = from === '' ? undefined : unfinishedFrom(inventory);
  const standing = began === undefined ? undefined : standingStep(began, inventory);
  const remarks = [...path.remarks, ...remarksOn(inventory)];

  if (path.steps.length === 0) {
    if (!standing || !isSettled(from, destination)) {
      return { from, to: from, refusal: path.refusal, steps: [], remarks };
    }
    const steps = stepsOf(inventory, [standing], true);
    return { from, to: from, refusal: '', steps, remarks: [path.refusal, ...remarks] };
  }
  const all = standing ? [standing, ...path.steps] : path.steps;
  return {
    from,
    to: path.steps.at(-1)?.to ?? from,
    refusal: '',
    steps: stepsOf(inventory, all, standing !== undefined),
    remarks,
  };
}

/** Whether a refused destination is where the control plane is already, or older only because nothing newer is known. */
export function isSettled(from: string, destination: Destination): boolean {
  const wish = destinationOf(destination);
  if ('error' in wish) return false;
  const start = parseVersion(from);
  const channel = channelOf(start);
  const target = channel ? versionFor(wish.version, channel) : undefined;
  if (target === undefined) return false;
  if (target === from) return true;
  return target !== wish.version && compareReleases(releaseOf(start), releaseOf(parseVersion(target))) !== 1;
}

function standingStep(began: string, { controlPlane: { version, release } }: Inventory): PathStep {
  return { from: began, to: version, release };
}

/** @param hasStanding true when the first step is the one that the control plane has made */
function stepsOf(
  inventory: Inventory,
  path: readonly PathStep[],
  hasStanding: boolean,
): readonly UpgradeStep[] {
  const contexts = path.map(
    ({ from, to }, index): StepContext => ({
      inventory,
      from,
      to,
      reached: hasStanding && index === 0,
      isNext: index === (hasStanding ? 1 : 0),
    }),
  );
  const settled = settle(contexts.map(tasksOf));
  return path.map((step, index) => ({
    from: step.from,
    to: step.to,
    release: step.release,
    tasks: settled[index] ?? [],
    notices: noticesOf(inventory, step, hasStanding && index === 0),
  }));
}

/** In the order of the guide; what comes before the control plane is past once it has made the step. */
function tasksOf(step: StepContext): readonly Finding[] {
  return [
    ...(step.reached ? [] : before(step)),
    ...cli(step),
    ...controlPlane(step),
    ...extensions(step),
    dataPlane(step),
    verify(step),
  ];
}

/** Parts that follow the control plane, so that what concerns them is still ahead when it has made the step. */
const followers: ReadonlySet<string> = new Set([
  'data-plane',
  'viz',
  'multicluster',
  'jaeger',
  'smi',
  'cni',
  'ingress',
]);

function noticesOf(
  inventory: Inventory,
  { from, to }: PathStep,
  reached: boolean,
): readonly ApplicableNotice[] {
  return applicableNotices(inventory, from, to)
    .filter(({ notice }) => notice.to !== 'any' && (!reached || followers.has(notice.component)))
    .map((applicable) => withRelease(applicable, inventory));
}

/** The notices about the move to two charts speak of a release that is known here. */
function withRelease(applicable: ApplicableNotice, { installation }: Inventory): ApplicableNotice {
  const { notice } = applicable;
  if (installation.method !== 'helm' || !notice.id.startsWith('2.12-helm-')) return applicable;
  const commands = notice.commands.map((command) =>
    command
      .replaceAll(/\bNAMESPACE\b/g, quote(installation.namespace))
      .replaceAll(/\bRELEASE\b/g, quote(installation.release)),
  );
  return { ...applicable, notice: { ...notice, commands } };
}

function remarksOn({ controlPlane: view, installation }: Inventory): readonly string[] {
  return [
    ...(installation.method === 'unknown'
      ? [
          `Linkerd was installed ${installationText(installation)}: commands are given for the CLI and for Helm`,
        ]
      : []),
    ...view.others.map(({ namespace, proxies, exists }) =>
      exists
        ? `apart from this: ${count(proxies, 'proxy', 'proxies')} of another control plane, in namespace ${namespace}, which has a path of its own: -L ${namespace} shows it`
        : `apart from this: ${count(proxies, 'proxy', 'proxies')} of a control plane in namespace ${namespace}, which does not exist: a restart gives them to one that does`,
    ),
  ];
}
