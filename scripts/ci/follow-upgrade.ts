/**
 * Follows an upgrade of Linkerd with the built program, in the cluster of $KUBECONFIG and the namespaces of workloads.yaml:
 * `follow-upgrade.ts before FROM TO` while FROM runs everywhere, `follow-upgrade.ts after FROM TO` when the control plane
 * has been upgraded; flags behind that are limits of the restart. Ends with 1 and what was found where something is not as it must be.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const PROGRAM = fileURLToPath(new URL('../../dist/kubectl-linkerd_upgrade', import.meta.url));
const NAMESPACES = ['ci-shop', 'ci-mail'];
/** By workloads.yaml; a DaemonSet of one node. */
const WORKLOADS = 4;

interface Done {
  readonly code: number | null;
  readonly stdout: string;
}

/** Runs the program, shows what it says, and holds its exit code to what must come. */
function program(expected: number, ...args: readonly string[]): Done {
  console.log(`$ kubectl linkerd-upgrade ${args.join(' ')}`);
  const { status, stdout, stderr } = spawnSync(process.execPath, [PROGRAM, ...args], {
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  const asData = args.includes('json');
  process.stdout.write(asData ? '' : stdout);
  process.stderr.write(stderr);
  assert.equal(status, expected, asData ? stdout : 'exit code');
  return { code: status, stdout };
}

/** A part of what `status -o json` prints, looked into without trust. */
function namespaces(): readonly Record<string, unknown>[] {
  const document = JSON.parse(program(0, 'status', '-A', '-o', 'json').stdout);
  const found = document.namespaces.filter(({ name }: { name: string }) => NAMESPACES.includes(name));
  assert.deepEqual(found.map(({ name }: { name: string }) => name).toSorted(), NAMESPACES.toSorted());
  return found;
}

function before(from: string, to: string): void {
  for (const { name, worst, byVersion } of namespaces()) {
    assert.equal(worst, 'current', String(name));
    assert.deepEqual(Object.keys(Object(byVersion)), [from]);
  }
  program(0, 'verify', ...NAMESPACES);
  const plan = program(0, 'plan', ...NAMESPACES, '-o', 'json');
  assert.deepEqual(JSON.parse(plan.stdout).restarts, []);
  const advice = program(0, 'plan', 'upgrade', '--to', to, '-o', 'json');
  assert.ok(advice.stdout.includes(to), 'the guide names the destination');
  program(0, 'plan', 'upgrade', '--to', to);
  program(0, 'check');
}

function after(from: string, to: string, limits: readonly string[]): void {
  for (const { name, worst, byVersion } of namespaces()) {
    assert.equal(worst, 'behind-one', String(name));
    assert.deepEqual(Object.keys(Object(byVersion)), [from]);
  }
  program(3, 'verify', ...NAMESPACES);
  const plan = JSON.parse(program(0, 'plan', ...NAMESPACES, '-o', 'json').stdout);
  assert.deepEqual(plan.blocked, []);
  assert.equal(plan.restarts.length, WORKLOADS);
  for (const restart of plan.restarts) assert.equal(restart.to, to, restart.name);
  program(0, 'restart', ...NAMESPACES, '--dry-run=server');
  program(0, 'restart', ...NAMESPACES, '--yes', `--reason=${from} to ${to}`, ...limits);
  for (const { name, worst, byVersion } of namespaces()) {
    assert.equal(worst, 'current', String(name));
    assert.deepEqual(Object.keys(Object(byVersion)), [to]);
  }
  program(0, 'verify', ...NAMESPACES);
  program(0, 'check');
  program(0, 'report');
}

const [when = '', from = '', to = '', ...limits] = process.argv.slice(2);
const steps = new Map([
  ['before', before],
  ['after', after],
]);
const step = steps.get(when);
if (step === undefined || from === '' || to === '' || (process.env.KUBECONFIG ?? '') === '') {
  console.error(
    'usage: KUBECONFIG=FILE node --import=tsx scripts/ci/follow-upgrade.ts before|after FROM TO [LIMITS]',
  );
  process.exit(2);
}
step(from, to, limits);
