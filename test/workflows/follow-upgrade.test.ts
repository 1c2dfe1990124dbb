/** The part of the cluster workflow that is this program's, on a simulated cluster in place of kind. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parseAllDocuments } from 'yaml';
import { freshInstall, type Scenario } from '../../src/sim/cluster/scenario/scenarios.ts';
import { minutesAgo } from '../../src/sim/cluster/scenario/story.ts';
import type { KubeObject } from '../../src/sim/types.ts';
import { AT_ONCE, demoCluster } from '../e2e/demo-cluster.ts';
import { waitUntil } from '../rollout/preflight/wait-until.ts';
import { runToEnd } from '../support/program.ts';
import { root, workflows } from './workflows.ts';

const pairs = workflows()
  .flatMap(({ jobs }) => jobs)
  .find(({ name }) => name === 'upgrade')?.matrix.include;
assert.ok(Array.isArray(pairs) && pairs.length >= 2, 'the workflow has two pairs of versions at least');

const workloads = parseAllDocuments(readFileSync(join(root, 'scripts/ci/workloads.yaml'), 'utf8')).map(
  (document): KubeObject => document.toJS(),
);

/** One node, Linkerd of this version, and the workflow's workloads in its mesh. */
function meshed(version: string): Scenario {
  const { story, installation } = freshInstall(version);
  return { installation, story: [...story, minutesAgo(30, (world) => world.createAll(workloads))] };
}

for (const { from, to } of pairs) {
  test(`from ${from} to ${to}: the steps of the workflow pass before and after`, async () => {
    await using cluster = await demoCluster({ scenario: meshed(from), speed: 20 });
    const follow = (when: 'before' | 'after', ...limits: readonly string[]) =>
      runToEnd(
        process.execPath,
        ['--import=tsx', join(root, 'scripts/ci/follow-upgrade.ts'), when, from, to, ...limits],
        cluster.env,
      );
    const before = await follow('before');
    assert.equal(before.code, 0, before.stdout + before.stderr);
    const early = await follow('after');
    assert.notEqual(early.code, 0, 'nothing has been upgraded yet');
    cluster.simulation.cluster.upgradeControlPlane(to);
    let status = '';
    await waitUntil(
      async () => {
        status = (await cluster.call('status', '-n', 'ci-shop', '-o', 'json')).stdout;
        return JSON.parse(status).controlPlane.ready;
      },
      () => status,
    );
    const after = await follow('after', ...AT_ONCE, '--starts-per-minute=1000');
    assert.equal(after.code, 0, after.stdout + after.stderr);
    assert.deepEqual(cluster.patched().toSorted(), ['agent', 'db', 'smtp', 'web']);
  });
}
