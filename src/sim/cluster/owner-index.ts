import type { KubeObject, ObjectStore } from '../types.ts';
import { isKind, type Kind, type KindMap, type Meta } from './objects.ts';

/** Finds what an owner owns without looking through the cluster. */
export class OwnerIndex {
  readonly #byOwner = new Map<string, Map<string, KubeObject>>();

  /** Follows the store; what is in it already is taken in first. */
  constructor(store: ObjectStore, present: Iterable<KubeObject>) {
    for (const object of present) this.#add(object);
    store.subscribe(({ type, object, previous }) => {
      if (type === 'DELETED') this.#remove(object);
      else {
        if (previous !== undefined && previous.metadata.ownerReferences !== object.metadata.ownerReferences) {
          this.#remove(previous);
        }
        this.#add(object);
      }
    });
  }

  /** Objects of a kind owned by the uid, in the order of their creation. */
  owned<K extends Kind>(uid: string | undefined, kind: K): KindMap[K][] {
    const found: KindMap[K][] = [];
    for (const object of this.all(uid)) if (isKind(object, kind)) found.push(object);
    return found;
  }

  /** Everything owned by the uid. */
  all(uid: string | undefined): Iterable<KubeObject> {
    return (uid === undefined ? undefined : this.#byOwner.get(uid)?.values()) ?? [];
  }

  #add(object: KubeObject): void {
    for (const owner of ownersOf(object)) {
      let owned = this.#byOwner.get(owner);
      if (owned === undefined) {
        owned = new Map();
        this.#byOwner.set(owner, owned);
      }
      owned.set(uidOf(object), object);
    }
  }

  #remove(object: KubeObject): void {
    for (const owner of ownersOf(object)) {
      const owned = this.#byOwner.get(owner);
      owned?.delete(uidOf(object));
      if (owned?.size === 0) this.#byOwner.delete(owner);
    }
  }
}

function ownersOf(object: KubeObject): readonly string[] {
  const metadata: Meta = object.metadata;
  return metadata.ownerReferences?.map(({ uid }) => uid) ?? [];
}

function uidOf(object: KubeObject): string {
  return object.metadata.uid ?? '';
}
