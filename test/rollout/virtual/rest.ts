import assert from 'node:assert/strict';
import type { Run } from '../../../src/rollout/run/run.ts';
import type { Program } from './program.ts';
import { readVirtually } from './virtual-session.ts';
import type { World } from './world.ts';

/** What is wrong once everything has come to rest, in words. */
export function wrongAtRest({ cluster, disk }: World, { session }: Program, run: Run): readonly string[] {
  return [...wrongPicture(session.model, readVirtually(cluster.store)), ...wrongJournal(disk, run)];
}

type Model = ReturnType<typeof readVirtually>;

/** I4: what has been followed is what there is to read. */
function wrongPicture(followed: Model, read: Model): readonly string[] {
  try {
    assert.deepEqual(picture(followed), picture(read));
    return [];
  } catch (error) {
    return [`I4: what is shown differs from what is: ${error instanceof Error ? error.message : ''}`];
  }
}

/** What a screen shows of the mesh. */
function picture(model: Model): unknown {
  const mesh = model.view();
  return mesh.namespaces.map((namespace) => ({
    namespace,
    workloads: mesh.workloads(namespace.name).map((workload) => ({ workload, pods: mesh.pods(workload) })),
  }));
}

/** I6: the journal tells the run as it ended, unless its disk was full. */
function wrongJournal(disk: World['disk'], run: Run): readonly string[] {
  if (disk.isBehind) return [];
  const recorded = disk.replay();
  if (recorded.replay === 'unreadable') return [`I6: ${recorded.reason}`];
  const told = [recorded.run.phase.phase, ...recorded.run.steps.map(({ status }) => status.state)].join();
  const is = [run.phase.phase, ...run.steps.map(({ status }) => status.state)].join();
  return told === is ? [] : [`I6: the journal says ${told}, and the run is ${is}`];
}
