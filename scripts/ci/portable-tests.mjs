// Runs all tests that this system can run, on the Node that runs this file; says aloud which it cannot run, and why.
import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { platform } from 'node:os';
import { join, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Files and folders that a system cannot run, with the reason. */
export const leftOut = {
  linux: [],
  darwin: [
    ['test/package', 'archives are built on Linux'],
    ['test/workflows', 'the scripts are those of Linux runners'],
  ],
  win32: [
    ['test/e2e', 'the built file begins as a shell script, terminals and signals are those of POSIX'],
    ['test/docs', 'examples are run by a POSIX shell'],
    ['test/krew', 'archives with mode bits and links'],
    ['test/npm/package.test.ts', 'npm lays an installation out in another way'],
    ['test/package', 'archives are built on Linux'],
    ['test/cluster', 'its runner is stopped by signals'],
    ['test/workflows', 'shell scripts are looked at by bash'],
    ['test/tui/open.test.ts', 'job control of a POSIX terminal'],
    ['test/cli/pin.test.ts', 'a POSIX terminal'],
    ['test/kube/credentials', 'credential plugins are shell scripts'],
    ['test/guide/read/linkerd-cli.test.ts', 'a shell script stands for the Linkerd CLI'],
    ['test/rollout/journal', 'mode bits, read-only folders, a full device'],
    ['test/rollout/kill', 'processes are killed by signals'],
  ],
};

/** The test files to run and what is left out, on a system as `os.platform` names it. */
export function testsFor(system, files) {
  const without = leftOut[system] ?? leftOut.linux;
  const isLeftOut = (file) => without.some(([path]) => file === path || file.startsWith(`${path}/`));
  return { run: files.filter((file) => !isLeftOut(file)), without };
}

function main() {
  const files = globSync('test/**/*.test.{ts,tsx}', { cwd: root })
    .map((file) => file.split(sep).join('/'))
    .sort();
  const { run, without } = testsFor(platform(), files);
  console.log(`Node ${process.version} on ${platform()}: ${run.length} of ${files.length} test files`);
  for (const [path, why] of without) console.log(`NOT RUN here: ${path}: ${why}`);
  const { status } = spawnSync(process.execPath, [join(root, 'scripts/test.mjs'), ...run], {
    cwd: root,
    stdio: 'inherit',
  });
  process.exit(status ?? 1);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) main();
