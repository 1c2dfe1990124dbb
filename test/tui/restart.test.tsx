import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Plan, PlanItem, Scope } from '../../src/rollout/plan/plan.ts';
import type { Run } from '../../src/rollout/run/run.ts';
import { fakeRollout, plan, planItem, run } from '../support/runs.ts';
import { keys, mountTui } from '../support/terminal.tsx';
import { smallCluster } from './fixtures.ts';

const cart = planItem('shop', 'cart', {
  risks: [{ kind: 'single-replica', text: 'one replica: nothing serves while it restarts' }],
  pods: 1,
  from: { 'edge-25.4.4': 1 },
});
const web = planItem('shop', 'web', { from: { 'edge-25.4.4': 2, 'edge-26.6.1': 7 }, pods: 9 });
const mail = planItem('billing', 'mail', {
  effect: { kind: 'renews', reason: 'its trust root is not the one of today' },
});

function reviewed(scopes: readonly Scope[], changes: Partial<Plan> = {}): Plan {
  return plan({
    scopes,
    items: [cart, web, mail],
    exclusions: [
      {
        key: { namespace: 'shop', kind: 'StatefulSet', name: 'db' },
        effect: { kind: 'pinned', reason: 'the template pins edge-25.9.2' },
        reason: 'the template pins edge-25.9.2',
      },
    ],
    ...changes,
  });
}

const items: readonly PlanItem[] = [cart, web, mail];

function halted(): Run {
  return run(
    items,
    [
      { state: 'done', since: 900, at: 930, pods: 1 },
      { state: 'failed', at: 960, reason: 'a new pod crashes' },
    ],
    {
      startedAt: 900,
      phase: {
        phase: 'halted',
        halt: {
          at: 960,
          workload: web.key,
          reason: 'a new pod crashes: CrashLoopBackOff',
          details: ['8 old pods still serve'],
          nextSteps: [
            'kubectl logs -n shop deploy/web --previous',
            'kubectl rollout undo -n shop deploy/web',
          ],
        },
      },
    },
  );
}

test('the confirmation lists what is restarted from which version to which, risks, and what is left out', async () => {
  const rollout = fakeRollout(reviewed);
  const tui = await mountTui({ view: smallCluster(), rollout });
  await tui.press('r');
  assert.deepEqual(rollout.asked, [[{ namespace: 'shop' }]]);
  assert.deepEqual(tui.rows(), [
    'edge-26.8.3  prod-eu-1                                                    ● live',
    '',
    'Restart 3 workloads in 2 namespaces?',
    'One after the other, in this order, stopping at the first failure.',
    'Control plane edge-26.8.3',
    '',
    'shop  2 workloads',
    '  deploy/cart  upgrades  edge-25.4.4 → edge-26.8.3  1 pod',
    '    ! risk: one replica: nothing serves while it restarts',
    '  deploy/web   upgrades  edge-26.6.1 ×7, edge-25.4.4 ×2 → edge-26.8.3  9 pods',
    '',
    'billing  1 workload',
    '  deploy/mail  renews  edge-25.4.4 → edge-26.8.3  3 pods',
    '    • its trust root is not the one of today',
    '',
    'Left as they are: 1 workload',
    '  shop sts/db  pinned: the template pins edge-25.9.2',
    '',
    '',
    '3 workloads, 13 pods  ! 1 with risks  1 left as they are',
    '[ Cancel ]  type yes and press Enter to start: █',
    '',
    '',
    'Esc cancel  PgUp page up  PgDn page down',
  ]);
});

test('only yes, exactly, starts the plan; then the run is on the screen and the marks are gone', async () => {
  const rollout = fakeRollout(reviewed);
  const tui = await mountTui({ view: smallCluster(), rollout });
  await tui.press(' r');
  for (const answer of ['y', 'YES', 'yes ', 'yess', 'no']) {
    await tui.press(answer, keys.enter);
    assert.deepEqual(rollout.started, [], answer);
    assert.ok(tui.text().includes(`! "${answer}" is not yes: nothing was started.`), answer);
  }
  await tui.press('yex', keys.backspace, 's');
  assert.match(tui.text(), /to start: yes█/);
  await tui.press(keys.enter);
  assert.equal(rollout.started.length, 1);
  assert.match(tui.text(), /^Run {2}↻ running {2}0 of 3 workloads/m);
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
    assert.deepEqual(rollout.started, []);
  }
});

test('a blocked plan has no yes', async () => {
  const rollout = fakeRollout((scopes) => reviewed(scopes, { blocked: ['the injector is down'] }));
  const tui = await mountTui({ view: smallCluster(), rollout });
  await tui.press('r');
  assert.match(tui.text(), /^Blocked: restart of 3 workloads/m);
  assert.match(tui.text(), /^✗ the injector is down/m);
  assert.match(tui.text(), /^This plan cannot be started\./m);
  assert.doesNotMatch(tui.text(), /type yes/);
  await tui.press('yes', keys.enter);
  assert.deepEqual(rollout.started, []);
  assert.match(tui.text(), /^Namespaces/m);
});

test('a plan of nothing has no yes, and says why each workload is left out', async () => {
  const rollout = fakeRollout((scopes) => reviewed(scopes, { items: [] }));
  const tui = await mountTui({ view: smallCluster(), rollout });
  await tui.press('r');
  assert.match(tui.text(), /^Nothing to restart$/m);
  assert.match(tui.text(), /sts\/db {2}pinned: the template pins/);
  await tui.press('yes', keys.enter);
  assert.deepEqual(rollout.started, []);
});

test('a plan that has changed since it was read is shown again instead of started', async () => {
  let injects = 'edge-26.8.3';
  const rollout = fakeRollout((scopes) =>
    reviewed(scopes, { items: [{ ...cart, expected: { version: injects, trustRootSha256: '' } }] }),
  );
  const tui = await mountTui({ view: smallCluster(), rollout });
  await tui.press('r');
  injects = 'edge-26.9.1';
  await tui.press('yes', keys.enter);
  assert.deepEqual(rollout.started, []);
  assert.match(tui.text(), /! The plan has changed since you read it: please read it again\./);
  assert.match(tui.text(), /edge-25\.4\.4 → edge-26\.9\.1/);
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

test('an engine that refuses, or cannot plan, is quoted', async () => {
  const refusing = await mountTui({
    view: smallCluster(),
    rollout: fakeRollout(reviewed, 'somebody else holds the lock'),
  });
  await refusing.press('r', 'yes', keys.enter);
  assert.match(refusing.text(), /✗ Not started: somebody else holds the lock/);

  const failing = await mountTui({
    view: smallCluster(),
    rollout: fakeRollout(() => {
      throw new Error('no such namespace');
    }),
  });
  await failing.press('r');
  assert.match(failing.text(), /✗ Could not plan the restart: no such namespace/);
});

test('nothing is planned or started while there is no contact with the API server', async () => {
  const rollout = fakeRollout(reviewed);
  const freshness = { state: 'stale', since: 900, retryAt: 1010, reason: 'connection refused' } as const;
  const tui = await mountTui({ view: smallCluster({ freshness }), rollout });
  await tui.press('r');
  assert.match(tui.text(), /! No contact with the API server: what is shown may be wrong/);
  assert.deepEqual(rollout.asked, []);

  tui.store.set(smallCluster());
  await tui.press('r');
  tui.store.set(smallCluster({ freshness }));
  await tui.press('yes', keys.enter);
  assert.match(tui.text(), /! No contact with the API server/);
  assert.deepEqual(rollout.started, []);
});

test('a long plan scrolls, and says how much is below', async () => {
  const many = Array.from({ length: 50 }, (_, index) => planItem('shop', `app-${index}`));
  const tui = await mountTui({
    view: smallCluster(),
    rollout: fakeRollout((scopes) => plan({ scopes, items: many })),
  });
  await tui.press('r');
  assert.match(tui.text(), /↓ \d+ more lines/);
  await tui.press(keys.end);
  assert.match(tui.text(), /deploy\/app-49/);
  assert.doesNotMatch(tui.text(), /more line/);
  await tui.press(keys.pageUp, keys.home);
  assert.match(tui.text(), /^Restart 50 workloads in 1 namespace\?/m);
});

test('a read-only session has no key for a restart and says so', async () => {
  const rollout = fakeRollout(reviewed);
  const tui = await mountTui({ view: smallCluster(), rollout, readOnly: true });
  await tui.press('r', 'p');
  assert.deepEqual(rollout.asked, []);
  assert.match(tui.text(), /^Namespaces/m);
  assert.match(tui.text(), /read-only/);
  assert.doesNotMatch(tui.text(), /r restart/);
});

test('the run shows each step with its progress', async () => {
  const rollout = fakeRollout(reviewed);
  const tui = await mountTui({ view: smallCluster(), rollout, columns: 100 });
  rollout.run.set(
    run(
      items,
      [
        { state: 'done', since: 900, at: 930, pods: 1 },
        {
          state: 'rolling',
          since: 940,
          progress: { proven: 3, wanted: 9, old: 6, waitingFor: 'web-abc to become ready' },
        },
      ],
      { startedAt: 900 },
    ),
  );
  await tui.press('p');
  assert.deepEqual(tui.rows().slice(2, 10), [
    'Run  ↻ running  1 of 3 workloads  for 100s',
    '█████████████░░░░░░░░░░░░░░░░░░░░░░░░░░░  ✓ 1 done  ↻ 1 in progress  · 1 waiting',
    'Waiting for web-abc to become ready',
    '',
    '',
    '✓ done     shop deploy/cart     1 pod proven in 30s',
    '↻ rolling  shop deploy/web      3/9 proven · 6 old · 60s',
    '· queued   billing deploy/mail  3 pods',
  ]);
});

test('z stops the run once; Esc leaves the view and the run goes on in the header', async () => {
  const rollout = fakeRollout(reviewed);
  const tui = await mountTui({ view: smallCluster(), rollout });
  await tui.press('p');
  assert.match(tui.text(), /No run yet/);
  rollout.run.set(run(items, [{ state: 'patching', since: 990 }], { startedAt: 990 }));
  await tui.press('p', 'z');
  assert.equal(rollout.stops, 1);
  rollout.run.set(
    run(items, [{ state: 'patching', since: 990 }], { startedAt: 990, phase: { phase: 'stopping' } }),
  );
  await tui.press('z');
  assert.equal(rollout.stops, 1);
  assert.match(tui.text(), /stopping already/);
  await tui.press(keys.escape);
  assert.match(tui.text(), /^Namespaces/m);
  assert.match(tui.text(), /↻ run stopping 0\/3/);
  await tui.press('r');
  assert.match(tui.text(), /A run is active/);
  assert.deepEqual(rollout.asked, []);
});

test('what is waited for is said in full, over as many lines as it needs', async () => {
  const rollout = fakeRollout(reviewed);
  const tui = await mountTui({ view: smallCluster(), rollout });
  const waitingFor =
    'pod web-7d9f8b6c5d-abcde: container linkerd-proxy is waiting: CrashLoopBackOff: back-off 5m0s restarting failed container';
  const progress = { proven: 0, wanted: 9, old: 9, waitingFor };
  rollout.run.set(run(items, [{ state: 'rolling', since: 940, progress }], { startedAt: 900 }));
  await tui.press('p');
  const said = tui
    .rows()
    .slice(4, 6)
    .map((row) => row.trim());
  assert.equal(said.join(' '), `Waiting for ${waitingFor}`);
});

test('a halt says what failed, on what, what still serves and what to do next', async () => {
  const rollout = fakeRollout(reviewed);
  rollout.run.set(run(items, [{ state: 'patching', since: 900 }]));
  const tui = await mountTui({ view: smallCluster(), rollout });
  rollout.run.set(halted());
  await tui.settle();
  assert.match(tui.text(), /✗ Run halted at shop deploy\/web after 60s: a new pod crashes/, 'as a message');
  assert.match(tui.text(), /✗ run halted 1\/3/, 'and in the header');
  await tui.press('p');
  assert.deepEqual(tui.rows().slice(2, 15), [
    'Run  ✗ halted  1 of 3 workloads  after 60s',
    '███████████░░░░░░░░░░░░░░░░░░░░░░░░  ✓ 1 done  · 1 not touched  ✗ 1 failed',
    '',
    '✗ Halted  shop deploy/web: a new pod crashes: CrashLoopBackOff',
    '  • 8 old pods still serve',
    'Next steps',
    '  1. kubectl logs -n shop deploy/web --previous',
    '  2. kubectl rollout undo -n shop deploy/web',
    '',
    '✓ done     shop deploy/cart     1 pod proven in 30s',
    '✗ failed   shop deploy/web      a new pod crashes',
    '· queued   billing deploy/mail  3 pods',
    '',
  ]);
});

test('a long run follows the step in progress until somebody scrolls', async () => {
  const many = Array.from({ length: 200 }, (_, index) => planItem('shop', `app-${index}`));
  const rollout = fakeRollout();
  const at = (done: number): Run =>
    run(
      many,
      many.map((_, index) =>
        index < done ? { state: 'done', since: 1, at: 2, pods: 3 } : { state: 'queued' },
      ),
    );
  rollout.run.set(at(100));
  const tui = await mountTui({ view: smallCluster(), rollout });
  await tui.press('p');
  assert.match(tui.text(), /· queued +shop deploy\/app-100 /);
  rollout.run.set(at(150));
  await tui.settle();
  assert.match(tui.text(), /· queued +shop deploy\/app-150 /);
  await tui.press('g');
  rollout.run.set(at(160));
  await tui.settle();
  assert.match(tui.text(), /✓ done +shop deploy\/app-0 /);
  assert.doesNotMatch(tui.text(), /app-160/);
});

test('quitting asks while a run is active, and staying goes back to where one was', async () => {
  const rollout = fakeRollout(reviewed);
  rollout.run.set(run(items, [{ state: 'patching', since: 990 }], { startedAt: 990 }));
  const tui = await mountTui({ view: smallCluster(), rollout });
  await tui.press('q');
  assert.match(tui.text(), /^A run is active\. Quit\?/m);
  assert.match(tui.text(), /^• 2 workloads not touched yet/m);
  await tui.press(keys.enter);
  assert.match(tui.text(), /^Namespaces/m, 'staying is what Enter does');
  await tui.press('p', 'q', keys.escape);
  assert.match(tui.text(), /^Run /m, 'staying goes back to where one was');
  assert.deepEqual(tui.exits, []);
  await tui.press('q', 'y');
  assert.deepEqual(tui.exits, ['quit']);
});

test('q and Ctrl-C leave at once without a run; Ctrl-C twice leaves an active one', async () => {
  const idle = await mountTui({ view: smallCluster() });
  await idle.press('q');
  assert.deepEqual(idle.exits, ['quit']);

  const rollout = fakeRollout(reviewed);
  rollout.run.set(run(items, []));
  const active = await mountTui({ view: smallCluster(), rollout });
  await active.press('/', keys.ctrlC);
  assert.match(active.text(), /A run is active\. Quit\?/);
  assert.deepEqual(active.exits, []);
  await active.press(keys.ctrlC);
  assert.deepEqual(active.exits, ['interrupted']);
});

test('Ctrl-Z suspends, but not while a run would be left unwatched; Ctrl-L draws anew', async () => {
  const rollout = fakeRollout(reviewed);
  const tui = await mountTui({ view: smallCluster(), rollout });
  await tui.press(keys.ctrlZ, keys.ctrlL);
  assert.deepEqual([tui.suspensions(), tui.redraws()], [1, 1]);
  rollout.run.set(run(items, []));
  await tui.press(keys.ctrlZ);
  assert.equal(tui.suspensions(), 1);
  assert.match(tui.text(), /suspending would leave it unwatched/);
});
