import { readFileSync } from 'node:fs';
import { hostname, userInfo } from 'node:os';
import { clean } from '../kube/clean.ts';

/**
 * Who sits here, as runs, locks and annotations name them: `user@host`.
 * @param passwd where names of users stand on POSIX systems
 */
export function operatorName(env: NodeJS.ProcessEnv, passwd = '/etc/passwd'): string {
  return clean(`${userName(env, passwd)}@${hostname()}`).replaceAll('/', '-');
}

function userName(env: NodeJS.ProcessEnv, passwd: string): string {
  const uid = process.getuid?.();
  // A container may run under a number that no name belongs to.
  return (
    (uid === undefined ? undefined : nameIn(passwd, uid)) ??
    toldByRuntime() ??
    (env.USER || env.LOGNAME || `uid-${uid ?? 'unknown'}`)
  );
}

/** The name of a user by the rules of passwd(5); undefined where it is not there, as with names of a directory service. */
function nameIn(passwd: string, uid: number): string | undefined {
  try {
    const users = readFileSync(passwd, 'utf8').split('\n');
    return users.map((user) => user.split(':')).find((fields) => fields[2] === `${uid}`)?.[0] || undefined;
  } catch {
    return undefined;
  }
}

/** Bun takes it from USER, and calls everybody `unknown` where that is not set. */
function toldByRuntime(): string | undefined {
  try {
    const { username } = userInfo();
    return username === 'unknown' ? undefined : username;
  } catch {
    return undefined;
  }
}
