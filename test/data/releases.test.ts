/** Holds the tables of releases to the published facts, which the fixture repeats in their own form. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { edges } from '../../src/data/edges.ts';
import { enterpriseBuilds } from '../../src/data/enterprise.ts';
import {
  edgeAdvice,
  knownNewestEdge,
  knownNewestEnterprise,
  kubernetesMinByEdge,
  releases,
  stables,
} from '../../src/data/releases.ts';
import { releaseOf } from '../../src/mesh/release.ts';
import { parseVersion } from '../../src/mesh/version.ts';

const facts = JSON.parse(readFileSync(new URL('../fixtures/linkerd/releases.json', import.meta.url), 'utf8'));

test('each release agrees with what is published of it', () => {
  const rows = releases.map((row) => ({
    version: `2.${row.minor}`,
    edge: row.edge,
    edgeDate: row.edgeDate,
    edgeOfficial: row.edgePublished,
    released: row.released,
    stable: row.stable ?? null,
    gatewayApi: row.gatewayApi ?? null,
    announcement: row.announcement || null,
    kubernetes: {
      min: row.kubernetes.min ?? null,
      max: row.kubernetes.max ?? null,
      sourceMin: row.kubernetes.sourceMin,
    },
  }));
  assert.deepEqual(rows, facts.versions.toReversed());
  assert.deepEqual(
    releases.flatMap(({ minor, kubernetes }) =>
      kubernetes.minInOwnDocs ? [`2.${minor} ${kubernetes.minInOwnDocs}`] : [],
    ),
    ['2.19 1.29'],
  );
});

test('every edge is known, and counts as the release it is published under', () => {
  assert.deepEqual(edges, Object.keys(facts.edges));
  for (const edge of edges) {
    assert.equal(`2.${releaseOf(parseVersion(edge))?.minor}`, facts.edges[edge], edge);
  }
  assert.equal(knownNewestEdge, facts.knownNewestEdge);
  assert.equal(edges.at(-1), knownNewestEdge);
});

test('every stable release is known with its date', () => {
  assert.deepEqual(Object.fromEntries(stables), facts.stables);
});

test('an edge asks for the Kubernetes that its source asks for', () => {
  assert.deepEqual(
    Object.fromEntries(kubernetesMinByEdge.map(({ sinceEdge, min }) => [sinceEdge, min])),
    facts.kubernetesMinByEdge,
  );
});

test('edges are advised against as their round-ups have it, in favour of edges that exist', () => {
  const rows = edgeAdvice.flatMap(({ edges: own, level, use, source }) =>
    own.map((edge) => ({ edge, level, use, source })),
  );
  rows.sort((a, b) => edges.indexOf(a.edge) - edges.indexOf(b.edge));
  assert.deepEqual(
    rows,
    facts.advised.map(
      ({ edge, use, alsoGood, level, source }: Record<string, unknown> & { alsoGood: string[] }) => ({
        edge,
        level,
        use: [use, ...alsoGood],
        source,
      }),
    ),
  );
  for (const { edge, use } of rows) {
    for (const name of [edge, ...use]) assert.ok(edges.includes(name), name);
  }
});

test('each release since the last stable one has an enterprise build, and the last is the newest known', () => {
  assert.deepEqual(
    enterpriseBuilds.map(({ minor }) => minor),
    releases.filter(({ stable }) => !stable).map(({ minor }) => minor),
  );
  for (const { minor, version, source } of enterpriseBuilds) {
    const parsed = parseVersion(version);
    assert.ok(
      parsed.kind === 'numbered' && parsed.channel === 'enterprise' && parsed.minor === minor,
      version,
    );
    assert.equal(new URL(source).protocol, 'https:');
  }
  assert.equal(enterpriseBuilds.at(-1)?.version, knownNewestEnterprise);
  assert.equal(knownNewestEnterprise, facts.newestEnterprise);
});
