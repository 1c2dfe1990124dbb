import { count } from '../mesh/words.ts';
import type { PinnedWorkload, PinPreview } from '../rollout/pins/preview.ts';
import { PIN, targetName } from '../rollout/pins/target.ts';
import { resourceName } from '../rollout/plan/names.ts';
import { layOut } from './columns.ts';

/** What a pin or its removal would do, as lines of text. */
export function pinText(preview: PinPreview): readonly string[] {
  const { affected, untouched, refusals, warnings, controlPlaneVersion } = preview;
  return [
    `${changeText(preview)} (annotation ${PIN} on the ${preview.target.workload ? 'pod template' : 'Namespace'})`,
    `Control plane: ${controlPlaneVersion === '' ? 'version not known' : controlPlaneVersion}`,
    '',
    ...(affected.length === 0
      ? ['No workload would get another proxy.']
      : layOut(['WORKLOAD', 'RUNNING', 'WOULD GET', 'THEN', 'CLASS', 'EFFECT'], affected.map(row))),
    ...section(
      'Not reached by it:',
      layOut(
        undefined,
        untouched.map(({ key, reason }) => [resourceName(key), reason]),
      ),
    ),
    ...section('Warnings:', warnings),
    ...section('Not possible now:', refusals),
  ];
}

function row({ key, running, before, after, skew }: PinnedWorkload): readonly string[] {
  return [
    resourceName(key),
    Object.keys(running).join(', ') || '-',
    before.version || '-',
    after.version || '-',
    after.version === '' ? '-' : skew.class,
    after.effect.kind,
  ];
}

/** What is changed from what, in one line: `Pins namespace books to edge-25.10.7, instead of edge-25.8.5`. */
function changeText({ target, from, to }: PinPreview): string {
  if (to === undefined) {
    return `Removes the pin ${quoted(from)} of ${targetName(target)}`;
  }
  return `Pins ${targetName(target)} to ${to}${from === undefined ? '' : `, instead of ${quoted(from)}`}`;
}

function quoted(value: string | undefined): string {
  return value === undefined || value === '' ? '""' : value;
}

/** When the change takes effect, in one line. */
export function whenText({ restarts, target, affected }: PinPreview): string {
  if (restarts) {
    return 'It changes the pod template, so its pods are replaced at once.';
  }
  if (target.workload) {
    return 'No pod is replaced now; it holds for the next pods.';
  }
  const reached = affected.length === 0 ? '' : ` of ${count(affected.length, 'workload')}`;
  return `No pod is replaced now: it takes effect with the next restart${reached}.`;
}

function section(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ['', title, ...lines.map((line) => `  ${line}`)];
}
