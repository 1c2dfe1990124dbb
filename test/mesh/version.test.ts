import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compareVersions, parseVersion } from '../../src/mesh/version.ts';

test('a version is read as Linkerd reads it', async (t) => {
  const numbered = { candidate: undefined, hotpatch: 0, suffix: '' };
  const rows: readonly [text: string, expected: object][] = [
    ['stable-2.14.10', { ...numbered, kind: 'numbered', channel: 'stable', minor: 14, patch: 10 }],
    [
      'stable-2.12.0-rc2',
      { ...numbered, kind: 'numbered', channel: 'stable', minor: 12, patch: 0, candidate: 2 },
    ],
    ['enterprise-2.19.4', { ...numbered, kind: 'numbered', channel: 'enterprise', minor: 19, patch: 4 }],
    [
      'enterprise-2.17.0-1',
      { ...numbered, kind: 'numbered', channel: 'enterprise', minor: 17, patch: 0, hotpatch: 1 },
    ],
    [
      'enterprise-2.15.1-1-hazl',
      {
        ...numbered,
        kind: 'numbered',
        channel: 'enterprise',
        minor: 15,
        patch: 1,
        hotpatch: 1,
        suffix: 'hazl',
      },
    ],
    ['edge-25.10.7', { kind: 'dated', channel: 'edge', number: [25, 10, 7], hotpatch: 0, suffix: '' }],
    ['edge-24.3.4-2', { kind: 'dated', channel: 'edge', number: [24, 3, 4], hotpatch: 2, suffix: '' }],
    [
      'preview-24.1.3-hazl',
      { kind: 'dated', channel: 'preview', number: [24, 1, 3], hotpatch: 0, suffix: 'hazl' },
    ],
    ['dev-undefined', { kind: 'build', channel: 'dev' }],
    ['dev-0.1.2-x', { kind: 'build', channel: 'dev' }],
    ['git-cb21f1bc', { kind: 'build', channel: 'git' }],
    ['install-proxy-version', { kind: 'build', channel: 'install' }],
    ['stable-3.0.0', { kind: 'build', channel: 'stable' }],
    ['edge-25.10', { kind: 'build', channel: 'edge' }],
    ['2.14.10', { kind: 'unparsed', channel: '' }],
    ['v2.3.0', { kind: 'unparsed', channel: '' }],
    ['latest', { kind: 'unparsed', channel: '' }],
    ['', { kind: 'unparsed', channel: '' }],
    ['-2.14.1', { kind: 'unparsed', channel: '' }],
    ['stable-', { kind: 'unparsed', channel: '' }],
  ];
  for (const [text, expected] of rows) {
    await t.test(JSON.stringify(text), () => assert.deepEqual(parseVersion(text), { ...expected, text }));
  }
});

test('versions are ordered within a channel, across channels only by release', async (t) => {
  const rows: readonly [a: string, b: string, order: -1 | 0 | 1 | undefined][] = [
    ['edge-25.9.4', 'edge-25.10.7', -1],
    ['edge-25.10.7', 'edge-25.10.7', 0],
    ['edge-26.1.1', 'edge-25.12.3', 1],
    ['edge-24.3.4', 'edge-24.3.4-1', -1],
    ['stable-2.9.5', 'stable-2.10.0', -1],
    ['stable-2.14.10', 'stable-2.14.9', 1],
    ['stable-2.12.0-rc2', 'stable-2.12.0', -1],
    ['stable-2.12.0-rc2', 'stable-2.12.0-rc10', -1],
    ['enterprise-2.17.0', 'enterprise-2.17.0-1', -1],
    ['enterprise-2.15.1-1', 'enterprise-2.15.1-1-hazl', undefined],
    ['preview-25.10.7', 'preview-25.11.1', -1],
    ['stable-2.14.10', 'edge-24.1.1', undefined],
    ['stable-2.14.10', 'edge-24.2.4', -1],
    ['enterprise-2.19.0', 'edge-25.4.4', 1],
    ['preview-25.10.7', 'edge-25.10.7', undefined],
    ['enterprise-2.20.2', 'edge-26.8.3', undefined],
    ['enterprise-2.19.2', 'edge-26.8.3', -1],
    ['dev-1', 'dev-2', undefined],
    ['git-abc', 'git-abc', 0],
    ['git-abc', 'edge-25.1.1', undefined],
    ['latest', 'latest', undefined],
    ['', 'edge-25.1.1', undefined],
  ];
  for (const [a, b, order] of rows) {
    await t.test(`${a} against ${b}`, () => {
      assert.equal(compareVersions(parseVersion(a), parseVersion(b)), order);
      const back = compareVersions(parseVersion(b), parseVersion(a));
      assert.equal(back, order === undefined || order === 0 ? order : -order);
    });
  }
});
