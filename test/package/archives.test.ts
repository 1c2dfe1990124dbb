import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { archiveName, programName, releaseTargets, targetName } from '../../scripts/package/targets.ts';
import { archiveProblems, sniff } from '../krew/validator/archive.ts';
import { programKind } from '../krew/validator/executable.ts';
import { entriesOf, leftOut, released, releaseFolder, root, stageFolder, version } from './release.ts';

/** One archive must fit in krew's memory, and in the patience of who waits for it. */
const LARGEST_ARCHIVE = 64_000_000;

describe('release archives', { skip: leftOut }, () => {
  test('dist/release holds one archive a platform, their sums, the bill of materials and the manifest', () => {
    const archives = releaseTargets.map((target) => archiveName(version, target));
    const expected = [...archives, 'checksums.txt', 'krew-manifest.yaml', 'sbom.cdx.json'].sort();
    assert.deepEqual(readdirSync(releaseFolder).sort(), expected);
  });

  test('checksums.txt names every other file with its sum, as sha256sum -c reads it', () => {
    const listed = released('checksums.txt').toString().trimEnd().split('\n');
    const others = readdirSync(releaseFolder).filter((name) => name !== 'checksums.txt');
    const expected = others
      .sort()
      .map((name) => `${createHash('sha256').update(released(name)).digest('hex')}  ${name}`);
    assert.deepEqual(listed.toSorted(byName), expected.toSorted(byName));
  });

  for (const target of releaseTargets) {
    describe(targetName(target), () => {
      const name = archiveName(version, target);

      test('is packed as krew wants it, with nothing but what is wanted', () => {
        const archive = released(name);
        const entries = entriesOf(name);
        const isWindows = target.os === 'windows';
        assert.equal(sniff(archive), isWindows ? 'zip' : 'tar.gz');
        assert.deepEqual(archiveProblems(archive, entries, isWindows), []);
        assert.ok(archive.length < LARGEST_ARCHIVE, `${archive.length} bytes`);
        const found = entries.map(({ name, type, mode }) => `${type} ${mode?.toString(8)} ${name}`);
        const onUnix = [`file 644 ${programName}.1`, 'file 755 kubectl_complete-linkerd_upgrade'];
        const expected = [
          'file 644 LICENSE',
          'file 644 THIRD-PARTY-NOTICES.txt',
          `file 755 ${target.executable}`,
          ...(isWindows ? [] : onUnix),
        ];
        assert.deepEqual(found.sort(), expected.sort());
      });

      test('holds a program for that system and processor', () => {
        const program = entriesOf(name).find((entry) => entry.name === target.executable);
        assert.ok(program);
        assert.equal(programKind(program.data), `${target.os}/${target.arch}`);
      });

      test('holds our licence, and the files that lie unpacked in dist/stage', () => {
        for (const { name: file, data } of entriesOf(name)) {
          const unpacked = readFileSync(`${stageFolder}${targetName(target)}/${file}`);
          assert.ok(unpacked.equals(data), file);
          if (file === 'LICENSE') assert.ok(unpacked.equals(readFileSync(`${root}LICENSE`)));
        }
      });
    });
  }
});

function byName(a: string, b: string): number {
  return a.slice(66) < b.slice(66) ? -1 : 1;
}
