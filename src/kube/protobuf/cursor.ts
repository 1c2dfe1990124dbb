/**
 * A cursor over one protobuf message in memory, for reading a few fields and skipping the rest by length.
 * Own code and not `BinaryReader` of @bufbuild/protobuf, because that one has to cut a view (an object) for
 * each nested message and has no way to read a string from a shared pool; `test/bench/decode.ts` compares.
 *
 * Kubernetes writes wire types 0 (varint) and 2 (length-delimited) only; 1 and 5 (fixed) are skipped.
 */

import { cleanText, MAX_MESSAGE } from '../clean.ts';
import { DecodeError } from '../decode-error.ts';
import { put } from '../kept.ts';
import { StringPool, textOf } from './string-pool.ts';

const VARINT = 0;
const FIXED64 = 1;
const LENGTH_DELIMITED = 2;
const FIXED32 = 5;
/** Not of the wire: the field is all that the cursor was set on, without a length in front. */
const WHOLE = -1;

/** The largest field number that protobuf allows. */
const MAX_FIELD = 0x1fffffff;

const NO_BYTES = Buffer.alloc(0);

export class Cursor {
  /** Where the next byte is read. */
  position = 0;
  /** End of the message being read; no read passes it. */
  end = 0;
  #bytes: Buffer = NO_BYTES;
  #wireType = 0;
  #valueStart = 0;
  #valueEnd = 0;
  readonly #pool = new StringPool();

  /** Starts reading the message that lies in `bytes` from `start` to `end`. */
  reset(bytes: Buffer, start: number, end: number): void {
    if (start < 0 || end < start || end > bytes.length) throw new DecodeError('message outside of its bytes');
    this.#bytes = bytes;
    this.position = start;
    this.end = end;
  }

  /** Like {@link reset}, for a message whose header has been read elsewhere: {@link enter} comes next. */
  resetOnField(bytes: Buffer, start: number, end: number): void {
    this.reset(bytes, start, end);
    this.#wireType = WHOLE;
  }

  /** Forgets the bytes, so that they can be collected. Pooled strings stay. */
  release(): void {
    this.#bytes = NO_BYTES;
    this.position = 0;
    this.end = 0;
  }

  /** Number of the next field of the message, 0 at its end. */
  next(): number {
    if (this.position >= this.end) return 0;
    const byte = this.#bytes[this.position] ?? 0;
    if (byte < 0x80) {
      this.position++;
      this.#wireType = byte & 7;
      if (byte < 8) throw new DecodeError('field number 0');
      return byte >>> 3;
    }
    const tag = this.#varint();
    const field = Math.floor(tag / 8);
    if (field < 1 || field > MAX_FIELD) throw new DecodeError(`field number ${field}`);
    this.#wireType = tag % 8;
    return field;
  }

  /** Skips the field that {@link next} announced. */
  skip(): void {
    switch (this.#wireType) {
      case VARINT:
        this.#varint();
        return;
      case LENGTH_DELIMITED:
        this.position = this.#lengthEnd();
        return;
      case FIXED64:
        this.#advance(8);
        return;
      case FIXED32:
        this.#advance(4);
        return;
      default:
        throw new DecodeError(`wire type ${this.#wireType}`);
    }
  }

  /**
   * Enters the nested message of the field that {@link next} announced. Returns the end of the outer
   * message, which has to be given to {@link leave}.
   */
  enter(): number {
    const inner = this.#delimitedEnd();
    const outer = this.end;
    this.end = inner;
    return outer;
  }

  /** Leaves a nested message, whatever of it has not been read. */
  leave(outer: number): void {
    this.position = this.end;
    this.end = outer;
  }

  /** An int32, int64 or uint64 as a number; exact up to 2^53. */
  number(): number {
    if (this.#wireType !== VARINT) throw this.#unexpected();
    return this.#varint();
  }

  boolean(): boolean {
    return this.number() !== 0;
  }

  /** A cleaned string that is expected to be unique, such as a name or uid. */
  text(): string {
    const end = this.#delimitedEnd();
    const start = this.position;
    this.position = end;
    return textOf(this.#bytes, start, end);
  }

  /** A cleaned string that repeats from object to object: the same value is the same string in memory. */
  pooled(): string {
    const end = this.#delimitedEnd();
    const start = this.position;
    this.position = end;
    return this.#pool.get(this.#bytes, start, end);
  }

  /** A cleaned, perhaps shortened message for people. */
  message(): string {
    const end = this.#delimitedEnd();
    const start = this.position;
    this.position = end;
    if (end - start > MAX_MESSAGE) return cleanText(this.#bytes.toString('utf8', start, end));
    const text = this.#pool.get(this.#bytes, start, end);
    return text.length > MAX_MESSAGE ? cleanText(this.#bytes.toString('utf8', start, end)) : text;
  }

  /** A string as stored, not cleaned. */
  raw(): string {
    const end = this.#delimitedEnd();
    const start = this.position;
    this.position = end;
    return this.#bytes.toString('utf8', start, end);
  }

  /** meta/v1 Time as whole seconds since the epoch; 0 for the empty message, which is Go's zero time. */
  time(): number {
    const outer = this.enter();
    let seconds = 0;
    for (let field = this.next(); field !== 0; field = this.next()) {
      if (field === 1) seconds = this.number();
      else this.skip();
    }
    this.leave(outer);
    return seconds;
  }

  /** IntOrString as text: `1` or `25%`. */
  intOrString(): string {
    const outer = this.enter();
    let isString = false;
    let number = 0;
    let text = '';
    for (let field = this.next(); field !== 0; field = this.next()) {
      if (field === 1) isString = this.number() === 1;
      else if (field === 2) number = this.number();
      else if (field === 3) text = this.pooled();
      else this.skip();
    }
    this.leave(outer);
    return isString ? text : String(number);
  }

  /**
   * Reads one entry of a `map<string, string>` and returns its key; {@link entryValue} then gives the value,
   * so that values which nobody wants never become strings.
   */
  entry(): string {
    const outer = this.enter();
    let key = '';
    this.#valueStart = 0;
    this.#valueEnd = 0;
    for (let field = this.next(); field !== 0; field = this.next()) {
      if (field === 1) {
        key = this.pooled();
      } else if (field === 2) {
        this.#valueEnd = this.#delimitedEnd();
        this.#valueStart = this.position;
        this.position = this.#valueEnd;
      } else {
        this.skip();
      }
    }
    this.leave(outer);
    return key;
  }

  /** Value of the latest {@link entry}, cleaned. */
  entryValue(): string {
    return this.#pool.get(this.#bytes, this.#valueStart, this.#valueEnd);
  }

  /** Adds one entry of a `map<string, string>` to `target` if `keep` wants its key. */
  entryInto(target: Record<string, string>, keep: (key: string) => boolean = () => true): void {
    const key = this.entry();
    if (keep(key)) put(target, key, this.entryValue());
  }

  /** Adds one entry to `target` as stored, not cleaned. */
  rawEntryInto(target: Record<string, string>): void {
    const outer = this.enter();
    let key = '';
    let value = '';
    for (let field = this.next(); field !== 0; field = this.next()) {
      if (field === 1) key = this.raw();
      else if (field === 2) value = this.raw();
      else this.skip();
    }
    this.leave(outer);
    put(target, key, value);
  }

  #unexpected(): DecodeError {
    return new DecodeError(`unexpected wire type ${this.#wireType}`);
  }

  #delimitedEnd(): number {
    if (this.#wireType === WHOLE) return this.end;
    if (this.#wireType !== LENGTH_DELIMITED) throw this.#unexpected();
    return this.#lengthEnd();
  }

  /** Reads a length and returns where what it measures ends. */
  #lengthEnd(): number {
    const length = this.#varint();
    if (length < 0 || length > this.end - this.position) throw new DecodeError('length beyond the end');
    return this.position + length;
  }

  #advance(count: number): void {
    if (count > this.end - this.position) throw new DecodeError('value beyond the end');
    this.position += count;
  }

  /**
   * A varint of up to ten bytes as a signed 64-bit number. Bits past the 28th are added by arithmetic:
   * JavaScript shifts are 32 bits wide.
   */
  #varint(): number {
    const bytes = this.#bytes;
    let position = this.position;
    const end = this.end;
    let value = 0;
    for (let shift = 0; shift < 28; shift += 7) {
      if (position >= end) throw new DecodeError('varint beyond the end');
      const byte = bytes[position++] ?? 0;
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) {
        this.position = position;
        return value;
      }
    }
    // Bits 28 to 63, apart from the lower ones so that both halves stay exact.
    let high = 0;
    let scale = 1;
    for (let index = 4; index < 10; index++) {
      if (position >= end) throw new DecodeError('varint beyond the end');
      const byte = bytes[position++] ?? 0;
      high += (byte & 0x7f) * scale;
      if (byte < 0x80) {
        this.position = position;
        return signed(high, value);
      }
      scale *= 128;
    }
    throw new DecodeError('varint of more than ten bytes');
  }
}

const TWO_28 = 2 ** 28;
const TWO_36 = 2 ** 36;

/** Two's complement of 64 bits given as its upper 36 and lower 28 bits; overlong bits are dropped. */
function signed(high: number, low: number): number {
  const wrapped = high % TWO_36;
  const upper = wrapped >= TWO_36 / 2 ? wrapped - TWO_36 : wrapped;
  return upper * TWO_28 + low;
}
