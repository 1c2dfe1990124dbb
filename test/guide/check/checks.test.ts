/** Every check: an inventory where it has nothing to say, and one where it has. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { NEXT_STEP, runChecks } from '../../../src/guide/check/run-checks.ts';
import type { Check, CheckResult } from '../../../src/guide/checks.ts';
import type { Inventory } from '../../../src/guide/inventory.ts';
import { extension, type InventoryInput, inventory, link, linkerdConfig } from '../../support/inventories.ts';
import {
  type LiveViewInput,
  namespaceView,
  type Proxies,
  podTally,
  podView,
  workloadView,
} from '../../support/views.ts';

const PRESENT = 'edge-25.11.3';

/** A mesh with one workload, `books deployment/webapp`. */
function webapp(input: Parameters<typeof workloadView>[2], view: LiveViewInput = {}): InventoryInput {
  const running = input?.running;
  return {
    kubernetes: 'v1.33.4',
    view: {
      ...view,
      controlPlane: {
        version: PRESENT,
        target: PRESENT,
        release: '2.19',
        failurePolicy: 'Fail',
        ...view.controlPlane,
      },
      namespaces: [namespaceView('books', running ? { running } : {})],
      workloads: [workloadView('books', 'webapp', { target: PRESENT, ...input })],
    },
  };
}

const fine: Proxies = [[PRESENT, 'current', 3]];
const controlPlane = (changes: NonNullable<LiveViewInput['controlPlane']>): InventoryInput =>
  webapp({ running: fine }, { controlPlane: changes });
/** Two proxies of `webapp` that belong to these control planes, of which `linkerd-old` is gone. */
const orphaned = (homes: readonly string[]): InventoryInput =>
  webapp(
    { running: [['edge-24.8.2', 'unknown', homes.length]] },
    {
      controlPlane: {
        others: homes.map((namespace) => ({ namespace, proxies: 1, exists: namespace !== 'linkerd-old' })),
      },
      pods: {
        'books/Deployment/webapp': homes.map((home) =>
          podView('books', `webapp-${home}`, {
            proxy: { version: 'edge-24.8.2', class: 'unknown', controlPlane: home },
          }),
        ),
      },
    },
  );
const unmeasured = (kind: 'static' | 'unmeshes' | 'pinned'): InventoryInput =>
  webapp({ running: fine, effect: { kind, reason: 'for a reason' } });

interface Case {
  readonly anchor: string;
  readonly input: InventoryInput;
  readonly result: CheckResult;
  readonly findings: readonly (string | RegExp)[];
  readonly settles?: boolean;
}

const cases: readonly Case[] = [
  {
    anchor: 'skew',
    input: webapp({ running: [['edge-24.8.2', 'violation', 2], ...fine] }),
    result: 'error',
    findings: ['books deployment/webapp: 2 of 5 proxies: edge-24.8.2 (2.16)'],
  },
  {
    anchor: 'skew',
    input: webapp({ running: [['edge-24.8.2', 'violation', 2]], rollout: '1 of 2 updated' }),
    result: 'error',
    findings: ['books deployment/webapp: 2 proxies: edge-24.8.2 (2.16)'],
    settles: true,
  },
  {
    anchor: 'skew',
    input: webapp({ running: [['edge-24.8.2', 'violation', 2]], rollout: '1 of 2 updated, paused' }),
    result: 'error',
    findings: [/webapp/],
    settles: false,
  },
  {
    anchor: 'next-upgrade',
    input: webapp({ running: [['edge-25.8.5', 'behind-one', 1]] }),
    result: 'warning',
    findings: ['books deployment/webapp: 1 proxy: edge-25.8.5 (2.18)'],
  },
  {
    anchor: 'up-to-date',
    input: webapp({ running: [['edge-25.10.7', 'behind', 3]] }),
    result: 'warning',
    findings: ['books deployment/webapp: 3 proxies: edge-25.10.7 (2.19)'],
  },
  {
    anchor: 'ahead',
    input: webapp({ running: [['edge-26.6.3', 'ahead', 3]] }),
    result: 'warning',
    findings: ['books deployment/webapp: 3 proxies: edge-26.6.3 (2.20)'],
  },
  {
    anchor: 'unknown-versions',
    input: webapp({ running: [['unknown', 'unknown', 3]] }),
    result: 'warning',
    findings: ['books deployment/webapp: 3 proxies: unknown'],
  },
  {
    anchor: 'trust-root',
    input: webapp({ running: fine, staleTrust: 1 }),
    result: 'warning',
    findings: ['books deployment/webapp: 1 of 3 proxies'],
  },
  {
    anchor: 'static-injection',
    input: unmeasured('static'),
    result: 'warning',
    findings: ['books deployment/webapp: for a reason'],
  },
  {
    anchor: 'restart-unmeshes',
    input: unmeasured('unmeshes'),
    result: 'warning',
    findings: ['books deployment/webapp: for a reason'],
  },
  {
    anchor: 'missing-proxies',
    input: webapp({ running: fine, pods: podTally(4, { unmeshed: 1 }) }),
    result: 'warning',
    findings: ['books deployment/webapp: 1 of 4 pods'],
  },
  {
    anchor: 'missing-proxies',
    input: webapp({ running: [], target: '', pods: podTally(4, { unmeshed: 4 }) }),
    result: 'success',
    findings: [],
  },
  {
    anchor: 'pins',
    input: {
      view: {
        controlPlane: { target: PRESENT },
        namespaces: [namespaceView('books', { pin: 'edge-24.8.2' }), namespaceView('shop', { pin: PRESENT })],
      },
    },
    result: 'warning',
    findings: [
      `namespace books: pinned to edge-24.8.2 (2.16), the control plane injects ${PRESENT}`,
      `namespace shop: pinned to ${PRESENT}, which is what the control plane injects today`,
    ],
  },
  {
    anchor: 'pins',
    input: { config: linkerdConfig({ linkerdVersion: PRESENT, proxyImageVersion: 'edge-25.10.7' }) },
    result: 'warning',
    findings: [`linkerd-config: proxy.image.version is edge-25.10.7, the control plane ${PRESENT}`],
  },
  {
    // A vendor's build of the very same version.
    anchor: 'pins',
    input: {
      config: linkerdConfig({
        linkerdVersion: 'enterprise-2.15.1-1',
        proxyImageVersion: 'enterprise-2.15.1-1-hazl',
      }),
    },
    result: 'success',
    findings: [],
  },
  {
    anchor: 'control-plane-version',
    input: controlPlane({ version: '', evidence: 'none' }),
    result: 'error',
    findings: [/^namespace linkerd: neither linkerd-config nor/],
  },
  {
    anchor: 'control-plane-evidence',
    input: controlPlane({ evidence: 'pods' }),
    result: 'warning',
    findings: [
      `linkerd-config in namespace linkerd is not there, or may not be read: ${PRESENT} is what its pods run`,
    ],
  },
  {
    anchor: 'control-plane-half-rolled',
    input: controlPlane({ halfRolled: 'linkerd-config says b, but 1 of 3 destination containers runs a' }),
    result: 'error',
    findings: ['linkerd-config says b, but 1 of 3 destination containers runs a'],
    settles: true,
  },
  {
    anchor: 'injector-down',
    input: controlPlane({
      injector: { state: 'down', reason: 'Deployment linkerd/linkerd-proxy-injector is scaled to zero' },
      failurePolicy: 'Fail',
      ready: false,
    }),
    result: 'error',
    findings: [/scaled to zero: new pods are refused/],
    settles: false,
  },
  {
    anchor: 'injector-down',
    input: controlPlane({
      injector: { state: 'down', reason: 'no pod is ready' },
      failurePolicy: 'Ignore',
      ready: false,
    }),
    result: 'error',
    findings: [/no pod is ready: new pods come up without a proxy/],
    settles: true,
  },
  {
    anchor: 'injector-policy',
    input: controlPlane({
      failurePolicy: 'Ignore',
      components: [{ name: 'proxy-injector', version: PRESENT, ready: 1, replicas: 1 }],
    }),
    result: 'warning',
    findings: [/^failurePolicy is Ignore and proxy-injector has 1 replica:/],
  },
  {
    anchor: 'injector-policy',
    input: controlPlane({
      failurePolicy: 'Ignore',
      components: [{ name: 'proxy-injector', version: PRESENT, ready: 2, replicas: 2 }],
    }),
    result: 'success',
    findings: [],
  },
  {
    anchor: 'other-control-planes',
    input: controlPlane({ others: [{ namespace: 'linkerd-b', proxies: 2, exists: true }] }),
    result: 'warning',
    findings: [/^2 proxies belong to the control plane in namespace linkerd-b; .* linkerd$/],
  },
  {
    anchor: 'orphaned-proxies',
    input: orphaned(['linkerd-old', 'linkerd-b']),
    result: 'error',
    findings: ['books deployment/webapp: 1 of 2 proxies of linkerd-old'],
  },
  {
    // Their versions are known; they are just not for this control plane to judge.
    anchor: 'unknown-versions',
    input: orphaned(['linkerd-old', 'linkerd-b']),
    result: 'success',
    findings: [],
  },
  {
    anchor: 'kubernetes-minimum',
    input: { ...controlPlane({ version: 'edge-26.6.3' }), kubernetes: 'v1.30.2' },
    result: 'error',
    findings: ['edge-26.6.3 requires Kubernetes 1.31 or later, this is 1.30.2'],
  },
  {
    anchor: 'kubernetes-range',
    input: { ...controlPlane({}), kubernetes: 'v1.36.0' },
    result: 'warning',
    findings: [/documented up to Kubernetes 1\.35, this is 1\.36\.0/],
  },
  {
    anchor: 'edge-advised-against',
    input: controlPlane({ version: 'edge-25.11.2' }),
    result: 'warning',
    findings: [/^edge-25\.11\.2 is not recommended: .*; use edge-25\.11\.3 instead$/],
  },
  {
    anchor: 'extensions-version',
    input: {
      ...controlPlane({}),
      extensions: {
        state: 'known',
        value: [
          extension('viz', { version: 'edge-25.8.5' }),
          extension('jaeger', { version: '' }),
          extension('multicluster', { version: PRESENT }),
          extension('smi', { version: 'v0.2.6', followsLinkerd: false }),
          extension('failover', { version: '', followsLinkerd: false }),
        ],
      },
    },
    result: 'warning',
    findings: [
      `viz in namespace linkerd-viz is of edge-25.8.5, the control plane of ${PRESENT}`,
      'jaeger in namespace linkerd-jaeger is of a version that cannot be told',
    ],
  },
  {
    anchor: 'extensions-problems',
    input: {
      ...controlPlane({}),
      extensions: { state: 'known', value: [extension('viz', { problems: ['has no annotation'] })] },
    },
    result: 'warning',
    findings: ['viz in namespace linkerd-viz: has no annotation'],
  },
  {
    anchor: 'links-version',
    input: {
      ...controlPlane({}),
      links: {
        state: 'known',
        value: [
          link('east', { version: 'edge-25.4.4' }),
          link('west', { version: PRESENT }),
          link('north', { version: '' }),
        ],
      },
    },
    result: 'warning',
    findings: [
      `linkerd-multicluster link/east is of edge-25.4.4, the control plane of ${PRESENT}`,
      'linkerd-multicluster link/north is of a version that cannot be told',
    ],
  },
  {
    anchor: 'unreadable',
    input: { ...controlPlane({}), unreadable: [{ what: 'Links', why: 'forbidden' }] },
    result: 'warning',
    findings: ['Links: forbidden'],
  },
];

function find(subject: Inventory, anchor: string, pre?: string): Check {
  const found = runChecks(subject, pre === undefined ? {} : { pre })
    .flatMap(({ checks }) => checks)
    .find((check) => check.anchor === anchor);
  assert.ok(found, anchor);
  return found;
}

function assertFindings(check: Check, wanted: readonly (string | RegExp)[]): void {
  assert.equal(check.findings.length, wanted.length, check.findings.join('\n'));
  wanted.forEach((text, index) => {
    const found = check.findings[index] ?? '';
    if (typeof text === 'string') assert.equal(found, text);
    else assert.match(found, text);
  });
}

test('in a mesh that nothing is wrong with every check succeeds', () => {
  const checks = runChecks(inventory(webapp({ running: fine }))).flatMap(({ checks }) => checks);
  assert.ok(checks.length > 20);
  assert.deepEqual(
    checks.filter(({ result, findings, hint }) => result !== 'success' || findings.length > 0 || hint !== ''),
    [],
  );
});

for (const { anchor, input, result, findings, settles } of cases) {
  test(`${anchor}: ${result}, ${findings[0] ?? 'nothing found'}`, () => {
    const check = find(inventory(input), anchor);
    assertFindings(check, findings);
    assert.equal(check.result, result);
    if (settles !== undefined) assert.equal(check.settles, settles);
    assert.equal(check.hint.endsWith(`/docs/checks.md#${anchor}`), result !== 'success');
  });
}

const before: readonly (Case & { readonly pre: string })[] = [
  {
    anchor: 'upgrade-path',
    pre: 'edge-26.6.3',
    input: controlPlane({}),
    result: 'success',
    findings: [],
  },
  {
    anchor: 'upgrade-path',
    pre: 'edge-26.6.3',
    input: controlPlane({ version: 'edge-25.4.4' }),
    result: 'error',
    findings: [
      /^no release may be skipped: it takes 2 steps, to edge-\S+ \(2\.19\), then edge-26\.6\.3 \(2\.20\);/,
    ],
  },
  {
    anchor: 'upgrade-skew',
    pre: 'edge-26.6.3',
    input: orphaned(['linkerd-old', 'linkerd-b']),
    result: 'success',
    findings: [],
  },
  { anchor: 'upgrade-path', pre: PRESENT, input: controlPlane({}), result: 'success', findings: [] },
  // No release is skipped by the next step, wherever the whole way leads.
  {
    anchor: 'upgrade-path',
    pre: NEXT_STEP,
    input: controlPlane({ version: 'stable-2.12.4' }),
    result: 'success',
    findings: [],
  },
  {
    anchor: 'upgrade-path',
    pre: NEXT_STEP,
    input: controlPlane({ version: 'edge-99.1.1' }),
    result: 'success',
    findings: [],
  },
  {
    anchor: 'upgrade-path',
    pre: NEXT_STEP,
    input: controlPlane({ version: 'dev-abc' }),
    result: 'error',
    findings: [/dev-abc/],
  },
  {
    anchor: 'upgrade-path',
    pre: '2.20',
    input: controlPlane({ version: '' }),
    result: 'error',
    findings: [/not known/],
  },
  {
    anchor: 'upgrade-skew',
    pre: NEXT_STEP,
    input: webapp(
      { running: [['stable-2.11.5', 'behind-one', 1]] },
      { controlPlane: { version: 'stable-2.12.6' } },
    ),
    result: 'error',
    findings: ['books deployment/webapp: 1 proxy: stable-2.11.5 (2.11)'],
  },
  { anchor: 'upgrade-path', pre: 'edge-25.4.4', input: controlPlane({}), result: 'error', findings: [/./] },
  { anchor: 'upgrade-path', pre: 'bogus', input: controlPlane({}), result: 'error', findings: [/bogus/] },
  {
    anchor: 'upgrade-skew',
    pre: 'edge-26.6.3',
    input: webapp({ running: [['edge-25.8.5', 'behind-one', 1], ...fine] }),
    result: 'error',
    findings: ['books deployment/webapp: 1 of 4 proxies: edge-25.8.5 (2.18)'],
  },
  {
    anchor: 'upgrade-health',
    pre: 'edge-26.6.3',
    input: controlPlane({
      ready: false,
      components: [{ name: 'identity', version: PRESENT, ready: 0, replicas: 1 }],
    }),
    result: 'error',
    findings: ['linkerd identity: 0 of 1 pod ready'],
    settles: true,
  },
  {
    anchor: 'upgrade-kubernetes-minimum',
    pre: 'edge-26.6.3',
    input: { ...controlPlane({}), kubernetes: 'v1.29.1' },
    result: 'error',
    findings: [/requires Kubernetes 1\.31/],
  },
  {
    anchor: 'upgrade-kubernetes-range',
    pre: 'edge-26.6.3',
    input: { ...controlPlane({}), kubernetes: 'v1.36.1' },
    result: 'warning',
    findings: [/up to Kubernetes 1\.35/],
  },
  {
    anchor: 'upgrade-advised-against',
    pre: 'edge-25.11.2',
    input: controlPlane({ version: 'edge-25.10.7' }),
    result: 'warning',
    findings: [/edge-25\.11\.2 is not recommended/],
  },
  {
    anchor: 'upgrade-gateway-api',
    pre: 'edge-26.6.3',
    input: {
      ...controlPlane({}),
      gatewayApi: {
        state: 'known',
        value: {
          bundleVersion: 'v1.1.1',
          owner: 'other',
          isKept: false,
          servesHttpRouteV1: true,
          servesGrpcRouteV1: true,
        },
      },
    },
    result: 'warning',
    findings: ['they are of v1.1.1; documented are 1.2.1 to 1.5.1'],
  },
];

for (const { anchor, pre, input, result, findings, settles } of before) {
  test(`before ${pre}, ${anchor}: ${result}, ${findings[0] ?? 'nothing found'}`, () => {
    const check = find(inventory(input), anchor, pre);
    assertFindings(check, findings);
    assert.equal(check.result, result);
    if (settles !== undefined) assert.equal(check.settles, settles);
  });
}

test('docs/checks.md has a section for each check, and no other', () => {
  const all = [...runChecks(inventory(webapp({ running: fine })), { pre: 'edge-26.6.3' })].flatMap(
    ({ checks }) => checks.map(({ anchor }) => anchor),
  );
  const text = readFileSync(new URL('../../../docs/checks.md', import.meta.url), 'utf8');
  const sections = [...text.matchAll(/^### (.+)$/gm)].map(([, title = '']) => title);
  assert.deepEqual(sections.toSorted(), [...new Set(all)].toSorted());
  assert.equal(new Set(all).size, all.length);
});
