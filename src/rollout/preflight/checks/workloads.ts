/** What speaks against single workloads: gone, unhealthy, moving, without slack. */
import type { RiskKind } from '../../../mesh/view.ts';
import { workloadId } from '../facts.ts';
import { type Check, excluded, type Subject, some, unknown, unreadable, warning } from '../verdict.ts';

/** Namespaces and workloads are still there. */
export const presence: Check = ({ facts: { namespaces, probes }, subjects }) => {
  const gone = new Set(
    probes.answers.filter(({ answer }) => answer.answer === 'gone').map(({ key }) => workloadId(key)),
  );
  return subjects.flatMap((subject) => {
    const { namespace } = subject.key;
    const home = namespaces.get(namespace);
    if (home?.state === 'absent') {
      return [excluded(subject, `namespace ${namespace} no longer exists`)];
    }
    if (home?.state === 'known' && (home.value.deletedAt > 0 || home.value.phase === 'Terminating')) {
      return [excluded(subject, `namespace ${namespace} is being deleted`)];
    }
    return gone.has(subject.id) ? [excluded(subject, 'it was deleted')] : [];
  });
};

function risk({ view, item }: Subject, kind: RiskKind): string | undefined {
  return (view?.risks ?? item.risks).find((candidate) => candidate.kind === kind)?.text;
}

function withRisk(subjects: readonly Subject[], kind: RiskKind): readonly string[] {
  return subjects.flatMap((subject) => {
    const text = risk(subject, kind);
    return text === undefined ? [] : [`${subject.id} (${text})`];
  });
}

/** Workloads are well and at rest. Whether one is restarted all the same is decided at its turn. */
export const health: Check = ({ subjects }) => {
  const sick = withRisk(subjects, 'unhealthy');
  const rolling = withRisk(subjects, 'rolling');
  return [
    ...(sick.length === 0
      ? []
      : [warning('health', `not healthy: ${some(sick)}; a restart could take the last healthy pods`)]),
    ...(rolling.length === 0
      ? []
      : [warning('health', `already rolling: ${some(rolling)}; a restart waits until that is over`)]),
  ];
};

/** Disruption budgets have something left. */
export const budget: Check = ({ facts: { budgetsUnread = [] }, subjects }) => {
  const evicted = withRisk(
    subjects.filter(({ item }) => item.method !== 'restart'),
    'budget-spent',
  );
  const rolled = withRisk(
    subjects.filter(({ item }) => item.method === 'restart'),
    'budget-spent',
  );
  return [
    ...(rolled.length === 0
      ? []
      : [
          warning(
            'budget',
            `budget already spent, which a rolling update does not ask about: ${some(rolled)}`,
          ),
        ]),
    ...(evicted.length === 0
      ? []
      : [
          warning(
            'budget',
            `budget already spent, so evictions are refused until it has slack: ${some(evicted)}`,
          ),
        ]),
    ...(budgetsUnread.length === 0
      ? []
      : [
          unknown(
            'budget',
            `PodDisruptionBudgets cannot be read in ${some(budgetsUnread)}: whether they are spent is not known`,
          ),
        ]),
  ];
};

/** Autoscalers have room for the load that a restart shifts. */
export const autoscaler: Check = ({ facts: { autoscalers }, subjects }) => {
  const full = subjects.flatMap(({ key, id }) => {
    const part = autoscalers.get(key.namespace);
    const own = (part?.state === 'known' ? part.value : []).find(
      ({ target }) => target.kind === key.kind && target.name === key.name,
    );
    return own && own.maximum > 0 && own.current >= own.maximum
      ? [`${id} (${own.current} of ${own.maximum} replicas)`]
      : [];
  });
  const findings = unreadable(
    'autoscaler',
    'HorizontalPodAutoscalers',
    autoscalers,
    'whether they are at their maximum is not known',
  );
  return full.length === 0
    ? findings
    : [
        warning(
          'autoscaler',
          `autoscaled to the maximum, so load has nowhere to go during a restart: ${some(full)}`,
        ),
        ...findings,
      ];
};
