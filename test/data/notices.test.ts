import assert from 'node:assert/strict';
import { test } from 'node:test';
import { edges } from '../../src/data/edges.ts';
import { type Notice, notices } from '../../src/data/notices.ts';
import { parseBound, parseRange } from '../../src/guide/version-range.ts';

const components = [
  'cli',
  'cni',
  'control-plane',
  'data-plane',
  'helm',
  'ingress',
  'jaeger',
  'kubernetes',
  'multicluster',
  'smi',
  'viz',
];

/** Site and, on GitHub, the repository that a link may point to. */
const hosts = ['https://linkerd.io/', 'https://github.com/linkerd/linkerd2/', 'https://docs.buoyant.io/'];

/** What stands at the head of each command of a pipe. */
const programs = ['curl', 'grep', 'helm', 'kubectl', 'linkerd', 'xargs', 'yq'];

const placeholders = ['NAME', 'NAMESPACE', 'RELEASE', 'SOURCE', 'TARGET', 'edge-X.Y.Z'];

const each = (name: string, hold: (notice: Notice) => void): void => {
  test(name, async (t) => {
    for (const notice of notices) await t.test(notice.id, () => hold(notice));
  });
};

/** Where a `to` belongs in the order of the table. */
function rank(to: string): number {
  if (to === 'any') return 0;
  const bound = parseBound(to);
  assert.ok(bound?.kind === 'release', `"${to}" is any, 2.N or 2.N.p`);
  return bound.minor * 100 + (bound.patch ?? 0);
}

test('the table holds the notices of each release, each id once', () => {
  const byRelease = new Map<string, number>();
  for (const { to } of notices) byRelease.set(to, (byRelease.get(to) ?? 0) + 1);
  assert.deepEqual(
    [...byRelease].map(([to, count]) => `${to}: ${count}`),
    [
      'any: 11',
      '2.9: 6',
      '2.9.3: 1',
      '2.9.4: 1',
      '2.10: 7',
      '2.11: 11',
      '2.12: 17',
      '2.13: 3',
      '2.13.7: 1',
      '2.14: 2',
      '2.14.1: 1',
      '2.15: 6',
      '2.16: 7',
      '2.17: 7',
      '2.18: 16',
      '2.19: 14',
      '2.20: 11',
      '2.21: 4',
    ],
  );
  assert.equal(new Set(notices.map(({ id }) => id)).size, notices.length);
});

test('the table is in the order of releases', () => {
  const ranks = notices.map(({ to }) => rank(to));
  assert.deepEqual(
    ranks,
    ranks.toSorted((a, b) => a - b),
  );
});

each('an id begins with the release it belongs to', ({ id, to }) => {
  assert.match(id, /^(any|2\.\d+(\.\d+)?)-[a-z0-9]+(-[a-z0-9]+)*$/);
  assert.ok(id.startsWith(`${to}-`) || id.startsWith(`${to}.`), `${id} begins with ${to}`);
});

each('severity, component and install method are known', ({ severity, component, installMethod }) => {
  assert.ok(['action', 'warning', 'info'].includes(severity), severity);
  assert.ok(components.includes(component), component);
  assert.ok(['', 'cli', 'helm'].includes(installMethod), installMethod);
});

each('sinceEdge is an edge that exists, from at a range that can be read', ({ sinceEdge, from }) => {
  if (sinceEdge !== '') assert.ok(edges.includes(sinceEdge), sinceEdge);
  if (from !== '') assert.ok(parseRange(from), from);
  for (const [edge] of from.matchAll(/edge-[\d.]+/g)) assert.ok(edges.includes(edge), edge);
});

each('title, condition and action are sentences of ours', ({ title, condition, action, confidence }) => {
  assert.match(title, /^\S.{8,88}[^.\s]$/, title);
  assert.match(condition, /^[^\s.].*[^.\s]$/s, condition);
  assert.match(action, /^[A-Z].*\.$/s, action);
  for (const text of [title, condition, action]) assert.doesNotMatch(text, / {2}|\n|\bTODO\b/);
  assert.match(confidence, /^(source|documented( .+)?)$|^documented table; /);
});

each('documentation is linked at its own site', ({ docs }) => {
  const url = new URL(docs);
  assert.equal(url.protocol, 'https:');
  assert.ok(
    hosts.some((host) => docs.startsWith(host)),
    docs,
  );
});

each('commands can be pasted once the placeholders are filled in', ({ commands }) => {
  for (const command of commands) {
    const outsideQuotes = command.replaceAll(/'[^']*'|"[^"]*"/g, 'QUOTED');
    for (const part of outsideQuotes.split(' | ')) {
      const [program = ''] = part.replace(/^LINKERD2_VERSION=\S+ sh$/, 'curl').split(' ');
      assert.ok(programs.includes(program), `${program} of ${command}`);
    }
    const words =
      outsideQuotes.replaceAll('LINKERD2_VERSION', '').match(/\b(edge-)?[A-Z][A-Z.]*[A-Z]\b/g) ?? [];
    for (const word of words.filter((candidate) => candidate !== 'QUOTED' && candidate !== 'PEM')) {
      assert.ok(placeholders.includes(word), `${word} of ${command} is a placeholder that is known`);
    }
    assert.doesNotMatch(command, /<[a-z-]+>|\{\{|--context=[a-z]|\s$/);
  }
});

test('values that moved are named with their chart, or are gone', () => {
  const moves = notices.flatMap(({ id, movedValues }) => movedValues.map((move) => ({ id, ...move })));
  assert.equal(moves.length, 16);
  for (const { id, from, to } of moves) {
    assert.equal(id, '2.10-viz-helm');
    assert.match(from, /^[a-zA-Z]+(\.[a-zA-Z]+)*$/);
    assert.match(to, /^$|^linkerd-(viz|jaeger) [a-zA-Z.]+$/);
  }
  assert.equal(new Set(moves.map(({ from }) => from)).size, moves.length);
});
