import assert from 'node:assert/strict';
import { test } from 'node:test';
import { annotation } from '../../../src/data/linkerd.ts';
import { KubeError } from '../../../src/kube/errors.ts';
import {
  autoscaler,
  daemonSet,
  deployment,
  disruptionBudget,
} from '../../../src/sim/cluster/scenario/builders.ts';
import { OTHER_TRUST_ROOT, TRUST_ROOT } from '../../../src/sim/cluster/scenario/trust-roots.ts';
import type { World } from '../../../src/sim/cluster/scenario/world.ts';
import { events as EVENTS } from '../../../src/sim/resources.ts';
import type { AuditEntry } from '../../../src/sim/server/audit.ts';
import type { Binding, PolicyRule } from '../../../src/sim/server/authorizer.ts';
import { createAuthority } from '../../../src/sim/server/certificate.ts';
import type { KubeObject } from '../../../src/sim/types.ts';
import { INJECTION, may, NAMESPACES, WORKLOADS } from '../../live/restricted.ts';
import { left, NOW, preflightCluster, told } from './cluster.ts';

const SINGLE_INJECTOR = 'webhook: failurePolicy is Ignore and the injector has one replica';
const HA = { failurePolicy: 'Fail', replicas: 3 } as const;

/** What the preflight itself asked for. */
async function requestsOf(
  audit: readonly AuditEntry[],
  action: () => Promise<unknown>,
): Promise<readonly AuditEntry[]> {
  const before = audit.length;
  await action();
  // The session goes on watching and looking at its named objects.
  return audit.slice(before).filter(({ verb }) => verb !== 'watch');
}

test('a cluster that is well has little to say, and nothing is stored in it', async (t) => {
  const cluster = await preflightCluster(t, [deployment('shop', 'web'), daemonSet('books', 'agent')]);
  const { audit } = cluster.simulation.server;
  const podsBefore = cluster.simulation.cluster.cluster.list('Pod').map(({ metadata }) => metadata.uid);
  const eventsBefore = injected(cluster.simulation.cluster.cluster.store.list(EVENTS, ''));

  const items = cluster.items();
  const report = await cluster.preflight(items, { probe: true });

  assert.deepEqual(told(report, 'blocker'), []);
  assert.deepEqual(told(report, 'unknown'), []);
  const [warning, ...others] = told(report, 'warning');
  assert.ok(warning?.startsWith(SINGLE_INJECTOR), `it is told: ${warning}`);
  assert.deepEqual(others, []);
  assert.equal(left(report).size, 0);
  const probes = report.probes.map(({ key, ...probe }) => ({ name: key.name, ...probe }));
  const { trustRootSha256 } = cluster.session.model.view().controlPlane;
  assert.deepEqual(probes, [
    { name: 'agent', version: NOW, native: false, trustRootSha256, refusal: '' },
    { name: 'web', version: NOW, native: false, trustRootSha256, refusal: '' },
  ]);

  const writes = audit.entries.filter(({ method }) => method !== 'GET');
  assert.ok(
    writes.every(
      ({ path, resource }) =>
        resource === 'selfsubjectaccessreviews' ||
        /pods\?dryRun=All&fieldManager=kubectl-linkerd-upgrade/.test(path),
    ),
  );
  assert.equal(writes.filter(({ resource }) => resource === 'pods').length, 2);
  assert.deepEqual(
    cluster.simulation.cluster.cluster.list('Pod').map(({ metadata }) => metadata.uid),
    podsBefore,
  );
  assert.deepEqual(injected(cluster.simulation.cluster.cluster.store.list(EVENTS, '')), eventsBefore);
});

test('without a workload only the control plane is looked at', async (t) => {
  const cluster = await preflightCluster(t, [deployment('shop', 'web')], { now: HA });
  const asked = await requestsOf(cluster.simulation.server.audit.entries, async () => {
    const report = await cluster.preflight([], { probe: true });
    assert.deepEqual(report, { findings: [], exclusions: [], probes: [] });
  });
  assert.deepEqual(
    asked.filter(({ namespace }) => !['', 'linkerd'].includes(namespace)).map(({ path }) => path),
    [],
  );
});

test('Secrets are never asked for, whatever is looked at', async (t) => {
  const cluster = await preflightCluster(t, [deployment('shop', 'web')], {
    before: { trustRoots: OTHER_TRUST_ROOT },
    more: (world) => world.create(issuer({ notAfter: '2044-01-01T00:00:00Z' })),
  });
  await cluster.preflight(cluster.items(), { probe: true });
  const { entries } = cluster.simulation.server.audit;
  assert.ok(entries.some(({ resource }) => resource === 'certificates'));
  assert.deepEqual(
    entries.filter(
      ({ resource, path, body }) =>
        resource === 'secrets' || /\/secrets|"secrets"/.test(`${path} ${JSON.stringify(body ?? '')}`),
    ),
    [],
  );
});

test('one list of the whole cluster serves many namespaces', async (t) => {
  const many = Array.from({ length: 12 }, (_, index) => deployment(`team-${index}`, 'web', { replicas: 1 }));
  const cluster = await preflightCluster(t, many, {
    more: (world) => world.create(autoscaler('team-7', 'web', { current: 4, maximum: 4 })),
  });
  const asked = await requestsOf(cluster.simulation.server.audit.entries, async () => {
    const report = await cluster.preflight(cluster.items(), { probe: false });
    const full = told(report, 'warning').filter((text) => text.startsWith('autoscaler'));
    assert.deepEqual(full, [
      'autoscaler: autoscaled to the maximum, so load has nowhere to go during a restart: Deployment team-7/web (4 of 4 replicas)',
    ]);
  });
  const lists = (resource: string) =>
    asked.filter((entry) => entry.resource === resource && entry.verb === 'list');
  assert.deepEqual(
    lists('horizontalpodautoscalers').map(({ namespace }) => namespace),
    [''],
  );
  assert.deepEqual(
    lists('resourcequotas').map(({ namespace }) => namespace),
    [''],
  );
});

test('a right that was there is not asked for again; one that was missing is', async (t) => {
  const cluster = await preflightCluster(t, [deployment('shop', 'web'), deployment('shop', 'cart')], {
    rights: reader({ verbs: ['patch'], apiGroups: ['apps'], resources: ['deployments'] }, 'shop'),
  });
  const { entries } = cluster.simulation.server.audit;
  const reviews = async () =>
    (await requestsOf(entries, () => cluster.preflight(cluster.items(), { probe: false }))).filter(
      ({ resource }) => resource === 'selfsubjectaccessreviews',
    );
  const first = await reviews();
  const second = await reviews();
  const about = (all: readonly AuditEntry[], word: string) =>
    all.filter(({ body }) => JSON.stringify(body).includes(word)).length;
  assert.equal(
    about(first, '"deployments"'),
    2,
    'patch and watch of namespace and kind, not of each workload',
  );
  assert.equal(about(second, '"deployments"'), 0);
  assert.ok(about(second, '"leases"') > 0);
});

test('what may not be patched is left out by name, and a role that names its objects counts', async (t) => {
  const one: PolicyRule = {
    verbs: ['patch'],
    apiGroups: ['apps'],
    resources: ['deployments'],
    resourceNames: ['cart'],
  };
  const cluster = await preflightCluster(
    t,
    [deployment('shop', 'web'), deployment('shop', 'cart'), deployment('books', 'api')],
    {
      rights: [
        ...reader(one, 'shop'),
        may([{ verbs: ['patch'], apiGroups: ['apps'], resources: ['deployments'] }], 'books'),
      ],
    },
  );
  const report = await cluster.preflight(cluster.items(), { probe: true });
  assert.deepEqual(
    [...left(report)],
    [
      [
        'shop/web',
        'you may not patch deployments.apps in namespace shop: ask for that right, or let somebody restart it who has it',
      ],
    ],
  );
  assert.deepEqual(report.probes, [], 'no pod is tried without the right to create pods');
});

test('a watch is of a whole kind, so that a role that names its objects does not allow it', async (t) => {
  const seen = WORKLOADS.map((rule) => ({ ...rule, verbs: ['get', 'list'] }));
  const named = { verbs: ['watch'], apiGroups: ['apps'], resources: ['deployments'], resourceNames: ['web'] };
  const patch = { verbs: ['patch'], apiGroups: ['apps'], resources: ['deployments'] };
  const cluster = await preflightCluster(t, [deployment('shop', 'web')], {
    rights: [may([...seen, named, patch, NAMESPACES, ...INJECTION])],
  });
  const report = await cluster.preflight(cluster.items(), { probe: false });
  assert.match(left(report).get('shop/web') ?? '', /^you may not watch deployments\.apps in namespace shop/);
});

test('disruption budgets that may not be read are not known to have slack', async (t) => {
  const rights = [
    ...WORKLOADS.filter(({ resources }) => !resources.includes('poddisruptionbudgets')),
    { verbs: ['patch'], apiGroups: ['apps'], resources: ['deployments'] },
    NAMESPACES,
    ...INJECTION,
  ];
  const cluster = await preflightCluster(t, [deployment('shop', 'web')], { rights: [may(rights)] });
  const report = await cluster.preflight(cluster.items(), { probe: false });
  const unknown = told(report, 'unknown').filter((text) => text.startsWith('budget'));
  assert.deepEqual(unknown, [
    'budget: PodDisruptionBudgets cannot be read in shop: whether they are spent is not known',
  ]);
});

test('what may not be read is said, and is no error', async (t) => {
  const cluster = await preflightCluster(t, [deployment('shop', 'web')], {
    rights: reader({ verbs: ['patch'], apiGroups: ['apps'], resources: ['deployments'] }),
    now: HA,
  });
  const report = await cluster.preflight(cluster.items(), { probe: true });
  assert.deepEqual(told(report, 'blocker'), []);
  assert.deepEqual(
    told(report, 'unknown').map((text) => text.split(':')[0]),
    ['probe', 'certificates', 'operator', 'quota', 'autoscaler', 'nodes'],
  );
  assert.match(
    told(report, 'warning').join(),
    /^lock: you may not get leases.coordination.k8s.io in namespace linkerd/,
  );
});

test('a server that does not answer is an error, and no report', async (t) => {
  const cluster = await preflightCluster(t, [deployment('shop', 'web')]);
  const items = cluster.items();
  await cluster.simulation.server.faults.refuseConnections();
  await assert.rejects(
    () => cluster.preflight(items, { probe: true }),
    (error) => error instanceof KubeError && error.kind === 'network',
  );
});

test('an API group that is broken is told of, while the server is well', async (t) => {
  const cluster = await preflightCluster(t, [deployment('shop', 'web')]);
  cluster.simulation.server.faults.onRequest(({ path }) =>
    path === '/apis/cert-manager.io'
      ? { kind: 'respond', status: 503, body: 'service unavailable' }
      : undefined,
  );
  const report = await cluster.preflight(cluster.items(), { probe: false });
  assert.match(
    told(report, 'unknown').join(),
    /^certificates: when the identity issuer expires is not known/,
  );
});

test('a bundle that old proxies hold is looked into: without a shared anchor nothing is restarted', async (t) => {
  const cluster = await preflightCluster(t, [deployment('shop', 'web', { replicas: 3 })], {
    before: { trustRoots: OTHER_TRUST_ROOT },
  });
  const report = await cluster.preflight(cluster.items(), { probe: true });
  const [text, ...others] = told(report, 'blocker');
  assert.match(
    text ?? '',
    /^trust-roots: 3 proxies \(shop\/web-.* and others\) still hold the trust bundle [0-9a-f]{8}, which shares no valid anchor/,
  );
  assert.deepEqual(others, []);
});

test('a bundle with a shared anchor is a warning, and pods that are already new do not hold it', async (t) => {
  const cluster = await preflightCluster(t, [deployment('shop', 'web', { replicas: 2 })], {
    before: { trustRoots: `${TRUST_ROOT}\n${OTHER_TRUST_ROOT}` },
    more: ({ cluster: stored }) => {
      const [first] = stored.list('Pod', 'shop');
      assert.ok(first);
      stored.deletePod(first);
    },
  });
  const report = await cluster.preflight(cluster.items(), { probe: true });
  assert.deepEqual(told(report, 'blocker'), []);
  const found = told(report, 'warning').filter((warning) => warning.startsWith('trust-roots'));
  assert.match(
    found.join('\n'),
    /^trust-roots: proxies still hold the trust bundle [0-9a-f]{8}, which shares CN=root.linkerd.cluster.local with.*$/,
  );
});

test('anchors are read from the bundle: expired ones, and such as soon will be', async (t) => {
  const past = createAuthority('old.example', Date.now() - 400 * 86_400_000).certificate;
  const soon = createAuthority('soon.example', Date.now() - 355 * 86_400_000).certificate;
  const mixed = await preflightCluster(t, [deployment('shop', 'web')], {
    now: { ...HA, trustRoots: `${past}\n${soon}\n${TRUST_ROOT}` },
  });
  const warned = told(await mixed.preflight(mixed.items(), { probe: false }), 'warning').filter((text) =>
    text.startsWith('certificates'),
  );
  assert.match(warned[0] ?? '', /the trust anchor CN=old.example expired on 20\d\d-/);
  assert.match(warned[1] ?? '', /the trust anchor CN=soon.example expires in \d+ days, on/);
  assert.equal(warned.length, 2);

  const dead = await preflightCluster(t, [deployment('shop', 'web')], { now: { ...HA, trustRoots: past } });
  const blocked = told(await dead.preflight(dead.items(), { probe: false }), 'blocker');
  assert.ok(
    blocked.some((text) => text.startsWith('certificates: no trust anchor is valid now')),
    blocked.join(),
  );
  // The simulated webhook is trusted by the same bundle.
  assert.ok(
    blocked.some((text) =>
      text.startsWith('webhook: what the API server trusts of the injector is not valid'),
    ),
    blocked.join(),
  );
});

test('the issuer of cert-manager tells when it expires', async (t) => {
  const cluster = await preflightCluster(t, [deployment('shop', 'web')], {
    now: HA,
    more: (world) => world.create(issuer({ notAfter: '2026-01-01T00:00:00Z' })),
  });
  const expired = await cluster.preflight(cluster.items(), { probe: false });
  assert.match(told(expired, 'blocker').join(), /^certificates: the identity issuer expired on 2026-01-01/);
});

test('others at work are seen: another run, a drain, an operator, GitOps, a namespace that goes', async (t) => {
  const flux = {
    'kustomize.toolkit.fluxcd.io/name': 'apps',
    'kustomize.toolkit.fluxcd.io/namespace': 'flux-system',
  };
  const cluster = await preflightCluster(
    t,
    [
      deployment('shop', 'web', { own: { labels: flux } }),
      deployment('books', 'api', { own: { labels: { tier: 'backend' } } }),
      deployment('books', 'ui'),
      deployment('going', 'app'),
      deployment('tight', 'app', { replicas: 2 }),
    ],
    {
      now: HA,
      more: (world) => {
        world.create(lease('ann@laptop/4f2a'));
        world.create(dataPlane('books', { tier: 'backend' }));
        world.create(disruptionBudget('tight', 'app', { minAvailable: 2 }));
        world.change('Node', '', 'node-b', (found) => ({
          ...found,
          spec: { ...found.spec, unschedulable: true },
        }));
      },
    },
  );
  const items = cluster.items();
  cluster.simulation.cluster.world.change('Namespace', '', 'going', (found) => ({
    ...found,
    metadata: { ...found.metadata, deletionTimestamp: '2026-11-21T20:00:00Z' },
    status: { phase: 'Terminating' },
  }));
  const report = await cluster.preflight(items, { probe: false });
  const warnings = told(report, 'warning');
  assert.deepEqual(
    warnings.map((text) => text.split(':')[0]),
    ['lock', 'budget', 'nodes', 'gitops'],
  );
  assert.match(
    warnings[0] ?? '',
    /ann@laptop\/4f2a holds the lock of this cluster \(Lease linkerd\/kubectl-linkerd-upgrade\); by its clock/,
  );
  assert.match(warnings[1] ?? '', /a rolling update does not ask about: Deployment tight\/app/);
  assert.match(warnings[2] ?? '', /1 node is cordoned \(node-b\)/);
  assert.match(warnings[3] ?? '', /flux suspend kustomization apps -n flux-system/);
  const reasons = left(report);
  assert.match(
    reasons.get('books/api') ?? '',
    /DataPlane books\/main \(linkerd.buoyant.io\) restarts it by itself/,
  );
  assert.match(reasons.get('going/app') ?? '', /namespace going (is being deleted|no longer exists)/);
  assert.equal(reasons.size, 2);
});

test('the lock that this program holds, or gets meanwhile, is not another run’s', async (t) => {
  const story = {
    now: HA,
    more: (world: World) => void world.create(lease('me@here/1111')),
  };
  const held = await preflightCluster(t, [deployment('shop', 'web')], {
    ...story,
    options: { holdsLock: () => true },
  });
  assert.deepEqual(told(await held.preflight(held.items(), { probe: false }), 'warning'), []);
  let asked = 0;
  const won = await preflightCluster(t, [deployment('shop', 'web')], {
    ...story,
    options: { holdsLock: () => asked++ > 0 },
  });
  assert.deepEqual(told(await won.preflight(won.items(), { probe: false }), 'warning'), []);
});

test('a namespace that no longer asks for the mesh is found out before its pods lose their proxies', async (t) => {
  const cluster = await preflightCluster(t, [deployment('shop', 'web'), deployment('books', 'api')], {
    now: HA,
  });
  const items = cluster.items();
  cluster.simulation.cluster.world.annotateNamespace('shop', { [annotation.inject]: undefined });
  const report = await cluster.preflight(items, { probe: true });
  assert.deepEqual(told(report, 'blocker'), []);
  assert.match(
    left(report).get('shop/web') ?? '',
    /its new pods would have no proxy: neither the namespace nor the pod/,
  );
  assert.equal(left(report).size, 1);
});

test('an upgrade that has landed in linkerd-config blocks, by the configuration and by the probe', async (t) => {
  const cluster = await preflightCluster(t, [deployment('shop', 'web')], { now: HA });
  const items = cluster.items();
  cluster.simulation.cluster.upgradeConfigOnly('edge-25.12.2');
  const blocked = told(await cluster.preflight(items, { probe: true }), 'blocker');
  assert.ok(
    // Which of the two is said depends on whether the live view has read linkerd-config again by now.
    blocked.some((text) =>
      /^target: (ConfigMap linkerd\/linkerd-config now asks for|Deployment shop\/web would now get) edge-25\.12\.2/.test(
        text,
      ),
    ),
    blocked.join('\n'),
  );
  assert.ok(
    blocked.some(
      (text) =>
        text ===
        `target: the injector gives Deployment shop/web the proxy edge-25.12.2, and ${NOW} was planned`,
    ),
    blocked.join('\n'),
  );
});

function reader(rule: PolicyRule, inNamespace?: string): readonly Binding[] {
  return [may([...WORKLOADS, NAMESPACES, ...INJECTION]), may([rule], inNamespace)];
}

function issuer(status: Readonly<Record<string, string>>): KubeObject {
  return {
    apiVersion: 'cert-manager.io/v1',
    kind: 'Certificate',
    metadata: { name: 'linkerd-identity-issuer', namespace: 'linkerd' },
    spec: { secretName: 'linkerd-identity-issuer', isCA: true },
    status: { ...status, conditions: [{ type: 'Ready', status: 'True', reason: 'Ready', message: '' }] },
  };
}

function lease(holderIdentity: string): KubeObject {
  return {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { name: 'kubectl-linkerd-upgrade', namespace: 'linkerd' },
    spec: {
      holderIdentity,
      leaseDurationSeconds: 15,
      acquireTime: '2026-01-01T00:00:00.000000Z',
      renewTime: '2026-01-01T00:00:00.000000Z',
    },
  };
}

function dataPlane(inNamespace: string, matchLabels: Readonly<Record<string, string>>): KubeObject {
  return {
    apiVersion: 'linkerd.buoyant.io/v1alpha1',
    kind: 'DataPlane',
    metadata: { name: 'main', namespace: inNamespace },
    spec: { workloadSelector: { matchLabels } },
  };
}

function injected(events: readonly KubeObject[]): number {
  return events.filter(({ reason }) => reason === 'Injected').length;
}
