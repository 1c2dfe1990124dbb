import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { archiveName, releaseTargets } from '../../scripts/package/targets.ts';
import { leftOut, released, root, staged, version } from './release.ts';

/** What a size may have drifted from the page's, in bytes. */
const DRIFT = 1_000_000;

describe('docs/packaging.md', { skip: leftOut }, () => {
  const page = readFileSync(`${root}docs/packaging.md`, 'utf8');

  for (const target of releaseTargets) {
    const name = archiveName(version, target);
    test(`names ${name} with its size and the program's`, () => {
      const row = page.split('\n').find((line) => line.startsWith(`| \`${name}\` |`));
      const sizes = [...(row ?? '').matchAll(/ ([\d.]+) MB /g)].map(
        ([, megabytes]) => Number(megabytes) * 1e6,
      );
      const found = [staged(target.os, target.arch).length, released(name).length];
      assert.equal(sizes.length, found.length, String(row));
      for (const [index, size] of found.entries()) {
        assert.ok(Math.abs((sizes[index] ?? 0) - size) < DRIFT, `${size} bytes, not as in: ${row}`);
      }
    });
  }
});
