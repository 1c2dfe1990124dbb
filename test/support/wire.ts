import { readFileSync } from 'node:fs';

const folder = new URL('../fixtures/wire/', import.meta.url);

/** A recorded request with its answer, as `index.json` lists it. */
export interface Recording {
  readonly name: string;
  readonly request: {
    readonly method: string;
    readonly path: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body?: unknown;
  };
  readonly response: {
    readonly status: number;
    readonly headers: Readonly<Record<string, string>>;
    readonly bytes: number;
    readonly file: string;
  };
}

/** All recordings, in the order in which the answers ended. */
export const recordings: readonly Recording[] = JSON.parse(recordedBytes('index.json').toString());

/** The bytes of a recorded body. */
export function recordedBytes(file: string): Buffer {
  return readFileSync(new URL(file, folder));
}

/** A recorded JSON body, parsed. */
export function recordedJson(file: string): Record<string, unknown> {
  return JSON.parse(recordedBytes(file).toString());
}

/** The events of a recorded JSON watch. */
export function recordedEvents(file: string): readonly RecordedEvent[] {
  const lines = recordedBytes(file).toString().trimEnd().split('\n');
  return lines.map((line) => JSON.parse(line));
}

export interface RecordedEvent {
  readonly type: string;
  readonly object: Record<string, unknown>;
}
