import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { NamespaceView } from '../../src/mesh/view.ts';
import { effectsCell, judgeOf, versionsCell } from '../../src/tui/screens/cells.ts';
import { fitColumns, headLine, rowLine } from '../../src/tui/screens/columns.ts';
import {
  namespaceColumns,
  namespaceLine,
  podColumns,
  workloadColumns,
} from '../../src/tui/screens/tables.ts';
import { textOf, widthOfSpans } from '../../src/tui/text/line.ts';
import { themeFor } from '../../src/tui/theme/theme.ts';
import { CURRENT, namespaceView } from '../support/views.ts';

const theme = themeFor({ LANG: 'C.UTF-8' });
const judge = judgeOf({ version: CURRENT, target: CURRENT });
const calm = { selected: false, marked: false, loading: false };

test('the least important columns go first, and the rest fits', () => {
  for (const columnsOf of [namespaceColumns, workloadColumns, podColumns]) {
    let before = 0;
    for (let total = 40; total <= 240; total += 1) {
      const columns = columnsOf(total, 63);
      const width = 3 + columns.reduce((sum, column) => sum + column.width + 2, -2);
      assert.ok(width <= total, `${width} in ${total}`);
      assert.ok(columns.length >= before, `a column went away at ${total}`);
      before = columns.length;
      assert.ok(columns.some(({ id }) => id === 'name') && columns.some(({ id }) => id === 'state'));
    }
  }
});

test('widths go to the minimum of each column before they go to the ideal of one', () => {
  const specs = [
    { id: 'name', title: 'NAME', min: 5, ideal: 50, priority: 1 },
    { id: 'age', title: 'AGE', min: 4, ideal: 6, priority: 2 },
  ] as const;
  const widths = (total: number) => fitColumns(specs, total).map(({ width }) => width);
  assert.deepEqual(widths(14), [5, 4]);
  assert.deepEqual(widths(20), [11, 4]);
  assert.deepEqual(widths(13), [10]);
  assert.deepEqual(widths(80), [50, 6]);
});

test('columns align below their heads, whatever stands in them', () => {
  const rows = [
    namespaceView('a-namespace-with-a-name-as-long-as-kubernetes-allows-it-to-be-ok'),
    namespaceView('本番環境', {
      role: 'extension',
      extension: 'ビズ',
      running: [[CURRENT, 'current', 12345]],
    }),
    namespaceView('x', { running: [], effects: {} }),
  ];
  for (const total of [40, 60, 80, 132, 200]) {
    const columns = namespaceColumns(total, 63);
    const head = headLine(columns, { column: 'name', reversed: false }, theme);
    const width = widthOfSpans(head.spans);
    for (const row of rows) {
      const line = namespaceLine(row, columns, judge, calm, total, theme);
      assert.equal(widthOfSpans(line.spans), width, `${textOf(line)} at ${total}`);
    }
  }
});

test('cursor and mark have signs of their own, and the row under the cursor is one bar to the edge', () => {
  const columns = fitColumns([{ id: 'name', title: 'NAME', min: 5, ideal: 5, priority: 1 }], 20);
  const draw = (selected: boolean, marked: boolean) =>
    textOf(rowLine(columns, { name: [{ text: 'web' }] }, { selected, marked }, 12, theme));
  assert.equal(draw(false, false), '   web  ');
  assert.equal(draw(false, true), ' • web  ');
  assert.equal(draw(true, true), '›• web      ');
});

test('versions are listed worst first, as many as fit, and the rest is counted', () => {
  const cell = (byVersion: Record<string, number>, width: number) =>
    textOf({ spans: versionsCell(byVersion, judge, width, theme) });
  const mixed = { [CURRENT]: 9, 'edge-25.9.2': 2, 'edge-25.4.4': 4 };
  assert.equal(cell({ [CURRENT]: 9 }, 14), 'edge-26.8.3');
  assert.equal(cell({}, 14), '–');
  assert.equal(cell({ '': 2 }, 14), 'unknown');
  assert.equal(cell(mixed, 60), 'edge-25.4.4 ×4, edge-25.9.2 ×2, edge-26.8.3 ×9');
  assert.equal(cell(mixed, 34), 'edge-25.4.4 ×4, edge-25.9.2 ×2 +1');
  assert.equal(cell(mixed, 17), 'edge-25.4.4 ×4 +2');
  assert.equal(cell(mixed, 14), 'edge-25.4.4 +2');
  assert.equal(cell(mixed, 10), 'edge-2… +2');
});

test('what a restart would do fits its cell, and effects that do not fit are counted', () => {
  const cell = (effects: Partial<NamespaceView['effects']>, width: number, loading = false) => {
    const spans = effectsCell(namespaceView('x', { effects }).effects, 5, width, theme, loading);
    assert.ok(widthOfSpans(spans) <= width);
    return textOf({ spans });
  };
  assert.equal(cell({ upgrades: 12, unmeshes: 1, pinned: 3 }, 34), 'unmeshes 1, upgrades 12');
  assert.equal(cell({ upgrades: 12, unmeshes: 1, pinned: 3 }, 14), 'unmeshes 1 +1');
  assert.equal(cell({ unsupported: 2, pinned: 1, nothing: 4 }, 34), 'unsupported 2, pinned 1');
  assert.equal(cell({ unsupported: 2 }, 14), 'unsupported 2');
  assert.equal(cell({ unsupported: 1234, pinned: 1 }, 14), 'unsupporte… +1');
  assert.equal(cell({ nothing: 5 }, 14), 'no change');
  assert.equal(cell({ unknown: 2, upgrades: 1 }, 34), 'upgrades 1, unknown for 2');
  assert.equal(cell({ unknown: 2 }, 34, true), '…');
});
