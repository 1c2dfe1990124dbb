import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { withoutCrashReports } from './crash-reports.ts';
import { signAdHoc } from './mach-o.ts';
import { programName, type ReleaseTarget } from './targets.ts';

/** A bundle to be packed into a runtime. */
export interface Compilation {
  readonly target: ReleaseTarget;
  /** The one module, as text. */
  readonly bundle: string;
  /** Path of the Bun that compiles. */
  readonly compiler: string;
  /** Path of the target's Bun. */
  readonly runtime: string;
}

/**
 * The bytes of the self-contained program, which reports its crashes to nobody. They depend on nothing but the arguments: Bun writes the relative names of
 * its input and output into the program, so both are fixed here, and the folder holds files that end its search for
 * settings upwards.
 * @throws Error with Bun's own complaint
 */
export async function compiled({ target, bundle, compiler, runtime }: Compilation): Promise<Buffer> {
  const folder = await mkdtemp(join(tmpdir(), 'linkerd-upgrade-compile-'));
  try {
    const home = join(folder, 'home');
    await mkdir(home);
    await writeFile(join(folder, 'package.json'), '{"type":"module"}');
    await writeFile(join(folder, 'tsconfig.json'), '{}');
    await writeFile(join(folder, 'bunfig.toml'), '');
    await writeFile(join(folder, `${programName}.mjs`), bundle);
    await writeFile(join(folder, 'runtime'), withoutCrashReports(await readFile(runtime)), { mode: 0o755 });
    await bunBuild(compiler, buildArguments(target), folder, home);
    const program = await readFile(join(folder, target.executable));
    return target.os === 'darwin' && target.arch === 'amd64' ? signAdHoc(program, programName) : program;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function buildArguments({ bunTarget }: ReleaseTarget): readonly string[] {
  return [
    'build',
    `./${programName}.mjs`,
    '--compile',
    '--bytecode',
    // Without it, --bytecode means CommonJS, which has no top-level await.
    '--format=esm',
    // A program must not run code, or take variables, from whatever folder its user stands in.
    '--no-compile-autoload-dotenv',
    '--no-compile-autoload-bunfig',
    '--no-compile-autoload-tsconfig',
    '--no-compile-autoload-package-json',
    `--target=${bunTarget}`,
    '--compile-executable-path=./runtime',
    '--outfile',
    programName,
  ];
}

function bunBuild(compiler: string, args: readonly string[], cwd: string, home: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(compiler, args, {
      cwd,
      stdio: ['ignore', 'pipe', 'pipe'],
      // Nothing else: Bun obeys several variables of its own.
      env: { HOME: home, TMPDIR: home, DO_NOT_TRACK: '1', NO_COLOR: '1' },
    });
    const said = Promise.all([buffer(child.stdout), buffer(child.stderr)]);
    child.on('error', (error) => reject(new Error(`Bun does not start (${compiler}): ${error.message}`)));
    child.on('close', async (code, signal) => {
      if (code === 0) return resolve();
      reject(
        new Error(`bun ${args.join(' ')} ended with ${signal ?? code}:\n${(await said).join('').trim()}`),
      );
    });
  });
}
