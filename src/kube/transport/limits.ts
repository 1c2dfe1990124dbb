import type { Clock } from '../clock.ts';
import type { Timeouts } from './exchange.ts';
import { abortedFault, Fault } from './fault.ts';

export interface Limits extends Timeouts {
  /** Of the whole request, 0 for none. Of a watch only until it begins: its end is agreed with the server. */
  readonly totalMs: number;
  readonly streaming: boolean;
}

/** Calls `end` once for a request that is aborted, too slow to be answered, or over its total time. */
export function holdToLimits(
  end: (fault: Fault) => void,
  signal: AbortSignal | undefined,
  limits: Limits,
  clock: Clock,
): { answered(): void; stop(): void } {
  const cancels: (() => void)[] = [];
  const stop = () => {
    for (const cancel of cancels.splice(0)) cancel();
  };
  const fail = (fault: Fault) => {
    stop();
    end(fault);
  };
  const failAfter = (ms: number, text: string) => {
    const cancel = clock.after(ms, () => fail(new Fault('timeout', text, 'ETIMEDOUT')));
    cancels.push(cancel);
    return cancel;
  };
  // A signal that was aborted before does not tell again.
  if (signal?.aborted === true) {
    end(abortedFault());
    return { answered: stop, stop };
  }
  const abort = () => fail(abortedFault());
  signal?.addEventListener('abort', abort, { once: true });
  cancels.push(() => signal?.removeEventListener('abort', abort));
  const headersMs = limits.connectMs + limits.headersMs;
  const cancelHeaders = failAfter(headersMs, `no answer within ${headersMs / 1000} s`);
  const { totalMs, streaming } = limits;
  const cancelTotal =
    totalMs === 0
      ? () => undefined
      : failAfter(totalMs, `not done within the --request-timeout of ${totalMs / 1000} s`);
  return {
    answered() {
      cancelHeaders();
      if (streaming) cancelTotal();
    },
    stop,
  };
}
