import { Agent, type ClientRequestArgs } from 'node:http';
import type { Duplex } from 'node:stream';
import { type DialOptions, dial } from './dial.ts';

/** Idle connections kept open; each watch holds one of its own besides. */
const MAX_IDLE = 8;

/** A pool of kept-alive connections to one server under one identity. Connections come from {@link dial}. */
export class PoolAgent extends Agent {
  readonly #options: DialOptions;
  #isDestroyed = false;

  constructor(options: DialOptions) {
    super({ keepAlive: true, maxFreeSockets: MAX_IDLE, scheduling: 'lifo' });
    this.#options = options;
  }

  override createConnection(
    _options: ClientRequestArgs,
    callback?: (error: Error | null, stream: Duplex) => void,
  ): Duplex | undefined {
    if (callback === undefined) throw new Error('connections are made asynchronously');
    dial(this.#options).then(
      (socket) => {
        // Dialled for a request that was given up meanwhile: nobody would ever close it.
        if (this.#isDestroyed) socket.destroy();
        callback(null, socket);
      },
      // node reads the error alone; its types ask for a stream as well.
      (error: Error) => (callback as (error: Error) => void)(error),
    );
    return undefined;
  }

  override destroy(): void {
    this.#isDestroyed = true;
    super.destroy();
  }
}
