import { annotation } from '../../data/linkerd.ts';
import type { Labels, WorkloadRecord } from '../../kube/records.ts';
import type { NamespaceView } from '../../mesh/view.ts';

/** Values of the labels that charts give to ingress controllers and gateways, and the names they install them under. */
const gatewayNames: ReadonlySet<string> = new Set([
  'ambassador',
  'apisix',
  'contour',
  'contour-envoy',
  'emissary-ingress',
  'envoy-gateway',
  'gateway-proxy',
  'haproxy-ingress',
  'ingress-nginx',
  'ingress-nginx-controller',
  'istio-ingressgateway',
  'kong',
  'kong-gateway',
  'kubernetes-ingress',
  'linkerd-gateway',
  'nginx-gateway',
  'nginx-gateway-fabric',
  'nginx-ingress',
  'nginx-ingress-controller',
  'skipper-ingress',
  'traefik',
  'voyager',
]);

const nameLabels = ['app.kubernetes.io/name', 'app', 'k8s-app', 'component'];

/** Labels that Gateway API implementations give to the pods that carry a Gateway's traffic. */
const gatewayLabels = [
  'gateway.networking.k8s.io/gateway-name',
  'gateway.envoyproxy.io/owning-gateway-name',
  'projectcontour.io/owning-gateway-name',
];

/** Image repositories, from their last or last two parts on. */
const gatewayImages =
  /(^|\/)(ingress-nginx\/controller|nginx-ingress|nginx\/nginx-ingress|traefik|kong|kong-gateway|haproxy-ingress|haproxytech\/kubernetes-ingress|contour|apisix|emissary|aes|gloo-envoy-wrapper|skipper-ingress|nginx-gateway-fabric)(:|@|$)/;

/**
 * Whether a workload takes traffic into the cluster: one in ingress mode, an ingress controller or a gateway that is
 * known by label, name or image, or the gateway of the multicluster extension. Its restart ends long-lived connections
 * of everybody.
 */
export function isGateway(record: WorkloadRecord, namespace: NamespaceView | undefined): boolean {
  const { template } = record;
  const inject = template.annotations[annotation.inject] ?? namespace?.inject;
  if (inject === 'ingress') return true;
  const labels = { ...record.labels, ...template.labels };
  if (gatewayLabels.some((key) => Object.hasOwn(labels, key))) return true;
  if (gatewayNames.has(record.name) || namesGateway(labels)) return true;
  return template.containers.some(({ image, init }) => !init && gatewayImages.test(image));
}

function namesGateway(labels: Labels): boolean {
  return nameLabels.some((key) => gatewayNames.has(labels[key] ?? ''));
}
