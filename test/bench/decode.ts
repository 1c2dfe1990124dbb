/**
 * Figures of the protobuf list decoder: `node --import=tsx test/bench/decode.ts [pods]`.
 * Compares it with the same fields read by @bufbuild/protobuf's BinaryReader and with JSON.parse.
 */

import { BinaryReader, BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { pods } from '../../src/kube/resources.ts';
import { decodeList, recordedList } from '../support/recorded-records.ts';
import { recordedBytes, recordedJson } from '../support/wire.ts';

const COUNT = Number(process.argv[2] ?? 10_000);
const CHUNK_BYTES = 64 * 1024;
const RUNS = 5;

function itemsOf(file: string): Buffer[] {
  const bytes = recordedBytes(file);
  const envelope = new BinaryReader(bytes.subarray(4));
  const items: Buffer[] = [];
  for (const raw of lengthDelimited(envelope, 2)) {
    for (const item of lengthDelimited(new BinaryReader(raw), 2)) items.push(Buffer.from(item));
  }
  return items;
}

function* lengthDelimited(reader: BinaryReader, wanted: number): Generator<Uint8Array> {
  while (reader.pos < reader.len) {
    const [field, type] = reader.tag();
    if (field === wanted && type === WireType.LengthDelimited) yield reader.bytes();
    else reader.skip(type);
  }
}

/** A list of `count` pods made of a recorded one, each with a name and uid of its own, in chunks. */
function podList(
  template: Buffer,
  name: string,
  uid: string,
  count: number,
): { chunks: Buffer[]; bytes: number } {
  const items: Uint8Array[] = [];
  const writer = new BinaryWriter();
  writer.tag(1, WireType.LengthDelimited).fork().tag(2, WireType.LengthDelimited).string('1').join();
  let size = 0;
  for (let index = 0; index < count; index++) {
    const item = Buffer.from(template);
    const suffix = String(index).padStart(8, '0');
    item.write(`${name.slice(0, -8)}${suffix}`, template.indexOf(name));
    item.write(`${uid.slice(0, -8)}${suffix}`, template.indexOf(uid));
    items.push(item);
    size += item.length;
  }
  const meta = writer.finish();
  const parts: Uint8Array[] = [meta];
  for (const item of items)
    parts.push(new BinaryWriter().tag(2, WireType.LengthDelimited).bytes(item).finish());
  const rawSize = parts.reduce((sum, part) => sum + part.length, 0);
  const head = new BinaryWriter()
    .tag(1, WireType.LengthDelimited)
    .fork()
    .tag(1, WireType.LengthDelimited)
    .string('v1')
    .tag(2, WireType.LengthDelimited)
    .string('PodList')
    .join()
    .tag(2, WireType.LengthDelimited)
    .uint32(rawSize)
    .finish();
  const body = Buffer.concat([Buffer.from('k8s\0'), head, ...parts]);
  const chunks: Buffer[] = [];
  for (let at = 0; at < body.length; at += CHUNK_BYTES) chunks.push(body.subarray(at, at + CHUNK_BYTES));
  return { chunks, bytes: size };
}

/** The names, versions, owners, images and readiness by BinaryReader: less than what our decoder reads. */
function decodeWithBinaryReader(items: readonly Buffer[]): object[] {
  return items.map((item) => {
    const pod = {
      name: '',
      namespace: '',
      uid: '',
      version: '',
      owner: '',
      phase: '',
      images: [] as string[],
      ready: 0,
    };
    const reader = new BinaryReader(item);
    while (reader.pos < reader.len) {
      const [field, type] = reader.tag();
      if (field === 1) readMeta(new BinaryReader(reader.bytes()), pod);
      else if (field === 2) readSpec(new BinaryReader(reader.bytes()), pod);
      else if (field === 3) readStatus(new BinaryReader(reader.bytes()), pod);
      else reader.skip(type);
    }
    return pod;
  });
}

type Slim = {
  name: string;
  namespace: string;
  uid: string;
  version: string;
  owner: string;
  phase: string;
  images: string[];
  ready: number;
};

function readMeta(reader: BinaryReader, pod: Slim): void {
  while (reader.pos < reader.len) {
    const [field, type] = reader.tag();
    if (field === 1) pod.name = reader.string();
    else if (field === 3) pod.namespace = reader.string();
    else if (field === 5) pod.uid = reader.string();
    else if (field === 11 || field === 12) {
      const entry = new BinaryReader(reader.bytes());
      let key = '';
      while (entry.pos < entry.len) {
        const [part, partType] = entry.tag();
        if (part === 1) key = entry.string();
        else if (part === 2 && key === 'linkerd.io/proxy-version') pod.version = entry.string();
        else entry.skip(partType);
      }
    } else if (field === 13) {
      for (const name of lengthDelimited(new BinaryReader(reader.bytes()), 3))
        pod.owner = Buffer.from(name).toString();
    } else reader.skip(type);
  }
}

function readSpec(reader: BinaryReader, pod: Slim): void {
  while (reader.pos < reader.len) {
    const [field, type] = reader.tag();
    if (field !== 2 && field !== 20) {
      reader.skip(type);
      continue;
    }
    const container = new BinaryReader(reader.bytes());
    while (container.pos < container.len) {
      const [part, partType] = container.tag();
      if (part === 2) pod.images.push(container.string());
      else container.skip(partType);
    }
  }
}

function readStatus(reader: BinaryReader, pod: Slim): void {
  while (reader.pos < reader.len) {
    const [field, type] = reader.tag();
    if (field === 1) pod.phase = reader.string();
    else if (field === 8) {
      const status = new BinaryReader(reader.bytes());
      while (status.pos < status.len) {
        const [part, partType] = status.tag();
        if (part === 4) pod.ready += status.bool() ? 1 : 0;
        else status.skip(partType);
      }
    } else reader.skip(type);
  }
}

function measure(name: string, bytes: number, run: () => readonly unknown[]): void {
  const times: number[] = [];
  let count = 0;
  for (let index = 0; index < RUNS; index++) {
    const start = process.cpuUsage();
    count = run().length;
    const { user, system } = process.cpuUsage(start);
    times.push((user + system) / 1000);
  }
  const best = Math.min(...times);
  console.log(
    `${name.padEnd(44)} ${count} pods, CPU first ${times[0]?.toFixed(0)} ms, best ${best.toFixed(0)} ms, ` +
      `${(bytes / 1e6 / (best / 1000)).toFixed(0)} MB/s`,
  );
}

const file = '111-pods-injected';
const jsonFile = '110-pods-injected.json';
const template = itemsOf(`${file}.pb`)[0];
const sample = recordedList(pods, `${file}.pb`)[0];
if (template === undefined || sample === undefined) throw new Error('no recorded pod');
const { chunks, bytes } = podList(template, sample.name, sample.uid, COUNT);
console.log(`${COUNT} pods of ${template.length} bytes, ${(bytes / 1e6).toFixed(0)} MB in chunks of 64 KiB`);

globalThis.gc?.();
const before = process.memoryUsage().heapUsed;
const kept = decodeList(pods, chunks);
globalThis.gc?.();
const perRecord = (process.memoryUsage().heapUsed - before) / kept.length;
console.log(
  `${'heap kept, one record'.padEnd(44)} ${perRecord.toFixed(0)} bytes${globalThis.gc ? '' : ' (run with --expose-gc)'}`,
);

measure('our cursor, streamed, whole records', bytes, () => decodeList(pods, chunks));
const items = Array.from({ length: COUNT }, () => template);
measure('BinaryReader, items in memory, seven fields', bytes, () => decodeWithBinaryReader(items));
const { items: jsonItems } = recordedJson(jsonFile);
const text = JSON.stringify(Array.isArray(jsonItems) ? jsonItems[0] : {});
measure('JSON.parse alone, one pod at a time', text.length * COUNT, () => items.map(() => JSON.parse(text)));
