import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { annotation } from '../../../src/data/linkerd.ts';
import type { PreflightFacts, ProbeAnswer } from '../../../src/rollout/preflight/facts.ts';
import { NO_REQUESTS } from '../../../src/rollout/preflight/pod-requests.ts';
import type { PreflightReport } from '../../../src/rollout/preflight/report.ts';
import {
  budget,
  component,
  controlPlane,
  injectorWebhook,
  linkerdConfig,
  meshedNamespace,
  namespace,
} from '../../support/records.ts';
import {
  AT,
  absent,
  anchor,
  config,
  DAY,
  known,
  lines,
  OLD,
  PRESENT,
  proxied,
  ROOT,
  reportOn,
  type Scene,
  unreadable,
  workload,
} from './fixtures.ts';

/** Holds the one finding of a scene to a text. */
function tells(scene: Scene, expected: RegExp): void {
  const found = lines(reportOn(scene));
  assert.equal(found.length, 1, found.join('\n'));
  assert.match(found[0] ?? '', expected);
}

function says(scene: Scene, expected: RegExp): void {
  const found = lines(reportOn(scene));
  assert.ok(
    found.some((line) => expected.test(line)),
    found.join('\n'),
  );
}

function leaves(report: PreflightReport): Readonly<Record<string, string>> {
  return Object.fromEntries(report.exclusions.map(({ key, reason }) => [key.name, reason]));
}

test('where all is well nothing is said', () => {
  assert.deepEqual(reportOn({ answers: { web: proxied(), api: proxied() } }), {
    findings: [],
    exclusions: [],
    probes: ['web', 'api'].map((name) => ({
      key: { namespace: 'apps', kind: 'Deployment', name },
      version: PRESENT,
      native: false,
      trustRootSha256: ROOT,
      refusal: '',
    })),
  });
});

test('what blocks is told first, then what is to be minded, then what is not known', () => {
  const severities = reportOn({
    facts: {
      cordoned: unreadable('no'),
      webhook: absent,
      lease: known({ holder: 'a', acquiredAt: AT, renewedAt: AT, durationSeconds: 15 }),
    },
  }).findings.map(({ severity }) => severity);
  assert.deepEqual(severities, ['blocker', 'warning', 'unknown']);
});

describe('control plane', () => {
  const without = (name: string) =>
    controlPlane(PRESENT).filter(
      (record) => !('controlPlaneComponent' in record) || record.controlPlaneComponent !== name,
    );

  test('half rolled', () => {
    const plane = [...without('destination'), ...component('destination', OLD)];
    says(
      { controlPlane: plane },
      /^blocker control-plane: the control plane is half rolled: linkerd-config says edge-25.11.3, but/,
    );
  });

  test('a component that is away blocks, one with fewer pods than wanted does not', () => {
    says(
      { controlPlane: without('identity') },
      /^blocker control-plane: identity has 0 of 1 pod ready in namespace linkerd/,
    );
    const [deployed, pod] = component('identity', PRESENT);
    const plane = [...without('identity'), { ...deployed, replicas: 3 }, pod];
    tells({ controlPlane: plane }, /^warning control-plane: identity has 1 of 3 pods ready/);
  });

  test('no component in sight', () => {
    const plane = [namespace('linkerd'), linkerdConfig(PRESENT), injectorWebhook()];
    says(
      { controlPlane: plane },
      /^unknown control-plane: no component of the control plane can be seen in namespace linkerd/,
    );
  });

  test('the injector down, with what that means', () => {
    says(
      { controlPlane: without('proxy-injector') },
      /^blocker injector: the proxy injector is down .*: new pods would come up without a proxy/,
    );
    const strict = [...without('proxy-injector'), injectorWebhook({ failurePolicy: 'Fail' })];
    says(
      { controlPlane: strict },
      /^blocker injector: the proxy injector is down .*: no new pod could start/,
    );
  });

  test('an injector of another version', () => {
    const plane = [...without('proxy-injector'), ...component('proxy-injector', OLD)];
    says({ controlPlane: plane }, /^blocker injector: whether the proxy injector answers is not known/);
  });
});

describe('webhook', () => {
  type Known = Extract<PreflightFacts['webhook'], { state: 'known' }>['value'];
  const entry = (fields: Parameters<typeof injectorWebhook>[0], more: Partial<Known> = {}) => ({
    webhook: known({
      webhook: injectorWebhook({ failurePolicy: 'Fail', ...fields }).webhooks[0],
      authorities: { certificates: [anchor('webhook')], unreadable: 0 },
      ...more,
    }),
  });

  test('missing, unreadable, without its entry', () => {
    tells(
      { facts: { webhook: absent } },
      /^blocker webhook: the MutatingWebhookConfiguration .* does not exist/,
    );
    tells({ facts: { webhook: unreadable('forbidden') } }, /^unknown webhook: .*: forbidden$/);
    tells(
      { facts: entry({}, { webhook: undefined }) },
      /^blocker webhook: .* has no webhook linkerd-proxy-injector/,
    );
  });

  test('of another control plane', () => {
    tells(
      { facts: entry({ serviceNamespace: 'linkerd-2' }) },
      /^blocker webhook: .* calls linkerd-proxy-injector in namespace linkerd-2, not the control plane in linkerd/,
    );
  });

  test('one replica that may be passed over, and little patience', () => {
    tells(
      { facts: entry({ failurePolicy: 'Ignore' }) },
      /^warning webhook: failurePolicy is Ignore and the injector has one replica/,
    );
    says(
      { facts: entry({ failurePolicy: 'Ignore', timeoutSeconds: 1 }) },
      /^warning webhook: the API server waits 1 s for the injector/,
    );
    assert.deepEqual(
      lines(reportOn({ facts: entry({ timeoutSeconds: 1 }) })),
      [],
      'with Fail no proxy is lost',
    );
  });

  test('authorities that are expired, missing, unreadable, or soon expired', () => {
    const with_ = (certificates: Known['authorities']['certificates'], unread = 0) => ({
      facts: entry({}, { authorities: { certificates, unreadable: unread } }),
    });
    tells(
      with_([anchor('a', { notAfter: AT - 1 })]),
      /^blocker webhook: what the API server trusts of the injector is not valid/,
    );
    assert.deepEqual(
      lines(reportOn(with_([anchor('a', { notAfter: AT - 1 }), anchor('b')]))),
      [],
      'one is enough',
    );
    tells(with_([]), /^blocker webhook: the injector's webhook has no caBundle/);
    tells(with_([], 1), /^unknown webhook: the caBundle/);
    assert.deepEqual(
      lines(reportOn(with_([anchor('a', { notAfter: AT - 1 })], 1))),
      [],
      'the other may be valid',
    );
    tells(with_([anchor('a', { notAfter: AT + 3 * DAY })]), /^warning webhook: .* expires in 3 days$/);
  });

  test('selectors, as they are now', () => {
    const selector = { matchLabels: { mesh: 'yes' }, matchExpressions: [] };
    const report = reportOn({ facts: entry({ objectSelector: selector }) });
    assert.match(
      leaves(report).web ?? '',
      /^its new pods would have no proxy: the webhook .* does not select the pod: it asks for the label mesh=yes$/,
    );
    assert.deepEqual(Object.keys(leaves(report)).sort(), ['api', 'web']);
  });
});

describe('target', () => {
  const asked = (fields: Parameters<typeof config>[0]) => ({
    config: known({ parsed: { ok: true, config: config(fields) } as const, proxyResources: undefined }),
  });

  test('linkerd-config has changed since it was looked at', () => {
    tells(
      { facts: asked({ linkerdVersion: 'edge-25.12.2' }) },
      /^blocker target: ConfigMap linkerd\/linkerd-config now asks for edge-25.12.2, and a moment ago for edge-25.11.3/,
    );
    tells({ facts: asked({ proxyImageVersion: OLD }) }, /^blocker target: .* now asks for edge-25.10.7/);
  });

  test('linkerd-config makes no sense, is missing, or may not be read', () => {
    const broken = known({ parsed: { ok: false, problem: 'not YAML' } as const, proxyResources: undefined });
    tells({ facts: { config: broken } }, /^blocker target: .* makes no sense, .*: not YAML$/);
    tells({ facts: { config: absent } }, /^blocker target: .* does not exist/);
    tells({ facts: { config: unreadable('forbidden') } }, /^unknown target: .*: forbidden$/);
  });

  test('the version of the control plane is not known', () => {
    const plane = [namespace('linkerd'), injectorWebhook()];
    const records = workload('web', {}, { createdBy: '' });
    says(
      { controlPlane: plane, records, facts: { config: unreadable('no') } },
      /^blocker target: the version of the control plane is not known/,
    );
  });

  test('planned for another version: all of them, or some', () => {
    const item = () => ({ expected: { version: OLD, trustRootSha256: '' } });
    tells(
      { item },
      /^blocker target: Deployment apps\/api and Deployment apps\/web would now get edge-25.11.3, and were planned for edge-25.10.7/,
    );
    const some = reportOn({
      item: ({ key, expected }) => ({ expected: key.name === 'web' ? item().expected : expected }),
    });
    assert.deepEqual(lines(some), []);
    assert.deepEqual(leaves(some), {
      web: 'it would now get edge-25.11.3, and was planned for edge-25.10.7',
    });
  });
});

describe('Kubernetes and native sidecars', () => {
  const native = { template: { annotations: { [annotation.nativeSidecarBeta]: 'true' } } };
  const records = workload('web', native);

  test('too old, at its limit, new enough, unreadable', () => {
    says(
      { records, facts: { kubernetesVersion: 'v1.27.9-gke.1' } },
      /^blocker kubernetes: Deployment apps\/web would get their proxy as a native sidecar, which Kubernetes 1.27.9 does not know/,
    );
    says(
      { records, facts: { kubernetesVersion: 'v1.28.3' } },
      /^warning kubernetes: .* feature gate SidecarContainers/,
    );
    says({ records, facts: { kubernetesVersion: 'latest' } }, /^unknown kubernetes: /);
    const report = reportOn({ records, facts: { kubernetesVersion: 'v1.29.0' } });
    assert.deepEqual(
      lines(report).filter((line) => /SidecarContainers|does not know/.test(line)),
      [],
    );
  });

  test('a probe that came back native ends the doubt', () => {
    const about = { records, facts: { kubernetesVersion: 'v1.28.3' } };
    const doubts = (scene: Scene) =>
      lines(reportOn(scene)).filter((line) => line.includes('SidecarContainers'));
    assert.equal(doubts({ ...about, answers: { web: proxied() } }).length, 1);
    assert.equal(doubts({ ...about, answers: { web: proxied({ shape: 'native' }) } }).length, 0);
  });

  test('no word of it where proxies are ordinary containers', () => {
    assert.deepEqual(lines(reportOn({ facts: { kubernetesVersion: 'v1.20.0' } })), []);
  });

  test('a change of place is told', () => {
    says({ records }, /^warning kubernetes: the proxy of Deployment apps\/web changes its place/);
  });

  test('a native sidecar that comes back as an ordinary init container', () => {
    tells(
      { answers: { web: proxied({ shape: 'ordinary-init' }) } },
      /^blocker kubernetes: the proxy of Deployment apps\/web comes back as an ordinary init container/,
    );
  });
});

describe('trust roots and certificates', () => {
  const bundle = (certificates: ReturnType<typeof anchor>[], unread = 0) => ({
    trustBundle: known({
      sha256: ROOT,
      certificates,
      unreadable: unread,
    }),
  });
  const held = (certificates: ReturnType<typeof anchor>[] | undefined) => ({
    heldBundles: [
      {
        sha256: '0123abcdef',
        proxies: 3,
        example: 'apps/web-1',
        bundle: certificates && { certificates, unreadable: 0 },
      },
    ],
  });

  test('an older bundle: shared, not shared, shared in name only, unknown', () => {
    tells(
      { facts: held([anchor('root'), anchor('old')]) },
      /^warning trust-roots: proxies still hold the trust bundle 0123abcd, which shares CN=root with the present one/,
    );
    tells(
      { facts: held([anchor('old')]) },
      /^blocker trust-roots: 3 proxies \(apps\/web-1 and others\) still hold the trust bundle 0123abcd, which shares no valid anchor with the present one/,
    );
    tells({ facts: held([anchor('root', { anchor: 'another key' })]) }, /^blocker trust-roots/);
    tells(
      { facts: held(undefined) },
      /^warning trust-roots: of the trust bundle 0123abcd that proxies still hold only the hash is known/,
    );
  });

  test('an anchor that has expired, in either bundle, is none to share', () => {
    const dead = anchor('old', { notAfter: AT - DAY });
    const both = { ...bundle([anchor('root'), dead]), ...held([dead]) };
    says({ facts: both }, /^blocker trust-roots: .* shares no valid anchor/);
    const renewed = { ...bundle([anchor('old')]), ...held([dead]) };
    says({ facts: renewed }, /^blocker trust-roots: .* shares no valid anchor/);
  });

  test('the bundle has changed since the plan, is missing, or may not be read', () => {
    const other = known({ sha256: 'other', certificates: [anchor('root')], unreadable: 0 });
    tells(
      { facts: { trustBundle: other } },
      /^blocker trust-roots: the trust bundle has changed since Deployment apps\/api and Deployment apps\/web were planned/,
    );
    tells({ facts: { trustBundle: absent } }, /^blocker trust-roots: .* does not exist/);
    tells({ facts: { trustBundle: unreadable('forbidden') } }, /^unknown trust-roots: .*: forbidden$/);
  });

  test('anchors: none, all expired, one expired, one not yet valid, one soon expired, unreadable', () => {
    tells({ facts: bundle([]) }, /^blocker certificates: the trust bundle holds no certificate/);
    tells(
      { facts: bundle([anchor('a', { notAfter: AT })]) },
      /^blocker certificates: no trust anchor is valid now/,
    );
    tells(
      { facts: bundle([anchor('a', { notAfter: AT - DAY }), anchor('b')]) },
      /^warning certificates: the trust anchor CN=a expired on 2026-11-20$/,
    );
    tells(
      { facts: bundle([anchor('a', { notBefore: AT + DAY }), anchor('b')]) },
      /^warning certificates: the trust anchor CN=a is not valid before 2026-11-22$/,
    );
    tells(
      { facts: bundle([anchor('a', { notAfter: AT + 30 * DAY - 1 })]) },
      /^warning certificates: the trust anchor CN=a expires in 29 days, on 2026-12-21/,
    );
    assert.deepEqual(lines(reportOn({ facts: bundle([anchor('a', { notAfter: AT + 30 * DAY })]) })), []);
    tells({ facts: bundle([], 2) }, /^unknown certificates: no certificate of the trust bundle can be read/);
    tells(
      { facts: bundle([anchor('a')], 1) },
      /^unknown certificates: 1 certificate of the trust bundle cannot be read/,
    );
  });

  test('the issuer: expired, not renewed, not ready, unreadable', () => {
    const issuer = (fields: object) => ({
      facts: { issuer: known({ notAfter: AT + DAY, renewalTime: 0, notReady: '', ...fields }) },
    });
    tells(issuer({ notAfter: AT }), /^blocker certificates: the identity issuer expired on 2026-11-21/);
    tells(
      issuer({ renewalTime: AT - 2 * 3_600 }),
      /^warning certificates: cert-manager should have renewed the identity issuer on 2026-11-21 and has not/,
    );
    tells(issuer({ notReady: 'no such issuer' }), /^warning certificates: .* is not ready: no such issuer$/);
    tells(
      { facts: { issuer: unreadable('forbidden') } },
      /^unknown certificates: when the identity issuer expires is not known: forbidden$/,
    );
    assert.deepEqual(lines(reportOn(issuer({ renewalTime: AT - 60 }))), [], 'it is being renewed');
  });
});

test('a workload that is excluded twice has one reason, the first', () => {
  const missing = { allowed: false, missing: 'patch deployments.apps', reason: '' };
  const all = { matchLabels: {}, matchExpressions: [] };
  const { exclusions } = reportOn({
    records: workload('web'),
    facts: {
      access: new Map([['Deployment apps/web', missing]]),
      dataPlanes: new Map([['apps', known([{ name: 'main', selector: all }])]]),
    },
  });
  assert.equal(exclusions.length, 1);
  assert.match(exclusions[0]?.reason ?? '', /^you may not patch/);
});

describe('rights and the lock', () => {
  test('what may not be patched is left out, and why', () => {
    const missing = { allowed: false, missing: 'patch deployments.apps', reason: 'no role of hers' };
    const report = reportOn({ facts: { access: new Map([['Deployment apps/web', missing]]) } });
    assert.deepEqual(leaves(report), {
      web: 'you may not patch deployments.apps in namespace apps (no role of hers): ask for that right, or let somebody restart it who has it',
    });
  });

  const lease = (renewedAt: number, holder = 'ann@laptop/1') => ({
    facts: { lease: known({ holder, acquiredAt: AT - 900, renewedAt, durationSeconds: 15 }) },
  });

  test('another run, at work or gone', () => {
    tells(lease(AT - 5), /^warning lock: ann@laptop\/1 holds the lock .*; wait until it has ended$/);
    tells(lease(AT - 61), /^warning lock: .* last seen 61 s ago, so it is probably gone: --take-over/);
    assert.deepEqual(lines(reportOn(lease(AT, ''))), [], 'a lease that was given back has no holder');
  });

  test('no right to the lock', () => {
    const lockAccess = { allowed: false, missing: 'update leases.coordination.k8s.io', reason: '' };
    tells(
      { facts: { lockAccess } },
      /^warning lock: you may not update leases.coordination.k8s.io in namespace linkerd/,
    );
  });
});

describe('workloads', () => {
  test('unhealthy, rolling, with a spent budget', () => {
    const sick = workload('web', {
      replicas: 3,
      status: { available: 1, ready: 1, updated: 3, replicas: 3 },
    });
    says({ records: sick }, /^warning health: not healthy: Deployment apps\/web/);
    const rolling = workload('web', { generation: 2, status: { observedGeneration: 1 } });
    says({ records: rolling }, /^warning health: already rolling: Deployment apps\/web/);
    const records = [...workload('web'), budget({ disruptionsAllowed: 0 })];
    tells(
      { records },
      /^warning budget: budget already spent, which a rolling update does not ask about: Deployment apps\/web/,
    );
    tells(
      { records, item: () => ({ method: 'evict' }) },
      /^warning budget: budget already spent, so evictions are refused/,
    );
  });

  test('a namespace that goes, or is gone', () => {
    const going = known(meshedNamespace('apps', { deletedAt: AT }));
    assert.match(
      leaves(reportOn({ facts: { namespaces: new Map([['apps', going]]) } })).web ?? '',
      /^namespace apps is being deleted$/,
    );
    assert.match(
      leaves(reportOn({ facts: { namespaces: new Map([['apps', absent]]) } })).web ?? '',
      /^namespace apps no longer exists$/,
    );
  });

  test('an autoscaler at its maximum', () => {
    const of = (current: number, target = 'web') => ({
      facts: {
        autoscalers: new Map([
          ['apps', known([{ name: 'a', target: { kind: 'Deployment', name: target }, current, maximum: 4 }])],
        ]),
      },
    });
    tells(of(4), /^warning autoscaler: .*: Deployment apps\/web \(4 of 4 replicas\)$/);
    assert.deepEqual(lines(reportOn(of(3))), []);
    assert.deepEqual(lines(reportOn(of(4, 'other'))), []);
    tells(
      { facts: { autoscalers: new Map([['apps', unreadable('no')]]) } },
      /^unknown autoscaler: HorizontalPodAutoscalers cannot be read in apps/,
    );
  });

  test('cordoned nodes', () => {
    tells(
      { facts: { cordoned: known(['a', 'b', 'c', 'd', 'e']) } },
      /^warning nodes: 5 nodes are cordoned \(a, b, c and 2 more\)/,
    );
    tells({ facts: { cordoned: unreadable('forbidden') } }, /^unknown nodes: .*: forbidden$/);
  });
});

describe('quota', () => {
  const quota = (hard: object, used: object, more: object = {}) => ({
    quotas: new Map([
      [
        'apps',
        known([
          {
            name: 'cap',
            hard: new Map(Object.entries(hard)),
            used: new Map(Object.entries(used)),
            scoped: false,
            ...more,
          },
        ]),
      ],
    ]),
  });
  const asks = (memory: number, withProxy = true) => ({
    requests: new Map([
      ['Deployment apps/web', { requests: { ...NO_REQUESTS, 'requests.memory': memory }, withProxy }],
    ]),
  });
  /** One pod: with 25 % of both one more is started before it is stopped. */
  const records = workload('web');

  test('no room for the pod that must come first', () => {
    const report = reportOn({ records, facts: quota({ pods: 2 }, { pods: 2 }) });
    assert.match(
      leaves(report).web ?? '',
      /^ResourceQuota apps\/cap leaves room for no further pod \(pods: 2 of 2 used\): its update must start a new pod before/,
    );
    assert.deepEqual(lines(report), []);
    assert.deepEqual(leaves(reportOn({ records, facts: quota({ pods: 3 }, { pods: 2 }) })), {});
    assert.deepEqual(leaves(reportOn({ records, facts: quota({ services: 0 }, { services: 0 }) })), {});
  });

  test('memory that one pod more would exceed', () => {
    const full = { ...quota({ memory: 300 }, { memory: 250 }) };
    assert.match(
      leaves(reportOn({ records, facts: { ...full, ...asks(51) } })).web ?? '',
      /memory: 250 of 300 used/,
    );
    assert.deepEqual(leaves(reportOn({ records, facts: { ...full, ...asks(50) } })), {});
  });

  test('an update that may stop a pod first only gets slower; one that never surges is not concerned', () => {
    const loose = workload('web', { replicas: 4, strategy: { maxSurge: '2', maxUnavailable: '1' } });
    says(
      { records: loose, facts: quota({ pods: 5 }, { pods: 4 }) },
      /^warning quota: new pods will be refused for a while, .* leaves room for 1 of 2 further pods/,
    );
    const recreate = workload('web', { strategy: { type: 'Recreate' } });
    const report = reportOn({ records: recreate, facts: quota({ pods: 1 }, { pods: 1 }) });
    assert.deepEqual(
      lines(report).filter((line) => line.includes('quota')),
      [],
    );
    assert.deepEqual(leaves(report), {});
  });

  test('a quota of some scopes excludes nothing, and one of memory does not concern what never surges', () => {
    const scoped = reportOn({ records, facts: quota({ pods: 1 }, { pods: 1 }, { scoped: true }) });
    assert.deepEqual(leaves(scoped), {});
    const still = workload('web', { strategy: { type: 'Recreate' } });
    const facts = { ...quota({ memory: 300 }, { memory: 1 }), ...asks(1, false) };
    assert.deepEqual(lines(reportOn({ records: still, facts })), []);
  });

  test('what cannot be known is said: scopes, what the proxy asks for, quotas that may not be read', () => {
    tells(
      { records, facts: quota({ pods: 1 }, { pods: 1 }, { scoped: true }) },
      /^unknown quota: ResourceQuota apps\/cap counts only pods of some scopes/,
    );
    tells(
      { records, facts: { ...quota({ memory: 300 }, { memory: 1 }), ...asks(1, false) } },
      /^unknown quota: what new pods of Deployment apps\/web ask for with their proxy is not known/,
    );
    tells(
      { records, facts: { quotas: new Map([['apps', unreadable('no')]]) } },
      /^unknown quota: ResourceQuotas cannot be read in apps/,
    );
  });
});

describe('others who write to workloads', () => {
  const by = (fields: object) => ({ records: workload('web', fields) });
  const flux = (kind: string) => ({
    labels: { [`${kind}.toolkit.fluxcd.io/name`]: 'app', [`${kind}.toolkit.fluxcd.io/namespace`]: 'flux' },
  });

  test('GitOps tools, with what they do to a restart', () => {
    tells(
      by(flux('kustomize')),
      /^warning gitops: Flux \(Kustomization app\) manages Deployment apps\/web and may take the restart back .* flux suspend kustomization app -n flux$/,
    );
    tells(
      by(flux('helm')),
      /^warning gitops: Flux \(HelmRelease app\) .* flux suspend helmrelease app -n flux$/,
    );
    const tracked = { annotations: { 'argocd.argoproj.io/tracking-id': 'store:apps/Deployment:apps/web' } };
    tells(
      by(tracked),
      /^warning gitops: Argo CD \(application store\) manages Deployment apps\/web: the restart normally stays/,
    );
  });

  test('Buoyant’s operator', () => {
    const plane = (matchLabels: Record<string, string>) => ({
      dataPlanes: new Map([
        ['apps', known([{ name: 'main', selector: { matchLabels, matchExpressions: [] } }])],
      ]),
    });
    const all = reportOn({ facts: plane({}) });
    assert.deepEqual(Object.keys(leaves(all)).sort(), ['api', 'web']);
    assert.match(
      leaves(all).web ?? '',
      /^the DataPlane apps\/main \(linkerd.buoyant.io\) restarts it by itself/,
    );
    assert.deepEqual(leaves(reportOn({ facts: plane({ tier: 'x' }) })), {});
    tells(
      { facts: { dataPlanes: new Map([['apps', unreadable('no')]]) } },
      /^unknown operator: DataPlanes of linkerd.buoyant.io cannot be read in apps/,
    );
  });
});

describe('probes', () => {
  const refused = (message: string): ProbeAnswer => ({ answer: 'refused', message });
  const unreachable = refused(
    'Internal error occurred: failed calling webhook "linkerd-proxy-injector.linkerd.io": no endpoints available',
  );
  const bare: ProbeAnswer = { answer: 'no-proxy' };

  test('a failure of all is the injector’s, a failure of one is its own', () => {
    tells(
      { answers: { web: bare, api: bare } },
      /^blocker probe: new pods come back without a proxy in a dry run \(Deployment apps\/web and Deployment apps\/api\)/,
    );
    tells({ answers: { web: bare } }, /^blocker probe/);
    const one = reportOn({ answers: { web: bare, api: proxied() } });
    assert.deepEqual(lines(one), []);
    assert.deepEqual(Object.keys(leaves(one)), ['web']);
    assert.deepEqual(
      one.probes.map(({ version }) => version),
      ['', PRESENT],
    );
  });

  test('an injector that cannot be called blocks even when one got through', () => {
    tells(
      { answers: { web: unreachable, api: proxied() } },
      /^blocker injector: the API server cannot call the injector \(dry-run pod of Deployment apps\/web\): Internal error/,
    );
  });

  test('a policy never blocks, even when it refuses all', () => {
    const policy = refused('admission webhook "validate.kyverno.svc-fail" denied the request: no bare pods');
    const report = reportOn({ answers: { web: policy, api: policy } });
    assert.deepEqual(lines(report), []);
    assert.match(
      leaves(report).api ?? '',
      /: admission webhook "validate.kyverno.svc-fail" denied the request: no bare pods$/,
    );
  });

  test('a pod that the namespace has no proxy for is no failure of the injector', () => {
    const off = known(namespace('apps'));
    const report = reportOn({ answers: { web: bare, api: bare }, facts: {} });
    assert.equal(lines(report).length, 1);
    const without = reportOn({
      facts: {
        namespaces: new Map([['apps', off]]),
        probes: {
          asked: true,
          answers: [{ key: { namespace: 'apps', kind: 'Deployment', name: 'web' }, answer: bare }],
          forbidden: [],
          omitted: 0,
        },
      },
    });
    assert.deepEqual(lines(without), []);
    assert.match(leaves(without).web ?? '', /^its new pods would have no proxy/);
  });

  test('another version or another root than planned', () => {
    tells(
      { answers: { web: proxied({ version: OLD }) } },
      /^blocker target: the injector gives Deployment apps\/web the proxy edge-25.10.7, and edge-25.11.3 was planned$/,
    );
    tells(
      { answers: { web: proxied({ trustRootSha256: 'x' }) } },
      /^blocker trust-roots: the injector gives Deployment apps\/web another trust bundle/,
    );
    tells(
      { answers: { web: proxied({ version: '' }) } },
      /^unknown probe: the version of the proxy that Deployment apps\/web would get cannot be read/,
    );
  });

  test('what was not tried is said', () => {
    const probes = { asked: true, answers: [], forbidden: ['apps'], omitted: 3 };
    assert.deepEqual(lines(reportOn({ facts: { probes } })), [
      'unknown probe: you may not create pods in apps, so what the injector gives there is predicted and has not been tried',
      'unknown probe: 3 more kinds of template have not been tried, and stay a prediction',
    ]);
    tells(
      { answers: { web: { answer: 'unprobed', why: 'it may not be read' } } },
      /^unknown probe: no pod of Deployment apps\/web could be tried: it may not be read$/,
    );
    assert.deepEqual(leaves(reportOn({ answers: { web: { answer: 'gone' } } })), { web: 'it was deleted' });
  });
});
