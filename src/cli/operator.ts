import { hostname, userInfo } from 'node:os';
import { clean } from '../kube/clean.ts';

/** Who sits here, as runs, locks and annotations name them: `user@host`. */
export function operatorName(env: NodeJS.ProcessEnv): string {
  return clean(`${userName(env)}@${hostname()}`).replaceAll('/', '-');
}

function userName(env: NodeJS.ProcessEnv): string {
  try {
    return userInfo().username;
  } catch {
    // A container may run under a number that no name belongs to.
    return env.USER || env.LOGNAME || `uid-${process.getuid?.() ?? 'unknown'}`;
  }
}
