import assert from 'node:assert/strict';
import { test } from 'node:test';
import { listingOf } from '../../src/tui/state/listing.ts';
import { scopesOf } from '../../src/tui/state/scopes.ts';
import {
  cursorIndex,
  markCount,
  move,
  settle,
  toggleMark,
  toggleMarksOfShown,
  windowTop,
} from '../../src/tui/state/table.ts';
import { newTable } from '../../src/tui/state/ui-state.ts';
import { random } from '../support/random.ts';
import { liveView, namespaceView, workloadView } from '../support/views.ts';

const home = { ...newTable({ kind: 'namespaces' }), sort: { column: 'name', reversed: false } };

function meshOf(...names: string[]) {
  return liveView({ namespaces: names.map((name) => namespaceView(name)) }).mesh;
}

test('the window moves as little as it must', () => {
  for (const [top, index, height, total, expected] of [
    [0, 0, 10, 100, 0],
    [0, 9, 10, 100, 0],
    [0, 10, 10, 100, 1],
    [50, 49, 10, 100, 49],
    [0, 99, 10, 100, 90],
    [95, 99, 10, 100, 90],
    [5, 2, 10, 3, 0],
    [5, 0, 10, 0, 0],
  ] as const) {
    assert.equal(windowTop(top, index, height, total), expected, `${[top, index, height, total]}`);
  }
});

test('before the first move the cursor is on the first row, whatever arrives before it', () => {
  const table = settle(home, listingOf(meshOf('m'), home), 5);
  assert.equal(cursorIndex(table, listingOf(meshOf('a', 'm'), table)), 0);
});

test('once moved, the cursor stays with its row through refreshes and sorts', () => {
  const table = move(home, listingOf(meshOf('a', 'm', 'z'), home), 5, 1);
  assert.equal(table.cursor.id, 'm');
  assert.equal(cursorIndex(table, listingOf(meshOf('a', 'b', 'c', 'm', 'z'), table)), 3);
  const reversed = { ...table, sort: { column: 'name', reversed: true } };
  assert.equal(cursorIndex(reversed, listingOf(meshOf('a', 'm', 'n', 'z'), reversed)), 2);
});

test('when its row goes the cursor stays in its place', () => {
  const table = move(home, listingOf(meshOf('a', 'm', 'z'), home), 5, 1);
  const settled = settle(table, listingOf(meshOf('a', 'z'), table), 5);
  assert.equal(settled.cursor.id, 'z');
});

test('marks of rows that are gone are dropped, those of hidden rows are kept and counted', () => {
  const marked = toggleMark(toggleMark(home, 'alpha'), 'beta');
  const filtered = { ...marked, filter: 'alph' };
  const listing = listingOf(meshOf('alpha', 'beta', 'gamma'), filtered);
  assert.deepEqual(markCount(filtered, listing), { marked: 2, hidden: 1 });
  const later = listingOf(meshOf('beta', 'gamma'), marked);
  assert.deepEqual([...settle(marked, later, 5).marks], ['beta']);
});

test('a marks all rows shown; once more takes just those marks away', () => {
  const marked = toggleMark(home, 'beta');
  const filtered = { ...marked, filter: 'alph' };
  const listing = listingOf(meshOf('alpha', 'alphb', 'beta'), filtered);
  const all = toggleMarksOfShown(filtered, listing);
  assert.deepEqual([...all.marks].toSorted(), ['alpha', 'alphb', 'beta']);
  assert.deepEqual([...toggleMarksOfShown(all, listing).marks], ['beta']);
});

test('a restart is asked for what is marked, in order of name, else for the row under the cursor', () => {
  const { mesh } = liveView({
    namespaces: [namespaceView('a'), namespaceView('b'), namespaceView('c')],
    workloads: [workloadView('a', 'web'), workloadView('a', 'db', { kind: 'StatefulSet' })],
  });
  const listing = listingOf(mesh, home);
  assert.deepEqual(scopesOf(home, listing), [{ namespace: 'a' }]);
  const marked = toggleMark(toggleMark(home, 'c'), 'b');
  assert.deepEqual(scopesOf(marked, listing), [{ namespace: 'b' }, { namespace: 'c' }]);

  const workloads = toggleMark(newTable({ kind: 'workloads', namespace: 'a' }), 'StatefulSet/db');
  assert.deepEqual(scopesOf(workloads, listingOf(mesh, workloads)), [
    { namespace: 'a', workload: { kind: 'StatefulSet', name: 'db' } },
  ]);

  const pods = newTable({ kind: 'pods', workload: { namespace: 'a', kind: 'Deployment', name: 'web' } });
  assert.deepEqual(scopesOf(pods, listingOf(mesh, pods)), [
    { namespace: 'a', workload: { kind: 'Deployment', name: 'web' } },
  ]);
});

test('whatever comes and goes, the cursor is on an existing row inside the window', () => {
  const { seed, next, pick } = random();
  let names = Array.from({ length: 30 }, (_, index) => `ns-${index}`);
  let table = home;
  for (let round = 0; round < 1500; round += 1) {
    if (next(4) === 0) names = names.filter(() => next(5) > 0);
    if (next(4) === 0) names.push(`ns-${100 + round}`);
    table = { ...table, filter: next(6) === 0 ? pick(['', '1', 'ns', '!2', '[']) : table.filter };
    const height = 1 + next(12);
    const listing = listingOf(meshOf(...names), table);
    const by = pick([-1, 1, -height, height, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]);
    table = next(2) === 0 ? move(table, listing, height, by) : settle(table, listing, height);
    const hint = `seed ${seed}, round ${round}`;
    const index = cursorIndex(table, listing);
    if (listing.rows.length === 0) {
      assert.equal(index, 0, hint);
      continue;
    }
    assert.ok(index >= 0 && index < listing.rows.length, hint);
    assert.ok(index >= table.top && index < table.top + height, hint);
    assert.ok(table.top <= Math.max(0, listing.rows.length - height), hint);
  }
});
