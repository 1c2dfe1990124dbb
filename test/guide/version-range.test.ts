import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isInRange, parseBound, parseRange } from '../../src/guide/version-range.ts';
import { parseVersion } from '../../src/mesh/version.ts';

test('a version lies in a range or not', async (t) => {
  const rows: readonly [range: string, inside: readonly string[], outside: readonly string[]][] = [
    // A release covers all its patches, and its edges.
    ['<= 2.17', ['stable-2.9.0', 'enterprise-2.17.9', 'edge-25.4.3'], ['edge-25.4.4', 'enterprise-2.18.0']],
    ['< 2.18', ['enterprise-2.17.9', 'edge-25.4.3'], ['edge-25.4.4', 'enterprise-2.18.0']],
    ['2.11', ['stable-2.11.0', 'stable-2.11.5', 'edge-22.8.1'], ['stable-2.10.2', 'stable-2.12.0']],
    // An edge counts as patch 0 of its release.
    ['2.14.0', ['stable-2.14.0', 'edge-23.8.3', 'edge-24.2.3'], ['stable-2.14.1', 'stable-2.13.7']],
    ['2.9.0 - 2.9.2', ['stable-2.9.0', 'stable-2.9.2', 'edge-20.12.1'], ['stable-2.9.3', 'stable-2.8.1']],
    ['2.13.0 - 2.13.6', ['stable-2.13.6'], ['stable-2.13.7', 'stable-2.12.6', 'edge-23.8.3']],
    // A numbered version counts as the edge that its release began with.
    [
      '<= edge-24.2.3',
      ['edge-24.2.3', 'stable-2.14.10', 'stable-2.8.1'],
      ['edge-24.2.4', 'enterprise-2.15.1'],
    ],
    [
      'edge-25.6.3 - edge-25.7.6',
      ['edge-25.6.3', 'edge-25.7.6', 'preview-25.7.1'],
      ['edge-25.6.2', 'edge-25.8.1'],
    ],
    ['edge-25.6.3 - edge-25.7.6', [], ['enterprise-2.18.2', 'enterprise-2.22.0']],
    ['edge-25.1.1', ['edge-25.1.1'], ['edge-25.1.2', 'enterprise-2.17.1']],
    // Nobody can say where these stand.
    ['<= 2.17', [], ['dev-undefined', 'latest', '']],
    ['2.9.0 - 2.9.2', [], ['git-cb21f1bc']],
  ];
  for (const [text, inside, outside] of rows) {
    const range = parseRange(text);
    assert.ok(range, text);
    for (const version of inside) {
      await t.test(`${version} is in ${text}`, () => assert.ok(isInRange(range, parseVersion(version))));
    }
    for (const version of outside) {
      await t.test(`${version || '(none)'} is not in ${text}`, () =>
        assert.ok(!isInRange(range, parseVersion(version))),
      );
    }
  }
});

test('what is no bound and no range is told from one', () => {
  for (const text of ['', '2', '3.1', '2.x', 'stable-2.9.0', 'edge-25.1', '2.9.1.2']) {
    assert.equal(parseBound(text), undefined, text);
  }
  for (const text of ['', '<=2.9', '>= 2.9', '2.9 -', '2.9 - 2.10 - 2.11', '2.9.0-2.9.2']) {
    assert.equal(parseRange(text), undefined, text);
  }
});
