import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { before, describe, test } from 'node:test';
import { Ajv } from 'ajv';
import { bundle } from '../../scripts/build.mjs';
import { bunPackages, bunParts } from '../../scripts/package/bun-parts.ts';
import { bundledPackages } from '../../scripts/package/bundled-packages.ts';
import { thirdPartyNotices } from '../../scripts/package/notices.ts';
import { runtimeExecutable, runtimePins, runtimeVersion } from '../../scripts/package/runtimes.ts';
import { billOfMaterials } from '../../scripts/package/sbom.ts';
import { programName, releaseTargets } from '../../scripts/package/targets.ts';
import { runToEnd } from '../support/program.ts';
import { leftOut, root, staged } from './release.ts';

interface Component {
  readonly 'bom-ref': string;
  readonly name: string;
  readonly group?: string;
  readonly version?: string;
  readonly licenses: readonly unknown[];
  readonly purl?: string;
  readonly hashes?: readonly { readonly alg: string; readonly content: string }[];
}

interface Bom {
  readonly components: readonly Component[];
  readonly metadata: { readonly component: Component };
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn?: readonly string[] }[];
}

const json = (path: string) => JSON.parse(readFileSync(`${root}${path}`, 'utf8'));
const lock: { packages: Record<string, { version: string; integrity: string }> } = json('package-lock.json');

describe('bill of materials and notices', () => {
  let inputs: readonly string[] = [];
  let text = '';
  let bom: Bom;
  let notices = '';

  before(async () => {
    ({ inputs } = await bundle({ for: 'binary' }));
    const packages = bundledPackages(root, inputs);
    text = billOfMaterials(json('package.json'), packages);
    bom = JSON.parse(text);
    notices = thirdPartyNotices(root, packages);
  });

  test('is CycloneDX 1.6 by its schema', () => {
    const schemas = 'node_modules/@cyclonedx/cyclonedx-library/res/schema';
    const accepted = { validate: () => true };
    const ajv = new Ajv({
      strict: false,
      allErrors: true,
      formats: {
        'iri-reference': { validate: (value: string) => !/[\s<>"{}|\\^`]/.test(value) },
        'date-time': { validate: (value: string) => !Number.isNaN(Date.parse(value)) },
        'idn-email': accepted,
      },
    });
    for (const name of ['spdx', 'jsf-0.82']) {
      const file = `${name}.SNAPSHOT.schema.json`;
      ajv.addSchema(json(`${schemas}/${file}`), `http://cyclonedx.org/schema/${file}`);
    }
    const validate = ajv.compile(json(`${schemas}/bom-1.6.SNAPSHOT.schema.json`));
    assert.ok(validate(bom), ajv.errorsText(validate.errors));
    assert.equal(validate({ ...bom, bomFormat: 'other' }), false);
  });

  test('the same parts give the same text, and no time of making is in it', () => {
    assert.equal(billOfMaterials(json('package.json'), bundledPackages(root, inputs)), text);
    assert.doesNotMatch(text, /"timestamp"/);
    const fewer = billOfMaterials(json('package.json'), bundledPackages(root, inputs).slice(1));
    assert.notEqual(serialNumber(fewer), serialNumber(text));
  });

  test('its npm packages are those of which something is in the bundle, by the lock file', () => {
    const folders = new Set(
      inputs.flatMap((input) => {
        const parts = input.split('/');
        const at = parts.lastIndexOf('node_modules');
        if (at === -1) return [];
        return parts.slice(0, at + (parts[at + 1]?.startsWith('@') ? 3 : 2)).join('/');
      }),
    );
    assert.ok(folders.size > 30);
    const libraries = bom.components.filter((component) => component['bom-ref'].startsWith('node_modules/'));
    assert.deepEqual(libraries.map((component) => component['bom-ref']).sort(), [...folders].sort());
    for (const library of libraries) {
      const locked = lock.packages[library['bom-ref']];
      assert.equal(library.version, locked?.version);
      assert.equal(sha512(library), locked?.integrity);
      assert.equal(library.licenses.length, 1);
      const scope = library.group === undefined ? '' : `${library.group.replace('@', '%40')}/`;
      assert.equal(library.purl, `pkg:npm/${scope}${library.name}@${library.version}`);
    }
  });

  test('names the runtime of every platform with what is pinned', () => {
    for (const { runtime } of releaseTargets) {
      const found = bom.components.find(({ group, name }) => `${group}/${name}` === runtime);
      assert.equal(found?.version, runtimeVersion);
      assert.equal(found && sha512(found), runtimePins[runtime]?.integrity);
    }
  });

  test('every component is reached from the program, and every reference leads somewhere', () => {
    const edges = new Map(bom.dependencies.map(({ ref, dependsOn }) => [ref, dependsOn ?? []]));
    const reached = new Set<string>();
    const follow = (ref: string) => {
      if (reached.has(ref)) return;
      reached.add(ref);
      for (const next of edges.get(ref) ?? []) follow(next);
    };
    follow(bom.metadata.component['bom-ref']);
    const known = [bom.metadata.component, ...bom.components].map((component) => component['bom-ref']);
    assert.deepEqual([...reached].sort(), known.toSorted());
  });

  test('the notices have a section for every component, with terms in it', () => {
    const sections = new Map(
      notices
        .split(/^={100}\n(?=.+\n={100}\n)/m)
        .slice(1)
        .map((section) => {
          const [title = '', ...rest] = section.split(/\n={100}\n/);
          return [title, rest.join('')];
        }),
    );
    for (const { group, name, version, ...component } of bom.components) {
      if (!component['bom-ref'].startsWith('node_modules/')) continue;
      const title = `${group === undefined ? '' : `${group}/`}${name} ${version} (`;
      const found = [...sections].filter(([each]) => each.startsWith(title));
      assert.ok(found.length > 0, `no section for ${title}`);
      for (const [, terms] of found) {
        assert.match(terms, /copyright/i, title);
        assert.match(terms, /permission|redistribution|licensed under/i, title);
      }
    }
    for (const { name, home } of bunParts) {
      assert.ok(notices.includes(`  ${name}`), name);
      assert.ok(notices.includes(home), home);
    }
    for (const name of bunPackages) assert.match(notices, new RegExp(`[ ]${name}(,|$)`, 'm'));
    assert.match(notices, /GNU LESSER GENERAL PUBLIC LICENSE\s+Version 2\.1/);
    assert.match(notices, /GNU LIBRARY GENERAL PUBLIC LICENSE\s+Version 2,/);
  });
});

describe('the release', { skip: leftOut }, () => {
  test('the revisions named for parts of Bun are what the pinned Bun says of itself', async () => {
    const compiler = await runtimeExecutable('@oven/bun-linux-x64');
    const script = 'console.log(JSON.stringify(process.versions))';
    const { stdout } = await runToEnd(compiler, ['-e', script], { HOME: '/nonexistent' });
    const versions: Record<string, string> = JSON.parse(stdout);
    assert.equal(versions.bun, runtimeVersion);
    const said = new Set(Object.values(versions));
    const named = bunParts.flatMap(({ revision }) => revision ?? []);
    assert.ok(named.length > 10);
    assert.deepEqual(
      named.filter((revision) => !said.has(revision)),
      [],
    );
  });

  test('what lies in dist/release and in the archives is what the bundle gives', async () => {
    const { inputs, files } = await bundle({ for: 'binary' });
    const packages = bundledPackages(root, inputs);
    const hint = 'dist/release is of other sources; run npm run package';
    assert.equal(
      json('dist/release/sbom.cdx.json').serialNumber,
      serialNumber(billOfMaterials(json('package.json'), packages)),
      hint,
    );
    const notices = readFileSync(`${root}dist/stage/linux-amd64/THIRD-PARTY-NOTICES.txt`, 'utf8');
    assert.equal(notices, thirdPartyNotices(root, packages), hint);
    assert.deepEqual(
      files.map(({ path }) => path),
      [`${programName}.mjs`],
    );
    assert.ok(staged('linux', 'amd64').length > 50_000_000);
  });
});

function serialNumber(text: string): string {
  return JSON.parse(text).serialNumber;
}

function sha512({ hashes }: Component): string {
  const content = hashes?.find(({ alg }) => alg === 'SHA-512')?.content ?? '';
  return `sha512-${Buffer.from(content, 'hex').toString('base64')}`;
}
