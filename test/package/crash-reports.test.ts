import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { compiled } from '../../scripts/package/compile.ts';
import { withoutCrashReports } from '../../scripts/package/crash-reports.ts';
import { runtimeExecutable } from '../../scripts/package/runtimes.ts';
import { releaseTargets, targetName } from '../../scripts/package/targets.ts';
import { temporaryFolder } from '../support/program.ts';
import { leftOut, staged } from './release.ts';

/** Reads memory that is not there: a crash of the runtime, not an exception of the program. */
const crashing = "import { read } from 'bun:ffi';\nread.u8(0xdead0000, 0);\n";

describe('crash reports', { skip: leftOut }, () => {
  for (const target of releaseTargets) {
    test(`${targetName(target)}: the program has no address to report to`, () => {
      assert.equal(staged(target.os, target.arch).includes('bun.report'), false);
    });
  }

  test('a crashing program tells nobody, even where it is told to', async () => {
    const [target] = releaseTargets;
    assert.ok(target);
    const bun = await runtimeExecutable(target.runtime);
    using folder = temporaryFolder();
    const program = join(folder.path, 'program');
    writeFileSync(program, await compiled({ target, bundle: crashing, compiler: bun, runtime: bun }), {
      mode: 0o755,
    });
    assert.match(await curlOfCrash(folder.path, program, []), /^-fsSL file:\/\/\/dev\/null\?#/);
  });

  // The same crash in an unchanged Bun: what is silenced above does happen.
  test('Bun as it comes starts curl', async () => {
    const bun = await runtimeExecutable(releaseTargets[0]?.runtime ?? '');
    using folder = temporaryFolder();
    const script = folder.file('crash.mjs', crashing);
    assert.match(await curlOfCrash(folder.path, bun, [script]), /^-fsSL https:\/\/bun\.report\//);
  });

  test('a Bun that has the address elsewhere, or twice, is refused', () => {
    const address = 'https://bun.report';
    assert.equal(withoutCrashReports(Buffer.from(`<${address}>`)).toString(), '<file:///dev/null?#>');
    assert.throws(() => withoutCrashReports(Buffer.from('none')), /where it was/);
    assert.throws(() => withoutCrashReports(Buffer.from(`${address} ${address}`)), /where it was/);
  });
});

/** The arguments of the `curl` that a crash starts; there is no other curl on PATH. */
async function curlOfCrash(folder: string, program: string, args: readonly string[]): Promise<string> {
  const tools = join(folder, 'tools');
  const called = join(folder, 'called');
  mkdirSync(tools);
  writeFileSync(
    join(tools, 'curl'),
    `#!/bin/sh\necho "$@" >${called}.part && /bin/mv ${called}.part ${called}\n`,
  );
  chmodSync(join(tools, 'curl'), 0o755);
  const env = { PATH: tools, HOME: folder, BUN_ENABLE_CRASH_REPORTING: '1' };
  const { signal, stderr } = spawnSync(program, args, {
    cwd: folder,
    env,
    encoding: 'utf8',
    timeout: 60_000,
  });
  assert.notEqual(signal, null, stderr);
  // The runtime does not wait for its child.
  for (let turn = 0; turn < 1000 && !existsSync(called); turn += 1) await setTimeout(10);
  return readFileSync(called, 'utf8');
}
