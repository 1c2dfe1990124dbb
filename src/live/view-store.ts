import type { Store } from './view.ts';

/** Timers as the store needs them, so that tests can hold time still. */
export interface Timers {
  /** Milliseconds on a clock that never goes back. */
  now(): number;
  /** Runs `action` after `milliseconds`; returns the way to cancel it. */
  after(milliseconds: number, action: () => void): () => void;
}

/** Five to ten pictures a second are what an eye follows; each costs a frame. */
const PICTURE_MILLISECONDS = 100;

/** A store whose value is made anew, at most every 100 ms, however often it is invalidated. */
export class ViewStore<T> implements Store<T> {
  readonly #make: () => T;
  readonly #timers: Timers;
  readonly #listeners = new Set<() => void>();
  #value: T;
  #madeAt: number;
  #cancel: (() => void) | undefined;
  #closed = false;

  constructor(make: () => T, timers: Timers) {
    this.#make = make;
    this.#timers = timers;
    this.#value = make();
    this.#madeAt = timers.now();
  }

  get(): T {
    return this.#value;
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Says that the value is out of date. */
  invalidate(): void {
    if (this.#cancel || this.#closed) {
      return;
    }
    const due = Math.max(0, PICTURE_MILLISECONDS - (this.#timers.now() - this.#madeAt));
    this.#cancel = this.#timers.after(due, () => this.flush());
  }

  /** Makes the value anew at once and tells the listeners. */
  flush(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#value = this.#make();
    this.#madeAt = this.#timers.now();
    for (const listener of this.#listeners) {
      listener();
    }
  }

  /** Makes no more values. */
  close(): void {
    this.#closed = true;
    this.#cancel?.();
    this.#cancel = undefined;
    this.#listeners.clear();
  }
}
