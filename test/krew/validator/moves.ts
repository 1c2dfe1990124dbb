import { posix } from 'node:path';
import { goGlob } from './go-glob.ts';
import type { FileMove } from './manifest.ts';

/** A move of one file or folder, both paths relative: from the unpacked archive, to the plugin's own folder. */
export interface Move {
  readonly from: string;
  readonly to: string;
}

export type Moves =
  | { readonly moves: readonly Move[]; readonly problem?: undefined }
  | { readonly moves?: undefined; readonly problem: string };

/** What krew does when a platform says nothing about files. */
const everything: readonly FileMove[] = [{ from: '*', to: '.' }];

/**
 * One step of `files`, found as krew finds it (`internal/installation/move.go`): a `from` that exists is renamed to
 * `to`, else it is a pattern of Go's, each match of which goes into the folder `to` under its own last name.
 * @param paths of all files and folders that are still in the unpacked archive
 */
export function findMoves({ from, to }: FileMove, paths: readonly string[]): Moves {
  if (to !== posix.normalize(to).replace(/(.)\/$/, '$1'))
    return { problem: `M8 the target "${to}" is not in its clean form` };
  const exact = posix.join(from).replace(/(.)\/$/, '$1');
  if (exact === '.' || paths.includes(exact)) {
    const target = to === '.' ? posix.basename(exact) : to;
    return isInside(exact) && isInside(target)
      ? { moves: [{ from: exact, to: target }] }
      : { problem: `M8 moving "${from}" to "${to}" leaves the folders of the installation` };
  }
  if (!isInside(posix.normalize(from))) return { problem: `M8 "${from}" is outside the archive` };
  const found = goGlob(posix.normalize(from), paths);
  if (found === undefined || found.length === 0)
    return { problem: `M8 no file of the archive matches "${from}"` };
  const moves = found.map((path) => ({ from: path, to: posix.join(to, posix.basename(path)) }));
  return moves.every(({ to: target }) => isInside(target))
    ? { moves }
    : { problem: `M8 moving "${from}" to "${to}" leaves the folders of the installation` };
}

/** The steps of a platform: those it names, or the one that krew takes by default. */
export function stepsOf(files: readonly FileMove[] | undefined): readonly FileMove[] {
  return files ?? everything;
}

function isInside(path: string): boolean {
  return path !== '..' && !path.startsWith('../') && !posix.isAbsolute(path);
}
