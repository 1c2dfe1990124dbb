import { type Action, actions, type Group, type Mode } from './actions.ts';
import { keyLabel } from './key.ts';

/** Groups in the order in which help and documentation show them. */
export const groups: readonly Group[] = [
  'Moving',
  'Table',
  'Restart',
  'Run',
  'Checklist',
  'Typing',
  'General',
];

const modeNames: Readonly<Record<Mode, string>> = {
  table: 'tables',
  filter: 'filter prompt',
  plan: 'plan',
  confirm: 'confirmation',
  run: 'run',
  checklist: 'checklist',
  destination: 'destination prompt',
  help: 'help',
  detail: 'explanation',
  ask: 'question',
};

/** The places where an action's keys work, in words. */
function placesOf(action: Action): string {
  const all = Object.keys(modeNames).length;
  if (action.modes.length === all) return 'everywhere';
  return action.modes.map((mode) => modeNames[mode]).join(', ');
}

function cell(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('|', '\\|');
}

function keyCell({ keys }: Action): string {
  return keys.map((key) => `\`${keyLabel(key)}\``).join(' ');
}

function section(group: Group): string {
  const rows = actions
    .filter((action) => action.group === group)
    .map((action) => `| ${keyCell(action)} | ${cell(action.description)} | ${placesOf(action)} |`);
  return [`## ${group}`, '', '| key | what it does | where |', '|---|---|---|', ...rows].join('\n');
}

/** The text of docs/keys.md. */
export function keysMarkdown(): string {
  const head = [
    '# Keys',
    '',
    'Written from the table of bindings in `src/tui/keys/actions.ts`, which the program itself reads; a test',
    'keeps this page in step. Read-only sessions do not bind the keys of a restart at all. Pasted text is',
    'accepted only where something is being typed: a paste never acts as keys.',
  ].join('\n');
  return `${[head, ...groups.map(section)].join('\n\n')}\n`;
}
