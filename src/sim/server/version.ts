import type { JsonObject } from '../types.ts';

/** What `/version` answers. */
export interface ServerVersion {
  readonly major: string;
  readonly minor: string;
  /** `v1.31.4`. */
  readonly gitVersion: string;
}

export const DEFAULT_VERSION: ServerVersion = { major: '1', minor: '31', gitVersion: 'v1.31.4' };

/** The version of a git tag such as `v1.31.4` or `v1.30.2-eks-1234567`. */
export function serverVersion(gitVersion: string): ServerVersion {
  const [, major = '1', minor = '31'] = /^v(\d+)\.(\d+)/.exec(gitVersion) ?? [];
  return { major, minor, gitVersion };
}

/** The body of `/version`. */
export function versionInfo({ major, minor, gitVersion }: ServerVersion): JsonObject {
  return {
    major,
    minor,
    gitVersion,
    gitCommit: '0000000000000000000000000000000000000000',
    gitTreeState: 'clean',
    buildDate: '1970-01-01T00:00:00Z',
    goVersion: 'go1.23.3',
    compiler: 'gc',
    platform: 'linux/amd64',
  };
}
