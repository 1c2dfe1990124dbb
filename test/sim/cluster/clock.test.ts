import assert from 'node:assert/strict';
import { test } from 'node:test';
import { acceleratedClock, ManualClock, StoryClock } from '../../../src/sim/cluster/clock.ts';
import { Random } from '../../../src/sim/cluster/random.ts';

test('alarms of a manual clock ring in the order of their time, then of their setting', () => {
  const clock = new ManualClock(1_000);
  const rung: string[] = [];
  const ring = (name: string) => () => rung.push(`${name}@${clock.now()}`);
  clock.after(30, ring('c'));
  clock.after(10, ring('a'));
  clock.after(10, ring('b'));
  const cancel = clock.after(20, ring('never'));
  clock.after(10, () => clock.after(5, ring('from a')));
  cancel();
  clock.advance(29);
  assert.deepEqual(rung, ['a@1010', 'b@1010', 'from a@1015']);
  clock.advance(1);
  assert.deepEqual(rung.at(-1), 'c@1030');
});

test('many alarms in random order ring sorted', () => {
  const seed = 20_261_121;
  const random = new Random(seed);
  const clock = new ManualClock(0);
  const rung: number[] = [];
  for (let count = 0; count < 2_000; count += 1) {
    clock.after(random.integer(5_000), () => rung.push(clock.now()));
  }
  clock.advance(5_000);
  assert.equal(rung.length, 2_000, `seed ${seed}`);
  assert.deepEqual(
    rung,
    [...rung].sort((a, b) => a - b),
    `seed ${seed}`,
  );
});

test('a story hands its open alarms over to the present', () => {
  const story = new StoryClock(0);
  const present = new ManualClock(100);
  const rung: string[] = [];
  story.after(50, () => rung.push('past'));
  story.after(150, () => rung.push('future'));
  story.after(160, () => rung.push('cancelled'))();
  story.handOverTo(present);
  assert.deepEqual(rung, ['past']);
  assert.equal(story.now(), 100);
  story.after(10, () => rung.push('new'));
  present.advance(60);
  assert.deepEqual(rung, ['past', 'new', 'future']);
});

test('an accelerated clock rings after its own time', async () => {
  const clock = acceleratedClock(3_600);
  const start = clock.now();
  // An accelerated clock keeps no process alive, so the test has to.
  const keepAlive = setInterval(() => {}, 1_000);
  await new Promise<void>((resolve) => clock.after(60_000, resolve));
  clearInterval(keepAlive);
  assert.ok(clock.now() - start >= 60_000);
});

test('the same seed gives the same names, another one others', () => {
  const names = (seed: number): readonly string[] => {
    const random = new Random(seed);
    return [random.suffix(), random.uid(), String(random.integer(1_000))];
  };
  assert.deepEqual(names(7), names(7));
  assert.notDeepEqual(names(7), names(8));
  assert.match(names(7)[1] ?? '', /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});
