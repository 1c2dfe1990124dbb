import type { Change, PodRecord, RecordKind, WorkloadRecord } from '../kube/records.ts';
import { ClusterState } from './cluster-state.ts';
import { ControlPlaneFollower } from './control-plane-follower.ts';
import type { NamespaceEntry, NamespacePicture, WorkloadPicture } from './entities.ts';
import { createMeshView } from './mesh-view.ts';
import { isCounted, namespaceView, podView, workloadView } from './picture.ts';
import { reuse } from './share.ts';
import { createJudge, type Judge, tallyOf } from './tally.ts';
import type { ControlPlaneView, MeshView, PodView, TotalsView, WorkloadKey } from './view.ts';
import { byText } from './words.ts';

export interface MeshModelOptions {
  /** Namespace of the control plane; without it the injector's webhook tells, else `linkerd` is taken. */
  readonly controlPlaneNamespace?: string;
  /**
   * Which pods appear in tallies; all when absent. The others still tell the state of the control plane. The answer
   * for a uid must not change.
   */
  readonly isCounted?: (pod: PodRecord) => boolean;
}

/** How much has been computed since the model was made: for tests and for whoever wonders where time goes. */
export interface ModelWork {
  readonly workloads: number;
  readonly namespaces: number;
  readonly regrouped: number;
}

/**
 * The live picture of a mesh. Changes go in one by one at constant cost; `view` shows what they add up to and
 * computes only what has changed since the last call.
 */
export interface MeshModel {
  apply(change: Change): void;
  applyAll(changes: Iterable<Change>): void;
  /**
   * Says that every object of a kind, in the whole cluster or in one namespace, has been read, so that one that is
   * absent does not exist (a webhook, a namespace, an injector's pod), or that this is not so any more. Until then
   * an absent object counts as not read.
   */
  markListed(kind: RecordKind, listed?: boolean, namespace?: string): void;
  /** The mesh as it stands; the same object until a change has been applied. */
  view(): MeshView;
  /** The record behind a workload, as it stands now. */
  workload(key: WorkloadKey): WorkloadRecord | undefined;
  /** The records of a workload's pods as they stand now, in no order. */
  pods(key: WorkloadKey): readonly PodRecord[];
  readonly work: ModelWork;
}

/** An empty model. */
export function createMeshModel(options: MeshModelOptions = {}): MeshModel {
  return new Model(options);
}

class Model implements MeshModel {
  private readonly state: ClusterState;
  private readonly follower: ControlPlaneFollower;
  private judge: Judge | undefined;
  private totals: TotalsView | undefined;
  private shown: MeshView | undefined;
  private refreshedWorkloads = 0;
  private refreshedNamespaces = 0;

  constructor(options: MeshModelOptions) {
    this.state = new ClusterState(options.isCounted ?? (() => true));
    this.follower = new ControlPlaneFollower(this.state, options.controlPlaneNamespace ?? '');
  }

  apply(change: Change): void {
    this.state.apply(change);
  }

  applyAll(changes: Iterable<Change>): void {
    for (const change of changes) this.state.apply(change);
  }

  markListed(kind: RecordKind, listed = true, namespace = ''): void {
    this.state.markListed(kind, listed, namespace);
  }

  workload(key: WorkloadKey): WorkloadRecord | undefined {
    return this.state.find(key)?.record;
  }

  pods(key: WorkloadKey): readonly PodRecord[] {
    return Array.from(this.state.find(key)?.pods ?? [], (pod) => pod.record);
  }

  get work(): ModelWork {
    return {
      workloads: this.refreshedWorkloads,
      namespaces: this.refreshedNamespaces,
      regrouped: this.state.regrouped,
    };
  }

  view(): MeshView {
    if (this.shown?.revision === this.state.revision) return this.shown;
    const { judge, controlPlane } = this.refreshControlPlane();
    this.refreshWorkloads(judge);
    this.refreshNamespaces(judge);
    this.totals = reuse(this.totals, this.sum(judge));
    const pictures = this.state.namespacesInOrder().flatMap(({ picture }) => (picture ? [picture] : []));
    const namespaces = pictures.map((picture) => picture.view);
    this.shown = createMeshView({
      revision: this.state.revision,
      controlPlane,
      context: judge.context,
      totals: this.totals,
      pictures,
      namespaces: keepList(this.shown?.namespaces, namespaces),
      showPods: (picture) => this.showPods(picture, judge),
    });
    return this.shown;
  }

  private sum(judge: Judge): TotalsView {
    const { census, meshedNamespaces, meshedWorkloads } = this.state;
    return {
      ...tallyOf(census.shapes, judge),
      namespaces: meshedNamespaces,
      workloads: meshedWorkloads,
      pods: census.pods(),
    };
  }

  /** Describes the control plane anew; when what decides over workloads has changed, all are shown anew. */
  private refreshControlPlane(): { judge: Judge; controlPlane: ControlPlaneView } {
    const { context, view } = this.follower.read();
    if (this.judge?.context === context) return { judge: this.judge, controlPlane: view };
    this.touchEverything();
    this.judge = createJudge(context);
    return { judge: this.judge, controlPlane: view };
  }

  private touchEverything(): void {
    for (const namespace of this.state.namespaces.values()) {
      this.state.dirtyNamespaces.add(namespace);
      for (const workload of namespace.workloadsInOrder()) this.state.dirtyWorkloads.add(workload);
    }
  }

  private refreshWorkloads(judge: Judge): void {
    for (const workload of this.state.dirtyWorkloads) {
      this.refreshedWorkloads += 1;
      const before = workload.picture;
      const view = reuse(before?.view, workloadView(workload, judge));
      const records = Array.from(workload.pods, (pod) => pod.record);
      workload.picture = {
        view,
        record: workload.record,
        records,
        pods: undefined,
        earlierPods: before?.pods ?? before?.earlierPods,
      };
      workload.namespace.countEffect(workload, isCounted(workload) ? view.effect.kind : undefined);
    }
    this.state.dirtyWorkloads.clear();
  }

  private refreshNamespaces(judge: Judge): void {
    for (const namespace of this.state.dirtyNamespaces) {
      this.refreshedNamespaces += 1;
      namespace.picture = this.showNamespace(namespace, judge);
    }
    this.state.dirtyNamespaces.clear();
  }

  private showNamespace(namespace: NamespaceEntry, judge: Judge): NamespacePicture {
    const pictures = namespace.workloadsInOrder().flatMap(({ picture }) => (picture ? [picture] : []));
    const workloads = pictures.map((picture) => picture.view);
    return {
      view: reuse(namespace.picture?.view, namespaceView(namespace, judge)),
      record: namespace.record,
      workloads: keepList(namespace.picture?.workloads, workloads),
      pictures,
    };
  }

  private showPods({ records, earlierPods }: WorkloadPicture, judge: Judge): readonly PodView[] {
    const earlier = new Map((earlierPods ?? []).map((pod) => [pod.uid, pod]));
    const pods = [...records]
      .sort((a, b) => byText(a.name, b.name))
      .map((record) => reuse(earlier.get(record.uid), podView(record, this.state.readShape, judge)));
    return keepList(earlierPods, pods);
  }
}

/** The earlier list where the new one holds the very same items. */
function keepList<T>(earlier: readonly T[] | undefined, list: readonly T[]): readonly T[] {
  const same = earlier?.length === list.length && list.every((item, index) => item === earlier[index]);
  return same ? earlier : list;
}
