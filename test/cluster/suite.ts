/** This program against a real API server; started by `npm run test:cluster`, which asks first and cleans up behind it. */
import assert from 'node:assert/strict';
import { appendFileSync, readFileSync } from 'node:fs';
import { after, before, type TestContext, test } from 'node:test';
import { Ajv } from 'ajv';
import { ownAnnotation, RUN_LEASE } from '../../src/data/own.ts';
import { createKubeClient, FIELD_MANAGER } from '../../src/kube/client.ts';
import { loadConnection } from '../../src/kube/config/load.ts';
import { KubeError } from '../../src/kube/errors.ts';
import { type JsonObject, objectAt, objectsAt, rawAt } from '../../src/kube/json/value.ts';
import { follow } from '../../src/live/follow.ts';
import type { PlanDocument } from '../../src/report/plan-document.ts';
import type { RunEventDocument } from '../../src/report/run-event.ts';
import type { StatusDocument } from '../../src/report/status-document.ts';
import type { VerificationDocument } from '../../src/report/verification-document.ts';
import { startProgram } from '../e2e/running.ts';
import { runProgram, temporaryFolder } from '../support/program.ts';
import { eventually, until } from './abilities.ts';
import { Api, uidOf } from './api.ts';
import { cuttableLine } from './cut.ts';
import { lonePod, markReady, podsOf, restartedAt, templateAnnotations } from './hand.ts';
import { type Marks, marksOnOthers } from './others.ts';
import { settingsFrom } from './settings.ts';
import { type Player, type Stage, setStage } from './stage.ts';

const settings = settingsFrom(process.env);
const { run } = settings;
const found = loadConnection({}, process.env);
if ('error' in found) throw new Error(found.error);
const connection = found;
const api = new Api(connection, run);
const folder = temporaryFolder();
const env = { ...process.env, XDG_STATE_HOME: folder.path, LC_ALL: 'C.UTF-8' };
/** For what has to come; only what may never come is waited for as long as the settings say. */
const PATIENCE_SECONDS = Math.max(60, settings.patienceSeconds);
/** Nothing is waited for where nothing happens. */
const AT_ONCE = ['--soak=0', '--workload-soak=0'] as const;

// Without the runner nobody would clean up what is made from now on.
process.on('disconnect', () => process.exit(1));
process.channel?.unref();

let stage: Stage;
let marksBefore: Marks;

before(async () => {
  marksBefore = await marksOnOthers(api);
  stage = await setStage(api, settings);
  note({ controllers: stage.abilities.controllers });
});

after(() => {
  api.close();
  folder[Symbol.dispose]();
});

/** Calls the program for the control plane of the stage. */
const call = (...args: readonly string[]) => runProgram(argv(args), env);
const argv = (args: readonly string[]) => [...args, `--linkerd-namespace=${stage.controlPlane.namespace}`];

/** Says aloud what is not tested on this server, and why. */
function skip(t: TestContext, why: string): void {
  note({ test: t.name, why });
  t.skip(why);
}

/** Tells the runner, which outlives this process. */
function note(fact: JsonObject): void {
  appendFileSync(settings.notes, `${JSON.stringify(fact)}\n`);
}

function schemaOf<T>(name: string) {
  const text = readFileSync(new URL(`../../docs/schema/${name}`, import.meta.url), 'utf8');
  return new Ajv({ formats: { 'date-time': true }, allowUnionTypes: true }).compile<T>(JSON.parse(text));
}

function valid<T>(schema: string, text: string): T {
  const validate = schemaOf<T>(schema);
  const document: unknown = JSON.parse(text);
  assert.ok(validate(document), JSON.stringify(validate.errors));
  return document;
}

const present = (version: string, count: number) => ({ [version]: count });
const total = (players: readonly Player[]) => players.reduce((sum, { proxies }) => sum + proxies, 0);

test('what is found before us is said', () => {
  const { controllers, podsStart, linkerd } = stage.abilities;
  const facts = {
    stage: stage.kind,
    controllers,
    podsStart,
    linkerd: linkerd.state,
    restarts: stage.noRestarts || 'yes',
  };
  process.stdout.write(`cluster: ${JSON.stringify(facts)}\n`);
  assert.ok(stage.players.length > 0);
});

test('status counts what is there, by version, class and effect of a restart', async () => {
  const { code, stdout, stderr } = await call('status', '-n', stage.shop, '-o', 'json');
  assert.equal(code, 0, stderr);
  const status = valid<StatusDocument>('status.v1.json', stdout);
  assert.equal(status.controlPlane.version, stage.controlPlane.version);
  assert.equal(status.controlPlane.namespace, stage.controlPlane.namespace);
  assert.equal(status.totals.proxies, total(stage.players));
  const [shop, ...others] = status.namespaces;
  assert.deepEqual([shop?.name, others.length], [stage.shop, 0]);
  for (const player of stage.players) {
    const seen = shop?.workloads?.find(({ name }) => name === player.name);
    assert.ok(seen, `${player.name} is missing`);
    assert.deepEqual(
      [seen.kind, seen.proxies, seen.byVersion, seen.worst],
      [player.kind, player.proxies, present(player.version, player.proxies), player.class],
    );
    assert.equal(seen.byClass[player.class], player.proxies);
    if (stage.noRestarts === '') assert.equal(seen.effect.kind, 'upgrades', seen.effect.reason);
    if (stage.kind === 'static') assert.equal(seen.effect.kind, 'static', seen.effect.reason);
  }
});

test('the table says the same', async () => {
  const { code, stdout } = await call('status', '-n', stage.shop, '--no-headers');
  assert.equal(code, 0);
  for (const { name, version } of stage.players) {
    const line = stdout.split('\n').find((candidate) => candidate.includes(`/${name} `));
    assert.ok(line?.includes(version), `${name}: ${stdout}`);
  }
});

test('verify ends with 3 and names each workload that is behind', async () => {
  const { code, stdout } = await call('verify', stage.shop, '-o', 'json');
  assert.equal(code, 3);
  const verification = valid<VerificationDocument>('verification.v1.json', stdout);
  assert.equal(verification.verified, false);
  assert.equal(verification.proxies, total(stage.players));
  const named = verification.findings.map(({ name }) => name);
  // A proxy that no restart changes is not held against the workload unless it violates the skew.
  const expected = stage.kind === 'static' ? named : stage.players.map(({ name }) => name);
  assert.deepEqual(named.toSorted(), expected.toSorted());
});

test('check answers in its published form', async () => {
  const { code, stdout } = await call('check', '-n', stage.shop, '-o', 'json', '--wait=0');
  valid('check.v1.json', stdout);
  assert.ok(code === 0 || code === 3, String(code));
  if (stage.players.some((player) => player.class === 'violation')) assert.equal(code, 3);
});

test('explain names version and class', async () => {
  const [player] = stage.players;
  assert.ok(player);
  const target = `${stage.shop}/${player.kind.toLowerCase()}/${player.name}`;
  const { code, stdout } = await call('explain', target);
  assert.equal(code, 0);
  assert.match(stdout, new RegExp(`^It is ${player.class}: ${player.version} `, 'm'));
});

test('plan names what would be restarted, and writes nothing', async () => {
  const before = await versions();
  const { code, stdout, stderr } = await call('plan', stage.shop, '-o', 'json', ...stage.flags);
  assert.equal(code, 0, stderr);
  const plan = valid<PlanDocument>('plan.v1.json', stdout);
  const names = plan.restarts.map(({ name }) => name).toSorted();
  const restarted = stage.noRestarts === '' ? stage.players.map(({ name }) => name).toSorted() : [];
  assert.deepEqual(names, restarted);
  for (const { name, to } of plan.restarts) assert.equal(to, stage.controlPlane.version, name);
  assert.deepEqual(await versions(), before);
});

test('a picture that loses its line is right again when it has it back', async (t) => {
  if (!connection.server.startsWith('https:')) return skip(t, 'the line to be cut is one for TLS');
  const proxied = ['HTTPS_PROXY', 'https_proxy'].some((name) => (process.env[name] ?? '') !== '');
  if (connection.proxyUrl !== '' || proxied) return skip(t, 'the server is reached through a proxy');
  await using line = await cuttableLine();
  const client = createKubeClient(
    { ...connection, proxyUrl: line.url },
    { userAgentVersion: 'cluster-test' },
  );
  const session = follow(client, {
    namespaces: [stage.shop],
    labelSelector: '',
    controlPlaneNamespace: stage.controlPlane.namespace,
    contextNamespace: stage.shop,
  });
  const proxies = () => session.model.view().namespaces.find(({ name }) => name === stage.shop)?.proxies ?? 0;
  try {
    await until(PATIENCE_SECONDS, 'the first picture', async () => proxies() === total(stage.players));
    const before = line.connections();
    assert.ok(before > 0);
    line.cut();
    const pod = lonePod(stage.shop, 'lone', stage.lone);
    const made = await api.create(pod);
    await markReady(api, stage.shop, made);
    line.mend();
    await until(PATIENCE_SECONDS, 'what was missed', async () => proxies() === total(stage.players) + 1);
    assert.ok(line.connections() > before);
    await api.remove({ kind: 'Pod', namespace: stage.shop, name: 'lone' }, uidOf(made));
    await until(PATIENCE_SECONDS, 'its end', async () => proxies() === total(stage.players));
  } finally {
    session.close();
    client.close();
  }
});

test('who may read one namespace sees it, and is told what he may not', async (t) => {
  const reader = `linkerd-upgrade-test:${run}`;
  if (!(await api.may('impersonate', '', 'users'))) return skip(t, 'this user may not impersonate another');
  const asReader = new Api(
    { ...connection, impersonation: { user: reader, uid: '', groups: [], extra: {} } },
    run,
  );
  t.after(() => asReader.close());
  const mayList = async () => asReader.may('list', '', 'pods', stage.shop);
  if (await mayList()) return skip(t, 'the server lets everybody read everything');
  const refused = await call('status', '-n', stage.shop, `--as=${reader}`);
  assert.equal(refused.code, 1);
  assert.match(refused.stderr, /forbidden|cannot list|may not/);
  try {
    await grantReading(reader);
  } catch (error) {
    if (error instanceof KubeError) return skip(t, `no Role can be made: ${error.message}`);
    throw error;
  }
  await until(PATIENCE_SECONDS, 'the Role to count', mayList);
  const { code, stdout, stderr } = await call('status', '-n', stage.shop, '-o', 'json', `--as=${reader}`);
  assert.equal(code, 0, stderr);
  const status = valid<StatusDocument>('status.v1.json', stdout);
  assert.equal(status.totals.proxies, total(stage.players));
  assert.ok(status.unreadable.length > 0);
});

async function grantReading(reader: string): Promise<void> {
  const verbs = ['get', 'list', 'watch'];
  const name = 'reader';
  await api.create({
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'Role',
    metadata: { name, namespace: stage.shop },
    rules: [
      { apiGroups: [''], resources: ['pods', 'namespaces'], verbs },
      { apiGroups: ['apps'], resources: ['deployments', 'statefulsets', 'daemonsets', 'replicasets'], verbs },
      { apiGroups: ['batch'], resources: ['jobs'], verbs },
      { apiGroups: ['policy'], resources: ['poddisruptionbudgets'], verbs },
    ],
  });
  await api.create({
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'RoleBinding',
    metadata: { name, namespace: stage.shop },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name },
    subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: reader }],
  });
}

test('where nothing can be restarted, restart says so and writes nothing', async (t) => {
  if (stage.noRestarts === '') return t.skip('here something can be restarted');
  const before = await versions();
  const { code, stdout, stderr } = await call('restart', stage.shop, '--yes', ...stage.flags, ...AT_ONCE);
  assert.match(stdout + stderr, /Nothing to restart|nothing may be restarted/);
  assert.ok(code === 0 || code === 1, String(code));
  assert.deepEqual(await versions(), before);
});

test('--read-only and --dry-run write nothing; the server accepts every patch', async (t) => {
  if (stage.noRestarts !== '') return skip(t, stage.noRestarts);
  const before = await versions();
  const client = await call('restart', stage.shop, '--dry-run=client', ...stage.flags);
  assert.equal(client.code, 0, client.stderr);
  const server = await call('restart', stage.shop, '--dry-run=server', '--read-only', ...stage.flags);
  assert.equal(server.code, 0, server.stderr);
  assert.match(server.stdout, /The server accepts every patch\./);
  const refused = await call('restart', stage.shop, '--yes', '--read-only', ...stage.flags);
  assert.notEqual(refused.code, 0);
  assert.deepEqual(await versions(), before);
});

test('a Deployment: two operators, one patch, proof from its pods, the lock given back', async (t) => {
  if (stage.noRestarts !== '') return skip(t, stage.noRestarts);
  const lease = await api.find(leaseAt());
  if (holder(lease) !== '') return skip(t, `another run is under way: ${holder(lease)}`);
  const before = await api.get(player('web'));
  const target = `${stage.shop}/deployment/web`;
  using first = startProgram(
    argv([
      'restart',
      target,
      '--yes',
      ...stage.flags,
      '--reason=cluster test',
      '--soak=0',
      '--workload-soak=5s',
    ]),
    env,
  );
  const patched = async () => restartedAt(await api.get(player('web'))) !== '';
  await until(PATIENCE_SECONDS, `the patch (${first.stderr()})`, patched);
  assert.notEqual(holder(await api.find(leaseAt())), '');
  const second = await call('restart', `${stage.shop}/statefulset/db`, '--yes', ...stage.flags, ...AT_ONCE);
  assert.equal(second.code, 1, second.stdout);
  assert.match(second.stderr, /--take-over/);
  await stage.settle('web');
  const { code, stdout, stderr } = await first.ended();
  assert.equal(code, 0, stdout + stderr);
  assert.match(stdout, /web: done, 2 pods proven/);
  await wasRestarted(before, 'web');
  assert.equal(holder(await api.find(leaseAt())), '');
});

test('a run whose pods never come halts with 4, and is taken up again when they do', async (t) => {
  if (stage.noRestarts !== '') return skip(t, stage.noRestarts);
  if (stage.kind !== 'by-hand') return skip(t, 'the pods of this cluster start');
  const before = await api.get(player('db'));
  const target = `${stage.shop}/statefulset/db`;
  const halted = await call('restart', target, '--yes', ...stage.flags, '--timeout=2s', ...AT_ONCE);
  assert.equal(halted.code, 4, halted.stdout + halted.stderr);
  assert.match(halted.stdout, /db: FAILED, /);
  assert.match(halted.stderr, /restart --resume [0-9a-f]+/);
  assert.equal(holder(await api.find(leaseAt())), '');
  await wasRestarted(before, 'db', false);
  await stage.settle('db');
  const resumed = await call('restart', '--resume', `--retry=${target}`, '--yes', ...stage.flags, ...AT_ONCE);
  assert.equal(resumed.code, 0, resumed.stdout + resumed.stderr);
  // The pods that have come by now carry the restart: nothing is left to patch.
  await wasRestarted(before, 'db');
});

test('a StatefulSet is restarted and proven', async (t) => {
  if (stage.noRestarts !== '') return skip(t, stage.noRestarts);
  if (stage.kind === 'by-hand') return t.skip('it was restarted when its pods never came');
  await restartOne(t, 'db');
});

test('a DaemonSet is restarted; -o json prints documented events and nothing else', async (t) => {
  if (stage.noRestarts !== '') return skip(t, stage.noRestarts);
  await restartOne(t, 'agent');
});

/** Restarts a workload of the stage and holds what is printed and written to what is promised. */
async function restartOne(t: TestContext, name: string): Promise<void> {
  const one = stage.players.find((candidate) => candidate.name === name);
  if (one === undefined) return skip(t, 'nodes may not be listed, or all have taints: no DaemonSet was made');
  const before = await api.get(player(name));
  const target = `${stage.shop}/${one.kind.toLowerCase()}/${name}`;
  using running = startProgram(
    argv(['restart', target, '--yes', ...stage.flags, '-o=json', ...AT_ONCE]),
    env,
  );
  await until(
    PATIENCE_SECONDS,
    `the patch of ${name}`,
    async () => restartedAt(await api.get(player(name))) !== '',
  );
  await stage.settle(name);
  const { code, stdout, stderr } = await running.ended();
  assert.equal(code, 0, stdout + stderr);
  const isEvent = schemaOf<RunEventDocument>('run-event.v1.json');
  const events = stdout
    .trimEnd()
    .split('\n')
    .map((line): RunEventDocument => {
      const event: unknown = JSON.parse(line);
      assert.ok(isEvent(event), `${line} ${JSON.stringify(isEvent.errors)}`);
      return event;
    });
  const end = events.at(-1);
  assert.ok(end?.type === 'end');
  assert.deepEqual([end.result, end.counts.done], ['done', 1]);
  await wasRestarted(before, name);
}

test('what was restarted is verified', async (t) => {
  if (stage.noRestarts !== '') return skip(t, stage.noRestarts);
  const { code, stdout } = await call('verify', stage.shop);
  assert.equal(code, 0, stdout);
  const again = await call('restart', stage.shop, '--yes', ...stage.flags);
  assert.match(again.stdout, /^Nothing to restart\./);
});

test('runs and their report are there afterwards', async (t) => {
  if (stage.noRestarts !== '') return skip(t, stage.noRestarts);
  const runs = await call('runs', '-o', 'json');
  valid('runs.v1.json', runs.stdout);
  const report = await call('report', '-o', 'json');
  assert.equal(report.code, 0, report.stderr);
  valid('run-report.v1.json', report.stdout);
});

test('nothing of others was written', async (t) => {
  const marks = await marksOnOthers(api);
  // The lock of a real control plane is the one exception; who holds it was looked at above.
  const ours = (line: string) => line.startsWith(`Lease ${stage.controlPlane.namespace}/${RUN_LEASE} `);
  const others = ({ lines }: Marks) => lines.filter((line) => !ours(line));
  assert.deepEqual(others(marks), others(marksBefore));
  if (marks.unread.length > 0) skip(t, `may not be listed in the whole cluster: ${marks.unread.join(', ')}`);
});

function player(name: string) {
  const one = stage.players.find((candidate) => candidate.name === name);
  assert.ok(one, `the stage has no ${name}`);
  return { kind: one.kind, namespace: stage.shop, name };
}

const leaseAt = () => ({ kind: 'Lease', namespace: stage.controlPlane.namespace, name: RUN_LEASE }) as const;
const holder = (lease: JsonObject | undefined) => rawAt(objectAt(lease ?? {}, 'spec'), 'holderIdentity');
const metadataOf = (object: JsonObject) => objectAt(object, 'metadata');

/** Resource versions of all workloads of the shop: a write of any kind changes one. */
async function versions(): Promise<Readonly<Record<string, string>>> {
  const read = await Promise.all(
    stage.players.map(async ({ kind, name }) => {
      const { generation } = metadataOf(await api.get({ kind, namespace: stage.shop, name }));
      return [name, String(generation)] as const;
    }),
  );
  return Object.fromEntries(read);
}

/** One change of the template by this program's manager, its annotations, and pods that carry them. */
async function wasRestarted(before: JsonObject, name: string, andItsPods = true): Promise<void> {
  const now = await api.get(player(name));
  const generations = [before, now].map((object) => Number(metadataOf(object).generation));
  assert.equal((generations[1] ?? 0) - (generations[0] ?? 0), 1, 'the template has changed once');
  const annotations = templateAnnotations(now);
  assert.notEqual(restartedAt(now), '');
  assert.match(rawAt(annotations, ownAnnotation.run), /^[0-9a-f]+$/);
  assert.match(rawAt(annotations, ownAnnotation.by), /@/);
  const managers = objectsAt(metadataOf(now), 'managedFields').filter(
    (entry) => rawAt(entry, 'manager') === FIELD_MANAGER,
  );
  assert.deepEqual(
    managers.map((entry) => rawAt(entry, 'operation')),
    ['Update'],
  );
  const owned = JSON.stringify(managers[0]);
  assert.ok(owned.includes('f:kubectl.kubernetes.io/restartedAt') && !owned.includes('f:containers'), owned);
  if (!andItsPods) return;
  const left = await eventually(PATIENCE_SECONDS, async () => {
    const pods = await podsOf(api, { namespace: stage.shop, name });
    const old = pods.filter(
      (pod) =>
        rawAt(objectAt(metadataOf(pod), 'annotations'), ownAnnotation.run) !==
        rawAt(annotations, ownAnnotation.run),
    );
    return pods.length > 0 && old.length === 0 ? pods : undefined;
  });
  assert.ok(left, 'all pods carry the restart');
}
