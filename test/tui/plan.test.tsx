import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fakeRollout, plan, planItem, run } from '../support/runs.ts';
import { keys, mountTui } from '../support/terminal.tsx';
import { smallCluster } from './fixtures.ts';
import { cart, items, reviewed } from './plans.ts';

test('p shows the plan of the row: waves with sums, from and to, reasons, risks, exclusions with their command', async () => {
  const rollout = fakeRollout(reviewed);
  const tui = await mountTui({ view: smallCluster(), rollout, rows: 30 });
  await tui.press('p');
  assert.deepEqual(rollout.asked, [{ scopes: [{ namespace: 'shop' }], options: { order: 'derived' } }]);
  assert.deepEqual(rollout.probes, [], 'to read a plan nothing is asked of the cluster');
  assert.deepEqual(tui.rows(), [
    'edge-26.8.3  prod-eu-1                                                    ● live',
    '',
    'Plan: 3 workloads in 2 namespaces, 13 pods',
    'Control plane edge-26.8.3  3 waves, about 3m15s',
    'Limits  3 at a time, 1 a namespace, 60 pod starts a minute, soak 60s, 0 failures',
    '',
    'Wave 1 of 3: canary  1 workload, 1 pod',
    '  shop deploy/cart     edge-25.4.4 → edge-26.8.3  1 pod',
    '    • 1 of 1 proxies violates the version skew',
    '    ! risk: one replica: nothing serves while it restarts',
    '',
    'Wave 2 of 3: namespace shop  1 workload, 9 pods',
    '  shop deploy/web      edge-26.6.1 ×7, edge-25.4.4 ×2 → edge-26.8.3  9 pods',
    '    • 2 of 9 proxies violate the version skew; 7 of 9 proxies are behind',
    '',
    'Wave 3 of 3: StatefulSets  1 workload, 3 pods',
    '  billing deploy/mail  renews  edge-25.4.4 → edge-26.8.3  3 pods',
    '    • 3 of 3 proxies have a stale trust root',
    '    • its trust root is not the one of today',
    '    • 1 pod keeps the old proxy: the partition holds it back',
    '',
    'Left as they are: 1 workload',
    '  shop sts/db  pinned: the template pins edge-25.9.2',
    '               $ kubectl linkerd-upgrade unpin shop/statefulset/db',
    '',
    '',
    '',
    '3 workloads, 13 pods  ! 1 with risks  1 left as they are',
    '',
    'Esc back  Enter restart  ? help  q quit',
  ]);
});

test('on a wide screen the reason stands beside the workload', async () => {
  const tui = await mountTui({ view: smallCluster(), rollout: fakeRollout(reviewed), columns: 200 });
  await tui.press('p');
  assert.match(
    tui.text(),
    /shop deploy\/web .* 9 pods {2}2 of 9 proxies violate the version skew; 7 of 9 proxies are behind$/m,
  );
});

test('the plan takes the marked rows, all of them with P, and everything where there is no row', async () => {
  const rollout = fakeRollout(reviewed);
  const tui = await mountTui({ view: smallCluster(), rollout });
  await tui.press(' ', ' ', 'p', keys.escape);
  const everything = ['billing', 'kube-system', 'linkerd', 'linkerd-viz', 'shop'];
  await tui.press('P', keys.escape, 'u', '/nothing-like-this', keys.enter, 'p');
  assert.deepEqual(
    rollout.asked.map(({ scopes }) => scopes.map(({ namespace }) => namespace)),
    [['billing', 'shop'], everything, everything],
  );
});

test('a plan scrolls to its end, and says how much is below', async () => {
  const many = Array.from({ length: 50 }, (_, index) => planItem('shop', `app-${index}`));
  const rollout = fakeRollout((scopes) => plan({ scopes, items: many }));
  const tui = await mountTui({ view: smallCluster(), rollout });
  await tui.press('p');
  assert.match(tui.text(), /↓ \d+ more lines$/m);
  await tui.press('G');
  assert.match(tui.text(), /deploy\/app-49/);
  assert.doesNotMatch(tui.text(), /more line/);
  await tui.press('g');
  assert.match(tui.text(), /^Plan: 50 workloads in 1 namespace/m);
});

test('Enter leads from the plan to its confirmation, Esc back to it, and Esc again to the table', async () => {
  const rollout = fakeRollout(reviewed);
  const tui = await mountTui({ view: smallCluster(), rollout });
  await tui.press('p', keys.enter);
  assert.match(tui.text(), /^Restart 3 workloads in 2 namespaces, 13 pods\?/m);
  await tui.press(keys.escape);
  assert.match(tui.text(), /^Plan: 3 workloads/m);
  assert.match(tui.text(), /Cancelled: nothing was restarted/);
  await tui.press(keys.escape);
  assert.match(tui.text(), /^Namespaces/m);
  assert.deepEqual(rollout.started, []);
});

test('a plan that has changed since it was read says so in its confirmation', async () => {
  let injects = 'edge-26.8.3';
  const rollout = fakeRollout((scopes) =>
    reviewed(scopes, { items: [{ ...cart, expected: { version: injects, trustRootSha256: '' } }] }),
  );
  const tui = await mountTui({ view: smallCluster(), rollout });
  await tui.press('p');
  injects = 'edge-26.9.1';
  await tui.press('r');
  assert.match(tui.text(), /! The plan has changed since you read it: please read it again\./);
  assert.match(tui.text(), /edge-25\.4\.4 → edge-26\.9\.1/);
});

test('a plan of nothing and a blocked one offer no restart', async () => {
  for (const [changes, title] of [
    [{ items: [] }, /^Plan: nothing to restart$/m],
    [{ blocked: ['the injector is down'] }, /^Plan, blocked: 3 workloads[\s\S]*^✗ the injector is down$/m],
  ] as const) {
    const rollout = fakeRollout((scopes) => reviewed(scopes, changes));
    const tui = await mountTui({ view: smallCluster(), rollout, rows: 40 });
    await tui.press('p');
    assert.match(tui.text(), title);
    assert.match(tui.text(), /pinned: the template pins/);
    assert.doesNotMatch(tui.text(), /Enter restart/);
    await tui.press('r');
    assert.doesNotMatch(tui.text(), /type yes/);
  }
});

test('a read-only session reads plans, and has no key that starts one', async () => {
  const rollout = fakeRollout(reviewed);
  const tui = await mountTui({ view: smallCluster(), rollout, readOnly: true });
  await tui.press('p');
  assert.match(tui.text(), /^Plan: 3 workloads/m);
  assert.doesNotMatch(tui.text(), /restart {2}\?/);
  await tui.press('r', keys.enter);
  assert.match(tui.text(), /^Plan: 3 workloads/m);
});

test('while a run is unfinished p shows it; once it has ended p plans again and R still shows it', async () => {
  const rollout = fakeRollout(reviewed);
  const tui = await mountTui({ view: smallCluster(), rollout });
  rollout.run.set(run(items, []));
  await tui.press('p');
  assert.match(tui.text(), /^Run {2}↻ running/m);
  await tui.press(keys.escape, 'r');
  assert.match(tui.text(), /A run is unfinished: p shows it; only one at a time\./);
  rollout.run.set(run(items, [], { phase: { phase: 'done', at: 10 } }));
  await tui.press('p');
  assert.match(tui.text(), /^Plan: 3 workloads/m);
  await tui.press(keys.escape, 'R');
  assert.match(tui.text(), /^Run {2}✓ done/m);
});

test('a long name takes a line of its own instead of being cut', async () => {
  const name = 'a-very-long-workload-name-that-somebody-generated-from-a-branch';
  const rollout = fakeRollout((scopes) => plan({ scopes, items: [planItem('shop', name)] }));
  const tui = await mountTui({ view: smallCluster(), rollout });
  await tui.press('p');
  assert.ok(tui.rows().includes(`  shop deploy/${name}`), tui.text());
});
