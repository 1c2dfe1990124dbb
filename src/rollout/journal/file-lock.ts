import { randomUUID } from 'node:crypto';
import {
  closeSync,
  constants,
  fstatSync,
  linkSync,
  openSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { clean } from '../../kube/clean.ts';
import { count, object, text } from '../form.ts';
import { codeOf, fileError } from './file-errors.ts';

/** A lock file that this process has made. */
export interface FileLock {
  /** False when somebody has removed or replaced the file, so that another process may believe to have the lock. */
  isHeld(): boolean;
  release(): void;
}

/** What stands in a lock file: which process made it. */
interface Owner {
  readonly pid: number;
  readonly host: string;
  /** On Linux the namespace that the pid counts in: containers may share a host name. '' elsewhere. */
  readonly pids: string;
  /** Tells a process from a later one of the same pid; '' where the system does not say. */
  readonly started: string;
}

const owner = object<Owner>({ pid: count, host: text, pids: text, started: text });

/** Absent on Windows, where making a link needs rights of its own. */
const NO_FOLLOW = constants.O_NOFOLLOW ?? 0;
const CREATE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | NO_FOLLOW;
/** A lock that was gone, or replaced, when it was looked at, is looked at again. */
const TRIES = 5;

/**
 * Makes the lock file `path`, or takes it over from a process of this computer that is no more.
 * @throws Error that names the process which has it, or says why the file cannot be made
 */
export function lockFile(path: string): FileLock {
  for (let attempt = 1; attempt <= TRIES; attempt++) {
    const descriptor = create(path);
    if (descriptor !== undefined) return lock(path, descriptor);
    const found = read(path);
    if (found === undefined) continue;
    const refusal = refusalBy(found, path);
    if (refusal !== '') throw new Error(refusal);
    setAside(path, found);
  }
  throw new Error(`${path} changes hands all the time. Try again.`);
}

/** The new lock file, undefined when there is one. It gets its name only once it says whose it is. */
function create(path: string): number | undefined {
  const draft = `${path}.${randomUUID()}`;
  let descriptor: number | undefined;
  try {
    descriptor = openSync(draft, CREATE, 0o600);
    writeSync(descriptor, JSON.stringify(thisProcess()));
    linkSync(draft, path);
    return descriptor;
  } catch (error) {
    if (descriptor !== undefined) closeSync(descriptor);
    if (codeOf(error) === 'EEXIST') return undefined;
    throw fileError('create the lock file', path, error);
  } finally {
    // Only what was made: Bun finds fault with a read-only file system even where there is nothing to remove.
    if (descriptor !== undefined) rmSync(draft, { force: true });
  }
}

function lock(path: string, descriptor: number): FileLock {
  // While the file is open no other one gets its inode.
  const { ino, dev } = fstatSync(descriptor, { bigint: true });
  let open = true;
  const isHeld = (): boolean => {
    if (!open) return false;
    const found = statSync(path, { bigint: true, throwIfNoEntry: false });
    return found?.ino === ino && found.dev === dev;
  };
  return {
    isHeld,
    release() {
      if (!open) return;
      const ours = isHeld();
      open = false;
      closeSync(descriptor);
      if (ours) rmSync(path, { force: true });
    },
  };
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw fileError('read the lock file', path, error);
  }
}

/** Why a lock stays with its owner, '' when that is gone. */
function refusalBy(found: string, path: string): string {
  const holder = ownerIn(found);
  if (holder === undefined) {
    return `${path} does not say which process made it. Remove it if no other kubectl linkerd-upgrade goes on with this run.`;
  }
  const { pid, host } = holder;
  if (host !== hostname() || holder.pids !== pidNamespace()) {
    return `process ${pid} of ${clean(host)} has this run in hand, by ${path}. Remove that file if the process is no more.`;
  }
  if (!isAlive(holder)) return '';
  return `process ${pid} of this computer has this run in hand. End it first (kill ${pid}), or let it finish.`;
}

function ownerIn(found: string): Owner | undefined {
  try {
    const value: unknown = JSON.parse(found);
    return owner.is(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Removes the lock that was found, and no other: by the time of the removal somebody else may have made a new one.
 * A new one that is hit all the same is put back, and its owner notices if that comes too late.
 */
function setAside(path: string, found: string): void {
  const aside = `${path}.${randomUUID()}`;
  try {
    renameSync(path, aside);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return;
    throw fileError('take over the lock file', path, error);
  }
  try {
    if (read(aside) !== found) linkSync(aside, path);
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw fileError('put back the lock file', path, error);
  } finally {
    rmSync(aside, { force: true });
  }
}

function thisProcess(): Owner {
  return { pid: process.pid, host: hostname(), pids: pidNamespace(), started: startOf(process.pid) };
}

function pidNamespace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return '';
  }
}

function isAlive({ pid, started }: Owner): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (codeOf(error) === 'ESRCH') return false;
  }
  return started === '' || startOf(pid) === started;
}

/**
 * Boot and start time of a process on Linux, where proc(5) tells them; '' elsewhere. The start time is the 22nd
 * field of `stat`; the second is a name in parentheses that may hold anything.
 */
function startOf(pid: number): string {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return `${boot} ${fields[19] ?? ''}`;
  } catch {
    return '';
  }
}
