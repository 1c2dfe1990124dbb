import { container } from '../../../data/linkerd.ts';
import type { Container } from '../objects.ts';
import type { InjectorConfig } from './config.ts';
import { proxyEnvironment } from './proxy-env.ts';

const PROXY_USER = 2102;
const INIT_USER = 65534;
const HARDENED = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  runAsNonRoot: true,
  seccompProfile: { type: 'RuntimeDefault' },
};
const TERMINATION = {
  terminationMessagePath: '/dev/termination-log',
  terminationMessagePolicy: 'FallbackToLogsOnError',
  imagePullPolicy: 'IfNotPresent',
};
const XTABLES = 'linkerd-proxy-init-xtables-lock';
const END_ENTITY = 'linkerd-identity-end-entity';
const TOKEN = 'linkerd-identity-token';

export interface ProxyContainer {
  readonly image: string;
  readonly native: boolean;
  readonly ports: readonly number[];
}

/** The volumes that proxy and init container mount. */
export function sidecarVolumes(config: InjectorConfig): readonly object[] {
  const token = {
    serviceAccountToken: { audience: 'identity.l5d.io', expirationSeconds: 86_400, path: TOKEN },
  };
  return [
    { name: XTABLES, emptyDir: {} },
    { name: END_ENTITY, emptyDir: { medium: 'Memory' } },
    ...(config.tokenProjection ? [{ name: TOKEN, projected: { sources: [token], defaultMode: 420 } }] : []),
  ];
}

/** What prepares the pod's network: iptables rules, or with the CNI plugin a check of them. */
export function initContainer(config: InjectorConfig): Container {
  return config.cniEnabled ? networkValidator(config) : proxyInit(config);
}

function proxyInit({ initImage }: InjectorConfig): Container {
  return {
    name: container.init,
    image: initImage,
    args: [
      '--ipv6=false',
      '--incoming-proxy-port',
      '4143',
      '--outgoing-proxy-port',
      '4140',
      '--proxy-uid',
      String(PROXY_USER),
      '--inbound-ports-to-ignore',
      '4190,4191,4567,4568',
      '--outbound-ports-to-ignore',
      '4567,4568',
    ],
    resources: {},
    volumeMounts: [{ name: XTABLES, mountPath: '/run' }],
    ...TERMINATION,
    securityContext: {
      ...HARDENED,
      capabilities: { add: ['NET_ADMIN', 'NET_RAW'] },
      privileged: false,
      runAsGroup: INIT_USER,
      runAsUser: INIT_USER,
    },
  };
}

function networkValidator({ proxyImage, proxyVersion }: InjectorConfig): Container {
  return {
    name: container.networkValidator,
    image: `${proxyImage}:${proxyVersion}`,
    command: ['/usr/lib/linkerd/linkerd2-network-validator'],
    args: [
      '--log-format',
      'plain',
      '--log-level',
      'debug',
      '--connect-addr',
      '1.1.1.1:20001',
      '--timeout',
      '10s',
    ],
    resources: {},
    ...TERMINATION,
    securityContext: {
      ...HARDENED,
      capabilities: { drop: ['ALL'] },
      runAsGroup: INIT_USER,
      runAsUser: INIT_USER,
    },
  };
}

const made = new WeakMap<InjectorConfig, Map<string, Container>>();

/**
 * The proxy. A native one is an init container that stays, with a startup probe instead of a start hook. Pods that
 * get the same proxy share one object: most of a large mesh's weight is here.
 */
export function proxyContainer(config: InjectorConfig, proxy: ProxyContainer): Container {
  const key = JSON.stringify(proxy);
  const known = made.get(config) ?? new Map<string, Container>();
  made.set(config, known);
  const shared = known.get(key) ?? newProxy(config, proxy);
  known.set(key, shared);
  return shared;
}

function newProxy(config: InjectorConfig, { image, native, ports }: ProxyContainer): Container {
  const admin = (path: string): object => ({ httpGet: { path, port: 4191, scheme: 'HTTP' } });
  const probe = { timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 };
  return {
    name: container.proxy,
    image,
    ...(native ? { restartPolicy: 'Always' } : {}),
    ports: [
      { name: 'linkerd-proxy', containerPort: 4143, protocol: 'TCP' },
      { name: 'linkerd-admin', containerPort: 4191, protocol: 'TCP' },
    ],
    env: proxyEnvironment(config, ports),
    resources: { limits: { memory: '250Mi' }, requests: { cpu: '100m', memory: '20Mi' } },
    volumeMounts: [
      { name: END_ENTITY, mountPath: '/var/run/linkerd/identity/end-entity' },
      ...(config.tokenProjection ? [{ name: TOKEN, mountPath: '/var/run/secrets/tokens' }] : []),
    ],
    livenessProbe: { ...admin('/live'), initialDelaySeconds: 10, ...probe },
    readinessProbe: { ...admin('/ready'), initialDelaySeconds: 2, ...probe },
    ...(native
      ? { startupProbe: { ...admin('/ready'), ...probe, periodSeconds: 1, failureThreshold: 120 } }
      : {}),
    ...(native || !config.await ? {} : { lifecycle: startHook() }),
    ...TERMINATION,
    securityContext: {
      ...HARDENED,
      capabilities: { drop: ['ALL'] },
      runAsGroup: PROXY_USER,
      runAsUser: PROXY_USER,
    },
  };
}

function startHook(): object {
  return {
    postStart: { exec: { command: ['/usr/lib/linkerd/linkerd-await', '--timeout=2m', '--port=4191'] } },
  };
}
