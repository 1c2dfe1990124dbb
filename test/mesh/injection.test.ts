import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { NamespaceRecord, PodTemplate } from '../../src/kube/records.ts';
import {
  assumedWebhook,
  decideInjection,
  type InjectionInput,
  type InjectorWebhook,
  missingWebhook,
  refusesWaitWithNative,
} from '../../src/mesh/injection.ts';
import { parseVersion } from '../../src/mesh/version.ts';
import { meshedNamespace, namespace, template, templateContainer } from '../support/records.ts';

const webhook = assumedWebhook(parseVersion('edge-25.10.7'));
const live: InjectorWebhook = { ...webhook, state: 'live' };

function decide(fields: Partial<InjectionInput>): string {
  const decision = decideInjection({
    template: template(),
    namespace: meshedNamespace('apps'),
    webhook: live,
    serviceAccountTokenProjection: true,
    ...fields,
  });
  if (decision.inject === true) return 'yes';
  return `${decision.inject === false ? 'no' : 'unknown'}: ${decision.reasons.join(', ')}`;
}

function annotated(inject: string | undefined): NamespaceRecord {
  return namespace('apps', inject === undefined ? {} : { annotations: { 'linkerd.io/inject': inject } });
}

function templated(inject: string | undefined, fields: Partial<PodTemplate> = {}): PodTemplate {
  return template({ ...fields, annotations: inject === undefined ? {} : { 'linkerd.io/inject': inject } });
}

test('annotations of namespace and pod decide over injection', async (t) => {
  const absent = 'no: neither the namespace nor the pod have the annotation "linkerd.io/inject:enabled"';
  const disabled = 'no: pod has the annotation "linkerd.io/inject:disabled"';
  const badNamespace = 'no: invalid value for annotation "linkerd.io/inject" at namespace';
  const badPod = 'no: invalid value for annotation "linkerd.io/inject" at workload';
  const values = [undefined, '', 'enabled', 'ingress', 'disabled', 'true'];
  const expected: Readonly<Record<string, readonly string[]>> = {
    //             absent   ''      enabled  ingress  disabled  true
    absent: /*  */ [absent, absent, 'yes', 'yes', absent, badPod],
    '': /*      */ [absent, absent, 'yes', 'yes', absent, badPod],
    enabled: /* */ ['yes', 'yes', 'yes', 'yes', disabled, badPod],
    ingress: /* */ ['yes', 'yes', 'yes', 'yes', disabled, badPod],
    disabled: /**/ [absent, absent, 'yes', 'yes', absent, badPod],
    true: /*    */ Array(6).fill(badNamespace),
  };
  for (const onNamespace of values) {
    for (const [column, onPod] of values.entries()) {
      const row = onNamespace ?? 'absent';
      await t.test(`namespace ${row || "''"}, pod ${onPod ?? 'absent'}`, () =>
        assert.equal(
          decide({ namespace: annotated(onNamespace), template: templated(onPod) }),
          expected[row]?.[column],
        ),
      );
    }
  }
});

test('the template can refuse a proxy for other reasons, all of which are given', async (t) => {
  const sidecar = 'no: pod has a sidecar injected already';
  const withContainer = (fields: Parameters<typeof templateContainer>[0]): PodTemplate =>
    template({ containers: [templateContainer(), templateContainer(fields)] });
  const token =
    'no: automountServiceAccountToken set to "false", with Values.identity.serviceAccountTokenProjection set to "false"';
  const rows: readonly [name: string, input: Partial<InjectionInput>, decision: string][] = [
    ['hostNetwork', { template: template({ hostNetwork: true }) }, 'no: hostNetwork is enabled'],
    ['container linkerd-proxy', { template: withContainer({ name: 'linkerd-proxy' }) }, sidecar],
    [
      'init container linkerd-proxy',
      { template: withContainer({ name: 'linkerd-proxy', init: true }) },
      sidecar,
    ],
    ['container istio-proxy', { template: withContainer({ name: 'istio-proxy' }) }, sidecar],
    [
      'init container linkerd-init',
      { template: withContainer({ name: 'linkerd-init', init: true }) },
      sidecar,
    ],
    ['init container istio-init', { template: withContainer({ name: 'istio-init', init: true }) }, sidecar],
    ['ordinary container linkerd-init', { template: withContainer({ name: 'linkerd-init' }) }, 'yes'],
    [
      'image of the proxy',
      { template: withContainer({ image: 'cr.l5d.io/linkerd/proxy:edge-25.10.7' }) },
      sidecar,
    ],
    [
      'image of proxy-init',
      { template: withContainer({ image: 'cr.l5d.io/linkerd/proxy-init:v2.4.0' }) },
      sidecar,
    ],
    ['image of Istio', { template: withContainer({ image: 'gcr.io/istio-release/proxyv2:1.22' }) }, sidecar],
    [
      'proxy image of a mirror',
      { template: withContainer({ image: 'mirror/linkerd/proxy:edge-25.10.7' }) },
      'yes',
    ],
    [
      'no token',
      { template: template({ automountServiceAccountToken: false }), serviceAccountTokenProjection: false },
      token,
    ],
    [
      'no token, but projected by the injector',
      { template: template({ automountServiceAccountToken: false }), serviceAccountTokenProjection: true },
      'yes',
    ],
    [
      'several at once, in the order of the injector',
      {
        template: template({
          hostNetwork: true,
          automountServiceAccountToken: false,
          annotations: { 'linkerd.io/inject': 'disabled' },
          containers: [templateContainer({ name: 'linkerd-proxy' })],
        }),
        serviceAccountTokenProjection: false,
      },
      `no: hostNetwork is enabled, pod has a sidecar injected already, pod has the annotation "linkerd.io/inject:disabled", ${token.slice(4)}`,
    ],
  ];
  for (const [name, input, decision] of rows) {
    await t.test(name, () => assert.equal(decide(input), decision));
  }
});

test('the webhook has to select namespace and pod first', async (t) => {
  const enabled = { annotations: { 'linkerd.io/inject': 'enabled' } };
  await t.test('namespaces that it leaves out', () => {
    assert.match(
      decide({ namespace: namespace('kube-system', enabled) }),
      /does not select namespace kube-system/,
    );
    assert.match(
      decide({ namespace: namespace('cert-manager', enabled) }),
      /does not select namespace cert-manager/,
    );
    const disabled = namespace('apps', {
      ...enabled,
      labels: { 'config.linkerd.io/admission-webhooks': 'disabled' },
    });
    assert.match(
      decide({ namespace: disabled }),
      /config\.linkerd\.io\/admission-webhooks not to be disabled/,
    );
  });
  await t.test('the name counts even where the API server has not set its label', () => {
    const unlabelled = { ...namespace('kube-system', enabled), labels: {} };
    assert.match(decide({ namespace: unlabelled }), /does not select namespace kube-system/);
  });
  await t.test('pods that it leaves out', () => {
    const labelled = (label: string): PodTemplate => template({ labels: { [label]: 'x' } });
    assert.match(
      decide({ template: labelled('linkerd.io/control-plane-component') }),
      /does not select the pod/,
    );
    assert.match(decide({ template: labelled('linkerd.io/cni-resource') }), /does not select the pod/);
  });
  await t.test('to 2.11 the webhook left out neither', () => {
    const old = assumedWebhook(parseVersion('stable-2.11.5'));
    assert.equal(decide({ namespace: namespace('kube-system', enabled), webhook: old }), 'yes');
  });
  await t.test('no webhook, no injection', () => {
    assert.match(decide({ webhook: missingWebhook }), /^no: the webhook .* does not exist/);
  });
  await t.test('selectors that are assumed are called so', () => {
    assert.match(
      decide({ namespace: namespace('kube-system', enabled), webhook }),
      /not readable, judged by/,
    );
  });
});

test('without the namespace only a refusal by the template is certain', () => {
  const unread = { namespace: undefined };
  assert.match(decide({ ...unread }), /^unknown: the namespace cannot be read/);
  assert.match(decide({ ...unread, template: templated('enabled') }), /^unknown/);
  assert.equal(
    decide({ ...unread, template: templated('disabled') }),
    'no: pod has the annotation "linkerd.io/inject:disabled"',
  );
  assert.match(decide({ ...unread, template: templated('maybe') }), /^no: invalid value .* at workload/);
  assert.match(decide({ ...unread, template: template({ hostNetwork: true }) }), /^no: hostNetwork/);
});

test('native sidecar and wait before exit exclude each other in a span of versions', () => {
  const refuses = (version: string): boolean => refusesWaitWithNative(parseVersion(version));
  assert.deepEqual(
    ['edge-23.11.3', 'edge-23.11.4', 'edge-26.5.1', 'edge-26.5.2', 'stable-2.14.10', 'enterprise-2.19.1'].map(
      refuses,
    ),
    [false, true, true, false, false, true],
  );
});

test('a decision says what it rests on', async (t) => {
  const sidecar = templated('enabled', {
    hostNetwork: true,
    containers: [templateContainer({ name: 'linkerd-proxy' })],
  });
  const rows: readonly [name: string, fields: Partial<InjectionInput>, by: readonly string[]][] = [
    ['the namespace asks', {}, ['namespace-annotation']],
    [
      'the template asks',
      { namespace: annotated(undefined), template: templated('enabled') },
      ['template-annotation'],
    ],
    ['the template refuses', { template: templated('disabled') }, ['template-annotation']],
    ['nobody asks', { namespace: annotated(undefined) }, ['namespace-annotation', 'template-annotation']],
    ['two refusals', { template: sidecar }, ['host-network', 'sidecar']],
    ['no webhook', { webhook: missingWebhook }, ['webhook']],
    ['namespace not selected', { namespace: namespace('kube-system') }, ['namespace-selector']],
    ['namespace not read', { namespace: undefined }, ['namespace-annotation', 'namespace-selector']],
  ];
  for (const [name, fields, by] of rows) {
    await t.test(name, () => {
      const input = {
        template: template(),
        namespace: meshedNamespace('apps'),
        webhook: live,
        serviceAccountTokenProjection: true,
        ...fields,
      };
      assert.deepEqual(decideInjection(input).by, by);
    });
  }
});
