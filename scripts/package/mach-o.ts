import { createHash } from 'node:crypto';

/**
 * Code signatures of 64-bit little-endian Mach-O files, as far as an ad-hoc signature needs them. Layouts: Apple's
 * `mach-o/loader.h` and `osfmk/kern/cs_blobs.h`; everything inside a signature is big-endian.
 */

const MACHO_MAGIC_64 = 0xfeedfacf;
const HEADER_BYTES = 32;
const LC_SEGMENT_64 = 0x19;
const LC_CODE_SIGNATURE = 0x1d;

const EMBEDDED_SIGNATURE = 0xfade0cc0;
const CODE_DIRECTORY = 0xfade0c02;
const CODE_DIRECTORY_SLOT = 0;
/** The first version with the bounds of the executable segment. */
const CODE_DIRECTORY_VERSION = 0x20400;
const CODE_DIRECTORY_BYTES = 88;
const SUPER_BLOB_BYTES = 20;
const SHA256 = 2;
const SHA256_BYTES = 32;
/** Signatures count in pages of 4 KiB on either architecture, and Bun rounds the last segment up to such. */
const PAGE_SHIFT = 12;
const PAGE = 2 ** PAGE_SHIFT;

/** No identity behind it. */
export const AD_HOC = 0x2;
/** Made by a linker: whoever signs again may replace it without being asked. */
export const LINKER_SIGNED = 0x20000;
/** The segment at `execSegBase` is that of a main program. */
const MAIN_BINARY = 1n;

/** What a signature promises, and whether the file keeps it. */
export interface CodeSignature {
  readonly identifier: string;
  readonly flags: number;
  /** Bytes of the file that are covered, from its start. */
  readonly codeLimit: number;
  /** Where the signature begins; all before it must be covered. */
  readonly offset: number;
  readonly pages: number;
  /** Numbers of pages whose hash is not the promised one. */
  readonly brokenPages: readonly number[];
}

/** The signature of a Mach-O file, its page hashes computed anew; none if it has none. */
export function readSignature(file: Buffer): CodeSignature | undefined {
  const place = layout(file).signature;
  if (place === undefined) return undefined;
  const { offset } = place;
  if (file.readUInt32BE(offset) !== EMBEDDED_SIGNATURE)
    throw new Error('the signature is not an embedded one');
  const directory = codeDirectory(file, offset);
  if (directory === undefined) throw new Error('the signature has no code directory');
  const hashOffset = directory + file.readUInt32BE(directory + 16);
  const identifierOffset = directory + file.readUInt32BE(directory + 20);
  const pages = file.readUInt32BE(directory + 28);
  const codeLimit = file.readUInt32BE(directory + 32);
  if (file[directory + 36] !== SHA256_BYTES || file[directory + 37] !== SHA256) {
    throw new Error('the code directory hashes by something else than SHA-256');
  }
  const pageShift = file[directory + 39] ?? PAGE_SHIFT;
  const promised = (page: number) =>
    file.subarray(hashOffset + page * SHA256_BYTES, hashOffset + (page + 1) * SHA256_BYTES);
  const found = pageHashes(file.subarray(0, codeLimit), 2 ** pageShift);
  const brokenPages = found.flatMap((hash, page) => (hash.equals(promised(page)) ? [] : [page]));
  return {
    identifier: file.toString('latin1', identifierOffset, file.indexOf(0, identifierOffset)),
    flags: file.readUInt32BE(directory + 12),
    codeLimit,
    offset,
    pages,
    brokenPages: found.length === pages ? brokenPages : [...brokenPages, pages],
  };
}

/**
 * The file with its signature replaced by an ad-hoc one, as a linker makes it: page hashes and no identity.
 * @throws Error for a file without a signature to replace, or with something behind it
 */
export function signAdHoc(file: Buffer, identifier: string): Buffer {
  const { signature, linkEdit, text } = layout(file);
  if (signature === undefined || linkEdit === undefined || text === undefined) {
    throw new Error('not a Mach-O program with a signature to replace');
  }
  const { offset } = signature;
  const linkEditOffset = Number(file.readBigUInt64LE(linkEdit + 40));
  const linkEditEnd = linkEditOffset + Number(file.readBigUInt64LE(linkEdit + 48));
  if (offset + signature.size !== file.length || linkEditEnd !== file.length || offset % 16 !== 0) {
    throw new Error('the signature is not the last thing in the file');
  }

  const name = Buffer.from(`${identifier}\0`, 'latin1');
  const pages = Math.ceil(offset / PAGE);
  const directoryBytes = CODE_DIRECTORY_BYTES + name.length + pages * SHA256_BYTES;
  const blob = Buffer.alloc(SUPER_BLOB_BYTES + directoryBytes);
  // The load commands lie on a page that is hashed: they say the new size first.
  const signed = Buffer.alloc(offset + blob.length);
  file.copy(signed, 0, 0, offset);
  signed.writeUInt32LE(blob.length, signature.command + 12);
  const linkEditSize = signed.length - linkEditOffset;
  signed.writeBigUInt64LE(BigInt(Math.ceil(linkEditSize / PAGE) * PAGE), linkEdit + 32);
  signed.writeBigUInt64LE(BigInt(linkEditSize), linkEdit + 48);

  blob.writeUInt32BE(EMBEDDED_SIGNATURE, 0);
  blob.writeUInt32BE(blob.length, 4);
  blob.writeUInt32BE(1, 8);
  blob.writeUInt32BE(CODE_DIRECTORY_SLOT, 12);
  blob.writeUInt32BE(SUPER_BLOB_BYTES, 16);
  const directory = blob.subarray(SUPER_BLOB_BYTES);
  const hashOffset = CODE_DIRECTORY_BYTES + name.length;
  directory.writeUInt32BE(CODE_DIRECTORY, 0);
  directory.writeUInt32BE(directory.length, 4);
  directory.writeUInt32BE(CODE_DIRECTORY_VERSION, 8);
  directory.writeUInt32BE(AD_HOC | LINKER_SIGNED, 12);
  directory.writeUInt32BE(hashOffset, 16);
  directory.writeUInt32BE(CODE_DIRECTORY_BYTES, 20);
  directory.writeUInt32BE(pages, 28);
  directory.writeUInt32BE(offset, 32);
  directory.writeUInt8(SHA256_BYTES, 36);
  directory.writeUInt8(SHA256, 37);
  directory.writeUInt8(PAGE_SHIFT, 39);
  directory.writeBigUInt64BE(signed.readBigUInt64LE(text + 40), 64);
  directory.writeBigUInt64BE(signed.readBigUInt64LE(text + 48), 72);
  directory.writeBigUInt64BE(MAIN_BINARY, 80);
  name.copy(directory, CODE_DIRECTORY_BYTES);
  Buffer.concat(pageHashes(signed.subarray(0, offset), PAGE)).copy(directory, hashOffset);
  blob.copy(signed, offset);
  return signed;
}

interface Layout {
  readonly signature?: { readonly command: number; readonly offset: number; readonly size: number };
  /** Offsets of the load commands of these segments. */
  readonly linkEdit?: number;
  readonly text?: number;
}

function layout(file: Buffer): Layout {
  if (file.readUInt32LE(0) !== MACHO_MAGIC_64) throw new Error('not a 64-bit Mach-O file');
  let found: Layout = {};
  let command = HEADER_BYTES;
  for (let left = file.readUInt32LE(16); left > 0; left -= 1) {
    const kind = file.readUInt32LE(command);
    if (kind === LC_CODE_SIGNATURE) {
      const offset = file.readUInt32LE(command + 8);
      found = { ...found, signature: { command, offset, size: file.readUInt32LE(command + 12) } };
    } else if (kind === LC_SEGMENT_64) {
      const name = file.toString('latin1', command + 8, command + 24).replace(/\0+$/, '');
      if (name === '__LINKEDIT') found = { ...found, linkEdit: command };
      if (name === '__TEXT') found = { ...found, text: command };
    }
    command += file.readUInt32LE(command + 4);
  }
  return found;
}

function codeDirectory(file: Buffer, signature: number): number | undefined {
  for (let index = 0; index < file.readUInt32BE(signature + 8); index += 1) {
    const slot = file.readUInt32BE(signature + 12 + 8 * index);
    const start = signature + file.readUInt32BE(signature + 16 + 8 * index);
    if (slot === CODE_DIRECTORY_SLOT && file.readUInt32BE(start) === CODE_DIRECTORY) return start;
  }
  return undefined;
}

function pageHashes(code: Buffer, page: number): Buffer[] {
  return Array.from({ length: Math.ceil(code.length / page) }, (_, index) =>
    createHash('sha256')
      .update(code.subarray(index * page, (index + 1) * page))
      .digest(),
  );
}
