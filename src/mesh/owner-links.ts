import type { OwnerLinkRecord, PodRecord } from '../kube/records.ts';
import type { PodEntry } from './entities.ts';
import { linkUid } from './owners.ts';

interface LinkEntry {
  record: OwnerLinkRecord | undefined;
  readonly pods: Set<PodEntry>;
}

const noPods: ReadonlySet<PodEntry> = new Set();

/** ReplicaSets and Jobs by uid, each with the pods that name it, in whatever order they arrive. */
export class OwnerLinks {
  private readonly links = new Map<string, LinkEntry>();

  /** The ReplicaSet or Job that a pod names, once its record has arrived. */
  of(pod: PodRecord): OwnerLinkRecord | undefined {
    return this.links.get(linkUid(pod))?.record;
  }

  attach(entry: PodEntry, uid: string): void {
    if (uid === '') return;
    const link = this.links.get(uid) ?? { record: undefined, pods: new Set() };
    link.pods.add(entry);
    this.links.set(uid, link);
  }

  detach(entry: PodEntry, uid: string): void {
    const link = this.links.get(uid);
    link?.pods.delete(entry);
    if (link && !link.record && link.pods.size === 0) this.links.delete(uid);
  }

  /** Takes a record in. Returns the pods whose owner it may change. */
  upsert(record: OwnerLinkRecord): ReadonlySet<PodEntry> {
    const link = this.links.get(record.uid);
    if (!link) {
      this.links.set(record.uid, { record, pods: new Set() });
      return noPods;
    }
    const before = link.record;
    link.record = record;
    return before && before.owner?.uid === record.owner?.uid ? noPods : link.pods;
  }

  /** Forgets a record. Returns the pods whose owner that may change; undefined when there was none. */
  delete(uid: string): ReadonlySet<PodEntry> | undefined {
    const link = this.links.get(uid);
    if (!link?.record) return undefined;
    link.record = undefined;
    if (link.pods.size === 0) this.links.delete(uid);
    return link.pods;
  }
}
