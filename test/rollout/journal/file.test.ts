import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import {
  journalPath,
  listRuns,
  openJournal,
  readRun,
  stateFolder,
} from '../../../src/rollout/journal/file.ts';
import { appendAll, type RecordedRun } from '../../../src/rollout/journal/record.ts';
import { temporaryFolder } from '../../support/temporary.ts';
import { BEGAN, header, journalOf, phase, step } from './records.ts';

const HOLDER = fileURLToPath(new URL('holder.ts', import.meta.url));
const RUN = 'run-1';
const running = phase({ phase: 'running', wave: 0 });

/** A folder that does not exist yet. */
function folderFor(t: TestContext): string {
  return join(temporaryFolder(t), 'state', 'kubectl-linkerd-upgrade', 'runs');
}

function recorded(folder: string, id = RUN): RecordedRun {
  const read = readRun(folder, id);
  assert.ok(read.replay === 'run', JSON.stringify(read));
  return read.run;
}

/** Another process that has the journal open; its first line of output. */
async function holder(
  t: TestContext,
  folder: string,
): Promise<{ readonly child: ChildProcess; readonly said: string }> {
  const child = spawn(process.execPath, ['--import=tsx', HOLDER, folder, RUN], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  t.after(() => child.kill('SIGKILL'));
  const [said] = await once(child.stdout, 'data');
  return { child, said: String(said).trim() };
}

test('the state folder follows XDG, and the custom of Windows there', () => {
  const runs = 'kubectl-linkerd-upgrade/runs';
  assert.equal(stateFolder({ HOME: '/home/anna' }, 'linux'), `/home/anna/.local/state/${runs}`);
  assert.equal(stateFolder({ HOME: '/Users/anna' }, 'darwin'), `/Users/anna/.local/state/${runs}`);
  assert.equal(stateFolder({ HOME: '/home/anna', XDG_STATE_HOME: '/var/s' }, 'linux'), `/var/s/${runs}`);
  for (const XDG_STATE_HOME of ['', 'relative/path']) {
    assert.equal(
      stateFolder({ HOME: '/home/anna', XDG_STATE_HOME }, 'linux'),
      `/home/anna/.local/state/${runs}`,
    );
  }
  assert.ok(stateFolder({}, 'linux').endsWith(`/.local/state/${runs}`));
  assert.equal(
    stateFolder({ LOCALAPPDATA: 'C:\\Users\\anna\\AppData\\Local', HOME: '/x' }, 'win32'),
    'C:\\Users\\anna\\AppData\\Local\\kubectl-linkerd-upgrade\\runs',
  );
  assert.equal(
    stateFolder({ USERPROFILE: 'C:\\Users\\anna' }, 'win32'),
    'C:\\Users\\anna\\AppData\\Local\\kubectl-linkerd-upgrade\\runs',
  );
});

test('a journal is one line a record, in a file and folders for nobody else', (t) => {
  const folder = folderFor(t);
  const journal = openJournal(folder, RUN);
  journal.append(header());
  journal.append(running);
  assert.equal(journal.location, journalPath(folder, RUN));
  assert.equal(readFileSync(journal.location, 'utf8'), journalOf(header(), running));
  assert.equal(statSync(journal.location).mode & 0o777, 0o600);
  for (const made of [folder, join(folder, '..'), join(folder, '..', '..')]) {
    assert.equal(statSync(made).mode & 0o777, 0o700);
  }
  journal.close();
  journal.close();
  assert.deepEqual(readdirSync(folder), [`${RUN}.jsonl`], 'the lock is gone');
  assert.throws(() => journal.append(running), /is closed/);
  assert.equal(recorded(folder).history.length, 1);
});

test('a second opening goes on, without a line that was cut', (t) => {
  const folder = folderFor(t);
  const first = openJournal(folder, RUN);
  first.append(header());
  first.close();
  const path = journalPath(folder, RUN);
  writeFileSync(path, `${journalOf(header())}{"type":"phase","at":17`);
  chmodSync(path, 0o644);
  assert.equal(recorded(folder).truncated, true);

  const second = openJournal(folder, RUN);
  assert.equal(readFileSync(path, 'utf8'), journalOf(header()));
  second.append(running);
  second.close();
  assert.equal(readFileSync(path, 'utf8'), journalOf(header(), running));
  assert.equal(statSync(path).mode & 0o777, 0o600);
});

test('a run that has gone on since it was read is not taken up', (t) => {
  const folder = folderFor(t);
  const first = openJournal(folder, RUN);
  first.append(header());
  const read = 1 + recorded(folder).history.length;
  first.append(running);
  first.close();
  assert.throws(() => openJournal(folder, RUN, read), /has gone on since its journal was read/);
  openJournal(folder, RUN, 1 + recorded(folder).history.length).close();
});

test('records that belong together are all in the file, or none of them is', (t) => {
  const folder = folderFor(t);
  const journal = openJournal(folder, RUN);
  appendAll(journal, [header(), running]);
  assert.equal(readFileSync(journal.location, 'utf8'), journalOf(header(), running));
  const endless = phase({ phase: 'done', at: Number.POSITIVE_INFINITY });
  assert.throws(() => appendAll(journal, [running, endless, running]), /not as it should be/);
  journal.close();
  assert.equal(readFileSync(journal.location, 'utf8'), journalOf(header(), running));
});

test('a run that another process has in hand is refused, and taken once that has ended', async (t) => {
  const folder = folderFor(t);
  const { child, said } = await holder(t, folder);
  assert.equal(said, `open ${child.pid}`);
  assert.throws(
    () => openJournal(folder, RUN),
    new RegExp(
      `process ${child.pid} of this computer has this run in hand. End it first \\(kill ${child.pid}\\)`,
    ),
  );
  const other = openJournal(folder, 'run-2');
  other.close();
  child.stdin?.write('end\n');
  await once(child, 'exit');
  openJournal(folder, RUN).close();
});

test('the lock of a process that was killed is recognised as stale', async (t) => {
  const folder = folderFor(t);
  const { child } = await holder(t, folder);
  child.kill('SIGKILL');
  await once(child, 'exit');
  assert.ok(existsSync(join(folder, `${RUN}.lock`)));
  const journal = openJournal(folder, RUN);
  journal.append(running);
  journal.close();
  assert.equal(recorded(folder).history.length, 1);
  assert.deepEqual(readdirSync(folder), [`${RUN}.jsonl`]);
});

test('of several processes that take a stale lock at once one gets it', async (t) => {
  const folder = folderFor(t);
  const { child } = await holder(t, folder);
  child.kill('SIGKILL');
  await once(child, 'exit');
  const said = await Promise.all([1, 2, 3, 4].map(async () => (await holder(t, folder)).said));
  assert.equal(said.filter((line) => line.startsWith('open')).length, 1, said.join('\n'));
});

test('two journals of one run in one process are refused too', (t) => {
  const folder = folderFor(t);
  const journal = openJournal(folder, RUN);
  assert.throws(() => openJournal(folder, RUN), /has this run in hand/);
  journal.close();
  openJournal(folder, RUN).close();
});

test('a lock of a pid that has been given to another process is stale', {
  skip: process.platform !== 'linux',
}, (t) => {
  const folder = folderFor(t);
  const former = openJournal(folder, RUN);
  t.after(() => former.close());
  const path = join(folder, `${RUN}.lock`);
  const ours = JSON.parse(readFileSync(path, 'utf8'));
  assert.match(ours.started, /^[0-9a-f-]{36} \d+$/);
  writeFileSync(path, JSON.stringify({ ...ours, started: 'another boot 17' }));
  openJournal(folder, RUN).close();
});

test('a lock that cannot be judged from here is left alone, with the way out', (t) => {
  const folder = folderFor(t);
  openJournal(folder, RUN).close();
  const path = join(folder, `${RUN}.lock`);
  const owner = { pid: 1, host: 'other\x1b[2J', pids: '', started: '' };
  writeFileSync(path, JSON.stringify(owner));
  assert.throws(
    () => openJournal(folder, RUN),
    /process 1 of other\\x1b\[2J has this run in hand, by .*\.lock\. Remove/,
  );
  writeFileSync(path, JSON.stringify({ ...owner, host: hostname(), pids: 'pid:[1]' }));
  assert.throws(() => openJournal(folder, RUN), /Remove that file if the process is no more/);
  for (const text of ['', 'x', '{}', '{"pid":-1}']) {
    writeFileSync(path, text);
    assert.throws(() => openJournal(folder, RUN), /does not say which process made it\. Remove it if/);
  }
});

test('whose lock file was removed or replaced writes no more', (t) => {
  const folder = folderFor(t);
  const first = openJournal(folder, RUN);
  first.append(header());
  rmSync(join(folder, `${RUN}.lock`));
  const second = openJournal(folder, RUN);
  assert.throws(() => first.append(running), /another process has taken it, or its lock file was removed/);
  second.append(running);
  first.close();
  second.append(running);
  second.close();
  assert.equal(recorded(folder).history.length, 2);
});

test('symbolic links are not followed when a journal is made or taken up', (t) => {
  const folder = folderFor(t);
  mkdirSync(folder, { recursive: true });
  const victim = join(folder, '..', 'victim');
  for (const exists of [false, true]) {
    if (exists) writeFileSync(victim, 'precious');
    symlinkSync(victim, journalPath(folder, RUN));
    assert.throws(() => openJournal(folder, RUN), /could not open the journal .*: it is a symbolic link/);
    assert.equal(existsSync(victim), exists);
    rmSync(journalPath(folder, RUN));
  }
  symlinkSync(victim, join(folder, `${RUN}.lock`));
  assert.throws(() => openJournal(folder, RUN), /does not say which process/);
  assert.equal(readFileSync(victim, 'utf8'), 'precious');
});

test('folders that cannot be used are told in words', (t) => {
  const base = temporaryFolder(t);
  writeFileSync(join(base, 'file'), '');
  assert.throws(
    () => openJournal(join(base, 'file', 'runs'), RUN),
    /could not create the folder .*: part of the path is a file and no folder\. Set XDG_STATE_HOME/,
  );
  mkdirSync(journalPath(base, RUN));
  assert.throws(() => openJournal(base, RUN), /could not open the journal .*: it is a folder/);
  assert.deepEqual(
    readdirSync(base).filter((name) => name.includes('lock')),
    [],
    'what was locked before the failure is free again',
  );
});

test('an id that is no name of a file is refused', (t) => {
  const folder = folderFor(t);
  for (const id of ['', '..', '../x', 'a/b', '.hidden', 'a\0b', 'x'.repeat(64), 'a\\b', 'C:']) {
    assert.throws(() => openJournal(folder, id), /is no id of a run/);
    assert.equal(readRun(folder, id).replay, 'unreadable');
  }
  assert.equal(existsSync(folder), false);
});

/** What the holder says that writes on and on where `limit` (shell) ends it. */
function writeUntil(limit: string, folder: string): string {
  const script = `${limit} && exec "$0" --import=tsx "$1" "$2" ${RUN} 10000`;
  const { stdout, stderr } = spawnSync('bash', ['-c', script, process.execPath, HOLDER, folder], {
    encoding: 'utf8',
    input: 'end\n',
  });
  return `${stdout}${stderr}`.trim();
}

test('a record that does not fit is an error, and the journal stays good', (t) => {
  const folder = folderFor(t);
  // The system writes the part of the line that still fits.
  const said = writeUntil('ulimit -f 16', folder);
  const [, count, message] = /^(\d+): (.*)$/.exec(said) ?? [];
  assert.match(message ?? said, /^could not write the journal .*: the file may not grow any further/);
  const run = recorded(folder);
  assert.equal(run.truncated, false, 'the part that was written is taken back');
  assert.equal(run.history.length, Number(count));
  assert.ok(run.history.length > 10);
});

const mounts = spawnSync('unshare', ['-rm', 'mount', '-t', 'tmpfs', 'none', '/mnt']).status === 0;

test('a full disk and a read-only one are told in words', {
  skip: mounts ? false : 'no mounts here',
}, (t) => {
  const folder = temporaryFolder(t);
  const inMount = (options: string, then = 'true') => {
    const limit = `mount -t tmpfs -o ${options} none ${folder} && ${then}`;
    const script = `${limit} && exec "$0" --import=tsx "$1" "$2" ${RUN} 10000`;
    const args = ['-rm', 'bash', '-c', script, process.execPath, HOLDER, folder];
    return spawnSync('unshare', args, { encoding: 'utf8', input: 'end\n' }).stdout.trim();
  };
  assert.match(
    inMount('size=64k'),
    /^\d+: could not write the journal .*: the disk is full\. Free some space/,
  );
  assert.match(
    inMount('size=64k', `head -c 65536 /dev/zero > ${folder}/filler`),
    /^0: could not create the lock file .*: the disk is full/,
  );
  assert.match(
    inMount('size=64k', `mount -o remount,ro ${folder}`),
    /^0: could not create the lock file .*: the file system is read-only\. Set XDG_STATE_HOME/,
  );
});

test('a file system that refuses new folders as if nothing were there is told of', {
  skip: process.platform === 'linux' ? false : 'no /proc here',
}, () => {
  // In a process of its own: whoever tries for ever cannot be interrupted by a test of the same process.
  const { stdout, status } = spawnSync(
    process.execPath,
    ['--import=tsx', HOLDER, '/proc/linkerd-upgrade/runs', RUN, '1'],
    { encoding: 'utf8', input: 'end\n', timeout: 20_000, killSignal: 'SIGKILL' },
  );
  assert.match(stdout, /could not create the folder \/proc\/linkerd-upgrade\/runs: ENOENT/);
  assert.notEqual(status, null);
});

test('after an error of writing nothing is written any more', (t) => {
  const folder = folderFor(t);
  const journal = openJournal(folder, RUN);
  journal.append(header());
  const lock = join(folder, `${RUN}.lock`);
  renameSync(lock, `${lock}.away`);
  assert.throws(() => journal.append(running), /could not write the journal/);
  renameSync(`${lock}.away`, lock);
  assert.throws(() => journal.append(running), /could not write the journal/);
  journal.close();
  assert.equal(recorded(folder).history.length, 0);
});

test('what could not be read again is not written', (t) => {
  const folder = folderFor(t);
  const journal = openJournal(folder, RUN);
  journal.append(header());
  const endless = { ...phase({ phase: 'done', at: Number.POSITIVE_INFINITY }) };
  assert.throws(
    () => journal.append(endless),
    /a record of type phase is not as it should be: phase\.at is not a number/,
  );
  journal.close();
  assert.equal(recorded(folder).history.length, 0);
});

test('runs are listed newest first, with what stands in the way of others', (t) => {
  const folder = folderFor(t);
  assert.deepEqual(listRuns(folder), { runs: [], unreadable: [] });
  const write = (id: string, text: string) => writeFileSync(journalPath(folder, id), text);
  mkdirSync(folder, { recursive: true });
  write('old', journalOf(header({ id: 'old', at: BEGAN - 100 }), phase({ phase: 'done', at: 1 })));
  write('new', journalOf(header({ id: 'new', at: BEGAN + 100 })));
  write('cut', `${journalOf(header({ id: 'cut' }), step(0, { state: 'queued' }))}{`);
  write('empty', '');
  write('foreign', 'hello\nworld\n');
  write('renamed', journalOf(header({ id: 'other' })));
  writeFileSync(join(folder, 'notes.txt'), 'x');
  writeFileSync(join(folder, '.hidden.jsonl'), 'x');
  mkdirSync(journalPath(folder, 'folder'));
  symlinkSync(join(folder, 'nowhere'), journalPath(folder, 'dangling'));

  const { runs, unreadable } = listRuns(folder);
  assert.deepEqual(
    runs.map(({ id, unfinished }) => [id, unfinished]),
    [
      ['new', true],
      ['cut', true],
      ['old', false],
    ],
  );
  const names = ['dangling', 'empty', 'folder', 'foreign', 'renamed'];
  assert.equal(unreadable.length, names.length);
  for (const [index, name] of names.entries())
    assert.match(unreadable[index] ?? '', new RegExp(`\\b${name}\\b`));
  assert.match(unreadable[4] ?? '', /renamed\.jsonl holds the run other/);

  const noFolder = listRuns(journalPath(folder, 'new'));
  assert.equal(noFolder.unreadable.length, 1);
  assert.deepEqual(readRun(folder, 'nothing'), {
    replay: 'unreadable',
    reason: `no run nothing is recorded in ${folder}`,
  });
});

test('a run can be read while it is written', (t) => {
  const folder = folderFor(t);
  const journal = openJournal(folder, RUN);
  journal.append(header());
  for (let records = 1; records <= 20; records++) {
    journal.append(running);
    assert.equal(recorded(folder).history.length, records);
  }
  journal.close();
});
