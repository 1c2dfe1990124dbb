import { gunzipSync } from 'node:zlib';
import type { Entries, Entry } from './entry.ts';
import { readTar } from './tar.ts';
import { isDevice } from './words.ts';
import { readZip } from './zip.ts';

/** What krew makes of an archive by its first bytes, whatever its name is (Go `net/http` sniff.go). */
export function sniff(archive: Uint8Array): 'tar.gz' | 'zip' | 'unsupported' {
  const starts = (...bytes: readonly number[]) => bytes.every((byte, index) => archive[index] === byte);
  if (starts(0x50, 0x4b, 0x03, 0x04)) return 'zip';
  if (starts(0x1f, 0x8b, 0x08)) return 'tar.gz';
  return 'unsupported';
}

/** The entries of an archive, read as krew reads it (`internal/download/downloader.go`). */
export function readArchive(archive: Uint8Array): Entries {
  const kind = sniff(archive);
  if (kind === 'unsupported') return { problem: 'M6 the archive is neither gzip nor zip by its content' };
  try {
    // krew passes over git's global header, which has no content of its own.
    const entries = kind === 'zip' ? readZip(archive) : readTar(gunzipSync(archive));
    return { entries: entries.filter(({ name }) => name !== 'pax_global_header') };
  } catch (error) {
    return { problem: `M6 the archive cannot be read: ${error instanceof Error ? error.message : error}` };
  }
}

/**
 * The form of an archive (M6, M7). Stricter than krew: no name twice, no permission that a plugin has no use for, plain
 * names, and a zip for Windows only, as its modes may be lost on other systems.
 * @returns one sentence a problem
 */
export function archiveProblems(
  archive: Uint8Array,
  entries: readonly Entry[],
  isForWindows: boolean,
): readonly string[] {
  const kind = sniff(archive);
  const seen = new Set<string>();
  const folders = new Set(['.']);
  const files = new Set(entries.filter(({ type }) => type === 'file').map(({ name }) => name.toLowerCase()));
  return [
    ...(kind === 'zip' && !isForWindows ? ['M6 a zip for a system other than Windows'] : []),
    ...entries.flatMap((entry) => [...problemsOf(entry)]),
  ];

  function* problemsOf({ name, type, typeName, mode }: Entry): Iterable<string> {
    if (type === 'other')
      yield `M7 ${name} is neither file nor folder, but of type ${JSON.stringify(typeName)}`;
    if (name.includes('..')) yield `M7 the name ${name} contains ..`;
    if (/^[/\\]/.test(name)) yield `M7 the name ${name} is absolute`;
    if (!/^[\w.@+-]+(?:\/[\w.@+-]+)*\/?$/.test(name))
      yield `M7 the name ${JSON.stringify(name)} has odd signs`;
    if (name.split('/').some((part) => isDevice(part.replace(/\..*/, '')) || /[^.]\.+$/.test(part)))
      yield `M7 the name ${name} cannot be one on Windows`;
    // Upper and lower case are one on macOS and Windows.
    const key = name.replace(/\/$/, '').toLowerCase();
    if (seen.has(key)) yield `M7 ${name} is there twice`;
    seen.add(key);
    // krew's unpacking of a zip makes no folders but those that have entries.
    if (type === 'directory') folders.add(key);
    const parent = key.includes('/') ? key.slice(0, key.lastIndexOf('/')) : '.';
    if (files.has(parent)) yield `M7 ${name} is in a folder that is a file, too`;
    if (kind === 'zip' && !folders.has(parent)) yield `M7 ${name} is in a folder that has no entry before it`;
    if (mode === undefined) {
      if (!isForWindows) yield `M7 ${name} has no mode`;
    } else if ((mode & 0o7022) !== 0 || (mode & 0o444) !== 0o444) {
      yield `M7 ${name} has the mode ${mode.toString(8)}`;
    }
  }
}
