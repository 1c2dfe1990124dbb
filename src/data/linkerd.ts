/**
 * Names that Linkerd gives to things in a cluster.
 * Source: linkerd2 `pkg/k8s/labels.go`, `charts/linkerd-control-plane` (edge-26.8.3).
 */

export const DEFAULT_CONTROL_PLANE_NAMESPACE = 'linkerd';

export const label = {
  controlPlaneNamespace: 'linkerd.io/control-plane-ns',
  controlPlaneComponent: 'linkerd.io/control-plane-component',
  extension: 'linkerd.io/extension',
  cniResource: 'linkerd.io/cni-resource',
  workloadNamespace: 'linkerd.io/workload-ns',
  admissionWebhooks: 'config.linkerd.io/admission-webhooks',
  podTemplateHash: 'pod-template-hash',
  version: 'app.kubernetes.io/version',
  managedBy: 'app.kubernetes.io/managed-by',
} as const;

export const annotation = {
  inject: 'linkerd.io/inject',
  createdBy: 'linkerd.io/created-by',
  proxyVersion: 'linkerd.io/proxy-version',
  trustRootSha256: 'linkerd.io/trust-root-sha256',
  pinnedProxyVersion: 'config.linkerd.io/proxy-version',
  proxyImage: 'config.linkerd.io/proxy-image',
  nativeSidecar: 'config.linkerd.io/proxy-enable-native-sidecar',
  nativeSidecarBeta: 'config.beta.linkerd.io/proxy-enable-native-sidecar',
  nativeSidecarAlpha: 'config.alpha.linkerd.io/proxy-enable-native-sidecar',
  waitBeforeExit: 'config.alpha.linkerd.io/proxy-wait-before-exit-seconds',
  restartedAt: 'kubectl.kubernetes.io/restartedAt',
  helmRelease: 'meta.helm.sh/release-name',
} as const;

export const container = {
  proxy: 'linkerd-proxy',
  init: 'linkerd-init',
  networkValidator: 'linkerd-network-validator',
  injector: 'proxy-injector',
  destination: 'destination',
  identity: 'identity',
} as const;

export const configMap = { config: 'linkerd-config', trustRoots: 'linkerd-identity-trust-roots' } as const;

/** Key of the trust bundle in the ConfigMap `linkerd-identity-trust-roots`. */
export const TRUST_BUNDLE_KEY = 'ca-bundle.crt';

export const INJECTOR_WEBHOOK_CONFIGURATION = 'linkerd-proxy-injector-webhook-config';
export const INJECTOR_WEBHOOK = 'linkerd-proxy-injector.linkerd.io';
export const INJECTOR_DEPLOYMENT = 'linkerd-proxy-injector';

/** The issuer as cert-manager keeps it, by the name of Linkerd's documentation, and the Secret that comes of it. */
export const ISSUER_CERTIFICATE = 'linkerd-identity-issuer';
