/**
 * How long `_extension-metadata` takes, which `linkerd check` asks of every extension before each check: the shell's
 * answer, Node's answer, and for comparison what a shell and a Node take that do nothing.
 * `npm run build && node --import=tsx test/bench/extension.ts`
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { program } from '../support/program.ts';

const ROUNDS = 30;

const folder = mkdtempSync(join(tmpdir(), 'linkerd-upgrade-bench-'));
const extension = join(folder, 'linkerd-dataplane');
symlinkSync(program, extension);

const subjects: readonly (readonly [string, string, readonly string[]])[] = [
  ['a shell that does nothing', '/bin/sh', ['-c', ':']],
  ['the answer of the shell', extension, ['_extension-metadata']],
  ['a Node that does nothing', process.execPath, ['--input-type=module', '--eval', '']],
  ['the answer of Node', process.execPath, [extension, '_extension-metadata']],
];

const times = subjects.map((): number[] => []);
for (let round = 0; round < ROUNDS; round++) {
  subjects.forEach(([, file, args], index) => {
    const start = performance.now();
    spawnSync(file, args);
    times[index]?.push(performance.now() - start);
  });
}
rmSync(folder, { recursive: true });

subjects.forEach(([name], index) => {
  const sorted = times[index]?.toSorted((a, b) => a - b) ?? [];
  const [best = 0, median = 0] = [sorted[0], sorted[Math.floor(ROUNDS / 2)]];
  console.log(`${name.padEnd(28)} best ${best.toFixed(1)} ms   median ${median.toFixed(1)} ms`);
});
