import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';

/** SHA-256 in hexadecimal of what packaging starts from, each part with its name and length. */
export function inputsDigest(inputs: ReadonlyMap<string, string | Uint8Array>): string {
  const hash = createHash('sha256');
  for (const [name, content] of inputs) {
    hash.update(`${name}\0${Buffer.byteLength(content)}\0`).update(content);
  }
  return hash.digest('hex');
}

/** SHA-256 in hexadecimal of every file under the folders, by its path below `top`. */
export async function sumsOf(
  top: string,
  folders: readonly string[],
): Promise<Readonly<Record<string, string>>> {
  const sums: Record<string, string> = {};
  for (const folder of folders) {
    const found = await readdir(join(top, folder), { recursive: true, withFileTypes: true }).catch(() => []);
    const files = found.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
    for (const file of files.sort()) {
      sums[relative(top, file)] = createHash('sha256')
        .update(await readFile(file))
        .digest('hex');
    }
  }
  return sums;
}

/** Says for which inputs the files in dist/ were made, and what they were then. */
export interface Stamp {
  readonly inputs: string;
  readonly outputs: Readonly<Record<string, string>>;
}

/** Whether the files that a stamp speaks of are those that lie there, and it was made for these inputs. */
export async function isCurrent(
  stampFile: string,
  inputs: string,
  sums: () => Promise<Stamp['outputs']>,
): Promise<boolean> {
  const text = await readFile(stampFile, 'utf8').catch(() => undefined);
  if (text === undefined || !text.includes(inputs)) return false;
  return text === stampText({ inputs, outputs: await sums() });
}

/** The stamp as it is written. */
export function stampText(stamp: Stamp): string {
  return `${JSON.stringify(stamp, null, 2)}\n`;
}
