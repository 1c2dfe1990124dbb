import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stringify } from 'yaml';
import { planDocument } from '../../../src/report/plan-document.ts';
import { documentHash } from '../../../src/rollout/plan/document.ts';
import { readPlanFile } from '../../../src/rollout/plan/plan-file.ts';
import { planRestart } from '../../../src/rollout/plan/planner.ts';
import { DEFAULT_LIMITS } from '../../../src/rollout/run/limits.ts';
import { app, scopes, VIOLATION, world } from './world.ts';

const input = world(
  app('books', 'web'),
  app('books', 'api', { version: VIOLATION, replicas: 3 }),
  app('books', 'db', { kind: 'StatefulSet', replicas: 3, fields: { strategy: { partition: 1 } } }),
  app('books', 'paused', { fields: { paused: true } }),
);
const cluster = { uid: 'uid-of-kube-system', server: 'https://127.0.0.1:6443', context: 'prod' };
const document = planDocument(planRestart(input, scopes('books'), { order: 'asked' }), {
  cluster,
  createdAt: 1_700_000_000,
  limits: DEFAULT_LIMITS,
  findings: [{ check: 'budget', severity: 'warning', text: 'a budget is spent' }],
});

/** The document with fields set by path, and its hash made anew unless `edited`. */
function changed(change: (copy: Record<string, unknown>) => void, edited = false): string {
  const copy: unknown = JSON.parse(JSON.stringify(document));
  assert.ok(isRecord(copy));
  change(copy);
  return JSON.stringify(edited ? copy : { ...copy, hash: documentHash(copy) });
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function firstRestart(copy: Record<string, unknown>): Record<string, unknown> {
  assert.ok(Array.isArray(copy.restarts));
  const first: unknown = copy.restarts[0];
  assert.ok(isRecord(first));
  return first;
}

function problemsOf(text: string): readonly string[] {
  const file = readPlanFile(text);
  return file.outcome === 'invalid' ? file.problems : [];
}

for (const [form, text] of [
  ['JSON', JSON.stringify(document)],
  ['JSON for people, with a byte-order mark', `\uFEFF${JSON.stringify(document, null, 2)}\n`],
  ['YAML', stringify(document)],
  ['YAML without anchors', stringify(document, { aliasDuplicateObjects: false })],
] as const) {
  test(`a plan comes back from ${form} as it was`, () => {
    const file = readPlanFile(text);
    assert.deepEqual(file, { outcome: 'read', document });
  });
}

for (const [what, edit] of [
  ['a target', (copy) => Object.assign(firstRestart(copy), { to: 'edge-1.1.1' })],
  ['an option', (copy) => Object.assign(copy, { options: { downgrades: true } })],
  ['the cluster', (copy) => Object.assign(copy, { cluster: { ...cluster, uid: 'another' } })],
  ['an explanation', (copy) => Object.assign(copy, { blocked: ['nothing'] })],
  ['what it does not know', (copy) => Object.assign(copy, { approvedBy: 'nobody' })],
] as const satisfies readonly (readonly [string, (copy: Record<string, unknown>) => void])[]) {
  test(`an edit of ${what} is recognised`, () => {
    assert.deepEqual(
      problemsOf(changed(edit, true)).map((problem) => problem.split(':', 1)[0]),
      ['hash does not match'],
    );
    if (what === 'what it does not know') {
      // A later version may have added fields: with the hash they were written with, they are no problem.
      assert.equal(readPlanFile(changed(edit)).outcome, 'read');
    }
  });
}

for (const [what, text, pattern] of [
  ['no text', '', /it is no plan/],
  ['prose', 'hello', /it is no plan/],
  ['broken JSON', '{"schema":', /neither JSON nor YAML/],
  ['broken YAML', 'a: [', /neither JSON nor YAML/],
  ['a list', '[]', /it is no plan/],
  [
    'another document',
    '{"schema":"kubectl-linkerd-upgrade/status/v1"}',
    /schema is "kubectl-linkerd-upgrade\/status\/v1"/,
  ],
  ['an object', '{}', /schema is none/],
] as const) {
  test(`${what} is no plan`, () => {
    const problems = problemsOf(text);
    assert.equal(problems.length, 1);
    assert.match(problems[0] ?? '', pattern);
  });
}

for (const [what, change, problems] of [
  [
    'several fields are wrong',
    (copy) => {
      Object.assign(firstRestart(copy), { uid: 7, method: 'kill', to: '' });
      delete copy.createdAt;
    },
    [
      /^createdAt is not a text/,
      /^restarts\[0\]\.uid is not a text/,
      /^restarts\[0\]\.method is "kill", which is not known/,
      /^restarts\[0\]\.to is empty/,
    ],
  ],
  ['restarts are missing', (copy) => delete copy.restarts, [/^restarts is not a list/]],
  [
    'a restart is none',
    (copy) => Object.assign(copy, { restarts: ['web'] }),
    [/^restarts\[0\] is not an object/],
  ],
  [
    'a text could reach the terminal',
    (copy) => Object.assign(firstRestart(copy), { name: 'web\u001b[2J' }),
    [/^restarts\[0\]\.name holds control or invisible characters/],
  ],
  [
    'a key could reach the terminal',
    (copy) => Object.assign(firstRestart(copy), { from: { '\u001b[2J': 1 } }),
    [/^restarts\[0\]\.from has a key with control or invisible characters/],
  ],
  [
    'a workload stands in it twice',
    (copy) =>
      Array.isArray(copy.restarts) && Object.assign(copy, { restarts: [copy.restarts[0], ...copy.restarts] }),
    [/^restarts\[1\] names books\/deployment\/[a-z]+ a second time/],
  ],
  [
    'a wave does not exist',
    (copy) => Object.assign(copy, { waves: [] }),
    [/wave is 0, and there is no such wave/, /no such wave/, /no such wave/],
  ],
  [
    'waves go back',
    (copy) => Object.assign(firstRestart(copy), { wave: 2 }),
    [/^restarts\[1\]\.wave is 1, after a restart of wave 2/],
  ],
] as const satisfies readonly (readonly [
  string,
  (copy: Record<string, unknown>) => void,
  readonly RegExp[],
])[]) {
  test(`refused by name when ${what}`, () => {
    const found = problemsOf(changed(change));
    assert.equal(found.length, problems.length, found.join('\n'));
    for (const [index, pattern] of problems.entries()) assert.match(found[index] ?? '', pattern);
  });
}

test('no more than twenty problems are told', () => {
  const found = problemsOf(
    changed((copy) => Object.assign(copy, { restarts: Array.from({ length: 30 }, () => 1) })),
  );
  assert.equal(found.length, 21);
  assert.equal(found.at(-1), 'and 10 problems more');
});

test('every field of a document counts for its hash', () => {
  for (const field of Object.keys(document).filter((name) => name !== 'hash')) {
    assert.notEqual(documentHash({ ...document, [field]: 'x' }), document.hash, field);
  }
  assert.equal(documentHash({ ...document, hash: 'x' }), document.hash);
});
