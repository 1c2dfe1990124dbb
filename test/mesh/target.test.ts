import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Labels } from '../../src/kube/records.ts';
import {
  nativeSidecarAnnotation,
  nativeSidecarDefault,
  nativeSidecarMode,
  targetCandidates,
  targetOf,
  waitBeforeExitSeconds,
} from '../../src/mesh/target.ts';
import { parseVersion } from '../../src/mesh/version.ts';

const pin = (version: string): Labels => ({ 'config.linkerd.io/proxy-version': version });

test('the first version that is not empty is the target', async (t) => {
  const full = { proxyImageVersion: 'edge-3', linkerdVersion: 'edge-4' };
  const rows: readonly [
    template: Labels,
    namespace: Labels,
    fallback: typeof full,
    version: string,
    source: string,
  ][] = [
    [pin('edge-1'), pin('edge-2'), full, 'edge-1', 'template'],
    [{}, pin('edge-2'), full, 'edge-2', 'namespace'],
    [pin(''), pin('edge-2'), full, 'edge-4', 'linkerd-version'],
    [{}, pin(''), full, 'edge-4', 'linkerd-version'],
    [{}, {}, full, 'edge-3', 'proxy-image'],
    [{}, {}, { ...full, proxyImageVersion: '' }, 'edge-4', 'linkerd-version'],
    [{}, {}, { proxyImageVersion: '', linkerdVersion: '' }, '', 'unknown'],
  ];
  for (const [template, namespace, fallback, version, source] of rows) {
    await t.test(source, () =>
      assert.deepEqual(targetOf(template, namespace, fallback), { version, source }),
    );
  }
});

test('the newest annotation that the control plane reads decides over native sidecars', async (t) => {
  const key = (stage: string, value: string): Labels => ({
    [`config.${stage}linkerd.io/proxy-enable-native-sidecar`]: value,
  });
  const rows: readonly [
    name: string,
    template: Labels,
    namespace: Labels,
    version: string,
    fallback: boolean,
    native: boolean,
  ][] = [
    ['no annotation', {}, {}, 'edge-26.6.3', true, true],
    ['opt out on the template', key('', 'false'), {}, 'edge-26.6.3', true, false],
    ['opt out on the namespace', {}, key('', 'false'), 'edge-26.6.3', true, false],
    ['template beats namespace', key('', 'true'), key('', 'false'), 'edge-26.6.3', false, true],
    [
      'newer key beats older key',
      { ...key('', 'false'), ...key('alpha.', 'true') },
      {},
      'edge-26.6.3',
      true,
      false,
    ],
    [
      'newer key on the namespace beats older on the template',
      key('alpha.', 'true'),
      key('', 'false'),
      'edge-26.6.3',
      true,
      false,
    ],
    ['beta on a workload still counts', key('beta.', 'false'), {}, 'edge-26.6.3', true, false],
    [
      'beta on a namespace does not from edge-26.5.2 on',
      {},
      key('beta.', 'false'),
      'edge-26.6.3',
      true,
      true,
    ],
    ['beta on a namespace did before', {}, key('beta.', 'true'), 'edge-26.5.1', false, true],
    ['a key newer than the control plane is not read', key('', 'true'), {}, 'edge-25.10.7', false, false],
    ['beta is not read before edge-25.10.2', key('beta.', 'true'), {}, 'edge-25.10.1', false, false],
    ['alpha is read from edge-23.11.4 on', key('alpha.', 'true'), {}, 'edge-23.11.4', false, true],
    ['alpha is not read before', key('alpha.', 'true'), {}, 'stable-2.14.10', false, false],
    ['a value that is no boolean leaves the default', key('', 'yes'), {}, 'edge-26.6.3', true, true],
    ["Go's short forms are booleans", key('', '0'), {}, 'edge-26.6.3', true, false],
  ];
  for (const [name, template, namespace, version, fallback, native] of rows) {
    await t.test(name, () =>
      assert.equal(nativeSidecarMode(template, namespace, parseVersion(version), fallback), native),
    );
  }
});

test('native sidecars are the default from 2.20 on', () => {
  const byDefault = (version: string): boolean => nativeSidecarDefault(parseVersion(version));
  assert.deepEqual(['edge-26.5.1', 'edge-26.5.2', 'enterprise-2.20.0', 'stable-2.14.10', ''].map(byDefault), [
    false,
    true,
    true,
    false,
    false,
  ]);
});

test('the wait before exit comes from template, namespace or values', () => {
  const wait = (value: string): Labels => ({
    'config.alpha.linkerd.io/proxy-wait-before-exit-seconds': value,
  });
  assert.equal(waitBeforeExitSeconds(wait('5'), wait('6'), 7), 5);
  assert.equal(waitBeforeExitSeconds({}, wait('6'), 7), 6);
  assert.equal(waitBeforeExitSeconds({}, {}, 7), 7);
  assert.equal(waitBeforeExitSeconds(wait('soon'), {}, 7), 7);
});

test('of the places that name a version at most one decides, and what stands in the others is told', () => {
  const fallback = { proxyImageVersion: 'edge-3', linkerdVersion: 'edge-4' };
  const told = (template: Labels, namespace: Labels, given = fallback) =>
    targetCandidates(template, namespace, given).map(({ value, decides }) => `${value}${decides ? '!' : ''}`);
  assert.deepEqual(told(pin('edge-1'), pin('edge-2')), ['edge-1!', 'edge-2', 'edge-3', 'edge-4']);
  assert.deepEqual(told({}, pin('edge-2')), ['undefined', 'edge-2!', 'edge-3', 'edge-4']);
  assert.deepEqual(told(pin(''), pin('edge-2')), ['', 'edge-2', 'edge-3', 'edge-4!']);
  assert.deepEqual(told({}, {}), ['undefined', 'undefined', 'edge-3!', 'edge-4']);
  assert.deepEqual(told({}, {}, { proxyImageVersion: '', linkerdVersion: '' }), Array(4).fill('undefined'));
});

test('the annotation that decides over native sidecars is told with its place', () => {
  const beta = 'config.beta.linkerd.io/proxy-enable-native-sidecar';
  const at = parseVersion('edge-25.11.3');
  assert.deepEqual(nativeSidecarAnnotation({}, { [beta]: 'true' }, at), {
    key: beta,
    place: 'namespace',
    value: 'true',
    means: true,
  });
  assert.equal(nativeSidecarAnnotation({ [beta]: 'yes' }, {}, at)?.means, undefined);
  assert.equal(nativeSidecarAnnotation({}, {}, at), undefined);
});
