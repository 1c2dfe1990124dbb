/** Opens a journal and appends a header and phases until it is told to end, or cannot: `holder.ts FOLDER RUN [COUNT]`. */
import { openJournal } from '../../../src/rollout/journal/file.ts';
import { header, phase } from './records.ts';

const [, , folder = '', run = '', count = ''] = process.argv;
let written = 0;
try {
  const journal = openJournal(folder, run);
  journal.append(header({ id: run }));
  for (; written < Number(count); written++) journal.append(phase({ phase: 'running', wave: 0 }));
  console.log(`open ${process.pid}`);
  process.stdin.once('data', () => {
    journal.close();
    process.exit();
  });
} catch (error) {
  console.log(`${written}: ${error instanceof Error ? error.message : String(error)}`);
}
