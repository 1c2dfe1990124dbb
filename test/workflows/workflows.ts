import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseDocument } from 'yaml';

export const root = fileURLToPath(new URL('../..', import.meta.url));

/** A step of a job, as far as rules look at it. */
export interface Step {
  readonly uses: string;
  /** What stands behind `uses` as a comment. */
  readonly comment: string;
  readonly run: string;
  readonly env: Readonly<Record<string, unknown>>;
  readonly with: Readonly<Record<string, unknown>>;
}

export interface Job {
  readonly name: string;
  readonly permissions: unknown;
  readonly timeout: unknown;
  readonly runsOn: unknown;
  readonly needs: readonly string[];
  readonly matrix: Readonly<Record<string, unknown>>;
  readonly steps: readonly Step[];
}

export interface Workflow {
  /** `.github/workflows/test.yaml`. */
  readonly path: string;
  readonly text: string;
  readonly permissions: unknown;
  readonly concurrency: unknown;
  readonly triggers: Readonly<Record<string, unknown>>;
  readonly jobs: readonly Job[];
}

function fields(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {};
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** Reads a workflow; what has another form than expected counts as absent. */
export function workflowIn(path: string, source: string): Workflow {
  const content = fields(parseDocument(source).toJS());
  const jobs = Object.entries(fields(content.jobs)).map(([name, job]): Job => {
    const parts = fields(job);
    const needs = typeof parts.needs === 'string' ? [parts.needs] : list(parts.needs).map(text);
    return {
      name,
      permissions: parts.permissions,
      timeout: parts['timeout-minutes'],
      runsOn: parts['runs-on'],
      needs,
      matrix: fields(fields(parts.strategy).matrix),
      steps: list(parts.steps).map((step): Step => {
        const one = fields(step);
        const uses = text(one.uses);
        return {
          uses,
          comment: uses === '' ? '' : commentAfter(source, uses),
          run: text(one.run),
          env: fields(one.env),
          with: fields(one.with),
        };
      }),
    };
  });
  return {
    path,
    text: source,
    permissions: content.permissions,
    concurrency: content.concurrency,
    triggers: fields(content.on),
    jobs,
  };
}

function commentAfter(source: string, uses: string): string {
  const line = source.split('\n').find((candidate) => candidate.includes(`uses: ${uses}`)) ?? '';
  return / # (.*)$/.exec(line)?.[1] ?? '';
}

export function workflows(): readonly Workflow[] {
  return globSync('.github/workflows/*', { cwd: root })
    .map((path) => path.replaceAll('\\', '/'))
    .sort()
    .map((path) => workflowIn(path, readFileSync(join(root, path), 'utf8')));
}
