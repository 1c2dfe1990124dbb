/** How the pods of a workload fare. `container` is a container's name; without it the last (the application) is meant. */
export type PodBehaviour =
  /** Starts, becomes ready and stays so. */
  | { readonly kind: 'healthy' }
  /** As healthy, but everything takes `factor` times as long. */
  | { readonly kind: 'slow'; readonly factor: number }
  /** A container ends soon after each start. */
  | { readonly kind: 'crash-loop'; readonly container?: string; readonly reason?: 'Error' | 'OOMKilled' }
  /** An image cannot be pulled. */
  | { readonly kind: 'image-pull'; readonly container?: string }
  /** A container runs but its readiness probe fails for ever. */
  | { readonly kind: 'never-ready'; readonly container?: string }
  /** No node takes the pod. */
  | { readonly kind: 'unschedulable'; readonly message?: string }
  /** The containers end by themselves after `afterMs`, with `exitCode` (default 0). */
  | { readonly kind: 'completes'; readonly afterMs: number; readonly exitCode?: number }
  /** The node puts the pod out after `afterMs`. */
  | { readonly kind: 'evicted'; readonly afterMs: number };

/** Times of a pod's life in milliseconds. */
export interface KubeletTiming {
  /** From creation to the choice of a node. */
  readonly schedule: number;
  /** From the choice of a node to the first container. */
  readonly prepare: number;
  /** One init container. */
  readonly init: number;
  /** From the start of the containers to Ready. */
  readonly ready: number;
  /** From deletion to the end of the last container. */
  readonly terminate: number;
  /** Share by which each of these varies. */
  readonly jitter: number;
}

export const DEFAULT_TIMING: KubeletTiming = {
  schedule: 50,
  prepare: 900,
  init: 500,
  ready: 2_000,
  terminate: 1_500,
  jitter: 0.3,
};
