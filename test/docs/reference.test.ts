/** Holds the man page and docs/commands.md to the tables of flags, commands, keys and surroundings. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { commandsPage } from '../../scripts/reference/commands-page.ts';
import { manPage, releaseDate } from '../../scripts/reference/man-page.ts';
import { roff } from '../../scripts/reference/roff.ts';
import { variables } from '../../scripts/reference/surroundings.ts';
import { allCommands } from '../../src/cli/command-help.ts';
import { allFlags } from '../../src/cli/flags.ts';
import { root } from './pages.ts';
import { textOf } from './tables.ts';

const MAN = 'man/kubectl-linkerd_upgrade.1';
const { version }: { version: string } = JSON.parse(textOf('package.json') ?? '');
const date = releaseDate(textOf('CHANGELOG.md') ?? '', version);
const written = textOf(MAN) ?? '';
const page = textOf('docs/commands.md') ?? '';

test('the man page and docs/commands.md are what the tables say', () => {
  assert.equal(written, manPage(version, date), 'write it anew: npm run man');
  assert.equal(page, commandsPage(), 'write it anew: npm run man');
});

test('every command and every flag stands in the man page and on docs/commands.md', () => {
  for (const { name, usage } of allCommands) {
    assert.ok(written.includes(`\n.SS "${roff(name || 'The live screen')}"\n`), `the man page lacks ${name}`);
    assert.ok(page.includes(`\n## ${name || 'The live screen'}\n`), `docs/commands.md lacks ${name}`);
    for (const { line } of usage) assert.ok(page.includes(`kubectl linkerd-upgrade ${line}`.trim()), line);
  }
  for (const { name, help } of allFlags.filter((flag) => flag.help !== '')) {
    assert.ok(written.includes(`\\fB${roff(`--${name}`)}\\fR`), `the man page lacks --${name}`);
    assert.ok(page.includes(`\`--${name}`), `docs/commands.md lacks --${name}`);
    assert.ok(help.length > 5, `--${name} says nothing`);
  }
});

test('every variable of the environment that the sources read is documented, and no other', () => {
  const sources = globSync('src/**/*.{ts,tsx}', { cwd: root })
    .filter((path) => !path.startsWith('src/sim/'))
    .map((path) => readFileSync(`${root}${path}`, 'utf8'));
  const read = new Set(
    sources.flatMap((text) => [
      ...[...text.matchAll(/\benv\.([A-Z]\w*)/g)].map(([, name = '']) => name),
      ...[...text.matchAll(/_VARIABLE = '(\w+)'/g)].map(([, name = '']) => name),
    ]),
  );
  // The bundler's own.
  for (const name of ['NODE_ENV']) read.delete(name);
  const documented = variables.flatMap(({ names }) => names);
  assert.deepEqual([...read].toSorted(), documented.toSorted());
  const configuration = textOf('docs/configuration.md') ?? '';
  const surprising = [
    'LINKERD_UPGRADE_THEME',
    'NO_COLOR',
    'INK_SCREEN_READER',
    'KUBECONFIG',
    'XDG_STATE_HOME',
  ];
  for (const name of surprising)
    assert.ok(configuration.includes(name), `docs/configuration.md lacks ${name}`);
});

test('no line of the man page is a request by mistake, and every sign is ASCII', () => {
  const requests = new Set(['.TH', '.SH', '.SS', '.PP', '.TP', '.EX', '.EE', '.br', '.nh', '.ad', '.\\"']);
  for (const line of written.split('\n')) {
    assert.match(line, /^[\x20-\x7e]*$/);
    if (/^[.']/.test(line)) assert.ok(requests.has(line.split(' ')[0] ?? ''), line);
  }
  assert.equal(roff("a-b 'c' \\ `~^"), 'a\\-b \\(aqc\\(aq \\e \\(ga\\(ti\\(ha');
});

for (const [program, ...args] of [
  ['mandoc', '-T', 'lint', '-W', 'warning'],
  ['groff', '-man', '-ww', '-Tutf8'],
] as const) {
  const has = spawnSync('/bin/sh', ['-c', `command -v ${program}`]).status === 0;
  test(`${program} has nothing to say about the man page`, {
    skip: has ? false : `no ${program} on PATH`,
  }, () => {
    const { stdout, stderr } = spawnSync(program, [...args, `${root}${MAN}`], { encoding: 'utf8' });
    const said = (program === 'mandoc' ? stdout : stderr).split('\n').filter((line) => line !== '');
    // A version that is not released has no date.
    assert.deepEqual(
      said.filter((line) => !(date === '' && /missing date, using "": TH$/.test(line))),
      [],
    );
  });
}

test('no name of a file or a flag is broken at the end of a line of the man page', {
  skip: spawnSync('/bin/sh', ['-c', 'command -v groff']).status === 0 ? false : 'no groff on PATH',
}, () => {
  for (const width of [60, 80, 100]) {
    const { stdout } = spawnSync('groff', ['-man', '-Tutf8', `-rLL=${width}n`, `${root}${MAN}`], {
      encoding: 'utf8',
    });
    assert.ok(stdout.length > 10_000);
    assert.doesNotMatch(stdout, /.*\u2010\n/);
  }
});

test('the date of the man page is that of the release in CHANGELOG.md', () => {
  const text = '## [Unreleased]\n\n## [0.2.0] - 2026-12-01\n\n## 0.1.0 - 2026-11-30\n';
  assert.equal(releaseDate(text, '0.2.0'), '2026-12-01');
  assert.equal(releaseDate(text, '0.1.0'), '2026-11-30');
  assert.equal(releaseDate(text, '0.3.0'), '');
});
