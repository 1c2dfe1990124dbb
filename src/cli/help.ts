import { layOut } from '../report/columns.ts';
import {
  checkFlags,
  connectionFlags,
  type Flag,
  limitFlags,
  otherFlags,
  outputFlags,
  pinFlags,
  planFlags,
  restartFlags,
  scopeFlags,
  verifyFlags,
} from './flags.ts';

/** One command as the help shows it. */
interface Command {
  readonly usage: string;
  readonly help: string;
}

const commands: readonly Command[] = [
  { usage: '', help: 'the live screen on a terminal, else the status' },
  { usage: 'status', help: 'print versions, skew, effects of restarts' },
  { usage: 'plan TARGET...', help: 'what a restart would do, and what bars it' },
  { usage: 'plan upgrade [--to 2.20]', help: 'the way to a newer Linkerd, and what is done' },
  { usage: 'restart TARGET...', help: 'show the plan, ask, restart, prove each' },
  { usage: 'restart --plan FILE', help: 'apply a plan that was reviewed' },
  { usage: 'restart --resume [RUN]', help: 'go on with an unfinished run' },
  { usage: 'runs', help: 'list the runs recorded on this computer' },
  { usage: 'report [RUN]', help: 'what a run did, as markdown, json or html' },
  { usage: 'check', help: 'what linkerd check lacks, in its manner' },
  { usage: 'verify [NAMESPACE...]', help: '0 only if every proxy is at its target' },
  { usage: 'explain SUBJECT', help: 'why a workload, version or class is what it is' },
  { usage: 'pin TARGET', help: 'keep proxies at a version, by an annotation' },
  { usage: 'unpin TARGET', help: 'take that annotation away' },
  { usage: 'version', help: 'print the version of this program' },
  { usage: 'help', help: 'print this help' },
];

/** The text of `--help`, for a program that was started as `program`. */
export function helpText(program: string): string {
  return [
    'Shows which Linkerd proxies lag behind their control plane, says what a restart',
    'of each workload would do, and restarts namespaces safely.',
    '',
    'It restarts your workloads; it is not `linkerd upgrade`, which renders manifests',
    'for the control plane.',
    '',
    'Usage:',
    ...indent(
      layOut(
        undefined,
        commands.map(({ usage, help }) => [`${program} ${usage}`.trim(), help]),
      ),
    ),
    '',
    'A TARGET is NAMESPACE or NAMESPACE/KIND/NAME; KIND is as kubectl takes it. A SUBJECT is that too,',
    'a version (edge-24.8.2, 2.19) or a class (violation); namespace/, version/ and class/ say which.',
    'A namespace named upgrade is `plan -n upgrade`.',
    '',
    'Examples:',
    ...indent([
      `${program}                        # live screen of all namespaces`,
      `${program} --demo                 # the same on a simulated cluster`,
      `${program} status -n emojivoto    # the workloads of one namespace`,
      `${program} status -o json | jq .totals`,
      `${program} plan -A --only violations --out plan.json`,
      `${program} plan upgrade --to 2.20`,
      `${program} restart --plan plan.json`,
      `${program} restart emojivoto      # asks before it writes`,
      `${program} restart emojivoto/deploy/web --yes --reason CHG-1042`,
      `${program} restart -A --only behind --dry-run=server`,
      `${program} restart -A --yes --max-parallel 5 --soak 5m -o json | tee run.jsonl`,
      `${program} restart --resume --skip emojivoto/deploy/vote-bot`,
      `${program} check --pre --to 2.20 -o short`,
      `${program} report -o html --out run.html`,
      `${program} explain emojivoto/deploy/web`,
      `${program} pin emojivoto/deploy/web --proxy-version edge-25.10.7`,
    ]),
    '',
    ...section('What to look at', scopeFlags),
    ...section('Output', outputFlags),
    ...section('Plan and restart', planFlags),
    ...section('Restart', restartFlags),
    ...section(
      'Limits of a run (and what they are without the flag); DURATION is 30s, 5m, 1h30m',
      limitFlags,
    ),
    ...section('Pin', pinFlags),
    ...section('Check', checkFlags),
    ...section('Verify', verifyFlags),
    ...section('Other flags', otherFlags),
    ...section("Connection (kubectl's own flags; put them after the name of the plugin)", connectionFlags),
    'A run: Ctrl-C (or SIGTERM) starts nothing new, watches what was patched to its end, and says how',
    'to resume; a second one leaves at once. Without a terminal `restart` needs --yes. With -o json it',
    'prints one JSON object a line (docs/schema/run-event.v1.json), and nothing else, to stdout.',
    '`kubectl rollout undo` does not bring the old proxy back, since the injector adds it anew: pin does.',
    '',
    'Exit codes: 0 fine, 1 could not do it (or a workload failed within the budget), 2 wrong usage,',
    '3 not verified or a failed check, 4 a run halted, 130 interrupted.',
  ].join('\n');
}

function section(title: string, flags: readonly Flag[]): readonly string[] {
  const rows = flags.map((flag) => [
    flag.short ? `-${flag.short},` : '',
    `--${flag.name}${flag.value ? `${flag.alone === undefined ? ' ' : '='}${flag.value}` : ''}`,
    flag.help,
  ]);
  const names = rows.map(([short = '', long = '']) => `${short.padEnd(3)} ${long}`);
  return [
    `${title}:`,
    ...indent(
      layOut(
        undefined,
        rows.map((row, at) => [names[at] ?? '', row[2] ?? '']),
      ),
    ),
    '',
  ];
}

function indent(lines: readonly string[]): readonly string[] {
  return lines.map((line) => `  ${line}`);
}
