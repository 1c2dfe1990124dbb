/** One platform that a release has an archive for. `os` and `arch` are Go's names, as krew selects by them. */
export interface ReleaseTarget {
  readonly os: 'linux' | 'darwin' | 'windows';
  readonly arch: 'amd64' | 'arm64';
  /** The npm package with Bun for this platform. */
  readonly runtime: string;
  /** What `bun build --target` calls it. */
  readonly bunTarget: string;
  readonly archive: 'tar.gz' | 'zip';
  /** Name of the program in the archive. */
  readonly executable: string;
}

/** The kubectl plugin's name on PATH, less Windows' `.exe`. */
export const programName = 'kubectl-linkerd_upgrade';

/** Every platform of a release, in the order of its list of sums. */
export const releaseTargets: readonly ReleaseTarget[] = [
  unix('linux', 'amd64', '@oven/bun-linux-x64', 'bun-linux-x64'),
  unix('linux', 'arm64', '@oven/bun-linux-aarch64', 'bun-linux-arm64'),
  unix('darwin', 'amd64', '@oven/bun-darwin-x64', 'bun-darwin-x64'),
  unix('darwin', 'arm64', '@oven/bun-darwin-aarch64', 'bun-darwin-arm64'),
  windows('amd64', '@oven/bun-windows-x64', 'bun-windows-x64'),
  windows('arm64', '@oven/bun-windows-aarch64', 'bun-windows-arm64'),
];

/** `kubectl-linkerd_upgrade-v0.1.0-linux-amd64.tar.gz`; `version` is that of package.json, without a `v`. */
export function archiveName(version: string, { os, arch, archive }: ReleaseTarget): string {
  return `${programName}-v${version}-${os}-${arch}.${archive}`;
}

/** `linux-amd64`: the name of a target's folder. */
export function targetName({ os, arch }: ReleaseTarget): string {
  return `${os}-${arch}`;
}

function unix(
  os: 'linux' | 'darwin',
  arch: ReleaseTarget['arch'],
  runtime: string,
  bunTarget: string,
): ReleaseTarget {
  return { os, arch, runtime, bunTarget, archive: 'tar.gz', executable: programName };
}

function windows(arch: ReleaseTarget['arch'], runtime: string, bunTarget: string): ReleaseTarget {
  return { os: 'windows', arch, runtime, bunTarget, archive: 'zip', executable: `${programName}.exe` };
}
