import { parseKubernetesVersion } from '../../mesh/kubernetes.ts';
import type { Inventory } from '../inventory.ts';
import { hasExtension, linksWhere } from './extensions.ts';
import { askOwners, counted, kubernetesBelow, ofPart } from './facts.ts';
import { byChart, byCli } from './installed.ts';
import { bundleOutside, gateway, value, valueIsSet } from './resources.ts';
import { all, ask, either, no, type Predicate, type Predicates, unknown, yes } from './verdict.ts';

/** A duration as GEP-2257 of the Gateway API writes it. */
const DURATION = /^(\d{1,5}(h|m|s|ms)){1,4}$/;

const noGateway = no('the Gateway API CRDs are absent');

/** CRDs of the Gateway API that Linkerd has installed. */
const gatewayIsLinkerds = gateway(
  ({ owner }) =>
    owner === 'other'
      ? no("the Gateway API CRDs are not Linkerd's")
      : yes(`the Gateway API CRDs were installed by Linkerd (${owner === 'linkerd-cli' ? 'CLI' : 'Helm'})`),
  noGateway,
);

const gatewayIsNotKept = gateway(
  ({ isKept }) =>
    isKept ? no('they carry helm.sh/resource-policy: keep') : yes('they lack helm.sh/resource-policy: keep'),
  noGateway,
);

/** Tracing as values configure it, apart from the extension. */
export const tracingValues: Predicate = either(
  value('proxy.tracing.enabled', (on) =>
    on === true
      ? yes('linkerd-config has proxy.tracing.enabled: true')
      : no('proxy tracing is not configured'),
  ),
  value('controlPlaneTracing', (on) =>
    on === true ? yes('linkerd-config has controlPlaneTracing: true') : no('control-plane tracing is off'),
  ),
);

const closeWait = (inventory: Inventory): number => {
  const seconds = Number(inventory.evidence.value('proxyInit.closeWaitTimeoutSecs') ?? 0);
  return Number.isFinite(seconds) ? seconds : 0;
};

export const to218: Predicates = {
  '2.18-gateway-crds': gateway(({ servesHttpRouteV1, servesGrpcRouteV1 }) => {
    const missing = [
      ...(servesHttpRouteV1 ? [] : ['HTTPRoute']),
      ...(servesGrpcRouteV1 ? [] : ['GRPCRoute']),
    ];
    return missing.length === 0
      ? no('HTTPRoute and GRPCRoute are served as v1')
      : yes(
          `${missing.join(' and ')} of the Gateway API ${missing.length > 1 ? 'are' : 'is'} not served as v1`,
        );
  }, yes('the Gateway API CRDs are absent')),
  '2.18-gateway-version': bundleOutside('1.1.1', '1.2.1'),
  '2.18-gateway-owner-cli': all(byCli, gatewayIsLinkerds),
  '2.18-gateway-owner-helm': all(byChart, gatewayIsLinkerds, gatewayIsNotKept),
  '2.18-gateway-values': all(byChart, ({ inventory: { installation } }) =>
    unknown(
      installation.method === 'helm'
        ? `the values of chart linkerd-crds are not in the cluster's ConfigMaps: helm get values -n ${installation.namespace} linkerd-crds shows them`
        : 'the values of chart linkerd-crds are not in the cluster: look for the three in your own',
    ),
  ),
  '2.18-port-4143': ({ inventory }) =>
    ofPart(inventory.evidence.portPolicies, 'the NetworkPolicies of meshed namespaces', (names) =>
      names.length === 0
        ? no('no NetworkPolicy of a meshed namespace lists ports without 4143')
        : yes(
            counted(
              names,
              'NetworkPolicy that lists ports without 4143',
              'NetworkPolicies that list ports without 4143',
            ),
          ),
    ),
  '2.18-multicluster': all(
    hasExtension('multicluster'),
    linksWhere(
      ({ mirror }) => (mirror === 'unknown' ? undefined : mirror === 'legacy'),
      'mirrored by a service mirror of its own',
    ),
  ),
  '2.18-link-probe': linksWhere(
    ({ probePeriod }) => (probePeriod ? !DURATION.test(probePeriod) : undefined),
    'whose probeSpec.period is no GEP-2257 duration',
  ),
  '2.18-tracing': either(hasExtension('jaeger'), tracingValues),
  '2.18-kubernetes': kubernetesBelow('1.23'),
  '2.18-appprotocol': ({ inventory }) =>
    ofPart(inventory.evidence.appProtocols, 'the Services of meshed namespaces', (names) =>
      names.length === 0
        ? no('no Service of a meshed namespace has an appProtocol of another kind')
        : yes(counted(names, 'Service with another appProtocol', 'Services with another appProtocol')),
    ),
  '2.18-half-open': askOwners('which clients close without having sent anything'),
  '2.18-inbound-labels': ask('whoever keeps the dashboards and alerts', 'whether one uses these labels'),
  '2.18-closewait': (situation) =>
    value('proxyInit.runAsRoot', (runAsRoot) => {
      const seconds = closeWait(situation.inventory);
      if (seconds <= 0) return no('proxyInit.closeWaitTimeoutSecs is not set');
      return runAsRoot === true
        ? no('proxyInit.runAsRoot is set too')
        : yes(`linkerd-config has proxyInit.closeWaitTimeoutSecs: ${seconds} without proxyInit.runAsRoot`);
    })(situation),
  '2.18-cores': valueIsSet('proxy.cores'),
  '2.18-tls13': ({ inventory: { kubernetes } }) => {
    const version = parseKubernetesVersion(kubernetes);
    if (version && (version.major > 1 || version.minor >= 19))
      return no(`Kubernetes ${kubernetes} speaks TLS 1.3`);
    return unknown(
      `whether the API server speaks TLS 1.3 is not known for Kubernetes ${kubernetes || 'of an unread version'}: ask whoever runs it`,
    );
  },
};
