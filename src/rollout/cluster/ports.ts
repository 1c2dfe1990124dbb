import { randomBytes } from 'node:crypto';
import { RUN_LEASE } from '../../data/own.ts';
import { FIELD_MANAGER, type KubeClient } from '../../kube/client.ts';
import { sleep } from '../../kube/clock.ts';
import { namespaces } from '../../kube/resources.ts';
import type { LiveSession } from '../../live/follow.ts';
import { createLeaseLock } from '../lock/lease-lock.ts';
import type { RunLock } from '../lock/lock.ts';
import { blockedBy } from '../plan/planner.ts';
import type { RolloutPorts } from '../ports.ts';
import { createPreflight } from '../preflight/read-facts.ts';
import { controlPlaneRestartsIn, observeIn, sickPodsIn } from '../run/picture.ts';
import { announcer } from './announce.ts';
import { explain } from './explain.ts';
import { evictPod, readMark, writeRestart } from './write-restart.ts';

/** The namespace whose uid stands for the cluster: every cluster has it, and nobody can delete it. */
const CLUSTER_IDENTITY = 'kube-system';

export interface ClusterPortsOptions {
  /** Where runs are written down; without it none can be started. */
  readonly openJournal?: RolloutPorts['openJournal'];
  /** Version of this program, for journals. */
  readonly program?: string;
  /** Instead of the Lease in the control plane's namespace. */
  readonly lock?: RunLock;
}

/** Connects the executor with a cluster that is followed. */
export function clusterPorts(
  client: KubeClient,
  session: LiveSession,
  options: ClusterPortsOptions = {},
): RolloutPorts {
  const { model, store } = session;
  const { clock } = client;
  const serverNow = () => clock.now() / 1000 + client.clockOffset;
  const lock =
    options.lock ??
    createLeaseLock({
      client,
      namespace: () => model.view().controlPlane.namespace,
      mayRenew: async (namespace, signal) => {
        const lease = { group: 'coordination.k8s.io', resource: 'leases', namespace, name: RUN_LEASE };
        return (await client.canI({ verb: 'update', ...lease }, { signal })).allowed;
      },
      closed: session.closed,
    });
  return {
    planning: () => ({ mesh: model.view(), workload: (key) => model.workload(key) }),
    observe: ({ key }) => observeIn(model, key),
    sickPods: (namespace) => sickPodsIn(model, namespace, serverNow()),
    gate: () => ({
      fresh: session.isFresh(),
      blocked: blockedBy(model.view().controlPlane),
      controlPlaneRestarts: controlPlaneRestartsIn(model),
    }),
    isServerBusy: () => client.busyUntil > clock.now(),
    subscribe: (listener) => store.subscribe(listener),
    preflight: createPreflight(client, session, { holdsLock: () => lock.isHeld() }),
    patch: (request) => writeRestart(client, request),
    readPatchMark: (item) => readMark(client, item),
    async evict(item, pod) {
      const found = model.pods(item.key).find(({ name }) => name === pod);
      return found
        ? evictPod(client, item.key.namespace, pod, found.uid)
        : { kind: 'gone', message: `pod ${item.key.namespace}/${pod} is gone` };
    },
    explain: (item, since) => explain(client, item, since + client.clockOffset),
    announce: announcer(client),
    async cluster() {
      const { uid } = await client.get(namespaces, '', CLUSTER_IDENTITY, { signal: session.closed });
      const { server, context } = client.connection;
      return { uid, server, context };
    },
    lock,
    openJournal:
      options.openJournal ??
      (() => {
        throw new Error('there is no place to write the run down; nothing is restarted without a journal');
      }),
    program: options.program ?? FIELD_MANAGER,
    now: () => clock.now() / 1000,
    serverNow,
    utcOffsetMinutes: () => -new Date(clock.now()).getTimezoneOffset(),
    newRunId: () => randomBytes(4).toString('hex'),
    every(milliseconds, action) {
      let cancel = clock.after(milliseconds, tick);
      const stop = () => cancel();
      function tick(): void {
        cancel = clock.after(milliseconds, tick);
        action();
      }
      session.closed.addEventListener('abort', stop, { once: true });
      return () => {
        session.closed.removeEventListener('abort', stop);
        stop();
      };
    },
    sleep: (milliseconds) => sleep(clock, milliseconds, session.closed),
    closed: session.closed,
  };
}
