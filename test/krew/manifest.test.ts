/** The real manifest, its template and the archives of dist/release, held against every rule. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { renderKrewManifest } from '../../scripts/package/krew.ts';
import { archiveName, releaseTargets } from '../../scripts/package/targets.ts';
import { leftOut, released, version } from '../package/release.ts';
import { sumOf } from './fixtures.ts';
import { decodeManifest, type Manifest } from './validator/manifest.ts';
import { type Pair, platformFor, supportedPairs } from './validator/selectors.ts';
import { archiveOf } from './validator/sources.ts';
import { installationProblems, manifestProblems } from './validator/validate.ts';

const read = (name: string) => readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8');
const committed = read('krew-manifest.yaml');
const template = read('.krew.yaml');

/** As in an index, where the file is named after the plugin. */
const FILE_NAME = 'linkerd-upgrade.yaml';

const pairs = releaseTargets.map(({ os, arch }): Pair => {
  const pair = supportedPairs.find((one) => one === `${os}/${arch}`);
  assert.ok(pair, `krew does not know ${os}/${arch}`);
  return pair;
});
const intent = { version: `v${version}`, needsMore: false, pairs };

function decoded(text: string): Manifest {
  const { manifest, problem } = decodeManifest(text);
  assert.equal(problem, undefined);
  assert.ok(manifest);
  return manifest;
}

test('krew-manifest.yaml keeps every rule', () => {
  assert.deepEqual(manifestProblems(committed, FILE_NAME, intent), []);
});

test('krew-manifest.yaml is .krew.yaml with the tag and the sums put in', () => {
  const sums = new Map(decoded(committed).platforms.map(({ uri, sha256 }) => [archiveOf(uri), sha256]));
  assert.equal(
    renderKrewManifest(template, `v${version}`, (archive) => sums.get(archive) ?? ''),
    committed,
  );
});

test('on every system that krew knows, it installs the program of that system, or says that there is none', () => {
  const manifest = decoded(committed);
  for (const pair of supportedPairs) {
    const target = releaseTargets.find(({ os, arch }) => pair === `${os}/${arch}`);
    const platform = manifest.platforms[platformFor(manifest, pair) ?? -1];
    assert.equal(platform?.bin, target?.executable, pair);
    assert.equal(platform && archiveOf(platform.uri), target && archiveName(version, target), pair);
    assert.equal(platform?.files, undefined, pair);
  }
});

describe('the archives of dist/release', { skip: leftOut }, () => {
  test('are those that the manifest beside them names, sum by sum', () => {
    const sums = new Map(
      releaseTargets.map((target) => {
        const name = archiveName(version, target);
        return [name, sumOf(released(name))];
      }),
    );
    const text = released('krew-manifest.yaml').toString();
    assert.deepEqual(manifestProblems(text, FILE_NAME, { ...intent, sums }), []);
  });

  const anySum = (manifest: string): string => manifest.replaceAll(/\b[0-9a-f]{64}\b/g, '…');

  test('are all that differs from the committed krew-manifest.yaml, if anything does', () => {
    assert.equal(anySum(released('krew-manifest.yaml').toString()), anySum(committed));
  });

  // Between releases the committed sums may be of an older build: only Linux x64 can make the archives, and a change of
  // one library must not fail for everybody. A release compares them itself (scripts/ci/release-build.sh).
  test('are those of the committed krew-manifest.yaml', (t) => {
    if (released('krew-manifest.yaml').toString() !== committed) {
      t.skip(
        'krew-manifest.yaml has the sums of another build: `npm run package` writes it, a release refuses it',
      );
    }
  });

  for (const target of releaseTargets) {
    test(`${target.os}-${target.arch} keeps every rule of an installation`, () => {
      const manifest = decoded(released('krew-manifest.yaml').toString());
      const name = archiveName(version, target);
      const platform = manifest.platforms.find(({ uri }) => archiveOf(uri) === name);
      assert.ok(platform, name);
      assert.deepEqual(installationProblems(platform, released(name)), []);
    });
  }
});
