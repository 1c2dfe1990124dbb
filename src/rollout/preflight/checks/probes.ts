import { surgeOf } from '../../../mesh/surge.ts';
import { type ProbeAnswer, type ProbeFacts, type WorkloadId, workloadId } from '../facts.ts';
import { injectorsFault, type ProbeFailure, probeFailure } from '../probe-failure.ts';
import type { Finding } from '../report.ts';
import {
  blocker,
  type Case,
  type Check,
  excluded,
  type Subject,
  some,
  someOf,
  unknown,
  type Verdict,
  warning,
} from '../verdict.ts';
import { selection } from './webhook.ts';

interface Probed {
  readonly subject: Subject;
  readonly answer: ProbeAnswer;
}

/** What the dry-run pods came back with is what was planned. */
export const probes: Check = (of) => {
  const { probes: facts } = of.facts;
  if (!facts.asked) {
    return [];
  }
  const probed = meant(of, facts.answers);
  return [...failures(probed), ...surprises(probed), ...untried(of, probed)];
};

/** The answers of workloads that should have come back with a proxy. */
function meant(of: Case, answers: readonly ProbeFacts[]): readonly Probed[] {
  const without = new Set(
    selection(of).flatMap((verdict) => ('key' in verdict ? [workloadId(verdict.key)] : [])),
  );
  const subjects = new Map<WorkloadId, Subject>(of.subjects.map((subject) => [subject.id, subject]));
  return answers.flatMap(({ key, answer }) => {
    const subject = subjects.get(workloadId(key));
    return !subject || without.has(subject.id) ? [] : [{ subject, answer }];
  });
}

function failures(probed: readonly Probed[]): readonly Verdict[] {
  const failed = probed.flatMap(({ subject, answer }) => {
    const failure = probeFailure(answer);
    return failure === undefined ? [] : [{ subject, failure, words: wordsOf(answer) }];
  });
  const kinds = new Set(failed.map(({ failure }) => failure));
  const decided = probed.filter(({ answer }) => answer.answer === 'proxy').length + failed.length;
  const [kind] = kinds;
  const first = failed[0];
  if (first && kind && kinds.size === 1 && failed.length === decided && injectorsFault.has(kind)) {
    return [
      blocker(
        kind === 'unreachable' ? 'injector' : 'probe',
        common(
          kind,
          failed.map(({ subject }) => subject),
          first.words,
        ),
      ),
    ];
  }
  const unreachable = failed.find(({ failure }) => failure === 'unreachable');
  return [
    ...(unreachable
      ? [blocker('injector', common('unreachable', [unreachable.subject], unreachable.words))]
      : []),
    ...failed.flatMap(({ subject, failure, words }) => single(subject, failure, words)),
  ];
}

function wordsOf(answer: ProbeAnswer): string {
  return answer.answer === 'refused' ? answer.message : '';
}

/** A failure that all share. */
function common(kind: ProbeFailure, subjects: readonly Subject[], words: string): string {
  const whom = someOf(subjects);
  switch (kind) {
    case 'unreachable':
      return `the API server cannot call the injector (dry-run pod of ${whom}): ${words}`;
    case 'bare':
      return `new pods come back without a proxy in a dry run (${whom}), although webhook and namespaces ask for one: the injector is not called, or fails`;
    default:
      return `the injector refuses new pods in a dry run (${whom}): ${words}`;
  }
}

/** A failure of one workload among others that came back as they should. */
function single(subject: Subject, failure: ProbeFailure, words: string): readonly Verdict[] {
  switch (failure) {
    case 'unreachable':
      return [];
    case 'bare':
      return [excluded(subject, 'its pod came back without a proxy in a dry run, although one was expected')];
    case 'denied':
      return [excluded(subject, `the injector refuses its pod in a dry run: ${words}`)];
    case 'policy':
      return [excluded(subject, `admission refuses its pod in a dry run: ${words}`)];
    case 'quota':
      return overQuota(subject, words);
  }
}

/** A dry-run pod comes on top of those that run, which is what an update does that surges, and no other. */
function overQuota(subject: Subject, words: string): readonly Verdict[] {
  const surge = subject.record && surgeOf(subject.record);
  if (!surge || surge.above === 0) {
    return [];
  }
  if (surge.below === 0) {
    return [
      excluded(
        subject,
        `the quota of its namespace has no room for one more pod, which its update must start first (maxUnavailable 0): ${words}`,
      ),
    ];
  }
  return [
    warning('quota', `a further pod of ${subject.id} would be refused until an old one has gone: ${words}`),
  ];
}

/** Pods with a proxy, but not the one that was planned. */
function surprises(probed: readonly Probed[]): readonly Finding[] {
  const findings: Finding[] = [];
  const versions = new Map<string, Subject[]>();
  const others: Subject[] = [];
  const unreadable: Subject[] = [];
  const ordinary: Subject[] = [];
  for (const { subject, answer } of probed) {
    if (answer.answer !== 'proxy') {
      continue;
    }
    const { expected } = subject.item;
    if (answer.version === '') {
      unreadable.push(subject);
    } else if (answer.version !== expected.version) {
      const change = `${answer.version}, and ${expected.version} was planned`;
      versions.set(change, [...(versions.get(change) ?? []), subject]);
    }
    if (expected.trustRootSha256 !== '' && answer.trustRootSha256 !== expected.trustRootSha256) {
      others.push(subject);
    }
    if (answer.shape === 'ordinary-init') {
      ordinary.push(subject);
    }
  }
  for (const [change, subjects] of versions) {
    findings.push(blocker('target', `the injector gives ${someOf(subjects)} the proxy ${change}`));
  }
  if (others.length > 0) {
    const text = `the injector gives ${someOf(others)} another trust bundle than the one planned: it has not taken up the present one, or it has just changed`;
    findings.push(blocker('trust-roots', text));
  }
  if (ordinary.length > 0) {
    const text = `the proxy of ${someOf(ordinary)} comes back as an ordinary init container, so this server does not know native sidecars and the pods would never start: set proxy.nativeSidecar to false`;
    findings.push(blocker('kubernetes', text));
  }
  if (unreadable.length > 0) {
    findings.push(
      unknown('probe', `the version of the proxy that ${someOf(unreadable)} would get cannot be read`),
    );
  }
  return findings;
}

/** What was not tried, and so stays a prediction. */
function untried({ facts: { probes: facts } }: Case, probed: readonly Probed[]): readonly Finding[] {
  const findings: Finding[] = [];
  if (facts.forbidden.length > 0) {
    const text = `you may not create pods in ${some(facts.forbidden)}, so what the injector gives there is predicted and has not been tried`;
    findings.push(unknown('probe', text));
  }
  if (facts.omitted > 0) {
    const text = `${facts.omitted} more kinds of template have not been tried, and stay a prediction`;
    findings.push(unknown('probe', text));
  }
  for (const { subject, answer } of probed) {
    if (answer.answer === 'unprobed') {
      findings.push(unknown('probe', `no pod of ${subject.id} could be tried: ${answer.why}`));
    }
  }
  return findings;
}
