import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { root, type Workflow } from './workflows.ts';

/** What is wrong with a workflow by rules that are stricter than GitHub's, each with the place. */
export function problemsOf(workflow: Workflow, npmScripts: ReadonlySet<string>): readonly string[] {
  return [...wholeProblems(workflow), ...jobProblems(workflow), ...stepProblems(workflow, npmScripts)].map(
    (problem) => `${workflow.path}: ${problem}`,
  );
}

const FULL_HASH = /^[\w.-]+\/[\w./-]+@[0-9a-f]{40}$/;
const RELEASE = /^v\d+\.\d+\.\d+$/;
/** Rights that write, and the only jobs that may have them. */
const WRITERS: Readonly<Record<string, readonly string[]>> = {
  contents: ['github'],
  'id-token': ['attest', 'npm'],
  attestations: ['attest'],
};

function wholeProblems({ permissions, concurrency, triggers, text }: Workflow): readonly string[] {
  const problems: string[] = [];
  if (JSON.stringify(permissions) !== '{}') problems.push('permissions of the whole workflow are not {}');
  if (concurrency === undefined) problems.push('no concurrency');
  for (const trigger of ['pull_request_target', 'workflow_run', 'issue_comment']) {
    if (trigger in triggers) problems.push(`${trigger} runs with the rights of the repository`);
  }
  if (/\$\{\{\s*secrets\./.test(text)) problems.push('a secret: no job needs one');
  return problems;
}

function jobProblems({ jobs }: Workflow): readonly string[] {
  const names = new Set(jobs.map(({ name }) => name));
  return jobs.flatMap(({ name, permissions, timeout, runsOn, matrix, needs }) => {
    const problems: string[] = [];
    if (typeof permissions !== 'object' || permissions === null) {
      problems.push('no permissions');
    } else {
      for (const [right, level] of Object.entries(permissions)) {
        if (level === 'read' || level === 'none') continue;
        if (!WRITERS[right]?.includes(name)) problems.push(`${right}: ${String(level)} is not for this job`);
      }
    }
    if (typeof timeout !== 'number' || timeout > 60) problems.push('no timeout of an hour at most');
    const systems = [runsOn, ...(Array.isArray(matrix.os) ? matrix.os : [])].map(String);
    if (systems.some((system) => system.endsWith('-latest')))
      problems.push('a runner that changes by itself');
    problems.push(
      ...needs.filter((need) => !names.has(need)).map((need) => `needs ${need}, which is no job`),
    );
    return problems.map((problem) => `job ${name}: ${problem}`);
  });
}

function stepProblems({ jobs }: Workflow, npmScripts: ReadonlySet<string>): readonly string[] {
  return jobs.flatMap(({ name, steps }) =>
    steps.flatMap(({ uses, comment, run, with: inputs }) => {
      const problems: string[] = [];
      if (uses !== '' && !FULL_HASH.test(uses)) problems.push(`${uses} is not pinned by a full hash`);
      if (uses !== '' && !RELEASE.test(comment)) problems.push(`${uses} does not say which release it is`);
      if (uses.startsWith('actions/checkout@') && inputs['persist-credentials'] !== false) {
        problems.push('checkout leaves its token behind');
      }
      // Text that others write would become a part of the script: it goes through the environment.
      if (run.includes('${{')) problems.push(`an expression inside a script: ${run}`);
      for (const [, path = ''] of run.matchAll(/(?:^|\s)((?:scripts|\.ci|test)\/[\w./-]+)/g)) {
        if (!existsSync(join(root, path))) problems.push(`${path} does not exist`);
      }
      for (const [, script = ''] of run.matchAll(/npm run (?:--\w+ )*([\w:]+)/g)) {
        if (!npmScripts.has(script)) problems.push(`npm run ${script} does not exist`);
      }
      return problems.map((problem) => `job ${name}: ${problem}`);
    }),
  );
}
