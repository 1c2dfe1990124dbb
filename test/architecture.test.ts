/** Holds the sources to what docs/architecture.md says of them. */
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const files = globSync('src/**/*.{ts,tsx}', { cwd: root });

/** From the top down: a folder imports only from itself and from folders after it. */
const layers = ['cli', 'tui', 'report', 'rollout', 'guide', 'live', 'mesh', 'kube', 'data'];

interface Import {
  readonly from: string;
  readonly to: string;
}

function importsOf(file: string): readonly Import[] {
  const text = readFileSync(join(root, file), 'utf8');
  const specifiers = text.matchAll(/\b(?:from |import |import\(\s*)'([^'\n]+)'/g);
  return [...specifiers].map(([, specifier = '']) => ({
    from: file,
    to: specifier.startsWith('.') ? relative(root, join(root, dirname(file), specifier)) : specifier,
  }));
}

const layerOf = (path: string) => path.split('/')[1] ?? '';
const imports = files.flatMap(importsOf);
const inside = imports.filter(({ to }) => to.startsWith('src/'));

test('there are sources to look at', () => {
  assert.ok(files.length > 50);
  assert.ok(inside.length > 100);
});

test('imports point down only', () => {
  const wrong = inside.filter(({ from, to }) => {
    const [above, below] = [layerOf(from), layerOf(to)];
    if (above === 'sim') {
      return below !== 'sim' && below !== 'data';
    }
    if (below === 'sim') {
      return above !== 'cli';
    }
    return layers.indexOf(below) < layers.indexOf(above);
  });
  assert.deepEqual(wrong, []);
});

test('every folder of src has its place among the layers', () => {
  const folders = new Set(files.map(layerOf));
  assert.deepEqual(
    [...folders].filter((folder) => folder !== 'sim' && !layers.includes(folder)),
    [],
  );
});

/** The parts of engine and guide that touch cluster and disk. */
const edge =
  /^src\/rollout\/(executor|runner|cluster\/[\w-]+|preflight\/read-[\w-]+|journal\/file[\w-]*|lock\/lease-lock)\.ts$|^src\/guide\/read\/[\w-]+\.ts$/;

test('the domain and the state machine do no I/O and read neither clock, chance nor environment', () => {
  const pure = files.filter(
    (file) =>
      /^src\/(mesh|data|report)\//.test(file) || (/^src\/(rollout|guide)\//.test(file) && !edge.test(file)),
  );
  const impure =
    /\b(Date\.now|new Date\(\)|Math\.random|performance\.now|process\.|setTimeout|setInterval|fetch\()/;
  assert.deepEqual(
    pure.filter((file) => impure.test(readFileSync(join(root, file), 'utf8'))),
    [],
  );
  const allowed = new Set(['node:crypto', 'semver', 'yaml', 'string-width']);
  const outside = imports.filter(
    ({ from, to }) => pure.includes(from) && !to.startsWith('src/') && !allowed.has(to),
  );
  assert.deepEqual(outside, []);
});

test('openid-client stays off the hot path: only types, or an import at the moment of need', () => {
  const importsAtOnce = (file: string, specifier: string) =>
    new RegExp(`^import (?!type)[^;]*from '${specifier}'`, 'm').test(readFileSync(join(root, file), 'utf8'));
  const users = files.filter((file) => importsAtOnce(file, 'openid-client'));
  assert.ok(users.length > 0);
  const early = imports.filter(
    ({ from, to }) =>
      users.includes(to) && !users.includes(from) && importsAtOnce(from, `[^']*/${basename(to)}`),
  );
  assert.deepEqual(early, []);
});
