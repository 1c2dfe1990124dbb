/**
 * The rules that explanations rest on, in our words, each with the page of Linkerd's documentation that states it; as
 * of 2026-09-04. What no page states comes from the source, and then the rule says so.
 */

export interface DocumentedRule {
  readonly text: string;
  readonly link: string;
}

const docs = 'https://linkerd.io/docs';

export const rules = {
  skew: {
    text: 'A control plane may be ahead of its proxies by one release 2.N, whatever the patch numbers. More than one is not supported.',
    link: `${docs}/tasks/upgrade/`,
  },
  ahead: {
    text: 'The documentation speaks of control planes that are ahead of their proxies. It promises nothing for proxies that are newer than their control plane.',
    link: `${docs}/tasks/upgrade/`,
  },
  oneStep: {
    text: 'An upgrade goes one release 2.N at a time, the data plane following the control plane before the next step.',
    link: `${docs}/tasks/upgrade/`,
  },
  edges: {
    text: 'Since 2.15 the project publishes edge releases only, and says which edge a release 2.N is. An edge belongs to the newest 2.N that is not newer than it.',
    link: 'https://linkerd.io/releases/',
  },
  restart: {
    text: 'A proxy is added when its pod is made, so pods have to be made anew to get another one.',
    link: `${docs}/tasks/upgrade/`,
  },
  injection: {
    text: 'A pod gets a proxy where linkerd.io/inject asks for it, on the pod template or on the namespace; "disabled" on the template refuses it.',
    link: `${docs}/features/proxy-injection/`,
  },
  pin: {
    text: 'config.linkerd.io/proxy-version on pod template or namespace takes the place of the version that the control plane gives.',
    link: `${docs}/reference/proxy-configuration/`,
  },
  manual: {
    text: 'A proxy that linkerd inject --manual wrote into a manifest is changed by injecting the manifest again.',
    link: `${docs}/features/proxy-injection/#manual-injection`,
  },
  nativeSidecar: {
    text: 'Annotations on template or namespace, and proxy.nativeSidecar else, decide whether the proxy is a native sidecar.',
    link: `${docs}/features/native-sidecars/`,
  },
  trustRoot: {
    text: 'A proxy keeps the trust roots that it started with, so it has to be restarted when they are replaced.',
    link: `${docs}/tasks/troubleshooting/#l5d-identity-data-plane-proxies-certs-match-ca`,
  },
  failurePolicy: {
    text: 'While no injector answers, failurePolicy Ignore lets pods start without a proxy; Fail, as in the HA values, refuses them.',
    link: `${docs}/features/ha/`,
  },
  controlPlaneProxy: {
    text: "The control plane's own proxies stand in its own templates and change with its upgrade.",
    link: `${docs}/tasks/upgrade/`,
  },
  extension: {
    text: 'An extension is upgraded by installing it again; a restart renews only the proxies of its pods.',
    link: `${docs}/tasks/upgrade/`,
  },
  kubernetes: {
    text: 'Each release is tested with a range of Kubernetes versions; below the lowest, linkerd check and the charts refuse.',
    link: `${docs}/reference/k8s-versions/`,
  },
  gatewayApi: {
    text: 'Each release works with a range of versions of the Gateway API.',
    link: `${docs}/features/gateway-api/`,
  },
} as const satisfies Readonly<Record<string, DocumentedRule>>;
