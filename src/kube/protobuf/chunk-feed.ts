/**
 * Cuts a stream of chunks into pieces of known size without copying twice: what lies whole inside a chunk
 * is read in place, what crosses a border is gathered once.
 */

/** Reads whole pieces; see {@link ChunkFeed}. */
export interface PieceReader {
  /**
   * Reads as many whole pieces as lie in `bytes` from `start` to `end` and returns where the first unread
   * byte stands.
   */
  consume(bytes: Buffer, start: number, end: number): number;
  /** Bytes that the next piece is known to need, counted from its first; at least one more than it has. */
  readonly needed: number;
}

const FIRST_CAPACITY = 16 * 1024;

export class ChunkFeed {
  readonly #reader: PieceReader;
  #carry: Buffer = Buffer.alloc(0);
  #carried = 0;

  constructor(reader: PieceReader) {
    this.#reader = reader;
  }

  /** Bytes of an unfinished piece. */
  get pending(): number {
    return this.#carried;
  }

  /** Takes the next chunk of the stream. The chunk is not kept. */
  push(chunk: Buffer): void {
    let position = 0;
    while (this.#carried > 0 && position < chunk.length) {
      const missing = Math.max(1, this.#reader.needed - this.#carried);
      const taken = Math.min(missing, chunk.length - position);
      this.#append(chunk, position, taken);
      position += taken;
      if (taken < missing) return;
      const read = this.#reader.consume(this.#carry, 0, this.#carried);
      this.#carry.copyWithin(0, read, this.#carried);
      this.#carried -= read;
    }
    if (position >= chunk.length) return;
    const read = this.#reader.consume(chunk, position, chunk.length);
    if (read < chunk.length) this.#append(chunk, read, chunk.length - read);
  }

  /** Grows by doubling with what really arrived, never by what a length field claims. */
  #append(chunk: Buffer, start: number, count: number): void {
    const size = this.#carried + count;
    if (size > this.#carry.length) {
      const grown = Buffer.allocUnsafe(Math.max(FIRST_CAPACITY, size, this.#carry.length * 2));
      this.#carry.copy(grown, 0, 0, this.#carried);
      this.#carry = grown;
    }
    chunk.copy(this.#carry, this.#carried, start, start + count);
    this.#carried = size;
  }
}
