import { layOut } from '../report/columns.ts';
import {
  connectionFlags,
  type Flag,
  otherFlags,
  outputFlags,
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
  { usage: 'status', help: 'print versions, skew and what restarts would do' },
  { usage: 'plan NAMESPACE...', help: 'what a restart would do, and in which order' },
  { usage: 'restart NAMESPACE...', help: 'show the plan, ask, restart one by one' },
  { usage: 'verify [NAMESPACE...]', help: '0 only if every proxy is at its target' },
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
    'Examples:',
    ...indent([
      `${program}                        # live screen of all namespaces`,
      `${program} --demo                 # the same on a simulated cluster`,
      `${program} status -n emojivoto    # the workloads of one namespace`,
      `${program} status -o json | jq .totals`,
      `${program} plan -A --only violations`,
      `${program} restart emojivoto      # asks before it writes`,
    ]),
    '',
    ...section('What to look at', scopeFlags),
    ...section('Output', outputFlags),
    ...section('Plan and restart', restartFlags),
    ...section('Verify', verifyFlags),
    ...section('Other flags', otherFlags),
    ...section("Connection (kubectl's own flags; put them after the name of the plugin)", connectionFlags),
    'Exit codes: 0 fine, 1 could not do it, 2 wrong usage, 3 not verified, 4 a run halted,',
    '130 interrupted.',
  ].join('\n');
}

function section(title: string, flags: readonly Flag[]): readonly string[] {
  const rows = flags.map((flag) => [
    flag.short ? `-${flag.short},` : '',
    `--${flag.name}${flag.value ? ` ${flag.value}` : ''}`,
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
