import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { TestContext } from 'node:test';

/** A folder that lives as long as the test. */
export function temporaryFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'linkerd-upgrade-test-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Writes a file, with its folders. Returns its path. */
export function writeText(folder: string, name: string, text: string): string {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  return path;
}

/** Writes a node program that can be executed. Returns its path. */
export function writeProgram(folder: string, name: string, code: string): string {
  const path = writeText(folder, name, `#!${process.execPath}\n${code}`);
  chmodSync(path, 0o755);
  return path;
}
