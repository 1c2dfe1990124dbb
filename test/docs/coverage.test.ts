/**
 * Every command, every flag and every exit code is documented, and some test runs the program, or the function of its
 * command, with it. A new flag fails here until it has both.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { allCommands, exitMeaning } from '../../src/cli/command-help.ts';
import { exitCode } from '../../src/cli/exit-codes.ts';
import { allFlags } from '../../src/cli/flags.ts';
import { pages } from './pages.ts';
import { rowsOf, textOf, wrongTest } from './tables.ts';

const CONNECTION = 'test/cli/flag-connection.test.ts';
const SCOPE = 'test/cli/flag-scope.test.ts';
const HELP = 'test/cli/flag-help.test.ts';
const RBAC = 'test/cli/flag-rbac.test.ts';
const LINE = 'test/e2e/command-line.test.ts';
const RESTART = 'test/e2e/restart.test.ts';
const PLAN_FILE = 'test/e2e/restart-plan-file.test.ts';
const INTERRUPTED = 'test/e2e/restart-interrupted.test.ts';
const SCREEN = 'test/e2e/screen.test.ts';
const CHECK = 'test/e2e/check.test.ts';
const WISH = 'test/cli/restart-wish.test.ts › the flags of the lock, the probe, the reason and the form';

const chosen = `${CONNECTION} › --kubeconfig, --context, --cluster, --user and --server choose what the kubeconfig does not`;
const trusted = `${CONNECTION} › --certificate-authority, --insecure-skip-tls-verify and --tls-server-name decide whom to trust`;
const known = `${CONNECTION} › --token, --username with --password, and --client-certificate with --client-key say who asks`;
const acting = `${CONNECTION} › --as, --as-group, --as-uid and --as-user-extra act as somebody else`;
const granted = `${RBAC} › --for takes what a command uses, --subject binds it, --name names it`;
const ignored = `${CONNECTION} › --cache-dir, -v and --verbose are taken as kubectl takes them, and change nothing`;
const narrowed = `${SCOPE} › -l narrows status to pods with these labels, -A beats -n`;
const limits = `${RESTART} › a single workload is restarted alone, with limits from the command line`;
const retried = `${RESTART} › resumed, a failure stays one unless it is named, and what is skipped is left out`;
const written = `${PLAN_FILE} › a plan is written, says how to apply it, is not overwritten by chance, and is applied as it is`;
const checked = `${CHECK} › a failed check ends with 3, in each form; a namespace without one with 0`;

/** The test that runs something with the flag, `path › title`. */
const flagTests: Readonly<Record<string, string>> = {
  kubeconfig: chosen,
  kuberc: `${CONNECTION} › --kuberc names the file whose policy on credential plugins is heeded`,
  context: chosen,
  cluster: chosen,
  user: chosen,
  server: chosen,
  'tls-server-name': trusted,
  'insecure-skip-tls-verify': trusted,
  'certificate-authority': trusted,
  'client-certificate': known,
  'client-key': known,
  token: known,
  username: known,
  password: known,
  as: acting,
  'as-group': acting,
  'as-uid': acting,
  'as-user-extra': acting,
  'request-timeout': `${CONNECTION} › --request-timeout goes to the server as part of each request`,
  'disable-compression': `${CONNECTION} › --disable-compression asks for plain answers`,
  namespace: narrowed,
  'all-namespaces': narrowed,
  selector: narrowed,
  'linkerd-namespace': `${SCOPE} › -L says where the control plane is; where it is not, nothing is known of it`,
  output: `${HELP} › -o takes the words that help lists, and no other`,
  'no-headers': `${SCOPE} › --no-headers leaves rows, of status and of runs`,
  only: `${RESTART} › plan -o json is what the published schema says; --only narrows it`,
  include: `${SCOPE} › --include takes into a plan what it leaves out, each kind by its name`,
  'no-probe': `${RESTART} › plan prints waves, reasons, risks, what is left and what stands against it, and writes nothing`,
  out: written,
  force: written,
  plan: written,
  resume: `${INTERRUPTED} › killed, it leaves a journal from which the run goes on without patching anything twice`,
  retry: retried,
  skip: retried,
  yes: `${RESTART} › restart --yes restarts wave by wave, proves each, records the run and gives the lock back`,
  'dry-run': `${RESTART} › --dry-run=client prints what would be done, --dry-run=server lets the server judge each patch`,
  reason: `${RESTART} › restart --yes restarts wave by wave, proves each, records the run and gives the lock back`,
  'take-over': WISH,
  'without-lock': `${RESTART} › without the right to the lock it goes on only when told to`,
  'max-parallel': limits,
  'starts-per-minute': limits,
  soak: `${SCREEN} › a run that was left in a soak is offered at the next start, taken up, and patches nothing twice`,
  'workload-soak': `${SCREEN} › a run that was left in a soak is offered at the next start, taken up, and patches nothing twice`,
  timeout: limits,
  'failure-budget': `${RESTART} › within its failure budget a run goes on, and ends with 1`,
  'proxy-version':
    'test/cli/pin.test.ts › a pinned workload gets that proxy at once, and an unpinned one that of the control plane',
  pre: checked,
  to: checked,
  wait: `${CHECK} › it waits for a control plane that rolls, and not without --wait`,
  proxy: checked,
  excuse: `${RESTART} › verify ends with 3 until every proxy is at its target or excused, and names what is not`,
  for: granted,
  subject: granted,
  name: granted,
  'admission-policy': `${RBAC} › --admission-policy adds the policy and its binding`,
  demo: `${LINE} › kubectl \${kubectl.version} finds and runs the plugin, and passes its exit code on`,
  'read-only': `${SCREEN} › --read-only has no restart`,
  help: `${HELP} › COMMAND --help, COMMAND -h and help COMMAND are the same, with and without operands`,
  version: `${LINE} › \${argv.join(' ')} prints the version`,
  'cache-dir': ignored,
  v: ignored,
  verbose: ignored,
};

/** The test that runs the command. */
const commandTests: Readonly<Record<string, string>> = {
  '': `${SCREEN} › --read-only has no restart`,
  status: narrowed,
  plan: written,
  'plan upgrade': 'test/cli/plan-upgrade.test.ts › the table tells what is there, and the way',
  restart: `${RESTART} › restart --yes restarts wave by wave, proves each, records the run and gives the lock back`,
  runs: `${RESTART} › restart --yes restarts wave by wave, proves each, records the run and gives the lock back`,
  report: 'test/cli/report.test.ts › --out writes a file, and replaces one only when told to',
  check: checked,
  verify: `${RESTART} › verify ends with 3 until every proxy is at its target or excused, and names what is not`,
  explain: 'test/e2e/guide.test.ts › explain names what decides, as text and as JSON by its schema',
  pin: 'test/cli/pin.test.ts › a pinned workload gets that proxy at once, and an unpinned one that of the control plane',
  unpin:
    'test/cli/pin.test.ts › a pinned workload gets that proxy at once, and an unpinned one that of the control plane',
  rbac: granted,
  completion: 'test/e2e/completion.test.ts › every script is one that its shell understands',
  version: `${LINE} › \${argv.join(' ')} prints the version`,
  help: `${HELP} › COMMAND --help, COMMAND -h and help COMMAND are the same, with and without operands`,
};

/** A test that ends with the code. */
const exitTests: Readonly<Record<string, string>> = {
  [exitCode.fine]: `${RESTART} › restart --yes restarts wave by wave, proves each, records the run and gives the lock back`,
  [exitCode.failed]: `${RESTART} › within its failure budget a run goes on, and ends with 1`,
  [exitCode.usage]: `${LINE} › wrong usage ends with 2: \${argv.join(' ')}`,
  [exitCode.violation]: checked,
  [exitCode.halted]: `${RESTART} › restart halts at the first failure, says why and what to type, and ends with 4`,
  [exitCode.interrupted]: `${INTERRUPTED} › a second Ctrl-C leaves at once, gives the lock back, and says how to go on`,
};

/** The source of a test: from the statement of its file that it stands in to the next one. */
function sourceOf(reference: string): string {
  const [path = '', title = ''] = reference.split(' › ');
  const parts = (textOf(path) ?? '').split(/^(?=(?:test|for|describe|const|function|async function)\b)/m);
  return (
    parts.find((part) => ["'", '"', '`'].some((quote) => part.includes(`${quote}${title}${quote}`))) ?? ''
  );
}

const quoted = (words: string): RegExp => new RegExp(`['"\`](?:${words})`);

test('every flag of the table is run by a test that has it among its words', () => {
  assert.deepEqual(
    allFlags.map(({ name }) => name).toSorted(),
    Object.keys(flagTests).toSorted(),
    'a flag is new here, or gone: name the test that runs something with it',
  );
  for (const { name, short } of allFlags) {
    const reference = flagTests[name] ?? '';
    assert.equal(wrongTest(`\`${reference}\``), '', `--${name}`);
    const words = quoted(
      `[^'"\`]*--${name}(?![\\w-])|--${name}['"\`=]${short === undefined ? '' : `|-\\w*${short}\\b`}`,
    );
    assert.match(sourceOf(reference), words, `${reference} does not say --${name}`);
  }
});

test('every command is run by a test', () => {
  assert.deepEqual(
    allCommands.map(({ name }) => name).toSorted(),
    Object.keys(commandTests).toSorted(),
    'a command is new here, or gone: name the test that runs it',
  );
  for (const [name, reference] of Object.entries(commandTests)) {
    assert.equal(wrongTest(`\`${reference}\``), '', name);
    const [first = ''] = name.split(' ');
    // A file about one command may call its function by a name of its own.
    const isAbout =
      reference.includes(`/${name.replace(' ', '-')}.test.ts`) || reference.includes(`/flag-${name}.test.ts`);
    if (!isAbout && name !== '')
      assert.match(sourceOf(reference), quoted(first), `${reference} does not run ${name}`);
  }
});

test('every exit code is one that a test ends with', () => {
  assert.deepEqual(Object.keys(exitTests), Object.values(exitCode).map(String));
  for (const [code, reference] of Object.entries(exitTests)) {
    assert.equal(wrongTest(`\`${reference}\``), '', code);
    assert.match(
      sourceOf(reference),
      new RegExp(`\\b(?:code|exited|ended)\\b[^;]*?\\b${code}\\b|\\[${code}, `, 's'),
      reference,
    );
  }
});

test('every exit code is in README.md or where it leads, with its meaning, and with the commands that give it', () => {
  const rows = rowsOf('docs/exit-codes.md', /^`?\d+`?$/);
  const told = rows.map(({ id }) => id.replaceAll('`', ''));
  for (const code of Object.values(exitCode)) {
    assert.ok(told.includes(String(code)), `docs/exit-codes.md has no row for ${code}`);
    assert.ok(exitMeaning[code].length > 3);
  }
  assert.deepEqual(
    told.filter((id) => !Object.values(exitCode).map(String).includes(id)),
    [],
  );
});

test('every command and every flag of its own stands on a page for people, not only on the generated one', () => {
  const texts = pages.filter(({ path }) => path !== 'docs/commands.md').map(({ text }) => text);
  const isTold = (pattern: RegExp) => texts.some((text) => pattern.test(text));
  for (const { name } of allCommands.filter((command) => command.name !== '')) {
    assert.ok(
      isTold(new RegExp(`(?:kubectl linkerd-upgrade|linkerd dataplane) ${name}\\b|\`${name}[\` ]`)),
      name,
    );
  }
  const own = allFlags.filter(({ help, commands }) => help !== '' && commands !== undefined);
  for (const { name } of own)
    assert.ok(isTold(new RegExp(`--${name}(?![\\w-])`)), `no page tells of --${name}`);
});
