import type { Labels } from '../../kube/records.ts';

/** From the least critical to the most. */
export type Environment = 'non-production' | 'unknown' | 'production';

const nonProduction: ReadonlySet<string> = new Set(
  (
    'dev develop development devel test tests testing qa uat int integration stage staging stg sandbox demo preview ' +
    'preprod nonprod playground lab poc tmp temp ci e2e loadtest perf'
  ).split(' '),
);
const production: ReadonlySet<string> = new Set(['prod', 'production', 'prd', 'live']);
/** Words that turn `prod` behind them into its opposite. */
const negations: ReadonlySet<string> = new Set(['non', 'not', 'pre']);

/** Last parts of the label keys that name an environment; the first that says something is taken. */
const labelNames = ['environment', 'env', 'stage', 'lifecycle'];

/**
 * How critical a namespace is, by a label such as `env` or `app.example.com/environment`, else by a word of its name.
 * `unknown` where neither says anything.
 */
export function environmentOf(name: string, labels: Labels): Environment {
  for (const wanted of labelNames) {
    for (const key of Object.keys(labels).sort()) {
      if (key.slice(key.lastIndexOf('/') + 1).toLowerCase() !== wanted) continue;
      const found = byWords(labels[key] ?? '');
      if (found !== 'unknown') return found;
    }
  }
  return byWords(name);
}

/** Place among the environments, the least critical first. */
export function criticality(environment: Environment): number {
  return { 'non-production': 0, unknown: 1, production: 2 }[environment];
}

function byWords(text: string): Environment {
  const words = text
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    // `test2` and `dev01` are numbered.
    .map((word) => word.replace(/(?<=[a-z])\d+$/, ''));
  let found: Environment = 'unknown';
  for (const [at, word] of words.entries()) {
    if (nonProduction.has(word)) return 'non-production';
    if (!production.has(word)) continue;
    if (negations.has(words[at - 1] ?? '')) return 'non-production';
    found = 'production';
  }
  return found;
}
