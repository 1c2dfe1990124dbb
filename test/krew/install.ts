import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, posix, relative, resolve } from 'node:path';
import { stringify } from 'yaml';
import { readArchive } from './validator/archive.ts';
import type { Entry } from './validator/entry.ts';
import type { Manifest, Platform } from './validator/manifest.ts';
import { findMoves, stepsOf } from './validator/moves.ts';
import { type Pair, platformFor } from './validator/selectors.ts';
import { withFolders } from './validator/store.ts';

export interface InstallOptions {
  /** KREW_ROOT. */
  readonly root: string;
  /** KREW_OS and KREW_ARCH. */
  readonly pair: Pair;
  /** The file that the platform's address leads to. */
  readonly archiveFor: (platform: Platform) => Uint8Array;
  /** How the link in `bin` is written: absolute by the krew of 2026 (0.5), relative by the one after it. */
  readonly link?: 'absolute' | 'relative';
}

export interface Installed {
  /** The folder that belongs on PATH. */
  readonly binFolder: string;
  /** The link that kubectl finds. */
  readonly link: string;
  /** The plugin's own folder. */
  readonly store: string;
  readonly receipt: string;
}

/**
 * Installs a plugin as `kubectl krew install --manifest` does (`internal/installation/install.go`, `move.go`,
 * `internal/download/downloader.go`): on the real file system, with the modes of the archive.
 * @throws Error where krew refuses
 */
export function installAsKrew(manifest: Manifest, options: InstallOptions): Installed {
  const { root, pair, archiveFor, link: form = 'absolute' } = options;
  const platform = manifest.platforms[platformFor(manifest, pair) ?? -1];
  if (!platform) throw new Error(`plugin "${manifest.name}" does not offer installation for ${pair}`);
  const receipt = join(root, 'receipts', `${manifest.name}.yaml`);
  if (existsSync(receipt)) throw new Error(`"${manifest.name}" is installed already`);
  const binFolder = join(root, 'bin');
  for (const folder of [binFolder, dirname(receipt)]) mkdirSync(folder, { recursive: true });

  const unpacked = mkdtempSync(join(root, 'krew-downloads-'));
  const store = join(root, 'store', manifest.name, manifest.version);
  try {
    const { entries, problem } = readArchive(archiveFor(platform));
    if (problem !== undefined) throw new Error(problem);
    for (const entry of entries) unpack(unpacked, entry);
    moveInto(store, unpacked, root, platform);
  } finally {
    rmSync(unpacked, { recursive: true, force: true });
  }

  const isForWindows = pair.startsWith('windows/');
  const link = join(binFolder, `kubectl-${manifest.name.replaceAll('-', '_')}${isForWindows ? '.exe' : ''}`);
  const program = join(store, platform.bin);
  if (lstatSync(link, { throwIfNoEntry: false })) rmSync(link);
  if (!existsSync(program))
    throw new Error(`source binary (${program}) cannot be found in extracted archive`);
  symlinkSync(form === 'absolute' ? resolve(program) : relative(binFolder, program), link);
  writeFileSync(receipt, receiptOf(manifest));
  return { binFolder, link, store, receipt };
}

/** Removes what an installation made, in krew's order. */
export function uninstallAsKrew({ link, store, receipt }: Installed): void {
  rmSync(link);
  rmSync(dirname(store), { recursive: true });
  rmSync(receipt);
}

/** A file in an archive without modes is created as Go's zip reader says: 0666, less the umask. */
function unpack(folder: string, { name, type, typeName, mode, data }: Entry): void {
  if (name.includes('..')) throw new Error(`refusing to unpack archive with suspicious entry "${name}"`);
  if (/^[/\\]/.test(name)) throw new Error(`refusing to unpack archive with absolute entry "${name}"`);
  if (type === 'other') throw new Error(`unable to handle file type ${typeName} for "${name}" in tar`);
  const path = join(folder, name);
  if (type === 'directory') {
    mkdirSync(path, { recursive: true, mode: mode ?? 0o777 });
    return;
  }
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, data, { mode: mode ?? 0o666 });
}

function moveInto(store: string, unpacked: string, root: string, { files }: Platform): void {
  const target = mkdtempSync(join(root, 'krew-temp-move-'));
  chmodSync(target, 0o755);
  try {
    for (const step of stepsOf(files)) {
      const { moves, problem } = findMoves(step, pathsBelow(unpacked));
      if (problem !== undefined) throw new Error(problem);
      for (const { from, to } of moves) moveOne(join(unpacked, from), join(target, to));
    }
    mkdirSync(dirname(store), { recursive: true });
    moveOne(target, store);
  } finally {
    rmSync(target, { recursive: true, force: true });
  }
}

function moveOne(from: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true });
  if (statSync(to, { throwIfNoEntry: false })?.isDirectory()) rmSync(to, { recursive: true });
  try {
    renameSync(from, to);
  } catch {
    cpSync(from, to, { recursive: true });
  }
}

function pathsBelow(folder: string): readonly string[] {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => posix.join(relative(folder, entry.parentPath), basename(entry.name)));
  return withFolders(files);
}

/** What krew remembers of an installation (`internal/installation/receipt`), as far as it identifies the plugin. */
function receiptOf({ apiVersion, kind, name, version }: Manifest): string {
  return stringify({
    apiVersion,
    kind,
    metadata: { name },
    spec: { version },
    status: { source: { name: 'detached' } },
  });
}
