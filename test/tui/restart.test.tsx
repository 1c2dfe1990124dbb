import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PreflightReport } from '../../src/rollout/preflight/report.ts';
import type { StartOutcome } from '../../src/rollout/rollout.ts';
import { DEFAULT_LIMITS } from '../../src/rollout/run/limits.ts';
import { clean, fakeRollout, lockHolder, mark, plan, planItem, recorded, run } from '../support/runs.ts';
import { keys, mountTui } from '../support/terminal.tsx';
import { smallCluster } from './fixtures.ts';
import { cart, items, mail, reviewed } from './plans.ts';

const findings: PreflightReport['findings'] = [
  { check: 'certificates', severity: 'unknown', text: 'the issuer certificate is not readable' },
  { check: 'quota', severity: 'warning', text: 'quota compute in shop has room for 1 more pod' },
];

test('the confirmation says what stands against it, limits and time, then the plan', async () => {
  const rollout = fakeRollout(reviewed);
  rollout.found = {
    findings,
    exclusions: [{ key: mail.key, reason: 'deployments in billing may not be patched' }],
    probes: [{ key: cart.key, version: 'edge-26.8.3', native: true, trustRootSha256: '', refusal: '' }],
  };
  const tui = await mountTui({ view: smallCluster(), rollout });
  await tui.press('r');
  assert.deepEqual(rollout.probes, [true]);
  assert.deepEqual(tui.rows(), [
    'edge-26.8.3  prod-eu-1                                                    ● live',
    '',
    'Restart 3 workloads in 2 namespaces, 13 pods?',
    'Control plane edge-26.8.3  3 waves, about 3m15s',
    'Limits  3 at a time, 1 a namespace, 60 pod starts a minute, soak 60s, 0 failures',
    '! warning: quota compute in shop has room for 1 more pod',
    '? unknown: the issuer certificate is not readable',
    '– left out: billing deploy/mail: deployments in billing may not be patched',
    '✓ 1 of 1 dry-run pod came back from the injector as predicted',
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
    '1 warning, 1 left out  3 workloads, 13 pods  ! 1 with risks  1 l… ↓ 9 more lines',
    '[ Cancel ]  type yes and press Enter to start: █',
    '',
    '',
    'Esc cancel  PgUp page up  PgDn page down',
  ]);
});

test('while it is still looked at keys work, and yes does not start yet', async () => {
  const rollout = fakeRollout(reviewed);
  const found = Promise.withResolvers<PreflightReport>();
  rollout.found = found.promise;
  const tui = await mountTui({ view: smallCluster(), rollout });
  await tui.press('r');
  assert.match(tui.text(), /^↻ looking at everything that must hold…$/m);
  await tui.press(keys.pageDown, 'yes', keys.enter);
  assert.match(tui.text(), /! Still looking: press Enter again once it is done\./);
  assert.deepEqual(rollout.attempts, []);
  found.resolve({ ...clean, findings });
  await tui.press(keys.home);
  assert.match(tui.text(), /^! warning: quota compute/m);
  assert.doesNotMatch(tui.text(), /Still looking/);
  await tui.press(keys.enter);
  assert.equal(rollout.started.length, 1, 'what was typed is still there');
});

test('what was found for a plan that is no longer asked about is not taken for another', async () => {
  const rollout = fakeRollout(reviewed);
  const late = Promise.withResolvers<PreflightReport>();
  rollout.found = late.promise;
  const tui = await mountTui({ view: smallCluster(), rollout });
  await tui.press('r', keys.escape);
  rollout.found = new Promise(() => {});
  await tui.press('r');
  late.resolve({ ...clean, findings });
  await tui.press(keys.down, keys.up);
  assert.match(tui.text(), /looking at everything that must hold/);
  assert.doesNotMatch(tui.text(), /quota compute/);
});

test('a blocker forbids the start, and stands above everything else', async () => {
  const rollout = fakeRollout(reviewed);
  rollout.found = {
    ...clean,
    findings: [
      ...findings,
      { check: 'injector', severity: 'blocker', text: 'the injector has no endpoints' },
    ],
  };
  const tui = await mountTui({ view: smallCluster(), rollout });
  await tui.press('r');
  assert.match(tui.text(), /✗ blocker: the injector has no endpoints\n! warning/);
  assert.match(tui.text(), /^1 blocker, 1 warning /m);
  assert.match(tui.text(), /^This plan cannot be started: see what was found\.$/m);
  assert.doesNotMatch(tui.text(), /type yes/);
  await tui.press('yes', keys.enter);
  assert.deepEqual(rollout.attempts, []);
});

test('where every workload is left out nothing can be started', async () => {
  const rollout = fakeRollout(reviewed);
  rollout.found = { ...clean, exclusions: items.map(({ key }) => ({ key, reason: 'forbidden' })) };
  const tui = await mountTui({ view: smallCluster(), rollout });
  await tui.press('r');
  assert.match(tui.text(), /^Nothing may be restarted: see what was found\.$/m);
  await tui.press('yes', keys.enter);
  assert.deepEqual(rollout.attempts, []);
});

test('where it cannot be looked at that is said, and does not forbid: the engine looks again', async () => {
  const rollout = fakeRollout(reviewed);
  rollout.found = new Error('no answer within 30s');
  const tui = await mountTui({ view: smallCluster(), rollout });
  await tui.press('r');
  assert.match(
    tui.text(),
    /^! Could not look at what must hold: no answer within 30s\. It is looked at again/m,
  );
  await tui.press('yes', keys.enter);
  assert.equal(rollout.started.length, 1);
});

test('only yes, exactly, starts the plan; then the run is on the screen and the marks are gone', async () => {
  const rollout = fakeRollout(reviewed);
  const limits = { ...DEFAULT_LIMITS, maxParallel: 7 };
  const tui = await mountTui({ view: smallCluster(), rollout, start: { limits } });
  await tui.press(' r');
  assert.match(tui.text(), /^Limits {2}7 at a time/m);
  for (const answer of ['y', 'YES', 'yes ', 'yess', 'no', 'take-over']) {
    await tui.press(answer, keys.enter);
    assert.deepEqual(rollout.attempts, [], answer);
    assert.ok(tui.text().includes(`! "${answer}" is not yes: nothing was started.`), answer);
  }
  await tui.press('yex', keys.backspace, 's');
  assert.match(tui.text(), /to start: yes█/);
  await tui.press(keys.enter);
  assert.equal(rollout.started.length, 1);
  assert.deepEqual(rollout.attempts, [{ lock: 'required', limits }]);
  assert.match(tui.text(), /^Run {2}↻ running {2}0 of 3 workloads {2}wave 1 of 3: canary/m);
  await tui.press(keys.escape);
  assert.doesNotMatch(tui.text(), /marked/);
  assert.match(tui.text(), /↻ run 0\/3/);
});

test('Enter without an answer, and Esc, cancel', async () => {
  for (const key of [keys.enter, keys.escape]) {
    const rollout = fakeRollout(reviewed);
    const tui = await mountTui({ view: smallCluster(), rollout });
    await tui.press('r', key);
    assert.match(tui.text(), /Cancelled: nothing was restarted/);
    assert.match(tui.text(), /^Namespaces/m);
    assert.deepEqual(rollout.attempts, []);
  }
});

test('a blocked plan has no yes, and nothing more is asked of the cluster', async () => {
  const rollout = fakeRollout((scopes) => reviewed(scopes, { blocked: ['the injector is down'] }));
  const tui = await mountTui({ view: smallCluster(), rollout });
  await tui.press('r');
  assert.deepEqual(rollout.probes, []);
  assert.match(tui.text(), /^Blocked: restart of 3 workloads/m);
  assert.match(tui.text(), /^✗ the injector is down/m);
  assert.match(tui.text(), /^This plan cannot be started\./m);
  assert.doesNotMatch(tui.text(), /type yes/);
  await tui.press('yes', keys.enter);
  assert.deepEqual(rollout.attempts, []);
  assert.match(tui.text(), /^Namespaces/m);
});

test('a plan of nothing has no yes, and says why each workload is left out', async () => {
  const rollout = fakeRollout((scopes) => reviewed(scopes, { items: [] }));
  const tui = await mountTui({ view: smallCluster(), rollout });
  await tui.press('r');
  assert.match(tui.text(), /^Nothing to restart$/m);
  assert.match(tui.text(), /sts\/db {2}pinned: the template pins/);
  await tui.press('yes', keys.enter);
  assert.deepEqual(rollout.attempts, []);
});

test('a plan that has changed since it was read is shown and looked at again instead of started', async () => {
  let injects = 'edge-26.8.3';
  const rollout = fakeRollout((scopes) =>
    reviewed(scopes, { items: [{ ...cart, expected: { version: injects, trustRootSha256: '' } }] }),
  );
  const tui = await mountTui({ view: smallCluster(), rollout });
  await tui.press('r');
  injects = 'edge-26.9.1';
  await tui.press('yes', keys.enter);
  assert.deepEqual(rollout.attempts, []);
  assert.match(tui.text(), /! The plan has changed since you read it: please read it again\./);
  assert.match(tui.text(), /edge-25\.4\.4 → edge-26\.9\.1/);
  assert.equal(rollout.probes.length, 2);
  await tui.press('yes', keys.enter);
  assert.equal(rollout.started.length, 1);
});

test('what is started is the plan of this moment, with its resource versions', async () => {
  let resourceVersion = '1';
  const rollout = fakeRollout((scopes) => reviewed(scopes, { items: [{ ...cart, resourceVersion }] }));
  const tui = await mountTui({ view: smallCluster(), rollout });
  await tui.press('r');
  resourceVersion = '2';
  await tui.press('yes', keys.enter);
  assert.equal(rollout.started[0]?.items[0]?.resourceVersion, '2');
});

test('while it starts the screen says so and keys are answered; Esc does not pretend to cancel', async () => {
  const outcome = Promise.withResolvers<StartOutcome>();
  const rollout = fakeRollout(reviewed, outcome.promise);
  const tui = await mountTui({ view: smallCluster(), rollout });
  await tui.press('r', 'yes', keys.enter);
  assert.match(tui.text(), /^↻ Starting: taking the lock, opening the journal…$/m);
  await tui.press('yes', keys.enter, keys.escape, keys.pageDown);
  assert.equal(rollout.attempts.length, 1, 'it is not started twice');
  assert.match(tui.text(), /! It is being started; Ctrl-C leaves, and a run can be paused\./);
  outcome.resolve({ outcome: 'started' });
  await tui.press(keys.home);
  assert.match(tui.text(), /^Run {2}↻ running/m);
});

test('an engine that refuses, fails, or cannot plan, is quoted', async () => {
  const refusing = fakeRollout(reviewed, {
    outcome: 'refused',
    reason: 'the journal cannot be written: no space',
  });
  const tui = await mountTui({ view: smallCluster(), rollout: refusing });
  await tui.press('r', 'yes', keys.enter);
  assert.match(tui.text(), /! Not started: the journal cannot be written: no space/);
  refusing.outcomes.push(new Error('connection refused'));
  await tui.press('yes', keys.enter);
  assert.match(tui.text(), /! Not started: connection refused/);
  await tui.press('yes', keys.enter);
  assert.equal(refusing.started.length, 1, 'it can be tried again');

  const failing = fakeRollout(() => {
    throw new Error('no such namespace');
  });
  const other = await mountTui({ view: smallCluster(), rollout: failing });
  await other.press('r');
  assert.match(other.text(), /✗ Could not plan the restart: no such namespace/);
});

test('what is typed is seen in the narrowest window too', async () => {
  const rollout = fakeRollout(reviewed, { outcome: 'locked', by: lockHolder() });
  const tui = await mountTui({ view: smallCluster(), rollout, columns: 40, rows: 10 });
  await tui.press('r', 'ye');
  assert.match(tui.text(), /^ {2}Cancel {4}type yes and Enter: ye█$/m);
  await tui.press('s', keys.enter, 'take-ove');
  assert.match(tui.text(), /^type take-over and Enter: take-ove█$/m);
});

test('a lock held by another is shown with holder, run and age; only take-over, exactly, goes past it', async () => {
  const rollout = fakeRollout(reviewed, { outcome: 'locked', by: lockHolder() });
  const tui = await mountTui({ view: smallCluster(), rollout, columns: 120 });
  await tui.press('r', 'yes', keys.enter);
  assert.match(
    tui.text(),
    /! ben@desk holds the lock of this cluster for run run-0, taken 10m ago, last renewed 3s ago, so it may well be alive\./,
  );
  await tui.press('yes', keys.enter);
  assert.match(tui.text(), /! "yes" is not take-over: nothing was started\./);
  rollout.outcomes.push({ outcome: 'locked', by: lockHolder() });
  await tui.press('take-over', keys.enter);
  assert.match(tui.text(), /! Not taken over: its holder is alive\./);
  await tui.press('take-over', keys.enter);
  assert.deepEqual(
    rollout.attempts.map(({ lock }) => lock),
    ['required', 'take-over', 'take-over'],
  );
  assert.match(tui.text(), /^Run {2}↻ running/m);
});

test('a holder that has gone is called so', async () => {
  const by = lockHolder({ stale: true, unchangedSeconds: 600 });
  const rollout = fakeRollout(reviewed, { outcome: 'locked', by });
  const tui = await mountTui({ view: smallCluster(), rollout, columns: 120 });
  await tui.press('r', 'yes', keys.enter);
  assert.match(tui.text(), /last renewed 10m ago, so it is probably gone\./);
});

test('without a lock the run starts only after the word without', async () => {
  const rollout = fakeRollout(reviewed, {
    outcome: 'no-lock',
    reason: 'leases in linkerd may not be created',
  });
  const tui = await mountTui({ view: smallCluster(), rollout });
  await tui.press('r', 'yes', keys.enter);
  assert.match(tui.text(), /! There is no lock to be had: leases in linkerd may not be created\./);
  await tui.press(keys.escape);
  assert.deepEqual(rollout.started, []);
  rollout.outcomes.push({ outcome: 'no-lock', reason: 'leases in linkerd may not be created' });
  await tui.press('r', 'yes', keys.enter, 'without', keys.enter);
  assert.equal(rollout.attempts.at(-1)?.lock, 'without');
  assert.equal(rollout.started.length, 1);
});

test('nothing is planned or started while there is no contact with the API server', async () => {
  const rollout = fakeRollout(reviewed);
  const freshness = { state: 'stale', since: 900, retryAt: 1010, reason: 'connection refused' } as const;
  const tui = await mountTui({ view: smallCluster({ freshness }), rollout });
  for (const key of ['r', 'p', 'P']) {
    await tui.press(key);
    assert.match(tui.text(), /! No contact with the API server: what is shown may be wrong/);
  }
  assert.deepEqual(rollout.asked, []);

  tui.store.set(smallCluster());
  await tui.press('r');
  tui.store.set(smallCluster({ freshness }));
  await tui.press('yes', keys.enter);
  assert.match(tui.text(), /! No contact with the API server/);
  assert.deepEqual(rollout.attempts, []);
});

test('a long plan scrolls under its question, and says how much is below', async () => {
  const many = Array.from({ length: 50 }, (_, index) => planItem('shop', `app-${index}`));
  const rollout = fakeRollout((scopes) => plan({ scopes, items: many }));
  const tui = await mountTui({ view: smallCluster(), rollout });
  await tui.press('r');
  assert.match(tui.text(), /↓ \d+ more lines/);
  await tui.press(keys.end);
  assert.match(tui.text(), /deploy\/app-49/);
  assert.doesNotMatch(tui.text(), /more line/);
  await tui.press(keys.pageUp, keys.home);
  assert.match(tui.text(), /^Restart 50 workloads in 1 namespace, 150 pods\?/m);
});

test('a read-only session has no key for a restart and says so', async () => {
  const rollout = fakeRollout(reviewed);
  const unfinished = recorded(run(items, []), 900);
  const tui = await mountTui({ view: smallCluster(), rollout, readOnly: true, unfinished });
  await tui.press('r', 'R');
  assert.deepEqual(rollout.asked, []);
  assert.match(tui.text(), /^Namespaces/m);
  assert.match(tui.text(), /read-only/);
  assert.doesNotMatch(tui.text(), /r restart|unfinished/);
});

test('a run left unfinished is shown by R with what is open and failed, and taken up after yes with its own limits', async () => {
  const limits = { ...DEFAULT_LIMITS, maxParallel: 1, soakSeconds: 0 };
  const old = recorded(
    run(
      items,
      [
        { state: 'done', since: 100, at: 130, pods: 1 },
        { state: 'failed', at: 300, cause: 'deadline', reason: 'no progress for 10m', acknowledged: false },
        { state: 'rolling', since: 300, mark, progress: { proven: 1, wanted: 3, old: 2, waitingFor: '' } },
      ],
      { startedAt: 100, limits },
    ),
    400,
  );
  const rollout = fakeRollout(reviewed);
  const tui = await mountTui({ view: smallCluster(), rollout, unfinished: old });
  assert.match(tui.text(), /! Run run-1 is unfinished: 1 of 3 workloads restarted, 1 failed\. R shows it/);
  await tui.press('R');
  assert.deepEqual(tui.rows().slice(2, 16), [
    'Take up run run-1 again?',
    'Begun 15m ago by anna@laptop: 1 of 3 workloads restarted, 1 failed; left 10m',
    'ago.',
    'Limits  1 at a time, 60 pod starts a minute, no soak, 0 failures',
    '• What was under way is looked up in the cluster; nothing is patched twice.',
    '  Failed steps stay failed and do not halt the run again.',
    '',
    'Failed: 1 workload',
    '  ✗ failed   shop deploy/web  no progress for 10m',
    '',
    'Still open: 1 workload',
    '  ↻ rolling  billing deploy/mail',
    '',
    '',
  ]);
  await tui.press(keys.escape);
  assert.match(tui.text(), /Cancelled: the run stays as it was left\./);
  rollout.outcomes.push({ outcome: 'locked', by: lockHolder() });
  await tui.press('R', 'yes', keys.enter, 'take-over', keys.enter);
  assert.deepEqual(rollout.resumed, [old]);
  assert.deepEqual(rollout.attempts, [
    { lock: 'required', limits },
    { lock: 'take-over', limits },
  ]);
  assert.match(tui.text(), /^Run {2}↻ running/m);
  assert.deepEqual(rollout.started, []);
});
