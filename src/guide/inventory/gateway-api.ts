import { annotation } from '../../data/linkerd.ts';
import type { Part } from '../../kube/part.ts';
import type { Labels } from '../../kube/records.ts';
import type { Evidence, GatewayApi } from '../inventory.ts';

export const HTTP_ROUTES = 'httproutes.gateway.networking.k8s.io';
export const GRPC_ROUTES = 'grpcroutes.gateway.networking.k8s.io';

/**
 * The Gateway API by the definition of HTTPRoute: Linkerd's where `linkerd.io/created-by` stands on it (linkerd website,
 * docs/tasks/gateway-api-ownership-migration).
 */
export function gatewayApi(resources: Evidence['customResources']): Part<GatewayApi> {
  if (resources.state !== 'known') return resources;
  const http = resources.value.get(HTTP_ROUTES);
  const grpc = resources.value.get(GRPC_ROUTES);
  const definition = http ?? grpc;
  if (definition === undefined) return { state: 'absent' };
  const { annotations } = definition;
  return {
    state: 'known',
    value: {
      bundleVersion: annotations['gateway.networking.k8s.io/bundle-version'] ?? '',
      owner: ownerOf(annotations),
      isKept: annotations['helm.sh/resource-policy'] === 'keep',
      servesHttpRouteV1: http?.served.includes('v1') === true,
      servesGrpcRouteV1: grpc?.served.includes('v1') === true,
    },
  };
}

function ownerOf(annotations: Labels): GatewayApi['owner'] {
  const createdBy = annotations[annotation.createdBy] ?? '';
  if (createdBy.startsWith('linkerd/cli')) return 'linkerd-cli';
  return createdBy.startsWith('linkerd/') ? 'linkerd-helm' : 'other';
}
