import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LiveView } from '../../src/live/view.ts';
import { createGuideFollower, type GuideFollower } from '../../src/tui/guide-follower.ts';
import {
  advice,
  type FakeGuide,
  fakeGuide,
  inventoryOf,
  type ManualTimers,
  manualTimers,
  step,
} from '../support/guides.ts';
import { liveView, namespaceView, type SettableStore, storeOf } from '../support/views.ts';

interface Bench {
  readonly follower: GuideFollower;
  readonly guide: FakeGuide;
  readonly timers: ManualTimers;
  readonly view: SettableStore<LiveView>;
  /** How often the guide was published. */
  readonly told: () => number;
}

function benchOf(): Bench {
  const guide = fakeGuide();
  const timers = manualTimers();
  const view = storeOf(liveView());
  let told = 0;
  const follower = createGuideFollower({
    port: guide,
    view,
    destination: 'latest-known',
    now: () => 1000,
    after: timers.after,
  });
  follower.subscribe(() => {
    told += 1;
  });
  return { follower, guide, timers, view, told: () => told };
}

/** Lets promises that are settled already be taken. */
async function taken(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
}

test('nothing is read until the checklist is shown, and nothing any more once it is not', async () => {
  const { follower, guide, timers, view } = benchOf();
  timers.pass(60_000);
  assert.equal(guide.reads, 0);
  follower.show(true);
  assert.deepEqual([guide.reads, follower.get().reading], [1, true]);
  await taken();
  assert.equal(follower.get().reading, false);
  assert.equal(follower.get().advice?.from, 'edge-25.11.3');
  follower.show(false);
  view.set(liveView({ controlPlane: { version: 'edge-26.6.3' } }));
  timers.pass(600_000);
  await taken();
  assert.equal(guide.reads, 1);
});

test('the inventory is read anew when control plane or extensions change, every few seconds at most', async () => {
  const { follower, guide, timers, view } = benchOf();
  const base = liveView();
  view.set(base);
  follower.show(true);
  await taken();
  const { controlPlane } = base.mesh;
  const shop = namespaceView('shop');
  view.set({ ...base, mesh: { ...base.mesh, revision: 2, namespaces: [shop] } });
  timers.pass(3_500);
  await taken();
  assert.equal(guide.reads, 1, 'a namespace of an application is no reason');
  for (let revision = 3; revision < 13; revision += 1) {
    view.set({ ...base, mesh: { ...base.mesh, revision, controlPlane: { ...controlPlane } } });
    timers.pass(600);
    await taken();
  }
  assert.ok(guide.reads >= 2 && guide.reads <= 4, `${guide.reads} readings in six seconds`);
  const viz = namespaceView('linkerd-viz', { role: 'extension', extension: 'viz' });
  timers.pass(3_000);
  await taken();
  const before = guide.reads;
  view.set({ ...base, mesh: { ...base.mesh, revision: 20, namespaces: [viz] } });
  timers.pass(500);
  await taken();
  assert.equal(guide.reads, before + 1);
});

test('what no watch tells is read again by and by; a slow reading is never doubled', async () => {
  const { follower, guide, timers } = benchOf();
  const slow = Promise.withResolvers<ReturnType<typeof inventoryOf>>();
  guide.readings.push(() => slow.promise);
  follower.show(true);
  timers.pass(120_000);
  await taken();
  assert.equal(guide.reads, 1);
  slow.resolve(inventoryOf());
  await taken();
  timers.pass(20_000);
  await taken();
  assert.equal(guide.reads, 2);
});

test('the advice follows the view twice a second at most, and tells nobody where it stays the same', async () => {
  const { follower, guide, timers, view, told } = benchOf();
  const base = liveView();
  view.set(base);
  follower.show(true);
  await taken();
  const [asked, before] = [guide.aims.length, told()];
  for (let revision = 2; revision < 12; revision += 1)
    view.set({ ...base, mesh: { ...base.mesh, revision } });
  timers.pass(500);
  assert.equal(guide.aims.length, asked + 1);
  assert.equal(told(), before, 'equal advice is no news');
  guide.advice = advice({ steps: [step({ release: '2.21' })] });
  view.set({ ...base, mesh: { ...base.mesh, revision: 12 } });
  timers.pass(500);
  assert.equal(follower.get().advice?.steps[0]?.release, '2.21');
  assert.equal(told(), before + 1);
});

test('another destination is advised at once from what is known', async () => {
  const { follower, guide } = benchOf();
  follower.show(true);
  await taken();
  follower.aim('2.20');
  assert.equal(guide.aims.at(-1), '2.20');
  assert.equal(follower.get().destination, '2.20');
  assert.equal(guide.reads, 1);
});

test('a failed reading keeps what was known, says why, and is tried again', async () => {
  const { follower, guide, timers } = benchOf();
  follower.show(true);
  await taken();
  guide.readings.push(() => Promise.reject(new Error('forbidden')));
  timers.pass(20_000);
  await taken();
  assert.equal(follower.get().problem, 'forbidden');
  assert.equal(follower.get().advice?.from, 'edge-25.11.3');
  timers.pass(20_000);
  await taken();
  assert.equal(follower.get().problem, '');
});
