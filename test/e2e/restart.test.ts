/** The built program's `plan`, `restart` and `verify` against a simulated cluster that lives ten times as fast. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { hostname, userInfo } from 'node:os';
import { afterEach, beforeEach, test } from 'node:test';
import { Ajv } from 'ajv';
import { ownAnnotation, RUN_LEASE } from '../../src/data/own.ts';
import type { PlanDocument } from '../../src/report/plan-document.ts';
import type { RunEventDocument } from '../../src/report/run-event.ts';
import { numberAt } from '../../src/sim/json.ts';
import { leases } from '../../src/sim/resources.ts';
import { startedBy } from '../support/program.ts';
import { key, startInPty } from '../support/pty.ts';
import { until } from '../support/scripted-server.ts';
import { AT_ONCE, type DemoCluster, demoCluster } from './demo-cluster.ts';

let cluster: DemoCluster;

beforeEach(async () => {
  cluster = await demoCluster();
});

afterEach(async () => {
  await cluster[Symbol.asyncDispose]();
});

const call = (...args: readonly string[]) => cluster.call(...args);

function schemaOf(name: string): object {
  return JSON.parse(readFileSync(new URL(`../../docs/schema/${name}`, import.meta.url), 'utf8'));
}

const isRunEvent = new Ajv({
  formats: { 'date-time': true },
  allowUnionTypes: true,
}).compile<RunEventDocument>(schemaOf('run-event.v1.json'));

/** Standard output of `restart -o json`: nothing but lines that the schema allows. */
function eventsIn(stdout: string): readonly RunEventDocument[] {
  assert.ok(stdout.endsWith('\n'), 'the last line is whole');
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => {
      const event: unknown = JSON.parse(line);
      assert.ok(isRunEvent(event), `${line}\n${JSON.stringify(isRunEvent.errors)}`);
      return event;
    });
}

test('plan prints waves, reasons, risks, what is left and what stands against it, and writes nothing', async () => {
  const { code, stdout } = await call('plan', 'invoicing', 'sandbox');
  assert.equal(code, 0);
  assert.match(stdout, /1 +invoicing +deployment\/mailer +edge-24\.11\.8 .*\b3 +violation\n/);
  assert.match(stdout, /Risks \(\*\):\n +invoicing deployment\/scheduler +strategy Recreate/);
  assert.match(stdout, /Left as they are:\n +sandbox deployment\/playground +unmeshes/);
  assert.match(stdout, /Warnings:\n +webhook +failurePolicy is Ignore/);
  assert.match(stdout, /Injection probe: \d of \d dry-run pods accepted/);
  const quiet = await call('plan', 'invoicing', '--no-probe');
  assert.doesNotMatch(quiet.stdout, /probe:/);
  const writes = cluster.simulation.server.audit.entries.filter(
    ({ method, path, resource }) =>
      method !== 'GET' && !path.includes('dryRun=All') && !resource.startsWith('selfsubject'),
  );
  assert.deepEqual(writes, []);
});

test('plan -o json is what the published schema says; --only narrows it', async () => {
  const validate = new Ajv({ formats: { 'date-time': true } }).compile<PlanDocument>(
    schemaOf('plan.v1.json'),
  );
  const planOf = async (...args: readonly string[]): Promise<PlanDocument> => {
    const document: unknown = JSON.parse((await call('plan', '-o', 'json', ...args)).stdout);
    assert.ok(validate(document), JSON.stringify(validate.errors));
    return document;
  };
  const all = await planOf('-A');
  const violations = await planOf('-A', '--only', 'violations');
  assert.ok(violations.restarts.length > 0 && violations.restarts.length < all.restarts.length);
  assert.ok(all.restarts.every(({ namespace }) => namespace !== 'linkerd' && namespace !== 'kube-system'));
  assert.ok(
    violations.restarts.every(({ from }) => Object.keys(from).some((version) => /edge-24\./.test(version))),
  );
  assert.ok(all.preflight?.findings.some(({ check }) => check === 'webhook'));
});

test('restart --yes restarts wave by wave, proves each, records the run and gives the lock back', async () => {
  const { code, stdout, stderr } = await call('restart', 'invoicing', '--yes', '--reason=CHG-7', ...AT_ONCE);
  assert.equal(code, 0, stderr);
  assert.equal(stderr, '');
  const by = /^Run [0-9a-f]+ started by (\S+)$/m.exec(stdout)?.[1];
  assert.equal(by, `${userInfo().username}@${hostname()}`);
  assert.match(stdout, /Wave 1 of 3, canary invoicing\/mailer.*: 1 workload\n/);
  assert.match(stdout, /1\/3 invoicing deployment\/mailer: done, 3 pods proven in \d+ s\n/);
  assert.match(stdout, /3 of 3 workloads restarted\n$/);
  assert.deepEqual(cluster.patched(), ['mailer', 'pdf', 'scheduler']);
  assert.equal(cluster.lockHolder(), '');
  const after = await call('restart', 'invoicing', '--yes');
  assert.equal(after.code, 0);
  assert.match(after.stdout, /^Nothing to restart\./);
  assert.equal(cluster.patched().length, 3);
  const listed = await call('runs');
  assert.match(listed.stdout, /^RUN .*\n[0-9a-f]+ .* simulation +done +3\/3 +0 +CHG-7\n$/);
});

test('a single workload is restarted alone, with limits from the command line', async () => {
  const { code, stdout, stderr } = await call(
    'restart',
    'invoicing/deploy/pdf',
    '--yes',
    '-o=json',
    '--max-parallel=1',
    '--starts-per-minute=8',
    '--timeout=2m',
    '--failure-budget=1',
    ...AT_ONCE,
  );
  assert.equal(code, 0, stderr);
  assert.deepEqual(cluster.patched(), ['pdf']);
  const begun = eventsIn(stdout).find((event) => event.type === 'started');
  assert.ok(begun?.type === 'started');
  assert.deepEqual(begun.limits, {
    maxParallel: 1,
    perNamespace: 1,
    startsPerMinute: 8,
    soakSeconds: 0,
    workloadSoakSeconds: 0,
    failureBudget: 1,
    deadlineSeconds: 120,
  });
});

test('-o json tells all of a run, one documented object a line, and nothing else', async () => {
  const { code, stdout, stderr } = await call('restart', 'invoicing', '--yes', '-o', 'json', ...AT_ONCE);
  assert.equal(code, 0, stderr);
  const events = eventsIn(stdout);
  assert.equal(events[0]?.type, 'plan');
  const done = events.flatMap((event) =>
    event.type === 'workload' && event.state === 'done' ? [event.name] : [],
  );
  assert.deepEqual(done, ['mailer', 'pdf', 'scheduler']);
  const end = events.at(-1);
  assert.ok(end?.type === 'end');
  assert.deepEqual([end.result, end.exitCode, end.counts.done, end.resume], ['done', 0, 3, '']);
  const phases = events.flatMap((event) => (event.type === 'phase' ? [event.phase] : []));
  assert.deepEqual(phases.slice(0, 2), ['preflight', 'running']);
  assert.equal(phases.at(-1), 'done');
});

test('verify ends with 3 until every proxy is at its target or excused, and names what is not', async () => {
  const before = await cluster.call('verify', 'invoicing');
  assert.equal(before.code, 3);
  assert.match(before.stdout, /invoicing deployment\/pdf +3 of 3 violate the version skew +upgrades\n/);
  const excused = await cluster.call('verify', 'invoicing', '--excuse', 'invoicing');
  assert.equal(excused.code, 0, excused.stderr);
  assert.match(excused.stdout, /^Excused:\n/);
  assert.equal((await cluster.call('verify', 'storefront')).code, 0);
  const misspelt = await cluster.call('verify', 'storefront', '--excuse', 'storefrnt');
  assert.equal(misspelt.code, 1);
  assert.match(misspelt.stderr, /storefrnt excuses nothing/);
});

test('restart halts at the first failure, says why and what to type, and ends with 4', async () => {
  cluster.simulation.cluster.setWorkloadBehaviour('invoicing', 'mailer', {
    kind: 'crash-loop',
    container: 'linkerd-proxy',
  });
  const { code, stdout, stderr } = await call('restart', 'invoicing', '--yes', ...AT_ONCE);
  assert.equal(code, 4);
  assert.match(stdout, /1\/3 invoicing deployment\/mailer: FAILED, /);
  assert.match(stdout, /HALTED: .*\nHalted: 0 of 3 workloads restarted, 1 failed, 2 not started\n$/);
  assert.match(stderr, /linkerd-proxy/);
  assert.match(stderr, /Workload: invoicing deployment\/mailer\n/);
  assert.match(stderr, /Still serving: /);
  assert.match(stderr, /Next steps:\n(.*\n)* +kubectl linkerd-upgrade restart --resume [0-9a-f]+/);
  assert.deepEqual(cluster.patched(), ['mailer']);
  assert.equal(cluster.lockHolder(), '');
});

/** Lets the server refuse patches of a workload. Returns the way to stop that. */
function refusePatches(workload: string): () => void {
  const status = { kind: 'Status', apiVersion: 'v1', status: 'Failure', reason: 'Forbidden', code: 403 };
  return cluster.simulation.server.faults.onRequest(({ method, name }) =>
    method === 'PATCH' && name === workload
      ? { kind: 'respond', status: 403, body: { ...status, message: 'frozen until Monday' } }
      : undefined,
  );
}

test('resumed, a failure stays one unless it is named, and what is skipped is left out', async () => {
  const allow = refusePatches('mailer');
  const halted = await call('restart', 'invoicing', '--yes', ...AT_ONCE);
  assert.equal(halted.code, 4, halted.stdout);
  assert.match(halted.stderr, /frozen until Monday/);
  allow();
  const misspelt = await call('restart', '--resume', '--retry=invoicing/deploy/mailr', '--yes');
  assert.equal(misspelt.code, 1);
  assert.match(misspelt.stderr, /run [0-9a-f]+ has no such workload/);
  const again = await call(
    'restart',
    '--resume',
    '--retry=invoicing/deploy/mailer',
    '--skip=invoicing/deploy/scheduler',
    '--yes',
    ...AT_ONCE,
  );
  assert.equal(again.code, 0, again.stdout + again.stderr);
  assert.match(again.stdout, /It halted: /);
  assert.match(again.stdout, /invoicing deployment\/mailer +queued again\n/);
  assert.match(again.stdout, /invoicing deployment\/scheduler +left out\n/);
  assert.match(again.stdout, /2 of 3 workloads restarted, 1 skipped\n$/);
  assert.deepEqual(cluster.patched(), ['mailer', 'pdf']);
  const nothing = await call('restart', '--resume', '--yes');
  assert.equal(nothing.code, 1);
  assert.match(nothing.stderr, /there is no unfinished run of this cluster/);
});

test('within its failure budget a run goes on, and ends with 1', async () => {
  refusePatches('pdf');
  const { code, stdout } = await call('restart', 'invoicing', '--yes', '--failure-budget=1', ...AT_ONCE);
  assert.match(stdout, /deployment\/pdf: FAILED, /);
  assert.match(stdout, /2 of 3 workloads restarted, 1 failed\n$/);
  assert.equal(code, 1);
});

test('restart does nothing while the injector is down, and says so', async () => {
  const { cluster: inside } = cluster.simulation;
  inside.breakInjector();
  const injector = () => inside.world.cluster.get('Deployment', 'linkerd', 'linkerd-proxy-injector');
  await until(() => numberAt(injector(), 'status', 'availableReplicas') === 0, 'the injector to be down');
  const { code, stdout, stderr } = await call('restart', 'invoicing', '--yes');
  assert.equal(code, 1);
  assert.match(stdout, /Nothing may be restarted now:\n +the proxy injector is down/);
  assert.match(stderr, /^error: nothing may be restarted now: the proxy injector is down/);
  assert.deepEqual(cluster.patched(), []);
});

test('--dry-run=client prints what would be done, --dry-run=server lets the server judge each patch', async () => {
  const before = cluster.simulation.cluster.world.cluster.get('Deployment', 'invoicing', 'pdf');
  const client = await call('restart', 'invoicing', '--dry-run=client');
  assert.equal(client.code, 0, client.stderr);
  assert.match(client.stdout, /deployment\/pdf .*\n[\s\S]*Nothing was restarted \(client dry run\)\.\n$/);
  const patches = () => cluster.simulation.server.audit.entries.filter(({ method }) => method === 'PATCH');
  assert.deepEqual(patches(), []);
  const server = await call('restart', 'invoicing', '--dry-run=server', '--read-only');
  assert.equal(server.code, 0, server.stderr);
  assert.match(server.stdout, /invoicing deployment\/pdf restarted \(server dry run\)\n/);
  assert.match(server.stdout, /The server accepts every patch\./);
  assert.deepEqual(
    patches().map(({ name, path }) => [name, path.includes('dryRun=All')]),
    [
      ['mailer', true],
      ['pdf', true],
      ['scheduler', true],
    ],
  );
  assert.deepEqual(cluster.simulation.cluster.world.cluster.get('Deployment', 'invoicing', 'pdf'), before);
});

test('--dry-run=server tells what the server refuses, and ends with 1', async () => {
  refusePatches('pdf');
  const { code, stdout } = await call('restart', 'invoicing', '--dry-run=server', '-ojson');
  assert.equal(code, 1);
  const answers = eventsIn(stdout).flatMap((event) => (event.type === 'dry-run' ? [event] : []));
  assert.deepEqual(
    answers.map(({ name, accepted }) => [name, accepted]),
    [
      ['mailer', true],
      ['pdf', false],
      ['scheduler', true],
    ],
  );
  assert.match(answers[1]?.message ?? '', /frozen until Monday/);
});

/** Somebody else's lock, as another run leaves it when its program is killed. */
function holdLock(): void {
  const now = new Date(cluster.simulation.cluster.world.cluster.clock.now()).toISOString();
  const time = now.replace('Z', '000Z');
  cluster.simulation.store.create(leases, {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: {
      name: RUN_LEASE,
      namespace: 'linkerd',
      annotations: { [ownAnnotation.run]: 'run-0', [ownAnnotation.by]: 'ben@desk' },
    },
    spec: {
      holderIdentity: 'ben@desk/run-0',
      leaseDurationSeconds: 15,
      acquireTime: time,
      renewTime: time,
      leaseTransitions: 0,
    },
  });
}

test('a lock that another run holds is shown with its holder and how to take it over; nothing is patched', async () => {
  holdLock();
  const { code, stdout, stderr } = await call('restart', 'invoicing', '--yes', '-o', 'json');
  assert.equal(code, 1);
  assert.match(stderr, /run run-0 of ben@desk, for .*--take-over/);
  const refused = eventsIn(stdout).find((event) => event.type === 'refused');
  assert.ok(refused?.type === 'refused');
  assert.deepEqual([refused.holder?.holder, refused.holder?.run], ['ben@desk/run-0', 'run-0']);
  assert.deepEqual(cluster.patched(), []);
  assert.equal(cluster.lockHolder(), 'ben@desk/run-0');
});

function forbidLock(): void {
  const status = { kind: 'Status', apiVersion: 'v1', status: 'Failure', reason: 'Forbidden', code: 403 };
  cluster.simulation.server.faults.onRequest(({ resource }) =>
    resource === 'leases' ? { kind: 'respond', status: 403, body: { ...status, message: 'no' } } : undefined,
  );
}

test('without the right to the lock it goes on only when told to', async () => {
  forbidLock();
  const refused = await call('restart', 'invoicing/deploy/pdf', '--yes', ...AT_ONCE);
  assert.equal(refused.code, 1, refused.stdout);
  assert.match(refused.stderr, /no lock to be had.*--without-lock/);
  assert.deepEqual(cluster.patched(), []);
  const free = await call('restart', 'invoicing/deploy/pdf', '--yes', '--without-lock', ...AT_ONCE);
  assert.equal(free.code, 0, free.stderr);
  assert.match(free.stdout, /started by \S+, without a lock\n/);
  assert.deepEqual(cluster.patched(), ['pdf']);
});

test('on a terminal it asks whether to go on without the lock', async () => {
  forbidLock();
  const argv = ['restart', 'invoicing/deploy/pdf', '--kubeconfig', cluster.kubeconfig, ...AT_ONCE];
  const env = { XDG_STATE_HOME: cluster.folder.path };
  using no = startInPty(...startedBy(argv), { env });
  await no.until(/Type yes to restart this workload:/);
  no.type('yes', key.enter);
  await no.until(/Type yes to go on without:/);
  no.type('no', key.enter);
  assert.equal((await no.exited()).code, 1);
  assert.deepEqual(cluster.patched(), []);
  using yes = startInPty(...startedBy([...argv, '--yes']), { env });
  await yes.until(/Type yes to go on without:/);
  yes.type('yes', key.enter);
  await yes.until(/1 of 1 workload restarted/);
  assert.equal((await yes.exited()).code, 0);
  assert.deepEqual(cluster.patched(), ['pdf']);
});

test('a namespace or a workload that does not exist ends with 1', async () => {
  const nowhere = await call('restart', 'nowhere', '--yes');
  assert.equal(nowhere.code, 1);
  assert.match(nowhere.stderr, /there is no namespace nowhere/);
  const nothing = await call('restart', 'invoicing/deploy/nothing', '--yes');
  assert.equal(nothing.code, 1);
  assert.match(nothing.stderr, /there is no deploy nothing in namespace invoicing/);
});

test('on a terminal it asks, and only yes is yes', async () => {
  const argv = ['restart', 'invoicing', '--kubeconfig', cluster.kubeconfig, ...AT_ONCE];
  const env = { XDG_STATE_HOME: cluster.folder.path };
  using no = startInPty(...startedBy(argv), { env });
  await no.until(/Type yes to restart these 3 workloads:/);
  no.type('y', key.enter);
  assert.equal((await no.exited()).code, 1);
  assert.match(no.text(), /Nothing was restarted/);
  using interrupted = startInPty(...startedBy(argv), { env });
  await interrupted.until(/Type yes/);
  interrupted.type(key.ctrlC);
  assert.equal((await interrupted.exited()).code, 130);
  assert.match(interrupted.text(), /workloads: \nNothing was restarted\./);
  using ended = startInPty(...startedBy(argv), { env });
  await ended.until(/Type yes/);
  ended.type(key.ctrlD);
  assert.equal((await ended.exited()).code, 1);
  assert.match(ended.text(), /workloads: \nNothing was restarted\./);
  assert.deepEqual(cluster.patched(), []);
  using yes = startInPty(...startedBy(argv), { env });
  await yes.until(/Type yes/);
  yes.type('yes', key.enter);
  await yes.until(/1\/3 invoicing deployment\/mailer: restarting/);
  yes.type(key.ctrlC);
  assert.equal((await yes.exited()).code, 130);
  assert.match(yes.text(), /mailer: done[\s\S]*Paused: 1 of 3 workloads restarted, 2 not started/);
  assert.deepEqual(cluster.patched(), ['mailer']);
});
