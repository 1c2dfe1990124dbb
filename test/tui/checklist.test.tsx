import assert from 'node:assert/strict';
import { test } from 'node:test';
import { reduce } from '../../src/tui/state/reduce.ts';
import { currentTable, initialState, type UiState } from '../../src/tui/state/ui-state.ts';
import { commandLines } from '../../src/tui/text/command.ts';
import { advice, type FakeGuide, fakeGuide, notice, step, task } from '../support/guides.ts';
import { keys, mountTui, type TuiScreen } from '../support/terminal.tsx';
import { smallCluster } from './fixtures.ts';

const LONG =
  'kubectl patch controlplanes.linkerd.buoyant.io main --type merge -p \'{"spec": {"components": {}}}\'';

const twoSteps = advice({
  from: 'edge-25.10.7',
  to: 'edge-26.6.3',
  remarks: [
    'edge-26.6.3 is as new as this program knows',
    'numbers of edges say nothing about compatibility',
  ],
  steps: [
    step({
      from: 'edge-25.10.7',
      to: 'edge-25.11.3',
      release: '2.19',
      tasks: [
        task('before/health', {
          state: 'done',
          title: 'Start from a healthy mesh',
          why: '3 of 3 components ready',
        }),
        task('before/skew', {
          state: 'blocked',
          title: 'No proxy more than one release behind',
          why: '2 namespaces would be in violation of the supported skew: orders and shop',
          commands: ['kubectl linkerd-upgrade restart orders shop'],
        }),
        task('control-plane', {
          state: 'next',
          title: 'Upgrade the control plane to edge-25.11.3',
          why: 'it runs edge-25.10.7',
          commands: ['one', 'two', LONG, 'four'],
          details: ['Configuration is kept.'],
        }),
        task('data-plane', { title: 'Restart the meshed workloads' }),
      ],
      notices: [
        notice(
          'links',
          { title: 'Link every cluster again' },
          { applies: 'yes', why: 'multicluster is installed: 2 Links' },
        ),
        notice(
          'ports',
          { title: 'Ports moved', severity: 'warning' },
          { applies: 'unknown', why: 'NetworkPolicies may not be read' },
        ),
      ],
    }),
    step({
      from: 'edge-25.11.3',
      tasks: [task('verify', { title: 'Verify that all is well', state: 'unknown', why: 'nobody knows' })],
    }),
  ],
});

async function opened(guide: FakeGuide = fakeGuide(twoSteps), size = {}): Promise<TuiScreen> {
  const tui = await mountTui({ view: smallCluster(), guide, ...size });
  await tui.press('c');
  await tui.settle();
  return tui;
}

test('c shows the way in steps: signs, words, why, commands to paste, notices with why', async () => {
  const tui = await opened(undefined, { rows: 45 });
  const text = tui.text();
  assert.match(text, /^Upgrade edge-25\.10\.7 → edge-26\.6\.3 +read 0s ago$/m);
  assert.match(text, /^2 steps, 1 of 5 tasks done +destination latest-known$/m);
  assert.match(text, /^• edge-26\.6\.3 is as new as this program knows\.$/m);
  assert.match(text, /^• Numbers of edges say nothing about compatibility\.$/m);
  assert.match(text, /^Step 1 of 2: edge-25\.10\.7 → edge-25\.11\.3 {2}release 2\.19$/m);
  assert.match(text, /^› ✓ done {8}Start from a healthy mesh$/m);
  assert.match(text, /^ {2}✗ blocked {5}No proxy more than one release behind$/m);
  assert.match(text, /^ {16}\$ kubectl linkerd-upgrade restart orders shop$/m);
  assert.match(text, /^ {2}» next {8}Upgrade the control plane to edge-25\.11\.3$/m);
  assert.match(text, /^ {16}and 1 more command: Enter$/m);
  assert.match(text, /^ {2}· later {7}Restart the meshed workloads$/m);
  assert.match(text, /^ {2}Notices: 1 that apply here, 1 that may$/m);
  assert.match(text, /^ {2}! act {9}Link every cluster again\n +multicluster is installed: 2 Links$/m);
  assert.match(text, /^ {2}\? can't tell {2}Ports moved\n +NetworkPolicies may not be read$/m);
  assert.match(text, /^Step 2 of 2: /m);
  assert.match(text, /^Esc back {2}Enter in full {2}t to {2}\? help {2}q quit$/m);
});

test('Enter shows a task or notice in full, Esc leads back to its row', async () => {
  const tui = await opened();
  await tui.press('jj', keys.enter);
  assert.match(tui.text(), /^Upgrade the control plane to edge-25\.11\.3$/m);
  assert.match(tui.text(), /^State {7}» next$/m);
  assert.match(tui.text(), /^ {2}four$/m);
  assert.match(tui.text(), /^ {2}• Configuration is kept\.$/m);
  await tui.press(keys.escape, 'jj', keys.enter);
  assert.match(tui.text(), /^Link every cluster again$/m);
  assert.match(tui.text(), /^Here {8}multicluster is installed: 2 Links$/m);
  assert.match(tui.text(), /^Applies {5}multicluster is installed$/m);
  await tui.press(keys.escape);
  assert.match(tui.text(), /^› ! act {9}Link every cluster again/m);
  await tui.press(keys.escape);
  assert.match(tui.text(), /^Namespaces/m);
});

test('a refresh ticks tasks and never moves the cursor', async () => {
  const guide = fakeGuide(twoSteps);
  const tui = await opened(guide);
  await tui.press('jj');
  assert.match(tui.text(), /^› » next {8}Upgrade the control plane/m);
  const [first, ...others] = twoSteps.steps;
  assert.ok(first);
  const [, , upgrade, ...after] = first.tasks;
  assert.ok(upgrade);
  // The first two are gone, the third is done: it stays under the cursor.
  const tasks = [{ ...upgrade, state: 'done', why: '3 of 3 components run it' } as const, ...after];
  guide.advice = { ...twoSteps, steps: [{ ...first, tasks }, ...others] };
  tui.store.set(smallCluster({ revision: 2 }));
  assert.doesNotMatch(tui.text(), /✓ done {8}Upgrade/, 'not before half a second has passed');
  tui.timers.pass(500);
  await tui.settle();
  assert.match(tui.text(), /^› ✓ done {8}Upgrade the control plane/m);
});

test('t asks where to; what nobody knows is refused in words, Enter on nothing changes nothing', async () => {
  const guide = fakeGuide(twoSteps);
  const tui = await opened(guide);
  await tui.press('t');
  assert.match(tui.text(), /^Upgrade to █ {2}2\.20, edge-26\.6\.3, latest-known$/m);
  await tui.press('2.99', keys.enter);
  assert.match(tui.text(), /^Upgrade to 2\.99█ {2}✗ 2\.99 is not known/m);
  await tui.press(keys.ctrlU, keys.enter);
  assert.match(tui.text(), /destination latest-known$/m);
  await tui.press('t', '2.20', keys.enter);
  assert.equal(guide.aims.at(-1), '2.20');
  assert.match(tui.text(), /destination 2\.20$/m);
  await tui.press('t');
  await tui.paste('edge-26.6.3');
  await tui.press(keys.escape);
  assert.equal(guide.aims.at(-1), '2.20', 'Esc takes nothing');
});

test('what keeps the guide from being read is said, and read again later', async () => {
  const guide = fakeGuide(twoSteps);
  guide.readings.push(() => Promise.reject(new Error('connect ECONNREFUSED 127.0.0.1:6443')));
  const tui = await opened(guide);
  assert.match(tui.text(), /reading failed$/m);
  assert.match(tui.text(), /could not be brought up to date: connect ECONNREFUSED/);
  tui.timers.pass(20_000);
  await tui.settle();
  await tui.settle();
  assert.equal(guide.reads, 2);
  assert.match(tui.text(), /^Step 1 of 2/m);
});

test('a refusal is said as a sentence, and Enter opens nothing', async () => {
  const none = advice({
    to: 'edge-25.11.3',
    steps: [],
    refusal: 'the control plane runs edge-26.9.1 already',
  });
  const tui = await opened(fakeGuide(none));
  assert.match(tui.text(), /^The control plane runs edge-26\.9\.1 already\.$/m);
  await tui.press(keys.enter, 'j', keys.pageDown);
  assert.match(tui.text(), /^The control plane runs edge-26\.9\.1 already\.$/m);
});

for (const [columns, rows, env] of [
  [80, 24, { LANG: 'C.UTF-8', NO_COLOR: '1' }],
  [40, 8, { LANG: 'C' }],
  [200, 60, { LANG: 'C.UTF-8' }],
] as const) {
  test(`the checklist fits ${columns}x${rows}, item by item`, async () => {
    const tui = await mountTui({ view: smallCluster(), guide: fakeGuide(twoSteps), columns, rows, env });
    await tui.press('c');
    await tui.settle();
    const cursor = env.LANG === 'C' ? '> ' : '› ';
    const seen = new Set<string>();
    // In a low window the first moves only bring the cursor into sight.
    for (let move = 0; move < 16; move += 1) {
      for (const row of tui.rows()) assert.ok([...row].length <= columns, row);
      for (const row of tui.rows()) if (row.startsWith(cursor)) seen.add(row.trim());
      await tui.press('j');
    }
    assert.equal(seen.size, 7, [...seen].join('\n'));
    await tui.press('g');
    assert.match(tui.text(), /^Upgrade|^edge/m);
  });
}

test('a command is broken so that it can be pasted: a backslash at each end, nothing torn in quotes', () => {
  const lines = commandLines(LONG, 40);
  assert.ok(lines.length > 2);
  for (const line of lines.slice(0, -1)) assert.match(line, / \\$/);
  assert.equal(lines.map((line) => line.replace(/\\$/, '')).join(''), LONG);
  assert.ok(lines.some((line) => line.includes(`'{"spec": {"components": {}}}'`)));
  assert.deepEqual(commandLines('short', 40), ['short']);
});

test('keys of the checklist lead where they say, without a state changed in place', () => {
  const view = smallCluster();
  const context = {
    view,
    run: undefined,
    unfinished: undefined,
    guide: { destination: 'latest-known', advice: twoSteps, problem: '', reading: false, readAt: 1 },
    now: 1000,
    readOnly: true,
    visible: true,
    tableRows: 10,
    extent: () => ({
      page: 10,
      lines: 30,
      top: 0,
      steps: { count: 7, cursor: 0, rowOf: (index: number) => index * 2 },
    }),
  };
  const press = (state: UiState, key: string) => reduce(state, { type: 'key', key }, context);
  const table = initialState(undefined);
  const open = press(table, 'c').state;
  assert.equal(table.overlay, undefined);
  assert.deepEqual(open.overlay, { kind: 'checklist', cursor: { id: undefined, index: 0 }, top: 0 });
  const down = press(open, 'j').state.overlay;
  assert.ok(down?.kind === 'checklist');
  assert.equal(down.cursor.id, 'edge-25.11.3 task before/skew');
  const help = press(open, '?').state;
  assert.deepEqual(press(help, '?').state.overlay, open.overlay, 'help leads back');
  const asked = press(open, 't').state;
  let typed = asked;
  for (const key of '2.20') typed = press(typed, key).state;
  const taken = press(typed, 'enter');
  assert.deepEqual(taken.intents, [{ type: 'aim', destination: '2.20' }]);
  assert.deepEqual(press(asked, 'escape').state.overlay, open.overlay);
  assert.deepEqual(currentTable(taken.state), currentTable(table));
});
