/**
 * What was read for a preflight. Reading says what there is, judging (`judge.ts`) what that means. Times are seconds
 * since the epoch; texts have been cleaned.
 */
import type { Part } from '../../kube/part.ts';
import type { LabelSelector, MutatingWebhook, NamespaceRecord } from '../../kube/records.ts';
import type { ConfigResult } from '../../mesh/config.ts';
import type { WorkloadKey } from '../../mesh/view.ts';
import { fullName } from '../plan/names.ts';
import type { CertificateBundle } from './certificates.ts';
import type { ProxyResources } from './injected-requests.ts';
import type { PodRequests } from './pod-requests.ts';

/** Names a workload in maps, and to people: `Deployment shop/web`. */
export type WorkloadId = string;

export function workloadId(key: WorkloadKey): WorkloadId {
  return fullName(key);
}

/** The injector's entry in its MutatingWebhookConfiguration. */
export interface WebhookFacts {
  /** undefined where the configuration has no entry of the injector's name. */
  readonly webhook: MutatingWebhook | undefined;
  /** `clientConfig.caBundle`: what the API server trusts when it calls the injector. */
  readonly authorities: CertificateBundle;
}

/** linkerd-config as it stands now. */
export interface ConfigFacts {
  readonly parsed: ConfigResult;
  readonly proxyResources: ProxyResources | undefined;
}

export interface TrustBundleFacts extends CertificateBundle {
  /** Of the bytes as stored. */
  readonly sha256: string;
}

/** Another trust bundle than the present one, which proxies still hold. */
export interface HeldBundle {
  readonly sha256: string;
  /** Number of live proxies with it. */
  readonly proxies: number;
  /** A pod with it: `shop/web-5d9c7b-x1`. */
  readonly example: string;
  /** Read from the environment of the example's proxy; undefined where it does not stand there. */
  readonly bundle: CertificateBundle | undefined;
}

/** What cert-manager says of the identity issuer's certificate. Absent times are 0. */
export interface IssuerFacts {
  readonly notAfter: number;
  readonly renewalTime: number;
  /** Message of the condition Ready where that is not `True`, else ''. */
  readonly notReady: string;
}

export interface AccessFacts {
  readonly allowed: boolean;
  /** The right that is missing: `patch deployments.apps`; '' when allowed. */
  readonly missing: string;
  /** In the server's words, often ''. */
  readonly reason: string;
}

export interface LeaseFacts {
  readonly holder: string;
  readonly acquiredAt: number;
  readonly renewedAt: number;
  readonly durationSeconds: number;
}

export interface QuotaFacts {
  readonly name: string;
  /** By resource as the quota names it: `pods`, `requests.cpu`. */
  readonly hard: ReadonlyMap<string, number>;
  readonly used: ReadonlyMap<string, number>;
  /** It counts only some pods: by scopes or a scope selector. */
  readonly scoped: boolean;
}

export interface AutoscalerFacts {
  readonly name: string;
  readonly target: { readonly kind: string; readonly name: string };
  readonly current: number;
  readonly maximum: number;
}

/** A DataPlane of Buoyant's operator, which restarts the workloads of its namespace that it selects. */
export interface DataPlaneFacts {
  readonly name: string;
  readonly selector: LabelSelector;
}

export type ProbeAnswer =
  /** `ordinary`: it came back as an init container that must end, so the server does not know native sidecars. */
  | {
      readonly answer: 'proxy';
      readonly version: string;
      readonly shape: 'native' | 'container' | 'ordinary-init';
      readonly trustRootSha256: string;
    }
  | { readonly answer: 'no-proxy' }
  /** Admission's own words. */
  | { readonly answer: 'refused'; readonly message: string }
  /** The workload is no longer there. */
  | { readonly answer: 'gone' }
  /** There is no template to make a pod of, or it may not be read. */
  | { readonly answer: 'unprobed'; readonly why: string };

export interface ProbeFacts {
  readonly key: WorkloadKey;
  readonly answer: ProbeAnswer;
}

export interface ProbesFacts {
  readonly asked: boolean;
  readonly answers: readonly ProbeFacts[];
  /** Namespaces in which no pod may be created, so none was tried. */
  readonly forbidden: readonly string[];
  /** Kinds of template that were not tried: there were too many, or the injector failed for the first. */
  readonly omitted: number;
}

/** What a new pod of a workload asks for. */
export interface RequestFacts {
  readonly requests: PodRequests;
  /** False where what the proxy asks for is not known, so that this is the application alone. */
  readonly withProxy: boolean;
}

export interface PreflightFacts {
  /** By the server's clock. */
  readonly now: number;
  /** `gitVersion`, '' when unknown. */
  readonly kubernetesVersion: string;
  readonly webhook: Part<WebhookFacts>;
  readonly config: Part<ConfigFacts>;
  readonly trustBundle: Part<TrustBundleFacts>;
  /** The most widespread first. */
  readonly heldBundles: readonly HeldBundle[];
  readonly issuer: Part<IssuerFacts>;
  readonly namespaces: ReadonlyMap<string, Part<NamespaceRecord>>;
  readonly access: ReadonlyMap<WorkloadId, AccessFacts>;
  readonly lockAccess: AccessFacts;
  /** Absent where nobody else's was to be looked for. */
  readonly lease: Part<LeaseFacts>;
  readonly quotas: ReadonlyMap<string, Part<readonly QuotaFacts[]>>;
  readonly requests: ReadonlyMap<WorkloadId, RequestFacts>;
  readonly autoscalers: ReadonlyMap<string, Part<readonly AutoscalerFacts[]>>;
  /** Namespaces whose PodDisruptionBudgets may not be read; the picture has none of them. */
  readonly budgetsUnread?: readonly string[];
  /** Names of the nodes that take no new pods. */
  readonly cordoned: Part<readonly string[]>;
  readonly dataPlanes: ReadonlyMap<string, Part<readonly DataPlaneFacts[]>>;
  readonly probes: ProbesFacts;
}
