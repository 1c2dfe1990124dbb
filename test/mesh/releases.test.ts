import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  behaviourSince,
  edgeAdvice,
  knownNewestEdge,
  knownNewestEnterprise,
  kubernetesMaxByEdge,
  kubernetesMinByEdge,
  releases,
  stables,
} from '../../src/data/releases.ts';
import { compareEdges, edgeNumber } from '../../src/mesh/edge.ts';
import { compareVersions, parseVersion } from '../../src/mesh/version.ts';

const date = /^20\d\d-\d\d-\d\d$/;
const minor = /^1\.\d+$/;

function number(edge: string): readonly [number, number, number] {
  const parsed = edgeNumber(edge);
  assert.ok(parsed && edge.startsWith('edge-'), `${edge} is an edge`);
  return parsed;
}

function assertAscending(edges: readonly string[]): void {
  for (const [index, edge] of edges.entries()) {
    const next = edges[index + 1];
    if (next) assert.ok(compareEdges(number(edge), number(next)) < 0, `${edge} stands before ${next}`);
  }
}

test('the table holds every release from 2.9 to 2.20, oldest first, without gaps', () => {
  assert.deepEqual(
    releases.map((row) => row.minor),
    [9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20],
  );
  assertAscending(releases.map((row) => row.edge));
});

test('each row names its first edge as published, or as derived from git history to 2.14', () => {
  assert.deepEqual(
    releases.map((row) => `${row.edge} ${row.edgeDate}${row.edgePublished ? '' : ' ~'}`),
    [
      'edge-20.11.1 2020-11-03 ~',
      'edge-21.3.2 2021-03-09 ~',
      'edge-21.9.5 2021-09-29 ~',
      'edge-22.8.2 2022-08-11 ~',
      'edge-23.4.1 2023-04-05 ~',
      'edge-23.8.3 2023-08-16 ~',
      'edge-24.2.4 2024-02-20',
      'edge-24.8.2 2024-08-05',
      'edge-24.11.8 2024-11-26',
      'edge-25.4.4 2025-04-21',
      'edge-25.10.7 2025-10-29',
      'edge-26.6.3 2026-06-18',
    ],
  );
});

test('each row gives the Kubernetes range of docs and source, and the Gateway API', () => {
  assert.deepEqual(
    releases.map(
      ({ kubernetes: k, gatewayApi: g }) =>
        `${k.min ?? '-'} ${k.max ?? '-'} ${k.sourceMin} ${g ? `${g.min}-${g.max} ${g.httpRoute}/${g.grpcRoute}` : '-'}`,
    ),
    [
      '- - 1.13 -',
      '1.16 1.23 1.16 -',
      '1.17 1.23 1.17 -',
      '1.21 1.24 1.21 -',
      '1.21 1.28 1.21 -',
      '1.21 1.28 1.21 -',
      '1.22 1.29 1.22 0.7-1.1.1 v1beta1/v1alpha2',
      '1.22 1.29 1.22 0.7-1.1.1 v1beta1/v1alpha2',
      '1.22 1.31 1.22 0.7-1.1.1 v1beta1/v1alpha2',
      '1.22 1.32 1.23 1.1.1-1.2.1 v1/v1',
      '1.22 1.35 1.23 1.1.1-1.2.1 v1/v1',
      '1.31 1.35 1.31 1.2.1-1.5.1 v1/v1',
    ],
  );
});

test('releases are dated, and announced from 2.15 on', () => {
  for (const row of releases) {
    assert.match(row.edgeDate, date);
    assert.match(row.released, date);
    assert.ok(row.edgeDate <= row.released, `2.${row.minor} is announced after its edge`);
    assert.equal(row.announcement.startsWith('https://linkerd.io/'), row.minor >= 15);
  }
  assert.equal(releases.at(-1)?.released, '2026-06-23');
});

test('stable releases end with 2.14.10 and agree with the range of their row', () => {
  assert.equal(stables.length, 42);
  for (const row of releases) {
    const own = stables.filter(([version]) => {
      const parsed = parseVersion(version);
      return parsed.kind === 'numbered' && parsed.minor === row.minor && parsed.candidate === undefined;
    });
    assert.equal(row.stable === undefined, row.minor >= 15);
    if (!row.stable) continue;
    assert.deepEqual(own.at(0), [row.stable.first, row.stable.firstDate]);
    assert.deepEqual(own.at(-1), [row.stable.last, row.stable.lastDate]);
    for (const [index, [version]] of own.entries()) {
      const next = own[index + 1];
      if (next) assert.equal(compareVersions(parseVersion(version), parseVersion(next[0])), -1);
    }
  }
  assert.deepEqual(stables.at(-1), ['stable-2.14.10', '2024-02-20']);
});

test('tables by edge are in order and hold the published steps', () => {
  assertAscending(kubernetesMinByEdge.map((row) => row.sinceEdge));
  assert.deepEqual(
    kubernetesMinByEdge.map((row) => `${row.sinceEdge} ${row.min}`),
    [
      'edge-21.2.3 1.16',
      'edge-21.10.2 1.17',
      'edge-21.11.1 1.20',
      'edge-22.6.2 1.21',
      'edge-23.12.2 1.22',
      'edge-25.2.3 1.23',
      'edge-26.5.1 1.31',
    ],
  );
  for (const row of kubernetesMinByEdge) assert.match(row.min, minor);
  assert.deepEqual(kubernetesMaxByEdge, [{ sinceEdge: 'edge-26.8.2', max: '1.36' }]);
  assertAscending(Object.values(behaviourSince));
  assert.equal(behaviourSince.nativeSidecarDefault, 'edge-26.5.2');
});

test('the newest versions known are not older than the table', () => {
  const last = releases.at(-1);
  assert.ok(last && compareEdges(number(last.edge), number(knownNewestEdge)) < 0);
  const enterprise = parseVersion(knownNewestEnterprise);
  assert.ok(enterprise.kind === 'numbered' && enterprise.minor === last.minor);
});

test('each edge is advised against once, in favour of a later one, with reason and source', () => {
  const edges = edgeAdvice.flatMap((advice) => advice.edges);
  assert.equal(edges.length, 36);
  assert.equal(new Set(edges).size, edges.length);
  for (const advice of edgeAdvice) {
    const newest = advice.edges.at(-1);
    const use = advice.use.at(0);
    assert.ok(
      newest && use && compareEdges(number(newest), number(use)) < 0,
      `${newest} gives way to ${use}`,
    );
    assert.equal(
      advice.condition !== '',
      advice.level === 'conditional',
      `${newest} says on what it depends`,
    );
    assert.ok(advice.reason !== '' && advice.source.startsWith('https://linkerd.io/20'));
  }
  const at = (level: string): string[] =>
    edgeAdvice.filter((advice) => advice.level === level).flatMap((advice) => advice.edges);
  assert.deepEqual(at('prefer-other'), [
    'edge-24.3.3',
    'edge-24.4.3',
    'edge-24.5.4',
    'edge-25.5.2',
    'edge-25.5.3',
    'edge-25.7.5',
  ]);
  assert.equal(at('not-recommended').length, 18);
});
