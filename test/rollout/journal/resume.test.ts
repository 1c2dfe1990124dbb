import assert from 'node:assert/strict';
import { test } from 'node:test';
import { replay } from '../../../src/rollout/journal/replay.ts';
import { resumable } from '../../../src/rollout/journal/resume.ts';
import { type RunSummary, summarize } from '../../../src/rollout/journal/summary.ts';
import { header, journalOf, phase } from './records.ts';

function run(id: string, cluster: string, ended = false): RunSummary {
  const head = header({ id, cluster: { uid: cluster, server: `https://${cluster}`, context: '' } });
  const read = replay(journalOf(head, ...(ended ? [phase({ phase: 'done', at: 1 })] : [])));
  assert.ok(read.replay === 'run');
  return summarize(read.run);
}

const HERE = 'here';
const a = run('a', HERE);
const b = run('b', HERE);
const ended = run('old', HERE, true);
const elsewhere = run('far', 'there');

function refusal(runs: readonly RunSummary[], id?: string): [string, string] {
  const answer = resumable(runs, HERE, id);
  assert.ok(answer.resumable !== 'run');
  return [answer.resumable, answer.reason];
}

test('the only unfinished run of the cluster is resumed', () => {
  assert.deepEqual(resumable([ended, a, elsewhere], HERE), { resumable: 'run', run: a });
});

test('of several one has to be named', () => {
  const [kind, reason] = refusal([a, ended, b]);
  assert.equal(kind, 'several');
  assert.match(reason, /have not ended: a \(anna@desk, 2026-05-01 12:00 UTC\), b \(.*--resume a$/);
  assert.deepEqual(resumable([a, b], HERE, 'b'), { resumable: 'run', run: b });
});

test('without any it says so, and where one would be', () => {
  assert.deepEqual(refusal([]), ['none', 'there is no unfinished run of this cluster']);
  assert.deepEqual(refusal([ended]), ['none', 'there is no unfinished run of this cluster']);
  const [kind, reason] = refusal([elsewhere]);
  assert.equal(kind, 'none');
  assert.match(reason, /Run far belongs to https:\/\/there: choose that cluster with --context/);
});

test('a run that is named must exist, go on, and belong to this cluster', () => {
  assert.match(
    refusal([a], 'x').join(' '),
    /^unknown no run x is recorded on this computer. Unfinished: a\.$/,
  );
  assert.match(refusal([ended], 'x').join(' '), /None is unfinished/);
  assert.match(refusal([ended], 'old').join(' '), /^ended run old has ended \(done\)/);
  assert.match(refusal([a, elsewhere], 'far').join(' '), /^elsewhere run far belongs to https:\/\/there/);
});
