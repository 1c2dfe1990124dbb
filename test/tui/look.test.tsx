import assert from 'node:assert/strict';
import { test } from 'node:test';
import chalk from 'chalk';
import type { NamespaceView } from '../../src/mesh/view.ts';
import { fakeRollout, plan, planItem } from '../support/runs.ts';
import { keys, mountTui } from '../support/terminal.tsx';
import { CURRENT, liveView, namespaceView } from '../support/views.ts';
import { smallCluster } from './fixtures.ts';

/** Ink writes colours through chalk, which looks at the test's own output, not at the terminal of the harness. */
async function inColour(check: () => Promise<void>): Promise<void> {
  const { level } = chalk;
  chalk.level = 3;
  try {
    await check();
  } finally {
    chalk.level = level;
  }
}

test('classes are coloured, and the row under the cursor is in reverse video with a sign', () =>
  inColour(async () => {
    const tui = await mountTui({ view: smallCluster() });
    await tui.press('j');
    assert.equal(tui.cellOf('✗ violation   edge').foreground, 1);
    assert.equal(tui.cellOf('✓ current').foreground, 2);
    assert.ok(tui.cellOf('›').inverse);
    assert.ok(!tui.cellOf('shop').inverse);
  }));

test('with NO_COLOR nothing is coloured, and nothing is lost', () =>
  inColour(async () => {
    const coloured = await mountTui({ view: smallCluster() });
    const plain = await mountTui({ view: smallCluster(), env: { LANG: 'C.UTF-8', NO_COLOR: '1' } });
    assert.deepEqual(plain.rows(), coloured.rows());
    for (const text of ['✗ violation   edge', '✓ current', '● live']) {
      assert.equal(plain.cellOf(text).foreground, -1, text);
    }
  }));

test('in an ASCII locale every cell is ASCII, names of the cluster too', async () => {
  const view = smallCluster({ cluster: { context: 'prod-本番' } });
  const tui = await mountTui({ view, env: { LANG: 'C' } });
  for (const chunk of ['j', ' ', 'x', 'x', '/b', keys.enter, '?', keys.pageDown]) {
    await tui.press(chunk);
    assert.match(tui.text(), /^[\x20-\x7e\n]*$/);
  }
});

test('a window too small says so, and keys still work', async () => {
  const tui = await mountTui({ view: smallCluster(), columns: 20, rows: 5 });
  assert.deepEqual(tui.rows(), ['Window too small', '20x5, needs 40x8', '', '', '']);
  await tui.press('j', 'r');
  assert.deepEqual(tui.rollout.asked, [], 'no plan that nobody can read');
  await tui.resize(80, 24);
  assert.match(tui.text(), /^› {2}billing/m);
  await tui.resize(10, 1);
  assert.equal(tui.rows().length, 1);
  await tui.press('q');
  assert.deepEqual(tui.exits, ['quit']);
});

test('a confirmation that no longer fits on the screen is not taken', async () => {
  const tui = await mountTui({
    view: smallCluster(),
    rollout: fakeRollout((scopes) => plan({ scopes, items: [planItem('shop', 'cart')] })),
  });
  await tui.press('r');
  await tui.resize(30, 6);
  await tui.press('yes', keys.enter);
  assert.deepEqual(tui.rollout.started, []);
  await tui.resize(80, 24);
  assert.match(tui.text(), /! The window is too small to show what would be restarted\./);
});

test('60x15 keeps name, proxies, state and what a restart does', async () => {
  const tui = await mountTui({ view: smallCluster(), columns: 60, rows: 15 });
  assert.deepEqual(tui.rows().slice(0, 6), [
    'prod-eu-1  Kubernetes v1.33.4                         ● live',
    'edge-26.8.3  ✗ 4 violation  ▼ 1,202 behind-one  ▽ 4 behind …',
    'Namespaces  5                                       by state',
    '   NAMESPACE           PROXIES  STATE↑        A RESTART',
    '›  shop                     15  ✗ violation   upgrades 2',
    '   billing               1,200  ▼ behind-one  unmeshes 1 +1',
  ]);
});

test('through a sweep of sizes there is one header, one footer, one cursor, and no ghost of another size', async () => {
  const namespaces = Array.from({ length: 200 }, (_, index) => namespaceView(`ns-${index}`));
  const tui = await mountTui({ view: liveView({ namespaces }) });
  await tui.press('jjjjj');
  const sizes = [
    [200, 60],
    [60, 15],
    [120, 30],
    [41, 9],
    [20, 5],
    [100, 24],
    [80, 10],
    [81, 50],
    [79, 24],
  ] as const;
  for (const [columns, rows] of sizes) {
    await tui.resize(columns, rows);
    const text = tui.text();
    const times = (pattern: RegExp): number => text.match(pattern)?.length ?? 0;
    const hint = `${columns}x${rows}\n${text}`;
    assert.equal(tui.rows().length, rows);
    if (columns < 40) {
      assert.match(text, /too small/);
      assert.doesNotMatch(text, /ns-/);
      continue;
    }
    assert.equal(times(/prod-eu-1/g), 1, hint);
    assert.equal(times(/^Namespaces {2}200/gm), 1, hint);
    assert.equal(times(/NAMESPACE/g), 1, hint);
    assert.equal(times(/^Enter open/gm), 1, hint);
    assert.match(tui.rows().at(-1) ?? '', /^Enter open/, hint);
    assert.equal(times(/^›/gm), 1, hint);
    assert.doesNotMatch(text, /too small/, hint);
    const shown = [...text.matchAll(/^[› ] {2}(ns-\d+)/gm)].map(([, name]) => name);
    assert.deepEqual(shown, [...new Set(shown)], hint);
  }
});

test('only rows on the screen are built: scrolling costs the same with ten thousand namespaces', async () => {
  let built = 0;
  const counting = (name: string): NamespaceView => {
    const view = namespaceView(name);
    return Object.defineProperty({ ...view }, 'byVersion', {
      get: () => {
        built += 1;
        return view.byVersion;
      },
    });
  };
  const costs: number[] = [];
  for (const amount of [100, 10_000]) {
    const namespaces = Array.from({ length: amount }, (_, index) =>
      counting(`ns-${String(index).padStart(5, '0')}`),
    );
    const view = liveView({ namespaces, totals: { byVersion: {} } });
    built = 0;
    const tui = await mountTui({ view });
    const screenful = built;
    assert.ok(screenful <= 24, `${screenful} rows built for the first screen of ${amount}`);
    built = 0;
    await tui.press('j');
    assert.ok(built <= 2, `${built} rows built for one step of the cursor`);
    built = 0;
    await tui.press(keys.pageDown, 'G', 'k', 'g');
    costs.push(built);
    built = 0;
    tui.store.set({ ...view, mesh: { ...view.mesh, revision: 2 } });
    await tui.settle();
    assert.equal(built, 0, 'rows whose views are the same objects are not built again');
  }
  assert.equal(costs[0], costs[1]);
});

test('a refresh writes only what has changed', async () => {
  const namespaces = Array.from({ length: 50 }, (_, index) => namespaceView(`ns-${index + 10}`));
  const tui = await mountTui({ view: liveView({ namespaces }), columns: 200, rows: 60 });
  const first = tui.bytes();
  const [changed, ...rest] = namespaces;
  tui.store.set(
    liveView({ namespaces: [{ ...namespaceView('ns-10'), ...changed, workloads: 2, pin: 'x' }, ...rest] }),
  );
  await tui.settle();
  assert.equal(tui.bytes(), first, 'nothing that shows has changed');
  tui.store.set(
    liveView({ namespaces: [namespaceView('ns-10', { running: [[CURRENT, 'current', 4]] }), ...rest] }),
  );
  await tui.settle();
  assert.match(tui.text(), /151 proxies/);
  assert.ok(tui.bytes() - first < first / 10, `${tui.bytes() - first} bytes after ${first}`);
});

test('leaving gives back the screen and the mode of the keyboard', async () => {
  const tui = await mountTui({ view: smallCluster() });
  assert.ok(tui.onAlternateScreen());
  assert.ok(tui.isRaw());
  await tui.unmount();
  assert.ok(!tui.onAlternateScreen());
  assert.ok(!tui.isRaw());
});
