import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DecodeError } from '../../../src/kube/decode-error.ts';
import { LineSplitter } from '../../../src/kube/json/lines.ts';
import { Cursor } from '../../../src/kube/protobuf/cursor.ts';
import { FrameSplitter, readWatchFrame } from '../../../src/kube/protobuf/frames.ts';
import { ListDecoder } from '../../../src/kube/protobuf/list-decoder.ts';
import { namespaces, pods } from '../../../src/kube/resources.ts';
import { envelope, frame, message, meta } from '../../support/protobuf.ts';
import { decodeList, recordedList } from '../../support/recorded-records.ts';
import { recordedBytes } from '../../support/wire.ts';
import { seeded } from '../support/seeded.ts';

const PODS = '016-pods-all.pb';

function cut(bytes: Buffer, size: () => number): Buffer[] {
  const chunks: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const end = at + Math.max(1, size());
    chunks.push(bytes.subarray(at, end));
    at = end;
  }
  return chunks;
}

for (const size of [1, 2, 3, 7, 100, 1_000, 6_785, 65_536]) {
  test(`a list in chunks of ${size} bytes`, () => {
    const chunks = cut(recordedBytes(PODS), () => size);
    assert.deepEqual(decodeList(pods, chunks), recordedList(pods, PODS));
  });
}

test('a list in chunks of random sizes', () => {
  const { seed, next } = seeded();
  const whole = recordedList(pods, PODS);
  for (let round = 0; round < 20; round++) {
    const chunks = cut(recordedBytes(PODS), () => next(1 + next(20_000)));
    assert.deepEqual(decodeList(pods, chunks), whole, `seed ${seed}, round ${round}`);
  }
});

test('a record holds nothing of the bytes it came from', () => {
  const bytes = Buffer.from(recordedBytes(PODS));
  const records = decodeList(pods, [bytes]);
  bytes.fill(0);
  assert.deepEqual(records, recordedList(pods, PODS));
});

test('equal strings and containers of siblings are the same objects', () => {
  const records = recordedList(pods, PODS);
  const [first, second] = records.filter((pod) => pod.owner?.name === records[3]?.owner?.name);
  assert.ok(first !== undefined && second !== undefined);
  assert.equal(first.owner, second.owner);
  assert.equal(first.containers, second.containers);
});

test('a list that was cut anywhere is an error, never a shorter list', () => {
  const bytes = recordedBytes('014-namespaces.pb');
  for (let length = 0; length < bytes.length - 4; length++) {
    assert.throws(() => decodeList(namespaces, [bytes.subarray(0, length)]), DecodeError, `cut at ${length}`);
  }
});

for (const [what, bytes] of [
  ['another magic', Buffer.from('{"kind":"PodList"}')],
  ['another kind', envelope('NodeList', Buffer.alloc(0))],
  ['no kind', Buffer.concat([Buffer.from('k8s\0'), message({ 2: Buffer.alloc(0) })])],
  [
    'an item longer than the list',
    Buffer.concat([
      Buffer.from('k8s\0'),
      message({ 1: { 2: 'PodList' } }),
      Buffer.from([0x12, 4, 0x12, 100, 0, 0]),
    ]),
  ],
  [
    'an item of 4 GiB',
    Buffer.concat([
      Buffer.from('k8s\0'),
      message({ 1: { 2: 'PodList' } }),
      Buffer.from([0x12, 0xff, 0xff, 0xff, 0xff, 0x7f, 0x12, 0x80, 0x80, 0x80, 0x80, 0x10]),
    ]),
  ],
  ['an item without metadata', envelope('PodList', message({ 2: { 3: {} } }))],
] as const) {
  test(`a list with ${what} is a DecodeError`, () => {
    assert.throws(() => decodeList(pods, [bytes]), DecodeError);
  });
}

test('flipped and cut bytes give records or a DecodeError, nothing else', () => {
  const { seed, next } = seeded();
  const original = recordedBytes('111-pods-injected.pb');
  let errors = 0;
  for (let round = 0; round < 3_000; round++) {
    const bytes = Buffer.from(original.subarray(0, next(10) === 0 ? next(original.length) : original.length));
    for (let flips = 1 + next(4); flips > 0 && bytes.length > 0; flips--) {
      // Mostly near the start of fields that are read, where a flip changes the structure.
      const at = next(2) === 0 ? next(Math.min(200, bytes.length)) : next(bytes.length);
      bytes[at] = next(256);
    }
    try {
      decodeList(
        pods,
        cut(bytes, () => 1 + next(5_000)),
      );
    } catch (error) {
      errors++;
      assert.ok(error instanceof DecodeError, `seed ${seed}, round ${round}: ${String(error)}`);
    }
  }
  assert.ok(errors > 100, `only ${errors} rounds met an error`);
});

test('flipped and cut watch streams end in events or a DecodeError', () => {
  const { seed, next } = seeded();
  const original = recordedBytes('092-watch-pods.pb');
  const decode = pods.createDecoder();
  const cursor = new Cursor();
  for (let round = 0; round < 300; round++) {
    const bytes = Buffer.from(original);
    for (let flips = 1 + next(3); flips > 0; flips--)
      bytes[next(next(2) === 0 ? 60 : bytes.length)] = next(256);
    const splitter = new FrameSplitter((part, start, end) => {
      const { envelope: inner } = readWatchFrame(cursor, part, start, end);
      cursor.reset(part, inner.start, inner.end);
      decode(cursor);
    });
    try {
      for (const chunk of cut(bytes, () => 1 + next(9_000))) splitter.push(chunk);
    } catch (error) {
      assert.ok(error instanceof DecodeError, `seed ${seed}, round ${round}: ${String(error)}`);
    }
  }
});

test('memory for an unfinished item follows what arrived, not what was announced', () => {
  const head = Buffer.concat([
    Buffer.from('k8s\0'),
    message({ 1: { 2: 'PodList' } }),
    Buffer.from([0x12, 0xff, 0xff, 0xff, 0x0f, 0x12, 0x80, 0x80, 0x80, 0x0f]),
  ]);
  const decoder = new ListDecoder('PodList', new Cursor(), () => assert.fail('no item is complete'));
  const before = process.memoryUsage().arrayBuffers;
  decoder.push(head);
  decoder.push(Buffer.alloc(1_000));
  assert.ok(process.memoryUsage().arrayBuffers - before < 5_000_000);
  assert.throws(() => decoder.finish(), DecodeError);
});

test('watch frames across chunk borders', () => {
  const bytes = Buffer.concat([
    frame('ADDED', 'Namespace', message({ 1: meta('a') })),
    frame('DELETED', 'Namespace', message({ 1: meta('b') })),
  ]);
  for (const size of [1, 3, 5, 50, bytes.length]) {
    const seen: string[] = [];
    const cursor = new Cursor();
    const splitter = new FrameSplitter((part, start, end) => {
      const { type, envelope: inner } = readWatchFrame(cursor, part, start, end);
      cursor.reset(part, inner.start, inner.end);
      seen.push(`${type} ${namespaces.createDecoder()(cursor).name}`);
    });
    for (const chunk of cut(bytes, () => size)) splitter.push(chunk);
    assert.deepEqual(seen, ['ADDED a', 'DELETED b']);
  }
});

test('a frame with a huge length is refused at once', () => {
  const splitter = new FrameSplitter(() => undefined);
  assert.throws(() => splitter.push(Buffer.from([0xff, 0xff, 0xff, 0xff])), DecodeError);
});

test('JSON lines across chunk borders, with characters cut in two', () => {
  const text = '{"a":"häßlich 🚀"}\r\n\n{"b":1}\n{"unfinished":';
  for (const size of [1, 2, 5, 1_000]) {
    const lines: string[] = [];
    const splitter = new LineSplitter((line) => lines.push(line.trim()));
    for (const chunk of cut(Buffer.from(text), () => size)) splitter.push(chunk);
    assert.deepEqual(lines, ['{"a":"häßlich 🚀"}', '{"b":1}']);
  }
});

test('a JSON line of 10 MB in small chunks', () => {
  const lines: number[] = [];
  const splitter = new LineSplitter((line) => lines.push(line.length));
  for (const chunk of cut(Buffer.from(`${'x'.repeat(10_000_000)}\n`), () => 16_384)) splitter.push(chunk);
  assert.deepEqual(lines, [10_000_000]);
});
