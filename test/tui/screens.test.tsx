import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keys, mountTui } from '../support/terminal.tsx';
import { CURRENT, liveView, namespaceView } from '../support/views.ts';
import { smallCluster } from './fixtures.ts';

function head(rows: readonly string[], count: number): readonly string[] {
  return rows.slice(0, count);
}

test('namespaces at 80x24: header, worst first, keys at the bottom', async () => {
  const tui = await mountTui({ view: smallCluster() });
  assert.deepEqual(tui.rows(), [
    'prod-eu-1  Kubernetes v1.33.4                                             ● live',
    'Control plane  edge-26.8.3  release 2.20, edge  ✓ ready',
    '               destination 3/3  identity 3/3  proxy-injector 3/3',
    'Data plane     1,228 proxies in 4 namespaces   █▒░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░✗',
    '               ✗ 4 violation  ▼ 1,202 behind-one  ▽ 4 behind  ✓ 18 current',
    'Namespaces  5                                                           by state',
    '   NAMESPACE              PROXIES  STATE↑        VERSIONS         A RESTART',
    '›  shop                        15  ✗ violation   edge-25.4.4 +2   upgrades 2',
    '   billing                  1,200  ▼ behind-one  edge-25.9.2      unmeshes 1 +1',
    '   linkerd-viz (viz)            4  ▽ behind      edge-26.6.1      upgrades 4',
    '   linkerd (control pl…         9  ✓ current     edge-26.8.3      no change',
    '   kube-system (system)         0  – no proxies  –                –',
    ...Array.from({ length: 11 }, () => ''),
    'Enter open  / filter  x explain  Space mark  r restart  p plan  ? help  q quit',
  ]);
});

test('namespaces at 200x60: every column, nothing cut', async () => {
  const tui = await mountTui({ view: smallCluster(), columns: 200, rows: 60 });
  assert.equal(tui.rows().length, 60);
  assert.deepEqual(tui.rows().slice(5, 12), [
    `${'Namespaces  5'.padEnd(192)}by state`,
    '   NAMESPACE                 PROXIES  STATE↑        BY CLASS                  VERSIONS                                          A RESTART',
    '›  shop                           15  ✗ violation   ✗4 ▼2 ✓9                  edge-25.4.4 ×4, edge-25.9.2 ×2, edge-26.8.3 ×9    upgrades 2',
    '   billing                     1,200  ▼ behind-one  ▼1,200                    edge-25.9.2                                       unmeshes 1, upgrades 12',
    '   linkerd-viz (viz)               4  ▽ behind      ▽4                        edge-26.6.1                                       upgrades 4',
    '   linkerd (control plane)         9  ✓ current     ✓9                        edge-26.8.3                                       no change',
    '   kube-system (system)            0  – no proxies                            –                                                 –',
  ]);
});

test('Enter goes down to workloads and pods, Esc back up with the cursor where it was', async () => {
  const tui = await mountTui({ view: smallCluster(), columns: 100 });
  await tui.press(keys.enter);
  assert.deepEqual(tui.rows().slice(5, 10), [
    `${'shop › workloads  3'.padEnd(92)}by state`,
    '   WORKLOAD                READY  STATE↑        VERSIONS                 TARGET          A RESTART',
    '›  deploy/cart               4/4  ✗ violation   edge-25.4.4              edge-26.8.3     upgrades',
    '   sts/db                    1/2  ▼ behind-one  edge-25.9.2              edge-25.9.2     pinned',
    '   deploy/web                9/9  ✓ current     edge-26.8.3              edge-26.8.3     no change',
  ]);
  await tui.press(keys.enter);
  assert.deepEqual(tui.rows().slice(5, 10), [
    `${'shop › deploy/cart › pods  3'.padEnd(93)}by name`,
    '   POD↑                   STATUS               READY   RESTARTS  VERSION         STATE           AGE',
    '›  cart-7d9f8b6c5d-aaaaa  Running                2/2          0  edge-25.4.4     ✗ violation      5m',
    '   cart-7d9f8b6c5d-bbbbb  CrashLoopBackOff       1/2         12  edge-25.4.4     ✗ violation     25h',
    '   cart-7d9f8b6c5d-ccccc  Running                2/2          0  –               – no proxy      30s',
  ]);
  await tui.press(keys.escape);
  assert.match(tui.text(), /shop › workloads/);
  await tui.press(keys.escape, 'j', keys.enter);
  assert.match(tui.text(), /billing › workloads/);
  await tui.press(keys.escape);
  assert.match(tui.text(), /^› {2}billing/m);
});

test('a coalesced chunk of keys is as many presses', async () => {
  const tui = await mountTui({ view: smallCluster() });
  await tui.press('jjj');
  assert.match(tui.text(), /^› {2}linkerd \(control/m);
  await tui.press('kkG');
  assert.match(tui.text(), /^› {2}kube-system/m);
});

test('paging moves by what is on the screen', async () => {
  const namespaces = Array.from({ length: 100 }, (_, index) =>
    namespaceView(`ns-${String(index).padStart(3, '0')}`),
  );
  const tui = await mountTui({ view: liveView({ namespaces }) });
  const rows = tui.rows().filter((row) => /ns-\d/.test(row)).length;
  const under = (): string | undefined => /^› {2}(ns-\d+)/m.exec(tui.text())?.[1];
  await tui.press(keys.pageDown);
  assert.equal(under(), `ns-${String(rows).padStart(3, '0')}`);
  await tui.press(keys.ctrlF, keys.ctrlB, keys.pageUp);
  assert.equal(under(), 'ns-000');
  await tui.press(keys.end);
  assert.equal(under(), 'ns-099');
  await tui.press('k');
  assert.equal(under(), 'ns-098');
  assert.match(tui.text(), /ns-099/);
  await tui.press(keys.home);
  assert.equal(under(), 'ns-000');
});

test('the filter acts while it is typed, says what is wrong with it, and Esc goes in two steps', async () => {
  const tui = await mountTui({ view: smallCluster() });
  await tui.press(keys.enter, '/db');
  assert.match(tui.text(), /^\/db█ +1 of 3$/m);
  assert.doesNotMatch(tui.text(), /deploy\/web/);
  await tui.press('(');
  assert.match(tui.text(), /✗ Unterminated group$/m);
  assert.match(tui.text(), /deploy\/web/, 'an expression that does not compile hides nothing');
  await tui.press(keys.enter);
  assert.match(tui.text(), /^\/db\(█/m, 'Enter keeps only a filter that works');
  await tui.press(keys.backspace, keys.enter);
  assert.match(tui.text(), /shop › workloads {2}1 of 3 {2}filter db/);
  await tui.press('/', 'x', keys.escape);
  assert.match(tui.text(), /filter db/, 'Esc while typing goes back to the filter before');
  await tui.press(keys.escape);
  assert.match(tui.text(), /shop › workloads {2}3 /, 'the next one drops the filter');
  await tui.press(keys.escape);
  assert.match(tui.text(), /^Namespaces/m, 'and only then it goes up');
});

test('Ctrl-W and Ctrl-U erase, arrows move while typing', async () => {
  const tui = await mountTui({ view: smallCluster() });
  await tui.press('/no change');
  await tui.press(keys.ctrlW);
  assert.match(tui.text(), /^\/no █/m);
  await tui.press(keys.ctrlU, keys.down);
  assert.match(tui.text(), /^\/█/m);
  assert.match(tui.text(), /^› {2}billing/m);
});

test('a paste is taken as text where text is typed, and never as keys', async () => {
  const tui = await mountTui({ view: smallCluster() });
  await tui.paste('q');
  assert.deepEqual(tui.exits, []);
  assert.match(tui.text(), /^Namespaces {2}5 /m);
  await tui.press('/');
  await tui.paste('bill\r\ning\x1b[2J');
  assert.match(tui.text(), /^\/billing\[2J█/m);
});

test('s sorts by the next column and S turns it round', async () => {
  const tui = await mountTui({ view: smallCluster() });
  const names = (): string[] =>
    tui
      .rows()
      .slice(7, 12)
      .map((row) => row.slice(3).split(' ')[0] ?? '');
  await tui.press('s');
  assert.match(tui.text(), /NAMESPACE↑/);
  assert.deepEqual(names(), ['billing', 'kube-system', 'linkerd', 'linkerd-viz', 'shop']);
  await tui.press('S');
  assert.match(tui.text(), /by name, reversed$/m);
  assert.match(tui.text(), /NAMESPACE↓/);
  assert.deepEqual(names(), ['shop', 'linkerd-viz', 'linkerd', 'kube-system', 'billing']);
  assert.match(tui.text(), /^› {2}shop/m, 'before the first move the cursor is on the first row');
});

test('v leaves only what is not current, then only violations', async () => {
  const tui = await mountTui({ view: smallCluster() });
  await tui.press('v');
  assert.match(tui.text(), /^Namespaces {2}3 of 5 {2}only not current/m);
  await tui.press('v');
  assert.match(tui.text(), /^Namespaces {2}1 of 5 {2}only violations/m);
  await tui.press('v');
  assert.match(tui.text(), /^Namespaces {2}5 /m);
});

test('marks stay with their rows through sorts and refreshes; hidden ones are counted aloud', async () => {
  const tui = await mountTui({ view: smallCluster() });
  await tui.press('  ');
  assert.match(tui.text(), /^ • shop/m);
  assert.match(tui.text(), /^ • billing/m);
  await tui.press('s');
  assert.match(tui.text(), /^ • billing/m);
  assert.match(tui.text(), /• 2 marked/);
  await tui.press('/viz', keys.enter);
  assert.match(tui.text(), /• 2 marked, 2 of them not shown/);
  tui.store.set(smallCluster({ namespaces: [namespaceView('billing'), namespaceView('linkerd-viz')] }));
  await tui.settle();
  assert.match(tui.text(), /• 1 marked, 1 of them not shown/);
  await tui.press('u');
  assert.doesNotMatch(tui.text(), /marked/);
});

test('the cursor stays on its row when rows above it come and go', async () => {
  const tui = await mountTui({ view: smallCluster() });
  await tui.press('jj');
  assert.match(tui.text(), /^› {2}linkerd-viz/m);
  tui.store.set(
    smallCluster({
      namespaces: [
        namespaceView('aaa', { running: [['edge-25.4.4', 'violation', 1]] }),
        namespaceView('bbb', { running: [['edge-25.4.4', 'violation', 1]] }),
        namespaceView('linkerd-viz', { running: [[CURRENT, 'current', 4]] }),
      ],
    }),
  );
  await tui.settle();
  assert.deepEqual(
    head(tui.rows().slice(7), 3).map((row) => row.slice(0, 14)),
    ['   aaa        ', '   bbb        ', '›  linkerd-viz'],
  );
});

test('x explains the row, its versions and what a restart would do and why', async () => {
  const tui = await mountTui({ view: smallCluster(), columns: 100, rows: 70 });
  await tui.press('x');
  assert.match(tui.text(), /^shop {2}namespace$/m);
  assert.match(tui.text(), /^› 4 proxies: edge-25\.4\.4\n.*the first edge of 2\.18; violation: /m);
  assert.match(tui.text(), /^Restart +A restart of its 6 workloads: 2 upgraded, 1 kept at the pin/m);
  assert.match(tui.text(), /^› linkerdVersion in linkerd-config: edge-26\.8\.3$/m);
  assert.match(tui.text(), /^Documented$/m);
  assert.match(tui.text(), /^ {2}https:\/\/linkerd\.io\/docs\/tasks\/upgrade\/$/m);
  await tui.press('x', keys.enter, 'x');
  assert.match(tui.text(), /^Restart +A restart upgrades it: a restart injects edge-26\.8\.3/m);
  assert.match(tui.text(), /^Risk +! no readiness probe/m);
  await tui.press(keys.escape, keys.enter, 'jx');
  assert.match(tui.text(), /^Status +CrashLoopBackOff/m);
  assert.match(tui.text(), /^Node +not scheduled/m);
  assert.match(tui.text(), /^Runs as +native sidecar/m);
  await tui.press(keys.enter);
  assert.match(tui.text(), /shop › deploy\/cart › pods/);
});

test('the help lists every key and every warning in full, and scrolls', async () => {
  const tui = await mountTui({
    view: smallCluster({ unreadable: [{ what: 'pods in namespace lab', why: 'forbidden' }] }),
  });
  await tui.press('?');
  const seen = new Set<string>();
  for (let page = 0; page < 10; page += 1) {
    for (const row of tui.rows()) seen.add(row);
    await tui.press(keys.pageDown);
  }
  const text = [...seen].join('\n');
  assert.match(text, /kubectl linkerd-upgrade 1\.2\.3/);
  assert.match(text, /! Not readable: pods in namespace lab \(forbidden\)\./);
  for (const part of ['✗ violation', 'Ctrl-Z', 'Space', 'Suspend']) assert.ok(text.includes(part), part);
  await tui.press('q');
  assert.deepEqual(tui.exits, [], 'q closes the help');
  assert.match(tui.text(), /^Namespaces/m);
});

test('a namespace to start with opens its workloads; Esc goes up to it', async () => {
  const tui = await mountTui({ view: smallCluster(), initialNamespace: 'billing' });
  assert.match(tui.text(), /^billing › workloads {2}0/m);
  await tui.press(keys.escape);
  assert.match(tui.text(), /^› {2}billing/m);
});

test('while the first lists arrive rows are there already, and their number grows', async () => {
  const view = smallCluster({ namespaces: [], freshness: { state: 'loading', objects: 0 } });
  const tui = await mountTui({ view });
  assert.match(tui.text(), /◌ loading, 0 objects read/);
  assert.match(tui.text(), /^ {3}Loading\.$/m);
  tui.store.set(smallCluster({ freshness: { state: 'loading', objects: 12345 } }));
  await tui.settle();
  assert.match(tui.text(), /◌ loading, 12,345 objects read/);
  assert.match(tui.text(), /^› {2}shop/m);
  await tui.press('r');
  assert.match(tui.text(), /Still loading: a plan would be incomplete/);
  assert.deepEqual(tui.rollout.asked, []);
});
