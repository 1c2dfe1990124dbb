import type { MeshContext } from './context.ts';
import { byKindAndName, type NamespacePicture, type WorkloadPicture } from './entities.ts';
import type {
  ControlPlaneView,
  MeshView,
  NamespaceView,
  PodView,
  TotalsView,
  WorkloadKey,
  WorkloadView,
} from './view.ts';
import { byText } from './words.ts';

export interface MeshParts {
  readonly revision: number;
  readonly controlPlane: ControlPlaneView;
  readonly context: MeshContext;
  readonly totals: TotalsView;
  /** In order of name. */
  readonly pictures: readonly NamespacePicture[];
  /** The views of `pictures`, in the same order. */
  readonly namespaces: readonly NamespaceView[];
  /** Makes the pods of one workload, in order of name. Called once a workload and revision. */
  readonly showPods: (picture: WorkloadPicture) => readonly PodView[];
}

const noWorkloads: readonly WorkloadView[] = [];
const noPods: readonly PodView[] = [];

/** The view of one revision. It keeps answering for that revision when the model has moved on. */
export function createMeshView(parts: MeshParts): MeshView {
  const { revision, controlPlane, context, totals, namespaces, pictures } = parts;
  const find = (namespace: string): NamespacePicture | undefined =>
    search(pictures, (picture) => byText(picture.view.name, namespace));
  const findWorkload = (key: WorkloadKey): WorkloadPicture | undefined =>
    search(find(key.namespace)?.pictures ?? [], ({ view }) => byKindAndName(view, key));

  return {
    revision,
    controlPlane,
    totals,
    namespaces,
    workloads: (namespace) => find(namespace)?.workloads ?? noWorkloads,
    pods(key) {
      const picture = findWorkload(key);
      if (!picture) return noPods;
      picture.pods ??= parts.showPods(picture);
      return picture.pods;
    },
    context,
    workloadRecord: (key) => findWorkload(key)?.record,
    namespaceRecord: (name) => find(name)?.record,
  };
}

/** Finds the item of an ordered list for which `compare` answers 0. */
function search<T>(items: readonly T[], compare: (item: T) => number): T | undefined {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const item = items[middle];
    if (item === undefined) return undefined;
    const order = compare(item);
    if (order === 0) return item;
    if (order < 0) low = middle + 1;
    else high = middle;
  }
  return undefined;
}
