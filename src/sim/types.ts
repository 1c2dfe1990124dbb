/**
 * Vocabulary of the simulated cluster. Objects are plain JSON as an API server would answer them;
 * they are never changed in place: whoever changes one stores a new object.
 */

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
export type JsonObject = { readonly [key: string]: Json };

export interface ObjectMeta {
  readonly name: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly [field: string]: Json | undefined;
}

export interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ObjectMeta;
  readonly [field: string]: unknown;
}

/** A resource that the simulated API server serves, for example apps/v1 deployments. */
export interface ResourceType {
  /** '' for the core group. */
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly singular: string;
  readonly kind: string;
  readonly namespaced: boolean;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly verbs: readonly string[];
  readonly subresources: readonly string[];
  /** A custom resource: JSON only, 406 for protobuf. */
  readonly custom: boolean;
}

export interface StoreEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly resource: ResourceType;
  /** For DELETED the last state with the deletion's own resourceVersion. */
  readonly object: KubeObject;
  readonly previous: KubeObject | undefined;
  readonly revision: number;
}

/** The cluster's state: one revision counter for all resources, a bounded history for watches. */
export interface ObjectStore {
  readonly revision: number;
  get(resource: ResourceType, namespace: string, name: string): KubeObject | undefined;
  /** In the order of the key `namespace/name` as one string; namespace '' means all. */
  list(resource: ResourceType, namespace: string): readonly KubeObject[];
  /** Assigns uid, creationTimestamp (unless present), resourceVersion and generation 1. Throws on an existing name. */
  create(resource: ResourceType, object: KubeObject): KubeObject;
  /** Stores the object under a new resourceVersion; generation grows when `spec` differs. A no-op keeps the version. */
  update(resource: ResourceType, object: KubeObject): KubeObject;
  delete(resource: ResourceType, namespace: string, name: string): KubeObject | undefined;
  /** Called synchronously after each change, in order. Returns the way to stop. */
  subscribe(listener: (event: StoreEvent) => void): () => void;
  /** Events of one resource after `revision`, or undefined when the history no longer reaches back so far. */
  eventsSince(resource: ResourceType, revision: number): readonly StoreEvent[] | undefined;
}

/** Time as the simulation sees it, so that tests can run it fast. */
export interface SimClock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Runs `action` after `ms` of simulated time; returns the way to cancel it. */
  after(ms: number, action: () => void): () => void;
}

/** Mutating admission of the simulation: the injector. Returns the pod as it will be stored, or throws an AdmissionError. */
export type PodAdmission = (
  pod: KubeObject,
  namespace: KubeObject | undefined,
  dryRun: boolean,
) => KubeObject;
