/**
 * The history of Linkerd, release by release: what class proxies have, which way an upgrade takes, and what has to be
 * read on it. The tables below state the rules; nothing in them is computed by the code under test.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { notices } from '../../src/data/notices.ts';
import { noticesBetween } from '../../src/guide/notice-range.ts';
import { pathTo } from '../../src/guide/path.ts';
import { skewOf } from '../../src/mesh/skew.ts';

/**
 * One row a release: the build that a path stops at (the last stable one to 2.14, from 2.15 on the newest edge without
 * a word against it and without a change of the next release), the enterprise build, the last edge before the
 * release and its first one.
 */
const history = [
  ['2.9', 'stable-2.9.5', '', '', 'edge-20.11.1'],
  ['2.10', 'stable-2.10.2', '', 'edge-21.3.1', 'edge-21.3.2'],
  ['2.11', 'stable-2.11.5', '', 'edge-21.9.4', 'edge-21.9.5'],
  ['2.12', 'stable-2.12.6', '', 'edge-22.8.1', 'edge-22.8.2'],
  ['2.13', 'stable-2.13.7', '', 'edge-23.3.4', 'edge-23.4.1'],
  ['2.14', 'stable-2.14.10', '', 'edge-23.8.2', 'edge-23.8.3'],
  ['2.15', 'edge-24.4.5', 'enterprise-2.15.7', 'edge-24.2.3', 'edge-24.2.4'],
  ['2.16', 'edge-24.9.2', 'enterprise-2.16.3', 'edge-24.8.1', 'edge-24.8.2'],
  ['2.17', 'edge-24.11.8', 'enterprise-2.17.1', 'edge-24.11.7', 'edge-24.11.8'],
  ['2.18', 'edge-25.5.5', 'enterprise-2.18.2', 'edge-25.4.3', 'edge-25.4.4'],
  ['2.19', 'edge-25.11.1', 'enterprise-2.19.6', 'edge-25.10.6', 'edge-25.10.7'],
  ['2.20', 'edge-26.6.3', 'enterprise-2.20.2', 'edge-26.6.2', 'edge-26.6.3'],
] as const;

/** Row: the control plane. Column: its proxies. `.` current, `1` one behind, `x` more than one, `a` ahead. */
const classes = [
  //        9 10 11 12 13 14 15 16 17 18 19 20
  ['2.9 ', '. a a a a a a a a a a a'],
  ['2.10', '1 . a a a a a a a a a a'],
  ['2.11', 'x 1 . a a a a a a a a a'],
  ['2.12', 'x x 1 . a a a a a a a a'],
  ['2.13', 'x x x 1 . a a a a a a a'],
  ['2.14', 'x x x x 1 . a a a a a a'],
  ['2.15', 'x x x x x 1 . a a a a a'],
  ['2.16', 'x x x x x x 1 . a a a a'],
  ['2.17', 'x x x x x x x 1 . a a a'],
  ['2.18', 'x x x x x x x x 1 . a a'],
  ['2.19', 'x x x x x x x x x 1 . a'],
  ['2.20', 'x x x x x x x x x x 1 .'],
] as const;

const className: Readonly<Record<string, string>> = {
  '.': 'current',
  '1': 'behind-one',
  x: 'violation',
  a: 'ahead',
};

/** What the step to a release has to tell whoever comes from the newest build of the release before. */
const newsOf: Readonly<Record<string, string>> = {
  '2.10': 'kubernetes ports viz viz-helm helm-global prometheus-data',
  '2.11':
    'kubernetes ingress localhost multicluster multicluster-values container-order linkerd-await controller psp opaque-ports metric',
  '2.12':
    'notes kubernetes helm2 crds smi-cli helm-values helm-adopt helm-smi helm-install helm-cleanup ext-helm multicluster-helm grafana smi .1-jaeger ingress charts',
  '2.13': 'notes prune cni',
  '2.14': 'multicluster none',
  '2.15': 'channel installer helm-repo kubernetes externalworkload native-wait',
  '2.16': 'shutdown headers proxyinit-resources grpcroute grpcroute-restart ipv6',
  '2.17': 'link-crd crds grpc-timeout json-log server-v1beta1 token link-check',
  '2.18':
    'gateway-crds gateway-version gateway-owner-cli gateway-owner-helm gateway-values port-4143 multicluster tracing kubernetes appprotocol half-open inbound-labels closewait cores tls13',
  '2.19':
    'jaeger opencensus nft policy-image armv7 undefined-port port-names histograms subscribers native-beta kubernetes tls',
  '2.20':
    'kubernetes native native-annotation wait proxy-init gateway-version server-ns externalworkload-ns authn-removal pause-image multicluster-policy',
};

/**
 * On edges a notice goes by its edge, not by the release it is booked under. The misspelt metric was in edge-24.3.4 to
 * edge-24.4.5 only, where a path leaves 2.15; JSON logs changed with edge-24.9.2, where it leaves 2.16.
 */
const newsOnEdges: Readonly<Record<string, string>> = {
  ...newsOf,
  '2.16': `${newsOf['2.16']} metric-patches 2.17-json-log`,
  '2.17': 'link-crd crds grpc-timeout server-v1beta1 token link-check',
};

/** Always there, but for the linking of old service mirrors, which ends with a start at 2.18. */
const always = [
  'any-health',
  'any-kubernetes',
  'any-one-step',
  'any-release-notes',
  'any-order',
  'any-cli-crds',
  'any-helm',
  'any-extensions',
  'any-restart',
  'any-manual-injection',
];

function idsOf(release: string, news = newsOf): string[] {
  const names = news[release]?.split(' ') ?? [];
  return names.map((name) => {
    if (name.startsWith('2.')) return name;
    return name.startsWith('.') ? `${release}${name}` : `${release}-${name}`;
  });
}

/** The ids in the order of the data, each once. */
function inOrder(ids: readonly string[]): string[] {
  const wanted = new Set(ids);
  const ordered = notices.map(({ id }) => id).filter((id) => wanted.has(id));
  assert.equal(ordered.length, wanted.size, 'every id of the table is a notice');
  return ordered;
}

const idsBetween = (from: string, to: string): string[] => noticesBetween(from, to).map(({ id }) => id);

const minorOf = (release: string): number => Number(release.split('.')[1]);

type Row = (typeof history)[number];

/** The build of a release in a channel: both begin with stable builds. */
const buildOf = ([release, stop, enterprise]: Row, channel: 'edge' | 'enterprise'): string =>
  channel === 'enterprise' && minorOf(release) >= 15 ? enterprise : stop;

for (const channel of ['edge', 'enterprise'] as const) {
  test(`class, path and notices of every pair of releases, stable and ${channel}`, async (t) => {
    for (const [row, from] of history.entries()) {
      for (const [column, to] of history.entries()) {
        await t.test(`${from[0]} to ${to[0]}`, () => {
          const [here, there] = [buildOf(from, channel), buildOf(to, channel)];

          const letter = classes[column]?.[1].split(' ')[row] ?? '';
          assert.equal(classes[column]?.[0].trim(), to[0]);
          assert.equal(skewOf(here, { version: there, target: there }).class, className[letter]);

          const path = pathTo(here, there);
          const stops = history.slice(row + 1, column + 1);
          assert.deepEqual(
            path.steps.map((step) => `${step.from} ${step.to} ${step.release}`),
            stops.map((stop, index) => {
              const before = history[row + index];
              return `${before && buildOf(before, channel)} ${buildOf(stop, channel)} ${stop[0]}`;
            }),
          );
          assert.equal(path.refusal === '', stops.length > 0, path.refusal);

          const relink = stops.length > 0 && minorOf(from[0]) <= 17 ? ['any-relink'] : [];
          const news = stops.flatMap(([release]) =>
            idsOf(release, channel === 'edge' ? newsOnEdges : newsOf),
          );
          assert.deepEqual(
            idsBetween(here, there),
            inOrder(stops.length > 0 ? [...always, ...relink, ...news] : []),
          );
        });
      }
    }
  });
}

/**
 * Across each boundary, from the last edge before a release to its first one: what goes by release comes here, what goes
 * by edge has come before. Edges of 2.9 and 2.13 count as 2.9.0 and 2.13.0.
 */
const acrossBoundary: Readonly<Record<string, readonly string[]>> = {
  '2.10': [
    '2.9.3-repair',
    '2.10-repair',
    '2.10-ports',
    '2.10-viz',
    '2.10-viz-helm',
    '2.10-helm-global',
    '2.10-prometheus-data',
  ],
  '2.11': idsOf('2.11'),
  '2.12': idsOf('2.12').filter((id) => id !== '2.12-kubernetes'),
  '2.13': idsOf('2.13'),
  '2.14': ['2.13.7-hostport', ...idsOf('2.14')],
  '2.15': ['2.15-channel', '2.15-installer', '2.15-externalworkload'],
  '2.16': [],
  '2.17': [],
  '2.18': [],
  '2.19': ['2.19-kubernetes'],
  '2.20': ['2.20-gateway-version'],
};

test('edges on both sides of every boundary', async (t) => {
  for (const [index, [release, , , before, first]] of history.entries()) {
    if (before === '') continue;
    await t.test(`${before} is not ${release} yet, ${first} is`, () => {
      assert.equal(skewOf(before, { version: first, target: first }).class, 'behind-one');
      assert.equal(skewOf(first, { version: before, target: before }).class, 'ahead');
      assert.deepEqual(pathTo(before, first).steps, [{ from: before, to: first, release }]);
      assert.deepEqual(pathTo(first, before).steps, []);
      const relink = minorOf(release) <= 18 ? ['any-relink'] : [];
      assert.deepEqual(
        idsBetween(before, first),
        inOrder([...always, ...relink, ...(acrossBoundary[release] ?? ['missing'])]),
      );
      assert.deepEqual(idsBetween(first, before), []);

      const previous = history[index - 1]?.[4];
      assert.ok(previous);
      // To the last edge of the release it is one step, and so it is over the boundary.
      assert.deepEqual(
        pathTo(previous, before).steps.map(({ to }) => to),
        [before],
      );
      assert.deepEqual(
        pathTo(previous, first).steps.map(({ to }) => to),
        [first],
      );
      const earlier = history[index - 2]?.[4];
      if (earlier) {
        assert.equal(skewOf(earlier, { version: first, target: first }).class, 'violation');
        assert.equal(pathTo(earlier, first).steps.length, 2);
        assert.equal(skewOf(earlier, { version: before, target: before }).class, 'behind-one');
        assert.equal(pathTo(earlier, before).steps.length, 1);
      }
    });
  }
});
