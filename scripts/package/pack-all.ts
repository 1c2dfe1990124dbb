import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { PackedTarget, PackOrder } from './pack-target.ts';
import { runtimeExecutable } from './runtimes.ts';
import { programName, type ReleaseTarget, releaseTargets, targetName } from './targets.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const compilerRuntime = '@oven/bun-linux-x64';

/** Our files that go into archives as they are, from the top of the repository. */
export const shipped = {
  licence: 'LICENSE',
  completion: 'completions/kubectl_complete-linkerd_upgrade',
  manual: `man/${programName}.1`,
};

/** What all platforms' archives have in common. */
export interface Ingredients {
  readonly version: string;
  /** The module that is compiled, as text. */
  readonly bundle: string;
  /** Path of the text that goes in as THIRD-PARTY-NOTICES.txt. */
  readonly notices: string;
  /** Folder that gets `release/` and `stage/`. */
  readonly output: string;
}

/** Fetches all runtimes at once, and packs each platform as soon as its own is there and a core is free. */
export async function packAll({
  version,
  bundle: module,
  notices,
  output,
}: Ingredients): Promise<readonly PackedTarget[]> {
  const compiler = runtimeExecutable(compilerRuntime);
  const cores = turns(availableParallelism());
  return Promise.all(
    releaseTargets.map(async (target) => {
      const runtime =
        target.runtime === compilerRuntime ? await compiler : await runtimeExecutable(target.runtime);
      const order: PackOrder = {
        version,
        target: targetName(target),
        bundle: module,
        compiler: await compiler,
        runtime,
        files: filesOf(target, notices),
        output,
      };
      return cores(() => inThread(order));
    }),
  );
}

function filesOf({ os }: ReleaseTarget, notices: string): PackOrder['files'] {
  const everywhere: PackOrder['files'] = [
    { name: 'LICENSE', path: join(root, shipped.licence), mode: 0o644 },
    { name: 'THIRD-PARTY-NOTICES.txt', path: notices, mode: 0o644 },
  ];
  if (os === 'windows') return everywhere;
  return [
    ...everywhere,
    { name: 'kubectl_complete-linkerd_upgrade', path: join(root, shipped.completion), mode: 0o755 },
    { name: `${programName}.1`, path: join(root, shipped.manual), mode: 0o644 },
  ];
}

function inThread(order: PackOrder): Promise<PackedTarget> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./pack-target.ts', import.meta.url), { workerData: order });
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', (code) =>
      reject(new Error(`packing ${order.target} stopped with exit code ${code}`)),
    );
  });
}

/** Runs what it is given, so many at a time. */
function turns(atOnce: number): <T>(job: () => Promise<T>) => Promise<T> {
  let free = atOnce;
  const waiting: (() => void)[] = [];
  return async (job) => {
    if (free === 0) await new Promise<void>((resolve) => waiting.push(resolve));
    else free -= 1;
    try {
      return await job();
    } finally {
      const next = waiting.shift();
      if (next === undefined) free += 1;
      else next();
    }
  };
}
