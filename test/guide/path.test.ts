import assert from 'node:assert/strict';
import { test } from 'node:test';
import { edges } from '../../src/data/edges.ts';
import { edgeAdvice, releases, stables } from '../../src/data/releases.ts';
import { noticesBetween } from '../../src/guide/notice-range.ts';
import { destinationOf, pathTo } from '../../src/guide/path.ts';
import { parseVersion } from '../../src/mesh/version.ts';
import { seededRandom } from '../support/seeded-random.ts';

const stopsTo = (from: string, destination: string): string =>
  pathTo(from, destination)
    .steps.map(({ to }) => to)
    .join(' ');

test('a path stops at the newest build of each release in between', async (t) => {
  const rows: readonly [from: string, destination: string, stops: string][] = [
    // Within a release straight to the newest.
    ['stable-2.11.1', '2.11', 'stable-2.11.5'],
    ['edge-25.10.7', '2.19', 'edge-25.11.1'],
    ['enterprise-2.19.4', '2.19', 'enterprise-2.19.6'],
    ['enterprise-2.17.0-1', 'enterprise-2.17.1', 'enterprise-2.17.1'],
    // No detour over the newest of the release that runs.
    ['stable-2.11.1', '2.12', 'stable-2.12.6'],
    ['stable-2.8.1', '2.10', 'stable-2.9.5 stable-2.10.2'],
    // Stable ends with 2.14.10.
    ['stable-2.12.3', '2.15', 'stable-2.13.7 stable-2.14.10 edge-24.4.5'],
    ['stable-2.14.10', '2.15', 'edge-24.4.5'],
    ['stable-2.13.7', 'edge-24.8.2', 'stable-2.14.10 edge-24.4.5 edge-24.8.2'],
    ['stable-2.13.7', 'edge-23.9.1', 'edge-23.9.1'],
    ['stable-2.13.7', 'enterprise-2.16.0', 'stable-2.14.10 enterprise-2.15.7 enterprise-2.16.0'],
    // Edges all the way: none that asks for a Kubernetes which its release does not ask for (edge-21.11.1: 1.20).
    ['edge-20.11.1', '2.15', 'edge-21.9.4 edge-21.10.3 edge-23.3.4 edge-23.8.2 edge-23.11.3 edge-24.4.5'],
    // Between the channels after it.
    ['edge-24.4.5', 'enterprise-2.17.0', 'enterprise-2.16.3 enterprise-2.17.0'],
    ['edge-23.4.1', 'enterprise-2.15.1', 'edge-23.11.3 enterprise-2.15.1'],
    ['enterprise-2.17.1', 'edge-25.11.3', 'edge-25.5.5 edge-25.11.3'],
    ['edge-22.8.2', 'stable-2.14.10', 'stable-2.13.7 stable-2.14.10'],
    ['preview-25.4.4', '2.19', 'edge-25.11.1'],
    // The newest known, in the channel at hand.
    ['edge-26.6.3', 'latest-known', 'edge-26.9.1'],
    ['enterprise-2.19.6', 'latest-known', 'enterprise-2.20.2'],
    ['enterprise-2.20.1', 'latest-known', 'enterprise-2.20.2'],
    [
      'stable-2.14.10',
      'latest-known',
      'edge-24.4.5 edge-24.9.2 edge-24.11.8 edge-25.5.5 edge-25.11.1 edge-26.6.3 edge-26.9.1',
    ],
    // Hotpatches and private builds are of the release they are built from.
    ['edge-25.4.4', 'edge-25.9.3-1', 'edge-25.9.3-1'],
    ['stable-2.13.7', 'stable-2.14.10-acme', 'stable-2.14.10-acme'],
    // Past the table: the newest release that is certain lies in between.
    ['edge-25.10.7', 'edge-26.8.3', 'edge-26.6.3 edge-26.8.3'],
    ['edge-26.7.1', 'edge-26.8.3', 'edge-26.8.3'],
    ['edge-26.7.1', 'edge-27.3.1', 'edge-27.3.1'],
    ['enterprise-2.19.6', 'enterprise-2.21.0', 'enterprise-2.20.2 enterprise-2.21.0'],
    ['enterprise-2.21.0', 'enterprise-2.21.4', 'enterprise-2.21.4'],
    ['stable-2.12.0-rc2', 'stable-2.12.0', 'stable-2.12.0'],
    [' stable-2.12.1', '2.12', ''],
    ['stable-2.12.1', ' 2.12 ', 'stable-2.12.6'],
  ];
  for (const [from, destination, stops] of rows) {
    await t.test(`${from} to ${destination}`, () => assert.equal(stopsTo(from, destination), stops));
  }
  await t.test('an edge after the table is told from one of a known release', () =>
    assert.deepEqual(
      pathTo('edge-26.5.1', 'latest-known').steps.map(({ release }) => release),
      ['2.20', '2.20 or later'],
    ),
  );
});

test('where there is no way, the refusal says why', async (t) => {
  const rows: readonly [from: string, destination: string, refusal: string | RegExp][] = [
    ['edge-25.10.7', 'edge-25.10.7', 'the control plane runs edge-25.10.7 already'],
    ['enterprise-2.20.2', 'latest-known', 'the control plane runs enterprise-2.20.2 already'],
    ['edge-25.10.7', 'edge-25.4.4', 'edge-25.10.7 is newer than edge-25.4.4: Linkerd documents no way back'],
    ['edge-25.10.7', '2.18', 'edge-25.10.7 is newer than edge-25.5.5: Linkerd documents no way back'],
    [
      'enterprise-2.19.6',
      '2.13',
      'enterprise-2.19.6 is newer than stable-2.13.7: Linkerd documents no way back',
    ],
    ['stable-2.14.10', 'stable-2.14.9', /no way back$/],
    [
      'edge-26.1.1',
      '2.19',
      'edge-26.1.1 is newer than edge-25.11.1, which 2.19 stands for: there is nothing to do',
    ],
    [
      'edge-27.1.1',
      'latest-known',
      'edge-27.1.1 is newer than edge-26.9.1, which latest-known stands for: there is nothing to do',
    ],
    ['', '2.20', /^the version of the control plane is not known/],
    ['dev-undefined', '2.20', /^nobody can say which release dev-undefined belongs to/],
    ['latest', '2.20', /^nobody can say which release latest belongs to/],
    ['stable-2.6.0', '2.9', /^nothing is known of what lies before 2\.9: bring stable-2\.6\.0 there/],
    ['edge-20.10.6', '2.9', /^nothing is known of what lies before 2\.9/],
    ['enterprise-2.20.2', 'enterprise-2.22.0', /^2\.21 lies between .* no build of it is known here/],
    ['edge-26.9.1', 'enterprise-2.22.0', /^2\.21 lies between/],
    ['stable-2.14.10', '2.21', '2.21 is not known: the newest release known is 2.20'],
    ['stable-2.9.5', '2.8', '2.8 is older than what is known: the oldest release known is 2.9'],
    ['stable-2.9.5', 'stable-2.8.1', /^stable-2\.8\.1 is older than what is known/],
    [
      'stable-2.14.10',
      'stable-2.15.0',
      /^stable-2\.15\.0 does not exist: stable-2\.14\.10 is the last stable/,
    ],
    ['stable-2.14.1', 'stable-2.14.11', /^stable-2\.14\.11 was never published/],
    ['stable-2.14.10', 'enterprise-2.14.0', /does not exist: enterprise builds begin with 2\.15/],
    ['edge-24.11.8', 'edge-25.2.4', /^edge-25\.2\.4 was never published/],
    ['edge-24.11.8', 'preview-25.10.7', /is a preview/],
    ['edge-24.11.8', 'git-cb21f1bc', /^nobody can say which release git-cb21f1bc belongs to/],
    ['edge-24.11.8', 'v2.19', /^"v2\.19" is not a version of Linkerd: .* Did you mean 2\.19\?$/],
    ['edge-24.11.8', '25.10.7', /Did you mean edge-25\.10\.7\?$/],
    ['stable-2.13.7', '2.14.10', /Did you mean stable-2\.14\.10\?$/],
    ['stable-2.13.7', '2.19.4', /Did you mean enterprise-2\.19\.4\?$/],
    ['edge-24.11.8', 'newest', /^"newest" is not a version of Linkerd: name a release/],
    ['edge-24.11.8', '', /^no destination is given/],
  ];
  for (const [from, destination, refusal] of rows) {
    await t.test(`${from || '(unknown)'} to ${destination || '(nothing)'}`, () => {
      const path = pathTo(from, destination);
      assert.deepEqual(path.steps, []);
      if (typeof refusal === 'string') assert.equal(path.refusal, refusal);
      else assert.match(path.refusal, refusal);
    });
  }
});

test('a destination is checked before a cluster is asked', () => {
  assert.deepEqual(destinationOf(' 2.20 '), { version: '2.20' });
  assert.deepEqual(destinationOf('latest-known'), { version: 'latest-known' });
  assert.deepEqual(destinationOf('edge-26.6.3'), { version: 'edge-26.6.3' });
  assert.deepEqual(destinationOf('enterprise-2.19.4'), { version: 'enterprise-2.19.4' });
  assert.deepEqual(destinationOf('edge-27.1.1'), { version: 'edge-27.1.1' });
  assert.ok('error' in destinationOf('2.20.1'));
});

test('remarks say what the steps do not show', async (t) => {
  const rows: readonly [from: string, destination: string, remarks: readonly RegExp[]][] = [
    ['stable-2.13.7', 'stable-2.14.10', []],
    ['stable-2.13.7', 'stable-2.14.3', [/^the newest stable release known is stable-2\.14\.10$/]],
    [
      'stable-2.14.10',
      'edge-24.2.4',
      [
        /^this path changes from stable to edge releases: stable-2\.14\.10 is the last .* --to enterprise-2\.20\.2$/,
        /^the newest edge release known is edge-26\.9\.1$/,
      ],
    ],
    [
      'stable-2.14.10',
      'enterprise-2.16.3',
      [
        /^this path changes from stable to Buoyant Enterprise/,
        /newest enterprise/,
        /newer patch .*: enterprise-2\.15\.7$/,
      ],
    ],
    [
      'enterprise-2.19.6',
      'edge-26.9.1',
      [/^this path leaves Buoyant/, /catalogue/, /next release yet: edge-26\.6\.3$/],
    ],
    [
      'edge-23.8.3',
      'stable-2.14.10',
      [/from edge to stable builds/, /^nothing says which is the newer one of/],
    ],
    [
      'edge-25.10.1',
      'edge-25.10.4',
      [/^edge-25\.10\.4 is advised against: .* Use edge-25\.10\.7 or edge-25\.11\.3 \(https:/, /newest edge/],
    ],
    [
      'edge-25.7.2',
      'edge-25.9.1',
      [/^edge-25\.7\.2, which runs now, is advised against: the proxy takes/, /newest/],
    ],
    [
      'edge-25.2.1',
      'edge-25.2.2',
      [/is advised against where the cluster uses IPv6 or both stacks: IPv6/, /newest/],
    ],
    ['edge-25.5.1', 'edge-25.5.2', [/is not the one to choose: it holds internal/, /newest/]],
    [
      'edge-25.10.7',
      'edge-26.8.3',
      [/may belong to a release after 2\.20/, /newest edge/, /next release yet: edge-26\.6\.3$/],
    ],
    ['edge-26.8.3', 'edge-26.9.1', [/^edge-26\.9\.1 is known from a catalogue of others only/]],
    ['edge-26.8.3', 'edge-26.9.2', [/^edge-26\.9\.2 is newer than all that is known here/]],
    ['enterprise-2.20.2', 'enterprise-2.21.0', [/^2\.21 is newer than all that is known here/]],
    [
      'preview-26.1.1',
      'edge-26.6.3',
      [/newest edge/, /^preview-26\.1\.1 is taken for the edge of the same number$/],
    ],
    // They stand beside a refusal, too.
    ['edge-25.10.4', 'edge-25.10.4', [/^edge-25\.10\.4 is advised against/, /newest edge/]],
  ];
  for (const [from, destination, remarks] of rows) {
    await t.test(`${from} to ${destination}`, () => {
      const found = pathTo(from, destination).remarks;
      assert.equal(found.length, remarks.length, found.join('\n'));
      for (const [index, remark] of remarks.entries()) assert.match(found[index] ?? '', remark);
    });
  }
});

/** What the table of releases says of an edge, by the count of first edges up to it. */
function minorOf(version: string): number {
  const parsed = parseVersion(version);
  if (parsed.kind === 'numbered') return parsed.minor;
  const place = edges.indexOf(version);
  return releases.findLast(({ edge }) => edges.indexOf(edge) <= place)?.minor ?? Number.NaN;
}

test('seeded: steps are joined, go forward, skip nothing and avoid what is advised against', () => {
  const seed = 20_260_904;
  const random = seededRandom(seed);
  const bad = new Set(edgeAdvice.flatMap((advice) => advice.edges));
  const pool = [
    ...edges,
    ...stables.map(([version]) => version),
    ...['15.0', '15.7', '16.3', '17.1', '18.0', '19.4', '20.0', '20.2'].map((text) => `enterprise-2.${text}`),
  ];
  let ways = 0;
  for (let round = 0; round < 600; round += 1) {
    const [from, to] = [random.pick(pool), random.pick(pool)];
    const { steps, refusal } = pathTo(from, to);
    const say = `seed ${seed}, round ${round}: ${from} to ${to}`;
    assert.equal(steps.length === 0, refusal !== '', say);
    if (steps.length === 0) {
      const isBack = minorOf(from) > minorOf(to) || parseVersion(from).channel === parseVersion(to).channel;
      assert.ok(isBack, `${say}: ${refusal}`);
      continue;
    }
    ways += 1;
    assert.equal(steps[0]?.from, from, say);
    assert.equal(steps.at(-1)?.to, to, say);
    for (const [index, step] of steps.entries()) {
      const gap = minorOf(step.to) - minorOf(step.from);
      assert.ok(gap === 1 || (gap === 0 && index === steps.length - 1), `${say}: ${step.from} to ${step.to}`);
      assert.equal(steps[index + 1]?.from ?? to, step.to, say);
      assert.ok(step.to === to || !bad.has(step.to), `${say}: stops at ${step.to}`);
      assert.deepEqual(pathTo(step.from, step.to).steps, [step], `${say}: a step is a path of its own`);
    }
    const own = new Set(steps.flatMap((step) => noticesBetween(step.from, step.to).map(({ id }) => id)));
    assert.deepEqual(new Set(noticesBetween(from, to).map(({ id }) => id)), own, say);
  }
  assert.ok(ways > 200, `${ways} ways`);
});
