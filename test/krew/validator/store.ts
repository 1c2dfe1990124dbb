import { posix } from 'node:path';
import type { Entry } from './entry.ts';
import type { FileMove } from './manifest.ts';
import { findMoves, stepsOf } from './moves.ts';

/** The files of an installed plugin, by their path in its folder. */
export type Store = ReadonlyMap<string, Entry>;

export type Stored =
  | { readonly store: Store; readonly problem?: undefined }
  | { readonly store?: undefined; readonly problem: string };

/** Plays the moves of an installation on an archive's entries (M8). */
export function storeOf(entries: readonly Entry[], files: readonly FileMove[] | undefined): Stored {
  const form = formProblem(files);
  if (form !== undefined) return { problem: form };
  let left = new Map(
    entries.filter(({ type }) => type === 'file').map((entry) => [posix.normalize(entry.name), entry]),
  );
  const store = new Map<string, Entry>();
  for (const step of stepsOf(files)) {
    const { moves, problem } = findMoves(step, withFolders([...left.keys()]));
    if (problem !== undefined) return { problem };
    for (const { from, to } of moves) {
      // An existing folder at the target is deleted first.
      for (const path of store.keys()) {
        if (path.startsWith(`${to}/`)) store.delete(path);
      }
      for (const [path, entry] of left) {
        const rest = path === from ? '' : path.startsWith(`${from}/`) ? path.slice(from.length) : undefined;
        if (rest !== undefined) store.set(posix.normalize(`${to}${rest}`), entry);
      }
      left = new Map([...left].filter(([path]) => path !== from && !path.startsWith(`${from}/`)));
    }
  }
  return { store };
}

function formProblem(files: readonly FileMove[] | undefined): string | undefined {
  if (files === undefined) return undefined;
  if (files.length === 0) return 'M8 files is there and empty';
  return files.some(({ from, to }) => from === '' || to === '')
    ? 'M8 an entry of files lacks from or to'
    : undefined;
}

/** Where climbing ends, for a name in the archive and for one that is absolute against the rules. */
const roots: ReadonlySet<string> = new Set(['.', '/']);

/** The paths of files, and of the folders they are in. */
export function withFolders(paths: readonly string[]): readonly string[] {
  const all = new Set(paths);
  for (const path of paths) {
    for (let folder = posix.dirname(path); !roots.has(folder); folder = posix.dirname(folder))
      all.add(folder);
  }
  return [...all];
}
