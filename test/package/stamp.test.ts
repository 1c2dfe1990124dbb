import assert from 'node:assert/strict';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { inputsDigest, isCurrent, stampText, sumsOf } from '../../scripts/package/stamp.ts';
import { temporaryFolder } from '../support/program.ts';

test('the digest of the inputs tells names, contents and their bounds apart', () => {
  const digests = [
    new Map([['a', 'one']]),
    new Map([['b', 'one']]),
    new Map([['a', 'two']]),
    new Map([
      ['a', 'one'],
      ['b', ''],
    ]),
    new Map([['a', 'oneb']]),
  ].map(inputsDigest);
  assert.equal(new Set(digests).size, digests.length);
  assert.equal(inputsDigest(new Map([['a', 'one']])), digests[0]);
});

test('files are current until an input changes, or one of them changes, goes or comes', async () => {
  using folder = temporaryFolder();
  mkdirSync(`${folder.path}/release`);
  mkdirSync(`${folder.path}/stage/linux`, { recursive: true });
  writeFileSync(`${folder.path}/release/archive`, 'packed');
  writeFileSync(`${folder.path}/stage/linux/program`, 'compiled');
  const sums = () => sumsOf(folder.path, ['release', 'stage']);
  const inputs = inputsDigest(new Map([['source', 'text']]));
  const stamp = `${folder.path}/stamp`;
  const current = (digest = inputs) => isCurrent(stamp, digest, sums);

  assert.equal(await current(), false);
  writeFileSync(stamp, stampText({ inputs, outputs: await sums() }));
  assert.equal(await current(), true);
  assert.equal(await current(inputsDigest(new Map([['source', 'changed']]))), false);

  writeFileSync(`${folder.path}/stage/linux/program`, 'tampered');
  assert.equal(await current(), false);
  writeFileSync(`${folder.path}/stage/linux/program`, 'compiled');
  assert.equal(await current(), true);
  writeFileSync(`${folder.path}/release/more`, '');
  assert.equal(await current(), false);
  rmSync(`${folder.path}/release/more`);
  rmSync(`${folder.path}/release/archive`);
  assert.equal(await current(), false);
});
