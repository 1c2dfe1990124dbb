import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DEFAULT_LIMITS } from '../../src/rollout/run/limits.ts';
import type { Scene } from '../../src/tui/screens/picture.ts';
import { spokenLines } from '../../src/tui/screens/spoken.ts';
import { listingOf } from '../../src/tui/state/listing.ts';
import { currentTable, initialState, type UiState } from '../../src/tui/state/ui-state.ts';
import { themeFor } from '../../src/tui/theme/theme.ts';
import { advice, noGuide, step, task } from '../support/guides.ts';
import { halt, run } from '../support/runs.ts';
import { smallCluster } from './fixtures.ts';
import { items, reviewed, web } from './plans.ts';

test('for a screen reader the screen is sentences: figures, then the row under the cursor', () => {
  const view = smallCluster();
  const scene: Scene = {
    view,
    run: undefined,
    unfinished: undefined,
    guide: noGuide,
    limits: DEFAULT_LIMITS,
    now: 1000,
    readOnly: false,
    version: '1.2.3',
    size: { columns: 80, rows: 24 },
    theme: themeFor({ LANG: 'C.UTF-8' }),
  };
  const state = initialState(undefined);
  const lines = spokenLines(state, scene, listingOf(view.mesh, currentTable(state)));
  const text = lines.join('\n');
  assert.match(text, /^Control plane, edge-26\.8\.3, release 2\.20, edge, ✓ ready/m);
  assert.match(text, /^✗ 4 violation, ▼ 1,202 behind-one/m);
  assert.match(text, /^Row 1 of 5$/m);
  assert.match(text, /^shop, namespace$/m);
  assert.match(text, /^Version, ✗ 4 proxies: edge-25\.4\.4/m);
  assert.match(text, /^Data plane, 1,228 proxies in 4 namespaces$/m);
  assert.doesNotMatch(text, /[█▒░]|^$/m);
  assert.doesNotMatch(text, /billing/, 'other rows are not read');
});

test('a run is read as its diagnosis, its figures and the one step under the cursor', () => {
  const view = smallCluster();
  const failed = {
    state: 'failed',
    at: 960,
    cause: 'crash-loop',
    reason: 'crashes',
    acknowledged: false,
  } as const;
  const scene: Scene = {
    view,
    run: run(items, [{ state: 'done', since: 1, at: 2, pods: 1 }, failed], {
      plan: reviewed([]),
      phase: {
        phase: 'halted',
        wave: 1,
        halt: halt({ workload: web.key, serving: '8 of 9 pods are ready' }),
      },
    }),
    unfinished: undefined,
    guide: noGuide,
    limits: DEFAULT_LIMITS,
    now: 1000,
    readOnly: false,
    version: '1.2.3',
    size: { columns: 80, rows: 24 },
    theme: themeFor({ LANG: 'C.UTF-8' }),
  };
  const state: UiState = {
    ...initialState(undefined),
    overlay: { kind: 'run', cursor: undefined, top: undefined },
  };
  const lines = spokenLines(state, scene, listingOf(view.mesh, currentTable(state)));
  const text = lines.join('\n');
  assert.match(lines[0] ?? '', /^✗ Halted in this wave, shop deploy\/web: a new pod crashes$/);
  assert.match(text, /^Still serving: 8 of 9 pods are ready$/m);
  assert.match(text, /^Run, ✗ halted, 1 of 3 workloads, wave 2 of 3: namespace shop$/m);
  assert.match(text, /^shop deploy\/web, step 2 of 3/m);
  assert.doesNotMatch(text, /[█▒░]|^$/m);
  assert.doesNotMatch(text, /deploy\/mail/, 'other steps are not read');
  assert.equal(text.match(/Still serving/g)?.length, 1, 'nothing is read twice');
});

test('the checklist is read as where it stands and the one item under the cursor, in full', () => {
  const view = smallCluster();
  const tasks = [
    task('cli', { title: 'Install the CLI', state: 'done' }),
    task('control-plane', {
      title: 'Upgrade the control plane',
      state: 'next',
      why: 'it runs edge-25.11.3',
      commands: ['linkerd upgrade | kubectl apply -f -'],
    }),
  ];
  const scene: Scene = {
    view,
    run: undefined,
    unfinished: undefined,
    guide: { ...noGuide, advice: advice({ steps: [step({ tasks })] }), readAt: 990 },
    limits: DEFAULT_LIMITS,
    now: 1000,
    readOnly: false,
    version: '1.2.3',
    size: { columns: 80, rows: 24 },
    theme: themeFor({ LANG: 'C.UTF-8' }),
  };
  const cursor = { id: 'edge-26.6.3 task control-plane', index: 1 };
  const state: UiState = { ...initialState(undefined), overlay: { kind: 'checklist', cursor, top: 0 } };
  const text = spokenLines(state, scene, listingOf(view.mesh, currentTable(state))).join('\n');
  assert.match(text, /^Upgrade edge-25\.11\.3 → edge-26\.6\.3, read 10s ago$/m);
  assert.match(text, /^1 step, 1 of 2 tasks done, destination latest-known$/m);
  assert.match(
    text,
    /^Item 2 of 2\nUpgrade the control plane\nState, » next\nBecause, it runs edge-25\.11\.3$/m,
  );
  assert.match(text, /^linkerd upgrade \| kubectl apply -f -$/m);
  assert.doesNotMatch(text, /Install the CLI/);
});
