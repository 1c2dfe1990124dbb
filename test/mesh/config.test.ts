import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type LinkerdConfig, parseLinkerdConfig } from '../../src/mesh/config.ts';

function read(data: Record<string, string>): LinkerdConfig {
  const result = parseLinkerdConfig(data);
  assert.ok(result.ok, result.ok ? '' : result.problem);
  return result.config;
}

function problem(data: Record<string, string>): string {
  const result = parseLinkerdConfig(data);
  assert.ok(!result.ok);
  return result.problem;
}

test('texts are cleaned, as those of images are, and problems too', () => {
  const config = read({
    values: 'linkerdVersion: "edge-1\\e[31m"\nproxy: {image: {version: "\\u202Eedge"}}',
  });
  assert.equal(config.linkerdVersion, 'edge-1\\x1b[31m');
  assert.equal(config.proxyImageVersion, '\\u202eedge');
  assert.doesNotMatch(problem({ values: `"\u009b${'x'.repeat(500)}` }), /\u009b|.{260}/);
});

test('2.12 and later: YAML values', () => {
  const config = read({
    'linkerd-crds-chart-version': 'linkerd-crds-1.0.0-edge',
    values: [
      'cliVersion: linkerd/cli edge-26.6.3',
      'linkerdVersion: edge-26.6.3',
      'highAvailability: true',
      'webhookFailurePolicy: Fail',
      'identity: {serviceAccountTokenProjection: true}',
      'proxy:',
      '  image: {name: cr.l5d.io/linkerd/proxy, version: ""}',
      '  nativeSidecar: true',
      '  waitBeforeExitSeconds: 5',
    ].join('\n'),
  });
  assert.deepEqual(config, {
    linkerdVersion: 'edge-26.6.3',
    controllerImageVersion: '',
    policyControllerImageVersion: '',
    proxyImageName: 'cr.l5d.io/linkerd/proxy',
    proxyImageVersion: '',
    cliVersion: 'linkerd/cli edge-26.6.3',
    highAvailability: true,
    cniEnabled: false,
    webhookFailurePolicy: 'Fail',
    nativeSidecar: true,
    waitBeforeExitSeconds: 5,
    serviceAccountTokenProjection: true,
  });
});

test('2.10 and 2.11: a leftover global is merged where the root is silent', () => {
  const values = [
    'linkerdVersion: stable-2.11.5',
    'global: {linkerdVersion: stable-2.9.5, cliVersion: linkerd/cli stable-2.9.5}',
    'proxy: {image: {version: stable-2.11.4}}',
  ].join('\n');
  const config = read({ values });
  assert.equal(config.linkerdVersion, 'stable-2.11.5');
  assert.equal(config.cliVersion, 'linkerd/cli stable-2.9.5');
  assert.equal(config.proxyImageVersion, 'stable-2.11.4');
  assert.equal(config.nativeSidecar, undefined);
  assert.equal(config.serviceAccountTokenProjection, false);
});

test('2.9: everything stands below global', () => {
  const values = [
    'global:',
    '  linkerdVersion: stable-2.9.4',
    '  controllerImageVersion: stable-2.9.5',
    '  highAvailability: true',
    '  proxy: {image: {name: ghcr.io/linkerd/proxy, version: stable-2.9.3}}',
  ].join('\n');
  const config = read({ values });
  assert.equal(config.linkerdVersion, 'stable-2.9.4');
  assert.equal(config.controllerImageVersion, 'stable-2.9.5');
  assert.equal(config.proxyImageName, 'ghcr.io/linkerd/proxy');
  assert.equal(config.proxyImageVersion, 'stable-2.9.3');
  assert.equal(config.highAvailability, true);
});

test('2.8 and earlier: three JSON texts', () => {
  const config = read({
    global: '{"linkerdNamespace":"linkerd","version":"stable-2.8.1","cniEnabled":true}',
    proxy: '{"proxyImage":{"imageName":"gcr.io/linkerd-io/proxy"},"proxyVersion":"stable-2.8.0"}',
    install: '{"cliVersion":"stable-2.8.1"}',
  });
  assert.equal(config.linkerdVersion, 'stable-2.8.1');
  assert.equal(config.proxyImageVersion, 'stable-2.8.0');
  assert.equal(config.proxyImageName, 'gcr.io/linkerd-io/proxy');
  assert.equal(config.cliVersion, 'stable-2.8.1');
  assert.equal(config.cniEnabled, true);
});

test('what cannot be read is named, never thrown', () => {
  assert.match(problem({}), /neither the key "values" nor the key "global"/);
  assert.match(problem({ values: 'a: [1' }), /^it is not readable YAML: /);
  assert.match(problem({ values: '- a list' }), /not a YAML mapping/);
  assert.match(problem({ values: 'proxy: {}' }), /name no linkerdVersion/);
  assert.match(problem({ global: '{}' }), /names no version/);
});
