/** `report` on journals as they lie on disk. */
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { parseArguments } from '../../src/cli/arguments.ts';
import { report } from '../../src/cli/report.ts';
import { openJournal, stateFolder } from '../../src/rollout/journal/file.ts';
import type { JournalRecord } from '../../src/rollout/journal/record.ts';
import { header, items, phase, plan, restart, START } from '../report/recorded-runs.ts';
import { temporaryFolder } from '../support/temporary.ts';

function bench(t: TestContext) {
  const home = temporaryFolder(t);
  const env = { XDG_STATE_HOME: home };
  const folder = stateFolder(env, process.platform);
  return {
    home,
    folder,
    record(id: string, at: number): void {
      const journal = openJournal(folder, id);
      const records: readonly JournalRecord[] = [
        header(plan([items.web]), { id, at: START + at }),
        ...restart(at + 2, 0, items.web),
        phase(at + 30, { phase: 'done', at: START + at + 30 }),
      ];
      for (const line of records) {
        journal.append(line);
      }
      journal.close();
    },
    call(...words: readonly string[]) {
      let out = '';
      let err = '';
      const code = report(parseArguments(['report', ...words]), env, {
        out: (text) => {
          out += text;
        },
        err: (text) => {
          err += text;
        },
      });
      return { code, out, err };
    },
  };
}

test('without a name the newest run is reported, in Markdown', (t) => {
  const { record, call } = bench(t);
  record('aaaa1111', 0);
  record('bbbb2222', 86_400);
  record('cccc3333', 3_600);
  const { code, out, err } = call();
  assert.deepEqual([code, err], [0, '']);
  assert.match(out, /^# Restart of Linkerd proxies: prod-eu-1\n/);
  assert.match(out, /\| \*\*Run\*\* \| bbbb2222 \|/);
  assert.match(call('cccc3333').out, /\| \*\*Run\*\* \| cccc3333 \|/);
});

test('each form is what it says', (t) => {
  const { record, call } = bench(t);
  record('aaaa1111', 0);
  assert.equal(JSON.parse(call('-o', 'json').out).run, 'aaaa1111');
  assert.match(call('-o', 'html').out, /^<!doctype html>\n/);
  assert.match(call('-o', 'markdown').out, /^# /);
  assert.match(call('-o', 'summary').out, /^Run aaaa1111 finished: 1 of 1 workload restarted, in 30 s\n/);
  assert.throws(() => call('-o', 'yaml'), { name: 'UsageError' });
  assert.throws(() => call('aaaa1111', 'bbbb2222'), { name: 'UsageError' });
});

test('--out writes a file, and replaces one only when told to', (t) => {
  const { home, record, call } = bench(t);
  record('aaaa1111', 0);
  const path = join(home, 'run.html');
  const { out, err } = call('-o', 'html', '--out', path);
  assert.deepEqual([out, err], ['', `The report of run aaaa1111 was written to ${path}\n`]);
  assert.match(readFileSync(path, 'utf8'), /<\/html>\n$/);
  writeFileSync(path, 'mine');
  assert.throws(() => call('-o', 'html', '--out', path), /exists already/);
  assert.equal(readFileSync(path, 'utf8'), 'mine');
  call('-o', 'html', '--out', path, '--force');
  assert.match(readFileSync(path, 'utf8'), /^<!doctype html>/);
});

test('what cannot be reported is told', (t) => {
  const { folder, record, call } = bench(t);
  assert.throws(() => call(), /no run is recorded in .*, so there is nothing to report/);
  assert.throws(() => call('aaaa1111'), /no run aaaa1111 is recorded.*runs$/);
  assert.throws(() => call('../../etc/passwd'), /is no id of a run/);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'dddd4444.jsonl'), 'rubbish\n{}\n');
  record('aaaa1111', 0);
  const { code, err } = call();
  assert.equal(code, 0);
  assert.match(err, /^Warning: .*dddd4444\.jsonl/);
  assert.throws(() => call('dddd4444'), /line 1: it is no JSON/);
});
