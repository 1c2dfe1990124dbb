import assert from 'node:assert/strict';
import { test } from 'node:test';
import { edges } from '../../src/data/edges.ts';
import { notices } from '../../src/data/notices.ts';
import { noticesBetween } from '../../src/guide/notice-range.ts';
import { pathTo } from '../../src/guide/path.ts';
import { isInRange, parseRange } from '../../src/guide/version-range.ts';
import { parseVersion } from '../../src/mesh/version.ts';

const ids = (from: string, to: string): string[] =>
  noticesBetween(from, to)
    .map(({ id }) => id)
    .filter((id) => !id.startsWith('any-'));

test('patches of stable releases have notices of their own', async (t) => {
  const rows: readonly [from: string, to: string, ids: readonly string[]][] = [
    ['stable-2.13.3', 'stable-2.13.6', []],
    ['stable-2.13.3', 'stable-2.13.7', ['2.13.7-hostport']],
    ['stable-2.13.7', 'stable-2.14.0', ['2.14-multicluster', '2.14-none']],
    ['stable-2.13.6', 'stable-2.14.0', ['2.13.7-hostport', '2.14-multicluster', '2.14-none']],
    ['stable-2.14.0', 'stable-2.14.1', ['2.14.1-hostport']],
    ['stable-2.14.1', 'stable-2.14.10', []],
    ['edge-23.8.3', 'edge-23.9.1', ['2.14.1-hostport']],
    ['edge-23.9.1', 'edge-23.9.2', []],
    ['stable-2.9.4', 'stable-2.9.5', []],
    // The guide has the repair under 2.9.3 and 2.9.4: said once, under the first that is on the way.
    ['stable-2.9.0', 'stable-2.9.3', ['2.9.3-repair']],
    ['stable-2.9.0', 'stable-2.9.5', ['2.9.3-repair']],
    ['stable-2.9.3', 'stable-2.9.5', []],
    // A release candidate has the changes of its release; going on to it, they come once more.
    ['stable-2.12.0-rc2', 'stable-2.12.0', ['2.12-kubernetes']],
  ];
  for (const [from, to, expected] of rows) {
    await t.test(`${from} to ${to}: ${expected.join(', ') || 'nothing'}`, () =>
      assert.deepEqual(ids(from, to), expected),
    );
  }
  await t.test('to a release candidate: all of its release', () =>
    assert.deepEqual(ids('stable-2.11.5', 'stable-2.12.0-rc2'), ids('stable-2.11.5', 'stable-2.12.0')),
  );
});

test('with sinceEdge a notice comes at that edge, whatever release the edge counts as', async (t) => {
  const late = notices.filter(({ sinceEdge }) => sinceEdge !== '');
  assert.equal(late.length, 66);
  for (const notice of late) {
    await t.test(`${notice.id} at ${notice.sinceEdge}`, () => {
      const index = edges.indexOf(notice.sinceEdge);
      const [before, at, after] = edges.slice(index - 1, index + 2);
      assert.ok(before && at);
      const range = notice.from === '' ? undefined : parseRange(notice.from);
      // Two have a range that ends before their edge: an edge of 2.15 has its charts from the new repository
      // already, and one of 2.18 has CRDs that Helm keeps.
      const isOutside = range !== undefined && !isInRange(range, parseVersion(before));
      assert.equal(isOutside, ['2.15-helm-repo', '2.19-crds-chart'].includes(notice.id));
      assert.equal(ids(before, at).includes(notice.id), !isOutside);
      if (after) assert.ok(!ids(at, after).includes(notice.id));
    });
  }
});

test('each end of the way goes by its own rule', () => {
  // Channel to channel: the numbered end by release, the edge by number.
  assert.ok(!ids('stable-2.14.10', 'edge-24.2.4').includes('2.15-helm-repo'));
  assert.ok(ids('stable-2.14.10', 'edge-24.3.1').includes('2.15-helm-repo'));
  assert.ok(ids('stable-2.14.10', 'enterprise-2.15.1').includes('2.15-helm-repo'));
  // An edge that has a change already does not meet it again in the numbered release.
  assert.ok(!ids('edge-25.4.3', 'enterprise-2.18.0').includes('2.18-gateway-crds'));
  assert.ok(ids('edge-25.3.3', 'enterprise-2.18.0').includes('2.18-gateway-crds'));
  assert.ok(ids('enterprise-2.19.6', 'enterprise-2.20.0').includes('2.20-native'));
  assert.ok(ids('edge-26.5.1', 'edge-26.5.2').includes('2.20-native'));
  assert.ok(!ids('edge-26.6.1', 'edge-26.6.3').includes('2.20-native'));
  // Previews are told by their number.
  assert.deepEqual(ids('preview-26.5.1', 'edge-26.5.2'), ids('edge-26.5.1', 'edge-26.5.2'));
});

test('a range of from is asked of the version before each step', () => {
  // 2.12.1-jaeger is for whoever comes from 2.11, as everybody does who starts at 2.10.
  assert.ok(ids('stable-2.10.2', 'stable-2.12.6').includes('2.12.1-jaeger'));
  // 2.9.3-repair is for 2.9.0 to 2.9.2, which a path from 2.8 passes over.
  assert.ok(!ids('stable-2.8.1', 'stable-2.10.2').includes('2.9.3-repair'));
  assert.ok(ids('stable-2.8.1', 'stable-2.10.2').includes('2.9-multicluster'));
});

test('where there is no path there are no notices', () => {
  for (const [from, to] of [
    ['edge-25.10.7', 'edge-25.4.4'],
    ['edge-25.10.7', 'edge-25.10.7'],
    ['dev-undefined', 'edge-25.10.7'],
    ['', '2.20'],
    ['edge-25.10.7', 'nonsense'],
  ] as const) {
    assert.notEqual(pathTo(from, to).refusal, '');
    assert.deepEqual(noticesBetween(from, to), []);
  }
});
