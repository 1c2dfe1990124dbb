import type { Key } from './key.ts';

/** What has the keyboard. Each mode has its own keys; no key means two things in one mode. */
export type Mode =
  | 'table'
  | 'filter'
  | 'plan'
  | 'confirm'
  | 'run'
  | 'checklist'
  | 'destination'
  | 'help'
  | 'detail'
  | 'ask';

export type ActionId =
  | 'up'
  | 'down'
  | 'page-up'
  | 'page-down'
  | 'first'
  | 'last'
  | 'open'
  | 'back'
  | 'filter'
  | 'sort'
  | 'reverse'
  | 'attention'
  | 'mark'
  | 'mark-shown'
  | 'unmark'
  | 'restart'
  | 'plan'
  | 'plan-all'
  | 'restart-plan'
  | 'explain'
  | 'checklist'
  | 'open-item'
  | 'destination'
  | 'destination-take'
  | 'destination-cancel'
  | 'run'
  | 'explain-step'
  | 'pause'
  | 'proceed'
  | 'retry'
  | 'skip'
  | 'abort'
  | 'warnings'
  | 'filter-keep'
  | 'filter-cancel'
  | 'erase'
  | 'erase-word'
  | 'erase-all'
  | 'accept'
  | 'cancel'
  | 'close'
  | 'help'
  | 'quit'
  | 'yes'
  | 'no'
  | 'interrupt'
  | 'suspend'
  | 'redraw';

export type Group = 'Moving' | 'Table' | 'Restart' | 'Run' | 'Checklist' | 'Typing' | 'General';

export interface Action {
  readonly id: ActionId;
  readonly keys: readonly Key[];
  readonly modes: readonly Mode[];
  readonly group: Group;
  /** Said in the help and in docs/keys.md. */
  readonly description: string;
  /** Word of the footer; absent for keys that everybody tries anyway. */
  readonly label?: string;
  /** Footer hints of a lower rank stay longer when the screen is narrow; 0 when absent. */
  readonly rank?: number;
  /** Leads to a change of the cluster: not bound at all when read-only. */
  readonly writes?: true;
}

const scrolling: readonly Mode[] = ['table', 'plan', 'run', 'checklist', 'help', 'detail'];
const everywhere: readonly Mode[] = [
  'table',
  'filter',
  'plan',
  'confirm',
  'run',
  'checklist',
  'destination',
  'help',
  'detail',
  'ask',
];

/** The one table of keys: handlers, footer, help and docs/keys.md are all read from it. */
export const actions: readonly Action[] = [
  {
    id: 'open',
    keys: ['enter', 'right'],
    modes: ['table'],
    group: 'Moving',
    label: 'open',
    rank: 1,
    description: 'Open the row: namespace, then workload, then its pods',
  },
  {
    id: 'back',
    keys: ['escape', 'left'],
    modes: ['table', 'plan', 'run', 'checklist'],
    group: 'Moving',
    label: 'back',
    rank: 2,
    description: 'Drop the filter; without one, go back up (a run goes on)',
  },
  { id: 'up', keys: ['up', 'k'], modes: scrolling, group: 'Moving', description: 'One row up' },
  { id: 'down', keys: ['down', 'j'], modes: scrolling, group: 'Moving', description: 'One row down' },
  {
    id: 'page-up',
    keys: ['pageup', 'ctrl-b'],
    modes: scrolling,
    group: 'Moving',
    description: 'One page up',
  },
  {
    id: 'page-down',
    keys: ['pagedown', 'ctrl-f'],
    modes: scrolling,
    group: 'Moving',
    description: 'One page down',
  },
  { id: 'first', keys: ['home', 'g'], modes: scrolling, group: 'Moving', description: 'To the first row' },
  { id: 'last', keys: ['end', 'G'], modes: scrolling, group: 'Moving', description: 'To the last row' },
  {
    id: 'filter',
    keys: ['/'],
    modes: ['table'],
    group: 'Table',
    label: 'filter',
    rank: 2,
    description:
      'Filter as you type, ignoring case; with any of ^ $ * + ? ( ) [ ] { } | \\ it is a regular expression; a leading ! turns it round',
  },
  {
    id: 'attention',
    keys: ['v'],
    modes: ['table'],
    group: 'Table',
    label: 'view',
    rank: 7,
    description: 'Show all rows, only those not current, only violations',
  },
  {
    id: 'sort',
    keys: ['s'],
    modes: ['table'],
    group: 'Table',
    label: 'sort',
    rank: 8,
    description: 'Sort by the next column',
  },
  { id: 'reverse', keys: ['S'], modes: ['table'], group: 'Table', description: 'Reverse the order' },
  {
    id: 'explain',
    keys: ['x'],
    modes: ['table'],
    group: 'Table',
    label: 'explain',
    rank: 6,
    description: 'Explain the row: its class, what decides, what a restart would do, and the documented rule',
  },
  {
    id: 'checklist',
    keys: ['c'],
    modes: ['table'],
    group: 'Checklist',
    label: 'checklist',
    rank: 9,
    description: 'What to do, step by step, to upgrade Linkerd from here, ticked as the cluster shows it',
  },
  {
    id: 'open-item',
    keys: ['enter', 'x', 'right'],
    modes: ['checklist'],
    group: 'Checklist',
    label: 'in full',
    rank: 1,
    description: 'The task or notice in full: why, commands to paste, details, link',
  },
  {
    id: 'destination',
    keys: ['t'],
    modes: ['checklist'],
    group: 'Checklist',
    label: 'to',
    rank: 1,
    description: 'Choose where to: a release (2.20), a version (edge-26.6.3) or latest-known',
  },
  {
    id: 'destination-take',
    keys: ['enter'],
    modes: ['destination'],
    group: 'Typing',
    label: 'take',
    description: 'Show the way to the version typed',
  },
  {
    id: 'destination-cancel',
    keys: ['escape'],
    modes: ['destination'],
    group: 'Typing',
    label: 'cancel',
    description: 'Back to the checklist as it was',
  },
  {
    id: 'mark',
    keys: [' '],
    modes: ['table'],
    group: 'Restart',
    label: 'mark',
    rank: 3,
    description: 'Mark the row, or take the mark away',
  },
  {
    id: 'mark-shown',
    keys: ['a'],
    modes: ['table'],
    group: 'Restart',
    description: 'Mark every row that is shown; once more takes those marks away',
  },
  { id: 'unmark', keys: ['u'], modes: ['table'], group: 'Restart', description: 'Take all marks away' },
  {
    id: 'restart',
    keys: ['r'],
    modes: ['table'],
    group: 'Restart',
    label: 'restart',
    rank: 4,
    description: 'Restart what is marked, else the row; nothing happens before you type yes',
    writes: true,
  },
  {
    id: 'plan',
    keys: ['p'],
    modes: ['table'],
    group: 'Restart',
    label: 'plan',
    rank: 5,
    description:
      'Plan the restart of what is marked, else of the row: waves, reasons, risks, time; while a run is unfinished, show it',
  },
  {
    id: 'plan-all',
    keys: ['P'],
    modes: ['table'],
    group: 'Restart',
    description: 'Plan the restart of the whole cluster, whatever is marked or filtered',
  },
  {
    id: 'restart-plan',
    keys: ['enter', 'r'],
    modes: ['plan'],
    group: 'Restart',
    label: 'restart',
    rank: 1,
    description: 'Restart what the plan says; nothing happens before you type yes',
    writes: true,
  },
  {
    id: 'run',
    keys: ['R'],
    modes: ['table'],
    group: 'Restart',
    label: 'run',
    rank: 3,
    description: 'Show the current or last run; before the first, take up one that was left unfinished',
    writes: true,
  },
  {
    id: 'explain-step',
    keys: ['enter', 'x', 'right'],
    modes: ['run'],
    group: 'Run',
    label: 'explain',
    rank: 3,
    description: 'Explain the step: what it is, how far it is or why it failed, its pods',
  },
  {
    id: 'pause',
    keys: ['z'],
    modes: ['run'],
    group: 'Run',
    label: 'pause',
    rank: 1,
    description: 'Pause: start nothing new; what was started is watched to its end',
    writes: true,
  },
  {
    id: 'proceed',
    keys: ['c'],
    modes: ['run'],
    group: 'Run',
    label: 'go on',
    rank: 1,
    description: 'Go on: after a pause, before the end of a soak, and, asking first, after a halt',
    writes: true,
  },
  {
    id: 'retry',
    keys: ['r'],
    modes: ['run'],
    group: 'Run',
    label: 'retry',
    rank: 2,
    description: 'Queue the failed or skipped step under the cursor again',
    writes: true,
  },
  {
    id: 'skip',
    keys: ['s'],
    modes: ['run'],
    group: 'Run',
    label: 'skip',
    rank: 4,
    description: 'Leave the queued or failed step under the cursor out',
    writes: true,
  },
  {
    id: 'abort',
    keys: ['a'],
    modes: ['run'],
    group: 'Run',
    label: 'abort',
    rank: 5,
    description: 'End the run for good, asking first: what was started is watched to its end',
    writes: true,
  },
  {
    id: 'warnings',
    keys: ['w'],
    modes: ['run'],
    group: 'Run',
    label: 'warnings',
    rank: 6,
    description: 'Everything that the checks before the waves warned of',
  },
  {
    id: 'accept',
    keys: ['enter'],
    modes: ['confirm'],
    group: 'Restart',
    description: 'Start, if exactly the word asked for was typed; on an empty answer, cancel',
    writes: true,
  },
  {
    id: 'cancel',
    keys: ['escape'],
    modes: ['confirm'],
    group: 'Restart',
    label: 'cancel',
    description: 'Leave without restarting anything',
    writes: true,
  },
  {
    id: 'filter-keep',
    keys: ['enter'],
    modes: ['filter'],
    group: 'Typing',
    label: 'keep',
    description: 'Keep the filter and go back to the table',
  },
  {
    id: 'filter-cancel',
    keys: ['escape'],
    modes: ['filter'],
    group: 'Typing',
    label: 'cancel',
    description: 'Back to the filter as it was before',
  },
  {
    id: 'up',
    keys: ['up'],
    modes: ['confirm', 'filter'],
    group: 'Typing',
    description: 'One row up while typing',
  },
  {
    id: 'down',
    keys: ['down'],
    modes: ['confirm', 'filter'],
    group: 'Typing',
    description: 'One row down while typing',
  },
  {
    id: 'page-up',
    keys: ['pageup', 'ctrl-b'],
    modes: ['confirm', 'filter'],
    group: 'Typing',
    label: 'page up',
    description: 'One page up while typing',
  },
  {
    id: 'page-down',
    keys: ['pagedown', 'ctrl-f'],
    modes: ['confirm', 'filter'],
    group: 'Typing',
    label: 'page down',
    description: 'One page down while typing',
  },
  {
    id: 'first',
    keys: ['home'],
    modes: ['confirm', 'filter'],
    group: 'Typing',
    description: 'To the first row while typing',
  },
  {
    id: 'last',
    keys: ['end'],
    modes: ['confirm', 'filter'],
    group: 'Typing',
    description: 'To the last row while typing',
  },
  {
    id: 'erase',
    keys: ['backspace', 'delete'],
    modes: ['filter', 'confirm', 'destination'],
    group: 'Typing',
    description: 'Erase one character',
  },
  {
    id: 'erase-word',
    keys: ['ctrl-w'],
    modes: ['filter', 'confirm', 'destination'],
    group: 'Typing',
    description: 'Erase one word',
  },
  {
    id: 'erase-all',
    keys: ['ctrl-u'],
    modes: ['filter', 'confirm', 'destination'],
    group: 'Typing',
    description: 'Erase the line',
  },
  {
    id: 'close',
    keys: ['escape', 'enter', 'q', '?', 'x', 'left'],
    modes: ['help', 'detail'],
    group: 'General',
    label: 'close',
    description: 'Close the help, the explanation or the list',
  },
  {
    id: 'help',
    keys: ['?'],
    modes: ['table', 'plan', 'run', 'checklist'],
    group: 'General',
    label: 'help',
    description: 'This help',
  },
  {
    id: 'quit',
    keys: ['q'],
    modes: ['table', 'plan', 'run', 'checklist'],
    group: 'General',
    label: 'quit',
    description: 'Quit; asks first while a run is in progress',
  },
  {
    id: 'yes',
    keys: ['y'],
    modes: ['ask'],
    group: 'General',
    label: 'yes',
    description: 'Do what is asked about: quit, go on after a halt, end a run',
  },
  {
    id: 'no',
    keys: ['escape', 'n', 'q', 'enter'],
    modes: ['ask'],
    group: 'General',
    label: 'no',
    description: 'Leave everything as it is',
  },
  {
    id: 'interrupt',
    keys: ['ctrl-c'],
    modes: everywhere,
    group: 'General',
    description: 'Quit with exit code 130; while a run is in progress asks first, a second time does not',
  },
  {
    id: 'suspend',
    keys: ['ctrl-z'],
    modes: everywhere,
    group: 'General',
    description: 'Suspend, and fg in the shell comes back; refused while a run is unfinished',
  },
  {
    id: 'redraw',
    keys: ['ctrl-l'],
    modes: everywhere,
    group: 'General',
    description: 'Draw the screen anew',
  },
];

/** Actions of one mode, in the order of the table; a read-only session has none that write. */
export function actionsOf(mode: Mode, readOnly: boolean): readonly Action[] {
  return actions.filter((action) => action.modes.includes(mode) && !(readOnly && action.writes));
}

/** What `key` does in `mode`; undefined where it is bound to nothing. */
export function actionFor(mode: Mode, key: Key, readOnly: boolean): ActionId | undefined {
  return actionsOf(mode, readOnly).find((action) => action.keys.includes(key))?.id;
}
