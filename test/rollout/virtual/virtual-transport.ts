import { KubeError } from '../../../src/kube/errors.ts';
import type { Answer, RequestOptions } from '../../../src/kube/transport/exchange.ts';
import type { Transport } from '../../../src/kube/transport/transport.ts';
import { ApiError, internalError } from '../../../src/sim/api-error.ts';
import type { ManualClock } from '../../../src/sim/cluster/clock.ts';
import type { VirtualApi } from './virtual-api.ts';
import type { ComputerClock } from './virtual-clock.ts';

/** What goes wrong with one request. */
export type RequestFault =
  /** The connection breaks: before anything happened, or after the change was stored. */
  | { readonly kind: 'cut'; readonly after: 'nothing' | 'commit' }
  /** No answer ever comes, and the client gives up. */
  | { readonly kind: 'silence'; readonly after: 'nothing' | 'commit' }
  /** This answer comes instead of the real one, and nothing is changed. */
  | { readonly kind: 'refuse'; readonly status: number; readonly reason: string; readonly message: string }
  /** 429 or 503 as an overloaded server gives it. */
  | { readonly kind: 'busy'; readonly status: 429 | 503; readonly retryAfterSeconds: number }
  /** The request is served so much later. */
  | { readonly kind: 'slow'; readonly ms: number };

/** A request as it left the program. */
export type SentRequest = Pick<RequestOptions, 'method' | 'path' | 'operation'> & { readonly text: string };

/** What lies between the program and the API server. */
export interface Network {
  /** Milliseconds of one way. */
  latency(): number;
  /** True while no connection can be made. */
  isAway(): boolean;
  faultOf(request: SentRequest): RequestFault | undefined;
  onSent(request: SentRequest): void;
  /** `code` as the server answered, whether or not anybody hears it; 0 when it never got there. */
  onServed(request: SentRequest, code: number): void;
}

export interface VirtualTransportParts {
  readonly world: ManualClock;
  readonly computer: ComputerClock;
  readonly api: VirtualApi;
  readonly network: Network;
}

/** After so long the client gives a silent server up: as its default for the head of an answer. */
const PATIENCE_MS = 60_000;

/**
 * Requests as messages in virtual time: they take a while to the server, are served there in an instant, and their
 * answers take a while back. What a process that has died meanwhile had sent is served all the same.
 */
export function createVirtualTransport({ world, computer, api, network }: VirtualTransportParts): Transport {
  return { send, close: () => undefined };

  function send(options: RequestOptions): Promise<Answer> {
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    if (computer.isDead) return promise;
    const { method, path, operation, signal, body } = options;
    const sent = { method, path, operation, text: body?.text ?? '' };
    const fail = (kind: 'network' | 'timeout' | 'aborted', message: string): void =>
      reject(new KubeError(kind, `could not ${operation}: ${message}`));
    if (signal?.aborted === true) {
      fail('aborted', 'it was given up');
      return promise;
    }
    signal?.addEventListener('abort', () => fail('aborted', 'it was given up'), { once: true });
    network.onSent(sent);
    const fault = network.faultOf(sent);
    world.after(network.latency() + (fault?.kind === 'slow' ? fault.ms : 0), () => arrive(fault));
    return promise;

    function arrive(fault: RequestFault | undefined): void {
      if (network.isAway()) {
        network.onServed(sent, 0);
        computer.after(network.latency(), () => fail('network', 'connection refused'));
        return;
      }
      const lost = fault?.kind === 'cut' || fault?.kind === 'silence';
      const answer = fault && lost && fault.after === 'nothing' ? undefined : served(fault);
      network.onServed(sent, answer?.status ?? 0);
      if (lost) {
        const [ms, why] = fault.kind === 'cut' ? [network.latency(), 'cut'] : [PATIENCE_MS, 'silent'];
        computer.after(ms, () => fail(fault.kind === 'cut' ? 'network' : 'timeout', `connection ${why}`));
      } else if (answer) {
        computer.after(network.latency(), () => resolve(answer));
      }
    }

    function served(fault: RequestFault | undefined): Answer {
      const date = new Date(world.now()).toUTCString();
      if (fault?.kind === 'busy') {
        const headers = { date, 'retry-after': String(fault.retryAfterSeconds) };
        return textAnswer(fault.status, 'too many requests, try again later', headers);
      }
      if (fault?.kind === 'refuse') {
        return jsonAnswer(fault.status, statusOf(fault), { date });
      }
      try {
        const value = api.answer({ ...sent, contentType: body?.contentType ?? '' });
        return jsonAnswer(method === 'POST' ? 201 : 200, value, { date });
      } catch (error) {
        const refusal = error instanceof ApiError ? error : internalError(String(error));
        return jsonAnswer(refusal.code, refusal.status(), { date });
      }
    }
  }
}

type Headers = Readonly<Record<string, string>>;

function statusOf({ status, reason, message }: RequestFault & { readonly kind: 'refuse' }): unknown {
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', code: status, reason, message };
}

function jsonAnswer(status: number, value: unknown, headers: Headers): Answer {
  return answerOf(status, 'application/json', Buffer.from(JSON.stringify(value)), headers);
}

function textAnswer(status: number, text: string, headers: Headers): Answer {
  return answerOf(status, 'text/plain', Buffer.from(text), headers);
}

function answerOf(status: number, mediaType: string, body: Buffer, headers: Headers): Answer {
  return {
    status,
    mediaType,
    header: (name) => headers[name.toLowerCase()],
    async *chunks() {
      yield body;
    },
    discard: () => Promise.resolve(),
  };
}
