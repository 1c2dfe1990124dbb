/** A program that follows a cluster and leaves at a given moment; it has to end without being told to. */
import { createKubeClient } from '../../src/kube/client.ts';
import { follow } from '../../src/live/follow.ts';
import { clusterPorts } from '../../src/rollout/cluster/ports.ts';
import { createRollout } from '../../src/rollout/executor.ts';
import type { RolloutPorts } from '../../src/rollout/ports.ts';
import { DEFAULT_LIMITS } from '../../src/rollout/run/limits.ts';
import { connectionTo } from '../support/connection.ts';
import { planItem } from '../support/runs.ts';

const [url = '', moment = ''] = process.argv.slice(2);
const HANGS_MS = 30_000;

const watchdog = setTimeout(() => process.exit(9), HANGS_MS);
watchdog.unref();

const client = createKubeClient(connectionTo(moment === 'away' ? 'http://127.0.0.1:1' : url), {
  userAgentVersion: 'test',
  env: {},
});
const session = follow(client, {
  namespaces: undefined,
  labelSelector: '',
  controlPlaneNamespace: '',
  contextNamespace: 'default',
});
if (moment === 'live') await session.loaded();
if (moment === 'rolling' || moment === 'reading-back') await restart();
session.close();
client.close();
process.stdout.write('left\n');

/** Begins a run, and returns while it waits for pods, or tries to find out what became of its patch. */
async function restart(): Promise<void> {
  await session.loaded();
  const openJournal = () => ({ location: 'nowhere', append: () => undefined, close: () => undefined });
  const ports = clusterPorts(client, session, { openJournal });
  const underWay = Promise.withResolvers<void>();
  const rolling: RolloutPorts = {
    ...ports,
    patch: async () => ({ outcome: 'patched', generation: Number.MAX_SAFE_INTEGER }),
  };
  const lost: RolloutPorts = {
    ...ports,
    patch: async () => ({ outcome: 'lost', kind: 'unanswered', message: 'the connection was cut' }),
    async readPatchMark() {
      underWay.resolve();
      return { found: 'silence' };
    },
  };
  const { workloads, controlPlane } = session.model.view();
  const [view] = workloads('shop');
  const record = view && session.model.workload(view);
  if (!view || !record) throw new Error('there is nothing to restart');
  const item = planItem('shop', view.name, {
    uid: record.uid,
    expected: { version: view.target, trustRootSha256: controlPlane.trustRootSha256 },
  });
  const planning = ports.planning();
  // As if it were outdated, so that it is restarted.
  const outdated = { ...view, effect: { kind: 'upgrades', reason: '' } } as const;
  const rollout = createRollout({
    ...(moment === 'rolling' ? rolling : lost),
    planning: () => ({ ...planning, mesh: { ...planning.mesh, workloads: () => [outdated] } }),
  });
  rollout.run.subscribe(() => {
    if (rollout.run.get()?.steps[0]?.status.state === 'rolling') underWay.resolve();
  });
  const started = await rollout.start(
    {
      scopes: [],
      options: {},
      items: [item],
      waves: [{ kind: 'namespaces', title: 'namespace shop' }],
      exclusions: [],
      blocked: [],
      controlPlaneVersion: controlPlane.version,
    },
    { limits: DEFAULT_LIMITS, by: 'ann@laptop', reason: '', lock: 'required', probe: false },
  );
  if (started.outcome !== 'started') throw new Error(JSON.stringify(started));
  await underWay.promise;
}
