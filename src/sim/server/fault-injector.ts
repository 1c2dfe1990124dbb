import type { Server } from 'node:http';
import type { MemoryStore } from '../store.ts';
import type { Fault, FaultHook, FaultRequest, Faults } from './faults.ts';
import { listen, portOf, stopListening } from './listener.ts';
import type { Watches } from './watch.ts';

interface Parts {
  readonly store: MemoryStore;
  readonly watches: Watches;
}

/** The faults of a server, and what its parts need to obey them. */
export interface FaultInjector extends Faults {
  faultFor(request: FaultRequest): Fault | undefined;
  attach(server: Server): void;
}

export function createFaultInjector({ store, watches }: Parts): FaultInjector {
  const hooks = new Set<FaultHook>();
  let server: Server | undefined;

  return {
    attach(attached) {
      server = attached;
    },
    faultFor(request) {
      for (const hook of hooks) {
        const fault = hook(request);
        if (fault !== undefined) return fault;
      }
      return undefined;
    },
    onRequest(hook) {
      hooks.add(hook);
      return () => hooks.delete(hook);
    },
    endWatches: (filter) => watches.each(filter, (watch) => watch.end()),
    cutWatches: (filter) => watches.each(filter, (watch) => watch.cut()),
    silenceWatches: (filter) => watches.each(filter, (watch) => watch.silence()),
    injectIntoWatches: (bytes, filter) => watches.each(filter, (watch) => watch.inject(bytes)),
    expireHistory: () => store.compact(),
    dropConnections: () => server?.closeAllConnections(),
    async refuseConnections() {
      const attached = server;
      if (attached === undefined) throw new Error('the server is not listening yet');
      const port = portOf(attached);
      await stopListening(attached);
      return async () => {
        await listen(attached, port);
      };
    },
  };
}
