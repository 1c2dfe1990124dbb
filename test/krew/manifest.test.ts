/**
 * Holds krew-manifest.yaml against the rules of krew's validation (krew `internal/index/validation/validate.go`,
 * `cmd/validate-krew-manifest/main.go`) and of its reviewers.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { valid } from 'semver';
import { parse } from 'yaml';

interface Requirement {
  readonly key: string;
  readonly operator: string;
  readonly values: readonly string[];
}

interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly version: string;
    readonly homepage: string;
    readonly shortDescription: string;
    readonly description: string;
    readonly caveats?: string;
    readonly platforms: readonly {
      readonly selector: { readonly matchExpressions: readonly Requirement[] };
      readonly uri: string;
      readonly sha256: string;
      readonly bin: string;
      readonly files?: unknown;
    }[];
  };
}

const read = (name: string) => readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8');
const manifest: Manifest = parse(read('krew-manifest.yaml'));
const { version }: { version: string } = JSON.parse(read('package.json'));

const pairs = [
  'windows/386',
  'windows/amd64',
  'windows/arm64',
  'linux/386',
  'linux/amd64',
  'linux/arm',
  'linux/arm64',
  'linux/ppc64le',
  'darwin/386',
  'darwin/amd64',
  'darwin/arm64',
];

test('names krew and the plugin exactly', () => {
  assert.equal(manifest.apiVersion, 'krew.googlecontainertools.github.com/v1alpha2');
  assert.equal(manifest.kind, 'Plugin');
  assert.equal(manifest.metadata.name, 'linkerd-upgrade');
});

test('has the version of package.json, in every address too', () => {
  assert.equal(manifest.spec.version, `v${version}`);
  assert.ok(valid(manifest.spec.version));
  for (const { uri } of manifest.spec.platforms) {
    assert.match(uri, new RegExp(`^https://.*/v${version}/[^/]+\\.tar\\.gz$`));
  }
});

test('describes itself as reviewers ask', () => {
  const { shortDescription, description, homepage, caveats } = manifest.spec;
  assert.ok(shortDescription.length > 0 && shortDescription.length <= 50, shortDescription);
  assert.doesNotMatch(shortDescription, /[\r\n]|\.$|plugin|kubectl|kubernetes/i);
  for (const line of description.split('\n')) {
    assert.ok(line.length <= 80, line);
  }
  assert.match(homepage, /^https:\/\//);
  assert.match(caveats ?? '', /Node/);
});

test('every platform entry matches supported pairs, and no pair is matched twice', () => {
  const matched = manifest.spec.platforms.map(({ selector }) =>
    pairs.filter((pair) => {
      const [os, arch] = pair.split('/');
      return selector.matchExpressions.every(({ key, operator, values }) => {
        assert.ok(key === 'os' || key === 'arch', `krew selects by os and arch only, not ${key}`);
        assert.equal(operator, 'In');
        return values.includes((key === 'os' ? os : arch) ?? '');
      });
    }),
  );
  assert.deepEqual(matched.flat().toSorted(), ['darwin/amd64', 'darwin/arm64', 'linux/amd64', 'linux/arm64']);
});

test('every archive has a checksum in lower case, an executable, and moves nothing about', () => {
  for (const { sha256, bin, files } of manifest.spec.platforms) {
    assert.match(sha256, /^[a-f0-9]{64}$/);
    assert.doesNotMatch(sha256, /^0+$/, 'run npm run archive');
    assert.equal(bin, 'kubectl-linkerd_upgrade');
    assert.equal(files, undefined);
  }
});
