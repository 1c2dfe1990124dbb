import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { type ArchiveEntry, tarGz, zip } from './archive.ts';
import { compiled } from './compile.ts';
import { archiveName, type ReleaseTarget, releaseTargets, targetName } from './targets.ts';

/** What one platform's archive is made of. */
export interface PackOrder {
  readonly version: string;
  /** A name of `targetName`. */
  readonly target: string;
  readonly bundle: string;
  readonly compiler: string;
  readonly runtime: string;
  /** Files that go in as they are: name in the archive, path here. */
  readonly files: readonly { readonly name: string; readonly path: string; readonly mode: 0o755 | 0o644 }[];
  /** Folder that gets `stage/<target>/` and `release/`. */
  readonly output: string;
}

/** What came of an order. */
export interface PackedTarget {
  readonly archive: string;
  readonly sha256: string;
  readonly bytes: number;
}

/** Compiles the program for one platform, lays its files out and packs them. */
export async function packTarget(order: PackOrder): Promise<PackedTarget> {
  const target = releaseTargets.find((one) => targetName(one) === order.target);
  if (target === undefined) throw new Error(`there is no platform ${order.target}`);
  const program = await compiled({ ...order, target });
  const others = order.files.map(async ({ name, path, mode }) => ({
    name,
    content: await readFile(path),
    mode,
  }));
  const entries: readonly ArchiveEntry[] = [
    { name: target.executable, content: program, mode: 0o755 },
    ...(await Promise.all(others)),
  ];

  const stage = join(order.output, 'stage', order.target);
  await mkdir(stage, { recursive: true });
  for (const { name, content, mode } of entries) await writeFile(join(stage, name), content, { mode });

  const bytes = await packed(target, entries);
  const archive = archiveName(order.version, target);
  await writeFile(join(order.output, 'release', archive), bytes);
  return { archive, sha256: createHash('sha256').update(bytes).digest('hex'), bytes: bytes.length };
}

async function packed({ archive }: ReleaseTarget, entries: readonly ArchiveEntry[]): Promise<Uint8Array> {
  return archive === 'zip' ? zip(entries) : tarGz(entries);
}

// Deflating a hundred megabytes takes seconds of one core, so main.ts starts this file once a platform, in threads.
if (parentPort !== null) parentPort.postMessage(await packTarget(workerData));
