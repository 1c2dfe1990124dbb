import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { extract } from 'tar-stream';
import pins from './runtimes.json' with { type: 'json' };

/** What must arrive of one npm package that holds a Bun. */
export interface RuntimePin {
  /** Of the package's archive, as the registry and a package-lock write it: `sha512-…`. */
  readonly integrity: string;
  /** Path of the executable inside the package. */
  readonly executable: string;
  /** Of the executable, in hexadecimal. */
  readonly sha256: string;
}

/** Version of every Bun that goes into a release. */
export const runtimeVersion: string = pins.version;

/** By package name. */
export const runtimePins: Readonly<Record<string, RuntimePin>> = pins.runtimes;

const cache = fileURLToPath(new URL('../../node_modules/.cache/kubectl-linkerd-upgrade/', import.meta.url));

/**
 * Path of the Bun executable of an npm package such as `@oven/bun-linux-x64`, in the pinned version: from the cache
 * under node_modules, else from the registry that npm is set up with. Either is checked against runtimes.json.
 * @throws Error when npm cannot fetch it, and when what came is not what is pinned
 */
export async function runtimeExecutable(name: string): Promise<string> {
  const pin = runtimePins[name];
  if (pin === undefined) throw new Error(`runtimes.json pins no ${name}`);
  const path = join(cache, `${name}@${runtimeVersion}`, pin.executable);
  const cached = await readFile(path).catch(() => undefined);
  if (cached !== undefined && digest('sha256', cached, 'hex') === pin.sha256) return path;

  const executable = await unpacked(
    checkedArchive(name, pin, await fetchedArchive(name)),
    `package/${pin.executable}`,
  );
  const sum = digest('sha256', executable, 'hex');
  if (sum !== pin.sha256) throw new Error(mismatch(`${pin.executable} of ${name}`, sum, pin.sha256));
  // Another run may be doing the same: the last rename wins, with the same bytes.
  const partial = `${path}.${process.pid}`;
  await mkdir(dirname(path), { recursive: true });
  await writeFile(partial, executable);
  await chmod(partial, 0o755);
  await rename(partial, path);
  return path;
}

/** `bytes`, when they are the archive that is pinned. */
export function checkedArchive(name: string, { integrity }: RuntimePin, bytes: Buffer): Buffer {
  const found = `sha512-${digest('sha512', bytes, 'base64')}`;
  if (found !== integrity) throw new Error(mismatch(`the archive of ${name}`, found, integrity));
  return bytes;
}

function mismatch(what: string, found: string, expected: string): string {
  return (
    `${what}@${runtimeVersion} is not what scripts/package/runtimes.json pins:\n` +
    `  found    ${found}\n  expected ${expected}\n` +
    'Nothing was packaged. Find out who changed it before changing the pin.'
  );
}

/**
 * The archive of a runtime's package, as npm fetches it; nothing is checked yet.
 * @throws Error with npm's own complaint
 */
export async function fetchedArchive(name: string): Promise<Buffer> {
  const folder = await mkdtemp(join(tmpdir(), 'linkerd-upgrade-runtime-'));
  try {
    await npmPack(`${name}@${runtimeVersion}`, folder);
    const [archive] = await readdir(folder);
    if (archive === undefined) throw new Error(`npm pack ${name}@${runtimeVersion} left no archive`);
    return await readFile(join(folder, archive));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function npmPack(spec: string, folder: string): Promise<void> {
  return new Promise((resolve, reject) => {
    // What npm has in its own cache needs no question to the registry: whatever comes is held against its sum.
    const args = ['pack', spec, '--pack-destination', folder, '--prefer-offline', '--loglevel', 'error'];
    // In that folder, so that no .npmrc and no package of the current one has a say.
    const child = spawn('npm', args, {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const complaints = buffer(child.stderr);
    child.on('error', (error) => reject(new Error(`npm does not start, to fetch ${spec}: ${error.message}`)));
    child.on('close', async (code) => {
      if (code === 0) return resolve();
      reject(
        new Error(
          `npm cannot fetch ${spec} (exit code ${code}):\n${(await complaints).toString().trim()}\n` +
            'Packaging needs each runtime once; afterwards it is taken from node_modules/.cache. ' +
            'Run it again where npm reaches its registry.',
        ),
      );
    });
  });
}

async function unpacked(archive: Buffer, wanted: string): Promise<Buffer> {
  const entries = extract();
  entries.end(gunzipSync(archive));
  let found: Buffer | undefined;
  for await (const entry of entries) {
    const content = await buffer(entry);
    if (entry.header.name === wanted) found = content;
  }
  if (found === undefined) throw new Error(`a runtime's archive has no ${wanted}`);
  return found;
}

function digest(algorithm: string, bytes: Buffer, encoding: 'hex' | 'base64'): string {
  return createHash(algorithm).update(bytes).digest(encoding);
}
