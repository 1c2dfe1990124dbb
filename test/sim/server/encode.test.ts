import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { decodeMessage } from '../../../src/sim/encode/decode.ts';
import { encodeMessage } from '../../../src/sim/encode/encode.ts';
import { unwrap, watchFrame, wrap } from '../../../src/sim/encode/envelope.ts';
import { isObject } from '../../../src/sim/json.ts';
import { recordedBytes, recordedEvents, recordedJson } from '../../support/wire.ts';

/** Recorded pairs of the same objects in JSON and in protobuf. The lists of the first run are compared in recordings.test.ts. */
const LISTS = [
  ['108-pods-states.json', '109-pods-states.pb'],
  ['110-pods-injected.json', '111-pods-injected.pb'],
  ['112-daemonsets-ready.json', '113-daemonsets-ready.pb'],
  ['114-leases.json', '115-leases.pb'],
  ['116-hpas.json', '117-hpas.pb'],
  ['118-deployments-states.json', '119-deployments-states.pb'],
  ['120-replicasets-states.json', '121-replicasets-states.pb'],
  ['122-events-states.json', '123-events-states.pb'],
  ['124-quotas.json', '125-quotas.pb'],
] as const;

const OBJECTS = [
  ['083-pdb.json', '084-pdb.pb'],
  ['096-deployment-after.json', '097-deployment-after.pb'],
  ['098-statefulset-after.json', '099-statefulset-after.pb'],
  ['100-continue-expired.json', '101-continue-expired.pb'],
] as const;

const STREAMS = [
  ['088-watch-pods.json', '092-watch-pods.pb'],
  ['089-watch-statefulsets.json', '095-watch-statefulsets.pb'],
  ['090-watch-replicasets.json', '091-watch-replicasets.pb'],
  ['093-watch-deployments.json', '094-watch-deployments.pb'],
  ['106-watch-too-old.json', '107-watch-too-old.pb'],
] as const;

const REVIEWS = [
  ['126-access-allowed.json', '127-access-allowed.pb'],
  ['128-access-denied.json', '129-access-denied.pb'],
] as const;

function encodeObject(object: Record<string, unknown>): Buffer {
  const kind = String(object.kind);
  return wrap({ apiVersion: String(object.apiVersion), kind, raw: encodeMessage(kind, object) });
}

/** The messages of a list: its items stand under field 2. */
function* itemsOf(list: Uint8Array): Generator<Uint8Array> {
  let position = 0;
  while (position < list.length) {
    const tag = list[position] ?? 0;
    position += 1;
    let length = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = list[position] ?? 0;
      position += 1;
      length |= (byte & 0x7f) << shift;
      if (byte < 0x80) break;
    }
    if (tag === 0x12) yield list.subarray(position, position + length);
    position += length;
  }
}

describe('JSON of recorded objects becomes the recorded protobuf', () => {
  for (const [json, pb] of LISTS) {
    test(pb, () => {
      const list = recordedJson(json);
      const envelope = unwrap(recordedBytes(pb));
      assert.ok(envelope !== undefined && Array.isArray(list.items));
      const kind = envelope.kind.replace(/List$/, '');
      const encoded = list.items.map((item: unknown) => Buffer.from(encodeMessage(kind, item)));
      assert.deepEqual(
        encoded,
        [...itemsOf(envelope.raw)].map((item) => Buffer.from(item)),
      );
      assert.ok(encoded.length > 0);
    });
  }

  for (const [json, pb] of OBJECTS) {
    test(pb, () => assert.deepEqual(encodeObject(recordedJson(json)), recordedBytes(pb)));
  }

  for (const [json, pb] of STREAMS) {
    test(pb, () => {
      const frames = recordedEvents(json).map(({ type, object }) => watchFrame(type, encodeObject(object)));
      assert.deepEqual(Buffer.concat(frames), recordedBytes(pb));
    });
  }

  for (const [json, pb] of REVIEWS) {
    test(`${pb}, but for the time of the two requests`, () => {
      const recorded = recordedBytes(pb);
      const encoded = encodeObject(recordedJson(json));
      assert.equal(encoded.length, recorded.length);
      const different = [...encoded.keys()].filter((index) => encoded[index] !== recorded[index]);
      assert.ok(different.length <= 5, `${different.length} bytes differ`);
    });
  }

  test('items at version 0 come in another order, but each with the same bytes', () => {
    const list = recordedJson('021-pods-rv0.json');
    const envelope = unwrap(recordedBytes('022-pods-rv0.pb'));
    assert.ok(envelope !== undefined && Array.isArray(list.items));
    const encoded = list.items.map((item: unknown) =>
      Buffer.from(encodeMessage('Pod', item)).toString('hex'),
    );
    const recorded = [...itemsOf(envelope.raw)].map((item) => Buffer.from(item).toString('hex'));
    assert.deepEqual(encoded.sort(), recorded.sort());
  });
});

describe('protobuf back to JSON', () => {
  for (const [json, pb] of OBJECTS) {
    test(`${pb} survives decoding and encoding`, () => {
      const envelope = unwrap(recordedBytes(pb));
      assert.ok(envelope);
      const decoded = decodeMessage(envelope.kind, envelope.raw);
      assert.deepEqual(Buffer.from(encodeMessage(envelope.kind, decoded)), Buffer.from(envelope.raw));
      const { name } = isObject(decoded.metadata) ? decoded.metadata : {};
      const { metadata } = recordedJson(json);
      assert.equal(name, isObject(metadata) ? metadata.name : undefined);
    });
  }
});

describe('values that need care', () => {
  test('a value of the wrong type is refused with the message it stands in', () => {
    assert.throws(
      () => encodeMessage('Pod', { metadata: { generation: 'many' } }),
      /cannot write Pod as protobuf/,
    );
    // The writer that failed is usable again.
    assert.equal(encodeMessage('PodIP', { ip: '10.0.0.1' }).length, 10);
  });

  test('fields of native sidecars and of volumes are written under their published numbers', () => {
    const pod = {
      metadata: { name: 'a' },
      spec: {
        initContainers: [
          {
            name: 'linkerd-proxy',
            image: 'p',
            restartPolicy: 'Always',
            resources: { limits: { cpu: '100m' } },
          },
        ],
        containers: [
          { name: 'app', livenessProbe: { httpGet: { path: '/live', port: 'admin' }, periodSeconds: 10 } },
        ],
        volumes: [{ name: 'tokens', projected: { sources: [{ serviceAccountToken: { path: 't' } }] } }],
      },
      status: {
        initContainerStatuses: [
          { name: 'linkerd-proxy', state: { waiting: { reason: 'ImagePullBackOff' } } },
        ],
      },
    };
    const decoded = decodeMessage('Pod', encodeMessage('Pod', pod));
    const spec = isObject(decoded.spec) ? decoded.spec : {};
    const [init] = Array.isArray(spec.initContainers) ? spec.initContainers : [];
    assert.deepEqual(init, {
      name: 'linkerd-proxy',
      image: 'p',
      resources: { limits: { cpu: '100m' } },
      restartPolicy: 'Always',
    });
    assert.deepEqual(spec.volumes, [
      { name: 'tokens', projected: { sources: [{ serviceAccountToken: { path: 't' } }] } },
    ]);
    const [app] = Array.isArray(spec.containers) ? spec.containers : [];
    assert.deepEqual(app, {
      name: 'app',
      livenessProbe: { httpGet: { path: '/live', port: 'admin' }, periodSeconds: 10 },
    });
  });

  test('an envelope without the magic bytes is none', () => {
    assert.equal(unwrap(Buffer.from('{"kind":"Pod"}')), undefined);
  });
});
