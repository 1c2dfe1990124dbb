import assert from 'node:assert/strict';
import { test } from 'node:test';
import { timeScale } from '../../src/report/time-scale.ts';
import { seededRandom } from '../support/seeded-random.ts';

test('time goes from the left to the right, in proportion', () => {
  const { x, breaks } = timeScale({ from: 100, to: 200 }, [], 1000);
  assert.deepEqual([x(100), x(150), x(200)], [0, 500, 1000]);
  assert.deepEqual(breaks, []);
});

test('a night takes little room, and what is on both sides keeps its proportion', () => {
  const night = { from: 200, to: 40_000 };
  const { x, breaks } = timeScale({ from: 100, to: 40_100 }, [night], 1000);
  assert.equal(breaks.length, 1);
  assert.ok(x(40_000) - x(200) <= 51);
  assert.ok(Math.abs(x(200) - x(100) - (x(40_100) - x(40_000))) < 0.001);
});

test('a short stretch of nothing is drawn as it was', () => {
  assert.deepEqual(timeScale({ from: 0, to: 10_000 }, [{ from: 10, to: 60 }], 1000).breaks, []);
});

test('any scale grows, stays inside, and has few ticks in order', () => {
  for (let seed = 1; seed <= 300; seed++) {
    const random = seededRandom(seed);
    const from = random.below(1e9);
    const idle: { from: number; to: number }[] = [];
    let at = from;
    for (let index = 0; index < random.below(12); index++) {
      const start = at + random.below(5_000);
      at = start + random.below(random.pick([10, 1_000, 500_000]));
      idle.push({ from: start, to: at });
    }
    const whole = { from, to: at + 1 + random.below(5_000) };
    const { x, ticks, breaks } = timeScale(whole, idle, 1000);
    const where = `seed ${seed}`;
    let last = 0;
    for (let step = 0; step <= 100; step++) {
      const place = x(whole.from + ((whole.to - whole.from) * step) / 100);
      assert.ok(place >= last - 1e-6 && place <= 1000.001, where);
      last = place;
    }
    assert.ok(Math.abs(x(whole.from)) < 1e-6 && Math.abs(x(whole.to) - 1000) < 0.001, where);
    assert.ok(ticks.length <= 15, `${where}: ${ticks.length} ticks`);
    for (const [index, tick] of ticks.entries()) {
      assert.ok(tick.x >= (ticks[index - 1]?.x ?? 0), where);
      assert.ok(!breaks.some((span) => tick.at > span.from && tick.at < span.to), where);
    }
  }
});
