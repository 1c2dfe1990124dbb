/** The real kubectl as observer: our restart beside the one that kubectl makes. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ownAnnotation } from '../../src/data/own.ts';
import { findKubectls, type KubectlSession, openKubectl } from '../support/kubectl.ts';
import { AT_ONCE, demoCluster } from './demo-cluster.ts';

const kubectls = findKubectls();
if (kubectls.length === 0) {
  test('with the real kubectl', { skip: 'no kubectl on PATH' });
}

const RESTARTED_AT = 'kubectl.kubernetes.io/restartedAt';

interface Deployment {
  readonly metadata: { readonly generation: number };
  readonly spec: {
    readonly template: { readonly metadata: { readonly annotations?: Readonly<Record<string, string>> } };
  };
}

async function read(kubectl: KubectlSession, name: string): Promise<Deployment> {
  const { stdout, stderr } = await kubectl.run('get', 'deploy', name, '-n', 'invoicing', '-o', 'json');
  assert.ok(stdout.startsWith('{'), stderr);
  return JSON.parse(stdout);
}

for (const binary of kubectls) {
  test(`to kubectl ${binary.version} our restart is its own restart, plus who made it and in which run`, async () => {
    await using cluster = await demoCluster();
    const kubectl = openKubectl(binary, cluster.simulation.kubeconfig);
    try {
      const [before, theirsBefore] = [await read(kubectl, 'mailer'), await read(kubectl, 'pdf')];
      const theirs = await kubectl.run('rollout', 'restart', 'deploy/pdf', '-n', 'invoicing');
      assert.equal(theirs.code, 0, theirs.stderr);
      const ours = await cluster.call(
        'restart',
        'invoicing/deploy/mailer',
        '--yes',
        '--reason=CHG-7',
        ...AT_ONCE,
      );
      assert.equal(ours.code, 0, ours.stderr);
      const run = /Run ([0-9a-f]+) started by (\S+)\n/.exec(ours.stdout);
      const [after, theirsAfter] = [await read(kubectl, 'mailer'), await read(kubectl, 'pdf')];

      const { [RESTARTED_AT]: ourTime, ...ourRest } = after.spec.template.metadata.annotations ?? {};
      const { [RESTARTED_AT]: theirTime, ...theirRest } =
        theirsAfter.spec.template.metadata.annotations ?? {};
      const shape = (time: string | undefined) => time?.replace(/\d/g, '0').replace(/[+-]00:00$/, 'Z');
      assert.equal(shape(ourTime), shape(theirTime));
      assert.ok(ourTime !== undefined);
      assert.deepEqual(theirRest, theirsBefore.spec.template.metadata.annotations ?? {});
      assert.deepEqual(ourRest, {
        ...before.spec.template.metadata.annotations,
        [ownAnnotation.run]: run?.[1],
        [ownAnnotation.by]: run?.[2],
        [ownAnnotation.reason]: 'CHG-7',
      });
      const grown = (was: Deployment, is: Deployment) => is.metadata.generation - was.metadata.generation;
      assert.equal(grown(before, after), grown(theirsBefore, theirsAfter));

      const status = await kubectl.run('rollout', 'status', 'deploy/mailer', '-n', 'invoicing');
      assert.match(status.stdout, /successfully rolled out/);
    } finally {
      kubectl.close();
    }
  });
}
