import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { demoScenario } from '../../../src/sim/cluster/scenario/scenarios.ts';
import { type Simulation, startSimulation } from '../../../src/sim/cluster/simulation.ts';
import { stringAt } from '../../../src/sim/json.ts';
import { findKubectls, type Kubectl, type KubectlSession, openKubectl } from '../../support/kubectl.ts';

const SPEED = 50;

const kubectls = findKubectls();
if (kubectls.length === 0) {
  test('kubectl against the simulation', { skip: 'no versioned kubectl beside the one on PATH' });
}

for (const kubectl of kubectls) describeWith(kubectl);

function describeWith(kubectl: Kubectl): void {
  describe(`kubectl ${kubectl.version} against the simulation`, () => {
    let simulation: Simulation;
    let session: KubectlSession;

    before(async () => {
      simulation = await startSimulation({ scenario: demoScenario(), speed: SPEED });
      session = openKubectl(kubectl, simulation.kubeconfig);
    });

    after(async () => {
      session.close();
      await simulation.stop();
    });

    const kubectlRun = async (...args: readonly string[]): Promise<string> => {
      const { code, stdout, stderr } = await session.run(...args);
      assert.equal(code, 0, stderr);
      return stdout;
    };

    const workloads = [
      ['orders', 'deployment/api', /deployment "api" successfully rolled out/],
      ['orders', 'statefulset/outbox', /partitioned roll out complete: 3 new pods/],
      ['search', 'statefulset/shards', /partitioned roll out complete: 3 new pods/],
      ['observability', 'daemonset/log-shipper', /daemon set "log-shipper" successfully rolled out/],
    ] as const;
    for (const [namespace, workload, end] of workloads) {
      test(`rollout restart and status of ${namespace}/${workload}`, async () => {
        const restarted = await kubectlRun('rollout', 'restart', '-n', namespace, workload);
        assert.match(restarted, / restarted\n$/);
        const status = await kubectlRun('rollout', 'status', '-n', namespace, workload, '--timeout=50s');
        assert.match(status, /^Waiting for/);
        assert.match(status, end);
      });
    }

    test('a paused Deployment is refused', async () => {
      const { code, stderr } = await session.run(
        'rollout',
        'restart',
        '-n',
        'checkout',
        'deployment/vouchers',
      );
      assert.equal(code, 1);
      assert.match(stderr, /can't restart paused deployment/);
    });

    test('an undone rollout takes the old ReplicaSet up again', async () => {
      await kubectlRun('rollout', 'restart', '-n', 'catalog', 'deployment/assets');
      await kubectlRun('rollout', 'status', '-n', 'catalog', 'deployment/assets', '--timeout=50s');
      await kubectlRun('rollout', 'undo', '-n', 'catalog', 'deployment/assets');
      await kubectlRun('rollout', 'status', '-n', 'catalog', 'deployment/assets', '--timeout=50s');
      const sets = await kubectlRun('get', 'replicasets', '-n', 'catalog', '-l', 'app=assets', '-o', 'name');
      assert.equal(sets.trim().split('\n').length, 2);
    });

    test('a deleted pod comes back with a proxy', async () => {
      const [before = ''] = (
        await kubectlRun('get', 'pods', '-n', 'invoicing', '-l', 'app=pdf', '-o', 'name')
      ).split('\n');
      await kubectlRun('delete', '-n', 'invoicing', before, '--wait=true');
      await kubectlRun('rollout', 'status', '-n', 'invoicing', 'deployment/pdf', '--timeout=50s');
      const names = await kubectlRun('get', 'pods', '-n', 'invoicing', '-l', 'app=pdf', '-o', 'name');
      assert.equal(names.includes(before), false);
      const columns = 'custom-columns=V:.metadata.annotations.linkerd\\.io/proxy-version';
      const versions = await kubectlRun(
        'get',
        'pods',
        '-n',
        'invoicing',
        '-l',
        'app=pdf',
        '--no-headers',
        '-o',
        columns,
      );
      assert.match(versions, /edge-25\.11\.3/);
    });

    test('events tell what the injector did', async () => {
      const told = await kubectlRun(
        'get',
        'events',
        '-n',
        'orders',
        '-o',
        'custom-columns=R:.reason,O:.involvedObject.kind',
      );
      assert.match(told, /Injected +Deployment/);
      assert.match(told, /ScalingReplicaSet +Deployment/);
    });

    test('a namespace that is deleted is gone in the end', async () => {
      await kubectlRun('delete', 'namespace', 'media', '--wait=true', '--timeout=50s');
      const { stderr } = await session.run('get', 'namespace', 'media');
      assert.match(stderr, /namespaces "media" not found/);
    });
  });
}

test('the simulation runs as a process of its own until it is told to end', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'simulation-'));
  const file = join(folder, 'kubeconfig');
  const main = new URL('../../../src/sim/cluster/main.ts', import.meta.url).pathname;
  const args = ['--import=tsx', main, '--scenario', 'load', '--pods', '40', '--kubeconfig-out', file];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  try {
    const line = await new Promise<string>((resolve, reject) => {
      child.stderr.once('data', (chunk: Buffer) => resolve(chunk.toString()));
      child.once('exit', (code) => reject(new Error(`it ended with ${code} before it was ready`)));
    });
    const url = /https:\/\/127\.0\.0\.1:\d+/.exec(line)?.[0];
    assert.ok(url, line);
    assert.match(readFileSync(file, 'utf8'), new RegExp(`server: ${url}`));
    assert.equal(statSync(file).mode & 0o777, 0o600);
  } finally {
    child.kill('SIGTERM');
  }
  assert.equal(await ended, 0);
  rmSync(folder, { recursive: true });
});

test('two simulations stand side by side', async () => {
  const both = await Promise.all(
    [1, 2].map((seed) => startSimulation({ scenario: demoScenario(), seed, tls: false })),
  );
  const [first, second] = both;
  assert.notEqual(first?.url, second?.url);
  const version = await fetch(`${first?.url}/version`);
  assert.match(stringAt(await version.json(), 'gitVersion'), /^v1\./);
  await Promise.all(both.map((simulation) => simulation.stop()));
});
