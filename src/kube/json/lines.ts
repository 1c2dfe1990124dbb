import { DecodeError } from '../decode-error.ts';

const LINE_FEED = 0x0a;
const MAX_LINE_BYTES = 32 * 1024 * 1024;

/**
 * Splits a stream of bytes into lines. Works on bytes, so that characters cut by a chunk border stay whole.
 * An unfinished last line is never reported.
 */
export class LineSplitter {
  readonly #onLine: (line: string) => void;
  #parts: Buffer[] = [];
  #size = 0;

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  push(chunk: Buffer): void {
    let start = 0;
    for (let end = chunk.indexOf(LINE_FEED); end >= 0; end = chunk.indexOf(LINE_FEED, start)) {
      this.#emit(chunk.subarray(start, end));
      start = end + 1;
    }
    if (start >= chunk.length) return;
    this.#size += chunk.length - start;
    if (this.#size > MAX_LINE_BYTES) throw new DecodeError('watch event of more than 32 MiB');
    this.#parts.push(Buffer.from(chunk.subarray(start)));
  }

  #emit(rest: Buffer): void {
    const line = this.#parts.length === 0 ? rest : Buffer.concat([...this.#parts, rest]);
    this.#parts = [];
    this.#size = 0;
    const text = line.toString('utf8');
    if (text.trim() !== '') this.#onLine(text);
  }
}
