/**
 * Every single right taken away from the one who has exactly what `rbac` prints: the command says which verb on which
 * resource it lacks, or at least what it cannot tell, and claims nothing that it could not see.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type GrantedCluster, type GrantedRight, grantedCluster, printedRights } from './granted-cluster.ts';
import { flat, nameOf, refusal } from './told.ts';

/** Takes rights away one by one, and gives them back. */
async function eachWithout(
  cluster: GrantedCluster,
  words: readonly string[],
  check: (right: GrantedRight) => Promise<void>,
): Promise<void> {
  const rights = printedRights(...words);
  assert.ok(rights.length > 10);
  for (const right of rights) {
    await cluster.grant(...words);
    cluster.revoke(right);
    try {
      await check(right);
    } catch (error) {
      throw new Error(`without ${nameOf(right)}`, { cause: error });
    }
  }
}

/** Rights that a command has no use for as long as it has others; each is needed in one of its other ways. */
const spare: Readonly<Record<string, readonly string[]>> = {
  status: ['get namespaces'],
  // One Deployment is told by its own objects.
  explain: [
    'get namespaces',
    'list apps/statefulsets',
    'list apps/daemonsets',
    'list argoproj.io/rollouts',
    'list apps/replicasets',
    'list batch/jobs',
    'list policy/poddisruptionbudgets',
  ],
  verify: ['get namespaces'],
  check: ['get namespaces'],
  'plan upgrade': ['get namespaces'],
};

/** What `explain` says in place of the server's words. */
const explained: Readonly<Record<string, RegExp>> = {
  'list namespaces': /linkerd\.io\/inject on the namespace: not readable.*What a restart does cannot be told/,
  'list apps/deployments': /What a restart does cannot be told: its Deployment has not been read/,
  'get admissionregistration.k8s.io/mutatingwebhookconfigurations linkerd-proxy-injector-webhook-config':
    /webhook linkerd-proxy-injector\.linkerd\.io: not readable, taken as its release installs it/,
  'get configmaps linkerd-config': /from the label of the control plane's Deployments/,
};

const looking = [
  { command: 'status', words: ['status'] },
  { command: 'explain', words: ['explain', 'books/deploy/web'] },
  { command: 'check', words: ['check', '--wait', '0'] },
  { command: 'plan upgrade', words: ['plan', 'upgrade', '-o', 'wide'] },
] as const;

for (const { command, words } of looking) {
  test(`${command}: names each right that is missing`, async (t) => {
    const cluster = await grantedCluster(t);
    await eachWithout(cluster, ['--for', command.replace(' ', '-'), 'argo'], async (right) => {
      const told = await cluster.run(...words);
      const text = flat(told);
      // All proxies but those of the control plane are behind, whatever cannot be seen.
      assert.doesNotMatch(text, /(books|shop) \d+ current|web is current/);
      if (right.resource === '/pods') {
        assert.equal(told.code, 1);
        assert.match(text, refusal(right));
        return;
      }
      assert.equal(told.code, 0, text);
      const name = nameOf(right);
      if (spare[command]?.includes(name)) return;
      if (command !== 'explain') assert.match(text, refusal(right));
      else if (name.endsWith('trust-roots')) assert.doesNotMatch(text, /trust roots? .*current/);
      else assert.match(text, explained[name] ?? refusal(right));
    });
  });
}

test('check: what proxies trust is not called in order where the roots cannot be read', async (t) => {
  const cluster = await grantedCluster(t);
  const names = 'linkerd-identity-trust-roots';
  await cluster.grant('check');
  assert.match(flat(await cluster.run('check', '--wait', '0')), /have another trust bundle/);
  cluster.revoke({ resource: '/configmaps', verb: 'get', names, namespace: 'linkerd' });
  const text = flat(await cluster.run('check', '--wait', '0'));
  assert.match(text, /which proxies trust the control plane's root cannot be told/);
  assert.doesNotMatch(text, /\[ok\] data plane proxies trust/);
});

test('verify: nothing is verified that could not all be read', async (t) => {
  const cluster = await grantedCluster(t);
  const words = ['verify', '--excuse', 'books', '--excuse', 'shop'];
  await cluster.grant('read', 'argo');
  assert.equal((await cluster.run(...words)).code, 0);
  await eachWithout(cluster, ['--for', 'verify', 'argo'], async (right) => {
    const told = await cluster.run(...words);
    if (spare.verify?.includes(nameOf(right))) return;
    assert.equal(told.code, 1);
    assert.match(told.err, right.resource === '/pods' ? refusal(right) : /not all could be read/);
    const kind = right.resource.slice(right.resource.indexOf('/') + 1).replace(/s$/, '');
    assert.match(told.err.toLowerCase(), new RegExp(kind));
  });
});

/** What `plan` and `restart` say where it is not the server's words. */
const planned: Readonly<Record<string, RegExp>> = {
  'get pods': /of the trust bundle \w+ that proxies still hold only the hash is known/,
  'create pods': /you may not create pods in books, so what the injector gives there is predicted/,
  'list resourcequotas': /ResourceQuotas cannot be read in books/,
  'list autoscaling/horizontalpodautoscalers': /HorizontalPodAutoscalers cannot be read in books/,
  'list linkerd.buoyant.io/dataplanes': /DataPlanes of linkerd\.buoyant\.io cannot be read in books/,
  'get coordination.k8s.io/leases kubectl-linkerd-upgrade':
    /you may not get leases\.coordination\.k8s\.io in namespace linkerd/,
};

test('plan: names each right that is missing', async (t) => {
  const cluster = await grantedCluster(t);
  const words = ['--for', 'plan', 'restart', 'evict', 'argo'];
  await eachWithout(cluster, words, async (right) => {
    const name = nameOf(right);
    // Its watches have hardly begun when it ends; `restart` has to do with them.
    if (right.verb === 'watch' && right.resource !== '/pods') return;
    const told = await cluster.run('plan', 'books', '--include', 'on-delete');
    const text = flat(told);
    assert.equal(told.code, 0, text);
    const [, resource = ''] = right.resource.split(/\/(.*)/);
    switch (right.verb) {
      case 'patch':
        return assert.match(text, new RegExp(`you may not patch ${resource}\\.\\S+ in namespace books`));
      case 'update':
        return assert.match(text, /you may not update leases\.coordination\.k8s\.io in namespace linkerd/);
      case 'create':
        if (name === 'create pods/eviction')
          return assert.match(text, /you may not create pods\/eviction in/);
        if (name === 'create coordination.k8s.io/leases')
          return assert.match(text, /you may not create leases/);
        break;
      default:
    }
    // It is asked for where a plan file is written or a run is started.
    if (name === 'get namespaces') return;
    assert.match(text, planned[name] ?? refusal(right));
  });
});

test('plan: without the uid of kube-system the plan is for reading only', async (t) => {
  const cluster = await grantedCluster(t);
  await cluster.grant('--for', 'restart', 'argo');
  cluster.revoke({ resource: '/namespaces', verb: 'get', names: '', namespace: '' });
  const told = await cluster.run('plan', 'books', '--out', `${cluster.folder}/plan.json`);
  assert.match(told.err, /It cannot be applied: which cluster it was made on could not be read/);
});

test('pin: the right to patch is asked for first, and what could not be read is told', async (t) => {
  const cluster = await grantedCluster(t);
  for (const target of ['books', 'books/deploy/web', 'books/sts/db', 'books/ds/agent']) {
    await eachWithout(cluster, ['--for', 'pin'], async (right) => {
      const told = await cluster.run('pin', target, '--proxy-version', 'edge-25.10.7', '--dry-run=server');
      const text = flat(told);
      const kind = {
        books: '/namespaces',
        'books/deploy/web': 'apps/deployments',
        'books/sts/db': 'apps/statefulsets',
        'books/ds/agent': 'apps/daemonsets',
      }[target];
      if (right.verb === 'patch' && right.resource === kind) {
        assert.equal(told.code, 1);
        assert.match(text, /you may not patch/);
      } else if (right.verb === 'get' && (right.resource === kind || right.resource === '/namespaces')) {
        assert.equal(told.code, 1);
        assert.match(text, refusal(right));
      } else if (right.verb === 'list' && right.resource !== '/pods') {
        assert.match(text, refusal(right));
      } else if (right.resource === '/pods') {
        assert.match(text, /not known|cannot list/);
      }
      assert.equal(
        cluster.asked().filter(({ verb, path }) => verb === 'patch' && !path.includes('dryRun')).length,
        0,
      );
    });
  }
});

test('the live screen: names each right that is missing', async (t) => {
  const cluster = await grantedCluster(t);
  await eachWithout(cluster, ['follow', 'argo'], async (right) => {
    if (nameOf(right) === 'get namespaces') return;
    const seen = await cluster.look();
    if (right.verb !== 'watch') assert.match(seen, refusal(right));
  });
});
