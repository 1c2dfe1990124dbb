/** Every rule for manifests refuses what breaks it, and nothing else. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { stringify } from 'yaml';
import { goodIntent, goodManifest, type ManifestFile, type PlatformFile } from './fixtures.ts';
import { decodeManifest } from './validator/manifest.ts';
import { type Pair, platformFor, supportedPairs } from './validator/selectors.ts';
import { type ManifestIntent, manifestProblems } from './validator/validate.ts';

interface Spoiled {
  readonly what: string;
  readonly spoil: (manifest: ManifestFile) => void;
  /** Each problem, in order, by its row and words of it. */
  readonly problems: readonly RegExp[];
  readonly intent?: Partial<ManifestIntent>;
  readonly fileName?: string;
}

const first = ({ spec }: ManifestFile): PlatformFile => {
  const [platform] = spec.platforms;
  assert.ok(platform);
  return platform;
};
const named = (name: unknown) => (manifest: ManifestFile) => {
  manifest.metadata.name = name;
};
const versioned = (version: string) => (manifest: ManifestFile) => {
  for (const platform of manifest.spec.platforms) {
    platform.uri = String(platform.uri).replace('v1.2.3', version);
  }
  manifest.spec.version = version;
};
const short = (text: string) => (manifest: ManifestFile) => {
  manifest.spec.shortDescription = text;
};
const described = (text: string) => (manifest: ManifestFile) => {
  manifest.spec.description = text;
};
const selecting = (selector: unknown) => (manifest: ManifestFile) => {
  Object.assign(first(manifest), { selector });
};

const cases: readonly Spoiled[] = [
  // M1
  {
    what: 'another API version',
    spoil: (manifest) => {
      manifest.apiVersion = 'krew.googlecontainertools.github.com/v1alpha1';
    },
    problems: [/^M1 apiVersion/],
  },
  {
    what: 'another kind',
    spoil: (manifest) => {
      manifest.kind = 'plugin';
    },
    problems: [/^M1 kind/],
  },
  {
    what: 'a name with a blank',
    spoil: named('linkerd upgrade'),
    fileName: 'linkerd upgrade.yaml',
    problems: [/^M1 .* other signs/, /^M1 .* lower case/],
  },
  { what: 'a device of Windows', spoil: named('con'), fileName: 'con.yaml', problems: [/^M1 .* device/] },
  {
    what: 'capitals and an underscore, which krew takes',
    spoil: named('Linkerd_Upgrade'),
    fileName: 'Linkerd_Upgrade.yaml',
    problems: [/^M1 .* lower case/],
  },
  {
    what: 'a file of another name',
    spoil: () => {},
    fileName: 'linkerd.yaml',
    problems: [/^M1 .* named after/],
  },
  {
    what: 'the other extension of YAML',
    spoil: () => {},
    fileName: 'linkerd-upgrade.yml',
    problems: [/^M1 .*\.yaml/],
  },
  {
    what: 'a sum that is a number to YAML',
    spoil: (manifest) => {
      first(manifest).sha256 = 1234;
    },
    problems: [/^M1 .* sha256 is not a string/],
  },
  {
    what: 'a version that is a number to YAML',
    spoil: (manifest) => {
      manifest.spec.version = 1.2;
    },
    problems: [/^M1 .* version is not a string/],
  },
  // M2
  ...['1.2.3', 'v1.2', 'v01.2.3', 'v1.2.3.4', 'v1.2.3-', 'vlatest'].map((version) => ({
    what: `the version ${version}`,
    spoil: versioned(version),
    intent: { version },
    problems: [/^M2 .* not of the form/],
  })),
  {
    what: 'another version than the package has',
    spoil: versioned('v1.2.4'),
    problems: [/^M2 .* package\.json v1\.2\.3/],
  },
  {
    what: 'an archive of another release',
    spoil: (manifest) => {
      first(manifest).uri = String(first(manifest).uri).replace('v1.2.3', 'v1.2.2');
    },
    problems: [/^M2 platforms\[0\]: the uri is not in the release/],
  },
  ...[
    'https://elsewhere.example/releases/download/v1.2.3/tool-linux-amd64.tar.gz',
    'https://github.com/example/kubectl-linkerd-upgrade/releases/download/v1.2.3/../v1.2.2/tool-linux-amd64.tar.gz',
    'https://github.com/example/other?/releases/download/v1.2.3/tool-linux-amd64.tar.gz',
  ].map((uri) => ({
    what: `an archive that is not among those of the homepage, ${uri}`,
    spoil: (manifest: ManifestFile) => {
      first(manifest).uri = uri;
    },
    problems: [/^M2 platforms\[0\]: the uri is not in the release v1\.2\.3 of https/],
  })),
  {
    what: 'a text that turns the direction of writing',
    spoil: described('Restarts \u202e workloads.\n'),
    problems: [/^M3 a text has the sign U\+202E/],
  },
  // M3
  { what: 'no short description', spoil: short(''), problems: [/^M3 there is no short/] },
  { what: 'a short description of two lines', spoil: short('One\ntwo'), problems: [/^M3 .* line break/] },
  {
    what: 'a short description of 51 characters',
    spoil: short('x'.repeat(51)),
    problems: [/^M3 .* 51 characters/],
  },
  { what: 'a final period', spoil: short('Restart things.'), problems: [/^M3 .* period/] },
  ...['A plugin that restarts', 'Restart with kubectl', 'Restart Kubernetes workloads'].map((text) => ({
    what: `the short description "${text}"`,
    spoil: short(text),
    problems: [/^M3 .* superfluous/],
  })),
  { what: 'no description', spoil: described(' '), problems: [/^M3 there is no description/] },
  { what: 'a line of 81 columns', spoil: described(`one\n${'x'.repeat(81)}\n`), problems: [/^M3 a line/] },
  ...[
    'Does:\n  restart all',
    'Type\n$ restart',
    'Examples:\nnone',
    'Run kubectl linkerd-upgrade plan',
    '```',
  ].map((text) => ({
    what: `the description ${JSON.stringify(text)}`,
    spoil: described(text),
    problems: [/^M3 .* example/],
  })),
  ...['', 'http://example.com', 'example.com', 'https://user:word@example.com'].map((homepage) => ({
    what: `the homepage "${homepage}"`,
    spoil: (manifest: ManifestFile) => {
      manifest.spec.homepage = homepage;
    },
    problems: [/^M3 the homepage/],
  })),
  {
    what: 'caveats that no one needs',
    spoil: (manifest) => {
      manifest.spec.caveats = 'Read the documentation.';
    },
    problems: [/^M3 there are caveats/],
  },
  {
    what: 'no caveats where something is to be installed',
    spoil: () => {},
    intent: { needsMore: true },
    problems: [/^M3 the caveats/],
  },
  // M4
  {
    what: 'no platform',
    spoil: (manifest) => {
      manifest.spec.platforms = [];
    },
    problems: [/^M4 there is no platform/],
  },
  {
    what: 'no selector',
    spoil: selecting(undefined),
    problems: [/^M4 platforms\[0\]: there is no selector/],
  },
  { what: 'an empty selector', spoil: selecting({}), problems: [/^M4 .* selector is empty/] },
  { what: 'empty labels', spoil: selecting({ matchLabels: {} }), problems: [/^M4 .* matchLabels is empty/] },
  {
    what: 'empty expressions',
    spoil: selecting({ matchLabels: { os: 'linux' }, matchExpressions: [] }),
    problems: [/^M4 .* matchExpressions is empty/],
  },
  {
    what: 'a label of its own',
    spoil: selecting({ matchLabels: { distribution: 'debian' } }),
    problems: [/^M4 .* "distribution"/],
  },
  {
    what: 'a key of an expression of its own',
    spoil: selecting({ matchExpressions: [{ key: 'libc', operator: 'Exists' }] }),
    problems: [/^M4 .* "libc"/],
  },
  {
    what: 'an operator that is none',
    spoil: selecting({ matchExpressions: [{ key: 'os', operator: 'in', values: ['linux'] }] }),
    problems: [/^M4 .* "in" is no operator/],
  },
  {
    what: 'In without values',
    spoil: selecting({ matchExpressions: [{ key: 'os', operator: 'In' }] }),
    problems: [/^M4 .* has no values/],
  },
  {
    what: 'Exists with values',
    spoil: selecting({ matchExpressions: [{ key: 'os', operator: 'Exists', values: ['linux'] }] }),
    problems: [/^M4 .* has values/],
  },
  {
    what: 'a system that krew is not released for',
    spoil: selecting({ matchLabels: { os: 'linux', arch: 'riscv64' } }),
    problems: [/^M4 platforms\[0\]: .* no system/, /^M4 linux\/amd64 is intended and not matched/],
  },
  {
    what: 'two entries for one system',
    spoil: selecting({ matchLabels: { arch: 'arm64' } }),
    intent: { pairs: ['linux/arm64', 'windows/arm64', 'darwin/arm64'] },
    problems: [
      /^M4 platforms 0 and 1 both match darwin\/arm64/,
      ...['windows', 'linux', 'darwin'].map((os) => new RegExp(`^M5 .* is not named after ${os}/arm64`)),
    ],
  },
  {
    what: 'a system that was not intended',
    spoil: () => {},
    intent: { pairs: ['linux/amd64'] },
    problems: [/^M4 darwin\/arm64 is matched and not intended/],
  },
  // M5
  {
    what: 'an address without encryption',
    spoil: (manifest) => {
      first(manifest).uri = String(first(manifest).uri).replace('https', 'http');
    },
    problems: [/^M5 .* not an https address/],
  },
  {
    what: 'a sum in capitals, as in the documentation of krew',
    spoil: (manifest) => {
      first(manifest).sha256 = 'A'.repeat(64);
    },
    problems: [/^M5 .* lower-case/, /^M5 .* has the sha256 a+, not A+/],
  },
  {
    what: 'a sum of another archive',
    spoil: (manifest) => {
      first(manifest).sha256 = 'c'.repeat(64);
    },
    problems: [/^M5 .* has the sha256 a+, not c+/],
  },
  {
    what: 'an archive that was not built',
    spoil: (manifest) => {
      first(manifest).uri = String(first(manifest).uri).replace('tool-', 'other-');
    },
    problems: [/^M5 .* not among the archives/],
  },
  {
    what: 'the archive of another system',
    spoil: (manifest) => {
      const [linux, darwin] = manifest.spec.platforms;
      assert.ok(linux && darwin);
      [linux.uri, darwin.uri] = [darwin.uri, linux.uri];
      [linux.sha256, darwin.sha256] = [darwin.sha256, linux.sha256];
    },
    problems: [/^M5 .* not named after linux\/amd64/, /^M5 .* not named after darwin\/arm64/],
  },
  {
    what: 'one archive for two',
    spoil: (manifest) => {
      const [linux] = manifest.spec.platforms;
      assert.ok(linux);
      manifest.spec.platforms = [
        linux,
        { ...linux, selector: { matchLabels: { os: 'linux', arch: 'arm' } } },
      ];
    },
    intent: { pairs: ['linux/amd64', 'linux/arm'] },
    problems: [/^M5 platforms\[1\]: another platform/, /^M5 .* not named after linux\/arm/],
  },
  // M9
  {
    what: 'no executable',
    spoil: (manifest) => {
      first(manifest).bin = '';
    },
    problems: [/^M9 platforms\[0\]: there is no bin/],
  },
];

describe('the rules for manifests', () => {
  test('take a good manifest', () => {
    assert.deepEqual(manifestProblems(stringify(goodManifest()), 'linkerd-upgrade.yaml', goodIntent), []);
  });

  test('refuse fields that krew passes over: what they say would be lost', () => {
    const spoiled: readonly ((manifest: ManifestFile) => unknown)[] = [
      (manifest) => Object.assign(manifest, { extra: true }),
      (manifest) => Object.assign(manifest.metadata, { namespace: 'default' }),
      (manifest) => Object.assign(manifest.spec, { caveat: 'one letter short' }),
      (manifest) => Object.assign(first(manifest), { mirror: 'https://example.com/' }),
    ];
    for (const spoil of spoiled) {
      const manifest = goodManifest();
      spoil(manifest);
      assert.match(
        manifestProblems(stringify(manifest), 'linkerd-upgrade.yaml', goodIntent).join('\n'),
        /^M1 .* has the key \w+, which krew does not know$/,
      );
    }
  });

  for (const { what, spoil, problems, intent, fileName = 'linkerd-upgrade.yaml' } of cases) {
    test(`refuse ${what}`, () => {
      const manifest = goodManifest();
      spoil(manifest);
      const found = manifestProblems(stringify(manifest), fileName, { ...goodIntent, ...intent });
      assert.equal(found.length, problems.length, found.join('\n'));
      for (const [index, problem] of problems.entries()) assert.match(found[index] ?? '', problem);
    });
  }

  test('refuse what YAML 1.1 and 1.2 read differently, keys that stand twice, and text that is no mapping', () => {
    for (const text of ['kind: Plugin\nspec: {os: no}\n', 'kind: Plugin\nkind: Plugin\n', 'Plugin\n', '{']) {
      assert.match(
        manifestProblems(text, 'linkerd-upgrade.yaml', goodIntent).join('\n'),
        /^M1 the manifest cannot be read/,
      );
    }
  });
});

describe('the choice of a platform', () => {
  const chosen = (selectors: readonly unknown[]): Readonly<Partial<Record<Pair, number | undefined>>> => {
    const [platform] = goodManifest().spec.platforms;
    const text = stringify({ spec: { platforms: selectors.map((selector) => ({ ...platform, selector })) } });
    const { manifest } = decodeManifest(text);
    assert.ok(manifest);
    return Object.fromEntries(supportedPairs.map((pair) => [pair, platformFor(manifest, pair)]));
  };
  const only = (pairs: readonly Pair[], index = 0) =>
    Object.fromEntries(supportedPairs.map((pair) => [pair, pairs.includes(pair) ? index : undefined]));

  test('follows every operator of a label selector', () => {
    const expression = (key: string, operator: string, values?: readonly string[]) =>
      chosen([{ matchExpressions: [{ key, operator, ...(values && { values }) }] }]);
    const linux: readonly Pair[] = ['linux/386', 'linux/amd64', 'linux/arm', 'linux/arm64', 'linux/ppc64le'];
    assert.deepEqual(expression('os', 'In', ['linux']), only(linux));
    assert.deepEqual(
      expression('os', 'NotIn', ['linux', 'windows']),
      only(['darwin/386', 'darwin/amd64', 'darwin/arm64']),
    );
    assert.deepEqual(expression('arch', 'Exists'), only(supportedPairs));
    assert.deepEqual(expression('arch', 'DoesNotExist'), only([]));
  });

  test('takes the first entry that matches, where all requirements of an entry hold', () => {
    const found = chosen([
      {
        matchLabels: { os: 'linux' },
        matchExpressions: [{ key: 'arch', operator: 'In', values: ['arm64'] }],
      },
      { matchLabels: { arch: 'arm64' } },
    ]);
    assert.deepEqual(found, { ...only(['darwin/arm64', 'windows/arm64'], 1), 'linux/arm64': 0 });
  });
});
