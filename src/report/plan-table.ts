import type { WorkloadKey } from '../mesh/view.ts';
import { count } from '../mesh/words.ts';
import type { Plan, PlanItem } from '../rollout/plan/plan.ts';
import { layOut } from './columns.ts';

/** A plan as lines of text: the restarts in their order, their risks, what is left out, and what forbids all of it. */
export function planTable(plan: Plan): readonly string[] {
  return [
    ...restarts(plan),
    ...section('Risks:', risks(plan.items)),
    ...section(
      'Left as they are:',
      layOut(
        undefined,
        plan.exclusions.map(({ key, effect, reason }) => [nameOf(key), effect.kind, reason]),
      ),
    ),
    ...section('Nothing may be restarted now:', plan.blocked),
  ];
}

/** `books deployment/webapp`. */
export function nameOf({ namespace, kind, name }: WorkloadKey): string {
  return `${namespace} ${kind.toLowerCase()}/${name}`;
}

function restarts({ items }: Plan): readonly string[] {
  if (items.length === 0) {
    return ['Nothing to restart.'];
  }
  const pods = items.reduce((sum, item) => sum + item.pods, 0);
  const rows = items.map(({ key, from, expected, pods: starts }, at) => [
    String(at + 1),
    key.namespace,
    `${key.kind.toLowerCase()}/${key.name}`,
    Object.keys(from).join(', ') || '-',
    expected.version,
    String(starts),
  ]);
  return [
    ...layOut(['ORDER', 'NAMESPACE', 'WORKLOAD', 'FROM', 'TO', 'PODS'], rows),
    '',
    `${count(items.length, 'workload')}, ${count(pods, 'pod')}, one workload after the other`,
  ];
}

function risks(items: readonly PlanItem[]): readonly string[] {
  return layOut(
    undefined,
    items.flatMap(({ key, risks: found }) => found.map(({ text }) => [nameOf(key), text])),
  );
}

function section(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ['', title, ...lines.map((line) => `  ${line}`)];
}
