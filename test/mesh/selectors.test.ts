import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LabelSelector, LabelSelectorRequirement, Labels } from '../../src/kube/records.ts';
import { mismatch, selectorText, selects } from '../../src/mesh/selectors.ts';

function selector(matchLabels: Labels, ...matchExpressions: LabelSelectorRequirement[]): LabelSelector {
  return { matchLabels, matchExpressions };
}

function requirement(key: string, operator: string, ...values: string[]): LabelSelectorRequirement {
  return { key, operator, values };
}

test('a label selector matches as in apimachinery', async (t) => {
  const rows: readonly [name: string, selector: LabelSelector, labels: Labels, matches: boolean][] = [
    ['empty matches everything', selector({}), {}, true],
    ['label present', selector({ a: '1' }), { a: '1', b: '2' }, true],
    ['label with another value', selector({ a: '1' }), { a: '2' }, false],
    ['label absent', selector({ a: '1' }), {}, false],
    ['label with an empty value', selector({ a: '' }), { a: '' }, true],
    ['empty value asked for, label absent', selector({ a: '' }), {}, false],
    ['In, value listed', selector({}, requirement('a', 'In', '1', '2')), { a: '2' }, true],
    ['In, value not listed', selector({}, requirement('a', 'In', '1')), { a: '2' }, false],
    ['In, absent', selector({}, requirement('a', 'In', '1')), {}, false],
    ['NotIn, value listed', selector({}, requirement('a', 'NotIn', '1')), { a: '1' }, false],
    ['NotIn, absent', selector({}, requirement('a', 'NotIn', '1')), {}, true],
    ['Exists', selector({}, requirement('a', 'Exists')), { a: '' }, true],
    ['Exists, absent', selector({}, requirement('a', 'Exists')), {}, false],
    ['DoesNotExist', selector({}, requirement('a', 'DoesNotExist')), {}, true],
    ['DoesNotExist, present', selector({}, requirement('a', 'DoesNotExist')), { a: '' }, false],
    ['unknown operator', selector({}, requirement('a', 'Gt', '1')), { a: '2' }, false],
    ['all parts must hold', selector({ a: '1' }, requirement('b', 'Exists')), { a: '1' }, false],
    ['inherited names are no labels', selector({}, requirement('constructor', 'Exists')), {}, false],
  ];
  for (const [name, given, labels, matches] of rows) {
    await t.test(name, () => assert.equal(selects(given, labels), matches));
  }
});

test('the part that does not hold is named', () => {
  const excluded = selector(
    {},
    requirement('kubernetes.io/metadata.name', 'NotIn', 'kube-system', 'cert-manager'),
  );
  assert.equal(
    mismatch(excluded, { 'kubernetes.io/metadata.name': 'kube-system' }),
    'it asks for the label kubernetes.io/metadata.name not to be kube-system or cert-manager',
  );
  assert.equal(mismatch(selector({ team: 'a' }), {}), 'it asks for the label team=a');
  assert.equal(
    mismatch(selector({}, requirement('a', 'DoesNotExist')), { a: '1' }),
    'it asks for no label a',
  );
  assert.equal(mismatch(excluded, {}), undefined);
});

test('a selector is written as kubectl writes it', () => {
  const rows: readonly [selector: LabelSelector, text: string][] = [
    [selector({}), 'everything'],
    [selector({ a: '1', b: '' }), 'a=1,b='],
    [
      selector({}, requirement('tier', 'In', 'web', 'api'), requirement('x', 'NotIn', 'y')),
      'tier in (web,api),x notin (y)',
    ],
    [selector({ a: '1' }, requirement('b', 'Exists'), requirement('c', 'DoesNotExist')), 'a=1,b,!c'],
  ];
  for (const [given, text] of rows) assert.equal(selectorText(given), text);
});
