/** The model's own memory of a cluster: mutable, indexed, never handed out. */
import type {
  NamespaceRecord,
  PodDisruptionBudgetRecord,
  PodRecord,
  WorkloadRecord,
} from '../kube/records.ts';
import { Census, type PodFacts } from './census.ts';
import type { PodOwner } from './owners.ts';
import type { EffectKind, NamespaceView, PodView, WorkloadView } from './view.ts';
import { byText } from './words.ts';

export interface PodEntry {
  record: PodRecord;
  facts: PodFacts;
  /** It appears in tallies. */
  counted: boolean;
  workload: WorkloadEntry;
}

/** A workload as one revision shows it. `pods` holds its records, so that its pods can be shown on demand. */
export interface WorkloadPicture {
  readonly view: WorkloadView;
  readonly record: WorkloadRecord | undefined;
  readonly records: readonly PodRecord[];
  /** Made when first asked for. */
  pods: readonly PodView[] | undefined;
  /** Pods as an earlier revision showed them, to share what has not changed. */
  readonly earlierPods: readonly PodView[] | undefined;
}

/** A namespace as one revision shows it. */
export interface NamespacePicture {
  readonly view: NamespaceView;
  readonly record: NamespaceRecord | undefined;
  /** In order of kind and name. */
  readonly workloads: readonly WorkloadView[];
  readonly pictures: readonly WorkloadPicture[];
}

const readKinds: ReadonlySet<string> = new Set(['Deployment', 'StatefulSet', 'DaemonSet', 'Rollout']);

export class WorkloadEntry {
  readonly namespace: NamespaceEntry;
  readonly kind: string;
  readonly name: string;
  apiVersion: string;
  ownerUid: string;
  record: WorkloadRecord | undefined;
  readonly pods: Set<PodEntry> = new Set();
  readonly census: Census = new Census();
  picture: WorkloadPicture | undefined;
  /** The effect that the namespace's figures hold for this workload. */
  countedEffect: EffectKind | undefined;

  constructor(namespace: NamespaceEntry, owner: PodOwner) {
    this.namespace = namespace;
    this.kind = owner.kind;
    this.name = owner.name;
    this.apiVersion = owner.apiVersion;
    this.ownerUid = owner.uid;
  }

  /** Uid of the record; for owners whose records are never read, the uid that their latest pod names. */
  get uid(): string {
    if (this.record) return this.record.uid;
    return readKinds.has(this.kind) ? '' : this.ownerUid;
  }

  isEmpty(): boolean {
    return !this.record && this.pods.size === 0;
  }
}

export class NamespaceEntry {
  readonly name: string;
  record: NamespaceRecord | undefined;
  readonly pods: Map<string, PodEntry> = new Map();
  readonly budgets: Map<string, PodDisruptionBudgetRecord> = new Map();
  readonly census: Census = new Census();
  /** Effects of the workloads counted. */
  readonly effects: Map<EffectKind, number> = new Map();
  picture: NamespacePicture | undefined;
  private readonly workloads = new Map<string, WorkloadEntry>();
  private sorted: readonly WorkloadEntry[] | undefined;

  constructor(name: string) {
    this.name = name;
  }

  /** The workload of an owner, made when it is not there yet. */
  workloadOf(owner: PodOwner): WorkloadEntry {
    const key = workloadKey(owner.kind, owner.name);
    const known = this.workloads.get(key);
    if (known) {
      known.apiVersion = owner.apiVersion;
      if (owner.uid !== '') known.ownerUid = owner.uid;
      return known;
    }
    const entry = new WorkloadEntry(this, owner);
    this.workloads.set(key, entry);
    this.sorted = undefined;
    return entry;
  }

  find(kind: string, name: string): WorkloadEntry | undefined {
    return this.workloads.get(workloadKey(kind, name));
  }

  forget(workload: WorkloadEntry): void {
    this.workloads.delete(workloadKey(workload.kind, workload.name));
    this.sorted = undefined;
  }

  /** Counts a workload under its effect instead of the one it was counted under; `undefined` counts it nowhere. */
  countEffect(workload: WorkloadEntry, effect: EffectKind | undefined): void {
    const before = workload.countedEffect;
    if (before === effect) return;
    if (before) this.effects.set(before, (this.effects.get(before) ?? 0) - 1);
    if (effect) this.effects.set(effect, (this.effects.get(effect) ?? 0) + 1);
    workload.countedEffect = effect;
  }

  /** In order of kind and name. */
  workloadsInOrder(): readonly WorkloadEntry[] {
    this.sorted ??= [...this.workloads.values()].sort(byKindAndName);
    return this.sorted;
  }

  isEmpty(): boolean {
    return !this.record && this.pods.size === 0 && this.workloads.size === 0 && this.budgets.size === 0;
  }
}

function workloadKey(kind: string, name: string): string {
  return `${kind}/${name}`;
}

/** The order of workloads within a namespace. */
export function byKindAndName(
  a: { readonly kind: string; readonly name: string },
  b: { readonly kind: string; readonly name: string },
): number {
  return byText(a.kind, b.kind) || byText(a.name, b.name);
}

/** The owner that a workload's own record stands for. */
export function ownerOfRecord(record: WorkloadRecord): PodOwner {
  const apiVersion = record.kind === 'Rollout' ? 'argoproj.io/v1alpha1' : 'apps/v1';
  return { apiVersion, kind: record.kind, name: record.name, uid: record.uid };
}
