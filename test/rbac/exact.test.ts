/** What `rbac --for COMMAND` prints is what the command asks for: nothing is missing, nothing is unused. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { container } from '../../src/data/linkerd.ts';
import type { RightsCommand } from '../../src/report/rbac/rights.ts';
import type { AuditEntry } from '../../src/sim/server/audit.ts';
import { type GrantedCluster, type GrantedRight, grantedCluster, printedRights } from './granted-cluster.ts';
import { SWIFTLY } from './swiftly.ts';
import { written } from './told.ts';

const EVERYTHING = ['--include', 'on-delete'];
const VERSION = 'edge-25.10.7';

/** Uses a command in all its ways. `all` is false where only namespace books is granted. */
type Use = (cluster: GrantedCluster, all: boolean) => Promise<void>;

const uses: Readonly<Record<RightsCommand, Use>> = {
  status: looking(['status']),
  verify: looking(['verify']),
  explain: looking(['explain', 'books/deploy/web']),
  check: looking(['check', '--wait', '0']),
  async 'plan upgrade'(cluster) {
    await cluster.run('plan', 'upgrade');
    // Namespaces are read by name where neither they nor all that is in them can be listed.
    for (const resource of ['/namespaces', 'apps/deployments']) {
      cluster.revoke({ resource, verb: 'list', names: '', namespace: '' });
    }
    await cluster.run('plan', 'upgrade');
  },
  async plan(cluster, all) {
    await cluster.run('plan', 'books', ...EVERYTHING);
    if (all) await cluster.run('plan', '-A');
  },
  async screen(cluster, all) {
    await cluster.look(all ? undefined : 'books');
    await uses.restart(cluster, all);
  },
  async restart(cluster, all) {
    const kinds = ['sts/db', 'sts/cache', 'ds/agent', 'rollout/canary', 'deploy/web'];
    const [web = '', ...others] = kinds.map((name) => `books/${name}`).reverse();
    const done = await cluster.run('restart', ...others, ...SWIFTLY, ...EVERYTHING);
    assert.equal(done.code, 0, `${done.out}${done.err}`);
    // One that fails and has to be explained.
    const crash = { kind: 'crash-loop', container: container.proxy } as const;
    cluster.simulation.cluster.setWorkloadBehaviour('books', 'web', crash);
    const failed = await cluster.run('restart', web, ...SWIFTLY, '--timeout', '20s');
    assert.equal(failed.code, 4, `${failed.out}${failed.err}`);
    if (all) assert.equal((await cluster.run('restart', '-A', '--dry-run=server')).code, 0);
  },
  pin: pinning('pin'),
  unpin: pinning('unpin'),
};

function looking(words: readonly string[]): Use {
  return async (cluster, all) => {
    const [command = '', ...operands] = words;
    const named = await cluster.run(
      command,
      ...operands,
      ...(command === 'verify' ? ['books'] : ['-n', 'books']),
    );
    assert.notEqual(named.code, 1, named.err);
    if (all) assert.notEqual((await cluster.run(command, ...operands)).code, 1);
  };
}

function pinning(command: 'pin' | 'unpin'): Use {
  return async (cluster) => {
    for (const target of ['books', 'books/deploy/web', 'books/sts/db', 'books/ds/agent']) {
      await written(cluster, 'pin', target, '--proxy-version', VERSION, '--yes');
      if (command === 'unpin') await written(cluster, 'unpin', target, '--yes');
    }
  };
}

/** Requests that every authenticated user may make. */
function isOrdinary({ resource }: AuditEntry): boolean {
  return resource === '' || resource === 'selfsubjectaccessreviews';
}

function isFor(entry: AuditEntry, { resource, verb, names, namespace }: GrantedRight): boolean {
  const asked = `${groupOf(entry)}/${entry.resource}${entry.subresource === '' ? '' : `/${entry.subresource}`}`;
  return (
    asked === resource &&
    entry.verb === verb &&
    (namespace === '' || entry.namespace === namespace) &&
    (names === '' || names.split(',').includes(entry.name))
  );
}

function groupOf({ path }: AuditEntry): string {
  return /^\/apis\/([^/]+)\//.exec(path)?.[1] ?? '';
}

const textOf = ({ verb, path, user, code }: AuditEntry): string => `${verb} ${path} of ${user}: ${code}`;

for (const [command, use] of Object.entries(uses)) {
  const word = command.replace(' ', '-');

  test(`${command}: exactly the rights that are printed for it`, async (t) => {
    const cluster = await grantedCluster(t);
    const rights = printedRights('--for', word, 'argo');
    await cluster.grant('--for', word, 'argo');
    await use(cluster, true);
    const asked = cluster.asked().filter((entry) => !isOrdinary(entry));
    const refused = asked.filter(({ code }) => code === 403);
    assert.deepEqual(command === 'plan upgrade' ? [] : refused.map(textOf), []);
    const unused = rights.filter((right) => !asked.some((entry) => isFor(entry, right)));
    assert.deepEqual(unused, []);
  });

  // The way to a newer Linkerd is about the whole cluster.
  if (command === 'plan upgrade') continue;

  test(`${command}: exactly the rights that are printed for one namespace`, async (t) => {
    const cluster = await grantedCluster(t);
    const rights = printedRights('--for', word, 'argo', '-n', 'books');
    await cluster.grant('--for', word, 'argo', '-n', 'books');
    await use(cluster, false);
    const asked = cluster.asked().filter((entry) => !isOrdinary(entry));
    // What is refused is about the whole cluster, or a fixed place elsewhere: it is tried in case it may be had.
    const refused = asked.filter(({ code, path }) => code === 403 && !path.includes('/linkerd-cni/'));
    assert.deepEqual(refused.filter(({ namespace }) => namespace !== '').map(textOf), []);
    const unused = rights.filter((right) => !asked.some((entry) => isFor(entry, right)));
    assert.deepEqual(unused, []);
  });
}
