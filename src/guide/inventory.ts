import type { Part } from '../kube/part.ts';
import type { Labels } from '../kube/records.ts';
import type { LinkerdConfig } from '../mesh/config.ts';
import type { ControlPlaneView, MeshView } from '../mesh/view.ts';

/** How something was installed, which decides the commands that upgrade it. */
export type Installation =
  | { readonly method: 'cli' }
  /** `chart` as its label writes it: `linkerd-control-plane-2025.10.7`, or `linkerd2-2.11.4` of the old single chart. */
  | { readonly method: 'helm'; readonly release: string; readonly namespace: string; readonly chart: string }
  /** Rendered from the chart by somebody else: the version is changed in Git. */
  | { readonly method: 'gitops'; readonly tool: string }
  /** Buoyant's operator: the version is changed in its ControlPlane resource. */
  | { readonly method: 'operator'; readonly resource: string }
  | { readonly method: 'unknown'; readonly why: string };

/** An extension of Linkerd, known by the label `linkerd.io/extension` of its namespace. */
export interface Extension {
  /** Value of the label: `viz`, `multicluster`, …, or a name that this program does not know. */
  readonly name: string;
  readonly namespace: string;
  /** Of its own components, '' when it cannot be told. */
  readonly version: string;
  /** True where its version line is Linkerd's own (viz, multicluster, jaeger); false for smi, failover and strangers. */
  readonly followsLinkerd: boolean;
  readonly installation: Installation;
  /** Live proxies of its namespace by version; empty also where its pods are not among those looked at. */
  readonly proxies: Readonly<Record<string, number>>;
  /** What is wrong with how it stands in the cluster, in words; for example a namespace without the annotation. */
  readonly problems: readonly string[];
}

/** A cluster that this one is linked to. */
export interface Link {
  /** Name of the Link object. */
  readonly name: string;
  readonly namespace: string;
  /** `spec.targetClusterName`. */
  readonly targetCluster: string;
  /** Version of the CLI that made it, from `linkerd.io/created-by`; '' when it cannot be told. */
  readonly version: string;
  /** `controller`: run by the extension's own controllers (2.18 and later); `legacy`: by a mirror made with the Link. */
  readonly mirror: 'legacy' | 'controller' | 'none' | 'unknown';
  /** `spec.probeSpec.period` as written, such as `3s`; '' when absent. */
  readonly probePeriod?: string;
}

export interface CniPlugin {
  /** Of its own version line. */
  readonly version: string;
  readonly ready: number;
  readonly wanted: number;
}

/** The Gateway API's CRDs. */
export interface GatewayApi {
  /** Annotation `gateway.networking.k8s.io/bundle-version` of `httproutes`, '' when absent. */
  readonly bundleVersion: string;
  readonly owner: 'linkerd-cli' | 'linkerd-helm' | 'other';
  /** Helm leaves them when the release that owns them drops them. */
  readonly isKept: boolean;
  readonly servesHttpRouteV1: boolean;
  readonly servesGrpcRouteV1: boolean;
}

/** A workload, Service or node that a notice is about: `shop/web`. */
export type Names = readonly string[];

/** What single notices ask about, each only as far as it may be read without Secrets. */
export interface Evidence {
  /** CRDs of the cluster by name, with the annotations and served versions that notices ask about. */
  readonly customResources: Part<
    ReadonlyMap<string, { readonly annotations: Labels; readonly served: readonly string[] }>
  >;
  /** Objects of a custom resource by its CRD's name; only of those that exist and that a notice asks about. */
  readonly objects: ReadonlyMap<string, Part<Names>>;
  /** Architectures of the nodes with counts. */
  readonly architectures: Part<Readonly<Record<string, number>>>;
  /** Nodes whose podCIDRs hold IPv6. */
  readonly ipv6: Part<boolean>;
  /** Meshed workloads (namespace/kind/name) and namespaces by what their templates or annotations show. */
  readonly hostPorts: Names;
  readonly ingressMode: Names;
  readonly alphaNativeSidecar: Names;
  readonly betaNativeSidecar: Names;
  readonly waitBeforeExit: Names;
  /** Meshed Jobs and CronJobs. */
  readonly meshedJobs: Names;
  /** Deployments of the control plane's namespace: those of old releases tell what is left to be moved. */
  readonly controlPlaneDeployments: Names;
  /** Registries that proxy images come from: `cr.l5d.io/linkerd`. */
  readonly proxyRegistries: Names;
  /** Services of meshed namespaces with an appProtocol that is not one of Linkerd's. */
  readonly appProtocols: Part<Names>;
  /** NetworkPolicies of meshed namespaces that name ports and leave out 4143. */
  readonly portPolicies: Part<Names>;
  /** Values of linkerd-config by dotted path, such as `proxyInit.closeWaitTimeoutSecs`; undefined where unset. */
  value(path: string): unknown;
  /** False when linkerd-config could not be read, so that no value is known. */
  readonly hasValues: boolean;
}

/** All that the upgrade guide asks about, as one picture of a cluster. */
export interface Inventory {
  readonly mesh: MeshView;
  readonly controlPlane: ControlPlaneView;
  readonly config: LinkerdConfig | undefined;
  readonly installation: Installation;
  /** More than one replica of every component, and failurePolicy Fail. */
  readonly highlyAvailable: boolean;
  /** Version of the `linkerd` found on PATH; absent is fine. */
  readonly cli: Part<string>;
  readonly extensions: Part<readonly Extension[]>;
  readonly links: Part<readonly Link[]>;
  readonly cni: Part<CniPlugin>;
  readonly gatewayApi: Part<GatewayApi>;
  /** `gitVersion` of the API server. */
  readonly kubernetes: string;
  readonly evidence: Evidence;
  /** What could not be read, and what that costs. */
  readonly unreadable: readonly { readonly what: string; readonly why: string }[];
}
