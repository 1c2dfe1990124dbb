// Runs the test suite with Node's own runner. Arguments: test files or folders; none means all.
import { spawnSync } from 'node:child_process';
import { globSync, mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const wanted = process.argv.slice(2);
const patterns = wanted.length === 0 ? ['test'] : wanted;
const files = patterns.flatMap((pattern) =>
  /\.tsx?$/.test(pattern) ? [pattern] : globSync(`${pattern}/**/*.test.{ts,tsx}`, { cwd: root }).sort(),
);
if (files.length === 0) {
  console.error(`no test files under ${patterns.join(', ')}`);
  process.exit(1);
}
// No test may write its runs among those of whoever runs the tests.
const state = mkdtempSync(join(tmpdir(), 'linkerd-upgrade-state-'));
const { status, signal } = spawnSync(
  process.execPath,
  [
    '--import=tsx',
    '--test',
    '--test-timeout=240000',
    `--test-concurrency=${Math.max(2, availableParallelism())}`,
    ...files,
  ],
  { cwd: root, stdio: 'inherit', env: { ...process.env, FORCE_COLOR: undefined, XDG_STATE_HOME: state } },
);
rmSync(state, { recursive: true, force: true });
process.exit(signal ? 1 : (status ?? 1));
