/** Good manifests and archives made in memory, and the means to spoil them. */
import { createHash } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { type Zippable, zipSync } from 'fflate';
import { type Header, pack } from 'tar-stream';
import type { FileMove, Platform, Selector } from './validator/manifest.ts';
import type { Pair } from './validator/selectors.ts';
import type { ManifestIntent } from './validator/validate.ts';

const releases = 'https://github.com/example/kubectl-linkerd-upgrade/releases/download/v1.2.3';

/** A file of an archive; a string becomes its content with mode 0644. */
export interface TarFile {
  readonly name: string;
  readonly type?: Header['type'];
  readonly mode?: number;
  readonly data?: Uint8Array | string;
  readonly linkname?: string;
}

/** A program of 64 bytes: the header that tells its system and processor. */
export function programFor(pair: Pair): Uint8Array {
  const bytes = new Uint8Array(128);
  const view = new DataView(bytes.buffer);
  const [os, arch] = pair.split('/');
  const isArm = arch === 'arm64';
  if (os === 'linux') {
    view.setUint32(0, 0x7f454c46);
    view.setUint16(18, isArm ? 183 : 62, true);
  } else if (os === 'darwin') {
    view.setUint32(0, 0xfeedfacf, true);
    view.setUint32(4, isArm ? 0x0100000c : 0x01000007, true);
  } else {
    view.setUint16(0, 0x4d5a);
    view.setUint32(60, 64, true);
    view.setUint32(64, 0x50450000);
    view.setUint16(68, isArm ? 0xaa64 : 0x8664, true);
  }
  return bytes;
}

/** The files of a good archive for Unix. */
export function goodFiles(pair: Pair = 'linux/amd64'): readonly TarFile[] {
  return [
    { name: 'LICENSE', data: 'Apache License' },
    { name: 'kubectl-linkerd_upgrade', mode: 0o755, data: programFor(pair) },
  ];
}

/** A tar file, before its compression. */
export async function tarOf(files: readonly TarFile[]): Promise<Buffer> {
  const tar = pack();
  for (const { name, type = 'file', mode = 0o644, data = '', linkname } of files) {
    const header = { name, mode, type, ...(linkname === undefined ? {} : { linkname }), mtime: new Date(0) };
    if (type === 'file' || type === 'contiguous-file') tar.entry(header, Buffer.from(data));
    else tar.entry(header);
  }
  tar.finalize();
  return buffer(tar);
}

export async function tarGzOf(files: readonly TarFile[]): Promise<Buffer> {
  return gzipSync(await tarOf(files));
}

/** A zip whose files have the modes of Unix, or none. */
export function zipOf(files: Readonly<Record<string, Uint8Array | string>>, mode?: number): Buffer {
  const entries: Zippable = {};
  for (const [name, data] of Object.entries(files)) {
    const attributes = mode === undefined ? {} : { os: 3, attrs: (0o100000 | mode) * 0x10000 };
    entries[name] = [Buffer.from(data), { ...attributes, mtime: new Date(2000, 0, 1) }];
  }
  return Buffer.from(zipSync(entries));
}

export function goodZip(pair: Pair = 'windows/amd64'): Buffer {
  return zipOf({ LICENSE: 'Apache License', 'kubectl-linkerd_upgrade.exe': programFor(pair) });
}

export function sumOf(archive: Uint8Array): string {
  return createHash('sha256').update(archive).digest('hex');
}

/** A platform as `installationProblems` takes it. */
export function platformOf(
  archive: Uint8Array,
  {
    os = 'linux',
    arch = 'amd64',
    bin = os === 'windows' ? 'kubectl-linkerd_upgrade.exe' : 'kubectl-linkerd_upgrade',
    files,
  }: {
    readonly os?: string;
    readonly arch?: string;
    readonly bin?: string;
    readonly files?: readonly FileMove[];
  } = {},
): Platform {
  return { selector: { matchLabels: { os, arch } }, uri: '', sha256: sumOf(archive), bin, files };
}

/** A good manifest as an object that tests may spoil. */
export interface ManifestFile {
  apiVersion: unknown;
  kind: unknown;
  metadata: { name: unknown };
  spec: {
    version: unknown;
    homepage: unknown;
    shortDescription: unknown;
    description: unknown;
    caveats?: unknown;
    platforms: PlatformFile[];
  };
}

export interface PlatformFile {
  selector?: Selector;
  uri: unknown;
  sha256: unknown;
  bin: unknown;
  files?: unknown;
}

export const goodIntent: ManifestIntent = {
  version: 'v1.2.3',
  needsMore: false,
  pairs: ['linux/amd64', 'darwin/arm64'],
  sums: new Map([
    ['tool-linux-amd64.tar.gz', 'a'.repeat(64)],
    ['tool-darwin-arm64.tar.gz', 'b'.repeat(64)],
  ]),
};

export function goodManifest(): ManifestFile {
  const platform = (os: string, arch: string, digit: string): PlatformFile => ({
    selector: { matchLabels: { os, arch } },
    uri: `${releases}/tool-${os}-${arch}.tar.gz`,
    sha256: digit.repeat(64),
    bin: 'kubectl-linkerd_upgrade',
  });
  return {
    apiVersion: 'krew.googlecontainertools.github.com/v1alpha2',
    kind: 'Plugin',
    metadata: { name: 'linkerd-upgrade' },
    spec: {
      version: 'v1.2.3',
      homepage: 'https://github.com/example/kubectl-linkerd-upgrade',
      shortDescription: 'Restart meshed workloads',
      description: 'Restarts what a mesh has to restart.\n',
      platforms: [platform('linux', 'amd64', 'a'), platform('darwin', 'arm64', 'b')],
    },
  };
}
