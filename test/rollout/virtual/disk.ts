import { encodeRecord } from '../../../src/rollout/journal/lines.ts';
import type { Journal, JournalRecord } from '../../../src/rollout/journal/record.ts';
import { type Replay, replay } from '../../../src/rollout/journal/replay.ts';

/** Where virtual journals are kept: it outlives the process that writes, and may fail. */
export interface VirtualDisk {
  /** Everything that is on stable storage, oldest first. */
  readonly records: readonly JournalRecord[];
  /** `onRecord` is called once a record is stored, and before the writer goes on. */
  journal(onRecord: (record: JournalRecord, count: number) => void): Journal;
  /** What a new process reads of it. */
  replay(): Replay;
  /** The newest record could not be written. */
  readonly isBehind: boolean;
  /** Lets the next writes fail; 0 repairs it. */
  failNext(writes: number): void;
}

/** An empty disk. */
export function createVirtualDisk(): VirtualDisk {
  const lines: string[] = [];
  const records: JournalRecord[] = [];
  let failing = 0;
  let isBehind = false;
  return {
    records,
    get isBehind() {
      return isBehind;
    },
    journal: (onRecord) => ({
      location: 'the virtual disk',
      append(record) {
        if (failing > 0) {
          failing -= 1;
          isBehind = true;
          throw new Error('could not write the journal: no space left on device');
        }
        lines.push(encodeRecord(record));
        records.push(record);
        isBehind = false;
        onRecord(record, records.length);
      },
      close: () => undefined,
    }),
    replay: () => replay(lines.join('')),
    failNext(writes) {
      failing = writes;
    },
  };
}
