import type { InjectorConfig } from './config.ts';

type Variable =
  | { readonly name: string; readonly value: string }
  | { readonly name: string; readonly valueFrom: object };

const PRIVATE_NETWORKS = '10.0.0.0/8,100.64.0.0/10,172.16.0.0/12,192.168.0.0/16,fd00::/8';
const OPAQUE_PORTS = '25,587,3306,4444,5432,6379,9300,11211';
const TOKENS = '/var/run/secrets/tokens/linkerd-identity-token';

/** Settings that are the same in every proxy, without their prefix `LINKERD2_PROXY_`. */
const SETTINGS: readonly (readonly [string, string])[] = [
  ['SHUTDOWN_ENDPOINT_ENABLED', 'false'],
  ['LOG', 'warn,linkerd=info,hickory=error,[{headers}]=off,[{request}]=off'],
  ['LOG_FORMAT', 'plain'],
  ['DESTINATION_PROFILE_NETWORKS', PRIVATE_NETWORKS],
  ['POLICY_CLUSTER_NETWORKS', PRIVATE_NETWORKS],
  ['INBOUND_DEFAULT_POLICY', 'all-unauthenticated'],
  ['CONTROL_STREAM_INITIAL_TIMEOUT', '3s'],
  ['CONTROL_STREAM_IDLE_TIMEOUT', '5m'],
  ['CONTROL_STREAM_LIFETIME', '1h'],
  ['INBOUND_CONNECT_TIMEOUT', '100ms'],
  ['OUTBOUND_CONNECT_TIMEOUT', '1000ms'],
  ['OUTBOUND_DISCOVERY_IDLE_TIMEOUT', '5s'],
  ['INBOUND_DISCOVERY_IDLE_TIMEOUT', '90s'],
  ['CONTROL_LISTEN_ADDR', '0.0.0.0:4190'],
  ['ADMIN_LISTEN_ADDR', '0.0.0.0:4191'],
  ['OUTBOUND_LISTEN_ADDR', '127.0.0.1:4140'],
  ['INBOUND_LISTEN_ADDR', '0.0.0.0:4143'],
  ['INBOUND_PORTS_DISABLE_PROTOCOL_DETECTION', OPAQUE_PORTS],
  ['INBOUND_ACCEPT_KEEPALIVE', '10000ms'],
  ['OUTBOUND_CONNECT_KEEPALIVE', '10000ms'],
  ['INBOUND_ACCEPT_USER_TIMEOUT', '30s'],
  ['OUTBOUND_CONNECT_USER_TIMEOUT', '30s'],
  ['INBOUND_SERVER_HTTP2_KEEP_ALIVE_INTERVAL', '10s'],
  ['INBOUND_SERVER_HTTP2_KEEP_ALIVE_TIMEOUT', '3s'],
  ['OUTBOUND_SERVER_HTTP2_KEEP_ALIVE_INTERVAL', '10s'],
  ['OUTBOUND_SERVER_HTTP2_KEEP_ALIVE_TIMEOUT', '3s'],
  ['OUTBOUND_CLIENT_HTTP2_KEEP_ALIVE_INTERVAL', '10s'],
  ['OUTBOUND_CLIENT_HTTP2_KEEP_ALIVE_TIMEOUT', '3s'],
  ['OUTBOUND_METRICS_HOSTNAME_LABELS', 'false'],
  ['OUTBOUND_TRANSPORT_MODE', 'transport-header'],
  ['OUTBOUND_MAX_IN_FLIGHT', '100000'],
  ['INBOUND_MAX_IN_FLIGHT', '100000'],
  ['OUTBOUND_DISPATCH_TIMEOUT', '3s'],
  ['INBOUND_DISPATCH_TIMEOUT', '1s'],
  ['OUTBOUND_HTTP_QUEUE_CAPACITY', '10000'],
  ['OUTBOUND_HTTP_FAILFAST_TIMEOUT', '3s'],
  ['INBOUND_HTTP_QUEUE_CAPACITY', '10000'],
  ['INBOUND_HTTP_FAILFAST_TIMEOUT', '1s'],
  ['OUTBOUND_TCP_QUEUE_CAPACITY', '10000'],
  ['OUTBOUND_TCP_FAILFAST_TIMEOUT', '3s'],
  ['RESOLV_CONF', '/etc/resolv.conf'],
  ['DNS_MIN_TTL', '0s'],
  ['SHUTDOWN_GRACE_PERIOD', '120s'],
  ['CORES', '1'],
  ['IDENTITY_DIR', '/var/run/linkerd/identity/end-entity'],
  ['IDENTITY_TOKEN_FILE', TOKENS],
];

/** What a proxy reads from its own pod. */
const POD_FIELDS: readonly (readonly [string, string])[] = [
  ['_pod_name', 'metadata.name'],
  ['_pod_ns', 'metadata.namespace'],
  ['_pod_uid', 'metadata.uid'],
  ['_pod_ip', 'status.podIP'],
  ['_pod_nodeName', 'spec.nodeName'],
  ['_pod_containerName', 'metadata.name'],
  ['LINKERD2_PROXY_INBOUND_IPS', 'status.podIPs'],
  ['_pod_sa', 'spec.serviceAccountName'],
];

/** The variables of an injected proxy. `ports` are the ports of the application's containers. */
export function proxyEnvironment(config: InjectorConfig, ports: readonly number[]): readonly Variable[] {
  return [
    ...POD_FIELDS.map(([name, fieldPath]) => ({
      name,
      valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath } },
    })),
    ...settings(SETTINGS),
    ...settings(addresses(config)),
    { name: 'LINKERD2_PROXY_INBOUND_PORTS', value: ports.join(',') },
    { name: 'LINKERD2_PROXY_IDENTITY_TRUST_ANCHORS', value: config.trustRoots },
    { name: '_l5d_ns', value: config.controlPlaneNamespace },
    { name: '_l5d_trustdomain', value: config.clusterDomain },
    {
      name: 'LINKERD2_PROXY_DESTINATION_CONTEXT',
      value: '{"ns":"$(_pod_ns)", "nodeName":"$(_pod_nodeName)", "pod":"$(_pod_name)"}\n',
    },
    { name: 'LINKERD2_PROXY_POLICY_WORKLOAD', value: '{"ns":"$(_pod_ns)", "pod":"$(_pod_name)"}\n' },
  ];
}

function addresses({
  controlPlaneNamespace: ns,
  clusterDomain,
}: InjectorConfig): readonly (readonly [string, string])[] {
  const service = (name: string, port: number): string => `${name}.${ns}.svc.${clusterDomain}.:${port}`;
  const identity = (account: string): string =>
    `${account}.${ns}.serviceaccount.identity.${ns}.${clusterDomain}`;
  return [
    ['DESTINATION_SVC_ADDR', service('linkerd-dst-headless', 8086)],
    ['DESTINATION_SVC_NAME', identity('linkerd-destination')],
    ['DESTINATION_PROFILE_SUFFIXES', `svc.${clusterDomain}.`],
    ['POLICY_SVC_ADDR', service('linkerd-policy', 8090)],
    ['POLICY_SVC_NAME', identity('linkerd-destination')],
    ['IDENTITY_SVC_ADDR', service('linkerd-identity-headless', 8080)],
    ['IDENTITY_SVC_NAME', identity('linkerd-identity')],
    ['IDENTITY_LOCAL_NAME', `$(_pod_sa).$(_pod_ns).serviceaccount.identity.${ns}.${clusterDomain}`],
  ];
}

function settings(pairs: readonly (readonly [string, string])[]): readonly Variable[] {
  return pairs.map(([name, value]) => ({ name: `LINKERD2_PROXY_${name}`, value }));
}
