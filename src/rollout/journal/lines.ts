/** The lines of a journal: one JSON object each, ended by a line feed. */

import type { JournalRecord } from './record.ts';
import { journalRecord } from './record-form.ts';

/**
 * The line of a record, with its end.
 * @throws Error about a record that could not be read again, such as one with an infinite figure: a run whose
 * journal cannot be read cannot be resumed, and it is better to know that before its next patch
 */
export function encodeRecord(record: JournalRecord): string {
  const line = JSON.stringify(record);
  const problem = journalRecord.problem(JSON.parse(line), '');
  if (problem !== '') throw new Error(`a record of type ${record.type} is not as it should be: ${problem}`);
  return `${line}\n`;
}

export interface Lines {
  /** Parsed, in order; of a line that is no JSON the parser's words. */
  readonly lines: readonly ({ readonly value: unknown } | { readonly broken: string })[];
  /** Bytes (UTF-8) up to the end of the last whole line. */
  readonly bytes: number;
  /** Something follows the last whole line. */
  readonly truncated: boolean;
}

/**
 * Takes the text of a journal apart. What a crash in the middle of a write leaves at its end is no line: text
 * without a line feed, and a last line that is no JSON (the parts of one write may reach a disk in any order).
 * Nothing was ever done on the strength of such a line, since a record counts only once it is on stable storage.
 */
export function splitLines(text: string): Lines {
  const parts = text.split('\n');
  const tail = parts.pop() ?? '';
  const lines = parts.map(parse);
  const last = lines.at(-1);
  const torn = last !== undefined && 'broken' in last;
  const whole = torn ? parts.slice(0, -1) : parts;
  return {
    lines: torn ? lines.slice(0, -1) : lines,
    bytes: whole.reduce((sum, line) => sum + Buffer.byteLength(line) + 1, 0),
    truncated: torn || tail !== '',
  };
}

function parse(line: string): Lines['lines'][number] {
  try {
    const value: unknown = JSON.parse(line);
    return { value };
  } catch (error) {
    return { broken: error instanceof Error ? error.message : String(error) };
  }
}
