import type { Explanation, Ground, GroundTopic } from '../guide/explanation.ts';
import { wrap } from './wrap.ts';

/** Headings of the topics. */
export const topicTitles: Readonly<Record<GroundTopic, string>> = {
  class: 'Class',
  trust: 'Trust roots',
  version: 'Version of a new proxy',
  injection: 'Injection',
  sidecar: 'Native sidecar',
  workloads: 'Workloads, by what a restart does',
  release: 'Release',
  cluster: 'In this cluster',
  notices: 'Notices that begin with it',
};

/** The grounds of an explanation topic by topic, in the order in which topics come up. */
export function byTopic(
  grounds: readonly Ground[],
): readonly (readonly [topic: GroundTopic, grounds: readonly Ground[]])[] {
  return [...new Set(grounds.map(({ topic }) => topic))].map(
    (topic) => [topic, grounds.filter((ground) => ground.topic === topic)] as const,
  );
}

/** What was looked at and what stands there: `linkerdVersion in linkerd-config: edge-25.11.3`. */
export function factOf({ what, value }: Ground): string {
  return value === '' ? what : `${what}: ${value}`;
}

/** Cells of a line of prose. */
const WIDTH = 98;

/** An explanation as lines of text. `>` stands before what decides. */
export function explanationText(explanation: Explanation): readonly string[] {
  const { subject, answer, grounds, restart, risks, rules, next } = explanation;
  return [
    subject,
    ...wrap(answer, WIDTH),
    ...byTopic(grounds).flatMap(([topic, found]) => [
      '',
      `${topicTitles[topic]}:`,
      ...found.flatMap(groundLines),
    ]),
    ...(restart === '' ? [] : ['', 'Restart:', ...indented(restart, '  ')]),
    ...risks.flatMap((risk) => indented(`risk: ${risk}`, '  ')),
    ...(rules.length === 0 ? [] : ['', 'Rules:']),
    ...rules.flatMap(({ text, link }) => [...indented(text, '  '), `    ${link}`]),
    ...(next.length === 0 ? [] : ['', 'Next:', ...next.map((command) => `  ${command}`)]),
  ];
}

function groundLines(ground: Ground): readonly string[] {
  const [first = '', ...more] = wrap(factOf(ground), WIDTH - 4);
  return [
    `${ground.decides ? '  > ' : '    '}${first}`,
    ...more.map((line) => `    ${line}`),
    ...(ground.follows === '' ? [] : indented(ground.follows, '      ')),
  ];
}

function indented(text: string, margin: string): readonly string[] {
  return wrap(text, WIDTH - margin.length).map((line) => `${margin}${line}`);
}
