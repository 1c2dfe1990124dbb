import assert from 'node:assert/strict';
import { test } from 'node:test';
import { membershipText } from '../../src/mesh/membership.ts';
import { parseVersion } from '../../src/mesh/version.ts';

const cases: readonly [version: string, text: string][] = [
  ['stable-2.14.10', 'release 2.14, as its name says'],
  ['enterprise-2.17.0-1', 'release 2.17, as its name says'],
  ['edge-24.8.2', 'the first edge of 2.16'],
  ['edge-24.8.2-1', 'the first edge of 2.16'],
  ['edge-24.8.3', 'edge-24.8.2 begins 2.16 and edge-24.11.8 begins 2.17, so it is of 2.16'],
  ['edge-25.10.6', 'edge-25.4.4 begins 2.18 and edge-25.10.7 begins 2.19, so it is of 2.18'],
  ['edge-26.8.3', 'newer than edge-26.6.3, the first edge of 2.20, the newest release known: 2.20 or later'],
  ['edge-20.1.1', 'older than edge-20.11.1, the first edge of 2.9'],
  [
    'preview-25.11.3',
    'edge-25.10.7 begins 2.19 and edge-26.6.3 begins 2.20, so it is of 2.19, counted as the edge of the same number',
  ],
  ['dev-0.1.2-x', 'nobody can say which release dev-0.1.2-x belongs to'],
  ['latest', '"latest" is not a Linkerd version'],
];

for (const [version, text] of cases) {
  test(`${version}: ${text}`, () => assert.equal(membershipText(parseVersion(version)), text));
}
