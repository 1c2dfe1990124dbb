import type { Check, CheckCategory, CheckResult } from '../checks.ts';

const DOCS = 'https://github.com/linkerd-upgrade/kubectl-linkerd-upgrade/blob/main/docs/checks.md';

/** One thing that is not as it should be. */
export interface Finding {
  /** One line; names namespace, kind and name where it is about a workload. */
  readonly text: string;
  /** A rollout is under way that may make it pass. */
  readonly settles?: boolean;
}

/** A check before it is asked: what it is called, how much weighs what it finds, and where it looks. */
export interface Rule<T> {
  /** Heading of its section in docs/checks.md. */
  readonly anchor: string;
  readonly description: string;
  /** What a finding makes of the check, as linkerd weighs its own: an error only where something is broken now. */
  readonly weight: Exclude<CheckResult, 'success'>;
  /** Half a sentence above the findings, where they do not speak for themselves. */
  readonly summary?: string;
  readonly look: (subject: T) => readonly Finding[];
  /** Why it cannot be told, where that is so; nothing is looked at then, and the check is a warning. */
  readonly blind?: (subject: T) => string | undefined;
}

/** Rules that are reported under one heading. */
export interface RuleSet<T> {
  readonly name: string;
  readonly rules: readonly Rule<T>[];
}

/** Asks the rules of one category. */
export function ask<T>({ name, rules }: RuleSet<T>, subject: T): CheckCategory {
  return { name, checks: rules.map((rule) => askOne(rule, subject)) };
}

function askOne<T>(rule: Rule<T>, subject: T): Check {
  const why = rule.blind?.(subject);
  if (why === undefined) return checkOf(rule, rule.look(subject));
  const { anchor, description } = rule;
  return checkOf({ anchor, description, weight: 'warning' }, [{ text: why }]);
}

/** A rule and what it has found as a check. */
export function checkOf(
  { anchor, description, weight, summary = '' }: Omit<Rule<never>, 'look'>,
  findings: readonly Finding[],
): Check {
  if (findings.length === 0) {
    return { anchor, description, result: 'success', summary: '', findings: [], hint: '', settles: false };
  }
  return {
    anchor,
    description,
    result: weight,
    summary,
    findings: findings.map(({ text }) => text),
    hint: `${DOCS}#${anchor}`,
    settles: weight === 'error' && findings.every(({ settles }) => settles === true),
  };
}

/** A finding, or none. */
export function when(condition: boolean, text: string, settles = false): readonly Finding[] {
  return condition ? [{ text, settles }] : [];
}
