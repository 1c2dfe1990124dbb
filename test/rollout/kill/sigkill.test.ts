/**
 * A run that is killed with SIGKILL after every single record of its journal, once each, and taken up again by
 * another process: the cluster ends the same, and every workload was patched exactly once.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { build } from 'esbuild';
import { annotation } from '../../../src/data/linkerd.ts';
import { isActive } from '../../../src/sim/cluster/pods.ts';
import { type Simulation, startSimulation } from '../../../src/sim/cluster/simulation.ts';
import { temporaryFolder } from '../../support/temporary.ts';
import { createFleet, type Member, NOW, PRESENT } from '../virtual/fleet.ts';
import type { ChildOrder, ChildReport } from './child.ts';
import { type SharedTime, sharedClock } from './shared-clock.ts';

/** How many times as fast as real time cluster and program live. */
const SPEED = 100;
/** Runs side by side: most of the time each of them waits. */
const LANES = 3;
/** Real time, far beyond what one process takes. */
const PATIENCE_MS = 30_000;
const RUN = '5e1fde57';
/** Pods that start quickly: what is looked at here is the run. */
const timing = { schedule: 20, prepare: 100, init: 50, ready: 300, terminate: 100, jitter: 0.3 };

const fleet = createFleet();
/** Pods of the workloads of the fleet that are taken, by the end of their name. */
const replicas: Readonly<Record<string, number>> = { '00': 2, '01': 3, '10': 3 };
/** In each of three namespaces two Deployments and a StatefulSet, and a DaemonSet on three nodes. */
const members: readonly Member[] = fleet.members.filter(({ name }) => podsOf(name) > 0);
/** Versions of all proxies in the end, whatever happened on the way. */
const wanted = new Map(members.map(({ name }) => [name, Array.from({ length: podsOf(name) }, () => NOW)]));
const namespaces = [...new Set(members.map(({ namespace }) => namespace))];

function podsOf(name: string): number {
  return name === 'shop-14' ? 3 : (replicas[name.slice(-2)] ?? 0);
}

/** The child in one file, since its start is most of what a kill costs. */
async function bundleChild(folder: string): Promise<string> {
  const outfile = join(folder, 'child.mjs');
  await build({
    entryPoints: [join(import.meta.dirname, 'child.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    // Brought in at the moment of need only, which never comes here.
    external: ['*/oidc-renewal.ts'],
    logLevel: 'warning',
    banner: {
      js: "import * as __module from'node:module';const require=__module.createRequire(import.meta.url);",
    },
  });
  return outfile;
}

interface Ending {
  readonly signal: NodeJS.Signals | null;
  readonly report: ChildReport | undefined;
  readonly errors: string;
}

interface Cluster {
  readonly simulation: Simulation;
  /** Starts a process and waits for its end. */
  live(
    order: Pick<ChildOrder, 'mode' | 'killAt'>,
    whileItRuns?: (kill: () => void) => () => void,
  ): Promise<Ending>;
  /** Successful patches by workload. */
  patches(): ReadonlyMap<string, number>;
  /** Versions of the proxies of each workload's live pods. */
  versions(): ReadonlyMap<string, readonly string[]>;
}

async function cluster(t: TestContext, program: string): Promise<Cluster> {
  const time: SharedTime = { since: Date.now(), start: PRESENT, factor: SPEED };
  const clock = sharedClock(time, false);
  const simulation = await startSimulation({
    scenario: fleet.scenario(members),
    clock,
    timing,
    tls: false,
    server: { wireClock: clock },
  });
  const folder = temporaryFolder(t);
  t.after(() => simulation.stop());
  return {
    simulation,
    live(order, whileItRuns = () => () => undefined) {
      const full: ChildOrder = { ...order, url: simulation.url, time, namespaces, run: RUN };
      const child = spawn(process.execPath, [program, JSON.stringify(full)], {
        env: { XDG_STATE_HOME: folder, PATH: process.env.PATH },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      const stop = whileItRuns(() => child.kill('SIGKILL'));
      const timeout = setTimeout(() => child.kill('SIGTERM'), PATIENCE_MS);
      const { promise, resolve } = Promise.withResolvers<Ending>();
      let output = '';
      let errors = '';
      child.stdout.on('data', (data) => {
        output += data;
      });
      child.stderr.on('data', (data) => {
        errors += data;
      });
      child.on('close', (_, signal) => {
        clearTimeout(timeout);
        stop();
        const report: ChildReport | undefined = output === '' ? undefined : JSON.parse(output);
        resolve({ signal, report, errors });
      });
      return promise;
    },
    patches() {
      const counts = new Map<string, number>();
      for (const { method, resource, name, code } of simulation.server.audit.entries) {
        if (method !== 'PATCH' || code !== 200 || resource === 'leases') continue;
        counts.set(name, (counts.get(name) ?? 0) + 1);
      }
      return counts;
    },
    versions: () =>
      new Map(
        members.map(({ namespace, name }) => [
          name,
          simulation.cluster.cluster
            .list('Pod', namespace)
            .filter((pod) => pod.metadata.labels?.app === name && isActive(pod))
            .map(({ metadata }) => metadata.annotations?.[annotation.proxyVersion] ?? ''),
        ]),
      ),
  };
}

const allOnce = members.map(({ name }) => `${name} 1`).sort();
const allDone = members.map(({ name }) => `${name} done`).sort();

function assertComplete({ patches, versions }: Cluster, what: string): void {
  const counts = [...patches()].map(([name, count]) => `${name} ${count}`).sort();
  assert.deepEqual(counts, allOnce, `${what}: patches`);
  assert.deepEqual(versions(), wanted, `${what}: the cluster`);
}

/** A process takes up what the one before it left, and brings it to its end. */
async function takeUp(killed: Cluster, first: Ending, what: string): Promise<void> {
  assert.equal(first.signal, 'SIGKILL', `${what}: ${JSON.stringify(first)}`);
  const { report, errors } = await killed.live({ mode: 'resume', killAt: undefined });
  assert.ok(report, `${what}: ${errors}`);
  if (report.refusal !== 'ended: done') {
    assert.deepEqual([report.refusal, report.phase], ['', 'done'], `${what}: ${errors}`);
    assert.deepEqual(report.steps, allDone, what);
  }
  assertComplete(killed, what);
}

/** Does `work` with each of the items, a few at a time. */
async function inLanes<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const left = [...items];
  const lane = async (): Promise<void> => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) {
      await work(item).catch((error: unknown) => {
        left.length = 0;
        throw error;
      });
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
}

test('killed at any moment and taken up again: each workload is patched exactly once', async (t) => {
  const program = await bundleChild(temporaryFolder(t));

  async function kill(
    what: string,
    killAt: ChildOrder['killAt'],
    whileItRuns?: (killed: Cluster, kill: () => void) => () => void,
  ): Promise<void> {
    const killed = await cluster(t, program);
    const watch = whileItRuns && ((now: () => void) => whileItRuns(killed, now));
    await takeUp(killed, await killed.live({ mode: 'start', killAt }, watch), what);
    await killed.simulation.stop();
  }

  const whole = await cluster(t, program);
  const { report, errors } = await whole.live({ mode: 'start', killAt: undefined });
  assert.ok(report, errors);
  assert.deepEqual([report.refusal, report.phase, report.steps], ['', 'done', allDone], errors);
  assertComplete(whole, 'a run in peace');
  t.diagnostic(`${report.records} records of ${members.length} workloads`);
  assert.ok(report.records >= 3 * members.length, 'at least three records a workload');

  await t.test('after every record, before what it announces', () =>
    inLanes(oneTo(report.records), (count) => kill(`record ${count}`, { point: 'record', count })),
  );

  await t.test('after the answer to a patch, before its record', () =>
    inLanes(oneTo(members.length), (count) => kill(`answer ${count}`, { point: 'answer', count })),
  );

  await t.test('after a patch is stored, before its answer', () =>
    inLanes([1, 4, members.length], (count) =>
      kill(`patch ${count}`, undefined, ({ simulation: { server } }, now) => {
        let patches = 0;
        return server.audit.subscribe(({ method, code }) => {
          if (method !== 'PATCH' || code !== 200) return;
          patches += 1;
          if (patches === count) now();
        });
      }),
    ),
  );
});

function oneTo(count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => index + 1);
}
