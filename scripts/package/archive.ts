import { buffer } from 'node:stream/consumers';
import { gzipSync, type Zippable, zipSync } from 'fflate';
import { pack } from 'tar-stream';

/** One regular file of an archive. */
export interface ArchiveEntry {
  readonly name: string;
  readonly content: Uint8Array;
  readonly mode: 0o755 | 0o644;
}

/** The best that deflate gets here: fflate's last level. */
const LEVEL = 9;

/** What a ZIP file says of its maker: 3 is Unix, whose readers find the mode in the upper half of the attributes. */
const UNIX = 3;
const REGULAR_FILE = 0o100000;

/**
 * A gzipped tar of exactly these files. The same files give the same bytes wherever it runs: order, times, owners are
 * fixed, and fflate's deflate is JavaScript, where zlib's output depends on its version and on the processor.
 */
export async function tarGz(entries: readonly ArchiveEntry[]): Promise<Uint8Array> {
  const tar = pack();
  const packed = buffer(tar);
  for (const { name, content, mode } of sorted(entries)) {
    const header = { name, mode, mtime: new Date(0), uid: 0, gid: 0, uname: 'root', gname: 'root' };
    await new Promise<void>((resolve, reject) => {
      tar.entry(header, Buffer.from(content), (error) => (error ? reject(error) : resolve()));
    });
  }
  tar.finalize();
  return gzipSync(await packed, { level: LEVEL, mtime: 0 });
}

/** A ZIP archive of exactly these files, with Unix modes; the same bytes wherever it runs. */
export function zip(entries: readonly ArchiveEntry[]): Uint8Array {
  // The first moment that a ZIP file can tell. Its times have no zone, so it is that of wherever this runs.
  const mtime = new Date(1980, 0, 1);
  const files: Zippable = {};
  for (const { name, content, mode } of sorted(entries)) {
    // Multiplied, as a shift by 16 would make it negative.
    const attrs = (REGULAR_FILE | mode) * 2 ** 16;
    files[name] = [content, { level: LEVEL, mtime, os: UNIX, attrs }];
  }
  return zipSync(files);
}

function sorted(entries: readonly ArchiveEntry[]): readonly ArchiveEntry[] {
  return entries.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}
