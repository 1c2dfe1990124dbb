/**
 * `restart` without each single right of those that `rbac --for restart` prints: it restarts what it still may, says
 * what it left and which right that takes, or refuses before the first patch. It never waits for what it cannot see.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { grantedCluster, printedRights } from './granted-cluster.ts';
import { SWIFTLY } from './swiftly.ts';
import { flat, nameOf } from './told.ts';

/** How `restart` ends without a right, where that is not with every workload restarted. */
const ends: Readonly<Record<string, { readonly code: number; readonly says: RegExp }>> = {
  'get namespaces': {
    code: 1,
    says: /it is not known which cluster this is.*cannot get resource "namespaces"/,
  },
  'list namespaces': { code: 0, says: /Nothing to restart.*the namespace cannot be read/ },
  'list pods': {
    code: 1,
    says: /nothing may be restarted now: whether the proxy injector works is not known/,
  },
  'watch pods': {
    code: 1,
    says: /nothing may be restarted now: whether the proxy injector works is not known/,
  },
  'list apps/deployments': { code: 0, says: /deployment\/web unknown its Deployment has not been read/ },
  'watch apps/deployments': { code: 0, says: /you may not watch deployments\.apps in namespace books/ },
  'patch apps/deployments': { code: 0, says: /you may not patch deployments\.apps in namespace books/ },
  'list apps/statefulsets': { code: 0, says: /statefulset\/cache unknown its StatefulSet has not been read/ },
  'watch apps/statefulsets': { code: 0, says: /you may not watch statefulsets\.apps in namespace books/ },
  'patch apps/statefulsets': { code: 0, says: /you may not patch statefulsets\.apps in namespace books/ },
  'list apps/daemonsets': { code: 0, says: /daemonset\/agent unknown its DaemonSet has not been read/ },
  'watch apps/daemonsets': { code: 0, says: /you may not watch daemonsets\.apps in namespace books/ },
  'patch apps/daemonsets': { code: 0, says: /you may not patch daemonsets\.apps in namespace books/ },
  'list argoproj.io/rollouts': { code: 0, says: /rollout\/canary unsupported/ },
  'watch argoproj.io/rollouts': {
    code: 0,
    says: /you may not watch rollouts\.argoproj\.io in namespace books/,
  },
  'patch argoproj.io/rollouts': {
    code: 0,
    says: /you may not patch rollouts\.argoproj\.io in namespace books/,
  },
  'list apps/replicasets': { code: 0, says: /replicaset\/canary-7c9 unsupported/ },
  'create pods/eviction': { code: 0, says: /you may not create pods\/eviction in namespace books/ },
  'get coordination.k8s.io/leases kubectl-linkerd-upgrade': {
    code: 1,
    says: /there is no lock to be had: could not read lease/,
  },
  'update coordination.k8s.io/leases kubectl-linkerd-upgrade': {
    code: 1,
    says: /there is no lock to be had: leases may be created, but not updated/,
  },
  'create coordination.k8s.io/leases': {
    code: 1,
    says: /there is no lock to be had: could not create lease/,
  },
};

/** The kinds of workload, by what their rights are on. */
const kinds: Readonly<Record<string, readonly string[]>> = {
  'apps/deployments': ['web'],
  'apps/statefulsets': ['db', 'cache'],
  'apps/daemonsets': ['agent'],
  'argoproj.io/rollouts': ['canary'],
  'apps/replicasets': ['canary'],
  '/pods/eviction': ['cache'],
};
const ALL = ['agent', 'cache', 'canary', 'db', 'web'];

describe('restart', { concurrency: 4 }, () => {
  for (const right of printedRights('--for', 'restart', 'argo')) {
    const name = nameOf(right);
    test(`restart without ${name}`, async (t) => {
      const cluster = await grantedCluster(t);
      await cluster.grant('--for', 'restart', 'argo');
      cluster.revoke(right);
      cluster.asked();
      const told = await cluster.run('restart', 'books', ...SWIFTLY, '--include', 'on-delete');
      const { code = 0, says } = ends[name] ?? {};
      assert.equal(told.code, code, flat(told));
      if (says) assert.match(flat(told), says);
      const patched = cluster.asked().filter(({ verb, code: answer }) => verb === 'patch' && answer === 200);
      const lost = code === 1 || name === 'list namespaces' ? ALL : says ? (kinds[right.resource] ?? []) : [];
      assert.deepEqual(
        [...new Set(patched.map((entry) => entry.name))].sort(),
        ALL.filter((workload) => !lost.includes(workload)),
      );
    });
  }
});
