import { annotation } from '../../data/linkerd.ts';
import type { AppsKind } from '../../kube/records.ts';

/** What a pin stands on: a Namespace, or the pod template of one workload. */
export interface PinTarget {
  readonly namespace: string;
  readonly workload?: { readonly kind: AppsKind; readonly name: string };
}

/** The annotation that pins the proxy of new pods (linkerd2 `pkg/k8s/labels.go`). */
export const PIN = annotation.pinnedProxyVersion;

/** `namespace books`, `deployment books/web`. */
export function targetName({ namespace, workload }: PinTarget): string {
  return workload ? `${workload.kind.toLowerCase()} ${namespace}/${workload.name}` : `namespace ${namespace}`;
}
