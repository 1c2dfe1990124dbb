/** Journals on disk: one file a run, in the state folder of the user. */

import {
  closeSync,
  constants,
  existsSync,
  fchmodSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  statSync,
  writeSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, posix, win32 } from 'node:path';
import { codeOf, fileError } from './file-errors.ts';
import { type FileLock, lockFile } from './file-lock.ts';
import { encodeRecord, splitLines } from './lines.ts';
import type { Journal } from './record.ts';
import { type Replay, replay } from './replay.ts';
import { type RunSummary, summarize } from './summary.ts';

const PROGRAM = 'kubectl-linkerd-upgrade';
const SUFFIX = '.jsonl';
const LOCK_SUFFIX = '.lock';
/** Ids of runs are names of files, and some are typed by people. */
const RUN_ID = /^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$/;

/** Absent on Windows, where making a link needs rights of its own. */
const NO_FOLLOW = constants.O_NOFOLLOW ?? 0;
const APPEND = constants.O_RDWR | constants.O_APPEND | NO_FOLLOW;
const ONLY_MINE = 0o600;
const ONLY_MINE_FOLDER = 0o700;

/**
 * Where journals are kept: `$XDG_STATE_HOME/kubectl-linkerd-upgrade/runs`, by default under `~/.local/state`, on
 * macOS too, as kubectl keeps to one place; on Windows under `%LOCALAPPDATA%`. As the XDG Base Directory
 * Specification has it, a relative path in the variable counts for nothing.
 */
export function stateFolder(
  env: Readonly<Record<string, string | undefined>>,
  platform: NodeJS.Platform,
): string {
  if (platform === 'win32') {
    const local = env.LOCALAPPDATA ?? '';
    const base = win32.isAbsolute(local)
      ? local
      : win32.join(env.USERPROFILE || homedir(), 'AppData', 'Local');
    return win32.join(base, PROGRAM, 'runs');
  }
  const state = env.XDG_STATE_HOME ?? '';
  const base = posix.isAbsolute(state) ? state : posix.join(env.HOME || homedir(), '.local', 'state');
  return posix.join(base, PROGRAM, 'runs');
}

/** The file of a run's journal. */
export function journalPath(folder: string, run: string): string {
  return join(folder, `${run}${SUFFIX}`);
}

/**
 * Makes the journal of a new run, or goes on with that of an old one, without what a crash left of its last line.
 * Only one process at a time can have it open.
 * @param records how many it held when it was read, if it was: another process may have gone on with the run since
 * @throws Error in words
 */
export function openJournal(folder: string, run: string, records?: number): Journal {
  if (!RUN_ID.test(run)) throw new Error(invalidId(run));
  const path = journalPath(folder, run);
  makeFolder(folder);
  const lock = lockFile(join(folder, `${run}${LOCK_SUFFIX}`));
  let descriptor: number | undefined;
  try {
    descriptor = openForAppending(path);
    const { lines, bytes } = dropCutLine(descriptor);
    if (records !== undefined && lines !== records) {
      throw new Error('the run has gone on since its journal was read. Look at it again');
    }
    return journal(path, descriptor, bytes, lock);
  } catch (error) {
    if (descriptor !== undefined) closeSync(descriptor);
    lock.release();
    throw fileError('open the journal', path, error);
  }
}

function journal(path: string, descriptor: number, size: number, lock: FileLock): Journal {
  /** Bytes on stable storage, and bytes that were written after them. */
  let written = size;
  let pending = 0;
  let closed = false;
  let failure: Error | undefined;

  return {
    location: path,

    append(record, more) {
      if (closed) throw new Error(`the journal ${path} is closed`);
      if (failure !== undefined) throw failure;
      try {
        if (!lock.isHeld()) {
          throw new Error('another process has taken it, or its lock file was removed');
        }
        const line = Buffer.from(encodeRecord(record));
        writeWhole(descriptor, line);
        pending += line.length;
        if (more === undefined) {
          fsyncSync(descriptor);
          written += pending;
          pending = 0;
        }
      } catch (error) {
        // After this nobody knows what is on the disk: a later line could stand behind half of this one.
        failure = fileError('write the journal', path, error);
        takeBack(descriptor, written);
        throw failure;
      }
    },

    close() {
      if (closed) return;
      closed = true;
      closeSync(descriptor);
      lock.release();
    },
  };
}

function writeWhole(descriptor: number, line: Buffer): void {
  for (let offset = 0; offset < line.length; ) {
    offset += writeSync(descriptor, line, offset);
  }
}

/** Half a line would be dropped by the next reader as well; without it the file looks as if nothing had happened. */
function takeBack(descriptor: number, size: number): void {
  try {
    ftruncateSync(descriptor, size);
  } catch {
    // The error that matters is on its way to the caller.
  }
}

function openForAppending(path: string): number {
  try {
    const descriptor = openSync(path, APPEND | constants.O_CREAT | constants.O_EXCL, ONLY_MINE);
    // A file that was synced and whose name was not is gone after a power cut.
    syncFolder(dirname(path));
    return descriptor;
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
  }
  const descriptor = openSync(path, APPEND);
  fchmodSync(descriptor, ONLY_MINE);
  return descriptor;
}

/** Lines and size of the file without a cut last line, which is removed. */
function dropCutLine(descriptor: number): { readonly lines: number; readonly bytes: number } {
  const status = fstatSync(descriptor);
  if (!status.isFile()) throw new Error('it is no regular file. Remove it.');
  if (status.size === 0) return { lines: 0, bytes: 0 };
  const { lines, bytes, truncated } = splitLines(readFileSync(descriptor, 'utf8'));
  if (truncated) {
    ftruncateSync(descriptor, bytes);
    fsyncSync(descriptor);
  }
  return { lines: lines.length, bytes };
}

function makeFolder(folder: string): void {
  try {
    const first = makeWithParents(folder);
    if (first === undefined) return;
    for (let made = folder; made.length >= first.length; made = dirname(made)) syncFolder(dirname(made));
  } catch (error) {
    throw fileError('create the folder', folder, error);
  }
}

/**
 * Makes a folder and those above it, as far as they are missing. Not by `recursive`, with which Node tries for ever
 * where a file system refuses new folders with ENOENT, as /proc does and automounters may.
 * @returns the first that was made; undefined when all were there
 */
function makeWithParents(folder: string): string | undefined {
  const parent = dirname(folder);
  const first = parent === folder || existsSync(parent) ? undefined : makeWithParents(parent);
  try {
    mkdirSync(folder, { mode: ONLY_MINE_FOLDER });
  } catch (error) {
    if (codeOf(error) === 'EEXIST' && statSync(folder).isDirectory()) return first;
    throw error;
  }
  return first ?? folder;
}

/** Puts the names in a folder on stable storage. Windows does not open folders, and does this by itself. */
function syncFolder(folder: string): void {
  if (process.platform === 'win32') return;
  const descriptor = openSync(folder, constants.O_RDONLY);
  try {
    fsyncSync(descriptor);
  } catch (error) {
    // Some network file systems cannot, and keep names in their own way.
    if (codeOf(error) !== 'EINVAL') throw error;
  } finally {
    closeSync(descriptor);
  }
}

/** The recorded run, or why it cannot be read. A run that is being written may be read too. Never throws. */
export function readRun(folder: string, id: string): Replay {
  if (!RUN_ID.test(id)) return { replay: 'unreadable', reason: invalidId(id) };
  const path = journalPath(folder, id);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    const reason =
      codeOf(error) === 'ENOENT'
        ? `no run ${id} is recorded in ${folder}`
        : fileError('read the journal', path, error).message;
    return { replay: 'unreadable', reason };
  }
  const read = replay(text);
  if (read.replay === 'unreadable') return { replay: 'unreadable', reason: `${path}, ${read.reason}` };
  if (read.run.header.id !== id) {
    return { replay: 'unreadable', reason: `${path} holds the run ${read.run.header.id}. Rename it back.` };
  }
  return read;
}

export interface RecordedRuns {
  /** Newest first. */
  readonly runs: readonly RunSummary[];
  /** Journals that cannot be read, and why. */
  readonly unreadable: readonly string[];
}

/** The runs recorded in a folder, which need not exist. Files that are no journals are passed over. Never throws. */
export function listRuns(folder: string): RecordedRuns {
  const runs: RunSummary[] = [];
  const unreadable: string[] = [];
  for (const id of recordedIds(folder, unreadable)) {
    const read = readRun(folder, id);
    if (read.replay === 'run') runs.push(summarize(read.run));
    else unreadable.push(read.reason);
  }
  runs.sort((a, b) => b.startedAt - a.startedAt || (a.id < b.id ? -1 : 1));
  return { runs, unreadable };
}

function recordedIds(folder: string, unreadable: string[]): readonly string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith(SUFFIX))
      .map((name) => name.slice(0, -SUFFIX.length))
      .filter((id) => RUN_ID.test(id))
      .sort();
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') unreadable.push(fileError('read the folder', folder, error).message);
    return [];
  }
}

function invalidId(id: string): string {
  return `${JSON.stringify(id.slice(0, 80))} is no id of a run. See the runs with: kubectl linkerd-upgrade runs`;
}
