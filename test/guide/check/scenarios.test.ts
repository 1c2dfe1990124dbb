/** The checks on whole simulated clusters, read by the real client. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NEXT_STEP, runChecks } from '../../../src/guide/check/run-checks.ts';
import type { Inventory } from '../../../src/guide/inventory.ts';
import {
  cliInstall,
  everythingToNotice,
  gitopsInstall,
  halfRolledUpgrade,
  helmInstallToUpgrade,
  jaegerBefore219,
  oldChart,
  oldKubernetes,
  twoControlPlanes,
  twoLinks,
  vizWithoutAnnotation,
} from '../../../src/sim/cluster/scenario/guide-scenarios.ts';
import { demoScenario, injectorDown, type Scenario } from '../../../src/sim/cluster/scenario/scenarios.ts';
import { inventoryOf } from '../read/inventories.ts';

/** What is not a success, as `anchor` or `anchor!` for an error, in order. */
function verdicts(inventory: Inventory): readonly string[] {
  return runChecks(inventory, { pre: NEXT_STEP })
    .flatMap(({ checks }) => checks)
    .filter(({ result }) => result !== 'success')
    .map(({ anchor, result }) => `${anchor}${result === 'error' ? '!' : ''}`);
}

function findings(inventory: Inventory, anchor: string): readonly string[] {
  const check = runChecks(inventory, { pre: NEXT_STEP })
    .flatMap(({ checks }) => checks)
    .find((candidate) => candidate.anchor === anchor);
  assert.ok(check, anchor);
  return check.findings;
}

const table: readonly (readonly [name: string, scenario: () => Scenario, wanted: readonly string[]])[] = [
  ['a CLI install', cliInstall, ['injector-policy', 'next-upgrade', 'upgrade-skew!']],
  ['a Helm install with the HA values', helmInstallToUpgrade, ['next-upgrade', 'upgrade-skew!']],
  ['GitOps, all up to date', gitopsInstall, ['injector-policy']],
  ['2.11 with the old chart', oldChart, ['upgrade-notices']],
  [
    'two Links, one of them old',
    twoLinks,
    ['injector-policy', 'next-upgrade', 'links-version', 'upgrade-skew!'],
  ],
  ['jaeger on the way to 2.19', jaegerBefore219, ['upgrade-notices']],
  [
    'Kubernetes too old for the next release',
    oldKubernetes,
    ['injector-policy', 'upgrade-kubernetes-minimum!', 'upgrade-notices'],
  ],
  [
    'viz without its annotation',
    vizWithoutAnnotation,
    ['injector-policy', 'extensions-problems', 'upgrade-notices'],
  ],
  [
    'a half-rolled control plane',
    halfRolledUpgrade,
    ['control-plane-half-rolled!', 'injector-policy', 'up-to-date', 'upgrade-health!'],
  ],
  [
    'two control planes and one that is gone',
    twoControlPlanes,
    ['injector-policy', 'other-control-planes', 'orphaned-proxies!', 'static-injection'],
  ],
  [
    'an example of every notice',
    everythingToNotice,
    ['injector-policy', 'upgrade-gateway-api', 'upgrade-notices'],
  ],
];

for (const [name, scenario, wanted] of table) {
  test(`${name}: ${wanted.join(' ')}`, async (t) => {
    const { inventory } = await inventoryOf(t, scenario());
    assert.deepEqual(verdicts(inventory), wanted);
  });
}

test('orphans are named, and only they', async (t) => {
  const { inventory } = await inventoryOf(t, twoControlPlanes());
  assert.deepEqual(findings(inventory, 'orphaned-proxies'), [
    'legacy deployment/orphan: 1 proxy of linkerd-gone',
  ]);
});

test('the demo: pins of every place, static and unmeshing workloads, missing proxies', async (t) => {
  const { inventory } = await inventoryOf(t, demoScenario());
  const pins = findings(inventory, 'pins');
  assert.match(pins[0] ?? '', /^namespace legacy-billing: pinned to edge-25\.4\.4 \(2\.18\)/);
  assert.ok(pins.some((pin) => pin.startsWith('media deployment/video: pinned to edge-25.8.5 (2.18)')));
  assert.match(findings(inventory, 'static-injection')[0] ?? '', /^vendor-gateway deployment\/bridge: /);
  assert.equal(findings(inventory, 'restart-unmeshes').length, 2);
  assert.equal(findings(inventory, 'missing-proxies').length, 3);
});

test('an injector that is away is an error, by what it costs', async (t) => {
  const ignore = await inventoryOf(t, injectorDown());
  assert.match(
    findings(ignore.inventory, 'injector-down')[0] ?? '',
    /without a proxy \(failurePolicy Ignore\)$/,
  );
  const fail = await inventoryOf(t, injectorDown('Fail'));
  assert.match(findings(fail.inventory, 'injector-down')[0] ?? '', /refused \(failurePolicy Fail\)$/);
});

test('without rights to the namespace of the control plane it judges what it sees, and says what it does not', async (t) => {
  const rules = [{ verbs: ['get', 'list', 'watch'], apiGroups: ['*'], resources: ['*'] }];
  const { inventory } = await inventoryOf(t, cliInstall(), {
    rights: { ledger: rules, shop: rules },
    namespaces: ['ledger', 'shop'],
  });
  const found = verdicts(inventory);
  assert.ok(found.includes('unreadable'), found.join(' '));
  assert.ok(found.includes('control-plane-evidence'), found.join(' '));
  assert.ok(found.includes('next-upgrade'), found.join(' '));
  assert.ok(findings(inventory, 'unreadable').some((text) => text.includes('linkerd-config')));
});
