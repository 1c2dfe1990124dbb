import { compareVersions, parseVersion } from '../../mesh/version.ts';
import type { Finding } from './task.ts';

/** Where a part that goes with the control plane's version stands. */
export function versionState(version: string, to: string, where: string): Pick<Finding, 'state' | 'why'> {
  if (version === '') return { state: 'unknown', why: `its version cannot be told; ${where}` };
  if (version === to) return { state: 'done', why: `${version} ${where}` };
  if (compareVersions(parseVersion(version), parseVersion(to)) === 1) {
    return { state: 'done', why: `${version}, which is newer, ${where}` };
  }
  return { state: 'open', why: `${version} ${where}` };
}
