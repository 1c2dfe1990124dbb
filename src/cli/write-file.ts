import { randomBytes } from 'node:crypto';
import { existsSync, linkSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { CommandError } from './command-error.ts';

/**
 * Writes a file as a whole: whoever reads it meanwhile sees the old one or the new one. A file that is there is
 * replaced only with `replace`.
 * @throws CommandError when it exists, or cannot be written
 */
export function writeWhole(path: string, text: string, { replace }: { readonly replace: boolean }): void {
  const draft = `${path}.${randomBytes(4).toString('hex')}.tmp`;
  try {
    writeFileSync(draft, text, { flag: 'wx', flush: true });
    if (replace) {
      renameSync(draft, path);
    } else {
      publish(draft, path);
    }
  } catch (error) {
    // Bun finds fault with a read-only file system even where there is nothing to remove.
    if (existsSync(draft)) rmSync(draft);
    if (codeOf(error) === 'EEXIST') {
      throw new CommandError(`${path} exists already: name another file, or say --force to replace it`);
    }
    const why = codeOf(error) === 'ENOENT' ? `there is no folder ${dirname(path)}` : error;
    throw new CommandError(`${path} cannot be written: ${why instanceof Error ? why.message : why}`);
  }
}

/** A link is refused where something stands, which a rename is not; some file systems have none. */
function publish(draft: string, path: string): void {
  try {
    linkSync(draft, path);
    rmSync(draft);
  } catch (error) {
    if (codeOf(error) === 'EEXIST') {
      throw error;
    }
    if (existsSync(path)) {
      throw Object.assign(new Error('exists'), { code: 'EEXIST' });
    }
    renameSync(draft, path);
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
