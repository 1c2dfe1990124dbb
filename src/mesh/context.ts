import type { InjectorWebhook } from './injection.ts';
import type { InjectorState } from './view.ts';

/** What of the control plane decides about every workload. Changes of it are rare and touch everything. */
export interface MeshContext {
  readonly controlPlaneNamespace: string;
  /** `linkerdVersion` or its best replacement, '' when unknown. */
  readonly version: string;
  /** Version of the injector that runs, which decides what it does; that of the control plane where nobody can tell. */
  readonly injectorVersion: string;
  /** What is wrong with `linkerd-config`, '' when it makes sense or has not been read. */
  readonly configProblem: string;
  /** What the injector gives to an unpinned workload. */
  readonly target: string;
  /** `proxy.image.version` of linkerd-config, '' when it is not set. */
  readonly proxyImageVersion: string;
  readonly nativeSidecar: boolean;
  readonly waitBeforeExitSeconds: number;
  readonly serviceAccountTokenProjection: boolean;
  /** SHA-256 (hex) of the trust bundle, '' when unknown. */
  readonly trustRootSha256: string;
  readonly webhook: InjectorWebhook;
  /** Namespace of another control plane, whose injector the webhook calls; '' where it calls this one's. */
  readonly foreignWebhook: string;
  /** `Ignore`, `Fail` or '' when unknown. */
  readonly failurePolicy: string;
  readonly injector: InjectorState;
  /** Namespaces that pods name as their control plane and that do not exist, in order. */
  readonly orphaned: readonly string[];
}
