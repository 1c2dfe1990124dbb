import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, isAbsolute, join, resolve } from 'node:path';
import type { Environment } from '../config/load.ts';

/**
 * Path of an executable as Go's `exec.LookPath` finds it: a name with a separator is a path, any other is
 * searched in PATH (with PATHEXT on Windows). '' when there is none.
 */
export function lookUpCommand(command: string, env: Environment): string {
  if (isAbsolute(command) || /[/\\]/.test(command)) {
    return (
      endings(env)
        .map((ending) => resolve(command) + ending)
        .find(isExecutable) ?? ''
    );
  }
  for (const folder of (env.PATH ?? env.Path ?? '').split(delimiter)) {
    // Entries that are not absolute would run what happens to lie in the current folder.
    if (!isAbsolute(folder)) continue;
    const found = endings(env)
      .map((ending) => join(folder, command) + ending)
      .find(isExecutable);
    if (found !== undefined) return found;
  }
  return '';
}

function endings(env: Environment): readonly string[] {
  if (process.platform !== 'win32') return [''];
  return ['', ...(env.PATHEXT ?? '.COM;.EXE;.BAT;.CMD').split(';')];
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
