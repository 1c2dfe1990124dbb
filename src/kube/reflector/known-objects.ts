/** What a reflector has reported so far, so that it can tell what is new, what is old and what is gone. */

import { DecodeError } from '../decode-error.ts';
import type { Change, KubeRecord } from '../records.ts';
import { isOlder } from './versions.ts';

/** Deletions remembered, so that a late event cannot bring an object back. */
const MAX_TOMBSTONES = 1_024;

export class KnownObjects {
  /** By namespace, then name: the keys are strings that the records hold anyway. */
  readonly #objects = new Map<string, Map<string, KubeRecord>>();
  readonly #tombstones = new Map<string, string>();
  readonly #emit: (change: Change) => void;
  #size = 0;
  #seen: Set<string> | undefined;
  #isAuthoritative = false;

  constructor(emit: (change: Change) => void) {
    this.#emit = emit;
  }

  get size(): number {
    return this.#size;
  }

  /**
   * A list begins, or begins again. An authoritative one is not older than what is known here, so each of
   * its objects counts; of one from a cache of unknown age only what is newer does.
   */
  beginList(isAuthoritative: boolean): void {
    this.#seen = new Set();
    this.#isAuthoritative = isAuthoritative;
  }

  /** An object of the list that {@link beginList} announced. Throws a {@link DecodeError} without identity. */
  listed(record: KubeRecord): void {
    if (record.uid === '' || record.resourceVersion === '') {
      throw new DecodeError(`${record.kind} without a uid or resourceVersion`);
    }
    this.#seen?.add(record.uid);
    this.#upsert(record, this.#isAuthoritative);
  }

  /** The list is complete: what it did not hold is gone. */
  endList(): void {
    const seen = this.#seen;
    if (seen === undefined) return;
    this.#seen = undefined;
    for (const byName of this.#objects.values()) {
      for (const record of byName.values()) {
        if (!seen.has(record.uid)) this.#remove(record);
      }
    }
  }

  /** An ADDED or MODIFIED event. The two are not told apart: either may come for what is known or not. */
  changed(record: KubeRecord): void {
    this.#upsert(record, false);
  }

  /** A DELETED event. */
  deleted(record: KubeRecord): void {
    const known = this.#objects.get(record.namespace)?.get(record.name);
    if (known?.uid === record.uid && isOlder(record.resourceVersion, known.resourceVersion)) return;
    this.#bury(record);
    if (known?.uid === record.uid) this.#remove(known);
  }

  #upsert(record: KubeRecord, isAuthoritative: boolean): void {
    const known = this.#objects.get(record.namespace)?.get(record.name);
    if (known === undefined) {
      const buriedAt = this.#tombstones.get(record.uid);
      if (buriedAt !== undefined && !isAuthoritative && !isOlder(buriedAt, record.resourceVersion)) return;
    } else {
      if (known.uid === record.uid && known.resourceVersion === record.resourceVersion) return;
      if (!isAuthoritative && isOlder(record.resourceVersion, known.resourceVersion)) return;
      if (known.uid !== record.uid) {
        this.#bury(known);
        this.#remove(known);
      }
    }
    this.#put(record);
    this.#emit({ type: 'upsert', record });
  }

  #put(record: KubeRecord): void {
    let byName = this.#objects.get(record.namespace);
    if (byName === undefined) {
      byName = new Map();
      this.#objects.set(record.namespace, byName);
    }
    if (!byName.has(record.name)) this.#size++;
    byName.set(record.name, record);
  }

  #remove(record: KubeRecord): void {
    const { kind, namespace, name, uid } = record;
    const byName = this.#objects.get(namespace);
    if (byName?.delete(name) === true) this.#size--;
    if (byName?.size === 0) this.#objects.delete(namespace);
    this.#emit({ type: 'delete', kind, namespace, name, uid });
  }

  #bury(record: KubeRecord): void {
    this.#tombstones.set(record.uid, record.resourceVersion);
    if (this.#tombstones.size <= MAX_TOMBSTONES) return;
    for (const oldest of this.#tombstones.keys()) {
      this.#tombstones.delete(oldest);
      return;
    }
  }
}
