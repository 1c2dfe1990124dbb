import { INJECTOR_WEBHOOK_CONFIGURATION } from '../data/linkerd.ts';
import type {
  Change,
  ConfigMapRecord,
  KubeRecord,
  NamespaceRecord,
  PodDisruptionBudgetRecord,
  PodRecord,
  RecordKind,
  WebhookConfigurationRecord,
  WorkloadKind,
  WorkloadRecord,
} from '../kube/records.ts';
import { Census, createShapeReader, podFacts, type ShapeReader } from './census.ts';
import { NamespaceEntry, ownerOfRecord, type PodEntry, type WorkloadEntry } from './entities.ts';
import { OwnerLinks } from './owner-links.ts';
import { linkUid, ownerOf } from './owners.ts';
import { selects } from './selectors.ts';
import { byText } from './words.ts';

type DeleteChange = Extract<Change, { type: 'delete' }>;

/**
 * The cluster as the changes have told it, with indexes and running counts. One change costs constant time, but
 * for those that concern a namespace, which touch its workloads, and late owner links, which touch their pods.
 */
export class ClusterState {
  /** Grows with every change that was taken in. */
  revision = 0;
  readonly namespaces: Map<string, NamespaceEntry> = new Map();
  readonly census: Census = new Census();
  /** Workloads and namespaces with at least one live proxy. */
  meshedWorkloads = 0;
  meshedNamespaces = 0;
  webhook: WebhookConfigurationRecord | undefined;
  readonly readShape: ShapeReader = createShapeReader();

  /** What has to be shown anew. */
  readonly dirtyWorkloads: Set<WorkloadEntry> = new Set();
  readonly dirtyNamespaces: Set<NamespaceEntry> = new Set();
  /** Pods that went from one workload to another, ever. */
  regrouped = 0;

  private readonly links = new OwnerLinks();
  private readonly configMaps = new Map<string, ConfigMapRecord>();
  private readonly listed = new Set<string>();
  private readonly isCounted: (pod: PodRecord) => boolean;
  private sorted: readonly NamespaceEntry[] | undefined;

  constructor(isCounted: (pod: PodRecord) => boolean) {
    this.isCounted = isCounted;
  }

  apply(change: Change): void {
    const taken = change.type === 'upsert' ? this.upsert(change.record) : this.delete(change);
    if (taken) this.revision += 1;
  }

  /** Says whether all objects of a kind have been read, of one namespace or of all ('')… */
  markListed(kind: RecordKind, listed: boolean, namespace: string): void {
    const key = listKey(kind, namespace);
    if (listed === this.listed.has(key)) return;
    if (listed) this.listed.add(key);
    else this.listed.delete(key);
    this.revision += 1;
  }

  /** …so that an absent one does not exist. */
  isListed(kind: RecordKind, namespace = ''): boolean {
    return this.listed.has(listKey(kind, '')) || this.listed.has(listKey(kind, namespace));
  }

  configMap(namespace: string, name: string): ConfigMapRecord | undefined {
    return this.configMaps.get(`${namespace}/${name}`);
  }

  find(key: { namespace: string; kind: string; name: string }): WorkloadEntry | undefined {
    return this.namespaces.get(key.namespace)?.find(key.kind, key.name);
  }

  namespacesInOrder(): readonly NamespaceEntry[] {
    this.sorted ??= [...this.namespaces.values()].sort((a, b) => byText(a.name, b.name));
    return this.sorted;
  }

  private upsert(record: KubeRecord): boolean {
    switch (record.kind) {
      case 'Pod':
        this.upsertPod(record);
        return true;
      case 'Namespace':
        this.upsertNamespace(record);
        return true;
      case 'Deployment':
      case 'StatefulSet':
      case 'DaemonSet':
      case 'Rollout':
        this.upsertWorkload(record);
        return true;
      case 'ReplicaSet':
      case 'Job':
        this.regroupAll(this.links.upsert(record));
        return true;
      case 'ConfigMap':
        this.configMaps.set(`${record.namespace}/${record.name}`, record);
        return true;
      case 'PodDisruptionBudget':
        this.upsertBudget(record);
        return true;
      case 'MutatingWebhookConfiguration':
        if (record.name !== INJECTOR_WEBHOOK_CONFIGURATION) return false;
        this.webhook = record;
        return true;
    }
  }

  /** A delete counts only for the object it names: another of the same name may have taken its place. */
  private delete(change: DeleteChange): boolean {
    switch (change.kind) {
      case 'Pod':
        return this.deletePod(change);
      case 'Namespace':
        return this.deleteNamespace(change);
      case 'Deployment':
      case 'StatefulSet':
      case 'DaemonSet':
      case 'Rollout':
        return this.deleteWorkload(change.kind, change);
      case 'ReplicaSet':
      case 'Job': {
        const pods = this.links.delete(change.uid);
        this.regroupAll(pods ?? new Set());
        return pods !== undefined;
      }
      case 'ConfigMap': {
        const key = `${change.namespace}/${change.name}`;
        return this.configMaps.get(key)?.uid === change.uid && this.configMaps.delete(key);
      }
      case 'PodDisruptionBudget':
        return this.deleteBudget(change);
      case 'MutatingWebhookConfiguration':
        if (this.webhook?.uid !== change.uid) return false;
        this.webhook = undefined;
        return true;
    }
  }

  private upsertPod(record: PodRecord): void {
    const namespace = this.namespace(record.namespace);
    const known = namespace.pods.get(record.name);
    if (known) this.updatePod(known, record);
    else this.addPod(namespace, record);
  }

  private updatePod(known: PodEntry, record: PodRecord): void {
    if (linkUid(known.record) !== linkUid(record)) {
      this.links.detach(known, linkUid(known.record));
      this.links.attach(known, linkUid(record));
    }
    const facts = podFacts(record, this.readShape);
    const before = known.facts;
    // A name may come back with another uid, as those of a StatefulSet do.
    const counted = known.record.uid === record.uid ? known.counted : this.isCounted(record);
    known.record = record;
    const same = facts.life === before.life && facts.ready === before.ready && facts.shape === before.shape;
    if (!same || counted !== known.counted) {
      this.discount(known);
      known.facts = facts;
      known.counted = counted;
      this.count(known);
    }
    this.regroup(known);
    this.touch(known.workload);
  }

  private addPod(namespace: NamespaceEntry, record: PodRecord): void {
    const workload = namespace.workloadOf(ownerOf(record, this.links.of(record)));
    const entry: PodEntry = {
      record,
      facts: podFacts(record, this.readShape),
      counted: this.isCounted(record),
      workload,
    };
    namespace.pods.set(record.name, entry);
    workload.pods.add(entry);
    this.links.attach(entry, linkUid(record));
    this.count(entry);
    this.touch(workload);
  }

  private deletePod({ namespace: name, name: podName, uid }: DeleteChange): boolean {
    const namespace = this.namespaces.get(name);
    const entry = namespace?.pods.get(podName);
    if (!namespace || entry?.record.uid !== uid) return false;
    namespace.pods.delete(podName);
    this.links.detach(entry, linkUid(entry.record));
    this.discount(entry);
    entry.workload.pods.delete(entry);
    this.touch(entry.workload);
    this.forgetIfEmpty(entry.workload);
    return true;
  }

  private count(entry: PodEntry): void {
    if (!entry.counted) return;
    const { workload, facts } = entry;
    const { namespace } = workload;
    if (facts.shape && workload.census.proxies === 0) this.meshedWorkloads += 1;
    if (facts.shape && namespace.census.proxies === 0) this.meshedNamespaces += 1;
    workload.census.add(facts);
    namespace.census.add(facts);
    this.census.add(facts);
  }

  private discount(entry: PodEntry): void {
    if (!entry.counted) return;
    const { workload, facts } = entry;
    const { namespace } = workload;
    workload.census.remove(facts);
    namespace.census.remove(facts);
    this.census.remove(facts);
    if (facts.shape && workload.census.proxies === 0) this.meshedWorkloads -= 1;
    if (facts.shape && namespace.census.proxies === 0) this.meshedNamespaces -= 1;
  }

  /** Puts a pod with the workload that it belongs to by what is known now. */
  private regroup(entry: PodEntry): void {
    const from = entry.workload;
    const to = from.namespace.workloadOf(ownerOf(entry.record, this.links.of(entry.record)));
    if (to === from) return;
    this.discount(entry);
    from.pods.delete(entry);
    entry.workload = to;
    to.pods.add(entry);
    this.count(entry);
    this.regrouped += 1;
    this.touch(from);
    this.touch(to);
    this.forgetIfEmpty(from);
  }

  private upsertWorkload(record: WorkloadRecord): void {
    const workload = this.namespace(record.namespace).workloadOf(ownerOfRecord(record));
    workload.record = record;
    this.touch(workload);
  }

  private deleteWorkload(kind: WorkloadKind, { namespace, name, uid }: DeleteChange): boolean {
    const workload = this.namespaces.get(namespace)?.find(kind, name);
    if (workload?.record?.uid !== uid) return false;
    workload.record = undefined;
    this.touch(workload);
    this.forgetIfEmpty(workload);
    return true;
  }

  private upsertNamespace(record: NamespaceRecord): void {
    const namespace = this.namespace(record.name);
    namespace.record = record;
    this.touchAll(namespace);
  }

  private deleteNamespace({ name, uid }: DeleteChange): boolean {
    const namespace = this.namespaces.get(name);
    if (namespace?.record?.uid !== uid) return false;
    namespace.record = undefined;
    this.touchAll(namespace);
    this.forgetNamespaceIfEmpty(namespace);
    return true;
  }

  private upsertBudget(record: PodDisruptionBudgetRecord): void {
    const namespace = this.namespace(record.namespace);
    const before = namespace.budgets.get(record.name);
    namespace.budgets.set(record.name, record);
    this.touchSelected(namespace, [record, before]);
  }

  private deleteBudget({ namespace: name, name: budgetName, uid }: DeleteChange): boolean {
    const namespace = this.namespaces.get(name);
    const budget = namespace?.budgets.get(budgetName);
    if (!namespace || budget?.uid !== uid) return false;
    namespace.budgets.delete(budgetName);
    this.touchSelected(namespace, [budget]);
    this.forgetNamespaceIfEmpty(namespace);
    return true;
  }

  private regroupAll(pods: ReadonlySet<PodEntry>): void {
    for (const pod of pods) this.regroup(pod);
  }

  private namespace(name: string): NamespaceEntry {
    const known = this.namespaces.get(name);
    if (known) return known;
    const namespace = new NamespaceEntry(name);
    this.namespaces.set(name, namespace);
    this.sorted = undefined;
    this.dirtyNamespaces.add(namespace);
    return namespace;
  }

  private touch(workload: WorkloadEntry): void {
    this.dirtyWorkloads.add(workload);
    this.dirtyNamespaces.add(workload.namespace);
  }

  private touchAll(namespace: NamespaceEntry): void {
    this.dirtyNamespaces.add(namespace);
    for (const workload of namespace.workloadsInOrder()) this.dirtyWorkloads.add(workload);
  }

  /** Budgets change with every pod of theirs, so only what they select is shown anew. */
  private touchSelected(
    namespace: NamespaceEntry,
    budgets: readonly (PodDisruptionBudgetRecord | undefined)[],
  ): void {
    for (const workload of namespace.workloadsInOrder()) {
      const labels = workload.record?.template.labels;
      if (labels && budgets.some((budget) => budget && selects(budget.selector, labels)))
        this.touch(workload);
    }
  }

  private forgetIfEmpty(workload: WorkloadEntry): void {
    if (!workload.isEmpty()) return;
    const { namespace } = workload;
    namespace.forget(workload);
    namespace.countEffect(workload, undefined);
    this.dirtyWorkloads.delete(workload);
    this.dirtyNamespaces.add(namespace);
    this.forgetNamespaceIfEmpty(namespace);
  }

  private forgetNamespaceIfEmpty(namespace: NamespaceEntry): void {
    if (!namespace.isEmpty()) return;
    this.namespaces.delete(namespace.name);
    this.dirtyNamespaces.delete(namespace);
    this.sorted = undefined;
  }
}

function listKey(kind: RecordKind, namespace: string): string {
  return `${kind}/${namespace}`;
}
