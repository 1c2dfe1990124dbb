import { setImmediate as turn } from 'node:timers/promises';
import { RUN_LEASE } from '../../../src/data/own.ts';
import type { JsonRequest, KubeClient } from '../../../src/kube/client.ts';
import type { Clock } from '../../../src/kube/clock.ts';
import { KubeError, statusError } from '../../../src/kube/errors.ts';
import { statusOf } from '../../../src/kube/json/status.ts';
import { isObject, type JsonObject } from '../../../src/kube/json/value.ts';
import { ApiError } from '../../../src/sim/api-error.ts';
import { ManualClock } from '../../../src/sim/cluster/clock.ts';
import { namespace } from '../../../src/sim/cluster/scenario/builders.ts';
import { leases, namespaces } from '../../../src/sim/resources.ts';
import { MemoryStore } from '../../../src/sim/store.ts';
import { replaceObject } from '../../../src/sim/write/change.ts';
import { createObject } from '../../../src/sim/write/create.ts';
import { existingObject, type WriteContext, type WriteRequest } from '../../../src/sim/write/request.ts';
import type { Random } from '../../support/seeded-random.ts';

export const LINKERD = 'linkerd';
const START = Date.UTC(2026, 4, 1);

/** The store behind a simulated API server, in a time of its own. */
export interface VirtualServer {
  readonly time: ManualClock;
  readonly store: MemoryStore;
  /** Applies a request. @throws ApiError */
  serve(request: JsonRequest): unknown;
  /** Lets time pass in small steps, and everything be done that follows from it. */
  pass(milliseconds: number, step: number, eachStep?: () => void): Promise<void>;
}

export function virtualServer(): VirtualServer {
  const time = new ManualClock(START);
  let uids = 0;
  const uid = () => `uid-${uids++}`;
  const store = new MemoryStore({ now: () => time.now(), uid });
  store.create(namespaces, namespace(LINKERD));
  const context: WriteContext = { store, clock: time, admission: undefined, random: () => 0, uid };
  return {
    time,
    store,
    serve({ method, query, body }) {
      const request: WriteRequest = {
        resource: leases,
        namespace: LINKERD,
        name: RUN_LEASE,
        subresource: '',
        query: new URLSearchParams(query),
        contentType: 'application/json',
        userAgent: 'test',
        body: Buffer.from(JSON.stringify(body ?? null)),
      };
      if (method === 'GET') return existingObject(context, request);
      const result = method === 'POST' ? createObject(context, request) : replaceObject(context, request);
      return 'object' in result ? result.object : result.status;
    },
    async pass(milliseconds, step, eachStep) {
      for (let passed = 0; passed < milliseconds; passed += step) {
        time.advance(step);
        await turn();
        eachStep?.();
      }
    },
  };
}

/** How a network treats the next request. */
export interface Weather {
  /** Milliseconds on the way there and back; undefined: it never arrives. */
  readonly there: number | undefined;
  readonly back: number | undefined;
}

/** A computer with a clock of its own and a way to the server. */
export interface Computer {
  readonly client: Pick<KubeClient, 'json' | 'clock' | 'random' | 'clockOffset'>;
  readonly monotonic: () => number;
  readonly asleep: boolean;
  sleep(): void;
  /** Everything that was due in the meantime happens now. */
  wake(): void;
}

/** `ahead` (milliseconds) and `drift` (a part of one) set its wall clock apart from that of others. */
export function computer(
  server: VirtualServer,
  random: Random,
  weather: () => Weather,
  { ahead = 0, drift = 0 }: { readonly ahead?: number; readonly drift?: number } = {},
): Computer {
  const { time } = server;
  const wall = () => time.now() + ahead + (time.now() - START) * drift;
  const due: (() => void)[] = [];
  let fellAsleep: number | undefined;
  let slept = 0;

  const awake = (action: () => void) => () => {
    if (fellAsleep === undefined) action();
    else due.push(action);
  };
  const clock: Clock = {
    now: wall,
    after(ms, action) {
      let cancelled = false;
      const cancel = time.after(
        ms / (1 + drift),
        awake(() => {
          if (!cancelled) action();
        }),
      );
      return () => {
        cancelled = true;
        cancel();
      };
    },
  };

  function json(request: JsonRequest): Promise<JsonObject> {
    const { there, back } = weather();
    return new Promise((resolve, reject) => {
      request.signal?.addEventListener('abort', () => reject(new KubeError('aborted', 'given up')));
      if (there === undefined) return;
      time.after(there, () => {
        const settle = answerOf(server, request, resolve, reject);
        if (back !== undefined) time.after(back, awake(settle));
      });
    });
  }

  return {
    client: { json, clock, random: () => random.below(1000) / 1000, clockOffset: 0 },
    monotonic: () => (fellAsleep ?? time.now()) - START - slept,
    get asleep() {
      return fellAsleep !== undefined;
    },
    sleep() {
      fellAsleep ??= time.now();
    },
    wake() {
      if (fellAsleep === undefined) return;
      slept += time.now() - fellAsleep;
      fellAsleep = undefined;
      for (const action of due.splice(0)) action();
    },
  };
}

/** Applies the request now; the answer is given when the returned function is called. */
function answerOf(
  server: VirtualServer,
  request: JsonRequest,
  resolve: (object: JsonObject) => void,
  reject: (error: unknown) => void,
): () => void {
  try {
    const answer: unknown = JSON.parse(JSON.stringify(server.serve(request)));
    return () => (isObject(answer) ? resolve(answer) : reject(new Error('no object')));
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    const refusal = statusError(request.operation, error.code, statusOf(error.status()), undefined);
    return () => reject(refusal);
  }
}
