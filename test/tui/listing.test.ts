import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type AnyListing, listingOf, sortColumns } from '../../src/tui/state/listing.ts';
import { nextAttention, nextSort } from '../../src/tui/state/table.ts';
import { newTable, type TableState } from '../../src/tui/state/ui-state.ts';
import { CURRENT, liveView, namespaceView, podView, workloadView } from '../support/views.ts';

const { mesh } = liveView({
  namespaces: [
    namespaceView('alpha', { running: [[CURRENT, 'current', 5]] }),
    namespaceView('beta', { running: [['edge-25.4.4', 'violation', 1]], effects: { upgrades: 2 } }),
    namespaceView('gamma', { running: [], effects: {} }),
    namespaceView('delta', { running: [['edge-26.6.1', 'behind', 9]], effects: { upgrades: 7 } }),
  ],
  workloads: [
    workloadView('beta', 'web', { effect: { kind: 'pinned', reason: 'the template pins edge-25.4.4' } }),
    workloadView('beta', 'db', { kind: 'StatefulSet', pods: { ...workloadView('x', 'y').pods, ready: 1 } }),
  ],
  pods: {
    'beta/Deployment/web': [
      podView('beta', 'web-1', { restarts: 0, createdAt: 10, node: 'b' }),
      podView('beta', 'web-2', { restarts: 4, createdAt: 30, node: 'a', proxy: { class: 'behind' } }),
      podView('beta', 'web-3', { restarts: 1, createdAt: 20, node: 'c', proxy: undefined }),
    ],
  },
});

const home = newTable({ kind: 'namespaces' });
const pods = newTable({ kind: 'pods', workload: { namespace: 'beta', kind: 'Deployment', name: 'web' } });

function ids(listing: AnyListing): (string | undefined)[] {
  return listing.rows.map((_, index) => listing.idAt(index));
}

function sorted(table: TableState, column: string, reversed = false): (string | undefined)[] {
  return ids(listingOf(mesh, { ...table, sort: { column, reversed } }));
}

test('namespaces are sorted worst first at the start, ties by name', () => {
  assert.deepEqual(ids(listingOf(mesh, home)), ['beta', 'delta', 'alpha', 'gamma']);
});

test('every column sorts in the direction of interest, and can be reversed', () => {
  assert.deepEqual(sorted(home, 'name'), ['alpha', 'beta', 'delta', 'gamma']);
  assert.deepEqual(sorted(home, 'name', true), ['gamma', 'delta', 'beta', 'alpha']);
  assert.deepEqual(sorted(home, 'proxies'), ['delta', 'alpha', 'beta', 'gamma']);
  assert.deepEqual(sorted(home, 'effect'), ['delta', 'beta', 'alpha', 'gamma']);
  assert.deepEqual(sorted(pods, 'restarts'), ['web-2', 'web-3', 'web-1']);
  assert.deepEqual(sorted(pods, 'age'), ['web-2', 'web-3', 'web-1']);
  assert.deepEqual(sorted(pods, 'node'), ['web-2', 'web-1', 'web-3']);
  assert.deepEqual(sorted(pods, 'state'), ['web-2', 'web-1', 'web-3']);
});

test('s goes once round all columns, back in natural order', () => {
  const columns = sortColumns('namespaces').map(({ id }) => id);
  let table: TableState = { ...home, sort: { column: columns[0] ?? '', reversed: true } };
  const seen = columns.map(() => {
    table = nextSort(table);
    assert.equal(table.sort.reversed, false);
    return table.sort.column;
  });
  assert.deepEqual(seen.toSorted(), columns.toSorted());
  assert.equal(table.sort.column, columns[0]);
});

test('the filter looks at what a row shows: name, class, versions, effects, reasons', () => {
  const filtered = (table: TableState, filter: string) => ids(listingOf(mesh, { ...table, filter }));
  assert.deepEqual(filtered(home, 'violation'), ['beta']);
  assert.deepEqual(filtered(home, 'edge-26.6'), ['delta']);
  assert.deepEqual(filtered(home, 'no proxies'), ['gamma']);
  assert.deepEqual(filtered(home, '^(alpha|delta)'), ['delta', 'alpha']);
  const workloads = newTable({ kind: 'workloads', namespace: 'beta' });
  assert.deepEqual(filtered(workloads, 'sts/'), ['StatefulSet/db']);
  assert.deepEqual(filtered(workloads, 'template pins'), ['Deployment/web']);
  assert.deepEqual(filtered(pods, 'no proxy'), ['web-3']);
});

test('a filter that does not compile hides nothing and is reported', () => {
  const listing = listingOf(mesh, { ...home, filter: 'web(' });
  assert.equal(listing.rows.length, 4);
  assert.match(listing.filterError, /group/i);
});

test('v shows all rows, those not current, violations, and all again', () => {
  let table = home;
  const shown = [0, 1, 2, 3].map(() => {
    const rows = ids(listingOf(mesh, table));
    table = nextAttention(table);
    return rows;
  });
  assert.deepEqual(shown, [
    ['beta', 'delta', 'alpha', 'gamma'],
    ['beta', 'delta'],
    ['beta'],
    ['beta', 'delta', 'alpha', 'gamma'],
  ]);
});

test('the same question about the same views is answered with the same rows', () => {
  assert.equal(listingOf(mesh, home).rows, listingOf(mesh, { ...home, top: 3 }).rows);
  assert.notEqual(listingOf(mesh, home).rows, listingOf(mesh, { ...home, filter: 'a' }).rows);
});
