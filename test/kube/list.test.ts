import assert from 'node:assert/strict';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type TestContext, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { createKubeClient, type KubeClient } from '../../src/kube/client.ts';
import { systemClock } from '../../src/kube/clock.ts';
import { namespaces, replicaSets } from '../../src/kube/resources.ts';
import { connectionTo } from '../support/connection.ts';
import { failure } from '../support/kube-error.ts';
import { envelope, message, meta } from '../support/protobuf.ts';
import { type ScriptedServer, sendJson, sendStatus, startServer } from '../support/scripted-server.ts';

type Handler = (request: IncomingMessage, response: ServerResponse, query: URLSearchParams) => void;

/** A clock on which every wait is over at once, and that remembers them. */
function hurriedClock(): { waits: number[]; clock: typeof systemClock } {
  const waits: number[] = [];
  let now = 1_700_000_000_000;
  return {
    waits,
    clock: {
      now: () => now,
      after(ms, action) {
        // Timeouts of requests are real; waits of seconds between requests are what is hurried.
        if (ms >= 10_000) return systemClock.after(ms, action);
        waits.push(ms);
        now += ms;
        return systemClock.after(0, action);
      },
    },
  };
}

async function serve(
  t: TestContext,
  handler: Handler,
): Promise<{ client: KubeClient; server: ScriptedServer; waits: number[] }> {
  const server = await startServer(t, (request, response) =>
    handler(request, response, new URL(request.url ?? '', 'http://x').searchParams),
  );
  const { waits, clock } = hurriedClock();
  const client = createKubeClient(connectionTo(server.url), {
    userAgentVersion: '0',
    env: {},
    clock,
    random: () => 0.5,
  });
  t.after(() => client.close());
  return { client, server, waits };
}

const namespace = (name: string) => message({ 1: meta(name, { 3: '' }), 3: { 1: 'Active' } });

function protobufList(
  names: readonly string[],
  listMeta: { resourceVersion?: string; continueToken?: string } = {},
): Buffer {
  const { resourceVersion = '9', continueToken = '' } = listMeta;
  return envelope(
    'NamespaceList',
    message({ 1: { 2: resourceVersion, 3: continueToken }, 2: names.map(namespace) }),
  );
}

function jsonList(names: readonly string[], continueToken = ''): object {
  return {
    kind: 'NamespaceList',
    apiVersion: 'v1',
    metadata: { resourceVersion: '9', continue: continueToken },
    items: names.map((name) => ({ metadata: { name, uid: `uid-${name}`, resourceVersion: '7' } })),
  };
}

function sendProtobuf(response: ServerResponse, body: Buffer): void {
  response.writeHead(200, { 'content-type': 'application/vnd.kubernetes.protobuf' });
  response.end(body);
}

async function names(client: KubeClient, options: Parameters<KubeClient['list']>[1] = {}): Promise<string[]> {
  let found: string[] = [];
  await client.list(namespaces, { ...options, onRestart: () => (found = []) }, ({ name }) =>
    found.push(name),
  );
  return found;
}

test('consistent pages of 500, with the continue token of each', async (t) => {
  const { client, server } = await serve(t, (_, response, query) => {
    const page = Number(query.get('continue') ?? '0');
    sendProtobuf(response, protobufList([`ns-${page}`], { continueToken: page < 2 ? String(page + 1) : '' }));
  });
  assert.deepEqual(await names(client, { resourceVersion: '' }), ['ns-0', 'ns-1', 'ns-2']);
  assert.deepEqual(server.requests, [
    'GET /api/v1/namespaces?limit=500',
    'GET /api/v1/namespaces?limit=500&continue=1',
    'GET /api/v1/namespaces?limit=500&continue=2',
  ]);
});

test('F6: a continue token that expires makes the list begin again, in one answer', async (t) => {
  const { client, server } = await serve(t, (_, response, query) => {
    if (query.has('continue')) {
      sendStatus(response, 410, 'Expired', 'The provided continue parameter is too old');
    } else {
      sendProtobuf(
        response,
        query.has('limit') ? protobufList(['old'], { continueToken: 'x' }) : protobufList(['a', 'b']),
      );
    }
  });
  assert.deepEqual(await names(client, { resourceVersion: '' }), ['a', 'b']);
  assert.equal(server.requests.at(-1), 'GET /api/v1/namespaces');
});

test('406 for protobuf falls back to JSON pages, and is remembered', async (t) => {
  const { client, server } = await serve(t, (request, response, query) => {
    if (request.headers.accept?.includes('protobuf') === true) {
      sendStatus(response, 406, 'NotAcceptable', 'only JSON');
    } else {
      sendJson(response, 200, query.has('continue') ? jsonList(['b']) : jsonList(['a'], 'next'));
    }
  });
  assert.deepEqual(await names(client), ['a', 'b']);
  assert.deepEqual(await names(client), ['a', 'b']);
  assert.deepEqual(server.requests, [
    'GET /api/v1/namespaces?resourceVersion=0',
    'GET /api/v1/namespaces?limit=250',
    'GET /api/v1/namespaces?limit=250&continue=next',
    'GET /api/v1/namespaces?limit=250',
    'GET /api/v1/namespaces?limit=250&continue=next',
  ]);
});

test('JSON in answer to protobuf is read in pages too', async (t) => {
  const { client, server } = await serve(t, (_, response) => sendJson(response, 200, jsonList(['a'])));
  assert.deepEqual(await names(client), ['a']);
  assert.equal(server.requests.at(-1), 'GET /api/v1/namespaces?limit=250');
});

test('metadata only, whole objects where a server knows no better', async (t) => {
  const accepts: (string | undefined)[] = [];
  const { client } = await serve(t, (request, response) => {
    accepts.push(request.headers.accept);
    if (accepts.length === 1) {
      const items = { 1: meta('rs', { 13: { 1: 'Deployment', 3: 'web', 4: 'u', 5: 'apps/v1', 6: true } }) };
      sendProtobuf(
        response,
        envelope('PartialObjectMetadataList', message({ 1: { 2: '9' }, 2: items }), 'meta.k8s.io/v1'),
      );
    } else {
      sendJson(response, 200, {
        kind: 'ReplicaSetList',
        metadata: { resourceVersion: '9' },
        items: [{ metadata: { name: 'rs' } }],
      });
    }
  });
  const found: string[] = [];
  await client.list(replicaSets, {}, ({ owner }) => found.push(owner?.name ?? 'none'));
  await client.list(replicaSets, {}, ({ name }) => found.push(name));
  assert.deepEqual(found, ['web', 'rs']);
  assert.equal(
    accepts[0],
    'application/vnd.kubernetes.protobuf;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json',
  );
});

test('F9: a busy server is asked again after as long as it says, and others wait with it', async (t) => {
  let busy = 2;
  const { client, waits } = await serve(t, (_, response) => {
    if (busy-- > 0) {
      response.writeHead(429, { 'content-type': 'text/plain', 'retry-after': '3' });
      response.end('Too many requests, please try again later.\n');
    } else {
      sendProtobuf(response, protobufList(['a']));
    }
  });
  assert.deepEqual(await names(client), ['a']);
  assert.ok(waits.filter((ms) => ms >= 2_500).length >= 2, waits.join(', '));
});

test('a busy server that stays busy is an error', async (t) => {
  const { client, server } = await serve(t, (_, response) =>
    sendStatus(response, 503, 'ServiceUnavailable', 'down', { 'retry-after': '1' }),
  );
  const error = await failure(names(client));
  assert.equal(error.kind, 'unavailable');
  assert.equal(error.retryAfterSeconds, 1);
  assert.equal(server.requests.length, 4);
});

test('F8: an error without Retry-After is told at once', async (t) => {
  const { client, server } = await serve(t, (_, response) =>
    sendStatus(response, 500, 'InternalError', 'boom'),
  );
  const error = await failure(names(client));
  assert.equal(error.kind, 'unavailable');
  assert.match(error.message, /could not list namespaces: boom\./);
  assert.equal(server.requests.length, 1);
});

const WHOLE = protobufList(Array.from({ length: 200 }, (_, index) => `namespace-${index}`));

for (const [what, handler] of [
  [
    'Content-Length too large',
    (response: ServerResponse) => {
      response.writeHead(200, {
        'content-type': 'application/vnd.kubernetes.protobuf',
        'content-length': WHOLE.length + 10,
      });
      response.write(WHOLE, () => response.socket?.destroy());
    },
  ],
  [
    'a chunked body that is cut',
    (response: ServerResponse) => {
      response.writeHead(200, { 'content-type': 'application/vnd.kubernetes.protobuf' });
      response.write(WHOLE.subarray(0, 3_000), () => response.socket?.destroy());
    },
  ],
  [
    'a body that ends too soon',
    (response: ServerResponse) => sendProtobuf(response, WHOLE.subarray(0, 3_000)),
  ],
  [
    'a corrupt gzip',
    (response: ServerResponse) => {
      const zipped = gzipSync(WHOLE);
      zipped.fill(0x55, 100, 140);
      response.writeHead(200, {
        'content-type': 'application/vnd.kubernetes.protobuf',
        'content-encoding': 'gzip',
      });
      response.end(zipped);
    },
  ],
  [
    'a gzip that is cut',
    (response: ServerResponse) => {
      response.writeHead(200, {
        'content-type': 'application/vnd.kubernetes.protobuf',
        'content-encoding': 'gzip',
      });
      response.end(gzipSync(WHOLE).subarray(0, 300));
    },
  ],
] as const) {
  test(`F19, F20: ${what} is an error, never a shorter list`, async (t) => {
    const { client } = await serve(t, (_, response) => handler(response));
    const error = await failure(names(client));
    assert.ok(['network', 'malformed'].includes(error.kind), `${error.kind}: ${error.message}`);
  });
}

test('gzip in several members', async (t) => {
  const { client } = await serve(t, (_, response) => {
    response.writeHead(200, {
      'content-type': 'application/vnd.kubernetes.protobuf',
      'content-encoding': 'gzip',
    });
    response.end(Buffer.concat([gzipSync(WHOLE.subarray(0, 1_000)), gzipSync(WHOLE.subarray(1_000))]));
  });
  assert.equal((await names(client)).length, 200);
});

for (const [what, respond] of [
  [
    'HTML with 200',
    (response: ServerResponse) =>
      response.writeHead(200, { 'content-type': 'text/html' }).end('<html>log in</html>'),
  ],
  [
    'HTML with 502',
    (response: ServerResponse) =>
      response.writeHead(502, { 'content-type': 'text/html' }).end('<html>bad</html>'),
  ],
  [
    'a redirect',
    (response: ServerResponse) =>
      response.writeHead(302, { location: 'https://login.example/?token=s3cret' }).end(),
  ],
  [
    'text with 200',
    (response: ServerResponse) => response.writeHead(200, { 'content-type': 'text/plain' }).end('hello'),
  ],
  ['no content type', (response: ServerResponse) => response.writeHead(200).end('hello')],
] as const) {
  test(`F36: ${what} is not a Kubernetes answer`, async (t) => {
    const { client } = await serve(t, (_, response) => void respond(response));
    const error = await failure(names(client));
    assert.equal(error.kind, 'not-kubernetes');
    assert.match(error.message, /did not give a Kubernetes answer/);
    assert.doesNotMatch(error.message, /s3cret/);
  });
}

for (const [what, body] of [
  ['another kind', envelope('NodeList', message({ 1: { 2: '9' } }))],
  ['no resourceVersion', protobufList(['a'], { resourceVersion: '' })],
  ['an item without metadata', envelope('NamespaceList', message({ 1: { 2: '9' }, 2: { 3: {} } }))],
  ['garbage', Buffer.from('garbage')],
] as const) {
  test(`F13: a list with ${what} is malformed`, async (t) => {
    const { client } = await serve(t, (_, response) => sendProtobuf(response, body));
    assert.equal((await failure(names(client))).kind, 'malformed');
  });
}

test('an aborted list ends at once', async (t) => {
  const { client } = await serve(t, (_, response) => {
    response.writeHead(200, { 'content-type': 'application/vnd.kubernetes.protobuf' });
    response.write(WHOLE.subarray(0, 1_000));
  });
  const controller = new AbortController();
  let seen = 0;
  const listing = client.list(namespaces, { signal: controller.signal }, () => {
    seen++;
    controller.abort();
  });
  assert.equal((await failure(listing)).kind, 'aborted');
  assert.ok(seen > 0);
});

test('a watch of a kind that comes in JSON only', async (t) => {
  const { client } = await serve(t, (request, response, query) => {
    if (request.headers.accept?.includes('protobuf') === true) {
      sendStatus(response, 406, 'NotAcceptable', 'only JSON');
    } else if (query.get('watch') === 'true') {
      response.writeHead(200, { 'content-type': 'application/json' });
      const object = { kind: 'Namespace', metadata: { name: 'häßlich', uid: 'u', resourceVersion: '10' } };
      const bookmark = { kind: 'Namespace', metadata: { resourceVersion: '12', creationTimestamp: null } };
      const text = `${JSON.stringify({ type: 'ADDED', object })}\r\n${JSON.stringify({ type: 'BOOKMARK', object: bookmark })}\n{"type":"ADD`;
      const bytes = Buffer.from(text);
      // The umlaut is cut in two, and so is the last event.
      const middle = bytes.indexOf(0xc3) + 1;
      response.write(bytes.subarray(0, middle), () => response.end(bytes.subarray(middle)));
    } else {
      sendJson(response, 200, jsonList(['a']));
    }
  });
  await names(client);
  const events: string[] = [];
  for await (const event of client.watch(namespaces, { resourceVersion: '9', timeoutSeconds: 300 })) {
    events.push(
      event.type === 'BOOKMARK'
        ? `BOOKMARK ${event.resourceVersion}`
        : event.type === 'ERROR'
          ? 'ERROR'
          : `${event.type} ${event.record.name}`,
    );
  }
  assert.deepEqual(events, ['ADDED häßlich', 'BOOKMARK 12']);
});

for (const [what, line] of [
  ['bad JSON', '{"type":'],
  [
    'a byte order mark',
    '\ufeff{"type":"ADDED","object":{"kind":"Namespace","metadata":{"name":"a","uid":"u","resourceVersion":"1"}}}',
  ],
  ['a NUL', '{"type":"ADDED\0"}'],
  ['no object', '{"type":"ADDED"}'],
  [
    'another kind',
    '{"type":"ADDED","object":{"kind":"Pod","metadata":{"name":"a","uid":"u","resourceVersion":"1"}}}',
  ],
  ['a table', '{"type":"ADDED","object":{"kind":"Table","rows":[]}}'],
  ['no version', '{"type":"ADDED","object":{"kind":"Namespace","metadata":{"name":"a","uid":"u"}}}'],
] as const) {
  test(`F12, F13: a JSON watch with ${what} is malformed, after what came whole`, async (t) => {
    const good =
      '{"type":"DELETED","object":{"kind":"Namespace","metadata":{"name":"g","uid":"u","resourceVersion":"1"}}}';
    const { client } = await serve(t, (_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(`${good}\n${line}\n${good}\n`);
    });
    let seen = 0;
    const watching = async () => {
      for await (const _ of client.watch(namespaces, { resourceVersion: '9', timeoutSeconds: 300 })) seen++;
    };
    assert.equal((await failure(watching())).kind, 'malformed');
    assert.equal(seen, 1);
  });
}
