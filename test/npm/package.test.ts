/** The npm package: what is in it, and what its installation puts on PATH, without a network. */
import assert from 'node:assert/strict';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { commands } from '../../scripts/npm/package-json.ts';
import { stage } from '../../scripts/npm/stage.ts';
import { readArchive } from '../krew/validator/archive.ts';
import type { Entry } from '../krew/validator/entry.ts';
import { findKubectls } from '../support/kubectl.ts';
import { runToEnd, temporaryFolder } from '../support/program.ts';
import { npm, npmProgram, partOfNpm } from './npm.ts';

const skip = npmProgram === undefined && 'npm is not on PATH';
const kubectls = findKubectls();
const { version }: { version: string } = JSON.parse(
  readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
);

const folder = temporaryFolder();
const home = join(folder.path, 'home');
const staged = join(folder.path, 'staged');
/** What `npm install --global` fills. */
const prefix = join(folder.path, 'prefix');
const bin = join(prefix, 'bin');
const env = {
  HOME: home,
  XDG_STATE_HOME: home,
  PATH: [bin, dirname(process.execPath), '/usr/bin', '/bin'].join(delimiter),
};
let archive: string;
let entries: readonly Entry[];

before(async () => {
  mkdirSync(home);
  await stage(staged);
  if (skip) return;
  const packed = await npm(home, ['pack', staged, '--pack-destination', folder.path]);
  assert.equal(packed.code, 0, packed.stderr);
  archive = join(folder.path, `kubectl-linkerd-upgrade-${version}.tgz`);
  const read = readArchive(readFileSync(archive));
  assert.ok(read.entries, read.problem ?? '');
  entries = read.entries;
  const installed = await npm(home, ['install', '--global', '--prefix', prefix, archive]);
  assert.equal(installed.code, 0, installed.stderr);
});

after(() => folder[Symbol.dispose]());

describe('the archive of npm', { skip }, () => {
  const names = () => entries.map(({ name }) => name.replace(/^package\//, '')).sort();
  const textOf = (name: string): string => {
    const data = entries.find((entry) => entry.name === `package/${name}`)?.data;
    assert.ok(data, name);
    return Buffer.from(data).toString();
  };

  test('holds the program, its manual page, licences and README, and nothing else', () => {
    assert.deepEqual(
      names().filter((name) => !name.startsWith('lib/')),
      [
        'LICENSE',
        'README.md',
        'THIRD-PARTY-NOTICES.txt',
        'bin/kubectl-linkerd-upgrade',
        'bin/kubectl-linkerd_upgrade',
        'bin/kubectl_complete-linkerd_upgrade',
        'bin/linkerd-dataplane',
        'main.mjs',
        'man/kubectl-linkerd_upgrade.1',
        'package.json',
      ],
    );
  });

  test('has the same modes whatever the umask was', async () => {
    const script = `process.umask(0o077);
      await (await import(${JSON.stringify(new URL('../../scripts/npm/stage.ts', import.meta.url).href)}))
        .stage(${JSON.stringify(join(folder.path, 'guarded'))});`;
    const made = await runToEnd(process.execPath, ['--import=tsx', '--input-type=module', '-e', script]);
    assert.equal(made.code, 0, made.stderr);
    const modes = (top: string) =>
      readdirSync(top, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name))
        .map((path) => `${(statSync(path).mode & 0o777).toString(8)} ${path.slice(top.length)}`)
        .sort();
    assert.deepEqual(modes(join(folder.path, 'guarded')), modes(staged));
    for (const { name, mode } of entries) {
      assert.equal(mode, name.startsWith('package/bin/') ? 0o755 : 0o644, name);
    }
  });

  test('every file in lib is loaded by some other, and all that is loaded is there', () => {
    const loaded = new Set<string>();
    const visit = (name: string): void => {
      if (loaded.has(name)) return;
      loaded.add(name);
      for (const [, path = ''] of textOf(name).matchAll(/(?:from|import)\s*\(?\s*"(\.[^"]+)"/g)) {
        visit(join(dirname(name), path));
      }
    };
    visit('main.mjs');
    assert.deepEqual(
      [...loaded].sort(),
      names().filter((name) => name.endsWith('.mjs')),
    );
    assert.ok(loaded.size > 10);
  });

  test('asks for no other package and runs no script at installation', () => {
    const manifest: Readonly<Record<string, unknown>> = JSON.parse(textOf('package.json'));
    for (const key of Object.keys(manifest)) {
      assert.doesNotMatch(key, /dependencies$|^scripts$|^private$|^workspaces$|^type$|^os$|^cpu$/i);
    }
    assert.deepEqual(manifest.engines, { node: '>=22' });
    assert.deepEqual(manifest.repository, {
      type: 'git',
      url: 'git+https://github.com/linkerd-upgrade/kubectl-linkerd-upgrade.git',
    });
    for (const key of ['name', 'version', 'description', 'keywords', 'homepage', 'bugs', 'license']) {
      assert.ok(manifest[key], key);
    }
  });

  test('has the notices of what is bundled, and none of a runtime that is not in it', () => {
    const notices = textOf('THIRD-PARTY-NOTICES.txt');
    for (const name of ['ink', 'react', 'yoga-layout', 'openid-client']) {
      assert.match(notices, new RegExp(`^${name} \\d`, 'm'));
    }
    assert.doesNotMatch(notices, /Bun|JavaScriptCore/);
  });

  test('is less than a megabyte', () => {
    assert.ok(statSync(archive).size < 1_000_000, `${statSync(archive).size} bytes`);
  });

  test('has nothing of the folder that it was built in', () => {
    for (const { name, data } of entries) {
      assert.equal(Buffer.from(data).includes(process.cwd()), false, name);
    }
  });
});

describe('an installation by npm', { skip }, () => {
  test('is this package alone, four commands and a manual page', () => {
    assert.deepEqual(readdirSync(join(prefix, 'lib/node_modules')), ['kubectl-linkerd-upgrade']);
    assert.equal(existsSync(join(prefix, 'lib/node_modules/kubectl-linkerd-upgrade/node_modules')), false);
    assert.deepEqual(readdirSync(bin).sort(), [...commands].sort());
    assert.deepEqual(readdirSync(join(prefix, 'share/man/man1')), ['kubectl-linkerd_upgrade.1']);
  });

  for (const command of [
    'kubectl-linkerd-upgrade',
    'kubectl-linkerd_upgrade',
    'linkerd-dataplane',
  ] as const) {
    test(`${command} version`, async () => {
      const { code, stdout, stderr } = await runToEnd(join(bin, command), ['version'], env);
      assert.deepEqual([code, stdout, stderr], [0, `kubectl-linkerd-upgrade ${version}\n`, '']);
    });
  }

  test('a command that needs all of the program, with its exit code', async () => {
    const status = await runToEnd(join(bin, 'kubectl-linkerd_upgrade'), ['status', '--demo'], env);
    assert.equal(status.code, 0, status.stderr);
    assert.match(status.stdout, /^Data plane: 247 proxies/m);
    const wrong = await runToEnd(join(bin, 'kubectl-linkerd_upgrade'), ['stattus'], env);
    assert.equal(wrong.code, 2);
  });

  test('linkerd-dataplane answers the Linkerd CLI', async () => {
    const { code, stdout } = await runToEnd(join(bin, 'linkerd-dataplane'), ['_extension-metadata'], env);
    assert.deepEqual([code, JSON.parse(stdout)], [0, { name: 'linkerd-dataplane', checks: 'always' }]);
  });

  test('kubectl_complete-linkerd_upgrade completes', async () => {
    const complete = join(bin, 'kubectl_complete-linkerd_upgrade');
    const { code, stdout, stderr } = await runToEnd(complete, ['stat'], env);
    assert.deepEqual([code, stderr], [0, '']);
    assert.match(stdout, /^status\b.*\n:\d+\n$/);
  });

  test('npx runs it by the name of the package, from a project and from the archive', async () => {
    const project = join(folder.path, 'project');
    mkdirSync(project);
    writeFileSync(join(project, 'package.json'), '{ "private": true }');
    const installed = await npm(home, ['install', archive], { cwd: project });
    assert.equal(installed.code, 0, installed.stderr);
    const options = { cwd: project, tool: 'npx-cli.js' };
    const local = await npm(home, ['--no-install', 'kubectl-linkerd-upgrade', 'version'], options);
    assert.deepEqual([local.code, local.stdout], [0, `kubectl-linkerd-upgrade ${version}\n`], local.stderr);

    // Without a command npx takes the one that is called like the package.
    const elsewhere = { cwd: home, tool: 'npx-cli.js' };
    const fetched = await npm(home, ['--yes', `file:${archive}`, 'version'], elsewhere);
    assert.deepEqual(
      [fetched.code, fetched.stdout],
      [0, `kubectl-linkerd-upgrade ${version}\n`],
      fetched.stderr,
    );
  });

  for (const kubectl of kubectls) {
    test(`kubectl ${kubectl.version} runs it, completes it and lists it without a warning`, async () => {
      const run = (...args: readonly string[]) => runToEnd(kubectl.path, args, env);
      const ran = await run('linkerd-upgrade', 'version');
      assert.deepEqual([ran.code, ran.stdout], [0, `kubectl-linkerd-upgrade ${version}\n`], ran.stderr);
      const completed = await run('__complete', 'linkerd-upgrade', 'stat');
      assert.match(completed.stdout, /^status\b/m);
      const listed = await run('plugin', 'list', '--name-only');
      const plugins = listed.stdout.split('\n').filter((line) => /^kubectl-linkerd/.test(line));
      assert.deepEqual(plugins, ['kubectl-linkerd-upgrade', 'kubectl-linkerd_upgrade']);
      assert.doesNotMatch(listed.stdout + listed.stderr, /linkerd.*(?:overshadowed|not executable)/);
    });
  }

  test('an old Node gets a sentence and exit code 1', async () => {
    const old = folder.file(
      'old.cjs',
      "Object.defineProperty(process.versions, 'node', { value: '20.20.2' });",
    );
    for (const command of commands) {
      const { code, stdout, stderr } = await runToEnd(join(bin, command), ['version'], {
        ...env,
        NODE_OPTIONS: `--require ${old}`,
      });
      assert.deepEqual([code, stdout], [1, '']);
      assert.match(stderr, /^kubectl linkerd-upgrade needs Node 22 or newer; this is Node 20\.20\.2\. .*\n$/);
    }
  });
});

describe('what npm makes of a command on Windows', {
  skip: skip || (!partOfNpm('cmd-shim') && 'npm has no cmd-shim'),
}, () => {
  const shims = join(folder.path, 'shims');
  const target = (command: string) => join(prefix, 'lib/node_modules/kubectl-linkerd-upgrade/bin', command);

  before(async () => {
    // On other systems npm makes links; this is the part of it that makes files instead.
    const make = `require(${JSON.stringify(partOfNpm('cmd-shim'))})(process.argv[1], process.argv[2])`;
    for (const command of commands) {
      const made = await runToEnd(process.execPath, ['-e', make, target(command), join(shims, command)]);
      assert.equal(made.code, 0, made.stderr);
    }
  });

  for (const command of commands) {
    test(`${command}.cmd and .ps1 start Node, no shell, with a file of that name`, () => {
      const cmd = readFileSync(join(shims, `${command}.cmd`), 'utf8');
      assert.match(cmd, /SET "_prog=node"/);
      assert.ok(
        cmd.includes(
          `"%_prog%"  "%dp0%\\..\\prefix\\lib\\node_modules\\kubectl-linkerd-upgrade\\bin\\${command}" %*`,
        ),
        cmd,
      );
      assert.doesNotMatch(cmd, /bin\/sh|\\sh\b/);
      const ps1 = readFileSync(join(shims, `${command}.ps1`), 'utf8');
      assert.match(ps1, /& "node\$exe"/);
    });
  }

  test('a program started so knows its name, though there is no link', async () => {
    // The shim for Cygwin does what the others do, and runs here.
    const { code, stdout } = await runToEnd(join(shims, 'linkerd-dataplane'), ['_extension-metadata'], env);
    assert.deepEqual([code, JSON.parse(stdout).name], [0, 'linkerd-dataplane']);
    const help = await runToEnd(join(shims, 'kubectl-linkerd_upgrade'), ['stattus'], env);
    assert.match(help.stderr, /See 'kubectl linkerd-upgrade --help'/);
  });

  test('on other systems a command is a link to its file', () => {
    for (const command of commands) {
      assert.equal(
        readlinkSync(join(bin, command)),
        `../lib/node_modules/kubectl-linkerd-upgrade/bin/${command}`,
      );
    }
  });
});
