/** Names that this computer knows by itself: of the kubeconfig, and of the runs that were recorded here. */

import { readdirSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { cleanText } from '../../kube/clean.ts';
import { type Environment, loadKubeconfig } from '../../kube/config/load.ts';
import { readRun } from '../../rollout/journal/file.ts';
import type { RecordedRun } from '../../rollout/journal/record.ts';
import type { Arguments } from '../arguments.ts';
import type { Candidate } from './cobra.ts';
import type { Deadline } from './deadline.ts';
import { isPlainWord } from './safe-names.ts';

/** Names in the kubeconfig that the command line uses; none where it cannot be read. */
export function kubeconfigNames(
  args: Arguments,
  env: Environment,
): Readonly<Record<'contexts' | 'clusters' | 'users', readonly Candidate[]>> {
  const loaded = isQuicklyRead(args, env)
    ? loadKubeconfig({ kubeconfig: args.text('kubeconfig') }, env)
    : undefined;
  if (!loaded || 'error' in loaded) return { contexts: [], clusters: [], users: [] };
  const { currentContext, contexts, clusters, users } = loaded.config;
  const named = <T>(entries: ReadonlyMap<string, T>, about: (entry: T, name: string) => string) =>
    [...entries].flatMap(([text, entry]) =>
      isPlainWord(text) ? [{ text, about: cleanText(about(entry, text), MOST_ABOUT) }] : [],
    );
  return {
    contexts: named(contexts, ({ cluster, namespace }, name) =>
      [
        name === currentContext ? 'current' : '',
        cluster === '' || cluster === name ? '' : `cluster ${cluster}`,
        namespace === '' ? '' : `namespace ${namespace}`,
      ]
        .filter((words) => words !== '')
        .join(', '),
    ),
    clusters: named(clusters, ({ server }) => server),
    users: named(users, () => ''),
  };
}

/** Whether the files of the kubeconfig are plain files: reading from a pipe would wait for who writes into it. */
export function isQuicklyRead(args: Arguments, env: Environment): boolean {
  const named = args.text('kubeconfig') || env.KUBECONFIG || join(homedir(), '.kube', 'config');
  return named.split(delimiter).every((path) => {
    const found = path === '' ? undefined : statSync(path, { throwIfNoEntry: false });
    return found === undefined || found.isFile();
  });
}

const SUFFIX = '.jsonl';
/** Somebody who completes the name of a run means one of the newest. */
const MOST_RUNS = 30;
const MOST_ABOUT = 60;

/** The runs that were written to last, newest first: as many as can be read in time, 30 at most. */
export function recordedRuns(folder: string, { clock, end }: Deadline): readonly RecordedRun[] {
  const runs: RecordedRun[] = [];
  for (const id of newestIds(folder)) {
    if (clock.now() >= end) break;
    const read = readRun(folder, id);
    if (read.replay === 'run') runs.push(read.run);
  }
  return runs.sort((a, b) => b.header.at - a.header.at);
}

function newestIds(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith(SUFFIX))
      .map((name) => ({
        id: name.slice(0, -SUFFIX.length),
        at: statSync(join(folder, name), { throwIfNoEntry: false })?.mtimeMs ?? 0,
      }))
      .sort((a, b) => b.at - a.at)
      .slice(0, MOST_RUNS)
      .map(({ id }) => id);
  } catch {
    return [];
  }
}
