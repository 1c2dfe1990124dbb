import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hang, wrap } from '../../src/report/wrap.ts';

for (const [text, width, lines] of [
  ['', 10, ['']],
  ['one two three', 7, ['one two', 'three']],
  ['one two three', 100, ['one two three']],
  ['unbreakable-word a', 5, ['unbreakable-word', 'a']],
  ['漢字 漢字', 5, ['漢字', '漢字']],
] as const) {
  test(`"${text}" in ${width} cells is ${lines.length} lines`, () => {
    assert.deepEqual(wrap(text, width), lines);
  });
}

test('prose hangs under itself, also beside wide characters', () => {
  const prose = `${'word '.repeat(30)}end`;
  const lines = hang(
    [
      ['漢字', prose],
      ['ab', 'short'],
    ],
    undefined,
    (index) => (index === 1 ? ['kubectl get pods'] : []),
  );
  assert.match(lines[0] ?? '', /^漢字 {3}word/);
  assert.match(lines[1] ?? '', /^ {7}word/);
  assert.deepEqual(lines.slice(-2), ['ab     short', '  kubectl get pods']);
  assert.deepEqual(hang([]), []);
});

test('prose that long names leave no room stands below them', () => {
  const name = 'linkerd-multicluster deployment/linkerd-gateway';
  const rows = [[name, 'it has one pod; the new one starts before the old one stops']];
  assert.deepEqual(hang(rows, 60), [
    name,
    '    it has one pod; the new one starts before the old one',
    '    stops',
  ]);
  assert.match(hang(rows, 100)[0] ?? '', /linkerd-gateway {3}it has one pod/);
});
