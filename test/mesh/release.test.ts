import assert from 'node:assert/strict';
import { test } from 'node:test';
import { distance, hasBehaviour, releaseOf, releaseText } from '../../src/mesh/release.ts';
import { parseVersion } from '../../src/mesh/version.ts';

test('a version belongs to a release', async (t) => {
  const rows: readonly [version: string, release: string][] = [
    ['stable-2.14.10', '2.14'],
    ['stable-2.8.1', '2.8'],
    ['stable-2.12.0-rc2', '2.12'],
    ['enterprise-2.15.1-1-hazl', '2.15'],
    ['enterprise-2.21.0', '2.21'],
    ['edge-20.10.6', 'before 2.9'],
    ['edge-20.11.1', '2.9'],
    ['edge-21.3.1', '2.9'],
    ['edge-21.3.2', '2.10'],
    ['edge-24.2.3', '2.14'],
    ['edge-24.2.4', '2.15'],
    ['edge-24.4.1', '2.15'],
    ['edge-24.11.8', '2.17'],
    ['edge-25.3.3', '2.17'],
    ['edge-25.4.4', '2.18'],
    ['edge-25.10.6', '2.18'],
    ['edge-25.10.7', '2.19'],
    ['preview-25.10.7', '2.19'],
    ['edge-26.5.1', '2.19'],
    ['edge-26.6.3', '2.20'],
    ['edge-26.7.1', '2.20 or later'],
    ['edge-26.9.1', '2.20 or later'],
    ['edge-31.1.1', '2.20 or later'],
    ['dev-undefined', ''],
    ['git-cb21f1bc', ''],
    ['latest', ''],
    ['', ''],
  ];
  for (const [version, release] of rows) {
    await t.test(`${version || '(empty)'} is ${release || 'of no known release'}`, () =>
      assert.equal(releaseText(releaseOf(parseVersion(version))), release),
    );
  }
});

test('the distance between releases is bounded where the table ends', () => {
  const between = (ahead: string, behind: string): object => {
    const [a, b] = [releaseOf(parseVersion(ahead)), releaseOf(parseVersion(behind))];
    assert.ok(a && b);
    return distance(a, b);
  };
  assert.deepEqual(between('stable-2.14.1', 'stable-2.12.3'), { min: 2, max: 2 });
  assert.deepEqual(between('edge-26.8.3', 'edge-25.10.7'), { min: 1, max: Number.POSITIVE_INFINITY });
  assert.deepEqual(between('stable-2.10.0', 'edge-20.1.1'), { min: 2, max: Number.POSITIVE_INFINITY });
  assert.deepEqual(between('enterprise-2.21.0', 'edge-26.8.3'), { min: Number.NEGATIVE_INFINITY, max: 1 });
});

test('behaviour goes by the edge, and by the first release that has it elsewhere', async (t) => {
  const rows: readonly [version: string, has: boolean | undefined][] = [
    ['edge-26.5.1', false],
    ['edge-26.5.2', true],
    ['edge-26.6.3', true],
    ['enterprise-2.19.4', false],
    ['enterprise-2.20.0', true],
    ['stable-2.14.10', false],
    ['dev-undefined', undefined],
  ];
  for (const [version, has] of rows) {
    await t.test(`${version} has native sidecars by default: ${has}`, () =>
      assert.equal(hasBehaviour(parseVersion(version), 'nativeSidecarDefault'), has),
    );
  }
  await t.test('a behaviour newer than the table is unknown for releases beyond it', () => {
    assert.equal(hasBehaviour(parseVersion('enterprise-2.20.2'), 'gatewayApiChecked'), false);
    assert.equal(hasBehaviour(parseVersion('enterprise-2.21.0'), 'gatewayApiChecked'), undefined);
  });
});
