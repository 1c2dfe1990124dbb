/**
 * A run as its own process: the real client, engine, lock and journal. It kills itself with SIGKILL where it is told
 * to, or says on standard output how the run ended.
 */
import { createKubeClient } from '../../../src/kube/client.ts';
import { follow } from '../../../src/live/follow.ts';
import { clusterPorts } from '../../../src/rollout/cluster/ports.ts';
import { createRollout } from '../../../src/rollout/executor.ts';
import { openJournal, readRun, stateFolder } from '../../../src/rollout/journal/file.ts';
import type { Journal } from '../../../src/rollout/journal/record.ts';
import { createLeaseLock } from '../../../src/rollout/lock/lease-lock.ts';
import type { RolloutPorts } from '../../../src/rollout/ports.ts';
import type { StartOptions } from '../../../src/rollout/rollout.ts';
import { connectionTo } from '../../support/connection.ts';
import { type SharedTime, sharedClock } from './shared-clock.ts';

/** What the parent tells its child, as JSON in the last argument. */
export interface ChildOrder {
  readonly url: string;
  readonly time: SharedTime;
  readonly namespaces: readonly string[];
  /** Start a new run, or take up the one in the journal. */
  readonly mode: 'start' | 'resume';
  readonly run: string;
  /** `record`: right after the n-th record is on disk. `answer`: when the n-th patch is answered, before its record. */
  readonly killAt: { readonly point: 'record' | 'answer'; readonly count: number } | undefined;
}

/** What the child says when it lives to the end: one line of JSON. */
export interface ChildReport {
  /** Phase of the run; `ended` when the journal says that there is nothing to take up. */
  readonly phase: string;
  readonly steps: readonly string[];
  readonly records: number;
  /** What happened instead of a start, '' when it started. */
  readonly refusal: string;
}

const limits = {
  maxParallel: 4,
  perNamespace: 3,
  startsPerMinute: 2_000,
  soakSeconds: 0,
  workloadSoakSeconds: 0,
  // A busy machine may stand still for what is a minute here.
  deadlineSeconds: 3_600,
  failureBudget: 0,
};

function killSelf(): void {
  process.kill(process.pid, 'SIGKILL');
}

const order: ChildOrder = JSON.parse(process.argv.at(-1) ?? '');
const { url, time, run, killAt } = order;
const folder = stateFolder(process.env, process.platform);
const clock = sharedClock(time, true);
/** Timeouts are as much faster as the clock, but a busy machine is not: they are far away. */
const far = 30_000 * time.factor;
const client = createKubeClient(connectionTo(url), {
  userAgentVersion: 'test',
  clock,
  env: {},
  timeouts: { connectMs: far, headersMs: far, idleMs: far },
});
const session = follow(client, {
  namespaces: undefined,
  labelSelector: '',
  controlPlaneNamespace: '',
  contextNamespace: 'default',
});
const lock = createLeaseLock({
  client,
  namespace: () => session.model.view().controlPlane.namespace,
  closed: session.closed,
  monotonic: () => clock.now(),
  timing: {
    lease: 15 * time.factor,
    renew: 5 * time.factor,
    request: 10 * time.factor,
    acquire: 10 * time.factor,
  },
});

let records = 0;
let answers = 0;

function journal(): Journal {
  const file = openJournal(folder, run);
  return {
    location: file.location,
    append(record) {
      file.append(record);
      records += 1;
      if (killAt?.point === 'record' && records === killAt.count) killSelf();
    },
    close: () => file.close(),
  };
}

const base = clusterPorts(client, session, { lock, openJournal: journal });
const ports: RolloutPorts = {
  ...base,
  newRunId: () => run,
  async patch(request) {
    const outcome = await base.patch(request);
    answers += 1;
    if (killAt?.point === 'answer' && answers === killAt.count) killSelf();
    return outcome;
  },
};
const rollout = createRollout(ports);
const options: Omit<StartOptions, 'reason'> = { limits, by: 'ann@laptop', lock: 'required', probe: false };

function report(fields: Partial<ChildReport>): void {
  const current = rollout.run.get();
  const told: ChildReport = {
    phase: current?.phase.phase ?? 'none',
    steps: (current?.steps ?? []).map(({ item, status }) => `${item.key.name} ${status.state}`).sort(),
    records,
    refusal: '',
    ...fields,
  };
  process.stdout.write(`${JSON.stringify(told)}\n`);
}

async function fresh(): Promise<void> {
  await session.loaded();
  while (!session.isFresh()) await new Promise((resolve) => clock.after(100, () => resolve(undefined)));
}

async function begin(): Promise<string> {
  if (order.mode === 'start') {
    const plan = rollout.plan(order.namespaces.map((namespace) => ({ namespace })));
    const outcome = await rollout.start(plan, { ...options, reason: '' });
    return outcome.outcome === 'started' ? '' : JSON.stringify({ outcome, exclusions: plan.exclusions });
  }
  const recorded = readRun(folder, run);
  if (recorded.replay === 'unreadable') return recorded.reason;
  const { phase } = recorded.run.phase;
  if (phase === 'done' || phase === 'aborted') return `ended: ${phase}`;
  const outcome = await rollout.resume(recorded.run, options);
  return outcome.outcome === 'started' ? '' : JSON.stringify(outcome);
}

async function main(): Promise<void> {
  await fresh();
  const refusal = await begin();
  if (refusal !== '') return report({ refusal });
  const over = Promise.withResolvers<void>();
  const look = (): void => {
    const phase = rollout.run.get()?.phase.phase;
    if (phase === 'done' || phase === 'aborted' || phase === 'halted') over.resolve();
  };
  rollout.run.subscribe(look);
  look();
  await over.promise;
  const { phase } = rollout.run.get() ?? {};
  report(phase?.phase === 'halted' ? { refusal: `halted: ${phase.halt.reason}` } : {});
}

await main();
process.exit(0);
