import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { labelSelectorMatches, parseLabelSelector } from '../../../src/sim/selectors.ts';
import { applyJsonPatch, PatchError } from '../../../src/sim/write/json-patch.ts';
import { applyMergePatch, applyStrategicMergePatch } from '../../../src/sim/write/merge-patch.ts';

describe('JSON patch', () => {
  const document = { a: { b: [1, 2, 3] }, 'x/y': 1, '~': 2 };

  test('operations of RFC 6902', () => {
    const cases: readonly (readonly [object, unknown])[] = [
      [
        { op: 'add', path: '/a/b/1', value: 9 },
        { ...document, a: { b: [1, 9, 2, 3] } },
      ],
      [
        { op: 'add', path: '/a/b/-', value: 4 },
        { ...document, a: { b: [1, 2, 3, 4] } },
      ],
      [
        { op: 'remove', path: '/a/b/0' },
        { ...document, a: { b: [2, 3] } },
      ],
      [
        { op: 'replace', path: '/x~1y', value: 5 },
        { ...document, 'x/y': 5 },
      ],
      [
        { op: 'move', from: '/~0', path: '/moved' },
        { a: document.a, 'x/y': 1, moved: 2 },
      ],
      [
        { op: 'copy', from: '/a/b', path: '/c' },
        { ...document, c: [1, 2, 3] },
      ],
      [{ op: 'test', path: '/a', value: { b: [1, 2, 3] } }, document],
      [{ op: 'replace', path: '', value: 1 }, 1],
    ];
    for (const [operation, expected] of cases)
      assert.deepEqual(applyJsonPatch(document, [operation]), expected);
  });

  test('leaves the document as it was', () => {
    const before = structuredClone(document);
    applyJsonPatch(document, [{ op: 'remove', path: '/a' }]);
    assert.deepEqual(document, before);
  });

  test('what cannot be applied is refused', () => {
    const wrong: readonly unknown[] = [
      [{ op: 'remove', path: '/none' }],
      [{ op: 'replace', path: '/a/b/7', value: 1 }],
      [{ op: 'add', path: '/none/deep', value: 1 }],
      [{ op: 'add', path: '/a/b/01', value: 1 }],
      [{ op: 'add', path: 'a', value: 1 }],
      [{ op: 'odd', path: '/a' }],
      [{ path: '/a' }],
      { op: 'remove', path: '/a' },
    ];
    for (const operations of wrong) assert.throws(() => applyJsonPatch(document, operations), PatchError);
  });
});

describe('merge patch', () => {
  test('the examples of RFC 7386', () => {
    const cases: readonly (readonly [unknown, unknown, unknown])[] = [
      [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
      [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
      [{ a: 'b' }, { a: null }, {}],
      [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
      [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
      [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
      [{ a: 'foo' }, 'bar', 'bar'],
    ];
    for (const [target, patch, expected] of cases) assert.deepEqual(applyMergePatch(target, patch), expected);
  });
});

describe('strategic merge patch', () => {
  test('lists are merged by the keys of their items', () => {
    const container = {
      name: 'a',
      image: 'x',
      ports: [{ containerPort: 80, name: 'http' }],
      env: [{ name: 'E', value: '1' }],
    };
    const patch = {
      containers: [
        {
          name: 'a',
          ports: [{ containerPort: 80, name: 'web' }, { containerPort: 81 }],
          env: [{ name: 'E', value: '2' }],
        },
      ],
      tolerations: [{ key: 'new' }],
    };
    assert.deepEqual(
      applyStrategicMergePatch({ containers: [container], tolerations: [{ key: 'old' }] }, patch),
      {
        containers: [
          {
            name: 'a',
            image: 'x',
            ports: [{ containerPort: 80, name: 'web' }, { containerPort: 81 }],
            env: [{ name: 'E', value: '2' }],
          },
        ],
        tolerations: [{ key: 'new' }],
      },
    );
    const service = { ports: [{ port: 80, name: 'http' }] };
    assert.deepEqual(applyStrategicMergePatch(service, { ports: [{ port: 80, targetPort: 8080 }] }), {
      ports: [{ port: 80, name: 'http', targetPort: 8080 }],
    });
  });

  test('directives', () => {
    const target = {
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1 } },
      finalizers: ['a', 'b'],
      env: [{ name: 'A' }, { name: 'B' }],
    };
    const apply = (patch: object) => applyStrategicMergePatch(target, patch);
    assert.deepEqual(apply({ strategy: { $retainKeys: ['type'], type: 'Recreate' } }), {
      ...target,
      strategy: { type: 'Recreate' },
    });
    assert.deepEqual(apply({ strategy: { $patch: 'replace', type: 'Recreate' } }), {
      ...target,
      strategy: { type: 'Recreate' },
    });
    assert.deepEqual(apply({ env: [{ name: 'A', $patch: 'delete' }] }), { ...target, env: [{ name: 'B' }] });
    assert.deepEqual(apply({ env: [{ name: 'none', $patch: 'delete' }] }), target);
    assert.deepEqual(apply({ env: [{ $patch: 'replace' }, { name: 'C' }] }), {
      ...target,
      env: [{ name: 'C' }],
    });
    assert.deepEqual(apply({ finalizers: ['c'] }), { ...target, finalizers: ['a', 'b', 'c'] });
    assert.deepEqual(apply({ '$deleteFromPrimitiveList/finalizers': ['a'] }), {
      ...target,
      finalizers: ['b'],
    });
    assert.deepEqual(apply({ '$setElementOrder/env': [{ name: 'B' }, { name: 'A' }] }), target);
  });
});

describe('label selectors', () => {
  test('as text', () => {
    const cases: readonly (readonly [string, Record<string, string>, boolean])[] = [
      ['a', { a: '' }, true],
      ['a', {}, false],
      ['!a', { a: '' }, false],
      ['! a', {}, true],
      ['a=', { a: '' }, true],
      ['a=', {}, false],
      ['a = b', { a: 'b' }, true],
      ['a!=b', {}, true],
      ['a in (b, c),d', { a: 'c', d: 'x' }, true],
      ['a notin (b,c)', {}, true],
      ['a notin (b,c)', { a: 'c' }, false],
      ['example.com/in=notin', { 'example.com/in': 'notin' }, true],
    ];
    for (const [text, labels, expected] of cases) {
      assert.equal(parseLabelSelector(text)(labels), expected, `${text} of ${JSON.stringify(labels)}`);
    }
    for (const text of ['a=b=c', '-a', 'a in b', 'a,', `a=${'x'.repeat(64)}`]) {
      assert.throws(() => parseLabelSelector(text), { code: 400 }, text);
    }
  });

  test('as an object: empty matches everything, missing nothing', () => {
    assert.equal(labelSelectorMatches({}, { a: 'b' }), true);
    assert.equal(labelSelectorMatches(undefined, { a: 'b' }), false);
    const expression = (operator: string, values?: readonly string[]) => ({
      matchExpressions: [{ key: 'a', operator, values }],
    });
    assert.equal(labelSelectorMatches(expression('In', ['b']), { a: 'b' }), true);
    assert.equal(labelSelectorMatches(expression('NotIn', ['b']), {}), true);
    assert.equal(labelSelectorMatches(expression('Exists'), {}), false);
    assert.equal(labelSelectorMatches(expression('DoesNotExist'), {}), true);
    assert.equal(labelSelectorMatches({ matchLabels: { a: 'c' } }, { a: 'b' }), false);
  });
});
