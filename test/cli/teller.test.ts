import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tellerFor } from '../../src/cli/teller.ts';
import { DEFAULT_LIMITS } from '../../src/rollout/run/limits.ts';
import { mark, planItem, run } from '../support/runs.ts';

const slow = run(
  [planItem('books', 'webapp')],
  [
    {
      state: 'rolling',
      since: 5,
      mark,
      progress: { proven: 1, wanted: 3, old: 2, waitingFor: 'pod web-1: ImagePullBackOff' },
    },
  ],
);

function listening(form: 'plain' | 'json') {
  let now = 1000;
  let out = '';
  const teller = tellerFor({ form, asks: false, limits: () => DEFAULT_LIMITS }, () => now, {
    out: (text) => {
      out += text;
    },
    err: assert.fail,
  });
  return {
    teller,
    told: () => out,
    pass(seconds: number) {
      now += seconds;
    },
  };
}

test('after a minute without a word people are told what is waited for, and again after the next', () => {
  const { teller, told, pass } = listening('plain');
  teller.note('Run begins');
  pass(59);
  teller.idle(slow);
  assert.equal(told(), 'Run begins\n');
  pass(1);
  teller.idle(slow);
  pass(30);
  teller.idle(slow);
  const line = '1/1 books deployment/webapp: 1 of 3 pods proven, waiting for pod web-1: ImagePullBackOff\n';
  assert.equal(told(), `Run begins\n${line}`);
  pass(30);
  teller.idle(slow);
  assert.equal(told(), `Run begins\n${line}${line}`);
});

test('programs, which are told of every move, are not told of silence', () => {
  const { teller, told, pass } = listening('json');
  pass(600);
  teller.idle(slow);
  assert.equal(told(), '');
});

test('contact that is lost is told to people and programs', () => {
  const lost = { run: 'run-1', contact: 'lost', reason: 'connection refused' } as const;
  const plain = listening('plain');
  plain.teller.contact(lost);
  plain.teller.contact({ ...lost, contact: 'back', reason: '' });
  assert.equal(
    plain.told(),
    'No contact with the cluster, so nothing new is started: connection refused\nThe cluster answers again\n',
  );
  const json = listening('json');
  json.teller.contact(lost);
  const { schema: _schema, time: _time, ...event } = JSON.parse(json.told());
  assert.deepEqual(event, { type: 'contact', ...lost });
});
