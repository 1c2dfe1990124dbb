import { posix } from 'node:path';
import type { Entry } from './entry.ts';
import type { Pair } from './selectors.ts';
import type { Store } from './store.ts';

/** A program by its header: for which system and processor, a script, or neither. */
export function programKind(data: Uint8Array): string {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  if (data.length >= 2 && view.getUint16(0) === 0x2321) return 'script';
  if (data.length >= 20 && view.getUint32(0) === 0x7f454c46) {
    return `linux/${elfMachines.get(view.getUint16(18, true)) ?? 'unknown'}`;
  }
  if (data.length >= 8 && view.getUint32(0, true) === 0xfeedfacf) {
    return `darwin/${machProcessors.get(view.getUint32(4, true)) ?? 'unknown'}`;
  }
  if (data.length >= 64 && view.getUint16(0) === 0x4d5a) {
    const header = view.getUint32(60, true);
    if (header + 6 > data.length || view.getUint32(header) !== 0x50450000) return 'unknown';
    return `windows/${peMachines.get(view.getUint16(header + 4, true)) ?? 'unknown'}`;
  }
  return 'unknown';
}

const elfMachines = new Map([
  [3, '386'],
  [40, 'arm'],
  [62, 'amd64'],
  [183, 'arm64'],
]);
const machProcessors = new Map([
  [0x01000007, 'amd64'],
  [0x0100000c, 'arm64'],
]);
const peMachines = new Map([
  [0x014c, '386'],
  [0x8664, 'amd64'],
  [0xaa64, 'arm64'],
]);

/**
 * The executable of an installed plugin (M9): inside its folder, runnable, and made for every system it is offered to.
 * krew looks at none of these but that the file exists.
 * @returns one sentence a problem
 */
export function executableProblems(store: Store, bin: string, pairs: readonly Pair[]): readonly string[] {
  const path = posix.normalize(bin);
  if (path === '..' || path.startsWith('../') || posix.isAbsolute(path)) {
    return [`M9 bin "${bin}" leaves the plugin's folder`];
  }
  const entry = store.get(path);
  if (entry === undefined) return [`M9 bin "${bin}" is not in the archive`];
  return [...problemsOf(entry)];

  function* problemsOf({ mode, data }: Entry): Iterable<string> {
    if (path !== bin) yield `M9 bin "${bin}" is not in its clean form`;
    const kind = programKind(data);
    for (const pair of pairs) {
      const isForWindows = pair.startsWith('windows/');
      if (isForWindows !== bin.endsWith('.exe')) {
        yield `M9 ${bin} ${isForWindows ? 'does not end' : 'ends'} with .exe, for ${pair}`;
      }
      if (!isForWindows && (mode === undefined || (mode & 0o111) !== 0o111)) {
        yield `M9 ${bin} is not executable for everyone`;
      }
      if (kind === 'script' ? isForWindows : kind !== pair)
        yield `M9 ${bin} is a program of ${kind}, not of ${pair}`;
    }
  }
}
