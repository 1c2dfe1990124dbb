/** Follows all objects of one kind: lists, watches, resumes, and never gives up while it is wanted. */

import type { KubeClient } from '../client.ts';
import { type Clock, sleep } from '../clock.ts';
import { type KubeError, toKubeError } from '../errors.ts';
import type { Selection } from '../list.ts';
import type { Change, KubeRecord } from '../records.ts';
import type { Resource } from '../resources.ts';
import { KnownObjects } from './known-objects.ts';
import { decide, INITIAL_STATE, type Outcome, type PolicyState, type Step } from './policy.ts';
import { isOlder } from './versions.ts';

/** Times are seconds since the epoch. */
export type ReflectorStatus =
  /** Objects of the list have been read so far. */
  | { readonly state: 'listing'; readonly objects: number }
  /** Everything reported is up to date. */
  | { readonly state: 'watching'; readonly objects: number }
  /** Something broke; what was reported stays, and may be old since `lastContactAt` (0: never in contact). */
  | {
      readonly state: 'waiting';
      readonly retryAt: number;
      readonly lastContactAt: number;
      readonly reason: string;
      readonly error: KubeError | undefined;
    }
  /** The server refuses: this kind may not be read here. Asked again now and then. */
  | { readonly state: 'forbidden'; readonly retryAt: number; readonly error: KubeError }
  /** The server does not know this kind, or its API group is broken away. Asked again now and then. */
  | { readonly state: 'missing'; readonly retryAt: number; readonly error: KubeError };

export interface ReflectorOptions<R extends KubeRecord> extends Selection {
  readonly client: Pick<KubeClient, 'list' | 'watch' | 'clock' | 'random'>;
  readonly resource: Resource<R>;
  readonly onChange: (change: Change) => void;
  readonly onStatus: (status: ReflectorStatus) => void;
  /** Silence after which a watch counts as dead; bookmarks come about each minute. 90 s by default. */
  readonly watchdogMs?: number;
}

export interface Reflector {
  /** Runs until `signal` is aborted. Rejects only when `onChange` or `onStatus` throws. */
  run(signal: AbortSignal): Promise<void>;
  /** Ends a wait: tries again now. */
  retryNow(): void;
}

const WATCHDOG_MS = 90_000;
/** The silence is looked at this often in its length, by the clock and not by one long timer: computers sleep. */
const WATCHDOG_CHECKS = 6;
const MIN_WATCH_SECONDS = 300;
/** Objects between two reports while a list is read. */
const PROGRESS_STEP = 250;

export function createReflector<R extends KubeRecord>(options: ReflectorOptions<R>): Reflector {
  const run = new Run(options);
  return { run: (signal) => run.run(signal), retryNow: () => run.retryNow() };
}

class Run<R extends KubeRecord> {
  readonly #options: ReflectorOptions<R>;
  readonly #clock: Clock;
  readonly #known: KnownObjects;
  #policy: PolicyState = INITIAL_STATE;
  #status: ReflectorStatus['state'] | undefined;
  #lastContactAt = 0;
  #waiting: AbortController | undefined;
  #fault: { readonly error: unknown } | undefined;

  constructor(options: ReflectorOptions<R>) {
    this.#options = options;
    this.#clock = options.client.clock;
    this.#known = new KnownObjects((change) => this.#guard(() => options.onChange(change)));
  }

  retryNow(): void {
    this.#waiting?.abort();
  }

  async run(signal: AbortSignal): Promise<void> {
    let step: Step = { action: 'list', delayMs: 0 };
    while (!signal.aborted) {
      const outcome = step.action === 'list' ? await this.#list(signal) : await this.#watch(signal);
      if (this.#fault !== undefined) throw this.#fault.error;
      if (signal.aborted) return;
      const { random } = this.#options.client;
      const next = decide(this.#policy, outcome, this.#clock.now(), random());
      this.#policy = next.state;
      step = next.step;
      if (step.delayMs > 0) await this.#wait(outcome, step.delayMs, signal);
    }
  }

  async #wait(outcome: Outcome, delayMs: number, signal: AbortSignal): Promise<void> {
    this.#report(this.#waitingStatus(outcome, Math.ceil((this.#clock.now() + delayMs) / 1000)));
    this.#waiting = new AbortController();
    await sleep(this.#clock, delayMs, AbortSignal.any([signal, this.#waiting.signal]));
    this.#waiting = undefined;
  }

  #waitingStatus(outcome: Outcome, retryAt: number): ReflectorStatus {
    const error = 'error' in outcome ? outcome.error : undefined;
    if (error?.kind === 'forbidden') return { state: 'forbidden', retryAt, error };
    if (error?.kind === 'not-found') return { state: 'missing', retryAt, error };
    const reason =
      error?.message ??
      (outcome.type === 'watch-silent' ? 'the server fell silent' : 'the server ends each watch at once');
    return { state: 'waiting', retryAt, lastContactAt: this.#lastContactAt, reason, error };
  }

  async #list(signal: AbortSignal): Promise<Outcome> {
    const { client, resource, namespace, labelSelector, fieldSelector } = this.#options;
    const { listVersion } = this.#policy;
    const known = this.#known;
    // Only a list from a cache of any age may be older than what is known.
    const begin = () => known.beginList(listVersion !== '0');
    let count = 0;
    begin();
    this.#report({ state: 'listing', objects: 0 });
    try {
      const { resourceVersion } = await client.list(
        resource,
        {
          namespace,
          labelSelector,
          fieldSelector,
          resourceVersion: listVersion,
          signal,
          attempts: 1,
          onRestart: begin,
        },
        (record) => {
          known.listed(record);
          count++;
          if (count % PROGRESS_STEP === 0) this.#report({ state: 'listing', objects: count });
        },
      );
      known.endList();
      this.#inContact();
      return { type: 'listed', resourceVersion };
    } catch (error) {
      return { type: 'list-failed', error: this.#expected(error, 'list') };
    }
  }

  async #watch(signal: AbortSignal): Promise<Outcome> {
    const {
      client,
      resource,
      namespace,
      labelSelector,
      fieldSelector,
      watchdogMs = WATCHDOG_MS,
    } = this.#options;
    const startedAt = this.#clock.now();
    const watchdog = new Watchdog(this.#clock, watchdogMs);
    let resourceVersion = this.#policy.watchVersion;
    let events = 0;
    try {
      const stream = client.watch(resource, {
        namespace,
        labelSelector,
        fieldSelector,
        resourceVersion,
        timeoutSeconds: MIN_WATCH_SECONDS + Math.floor(client.random() * (MIN_WATCH_SECONDS + 1)),
        signal: AbortSignal.any([signal, watchdog.signal]),
        onOpen: () => {
          watchdog.alive();
          this.#inContact();
          this.#report({ state: 'watching', objects: this.#known.size });
        },
      });
      for await (const event of stream) {
        watchdog.alive();
        this.#inContact();
        if (event.type === 'ERROR') {
          return { type: 'watch-failed', error: event.error, resourceVersion, inStream: true };
        }
        const version = event.type === 'BOOKMARK' ? event.resourceVersion : event.record.resourceVersion;
        if (event.type === 'DELETED') this.#known.deleted(event.record);
        else if (event.type !== 'BOOKMARK') this.#known.changed(event.record);
        events++;
        // A version that goes back is another server's disorder; what we have seen stays seen.
        if (!isOlder(version, resourceVersion)) resourceVersion = version;
      }
      return { type: 'watch-ended', durationMs: this.#clock.now() - startedAt, events, resourceVersion };
    } catch (error) {
      if (watchdog.signal.aborted) return { type: 'watch-silent', resourceVersion };
      return {
        type: 'watch-failed',
        error: this.#expected(error, 'watch'),
        resourceVersion,
        inStream: false,
      };
    } finally {
      watchdog.stop();
    }
  }

  #expected(error: unknown, verb: string): KubeError {
    return toKubeError(error, `${verb} ${this.#options.resource.plural}`);
  }

  /** Calls what was passed in. An error of it is remembered: it must not look like one of the server's. */
  #guard(call: () => void): void {
    try {
      call();
    } catch (error) {
      this.#fault = { error };
      throw error;
    }
  }

  #inContact(): void {
    this.#lastContactAt = Math.floor(this.#clock.now() / 1000);
  }

  /** Repeats of the same state are told only where their figures matter. */
  #report(status: ReflectorStatus): void {
    if (status.state === 'watching' && this.#status === 'watching') return;
    this.#status = status.state;
    this.#guard(() => this.#options.onStatus(status));
  }
}

/** Aborts its signal when nobody has called {@link alive} for a while. */
class Watchdog {
  readonly #clock: Clock;
  readonly #silenceMs: number;
  readonly #controller = new AbortController();
  #lastSeen: number;
  #cancel: () => void = () => undefined;

  constructor(clock: Clock, silenceMs: number) {
    this.#clock = clock;
    this.#silenceMs = silenceMs;
    this.#lastSeen = clock.now();
    this.#schedule();
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  alive(): void {
    this.#lastSeen = this.#clock.now();
  }

  stop(): void {
    this.#cancel();
  }

  #schedule(): void {
    this.#cancel = this.#clock.after(this.#silenceMs / WATCHDOG_CHECKS, () => {
      if (this.#clock.now() - this.#lastSeen >= this.#silenceMs) this.#controller.abort();
      else this.#schedule();
    });
  }
}
