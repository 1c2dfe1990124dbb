import type { KubeError } from '../kube/errors.ts';
import type { Resource } from '../kube/resources.ts';
import type { Unreadable } from '../mesh/view.ts';
import { missing } from './subjects.ts';

/** Collects what could not be read; the list is a new one only when it has changed. */
export class UnreadableParts {
  readonly #parts = new Map<string, Unreadable>();
  #list: readonly Unreadable[] = [];

  add(resource: Resource, namespace: string, error: KubeError): void {
    this.put(`${resource.plural}/${namespace}`, { what: missing(resource, namespace), why: error.message });
  }

  put(key: string, part: Unreadable): void {
    const known = this.#parts.get(key);
    if (known?.what === part.what && known.why === part.why) {
      return;
    }
    this.#parts.set(key, part);
    this.#list = [...this.#parts.values()];
  }

  remove(key: string): void {
    if (this.#parts.delete(key)) {
      this.#list = [...this.#parts.values()];
    }
  }

  list(): readonly Unreadable[] {
    return this.#list;
  }
}
