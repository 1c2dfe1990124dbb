import type { Advice, ApplicableNotice, Task, TaskState, UpgradeStep } from '../guide/advice.ts';
import { dataPlaneText } from '../guide/applicability/facts.ts';
import { installationText } from '../guide/applicability/installed.ts';
import { followersOf, versionsOf, versionTexts } from '../guide/data-plane.ts';
import type { Inventory } from '../guide/inventory.ts';
import type { Part } from '../kube/part.ts';
import { count } from '../mesh/words.ts';
import { wrap } from './wrap.ts';

/** Cells of a line, except of a command, which is never broken. */
const WIDTH = 100;

/** A sign and a word for each state, of one width; the sign alone is enough without colour. */
const signs: Readonly<Record<TaskState, string>> = {
  done: '[x] done       ',
  'in-progress': '[~] in progress',
  next: '[>] next       ',
  blocked: '[!] BLOCKED    ',
  later: '[ ] later      ',
  unknown: '[?] cannot tell',
};

const MARGIN = ' '.repeat(signs.done.length + 1);

/**
 * The way to a destination as text of at most 100 columns: what is there, then each step with its tasks in order and the
 * notices that concern this cluster. Commands stand on lines of their own, unbroken, so that they can be pasted. Steps
 * that are still far are shown by their titles, unless `wide`.
 */
export function adviceTable(
  inventory: Inventory,
  advice: Advice,
  { wide }: { readonly wide: boolean },
): readonly string[] {
  const { steps, from } = advice;
  const near = steps.findIndex(({ to }) => to !== from);
  const isShort = (index: number): boolean => !wide && near >= 0 && index > near;
  return [
    ...inventoryLines(inventory),
    '',
    ...summaryLines(advice),
    ...steps.flatMap((step, index) => [
      '',
      ...headLines(step, `STEP ${index + 1} of ${steps.length}`, from),
      ...(isShort(index) ? shortLines(step) : stepLines(step)),
    ]),
    ...(steps.some((_, index) => isShort(index))
      ? ['', 'Later steps are shown in short: -o wide prints them with their commands.']
      : []),
    ...unreadableLines(inventory),
  ];
}

// ——— what is there

function inventoryLines(inventory: Inventory): readonly string[] {
  const { controlPlane, kubernetes, installation } = inventory;
  const release = controlPlane.release === '' ? '' : ` (${controlPlane.release})`;
  const version = controlPlane.version === '' ? 'version unknown' : `${controlPlane.version}${release}`;
  const versions = versionTexts(versionsOf(followersOf(inventory)));
  return [
    [
      'Control plane',
      `${version} in namespace ${controlPlane.namespace || 'linkerd'}, installed ${installationText(installation)}`,
    ],
    ['CLI', partText(inventory.cli, (text) => text, 'no linkerd on the PATH')],
    ['Extensions', extensionsText(inventory)],
    ['Data plane', `${dataPlaneText(inventory)}${versions.length === 0 ? '' : `: ${versions.join(', ')}`}`],
    ['Kubernetes', kubernetes || 'version unknown'],
  ].flatMap(([name = '', text = '']) => labelled(`${name}:`, text, 16));
}

function partText<T>(part: Part<T>, known: (value: T) => string, absent: string): string {
  if (part.state === 'known') return known(part.value);
  return part.state === 'absent' ? absent : `could not be read: ${part.why}`;
}

function extensionsText({ extensions, cni }: Inventory): string {
  const plugin = cni.state === 'known' ? [`cni ${cni.value.version}`.trim()] : [];
  return partText(
    extensions,
    (those) =>
      [...those.map(({ name, version }) => `${name} ${version}`.trim()), ...plugin].join(', ') || 'none',
    plugin.join('') || 'none',
  );
}

function unreadableLines({ unreadable }: Inventory): readonly string[] {
  if (unreadable.length === 0) return [];
  return ['', 'Not readable:', ...unreadable.flatMap(({ what, why }) => bullet(`${what}: ${why}`, '  '))];
}

// ——— the way

function summaryLines({ from, to, refusal, steps, remarks }: Advice): readonly string[] {
  return [
    ...wrap(refusal === '' ? wayText(from, to, steps) : `No steps: ${refusal}.`, WIDTH),
    ...remarks.flatMap((remark) => bullet(remark, '  ')),
  ];
}

/** The first step may be the one that the control plane has made already. */
function wayText(from: string, to: string, steps: readonly UpgradeStep[]): string {
  const ahead = steps.filter((step) => step.to !== from);
  const finish = ahead.length < steps.length ? `Finish ${from}` : '';
  if (ahead.length === 0) return `${finish}: the control plane is there, not all of the rest.`;
  const way = `${count(ahead.length, 'step')} from ${from} to ${to}: ${ahead
    .map((step) => `${step.to} (${step.release})`)
    .join(', ')}`;
  return finish === '' ? way : `${finish}, then ${way}`;
}

function headLines({ from, to, release }: UpgradeStep, step: string, at: string): readonly string[] {
  const title =
    to === at ? `${step}, begun: finish ${to} (${release})` : `${step}: ${from} to ${to} (${release})`;
  return [title, '-'.repeat(Math.min(WIDTH, title.length))];
}

/** Titles; and why, of what is blocked in any case. */
function shortLines({ tasks, notices }: UpgradeStep): readonly string[] {
  return [
    ...tasks.flatMap(({ title, state, why }) => [
      ...labelled(signs[state], title, MARGIN.length),
      ...(state === 'blocked' ? indented(why, MARGIN) : []),
    ]),
    ...(notices.length > 0 ? ['', 'Notices:'] : []),
    ...notices.flatMap(({ notice, applies }) =>
      labelled(
        `  ${words[notice.severity]}`,
        applies === 'yes' ? notice.title : `${notice.title} (may apply)`,
        NOTICE.length,
      ),
    ),
  ];
}

function stepLines(step: UpgradeStep): readonly string[] {
  const certain = step.notices.filter(({ applies }) => applies === 'yes');
  const uncertain = step.notices.filter(({ applies }) => applies === 'unknown');
  return [
    ...step.tasks.flatMap(taskLines),
    ...noticeSection('Notices that apply here:', certain),
    ...noticeSection('Notices that may apply; the cluster does not show it:', uncertain),
  ];
}

function taskLines({ title, state, why, commands, details, docs }: Task): readonly string[] {
  // What is done needs no instructions.
  const isOver = state === 'done';
  return [
    ...labelled(signs[state], title, MARGIN.length),
    ...indented(why, MARGIN),
    ...(isOver
      ? []
      : [...commandLines(commands, MARGIN), ...details.flatMap((detail) => bullet(detail, MARGIN))]),
    ...(isOver || docs === '' ? [] : [`${MARGIN}${docs}`]),
  ];
}

const words = { action: 'ACTION', warning: 'warning', info: 'info' } as const;
const NOTICE = ' '.repeat(10);

function noticeSection(title: string, notices: readonly ApplicableNotice[]): readonly string[] {
  return notices.length === 0 ? [] : ['', title, ...notices.flatMap(noticeLines)];
}

function noticeLines({ notice, why }: ApplicableNotice): readonly string[] {
  return [
    ...labelled(`  ${words[notice.severity]}`, notice.title, NOTICE.length),
    ...indented(`Here: ${why}.`, NOTICE),
    ...indented(notice.action, NOTICE),
    ...commandLines(notice.commands, NOTICE),
    ...notice.movedValues.flatMap(({ from, to }) =>
      indented(to === '' ? `${from} is gone` : `${from} is now ${to}`, `${NOTICE}  `),
    ),
    ...(notice.docs === '' ? [] : [`${NOTICE}${notice.docs}`]),
  ];
}

// ——— lines

/** Text beside a label, wrapped under itself. */
function labelled(label: string, text: string, width: number): readonly string[] {
  const [first = '', ...more] = wrap(text, WIDTH - width);
  return [`${label.padEnd(width)}${first}`.trimEnd(), ...more.map((line) => `${' '.repeat(width)}${line}`)];
}

function indented(text: string, margin: string): readonly string[] {
  return text === '' ? [] : wrap(text, WIDTH - margin.length).map((line) => `${margin}${line}`);
}

function bullet(text: string, margin: string): readonly string[] {
  return labelled(`${margin}-`, text, margin.length + 2);
}

function commandLines(commands: readonly string[], margin: string): readonly string[] {
  return commands.map((command) => `${margin}  ${command}`);
}
