/**
 * Linkerd's part in `linkerd check` with an extension, after linkerd2 `cli/cmd/check_extensions.go` and
 * `pkg/healthcheck/healthcheck_output.go`: how it finds one, what it passes, what it parses, and what it prints of that.
 */
import { spawn } from 'node:child_process';
import { basename } from 'node:path';
import type { Finished } from './program.ts';

/** What linkerd passes by default, in its order (pflag's `VisitAll` sorts by name within a set). */
export const LINKERD_ARGUMENTS = [
  '--linkerd-namespace=linkerd',
  '--verbose=false',
  '--proxy=false',
  '--wait=5m0s',
  '--as-group=[]',
  '--output=json',
] as const;

export interface LinkerdResult {
  readonly category: string;
  readonly description: string;
  /** undefined: no error. */
  readonly error: string | undefined;
  readonly hint: string;
  readonly warning: boolean;
}

/** Whether a program passes for an extension whose checks are always run. */
export async function isExtension(path: string, env: NodeJS.ProcessEnv): Promise<boolean> {
  const { stdout } = await runBare(path, ['_extension-metadata'], env);
  const metadata = fields(JSON.parse(stdout));
  return (
    metadata.name?.toString().toLowerCase() === basename(path).toLowerCase() && metadata.checks === 'always'
  );
}

/** Runs the checks of an extension and reads its answer. */
export async function linkerdCheck(
  path: string,
  flags: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<{ readonly results: readonly LinkerdResult[]; readonly finished: Finished }> {
  const finished = await runBare(path, ['check', ...flags], env);
  try {
    return { results: parsed(finished.stdout), finished };
  } catch (problem) {
    const command = [path, 'check', ...flags].join(' ');
    const error =
      finished.stderr ||
      `invalid extension check output from "${command}" (JSON object expected):\n${finished.stdout}\n[${problem}]`;
    const result = {
      category: basename(path),
      description: `Running: ${command}`,
      error,
      hint: '',
      warning: false,
    };
    return { results: [result], finished };
  }
}

/** Without standard input, as Go's exec.Command leaves it; both outputs are kept apart. */
function runBare(path: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<Finished> {
  return new Promise((resolve, reject) => {
    const child = spawn(path, args, { stdio: ['ignore', 'pipe', 'pipe'], env });
    const parts: Record<'stdout' | 'stderr', Buffer[]> = { stdout: [], stderr: [] };
    child.stdout.on('data', (bytes: Buffer) => parts.stdout.push(bytes));
    child.stderr.on('data', (bytes: Buffer) => parts.stderr.push(bytes));
    child.on('error', reject);
    child.on('close', (code) =>
      resolve({
        code,
        stdout: Buffer.concat(parts.stdout).toString('utf8'),
        stderr: Buffer.concat(parts.stderr).toString('utf8'),
      }),
    );
  });
}

/** As Go's json.Unmarshal into CheckOutput does: one value and no more, unknown fields passed by, types as declared. */
function parsed(text: string): readonly LinkerdResult[] {
  const output = fields(JSON.parse(text));
  typed(output.success, 'boolean');
  return arrayOf(output.categories).flatMap((item) => {
    const category = fields(item);
    return arrayOf(category.checks).map((entry) => {
      const check = fields(entry);
      const error = typed(check.error, 'string');
      return {
        category: typed(category.categoryName, 'string'),
        description: typed(check.description, 'string'),
        error: error === '' ? undefined : error,
        hint: typed(check.hint, 'string'),
        warning: typed(check.result, 'string') === 'warning',
      };
    });
  });
}

function fields(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error('not an object');
  return Object.fromEntries(Object.entries(value));
}

function arrayOf(value: unknown): readonly unknown[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw new Error('not an array');
  return value;
}

/** A field that is not there has Go's zero value, which reads as '' here. */
function typed(value: unknown, type: 'string' | 'boolean'): string {
  if (value === undefined || value === null) return '';
  const found = typeof value;
  if (found !== type) throw new Error(`cannot unmarshal ${found} into Go struct field of type ${type}`);
  return String(value);
}

/** What linkerd prints of results in its table. */
export function linkerdTable(results: readonly LinkerdResult[]): string {
  let text = '';
  let category: string | undefined;
  for (const { category: own, description, error, hint, warning } of results) {
    if (own !== category) {
      text += `${category === undefined ? '' : '\n'}${own}\n${'-'.repeat(own.length)}\n`;
      category = own;
    }
    const status = error === undefined ? '√' : warning ? '‼' : '×';
    text += `${status} ${description}\n`;
    if (error !== undefined) text += `    ${error}\n${hint === '' ? '' : `    see ${hint} for hints\n`}`;
  }
  return `${text}\nStatus check results are ${isSuccess(results) ? '√' : '×'}\n`;
}

/** Warnings are no failures; an error without a text is none either. */
export function isSuccess(results: readonly LinkerdResult[]): boolean {
  return results.every(({ error, warning }) => error === undefined || warning);
}

/** JSON documents one after another, as `linkerd check -o json` prints its own and those of its extensions. */
export function documents(text: string): readonly unknown[] {
  const found: unknown[] = [];
  let depth = 0;
  let start = 0;
  let quoted = false;
  for (let at = 0; at < text.length; at++) {
    const letter = text.charAt(at);
    if (quoted) {
      if (letter === '\\') at++;
      else if (letter === '"') quoted = false;
    } else if (letter === '"') {
      quoted = true;
    } else if (letter === '{' && depth++ === 0) {
      start = at;
    } else if (letter === '}' && --depth === 0) {
      found.push(JSON.parse(text.slice(start, at + 1)));
    } else if (depth === 0 && letter.trim() !== '') {
      throw new Error(`${JSON.stringify(letter)} between two documents`);
    }
  }
  if (depth !== 0) throw new Error('a document does not end');
  return found;
}
