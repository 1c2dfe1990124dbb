/**
 * `npm run package`: the self-contained program for every platform, the archives of a release, their sums, the bill of
 * materials, and krew's manifest. `--if-possible` is for test runs: where a release cannot be made it succeeds with a
 * word about it, and it changes no file that is under version control.
 */

import { readdirSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundle } from '../build.mjs';
import { bundledPackages } from './bundled-packages.ts';
import { renderKrewManifest } from './krew.ts';
import { thirdPartyNotices } from './notices.ts';
import { packAll, shipped } from './pack-all.ts';
import { billOfMaterials, type ProgramDescription } from './sbom.ts';
import { inputsDigest, isCurrent, stampText, sumsOf } from './stamp.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const dist = join(root, 'dist');
const folders = ['release', 'stage'];
const stampFile = join(dist, 'package-stamp.json');
/** How the names of folders begin in which a run collects its files. */
const partial = '.package-';
const manifestName = 'krew-manifest.yaml';
/** They decide on the bytes of archives. */
const packers = ['node_modules/fflate/package.json', 'node_modules/tar-stream/package.json'];

async function main(args: readonly string[]): Promise<number> {
  const forTests = args.includes('--if-possible');
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    process.stderr.write('Release archives are made on Linux x64 only; nothing was packaged.\n');
    return forTests ? 0 : 1;
  }
  const started = performance.now();
  const ingredients = await collected();
  const isDone = await isCurrent(stampFile, ingredients.digest, () => sumsOf(dist, folders));
  if (!isDone) await make(ingredients);
  if (!forTests) await copyFile(join(dist, 'release', manifestName), join(root, manifestName));
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  process.stdout.write(isDone ? `dist/release is up to date (${seconds} s)\n` : `packaged in ${seconds} s\n`);
  return 0;
}

interface Ingredients {
  readonly version: string;
  readonly bundle: string;
  readonly notices: string;
  readonly billOfMaterials: string;
  readonly manifestTemplate: string;
  /** Of all that decides on the bytes of a release. */
  readonly digest: string;
}

async function collected(): Promise<Ingredients> {
  const program: ProgramDescription = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  const { files, inputs } = await bundle({ for: 'binary' });
  const [module, ...more] = files;
  if (module === undefined || more.length > 0) throw new Error('the bundle of a binary must be one module');
  const packages = bundledPackages(root, inputs);
  const made = {
    version: program.version,
    bundle: module.text,
    notices: thirdPartyNotices(root, packages),
    billOfMaterials: billOfMaterials(program, packages),
    manifestTemplate: await readFile(join(root, '.krew.yaml'), 'utf8'),
  };
  const asTheyAre = await contents([...Object.values(shipped), ...packers, ...ownFiles()]);
  return {
    ...made,
    digest: inputsDigest(new Map<string, string | Uint8Array>([...Object.entries(made), ...asTheyAre])),
  };
}

/** Makes everything beside its place, and puts it there when all has come about. */
async function make(ingredients: Ingredients): Promise<void> {
  await mkdir(dist, { recursive: true });
  await removeAbandoned();
  const output = await mkdtemp(join(dist, partial));
  try {
    const release = join(output, 'release');
    await mkdir(release);
    const notices = join(output, 'THIRD-PARTY-NOTICES.txt');
    await writeFile(notices, ingredients.notices);
    const packed = await packAll({ ...ingredients, notices, output });

    const sums = new Map(packed.map(({ archive, sha256 }) => [archive, sha256]));
    const manifest = renderKrewManifest(
      ingredients.manifestTemplate,
      `v${ingredients.version}`,
      (archive) => {
        const sum = sums.get(archive);
        if (sum !== undefined) return sum;
        throw new Error(`.krew.yaml names ${archive}, which is no archive of this release`);
      },
    );
    await writeFile(join(release, 'sbom.cdx.json'), ingredients.billOfMaterials);
    await writeFile(join(release, manifestName), manifest);
    await writeFile(join(release, 'checksums.txt'), await checksums(output));

    await rm(stampFile, { force: true });
    for (const folder of folders) {
      await rm(join(dist, folder), { recursive: true, force: true });
      await rename(join(output, folder), join(dist, folder));
    }
    const stamp = { inputs: ingredients.digest, outputs: await sumsOf(dist, folders) };
    await writeFile(stampFile, stampText(stamp));
    for (const { archive, bytes } of packed) {
      process.stdout.write(`${(bytes / 1e6).toFixed(1).padStart(6)} MB  dist/release/${archive}\n`);
    }
  } finally {
    await rm(output, { recursive: true, force: true });
  }
}

/** What runs that were killed have left: half a gigabyte each. */
async function removeAbandoned(): Promise<void> {
  for (const name of await readdir(dist)) {
    if (!name.startsWith(partial)) continue;
    const { mtimeMs } = await stat(join(dist, name));
    if (Date.now() - mtimeMs > 3600_000) await rm(join(dist, name), { recursive: true, force: true });
  }
}

/** Everything beside this file: code, pins and texts. */
function ownFiles(): readonly string[] {
  return readdirSync(fileURLToPath(new URL('.', import.meta.url)), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length))
    .sort();
}

async function contents(paths: readonly string[]): Promise<readonly (readonly [string, Uint8Array])[]> {
  return Promise.all(
    paths.map(async (path) => {
      const content = await readFile(join(root, path)).catch(() => {
        throw new Error(`${path} is missing, without which no release can be made`);
      });
      return [path, content] as const;
    }),
  );
}

/** As `sha256sum -c` reads it: the files that stand beside it. */
async function checksums(output: string): Promise<string> {
  const sums = await sumsOf(join(output, 'release'), ['.']);
  return Object.entries(sums)
    .map(([name, sum]) => `${sum}  ${name}\n`)
    .join('');
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`npm run package: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
