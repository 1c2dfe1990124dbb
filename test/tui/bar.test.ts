import assert from 'node:assert/strict';
import { test } from 'node:test';
import { severity } from '../../src/mesh/skew.ts';
import { cellsByClass } from '../../src/tui/screens/bar.ts';
import { random } from '../support/random.ts';

const none = { violation: 0, unknown: 0, ahead: 0, 'behind-one': 0, behind: 0, current: 0 };

test('one violation among ten thousand proxies is seen', () => {
  const cells = cellsByClass({ ...none, current: 9999, violation: 1 }, 30);
  assert.deepEqual([cells.violation, cells.current], [1, 29]);
});

test('nothing is drawn without proxies', () => {
  assert.deepEqual(cellsByClass(none, 30), none);
});

test('the cells of all classes fill the bar, and a class has cells just when it has proxies', () => {
  const { seed, next } = random();
  for (let round = 0; round < 3000; round += 1) {
    const byClass = { ...none };
    for (const name of severity) if (next(2) === 0) byClass[name] = next(10 ** next(5));
    const width = 6 + next(60);
    const cells = cellsByClass(byClass, width);
    const hint = `seed ${seed}, round ${round}: ${JSON.stringify(byClass)} in ${width}`;
    const total = severity.reduce((sum, name) => sum + byClass[name], 0);
    assert.equal(
      severity.reduce((sum, name) => sum + cells[name], 0),
      total === 0 ? 0 : width,
      hint,
    );
    for (const name of severity) assert.equal(cells[name] > 0, byClass[name] > 0, `${hint}: ${name}`);
  }
});
