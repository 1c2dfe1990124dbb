import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { AD_HOC, LINKER_SIGNED, readSignature, signAdHoc } from '../../scripts/package/mach-o.ts';
import { programName } from '../../scripts/package/targets.ts';
import { leftOut, staged } from './release.ts';

describe('signatures of the programs for macOS', { skip: leftOut }, () => {
  for (const arch of ['amd64', 'arm64']) {
    test(`${arch}: an ad-hoc signature covers everything before it, and every page has the promised hash`, () => {
      const signature = readSignature(staged('darwin', arch));
      assert.ok(signature);
      assert.equal(signature.flags, AD_HOC | LINKER_SIGNED);
      assert.equal(signature.codeLimit, signature.offset);
      assert.deepEqual(signature.brokenPages, []);
    });
  }

  test('one changed byte breaks its page', () => {
    const program = staged('darwin', 'arm64');
    program.writeUInt8(program.readUInt8(50_000) ^ 1, 50_000);
    assert.deepEqual(readSignature(program)?.brokenPages, [12]);
  });

  test('our signature is, byte for byte, the one that Bun makes for Apple silicon', () => {
    const program = staged('darwin', 'arm64');
    assert.ok(signAdHoc(program, 'a.out').equals(program));
  });

  test('what is signed again may grow: its load commands say the new size', () => {
    const signed = signAdHoc(staged('darwin', 'amd64'), `${programName}-with-a-longer-name`);
    const signature = readSignature(signed);
    assert.deepEqual(signature?.brokenPages, []);
    assert.equal(signature?.identifier, `${programName}-with-a-longer-name`);
    assert.ok(signAdHoc(signed, programName).equals(staged('darwin', 'amd64')));
  });
});

describe('the program for Windows', { skip: leftOut }, () => {
  for (const arch of ['amd64', 'arm64']) {
    test(`${arch}: a console program with a true checksum and no signature`, () => {
      const program = staged('windows', arch);
      const optional = program.readUInt32LE(60) + 24;
      const checksumOffset = optional + 64;
      const console = 3;
      assert.equal(program.readUInt16LE(optional), 0x20b);
      assert.equal(program.readUInt16LE(optional + 68), console);
      assert.equal(program.readUInt32LE(checksumOffset), peChecksum(program, checksumOffset));
      const securityDirectory = optional + 112 + 4 * 8;
      assert.deepEqual([...program.subarray(securityDirectory, securityDirectory + 8)], Array(8).fill(0));
    });
  }
});

/** The sum of all 16-bit words but the checksum's own, folded, and the length (PE format, "CheckSum"). */
function peChecksum(file: Buffer, checksumOffset: number): number {
  let sum = 0;
  for (let offset = 0; offset < file.length; offset += 2) {
    if (offset === checksumOffset || offset === checksumOffset + 2) continue;
    sum += offset + 1 < file.length ? file.readUInt16LE(offset) : file.readUInt8(offset);
    sum = (sum & 0xffff) + (sum >>> 16);
  }
  return ((sum & 0xffff) + (sum >>> 16) + file.length) >>> 0;
}
