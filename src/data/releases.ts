/**
 * What has been published about Linkerd's releases, as of 2026-09-04.
 *
 * Since February 2024 the project publishes edge releases only, and announces which edge a release `2.N` is.
 * An edge belongs to the newest `2.N` whose edge is not newer than it.
 *
 * Sources: Linkerd website `data/versions.yaml`, https://linkerd.io/2/reference/k8s-versions/,
 * https://linkerd.io/2/features/gateway-api/, the announcements and edge round-ups on the Linkerd blog,
 * and linkerd2 `pkg/k8s/api.go` at each tag.
 */

/** A version is `major.minor`, as the documentation writes it. */
export interface KubernetesRange {
  /** Lowest version that the documentation lists; undefined where it lists none. */
  readonly min: string | undefined;
  /** Highest version that the documentation lists; newer ones are untested, not refused. */
  readonly max: string | undefined;
  /** What `linkerd check` and the charts' `kubeVersion` enforce. */
  readonly sourceMin: string;
  /** What the documentation of that release itself asks for, where the current documentation asks for less. */
  readonly minInOwnDocs?: string;
}

export interface GatewayApiRange {
  /** Bundle versions of the Gateway API, both inclusive. */
  readonly min: string;
  readonly max: string;
  readonly httpRoute: string;
  readonly grpcRoute: string;
}

export interface StableRange {
  readonly first: string;
  readonly last: string;
  readonly firstDate: string;
  readonly lastDate: string;
}

export interface ReleaseRow {
  /** The N of `2.N`. */
  readonly minor: number;
  /** First edge release that counts as this release. */
  readonly edge: string;
  /** Commit date of that edge. */
  readonly edgeDate: string;
  /** False where the edge is the nearest one before the branch point of `stable-2.N.0`, not a published fact. */
  readonly edgePublished: boolean;
  /** Date of the announcement from 2.15 on, before that of `stable-2.N.0`. */
  readonly released: string;
  readonly kubernetes: KubernetesRange;
  /** Absent where the documentation does not mention the Gateway API. */
  readonly gatewayApi: GatewayApiRange | undefined;
  /** Absent from 2.15 on: the project has published no stable builds since. */
  readonly stable: StableRange | undefined;
  readonly announcement: string;
}

const gateway = (min: string, max: string, httpRoute: string, grpcRoute: string): GatewayApiRange => ({
  min,
  max,
  httpRoute,
  grpcRoute,
});

/** All releases known, oldest first. */
export const releases: readonly ReleaseRow[] = [
  {
    minor: 9,
    edge: 'edge-20.11.1',
    edgeDate: '2020-11-03',
    edgePublished: false,
    released: '2020-11-06',
    kubernetes: { min: undefined, max: undefined, sourceMin: '1.13' },
    gatewayApi: undefined,
    stable: {
      first: 'stable-2.9.0',
      last: 'stable-2.9.5',
      firstDate: '2020-11-06',
      lastDate: '2021-04-29',
    },
    announcement: '',
  },
  {
    minor: 10,
    edge: 'edge-21.3.2',
    edgeDate: '2021-03-09',
    edgePublished: false,
    released: '2021-03-10',
    kubernetes: { min: '1.16', max: '1.23', sourceMin: '1.16' },
    gatewayApi: undefined,
    stable: {
      first: 'stable-2.10.0',
      last: 'stable-2.10.2',
      firstDate: '2021-03-10',
      lastDate: '2021-05-17',
    },
    announcement: '',
  },
  {
    // 2.11.0 itself still accepted Kubernetes 1.16.
    minor: 11,
    edge: 'edge-21.9.5',
    edgeDate: '2021-09-29',
    edgePublished: false,
    released: '2021-09-30',
    kubernetes: { min: '1.17', max: '1.23', sourceMin: '1.17' },
    gatewayApi: undefined,
    stable: {
      first: 'stable-2.11.0',
      last: 'stable-2.11.5',
      firstDate: '2021-09-30',
      lastDate: '2022-09-22',
    },
    announcement: '',
  },
  {
    // The branch point lies 55 commits after edge-22.8.2; edge-22.8.3 is the first edge that contains all of it.
    minor: 12,
    edge: 'edge-22.8.2',
    edgeDate: '2022-08-11',
    edgePublished: false,
    released: '2022-08-23',
    kubernetes: { min: '1.21', max: '1.24', sourceMin: '1.21' },
    gatewayApi: undefined,
    stable: {
      first: 'stable-2.12.0',
      last: 'stable-2.12.6',
      firstDate: '2022-08-23',
      lastDate: '2023-09-08',
    },
    announcement: '',
  },
  {
    minor: 13,
    edge: 'edge-23.4.1',
    edgeDate: '2023-04-05',
    edgePublished: false,
    released: '2023-04-10',
    kubernetes: { min: '1.21', max: '1.28', sourceMin: '1.21' },
    gatewayApi: undefined,
    stable: {
      first: 'stable-2.13.0',
      last: 'stable-2.13.7',
      firstDate: '2023-04-10',
      lastDate: '2023-09-26',
    },
    announcement: '',
  },
  {
    minor: 14,
    edge: 'edge-23.8.3',
    edgeDate: '2023-08-16',
    edgePublished: false,
    released: '2023-08-22',
    kubernetes: { min: '1.21', max: '1.28', sourceMin: '1.21' },
    gatewayApi: undefined,
    stable: {
      first: 'stable-2.14.0',
      last: 'stable-2.14.10',
      firstDate: '2023-08-22',
      lastDate: '2024-02-20',
    },
    announcement: '',
  },
  {
    minor: 15,
    edge: 'edge-24.2.4',
    edgeDate: '2024-02-20',
    edgePublished: true,
    released: '2024-02-21',
    kubernetes: { min: '1.22', max: '1.29', sourceMin: '1.22' },
    gatewayApi: gateway('0.7', '1.1.1', 'v1beta1', 'v1alpha2'),
    stable: undefined,
    announcement: 'https://linkerd.io/2024/02/21/announcing-linkerd-2.15/',
  },
  {
    minor: 16,
    edge: 'edge-24.8.2',
    edgeDate: '2024-08-05',
    edgePublished: true,
    released: '2024-08-13',
    kubernetes: { min: '1.22', max: '1.29', sourceMin: '1.22' },
    gatewayApi: gateway('0.7', '1.1.1', 'v1beta1', 'v1alpha2'),
    stable: undefined,
    announcement: 'https://linkerd.io/2024/08/13/announcing-linkerd-2.16/',
  },
  {
    minor: 17,
    edge: 'edge-24.11.8',
    edgeDate: '2024-11-26',
    edgePublished: true,
    released: '2024-12-05',
    kubernetes: { min: '1.22', max: '1.31', sourceMin: '1.22' },
    gatewayApi: gateway('0.7', '1.1.1', 'v1beta1', 'v1alpha2'),
    stable: undefined,
    announcement: 'https://linkerd.io/2024/12/05/announcing-linkerd-2.17/',
  },
  {
    minor: 18,
    edge: 'edge-25.4.4',
    edgeDate: '2025-04-21',
    edgePublished: true,
    released: '2025-04-23',
    kubernetes: { min: '1.22', max: '1.32', sourceMin: '1.23' },
    gatewayApi: gateway('1.1.1', '1.2.1', 'v1', 'v1'),
    stable: undefined,
    announcement: 'https://linkerd.io/2025/04/23/announcing-linkerd-2.18/',
  },
  {
    // Three minimums are published: 1.22 (current docs), 1.29 (2.19 docs), 1.23 (source and chart).
    minor: 19,
    edge: 'edge-25.10.7',
    edgeDate: '2025-10-29',
    edgePublished: true,
    released: '2025-10-31',
    kubernetes: { min: '1.22', max: '1.35', sourceMin: '1.23', minInOwnDocs: '1.29' },
    gatewayApi: gateway('1.1.1', '1.2.1', 'v1', 'v1'),
    stable: undefined,
    announcement: 'https://linkerd.io/2025/10/31/announcing-linkerd-2.19/',
  },
  {
    // Tested up to Kubernetes 1.36 from edge-26.8.2 on.
    minor: 20,
    edge: 'edge-26.6.3',
    edgeDate: '2026-06-18',
    edgePublished: true,
    released: '2026-06-23',
    kubernetes: { min: '1.31', max: '1.35', sourceMin: '1.31' },
    gatewayApi: gateway('1.2.1', '1.5.1', 'v1', 'v1'),
    stable: undefined,
    announcement: 'https://linkerd.io/2026/06/23/announcing-linkerd-2.20/',
  },
];

/** Newest edge release known when this table was written; named by a third-party catalogue only. */
export const knownNewestEdge = 'edge-26.9.1';

/** Newest build of Buoyant Enterprise for Linkerd known when this table was written. */
export const knownNewestEnterprise = 'enterprise-2.20.2';

export interface KubernetesMinimum {
  readonly sinceEdge: string;
  readonly min: string;
}

/**
 * Lowest Kubernetes version that an edge accepts, oldest first. Late edges of a cycle already ask for what the
 * next release asks for, so an edge is judged by this table and not by its release.
 */
export const kubernetesMinByEdge: readonly KubernetesMinimum[] = [
  { sinceEdge: 'edge-21.2.3', min: '1.16' },
  { sinceEdge: 'edge-21.10.2', min: '1.17' },
  { sinceEdge: 'edge-21.11.1', min: '1.20' },
  { sinceEdge: 'edge-22.6.2', min: '1.21' },
  { sinceEdge: 'edge-23.12.2', min: '1.22' },
  { sinceEdge: 'edge-25.2.3', min: '1.23' },
  { sinceEdge: 'edge-26.5.1', min: '1.31' },
];

/** Highest Kubernetes version tested, where an edge raised it within its release. */
export const kubernetesMaxByEdge: readonly { readonly sinceEdge: string; readonly max: string }[] = [
  { sinceEdge: 'edge-26.8.2', max: '1.36' },
];

/** First edge with each behaviour that this program has to know about. */
export const behaviourSince = {
  nativeSidecarAlpha: 'edge-23.11.4',
  chartVersionsByDate: 'edge-24.3.1',
  proxyShutdownOff: 'edge-24.6.2',
  multiplexedTransport: 'edge-25.3.2',
  gatewayApiMandatory: 'edge-25.3.4',
  iptablesNft: 'edge-25.8.2',
  policyInControllerImage: 'edge-25.8.3',
  gatewayApiNotInCrdsChart: 'edge-25.9.4',
  jaegerRemoved: 'edge-25.10.1',
  nativeSidecarBeta: 'edge-25.10.2',
  proxyInitImageGone: 'edge-25.11.3',
  kubernetes131: 'edge-26.5.1',
  /** Native sidecars by default, under an annotation without a stage in its name. */
  nativeSidecarDefault: 'edge-26.5.2',
  gatewayApiChecked: 'edge-26.7.1',
} as const;

export interface EdgeAdvice {
  readonly edges: readonly string[];
  /** What to run instead, the advised one first. */
  readonly use: readonly string[];
  /**
   * `not-recommended`: published as such. `conditional`: bad where `condition` holds.
   * `prefer-other`: nothing wrong that matters, another one is advised.
   */
  readonly level: 'not-recommended' | 'conditional' | 'prefer-other';
  /** Empty unless the level is `conditional`. */
  readonly condition: string;
  readonly reason: string;
  readonly source: string;
}

const roundup = {
  april2024: 'https://linkerd.io/2024/04/25/linkerd-edge-release-roundup/',
  june2024: 'https://linkerd.io/2024/06/06/linkerd-edge-release-roundup/',
  november2024: 'https://linkerd.io/2024/11/27/linkerd-edge-release-roundup/',
  january2025: 'https://linkerd.io/2025/01/10/linkerd-edge-release-roundup/',
  april2025: 'https://linkerd.io/2025/04/11/linkerd-edge-release-roundup/',
  june2025: 'https://linkerd.io/2025/06/04/linkerd-edge-release-roundup/',
  august2025: 'https://linkerd.io/2025/08/01/linkerd-edge-release-roundup-202508/',
  september2025: 'https://linkerd.io/2025/09/05/linkerd-edge-release-roundup/',
  december2025: 'https://linkerd.io/2025/12/08/linkerd-edge-release-roundup/',
} as const;

const advise = (
  level: EdgeAdvice['level'],
  edges: readonly string[],
  use: readonly string[],
  reason: string,
  source: string,
  condition = '',
): EdgeAdvice => ({ edges, use, level, condition, reason, source });

/**
 * Edges that their own round-up advises against, oldest first. Nothing is marked before edge-24.3.3 or after
 * edge-25.11.2; the release page is the authority.
 */
export const edgeAdvice: readonly EdgeAdvice[] = [
  advise(
    'prefer-other',
    ['edge-24.3.3'],
    ['edge-24.3.4'],
    'it lacks an important fix for users of the Gateway API',
    roundup.april2024,
  ),
  advise(
    'prefer-other',
    ['edge-24.4.3'],
    ['edge-24.4.4'],
    'outbound HTTP metrics carry wrong names',
    roundup.april2024,
  ),
  advise(
    'conditional',
    ['edge-24.5.1'],
    ['edge-24.5.5'],
    'its default configuration does not work on GKE',
    roundup.june2024,
    'the cluster runs on GKE',
  ),
  advise(
    'conditional',
    ['edge-24.5.2', 'edge-24.5.3'],
    ['edge-24.5.5'],
    'the CNI plugin mishandles IPv6 on GKE',
    roundup.june2024,
    'linkerd-cni runs on GKE and disableIPv6 is not true',
  ),
  advise(
    'prefer-other',
    ['edge-24.5.4'],
    ['edge-24.5.5'],
    'the CNI plugin turns IPv6 on by mistake',
    roundup.june2024,
  ),
  advise(
    'conditional',
    ['edge-24.9.3'],
    ['edge-24.10.3'],
    'its Link CRD and CLI do not work with clusters on older releases',
    roundup.november2024,
    'multicluster is in use',
  ),
  advise(
    'conditional',
    ['edge-24.10.1'],
    ['edge-24.10.3'],
    'the incompatible Link CRD of edge-24.9.3 is not repaired yet',
    roundup.november2024,
    'multicluster is in use',
  ),
  advise(
    'conditional',
    ['edge-24.10.2'],
    ['edge-24.10.3'],
    'the incompatible Link CRD of edge-24.9.3 is repaired only in part',
    roundup.november2024,
    'multicluster is in use',
  ),
  advise(
    'not-recommended',
    ['edge-24.11.2'],
    ['edge-24.11.3'],
    'linkerd diagnostics endpoints can miss endpoints of federated services',
    roundup.january2025,
  ),
  advise(
    'not-recommended',
    ['edge-24.11.6'],
    ['edge-24.11.7'],
    'it was superseded on the same day',
    roundup.january2025,
  ),
  advise(
    'not-recommended',
    ['edge-25.1.1'],
    ['edge-25.4.1', 'edge-25.1.2'],
    'creating Link resources fails',
    roundup.april2025,
  ),
  advise(
    'conditional',
    ['edge-25.2.2', 'edge-25.2.3', 'edge-25.3.2'],
    ['edge-25.4.1'],
    'IPv6 is broken',
    roundup.april2025,
    'the cluster uses IPv6 or both stacks',
  ),
  advise(
    'not-recommended',
    ['edge-25.3.1'],
    ['edge-25.4.1'],
    'installing the Gateway API CRDs and IPv6 are broken',
    roundup.april2025,
  ),
  advise(
    'not-recommended',
    ['edge-25.3.3'],
    ['edge-25.4.1'],
    'mirror controllers received cluster-wide rights, and IPv6 is broken',
    roundup.april2025,
  ),
  advise(
    'conditional',
    ['edge-25.3.4'],
    ['edge-25.4.1'],
    'the CLI cannot install the Gateway API CRDs',
    roundup.april2025,
    'the CLI is to install the Gateway API CRDs (Helm is fine)',
  ),
  advise(
    'prefer-other',
    ['edge-25.5.2', 'edge-25.5.3'],
    ['edge-25.5.5'],
    'it holds internal changes only',
    roundup.june2025,
  ),
  advise(
    'not-recommended',
    ['edge-25.6.1', 'edge-25.6.2', 'edge-25.6.3', 'edge-25.6.4', 'edge-25.7.1', 'edge-25.7.2', 'edge-25.7.3'],
    ['edge-25.7.6', 'edge-25.7.4'],
    'the proxy takes too much memory with many HTTP/1 connections',
    roundup.august2025,
  ),
  advise(
    'conditional',
    ['edge-25.7.4', 'edge-25.7.6'],
    ['edge-25.8.1'],
    'a native sidecar ends in an error once the main container exits',
    roundup.september2025,
    'native sidecars are enabled',
  ),
  advise(
    'prefer-other',
    ['edge-25.7.5'],
    ['edge-25.7.6'],
    'it holds internal changes only',
    roundup.august2025,
  ),
  advise(
    'not-recommended',
    ['edge-25.10.2'],
    ['edge-25.10.7', 'edge-25.11.3'],
    'it can crash when tracing has no collector endpoint, and it adds pod labels that were withdrawn',
    roundup.december2025,
  ),
  advise(
    'not-recommended',
    ['edge-25.10.3', 'edge-25.10.4', 'edge-25.10.5', 'edge-25.10.6'],
    ['edge-25.10.7', 'edge-25.11.3'],
    'it can crash when tracing has no collector endpoint',
    roundup.december2025,
  ),
  advise(
    'not-recommended',
    ['edge-25.11.2'],
    ['edge-25.11.3'],
    'SPIRE fails with mesh expansion',
    roundup.december2025,
  ),
];

/** Every stable release from 2.9 on with its date, oldest first within a release. */
export const stables: readonly (readonly [version: string, date: string])[] = [
  ['stable-2.9.0', '2020-11-06'],
  ['stable-2.9.1', '2020-12-10'],
  ['stable-2.9.2', '2021-01-13'],
  ['stable-2.9.3', '2021-02-09'],
  ['stable-2.9.4', '2021-02-23'],
  ['stable-2.9.5', '2021-04-29'],
  ['stable-2.10.0', '2021-03-10'],
  ['stable-2.10.1', '2021-04-15'],
  ['stable-2.10.2', '2021-05-17'],
  ['stable-2.11.0', '2021-09-30'],
  ['stable-2.11.1', '2021-10-28'],
  ['stable-2.11.2', '2022-04-21'],
  ['stable-2.11.3', '2022-07-05'],
  ['stable-2.11.4', '2022-07-13'],
  ['stable-2.11.5', '2022-09-22'],
  ['stable-2.12.0-rc2', '2022-08-19'],
  ['stable-2.12.0', '2022-08-23'],
  ['stable-2.12.1', '2022-09-22'],
  ['stable-2.12.2', '2022-10-19'],
  ['stable-2.12.3', '2022-12-08'],
  ['stable-2.12.4', '2023-02-09'],
  ['stable-2.12.5', '2023-04-24'],
  ['stable-2.12.6', '2023-09-08'],
  ['stable-2.13.0', '2023-04-10'],
  ['stable-2.13.1', '2023-04-14'],
  ['stable-2.13.2', '2023-04-25'],
  ['stable-2.13.3', '2023-05-08'],
  ['stable-2.13.4', '2023-06-01'],
  ['stable-2.13.5', '2023-06-22'],
  ['stable-2.13.6', '2023-08-09'],
  ['stable-2.13.7', '2023-09-26'],
  ['stable-2.14.0', '2023-08-22'],
  ['stable-2.14.1', '2023-09-25'],
  ['stable-2.14.2', '2023-10-26'],
  ['stable-2.14.3', '2023-11-07'],
  ['stable-2.14.4', '2023-11-16'],
  ['stable-2.14.5', '2023-11-22'],
  ['stable-2.14.6', '2023-12-07'],
  ['stable-2.14.7', '2023-12-20'],
  ['stable-2.14.8', '2024-01-03'],
  ['stable-2.14.9', '2024-01-19'],
  ['stable-2.14.10', '2024-02-20'],
];
