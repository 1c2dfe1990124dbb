import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Run, StepState } from '../../src/rollout/run/run.ts';
import { fakeRollout, halt, mark, plan, planItem, run } from '../support/runs.ts';
import { keys, mountTui } from '../support/terminal.tsx';
import { CURRENT, podView } from '../support/views.ts';
import { smallCluster } from './fixtures.ts';
import { items, reviewed, web } from './plans.ts';

const done = { state: 'done', since: 900, at: 930, pods: 1 } as const;
const failed: StepState = {
  state: 'failed',
  at: 960,
  cause: 'crash-loop',
  reason: 'a new pod crashes',
  acknowledged: false,
};

function rolling(waitingFor: string): StepState {
  return { state: 'rolling', since: 940, mark, progress: { proven: 3, wanted: 9, old: 6, waitingFor } };
}

function runOf(states: readonly StepState[], changes: Partial<Run> = {}): Run {
  return run(items, states, {
    plan: reviewed([]),
    startedAt: 900,
    phase: { phase: 'running', wave: 1 },
    ...changes,
  });
}

function halted(): Run {
  return runOf([done, failed], {
    phase: {
      phase: 'halted',
      wave: 1,
      halt: halt({
        workload: web.key,
        pod: 'web-7d9f8b6c5d-abcde',
        container: 'app',
        reason: 'a new pod crashes: CrashLoopBackOff',
        details: ['last state: exit code 1'],
        serving: '8 of 9 wanted pods are ready and serving',
        nextSteps: ['kubectl logs -n shop web-7d9f8b6c5d-abcde -c app --previous'],
      }),
    },
  });
}

async function shown(current: Run, size: { columns?: number; rows?: number } = {}) {
  const rollout = fakeRollout(reviewed);
  rollout.run.set(current);
  const tui = await mountTui({ view: smallCluster(), rollout, ...size });
  await tui.press('R');
  return { tui, rollout };
}

test('the run shows phase and wave, progress, pace and time, what is waited for, and the steps by wave', async () => {
  const { tui } = await shown(
    runOf([done, rolling('web-abc to become ready')], {
      warnings: ['the pace was halved', 'quota is tight'],
    }),
    { columns: 100 },
  );
  assert.deepEqual(tui.rows().slice(2, 16), [
    'Run  ↻ running  1 of 3 workloads  wave 2 of 3: namespace shop',
    '█████████████░░░░░░░░░░░░░░░░░░░░░░░░░░░  ✓ 1 done  ↻ 1 in progress  · 1 waiting',
    'for 100s, about 2m15s left  15 of 60 pod starts a minute  lock held  run-1',
    'deploy/web waits for web-abc to become ready',
    '',
    '! 2 warnings, the last: quota is tight',
    '',
    'Wave 1: canary  1 of 1 workload ✓',
    '  ✓ done     shop deploy/cart     1 pod proven in 30s',
    'Wave 2: namespace shop  0 of 1 workload',
    '› ↻ rolling  shop deploy/web      3/9 proven · 6 old · 60s · web-abc to become ready',
    'Wave 3: StatefulSets  0 of 1 workload',
    '  · queued   billing deploy/mail  3 pods',
    '',
  ]);
});

test('every state of a step has its sign, its word and its reason', async () => {
  const states: readonly [StepState, RegExp][] = [
    [{ state: 'queued', waitingFor: 'the pace' }, /· queued +shop deploy\/app-0 +3 pods · the pace$/m],
    [{ state: 'patching', since: 995, restartedAt: '' }, /» patching shop deploy\/app-1 +for 5s$/m],
    [rolling(''), /↻ rolling +shop deploy\/app-2 +3\/9 proven · 6 old · 60s$/m],
    [
      { state: 'soaking', since: 900, until: 1004, mark, pods: 3 },
      /◔ soaking +shop deploy\/app-3 +3 pods proven · watched for another 4s$/m,
    ],
    [done, /✓ done +shop deploy\/app-4 +1 pod proven in 30s$/m],
    [
      { state: 'partial', since: 900, at: 930, pods: 2, kept: 1 },
      /◑ partial +shop deploy\/app-5 +2 pods proven; 1 pod keeps the old proxy: the partition/m,
    ],
    [
      { state: 'dropped', at: 1, reason: 'it was deleted' },
      /– dropped +shop deploy\/app-6 +it was deleted$/m,
    ],
    [{ state: 'skipped', at: 1, reason: 'left out' }, /↷ skipped +shop deploy\/app-7 +left out$/m],
    [failed, /✗ failed +shop deploy\/app-8 +a new pod crashes$/m],
  ];
  const many = states.map((_, index) => planItem('shop', `app-${index}`));
  const current = run(
    many,
    states.map(([state]) => state),
  );
  const { tui } = await shown(current, { columns: 120 });
  for (const [{ state }, row] of states) assert.match(tui.text(), row, state);
});

test('each phase says what it waits for, in words and seconds', async () => {
  const { tui, rollout } = await shown(runOf([done]));
  const since = 990;
  for (const [phase, sentence] of [
    [
      { phase: 'preflight', wave: 1, since, retryAt: 0, waitingFor: '' },
      /^Run {2}↻ checking {2}1 of 3 workloads {2}wave 2 of 3[\s\S]*^Looking at everything that must hold before the wave\.$/m,
    ],
    [
      { phase: 'preflight', wave: 1, since, retryAt: 1005, waitingFor: 'the server does not answer' },
      /^Before the wave: the server does not answer\. Next look in 5s\.$/m,
    ],
    [
      { phase: 'soaking', wave: 1, since, until: 1042 },
      /^The wave is over and watched for another 42s; c goes/m,
    ],
    [{ phase: 'paused', wave: 1, since }, /^Run {2}‖ paused[\s\S]*^Nothing new is started; c goes on\.$/m],
    [{ phase: 'aborting', wave: 1, since }, /^Run {2}↻ ending[\s\S]*^Nothing new is started any more\.$/m],
    [{ phase: 'aborted', at: 990 }, /^Run {2}– aborted {2}1 of 3[\s\S]*^after 90s {2}run-1$/m],
    [{ phase: 'done', at: 990 }, /^Run {2}✓ done {2}1 of 3[\s\S]*· 2 not touched$/m],
  ] as const) {
    rollout.run.set(runOf([done], { phase }));
    await tui.settle();
    assert.match(tui.text(), sentence);
  }
  rollout.run.set(runOf([done, rolling('')], { phase: { phase: 'paused', wave: 1, since }, lock: 'none' }));
  await tui.settle();
  assert.match(tui.text(), /1 workload is still watched\./);
  assert.match(tui.text(), /without a lock/);
});

test('what is waited for is said in full, over as many lines as it needs', async () => {
  const waitingFor =
    'pod web-7d9f8b6c5d-abcde: container linkerd-proxy is waiting: CrashLoopBackOff: back-off 5m0s restarting failed container';
  const { tui } = await shown(runOf([done, rolling(waitingFor)]));
  const said = tui
    .rows()
    .slice(5, 7)
    .map((row) => row.trim());
  assert.equal(said.join(' '), `deploy/web waits for ${waitingFor}`);
});

test('a workload whose turn it is but that has not been started says why, one that simply queues nothing', async () => {
  const { tui, rollout } = await shown(runOf([{ state: 'queued', waitingFor: 'it is rolling' }]));
  assert.match(tui.text(), /^deploy\/cart is not started yet: it is rolling$/m);
  rollout.run.set(runOf([]));
  await tui.settle();
  assert.doesNotMatch(tui.text(), /not started yet|waits for/);
});

test('pause, go on, skip and retry go to the engine, the last two for the step under the cursor', async () => {
  const { tui, rollout } = await shown(runOf([done, rolling('')]));
  assert.match(tui.rows().at(-1) ?? '', /z pause/);
  assert.doesNotMatch(tui.rows().at(-1) ?? '', /go on|retry|skip/);
  await tui.press('z');
  assert.match(tui.text(), /Pausing: nothing new is started\./);
  rollout.run.set(runOf([done, failed], { phase: { phase: 'paused', wave: 1, since: 990 } }));
  await tui.press('z');
  assert.match(tui.text(), /The run is paused already: c goes on\./);
  await tui.press('c', 'j', 's', 'k', 'k', 'r', 's');
  assert.match(tui.text(), /Only a queued or failed step can be skipped\./, 'the first step is done');
  await tui.press('j', 'r');
  assert.deepEqual(rollout.acts, [
    { type: 'pause' },
    { type: 'proceed' },
    { type: 'skip', index: 2 },
    { type: 'retry', index: 1 },
  ]);
});

test('a run is ended only after y', async () => {
  const { tui, rollout } = await shown(runOf([done, rolling('')]));
  await tui.press('a');
  assert.match(tui.text(), /^End this run for good\?/m);
  assert.match(tui.text(), /^• 1 workload in progress: watched to the end\./m);
  await tui.press(keys.enter);
  assert.match(tui.text(), /^Run {2}↻ running/m);
  assert.deepEqual(rollout.acts, []);
  await tui.press('a', 'y');
  assert.deepEqual(rollout.acts, [{ type: 'abort' }]);
  assert.match(tui.text(), /^Run {2}↻ running/m);
});

test('a halt says what failed, on what, what still serves, what to do next, and which keys help', async () => {
  const rollout = fakeRollout(reviewed);
  rollout.run.set(runOf([done, rolling('')]));
  const tui = await mountTui({ view: smallCluster(), rollout });
  rollout.run.set(halted());
  await tui.settle();
  assert.match(tui.text(), /✗ Run halted at shop deploy\/web after 60s: a new pod crashes/, 'as a message');
  assert.match(tui.text(), /✗ run halted 1\/3/, 'and in the header');
  await tui.press('p');
  assert.deepEqual(tui.rows().slice(2, 24), [
    'Run  ✗ halted  1 of 3 workloads  wave 2 of 3: namespace shop',
    '██████████████████████████░░░░░░░░░░░░░░  ✓ 1 done  ✗ 1 failed  · 1 waiting',
    'for 60s  15 of 60 pod starts a minute  lock held  run-1',
    'Nothing is patched any more.',
    '',
    '',
    '✗ Halted in this wave  shop deploy/web, pod web-7d9f8b6c5d-abcde, container app:',
    '                       a new pod crashes: CrashLoopBackOff',
    '  • last state: exit code 1',
    '  Still serving: 8 of 9 wanted pods are ready and serving',
    'Next steps',
    '  1. kubectl logs -n shop web-7d9f8b6c5d-abcde -c app --previous',
    '  r retry   s skip   c go on   a abort',
    '',
    'Wave 1: canary  1 of 1 workload ✓',
    '  ✓ done     shop deploy/cart     1 pod proven in 30s',
    'Wave 2: namespace shop  1 of 1 workload  ✗ 1 failed',
    '› ✗ failed   shop deploy/web      a new pod crashes',
    'Wave 3: StatefulSets  0 of 1 workload',
    '  · queued   billing deploy/mail  3 pods',
    '',
    'Esc back  Enter explain  c go on  r retry  s skip  a abort  ? help  q quit',
  ]);
});

test('a pod that the reason names is not named twice', async () => {
  const pod = 'web-7d9f8b6c5d-abcde';
  const reason = `container app of pod ${pod}: CrashLoopBackOff`;
  const phase = {
    phase: 'halted',
    wave: 1,
    halt: halt({ workload: web.key, pod, container: 'app', reason }),
  } as const;
  const { tui } = await shown(runOf([done, failed], { phase }), { columns: 140 });
  assert.match(
    tui.text(),
    /^✗ Halted in this wave {2}shop deploy\/web: container app of pod web-7d9f8b6c5d-abcde: /m,
  );
});

test('a halt comes first whatever was scrolled to, and its failed step has the cursor', async () => {
  const { tui, rollout } = await shown(runOf([done, rolling('')]), { rows: 16 });
  await tui.press('G');
  rollout.run.set(halted());
  await tui.settle();
  assert.match(tui.text(), /✗ Halted in this wave/);
  await tui.press('r');
  assert.deepEqual(rollout.acts, [{ type: 'retry', index: 1 }]);
  assert.match(tui.text(), /Queued again: c goes on\./);
});

test('after a halt the run goes on only after y', async () => {
  const { tui, rollout } = await shown(halted());
  await tui.press('c');
  assert.match(tui.text(), /^Go on after the halt\?/m);
  assert.match(tui.text(), /^• Halted because of shop deploy\/web: a new pod crashes/m);
  await tui.press(keys.escape);
  assert.deepEqual(rollout.acts, []);
  await tui.press('c', 'y');
  assert.deepEqual(rollout.acts, [{ type: 'proceed' }]);
});

test('a run that has lost its lock offers neither retry nor going on', async () => {
  const current = halted();
  const { tui, rollout } = await shown({ ...current, lock: 'lost' });
  assert.match(tui.text(), /lock lost/);
  assert.match(tui.text(), /^ {2}s skip {3}a abort$/m);
  await tui.press('c', 'r');
  assert.match(tui.text(), /This run cannot go on here: quit, and take it up again\./);
  assert.deepEqual(rollout.acts, []);
});

test('Enter explains the step under the cursor with its pods of this moment', async () => {
  const rollout = fakeRollout(reviewed);
  rollout.run.set(halted());
  const pods = {
    'shop/Deployment/web': [
      podView('shop', 'web-7d9f8b6c5d-abcde', {
        status: 'CrashLoopBackOff',
        ready: false,
        readyContainers: 1,
        restarts: 4,
        createdAt: 940,
        proxy: { version: CURRENT },
      }),
    ],
  };
  const tui = await mountTui({ view: smallCluster({ pods }), rollout, columns: 120, rows: 50 });
  await tui.press('R', keys.enter);
  assert.match(tui.text(), /^shop deploy\/web {2}step 2 of 3, wave 2: namespace shop$/m);
  assert.match(tui.text(), /^State +✗ failed$/m);
  assert.match(tui.text(), /^Cause +crash-loop$/m);
  assert.match(tui.text(), /Still serving: 8 of 9/, 'the diagnosis is there too');
  assert.match(tui.text(), /^From +edge-26\.6\.1 ×7, edge-25\.4\.4 ×2$/m);
  assert.match(tui.text(), /^Reason +2 of 9 proxies violate/m);
  assert.match(
    tui.text(),
    /^ {2}web-7d9f8b6c5d-abcde {1,2}CrashLoopBackOff {1,2}1\/2 {1,2}edge-26\.8\.3 {1,2}4 restarts/m,
  );
  await tui.press(keys.escape);
  assert.match(tui.text(), /^Run {2}✗ halted/m);
});

test('w lists all warnings, newest first', async () => {
  const { tui } = await shown(runOf([done], { warnings: ['the pace was halved', 'quota is tight'] }));
  await tui.press('w');
  assert.deepEqual(tui.rows().slice(2, 6), [
    '2 warnings of this run  newest first',
    '',
    '! quota is tight',
    '! the pace was halved',
  ]);
  await tui.press(keys.escape);
  assert.match(tui.text(), /^Run {2}↻ running/m);
});

test('a long run follows the step in progress until the cursor is moved', async () => {
  const many = Array.from({ length: 200 }, (_, index) => planItem('shop', `app-${index}`));
  const reviewedMany = plan({ items: many });
  const at = (ended: number): Run =>
    run(
      many,
      many.map((_, index) => (index < ended ? done : { state: 'queued' })),
      { plan: reviewedMany },
    );
  const { tui, rollout } = await shown(at(100));
  assert.match(tui.text(), /^› · queued +shop deploy\/app-100 /m);
  rollout.run.set(at(150));
  await tui.settle();
  assert.match(tui.text(), /^› · queued +shop deploy\/app-150 /m);
  await tui.press('g');
  rollout.run.set(at(160));
  await tui.settle();
  assert.match(tui.text(), /^› ✓ done +shop deploy\/app-0 /m);
  assert.doesNotMatch(tui.text(), /app-160/);
  await tui.press('G');
  assert.match(tui.text(), /^› · queued +shop deploy\/app-199 /m);
  await tui.press(keys.pageUp, 'j');
  assert.doesNotMatch(tui.text(), /app-199/);
  assert.equal(tui.text().match(/^›/gm)?.length, 1);
});

test('drawing a run of 5,000 steps touches only those on the screen', async () => {
  let read = 0;
  const many = Array.from({ length: 5000 }, (_, index) =>
    planItem('shop', `app-${index}`, { wave: index >> 9 }),
  );
  const counted = (state: StepState): StepState =>
    state.state === 'queued'
      ? Object.defineProperty({ ...state }, 'waitingFor', {
          get: () => {
            read += 1;
            return undefined;
          },
        })
      : state;
  const current = run(
    many,
    many.map(() => counted({ state: 'queued' })),
  );
  const { tui, rollout } = await shown(current, { columns: 200, rows: 60 });
  for (const chunk of ['j', keys.pageDown, 'G', 'k', 'g', '']) {
    read = 0;
    if (chunk === '') {
      rollout.run.set({ ...current, startsPerMinute: 30 });
      await tui.settle();
    } else {
      await tui.press(chunk);
    }
    assert.ok(read > 0 && read <= 130, `${read} steps read for ${JSON.stringify(chunk)}`);
  }
});

test('at every size the run fits, with one cursor, its state and its keys', async () => {
  const { tui } = await shown(halted());
  for (const [columns, rows] of [
    [80, 24],
    [200, 60],
    [40, 8],
    [41, 12],
    [60, 15],
    [20, 5],
    [120, 30],
  ] as const) {
    await tui.resize(columns, rows);
    const hint = `${columns}x${rows}\n${tui.text()}`;
    assert.equal(tui.rows().length, rows, hint);
    if (columns < 40) assert.match(tui.text(), /too small/, hint);
    else {
      assert.match(tui.text(), /run halted 1\/3/, hint);
      assert.match(tui.rows().at(-1) ?? '', /^Esc back/, hint);
      assert.ok((tui.text().match(/^›/gm)?.length ?? 0) <= 1, hint);
    }
  }
});

test('a window of 40 by 8 shows the diagnosis by scrolling', async () => {
  const { tui } = await shown(halted(), { columns: 40, rows: 8 });
  const seen = new Set<string>();
  for (let press = 0; press < 60; press += 1) {
    for (const row of tui.rows()) seen.add(row.trim());
    await tui.press('j');
  }
  for (const wanted of [/Halted/, /exit code 1/, /Next steps/, /billing/]) {
    assert.ok(
      [...seen].some((row) => wanted.test(row)),
      `${wanted} in\n${[...seen].join('\n')}`,
    );
  }
});

test('quitting asks while a run is in progress, says how to take it up, and staying goes back', async () => {
  const rollout = fakeRollout(reviewed);
  rollout.run.set(runOf([done, rolling('')]));
  const tui = await mountTui({ view: smallCluster(), rollout });
  await tui.press('q');
  assert.match(tui.text(), /^A run is in progress\. Quit\?/m);
  assert.match(tui.text(), /^• 1 workload is not touched yet, and left as now\./m);
  assert.match(tui.text(), /^ {2}kubectl linkerd-upgrade restart --resume run-1$/m);
  await tui.press(keys.enter);
  assert.match(tui.text(), /^Namespaces/m, 'staying is what Enter does');
  await tui.press('p', 'q', keys.escape);
  assert.match(tui.text(), /^Run /m, 'staying goes back to where one was');
  assert.deepEqual(tui.exits, []);
  await tui.press('q', 'y');
  assert.deepEqual(tui.exits, ['quit']);
});

test('a paused run is asked about, a halted one that rests and an ended one are left at once', async () => {
  const { tui, rollout } = await shown(runOf([done], { phase: { phase: 'paused', wave: 1, since: 1 } }));
  await tui.press('q');
  assert.match(tui.text(), /Quit\?/);
  await tui.press(keys.escape);
  rollout.run.set({ ...halted(), steps: runOf([done, failed, rolling('')]).steps });
  await tui.press('q');
  assert.match(tui.text(), /Quit\?/, 'something is still watched');
  await tui.press(keys.escape);
  assert.deepEqual(tui.exits, []);
  rollout.run.set(halted());
  await tui.press('q');
  rollout.run.set(runOf([done], { phase: { phase: 'done', at: 990 } }));
  await tui.press('q');
  assert.deepEqual(tui.exits, ['quit', 'quit']);
});

test('q and Ctrl-C leave at once without a run; Ctrl-C twice leaves one in progress', async () => {
  const idle = await mountTui({ view: smallCluster() });
  await idle.press('q');
  assert.deepEqual(idle.exits, ['quit']);

  const rollout = fakeRollout(reviewed);
  rollout.run.set(runOf([]));
  const active = await mountTui({ view: smallCluster(), rollout });
  await active.press('/', keys.ctrlC);
  assert.match(active.text(), /A run is in progress\. Quit\?/);
  assert.deepEqual(active.exits, []);
  await active.press(keys.ctrlC);
  assert.deepEqual(active.exits, ['interrupted']);

  const asked = await shown(runOf([]));
  await asked.tui.press('a', keys.ctrlC);
  assert.match(asked.tui.text(), /A run is in progress\. Quit\?/, 'another question does not count as asked');
  await asked.tui.press(keys.ctrlC);
  assert.deepEqual(asked.tui.exits, ['interrupted']);
});

test('Ctrl-Z suspends, but not while a run would be left unwatched; Ctrl-L draws anew', async () => {
  const rollout = fakeRollout(reviewed);
  const tui = await mountTui({ view: smallCluster(), rollout });
  await tui.press(keys.ctrlZ, keys.ctrlL);
  assert.deepEqual([tui.suspensions(), tui.redraws()], [1, 1]);
  rollout.run.set(halted());
  await tui.press(keys.ctrlZ);
  assert.equal(tui.suspensions(), 1);
  assert.match(tui.text(), /suspending would leave it unwatched/);
});

test('the end of a run is told wherever one looks', async () => {
  const rollout = fakeRollout(reviewed);
  rollout.run.set(runOf([done]));
  const tui = await mountTui({ view: smallCluster(), rollout });
  rollout.run.set(runOf([done], { phase: { phase: 'done', at: 990 } }));
  await tui.settle();
  assert.match(tui.text(), /✓ Run done in 90s: 1 of 3 workloads restarted\./);
});
