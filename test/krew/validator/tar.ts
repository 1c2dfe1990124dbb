import type { Entry } from './entry.ts';

const BLOCK = 512;

/**
 * Reads a tar file: ustar, with the long names of pax and GNU. The package's own archives are written by a library;
 * this reads them from the format's description, as krew's Go library does, and hides nothing.
 * @throws Error for a header whose checksum is wrong, and for a file that is cut off
 */
export function readTar(tar: Uint8Array): readonly Entry[] {
  const entries: Entry[] = [];
  let longName: string | undefined;
  for (let at = 0; at + BLOCK <= tar.length; ) {
    const header = tar.subarray(at, at + BLOCK);
    if (isZero(header)) {
      // Go's library ends at two blocks of zeros; what stands behind one, or behind the end, is seen by some readers only.
      if (at + 2 * BLOCK > tar.length || !isZero(tar.subarray(at))) {
        throw new Error(`tar: there is more behind the end at ${at}`);
      }
      return entries;
    }
    checkSum(header, at);
    const size = octal(header, 124, 12);
    const data = tar.subarray(at + BLOCK, at + BLOCK + size);
    if (data.length < size) throw new Error(`tar: the entry at ${at} is cut off`);
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
    const flag = String.fromCharCode(header[156] ?? 0);
    switch (flag) {
      case 'x':
        longName = paxPath(text(data)) ?? longName;
        continue;
      case 'L':
        longName = untilNul(data);
        continue;
      case 'g':
      case 'K':
        continue;
    }
    const prefix = untilNul(header.subarray(345, 500));
    const name = untilNul(header.subarray(0, 100));
    const isUstar = untilNul(header.subarray(257, 262)) === 'ustar';
    entries.push({
      name: longName ?? (isUstar && prefix !== '' ? `${prefix}/${name}` : name),
      type: flag === '0' || flag === '\0' ? 'file' : flag === '5' ? 'directory' : 'other',
      typeName: flag,
      mode: octal(header, 100, 8),
      data,
    });
    longName = undefined;
  }
  throw new Error('tar: the end of the archive is missing');
}

function isZero(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0);
}

function checkSum(header: Uint8Array, at: number): void {
  const sum = header.reduce((total, byte, index) => total + (index >= 148 && index < 156 ? 32 : byte), 0);
  if (sum !== octal(header, 148, 8)) throw new Error(`tar: the header at ${at} has a wrong checksum`);
}

function octal(header: Uint8Array, start: number, length: number): number {
  const digits = untilNul(header.subarray(start, start + length)).trim();
  if (!/^[0-7]*$/.test(digits)) throw new Error(`tar: "${digits}" is not an octal number`);
  return Number.parseInt(digits || '0', 8);
}

/** What a pax header may say. Others, as a size or a sparse file's name, change what an entry is for readers that know them. */
const paxKeys = new Set([
  'path',
  'linkpath',
  'mtime',
  'atime',
  'ctime',
  'comment',
  'uid',
  'gid',
  'uname',
  'gname',
]);

/** The `path` of a pax header, whose records are `LENGTH KEY=VALUE\n`. */
function paxPath(records: string): string | undefined {
  let path: string | undefined;
  for (const record of records.split('\n').slice(0, -1)) {
    const [, key = '', value = ''] = /^\d+ ([^=]+)=(.*)$/.exec(record) ?? [];
    if (!paxKeys.has(key)) throw new Error(`tar: a pax header has the record ${JSON.stringify(record)}`);
    if (key === 'path') path = value;
  }
  return path;
}

function untilNul(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return text(end < 0 ? bytes : bytes.subarray(0, end));
}

function text(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
