import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseArguments } from '../../src/cli/arguments.ts';
import { CommandError } from '../../src/cli/command-error.ts';
import { UsageError } from '../../src/cli/pflag.ts';
import { checkOnly, scopesIn, wantedNamespaces } from '../../src/cli/scopes.ts';
import { CURRENT, liveView, namespaceView, workloadView } from '../support/views.ts';

const live = liveView({
  namespaces: [
    namespaceView('books'),
    namespaceView('kube-system', { role: 'system' }),
    namespaceView('linkerd', { role: 'control-plane' }),
    namespaceView('linkerd-viz', { role: 'extension' }),
  ],
  workloads: [
    workloadView('books', 'current'),
    workloadView('books', 'behind', {
      running: [
        ['edge-25.10.7', 'behind', 1],
        [CURRENT, 'current', 1],
      ],
    }),
    workloadView('books', 'violation', { running: [['edge-24.8.2', 'violation', 2]] }),
    workloadView('books', 'stale', { staleTrust: 1 }),
    workloadView('books', 'empty', { running: [] }),
    workloadView('books', 'db', { kind: 'StatefulSet' }),
    workloadView('books', 'kruise', { kind: 'StatefulSet.apps.kruise.io' }),
    workloadView('linkerd-viz', 'tap', { running: [['edge-24.8.2', 'violation', 2]] }),
  ],
});

/** Scopes of a command line; `violation` and `tap` have the label tier=front. */
function scopes(...words: readonly string[]) {
  const front = new Set(['violation', 'tap']);
  return scopesIn(live, parseArguments(['plan', ...words]), ({ name }) =>
    name === 'empty' ? undefined : { tier: front.has(name) ? 'front' : 'back' },
  );
}

const chosen = (...words: readonly string[]) => scopes(...words).map(({ workload }) => workload?.name);

test('all means applications and extensions, never the control plane or the system', () => {
  assert.deepEqual(scopes('-A'), [{ namespace: 'books' }, { namespace: 'linkerd-viz' }]);
});

test('a namespace that is named is taken as it is, in the order named, once', () => {
  assert.deepEqual(scopes('linkerd'), [{ namespace: 'linkerd' }]);
  assert.deepEqual(scopes('linkerd-viz', 'books', 'linkerd-viz'), [
    { namespace: 'linkerd-viz' },
    { namespace: 'books' },
  ]);
  assert.deepEqual(scopes('-n', 'books'), [{ namespace: 'books' }]);
});

test('each choice takes just the workloads it is about', () => {
  assert.deepEqual(chosen('books', '--only', 'violations'), ['violation']);
  assert.deepEqual(chosen('books', '--only', 'behind'), ['behind', 'violation']);
  assert.deepEqual(chosen('books', '--only', 'stale-trust'), ['stale']);
});

test('-l chooses workloads by their own labels, and narrows what else was asked for', () => {
  assert.deepEqual(chosen('books', '-l', 'tier=front'), ['violation']);
  assert.deepEqual(chosen('-A', '-l', 'tier in (front)'), ['violation', 'tap']);
  assert.deepEqual(chosen('books', '-l', 'tier!=back'), ['violation', 'empty']);
  assert.deepEqual(chosen('books', '-l', 'tier=back', '--only', 'behind'), ['behind']);
  assert.deepEqual(scopes('books', '-l', ''), [{ namespace: 'books' }]);
});

for (const [typed, kind] of [
  ['books/deployment/current', 'Deployment'],
  ['books/deploy/current', 'Deployment'],
  ['books/Deployments.apps/current', 'Deployment'],
  ['books/deployments.v1.apps/current', 'Deployment'],
  ['books/sts/db', 'StatefulSet'],
  ['books/StatefulSet.apps.kruise.io/kruise', 'StatefulSet.apps.kruise.io'],
] as const) {
  test(`${typed} names one workload`, () => {
    const name = typed.split('/').at(-1) ?? '';
    assert.deepEqual(scopes(typed), [{ namespace: 'books', workload: { kind, name } }]);
  });
}

test('KIND/NAME stands in the namespace of -n, as for kubectl', () => {
  assert.deepEqual(scopes('-n', 'books', 'sts/db', 'deploy/current'), [
    { namespace: 'books', workload: { kind: 'StatefulSet', name: 'db' } },
    { namespace: 'books', workload: { kind: 'Deployment', name: 'current' } },
  ]);
});

test('a workload that is named stands for itself only, also when it is narrowed', () => {
  assert.deepEqual(chosen('books/deploy/behind', 'books/deploy/current', '--only', 'behind'), ['behind']);
  assert.deepEqual(chosen('books/deploy/behind', 'books', '--only', 'behind'), ['behind', 'violation']);
});

test('namespaces to read are those of all targets', () => {
  const namespaces = (...words: readonly string[]) => wantedNamespaces(parseArguments(['plan', ...words]));
  assert.deepEqual(namespaces('books/deploy/a', 'shop', 'books/deploy/b'), ['books', 'shop']);
  assert.deepEqual(namespaces('-n', 'shop', 'deploy/a'), ['shop']);
  assert.equal(namespaces('-A'), undefined);
});

for (const [words, pattern] of [
  [[], /name the namespaces to look at/],
  [['-A', 'books'], /not both/],
  [['-A', 'books/deploy/web'], /not both/],
  [['books/deploy'], /does not say in which namespace: say NAMESPACE\/books\/deploy/],
  [['-n', 'a', '-n', 'b', 'deploy/web'], /does not say in which namespace/],
  [['books//web'], /names nothing to look at/],
  [['books/'], /names nothing to look at/],
  [['a/b/c/d'], /names nothing to look at/],
] as const) {
  test(`"${words.join(' ')}" is wrong usage`, () => {
    assert.throws(
      () => wantedNamespaces(parseArguments(['plan', ...words])),
      (error: unknown) => error instanceof UsageError && pattern.test(error.message),
    );
  });
}

for (const [words, pattern] of [
  [['--only', 'bogus'], /--only takes violations, behind, stale-trust, not "bogus"/],
  [['-l', 'tier in front'], /-l takes labels as kubectl does.*expected "\("/],
] as const) {
  test(`"${words.join(' ')}" is wrong usage, before the cluster is asked`, () => {
    const args = parseArguments(['plan', 'books', ...words]);
    const isUsage = (error: unknown) => error instanceof UsageError && pattern.test(error.message);
    assert.throws(() => checkOnly(args), isUsage);
    assert.throws(() => scopes('books', ...words), isUsage);
  });
}

for (const [operand, pattern] of [
  ['nowhere', /no namespace nowhere/],
  ['nowhere/deploy/web', /no namespace nowhere/],
  ['books/deploy/nobody', /no deploy nobody in namespace books/],
  ['books/ds/db', /no ds db in namespace books/],
  ['books/sts/kruise', /no sts kruise in namespace books/],
] as const) {
  test(`${operand} does not exist, and the error names it`, () => {
    assert.throws(
      () => scopes('books', operand),
      (error: unknown) => error instanceof CommandError && pattern.test(error.message),
    );
  });
}

test('a misspelt namespace is answered with the one that is near', () => {
  const refusal = (...words: readonly string[]) => {
    try {
      scopes(...words);
      return '';
    } catch (error) {
      return error instanceof CommandError ? error.message : assert.fail(String(error));
    }
  };
  const none = (name: string) => `there is no namespace ${name}, or it may not be read`;
  assert.equal(refusal('boks'), `${none('boks')}; did you mean books?`);
  assert.equal(refusal('upgarde'), `${none('upgarde')}; did you mean plan upgrade?`);
  assert.equal(refusal('elsewhere'), none('elsewhere'));
  assert.equal(refusal('boks', 'elsewhere'), none('boks, elsewhere'));
});
