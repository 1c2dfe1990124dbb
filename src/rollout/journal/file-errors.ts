/** Errors of the file system in words: what failed, on what, and what to do next. */

const ELSEWHERE = 'Set XDG_STATE_HOME to a folder that can be written.';

const CAUSES: Readonly<Record<string, string>> = {
  ENOSPC: `the disk is full. Free some space. ${ELSEWHERE}`,
  EDQUOT: `your disk quota is used up. Free some space. ${ELSEWHERE}`,
  EROFS: `the file system is read-only. ${ELSEWHERE}`,
  EACCES: `it may not be written by you. ${ELSEWHERE}`,
  EPERM: `it may not be written by you. ${ELSEWHERE}`,
  ELOOP: 'it is a symbolic link, which is not followed. Remove it.',
  ENOTDIR: `part of the path is a file and no folder. ${ELSEWHERE}`,
  EISDIR: 'it is a folder. Remove it.',
  EFBIG: `the file may not grow any further (ulimit -f). ${ELSEWHERE}`,
  EIO: `the disk reports an error. ${ELSEWHERE}`,
  EMFILE: 'too many files are open.',
  ENAMETOOLONG: `the path is too long. ${ELSEWHERE}`,
};

/** `operation` goes on `could not …`. */
export function fileError(operation: string, path: string, error: unknown): Error {
  const code = codeOf(error);
  const why = CAUSES[code] ?? (error instanceof Error ? error.message : String(error));
  return new Error(`could not ${operation} ${path}: ${why}`, { cause: error });
}

/** `ENOENT` and the like; '' when it is no error of the system. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}
