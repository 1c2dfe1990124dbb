import type { Explanation } from '../guide/explanation.ts';

export const EXPLANATION_SCHEMA = 'kubectl-linkerd-upgrade/explanation/v1';

/** The document behind `explain -o json`; its form is published in docs/schema/explanation.v1.json. */
export interface ExplanationDocument extends Explanation {
  readonly schema: typeof EXPLANATION_SCHEMA;
}

/** An explanation as data. */
export function explanationDocument(explanation: Explanation): ExplanationDocument {
  const { subject, answer, grounds, restart, risks, rules, next } = explanation;
  return {
    schema: EXPLANATION_SCHEMA,
    subject,
    answer,
    grounds: grounds.map(({ topic, what, value, follows, decides }) => ({
      topic,
      what,
      value,
      follows,
      decides,
    })),
    restart,
    risks,
    rules: rules.map(({ text, link }) => ({ text, link })),
    next,
  };
}
