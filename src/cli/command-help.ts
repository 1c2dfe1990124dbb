import type { exitCode } from './exit-codes.ts';
import { limitFlags, planFlags } from './flags.ts';

export type ExitCode = (typeof exitCode)[keyof typeof exitCode];

/** One command as `--help`, `COMMAND --help`, the man page and docs/commands.md tell it. Lines are without the program. */
export interface CommandHelp {
  /** `restart`, `plan upgrade`; '' is the live screen. */
  readonly name: string;
  /** Ways to call it; the first help of all is what the overview says. */
  readonly usage: readonly { readonly line: string; readonly help: string }[];
  /** One sentence: what it does. */
  readonly about: string;
  /** What one has to know before calling it, a paragraph each. */
  readonly more?: readonly string[];
  /** Real command lines with what each is for; the first one is in the overview, too. */
  readonly examples: readonly { readonly line: string; readonly what: string }[];
  /** Words that `-o` takes, the default first, or the one other form beside words; none where there is nothing to choose. */
  readonly forms?: readonly string[];
  /** It asks no cluster, so it takes neither connection nor scope. */
  readonly isLocal?: true;
  /** Flags that it takes although it asks no cluster. */
  readonly takes?: readonly string[];
  /** Flags that this one refuses or has no use for, though the table of flags gives them to it. */
  readonly without?: readonly string[];
  /** What its exit codes mean; 0 and 2, which every command has, only where there is more to say. */
  readonly exits?: Partial<Record<ExitCode, string>>;
  /** Commands and pages to go on with. */
  readonly next: readonly string[];
}

/** What an exit code means whatever the command. */
export const exitMeaning: Readonly<Record<ExitCode, string>> = {
  0: 'fine',
  1: 'could not do it: no cluster, no rights, an error; or a workload failed within the budget',
  2: 'wrong usage',
  3: 'a check has failed, or proxies are not as they should be',
  4: 'a run halted',
  130: 'interrupted',
};

export const targetWords: readonly string[] = [
  'A TARGET is NAMESPACE, NAMESPACE/KIND/NAME, or KIND/NAME with -n; KIND is as kubectl takes it (deploy, sts, ds).',
];

/** Every command that a user calls, in the order of the overview. */
export const allCommands: readonly CommandHelp[] = [
  {
    name: '',
    usage: [{ line: '', help: 'the live screen on a terminal, else the status' }],
    about:
      'Shows control plane, proxy versions and violations of the version skew live, and restarts what you mark.',
    more: [
      'Arrows move, Enter opens, x explains a row, p plans, r restarts after you have typed yes, ? lists all keys. Without a terminal it prints the status once.',
    ],
    examples: [
      { line: '--demo', what: 'try it on a simulated cluster' },
      { line: '', what: 'all namespaces of the current context' },
      { line: '-n emojivoto --read-only', what: 'one namespace; nothing can be restarted' },
    ],
    exits: {
      1: 'no cluster, no rights, or an error',
      4: 'the run that was shown halted',
      130: 'left by Ctrl-C, or while a run was unfinished',
    },
    next: ['docs/keys.md', 'docs/configuration.md'],
  },
  {
    name: 'status',
    usage: [{ line: 'status', help: 'print versions, skew, effects of restarts' }],
    about: 'Prints once, for scripts and for a quick look, what the live screen shows.',
    more: [
      'Without -n a row is a namespace, with -n a workload. RESTART says what a restart would do, TARGET which version new pods would get. It ends with 0 even when there are violations; verify does not.',
    ],
    examples: [
      { line: 'status', what: 'every namespace' },
      { line: 'status -n emojivoto -o wide', what: 'workloads of one, with classes and roles' },
      { line: 'status -o json | jq .totals', what: 'figures for a script' },
    ],
    forms: ['table', 'wide', 'json', 'yaml', 'name'],
    exits: { 1: 'no cluster, no rights, or an error' },
    next: ['explain SUBJECT', 'plan TARGET...', 'docs/classes.md', 'docs/schema/status.v1.json'],
  },
  {
    name: 'plan',
    usage: [{ line: 'plan TARGET...', help: 'what a restart would do, and what bars it' }],
    about:
      'Prints in which waves a restart would go, why, at what risk, and what would be left as it is. Writes nothing.',
    more: [
      ...targetWords,
      'A plan written with --out can be reviewed and then applied by restart --plan. A namespace named upgrade is plan -n upgrade.',
    ],
    examples: [
      { line: 'plan emojivoto', what: 'one namespace' },
      { line: 'plan -A --only violations --out plan.json', what: 'what nobody supports, for a review' },
      { line: 'plan shop/deploy/web shop/sts/db', what: 'two workloads, in this order' },
    ],
    forms: ['table', 'json', 'yaml'],
    without: ['to'],
    exits: { 1: 'no cluster, no rights, no such target, or an error' },
    next: [
      'restart --plan FILE',
      'docs/rollout.md',
      'docs/when-a-restart-does-not-help.md',
      'docs/schema/plan.v1.json',
    ],
  },
  {
    name: 'plan upgrade',
    usage: [{ line: 'plan upgrade [--to 2.20]', help: 'the way to a newer Linkerd, and what is done' }],
    about:
      "Prints Linkerd's upgrade guide for this cluster: each step on the way, ticked as far as the cluster shows it done.",
    more: [
      'VERSION is a release (2.20), a version (edge-26.6.3, enterprise-2.19.4) or latest-known, the newest that this program knows in your channel. The commands it prints are for you to run: it never upgrades the control plane itself.',
    ],
    examples: [
      { line: 'plan upgrade', what: 'to the newest release that is known' },
      { line: 'plan upgrade --to 2.20', what: 'to a release, step by step' },
      { line: 'plan upgrade -o json | jq .steps', what: 'for a ticket or a script' },
    ],
    forms: ['table', 'wide', 'json', 'yaml'],
    without: ['selector', ...planFlags.map(({ name }) => name), ...limitFlags.map(({ name }) => name)],
    exits: { 1: 'no way leads there, no cluster, no rights, or an error' },
    next: ['check --pre', 'docs/upgrade.md', 'docs/guide-coverage.md', 'docs/schema/advice.v1.json'],
  },
  {
    name: 'restart',
    usage: [
      { line: 'restart TARGET...', help: 'show the plan, ask, restart, prove each' },
      { line: 'restart --plan FILE', help: 'apply a plan that was reviewed' },
      { line: 'restart --resume [RUN]', help: 'go on with an unfinished run' },
    ],
    about:
      'Restarts workloads wave by wave, as kubectl rollout restart does, and goes on only while their pods prove it.',
    more: [
      ...targetWords,
      'It shows the plan and asks; without a terminal it needs --yes. Ctrl-C (or SIGTERM) starts nothing new, watches what was patched to its end and says how to resume; a second one leaves at once.',
      'With -o json it prints one JSON object a line to stdout and nothing else. kubectl rollout undo does not bring an old proxy back, since the injector adds it anew: pin does.',
    ],
    examples: [
      { line: 'restart emojivoto', what: 'asks before it writes' },
      { line: 'restart emojivoto/deploy/web --yes --reason CHG-1042', what: 'one workload, from a script' },
      { line: 'restart -A --only behind --dry-run=server', what: 'have the API server check every patch' },
      { line: 'restart --plan plan.json', what: 'what was reviewed, and nothing else' },
      { line: 'restart --resume --skip emojivoto/deploy/vote-bot', what: 'go on without it' },
      { line: 'restart -A --yes --max-parallel 5 --soak 5m -o json | tee run.jsonl', what: 'in a pipeline' },
    ],
    forms: ['json'],
    exits: {
      0: 'every workload proven, nothing to do, or a dry run without objection',
      1: 'refused before the first patch (preflight, lock, no answer), or done with failures within --failure-budget',
      4: 'the run halted; what was patched is watched, nothing more was started',
      130: 'interrupted; the last line says how to resume',
    },
    next: [
      'verify NAMESPACE',
      'report',
      'docs/rollout.md',
      'docs/ci.md',
      'docs/troubleshooting.md',
      'docs/schema/run-event.v1.json',
    ],
  },
  {
    name: 'runs',
    usage: [{ line: 'runs', help: 'list the runs recorded on this computer' }],
    about: 'Lists the runs whose journal is on this computer, newest first, with how each ended.',
    examples: [
      { line: 'runs', what: 'all of them' },
      { line: 'runs -o json', what: 'for a script' },
    ],
    forms: ['table', 'json'],
    isLocal: true,
    exits: { 1: 'the folder of journals cannot be read' },
    next: ['report RUN', 'restart --resume RUN', 'docs/schema/runs.v1.json'],
  },
  {
    name: 'report',
    usage: [{ line: 'report [RUN]', help: 'what a run did, as markdown, json or html' }],
    about:
      'Tells what a run did: who, when and why, versions before and after, failures, and a timeline; the newest run unless one is named.',
    examples: [
      { line: 'report -o html --out run.html', what: 'one page, for a ticket' },
      { line: 'report', what: 'Markdown to the terminal' },
      { line: 'report -o json | jq .counts', what: 'for a script' },
    ],
    forms: ['markdown', 'json', 'html', 'summary'],
    isLocal: true,
    exits: { 1: 'no such run, or its file cannot be read or written' },
    next: ['runs', 'docs/output.md', 'docs/schema/run-report.v1.json'],
  },
  {
    name: 'check',
    usage: [{ line: 'check', help: 'what linkerd check lacks, in its manner' }],
    about: 'Checks what linkerd check does not look at, in its manner and with its exit conventions.',
    more: [
      'With --pre it also checks what must hold before the control plane goes to the next release, or to --to VERSION. Checks that a rollout under way may turn are asked again until --wait is over.',
    ],
    examples: [
      { line: 'check', what: 'after an upgrade of the control plane' },
      { line: 'check --pre --to 2.20 -o short', what: 'before the next; only what is amiss' },
      { line: 'check -o json --wait 0', what: 'at once, for a monitor' },
    ],
    forms: ['table', 'short', 'json'],
    without: ['selector'],
    exits: { 1: 'the cluster could not be read', 3: 'a check has failed; warnings alone are 0' },
    next: ['plan upgrade', 'docs/checks.md', 'docs/linkerd-extension.md', 'docs/schema/check.v1.json'],
  },
  {
    name: 'verify',
    usage: [{ line: 'verify [NAMESPACE...]', help: '0 only if every proxy is at its target' }],
    about:
      'Ends with 0 only if every proxy is at its target or excused by name, none is missing, and nothing is under way.',
    more: ['What could not be read is no proof: then it ends with 1.'],
    examples: [
      { line: 'verify -A', what: 'the end of a pipeline' },
      { line: 'verify emojivoto', what: 'one namespace' },
      { line: 'verify -A --excuse legacy-billing --excuse shop/sts/db', what: 'except these, for now' },
    ],
    forms: ['table', 'json'],
    without: ['selector'],
    exits: {
      1: 'the cluster could not be read as a whole, or an --excuse excuses nothing',
      3: 'proxies are not at their target, violate the skew, or are missing',
    },
    next: ['explain SUBJECT', 'restart TARGET...', 'docs/ci.md', 'docs/schema/verification.v1.json'],
  },
  {
    name: 'explain',
    usage: [{ line: 'explain SUBJECT', help: 'why a workload, version or class is what it is' }],
    about: 'Says why something is of its class, what decides the version of a new proxy, and what to do.',
    more: [
      'A SUBJECT is a namespace, a workload (NAMESPACE/KIND/NAME), a version (edge-24.8.2, 2.19) or a class (violation); namespace/, version/ and class/ in front say which is meant.',
    ],
    examples: [
      { line: 'explain emojivoto/deploy/web', what: 'a workload' },
      { line: 'explain edge-24.8.2', what: 'what a version is, here' },
      { line: 'explain violation', what: 'a class, and who is of it' },
    ],
    forms: ['text', 'json', 'yaml'],
    without: ['selector'],
    exits: { 1: 'nothing of that name, no cluster, or an error' },
    next: [
      'plan TARGET',
      'docs/classes.md',
      'docs/when-a-restart-does-not-help.md',
      'docs/schema/explanation.v1.json',
    ],
  },
  {
    name: 'pin',
    usage: [{ line: 'pin TARGET', help: 'keep proxies at a version, by an annotation' }],
    about:
      'Pins proxies to a version by the annotation config.linkerd.io/proxy-version, on a namespace or a workload.',
    more: [
      ...targetWords,
      'It is the way back from a proxy that does harm. On a workload it changes the pod template, so its pods are replaced at once; on a namespace the next restart brings it.',
    ],
    examples: [
      {
        line: 'pin emojivoto/deploy/web --proxy-version edge-25.10.7',
        what: 'back to the proxy of before; asks',
      },
      { line: 'pin emojivoto --proxy-version edge-25.10.7 --dry-run=client', what: 'only show' },
    ],
    forms: ['table', 'json'],
    without: ['selector', 'all-namespaces'],
    exits: { 1: 'refused, declined, no such target, no rights, or an error' },
    next: ['unpin TARGET', 'docs/limits.md', 'docs/schema/pin.v1.json'],
  },
  {
    name: 'unpin',
    usage: [{ line: 'unpin TARGET', help: 'take that annotation away' }],
    about: 'Takes the pin away, so that new pods get what the control plane injects.',
    more: targetWords,
    examples: [
      { line: 'unpin emojivoto/deploy/web', what: 'asks; its pods are replaced at once' },
      { line: 'unpin emojivoto --yes', what: 'a namespace, from a script' },
    ],
    forms: ['table', 'json'],
    without: ['selector', 'all-namespaces'],
    exits: { 1: 'refused, declined, no such target, no rights, or an error' },
    next: ['restart TARGET...', 'verify NAMESPACE', 'docs/schema/pin.v1.json'],
  },
  {
    name: 'rbac',
    usage: [{ line: 'rbac [FOR...]', help: 'print the roles that this takes' }],
    about:
      'Prints the least roles and bindings for what is named, with the reason for every rule; asks no cluster.',
    more: [
      'FOR is read, follow, check, plan, probe, restart, lock, events, evict or pin, each with what it needs; argo adds Argo Rollouts. Without FOR it is what only looks. --for COMMAND takes all that a command uses, with all its flags.',
      '-n NAME, repeated, grants it in these namespaces only. Without --subject the roles are bound to nobody.',
    ],
    examples: [
      { line: 'rbac --subject Group:developers | kubectl apply -f -', what: 'looking, for a group' },
      {
        line: 'rbac restart -n emojivoto -n books --subject Group:sre',
        what: 'restarting in two namespaces',
      },
      {
        line: 'rbac --for restart --subject ServiceAccount:ci/bot --admission-policy',
        what: 'a pipeline, which may change nothing beyond the annotations of a restart',
      },
      { line: 'rbac --for status --for verify -o json', what: 'what two commands use' },
    ],
    forms: ['yaml', 'json'],
    isLocal: true,
    takes: ['namespace', 'all-namespaces', 'linkerd-namespace'],
    without: ['no-headers', 'selector'],
    next: ['docs/permissions.md'],
  },
  {
    name: 'completion',
    usage: [{ line: 'completion SHELL', help: 'what lets kubectl or a shell complete this' }],
    about: 'Prints a script that completes commands, flags, namespaces, workloads, contexts and versions.',
    more: [
      'SHELL is kubectl, bash, zsh, fish or powershell. kubectl asks an executable named kubectl_complete-linkerd_upgrade, in any folder of PATH. krew links the plugin only, so write that file yourself; an archive and the npm package bring it. The other scripts are for kubectl-linkerd_upgrade and linkerd-dataplane without kubectl in front.',
    ],
    examples: [
      {
        line: 'completion kubectl > ~/.local/bin/kubectl_complete-linkerd_upgrade',
        what: 'then chmod +x that file; the folder has to be on PATH',
      },
      { line: 'completion bash', what: 'in ~/.bashrc: source <(kubectl-linkerd_upgrade completion bash)' },
    ],
    isLocal: true,
    without: ['output', 'no-headers'],
    next: ['docs/completion.md'],
  },
  {
    name: 'version',
    usage: [{ line: 'version', help: 'print the version of this program' }],
    about: 'Prints the version of this program; asks nothing of anybody.',
    examples: [{ line: 'version', what: 'the same as --version' }],
    isLocal: true,
    next: ['status', 'CHANGELOG.md'],
  },
  {
    name: 'help',
    usage: [{ line: 'help [COMMAND]', help: 'print this help, or that of a command' }],
    about: 'Explains a command; help flags lists every flag, those of the connection among them.',
    examples: [
      { line: 'help restart', what: 'the same as restart --help' },
      { line: 'help flags', what: 'every flag' },
    ],
    isLocal: true,
    next: ['docs/commands.md'],
  },
];

/** The help of the command that these words begin with; undefined where there is none. */
export function commandNamed(words: readonly string[]): CommandHelp | undefined {
  const [first = '', second] = words;
  return (
    allCommands.find(({ name }) => second !== undefined && name === `${first} ${second}`) ??
    allCommands.find(({ name }) => name === first)
  );
}
