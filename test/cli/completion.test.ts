/** What completion offers, without any cluster; and that it knows every command and flag. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { parseArguments } from '../../src/cli/arguments.ts';
import { allCommands } from '../../src/cli/command-help.ts';
import { answerTo } from '../../src/cli/completion/answer.ts';
import { answerLines } from '../../src/cli/completion/cobra.ts';
import { readLine } from '../../src/cli/completion/line.ts';
import { type Sources, sourcesOf } from '../../src/cli/completion/sources.ts';
import { dryRunOf } from '../../src/cli/dry-run.ts';
import { allFlags } from '../../src/cli/flags.ts';
import { UsageError } from '../../src/cli/pflag.ts';
import { pinTarget } from '../../src/cli/pin-target.ts';
import { planOptionsOf } from '../../src/cli/plan-options.ts';
import { rbac } from '../../src/cli/rbac.ts';
import { checkOnly, wantedTargets } from '../../src/cli/scopes.ts';
import { destinationOf } from '../../src/guide/destination.ts';
import { parseVersion } from '../../src/mesh/version.ts';
import { openJournal, stateFolder } from '../../src/rollout/journal/file.ts';
import { ManualClock } from '../kube/support/manual-clock.ts';
import { header, items, phase, plan, restart, START } from '../report/recorded-runs.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { temporaryFolder, writeText } from '../support/temporary.ts';

const names: Sources = {
  namespaces: async () => [
    { name: 'kube-system', inject: '', isSystem: true },
    { name: 'plain', inject: '', isSystem: false },
    { name: 'books', inject: 'enabled', isSystem: false },
  ],
  workloads: async (namespace, kinds) =>
    namespace === 'books' ? kinds.map((kind) => ({ kind, name: `a-${kind.toLowerCase()}` })) : [],
  kubeconfig: async (list) => [{ text: `some-${list}`, about: '' }],
  runs: async () => [],
};

async function offered(...words: readonly string[]): Promise<readonly string[]> {
  return (await answerTo(words, () => names)).candidates.map(({ text }) => text);
}

const commandNames = allCommands.map(({ name }) => name).filter((name) => name !== '');

test('every command is offered, and the second word of those that have two', async () => {
  const first = await offered('');
  for (const name of commandNames) {
    const [word = '', second] = name.split(' ');
    assert.ok(first.includes(word), name);
    if (second !== undefined) assert.ok((await offered(word, '')).includes(second), name);
  }
  assert.ok(!first.some((name) => name.startsWith('_')));
});

test('every flag that help names is offered by every command that it is for, and by no other', async () => {
  for (const flag of allFlags.filter(({ help }) => help !== '')) {
    const takers: string[] = [];
    for (const { name } of allCommands) {
      const found = await offered(...name.split(' ').filter((word) => word !== ''), `--${flag.name}`);
      if (found.some((text) => text === `--${flag.name}` || text.startsWith(`--${flag.name}=`)))
        takers.push(name);
    }
    assert.ok(takers.length > 0, `--${flag.name} is offered nowhere`);
    const words = takers.map((taker) => taker.split(' ')[0] ?? '');
    for (const command of flag.commands ?? [])
      assert.ok(words.includes(command), `--${flag.name} of ${command}`);
    for (const taker of takers)
      assert.ok(flag.commands?.includes(taker.split(' ')[0] ?? '') ?? true, `--${flag.name} by ${taker}`);
  }
});

test('flags of the connection are offered where a cluster is asked, and nowhere else', async () => {
  for (const { name, isLocal } of allCommands) {
    const found = await offered(...name.split(' ').filter((word) => word !== ''), '--');
    assert.equal(found.includes('--context'), !isLocal, name);
  }
});

test('flags: in both forms, not twice unless repeatable, none that is ignored, none behind --', async () => {
  assert.ok((await offered('status', '-')).includes('-n'));
  assert.ok((await offered('status', '-')).includes('--namespace'));
  // It is the value of -n, as kubectl reads it.
  assert.deepEqual(await offered('status', '-n', '-'), []);
  assert.deepEqual(await offered('status', '--output', 'json', '--outp'), []);
  assert.deepEqual(await offered('restart', '--include', 'meshes', '--inclu'), ['--include']);
  assert.deepEqual(await offered('status', '--cache'), []);
  assert.deepEqual(await offered('verify', '--', '--n'), []);
  assert.deepEqual(await offered('restart', '--dry'), ['--dry-run=client', '--dry-run=server']);
  assert.deepEqual(await offered('bogus', '--'), []);
});

test('a word of a flag is completed in each way that it can be written', async () => {
  for (const words of [
    ['status', '-o', 'js'],
    ['status', '--output', 'js'],
    ['status', '--output=js'],
    ['-o=js'],
    ['status', '-Ao', 'js'],
    ['-n', 'books', 'status', '-o=js'],
  ]) {
    const expected = words[0] === '-o=js' ? [] : ['json'];
    assert.deepEqual(await offered(...words), expected, words.join(' '));
  }
  // There the shell completes the word as a whole.
  assert.deepEqual(await offered('status', '-nbo'), ['-nbooks']);
  assert.deepEqual(await offered('status', '-Anbo'), ['-Anbooks']);
  assert.deepEqual(await offered('status', '-n=bo'), ['books']);
  assert.deepEqual(await offered('restart', '--yes='), ['true', 'false']);
});

test('values: names of the kubeconfig, files, folders, or nothing where only the user knows', async () => {
  const directive = async (...words: readonly string[]) => (await answerTo(words, () => names)).directive;
  assert.deepEqual(await offered('--context', ''), ['some-contexts']);
  assert.deepEqual(await offered('--cluster='), ['some-clusters']);
  assert.deepEqual(await offered('--user', ''), ['some-users']);
  for (const { name } of allFlags.filter(({ value }) => value === 'FILE')) {
    assert.equal(await directive('restart', `--${name}`, ''), 0, name);
  }
  assert.equal(await directive('--cache-dir', ''), 16);
  for (const name of ['token', 'reason', 'soak', 'server', 'as-group']) {
    assert.deepEqual(await offered(`--${name}`, ''), [], name);
    assert.equal(await directive(`--${name}`, ''), 4, name);
  }
  assert.equal(await directive('--bogus=', ''), 36);
  assert.equal(await directive('--bogus='), 4);
});

test('words of a choice are the ones that the command takes', async () => {
  const accepted = (check: () => unknown) => assert.doesNotThrow(check);
  for (const only of await offered('plan', '--only', '')) {
    accepted(() => checkOnly(parseArguments(['plan', '-A', `--only=${only}`])));
  }
  for (const include of await offered('plan', '--include', '')) {
    accepted(() => planOptionsOf(parseArguments(['plan', '-A', `--include=${include}`])));
  }
  for (const flag of await offered('restart', '--dry-run')) {
    accepted(() => dryRunOf(parseArguments(['restart', flag])));
  }
  // And all of them are offered: the message about a wrong one lists them.
  for (const [flag, check] of [
    ['only', checkOnly],
    ['include', planOptionsOf],
  ] as const) {
    const words = await offered('plan', `--${flag}=`);
    assert.throws(
      () => check(parseArguments(['plan', '-A', `--${flag}=bogus`])),
      (error) => error instanceof UsageError && error.message.includes(words.join(', ')),
    );
  }
});

test('versions are destinations that can be gone to, and versions that a proxy can have', async () => {
  for (const begun of ['', '2.', 'edge-2', 'stable-2', 'enterprise-2']) {
    const found = await offered('plan', 'upgrade', '--to', begun);
    assert.ok(found.length > 0, begun);
    for (const text of found) assert.deepEqual(destinationOf(text), { version: text });
  }
  for (const begun of ['', 'edge-', 'stable-', 'enterprise-']) {
    const found = await offered('pin', 'books', '--proxy-version', begun);
    assert.ok(found.length > 0, begun);
    for (const text of found) assert.notEqual(parseVersion(text).kind, 'unparsed');
  }
  // Nobody picks one out of hundreds.
  assert.ok((await offered('pin', 'books', '--proxy-version', '')).length < 40);
});

test('targets are read back by the commands that they are offered for', async () => {
  const namespaces = ['books', 'plain', 'kube-system'];
  assert.deepEqual(await offered('restart', ''), namespaces);
  assert.deepEqual(await offered('plan', ''), ['upgrade', ...namespaces]);
  assert.deepEqual(await offered('plan', 'upgrade', ''), []);
  assert.deepEqual(await offered('verify', ''), namespaces);
  const workloads = await offered('restart', 'books/');
  assert.deepEqual(workloads, [
    'books/deployment/a-deployment',
    'books/statefulset/a-statefulset',
    'books/daemonset/a-daemonset',
    'books/rollout/a-rollout',
  ]);
  for (const word of [...workloads, ...namespaces]) {
    assert.equal(wantedTargets(parseArguments(['restart', word]))?.length, 1, word);
  }
  for (const word of await offered('pin', 'books/')) assert.notEqual(typeof pinTarget(word), 'string', word);
  assert.deepEqual(await offered('pin', 'books/ro'), []);
  const placed = await offered('restart', '-n', 'books', 's');
  assert.deepEqual(placed, ['statefulset/a-statefulset']);
  assert.deepEqual(await offered('restart', '-n', 'books', 'sts/'), ['sts/a-statefulset']);
  assert.deepEqual(await offered('restart', '--plan', 'plan.json', ''), []);
});

test('subjects of explain', async () => {
  assert.deepEqual(await offered('explain', 'behind'), ['behind-one', 'behind']);
  assert.deepEqual(await offered('explain', 'class/v'), ['class/violation']);
  assert.deepEqual(await offered('explain', 'version/2.20'), ['version/2.20']);
  assert.deepEqual(await offered('explain', 'namespace/b'), ['namespace/books']);
  assert.deepEqual(await offered('explain', 'edge-26.9.'), ['edge-26.9.1']);
  assert.deepEqual(await offered('explain', 'books/ds'), ['books/ds/a-daemonset']);
  assert.deepEqual(await offered('explain', '-n', 'books', 'deploy/'), ['deploy/a-deployment']);
  assert.deepEqual(await offered('explain', 'books', ''), []);
});

test('commands that take nothing are offered nothing, and no files in its place', async () => {
  for (const command of ['status', 'check', 'runs', 'version']) {
    const { candidates, directive } = await answerTo([command, ''], () => names);
    assert.deepEqual([candidates, directive], [[], 4], command);
  }
});

test('rbac: what it grants, for which command, to whom', async () => {
  const output = { out: () => undefined, err: () => undefined };
  const words = await offered('rbac', '');
  assert.ok(words.includes('restart') && words.includes('argo'));
  for (const word of words) assert.equal(rbac(parseArguments(['rbac', word]), {}, output), 0, word);
  const commands = await offered('rbac', '--for', '');
  assert.ok(commands.includes('plan-upgrade'));
  for (const word of commands)
    assert.equal(rbac(parseArguments(['rbac', '--for', word]), {}, output), 0, word);
  assert.deepEqual(await offered('rbac', '--subject=S'), ['ServiceAccount:']);
  assert.ok((await offered('rbac', '--')).includes('--namespace'));
});

test('help is offered every command', async () => {
  const found = await offered('help', '');
  for (const name of commandNames) assert.ok(found.includes(name.split(' ')[0] ?? ''), name);
  assert.deepEqual(await offered('help', 'plan', ''), ['upgrade']);
});

function computer(t: TestContext) {
  const env = { XDG_STATE_HOME: temporaryFolder(t), KUBECONFIG: '' };
  const folder = stateFolder(env, process.platform);
  const clock = new ManualClock();
  return {
    env,
    record(id: string, at: number, isDone: boolean) {
      const journal = openJournal(folder, id);
      journal.append(header(plan([items.web]), { id, at: START + at, reason: 'new\troot \u001b[31m' }));
      for (const line of restart(at + 2, 0, items.web)) journal.append(line);
      if (isDone) journal.append(phase(at + 30, { phase: 'done', at: START + at + 30 }));
      journal.close();
    },
    async offered(...words: readonly string[]) {
      const deadline = { clock, end: clock.now() + 1_000 };
      const { candidates } = await answerTo(words, (args) => sourcesOf(args, env, deadline));
      return candidates;
    },
  };
}

test('runs of this computer, newest first, and to resume only those that have not ended', async (t) => {
  const { record, offered: ask } = computer(t);
  assert.deepEqual(await ask('report', ''), []);
  record('aaaa1111', 0, true);
  record('cccc3333', 86_400, false);
  record('bbbb2222', 3_600, true);
  const found = await ask('report', '');
  assert.deepEqual(
    found.map(({ text }) => text),
    ['cccc3333', 'bbbb2222', 'aaaa1111'],
  );
  assert.match(found[1]?.about ?? '', /^done, \d{4}-\d\d-\d\d by .+: new\\troot \\x1b/);
  const unfinished = await ask('restart', '--resume', '');
  assert.deepEqual(
    unfinished.map(({ text }) => text),
    ['cccc3333'],
  );
});

test('names of a kubeconfig are those that a shell takes as words', async (t) => {
  const { env, offered: ask } = computer(t);
  const folder = temporaryFolder(t);
  const context = (name: string) => ({
    name,
    context: { cluster: 'c\u001b[2J', user: 'u', namespace: 'books' },
  });
  env.KUBECONFIG = writeText(
    folder,
    'config',
    JSON.stringify({
      'current-context': 'admin@prod',
      contexts: [
        'admin@prod',
        'arn:aws:eks:eu-west-1:12:cluster/x',
        'default/api:6443/kube:admin',
        '$(id)',
        'a b',
        '-x',
        "it's",
        'x\ny',
      ].map(context),
    }),
  );
  assert.deepEqual(await ask('status', '--context', ''), [
    { text: 'admin@prod', about: 'current, cluster c\\x1b[2J, namespace books' },
    { text: 'arn:aws:eks:eu-west-1:12:cluster/x', about: 'cluster c\\x1b[2J, namespace books' },
    { text: 'default/api:6443/kube:admin', about: 'cluster c\\x1b[2J, namespace books' },
  ]);
  writeText(folder, 'broken', '{');
  assert.deepEqual(await ask('status', '--kubeconfig', `${folder}/broken`, '--context', ''), []);
});

test('an answer is one line a candidate, and the directive', () => {
  const answer = {
    candidates: [
      { text: 'a', about: 'first' },
      { text: 'b', about: '' },
    ],
    directive: 36,
  };
  assert.equal(answerLines(answer), 'a\tfirst\nb\n:36\n');
});

test('an unfinished line is read as the finished one would be', () => {
  const seed = Number(process.env.SEED ?? 7);
  const random = seededRandom(seed);
  const pieces: readonly (readonly string[])[] = [
    ['status'],
    ['restart'],
    ['books'],
    ['books/deploy/web'],
    ['-'],
    ['-A'],
    ['-n', 'books'],
    ['-nbooks'],
    ['-n=books'],
    ['-An', 'books'],
    ['-ojson'],
    ['-o=json'],
    ['--output=json'],
    ['--output', 'json'],
    ['--yes'],
    ['--yes=false'],
    ['--yes=T'],
    ['--dry-run'],
    ['--dry-run=server'],
    ['--dry-run='],
    ['--include', 'meshes'],
    ['--as-group=a=b'],
    ['--reason', '--yes'],
    ['--token', ''],
    ['-h'],
  ];
  for (let round = 0; round < 2_000; round++) {
    const words = Array.from({ length: random.below(7) }, () => random.pick(pieces)).flat();
    if (random.chance(0.2)) words.push('--', random.pick(['-n', '--yes', 'books']));
    const said = `${words.join(' ')} (seed ${seed}, round ${round})`;
    const { args, word } = readLine([...words, 'x']);
    const expected = parseArguments(words);
    assert.deepEqual([args.command, args.operands], [expected.command, expected.operands], said);
    assert.deepEqual(args.given.toSorted(), expected.given.toSorted(), said);
    for (const { name, type } of allFlags) {
      if (type === 'boolean') assert.equal(args.on(name), expected.on(name), `${name} of ${said}`);
      else assert.deepEqual(args.list(name), expected.list(name), `${name} of ${said}`);
    }
    assert.deepEqual(word, { kind: 'operand', text: 'x' }, said);
  }
});
