/** Pod, after kubernetes/api `core/v1/generated.proto`: about a twentieth of its bytes is looked at. */

import { annotation, label } from '../../data/linkerd.ts';
import { DecodeError } from '../decode-error.ts';
import type { ContainerState, Owner, PodContainer, PodRecord } from '../records.ts';
import type { Cursor } from './cursor.ts';
import { Meta, type MetaSink } from './meta.ts';

/** A container while its spec and its status are being put together. */
class Draft {
  name = '';
  image = '';
  init = false;
  sidecar = false;
  ready = false;
  started = false;
  restarts = 0;
  state: ContainerState = 'unknown';
  reason = '';
  message = '';
  exitCode = 0;
  signal = 0;

  reset(init: boolean): void {
    this.name = '';
    this.image = '';
    this.init = init;
    this.sidecar = false;
    this.ready = false;
    this.started = false;
    this.restarts = 0;
    this.state = 'unknown';
    this.reason = '';
    this.message = '';
    this.exitCode = 0;
    this.signal = 0;
  }

  /** Copies what a container's status says. */
  takeStatus(status: Draft): void {
    this.ready = status.ready;
    this.started = status.started;
    this.restarts = status.restarts;
    this.state = status.state;
    this.reason = status.reason;
    this.message = status.message;
    this.exitCode = status.exitCode;
    this.signal = status.signal;
  }

  matches(container: PodContainer): boolean {
    return (
      container.name === this.name &&
      container.image === this.image &&
      container.init === this.init &&
      container.sidecar === this.sidecar &&
      container.ready === this.ready &&
      container.started === this.started &&
      container.restarts === this.restarts &&
      container.state === this.state &&
      container.reason === this.reason &&
      container.message === this.message &&
      container.exitCode === this.exitCode &&
      container.signal === this.signal
    );
  }

  toContainer(): PodContainer {
    return {
      name: this.name,
      image: this.image,
      init: this.init,
      sidecar: this.sidecar,
      ready: this.ready,
      started: this.started,
      restarts: this.restarts,
      state: this.state,
      reason: this.reason,
      message: this.message,
      exitCode: this.exitCode,
      signal: this.signal,
    };
  }
}

/** What pods of one owner share: the reference itself and, mostly, the state of their containers. */
interface Siblings {
  readonly owner: Owner;
  containers: readonly PodContainer[];
}

/** Owners remembered at a time; beyond that the memory starts again from nothing. */
const MAX_OWNERS = 4_096;

/** Reads pods. Keeps scratch memory and shares equal parts between records, so use one for many pods. */
export class PodDecoder implements MetaSink {
  readonly #meta = new Meta();
  readonly #drafts: Draft[] = [];
  readonly #status = new Draft();
  #draftCount = 0;
  readonly #siblings = new Map<string, Siblings>();

  #controlPlaneNamespace = '';
  #controlPlaneComponent = '';
  #templateHash = '';
  #proxyVersion = '';
  #createdBy = '';
  #trustRootSha256 = '';
  #restartedAt = '';

  #nodeName = '';
  #phase = '';
  #reason = '';
  #message = '';
  #ready = false;
  #unschedulable = '';

  /** The Pod message that `cursor` has been set on. Throws a {@link DecodeError} when it is not one. */
  decode(cursor: Cursor): PodRecord {
    this.#reset();
    const start = cursor.position;
    let hasMeta = false;
    for (let field = cursor.next(); field !== 0; field = cursor.next()) {
      if (field === 1) {
        hasMeta = true;
        this.#meta.read(cursor, this);
      } else if (field === 2) {
        this.#readSpec(cursor);
      } else {
        cursor.skip();
      }
    }
    // The status belongs to containers of the spec, so it is read when they are known, in whatever order
    // the two were written.
    cursor.position = start;
    for (let field = cursor.next(); field !== 0; field = cursor.next()) {
      if (field === 3) this.#readStatus(cursor);
      else cursor.skip();
    }
    if (!hasMeta) throw new DecodeError('Pod without metadata');
    this.#meta.check('Pod');
    return this.#record();
  }

  label(cursor: Cursor): void {
    switch (cursor.entry()) {
      case label.controlPlaneNamespace:
        this.#controlPlaneNamespace = cursor.entryValue();
        break;
      case label.controlPlaneComponent:
        this.#controlPlaneComponent = cursor.entryValue();
        break;
      case label.podTemplateHash:
        this.#templateHash = cursor.entryValue();
        break;
    }
  }

  annotation(cursor: Cursor): void {
    switch (cursor.entry()) {
      case annotation.proxyVersion:
        this.#proxyVersion = cursor.entryValue();
        break;
      case annotation.createdBy:
        this.#createdBy = cursor.entryValue();
        break;
      case annotation.trustRootSha256:
        this.#trustRootSha256 = cursor.entryValue();
        break;
      case annotation.restartedAt:
        this.#restartedAt = cursor.entryValue();
        break;
    }
  }

  #reset(): void {
    this.#draftCount = 0;
    this.#controlPlaneNamespace = '';
    this.#controlPlaneComponent = '';
    this.#templateHash = '';
    this.#proxyVersion = '';
    this.#createdBy = '';
    this.#trustRootSha256 = '';
    this.#restartedAt = '';
    this.#nodeName = '';
    this.#phase = '';
    this.#reason = '';
    this.#message = '';
    this.#ready = false;
    this.#unschedulable = '';
  }

  #record(): PodRecord {
    const meta = this.#meta;
    const siblings = this.#siblingsOf(meta.owner);
    const containers = this.#containers(siblings?.containers);
    if (siblings !== undefined) siblings.containers = containers;
    return {
      kind: 'Pod',
      namespace: meta.namespace,
      name: meta.name,
      uid: meta.uid,
      resourceVersion: meta.resourceVersion,
      createdAt: meta.createdAt,
      deletedAt: meta.deletedAt,
      owner: siblings?.owner,
      controlPlaneNamespace: this.#controlPlaneNamespace,
      controlPlaneComponent: this.#controlPlaneComponent,
      templateHash: this.#templateHash,
      proxyVersion: this.#proxyVersion,
      createdBy: this.#createdBy,
      trustRootSha256: this.#trustRootSha256,
      restartedAt: this.#restartedAt,
      nodeName: this.#nodeName,
      phase: this.#phase,
      reason: this.#reason,
      message: this.#message,
      ready: this.#ready,
      unschedulable: this.#unschedulable,
      containers,
    };
  }

  #siblingsOf(owner: Owner | undefined): Siblings | undefined {
    if (owner === undefined) return undefined;
    const known = this.#siblings.get(owner.uid);
    if (known !== undefined && known.owner.name === owner.name && known.owner.kind === owner.kind)
      return known;
    if (this.#siblings.size >= MAX_OWNERS) this.#siblings.clear();
    const siblings: Siblings = { owner, containers: [] };
    this.#siblings.set(owner.uid, siblings);
    return siblings;
  }

  /** Init containers first; the very array of a sibling when it says the same. */
  #containers(sibling: readonly PodContainer[] | undefined): readonly PodContainer[] {
    if (sibling !== undefined && this.#sameAs(sibling)) return sibling;
    const containers: PodContainer[] = [];
    for (const init of [true, false]) {
      for (let index = 0; index < this.#draftCount; index++) {
        const draft = this.#drafts[index];
        if (draft?.init === init) containers.push(draft.toContainer());
      }
    }
    return containers;
  }

  #sameAs(sibling: readonly PodContainer[]): boolean {
    if (sibling.length !== this.#draftCount) return false;
    let at = 0;
    for (const init of [true, false]) {
      for (let index = 0; index < this.#draftCount; index++) {
        const draft = this.#drafts[index];
        if (draft?.init !== init) continue;
        const container = sibling[at++];
        if (container === undefined || !draft.matches(container)) return false;
      }
    }
    return true;
  }

  #readSpec(cursor: Cursor): void {
    const outer = cursor.enter();
    for (let field = cursor.next(); field !== 0; field = cursor.next()) {
      switch (field) {
        case 2:
          this.#readContainer(cursor, false);
          break;
        case 10:
          this.#nodeName = cursor.pooled();
          break;
        case 20:
          this.#readContainer(cursor, true);
          break;
        default:
          cursor.skip();
      }
    }
    cursor.leave(outer);
  }

  #readContainer(cursor: Cursor, init: boolean): void {
    const draft = this.#newDraft(init);
    const outer = cursor.enter();
    for (let field = cursor.next(); field !== 0; field = cursor.next()) {
      switch (field) {
        case 1:
          draft.name = cursor.pooled();
          break;
        case 2:
          draft.image = cursor.pooled();
          break;
        case 24:
          draft.sidecar = init && cursor.pooled() === 'Always';
          break;
        default:
          cursor.skip();
      }
    }
    cursor.leave(outer);
  }

  #newDraft(init: boolean): Draft {
    const draft = this.#drafts[this.#draftCount] ?? new Draft();
    this.#drafts[this.#draftCount] = draft;
    this.#draftCount++;
    draft.reset(init);
    return draft;
  }

  #readStatus(cursor: Cursor): void {
    const outer = cursor.enter();
    for (let field = cursor.next(); field !== 0; field = cursor.next()) {
      switch (field) {
        case 1:
          this.#phase = cursor.pooled();
          break;
        case 2:
          this.#readCondition(cursor);
          break;
        case 3:
          this.#message = cursor.message();
          break;
        case 4:
          this.#reason = cursor.pooled();
          break;
        case 8:
          this.#readContainerStatus(cursor, false);
          break;
        case 10:
          this.#readContainerStatus(cursor, true);
          break;
        default:
          cursor.skip();
      }
    }
    cursor.leave(outer);
  }

  #readCondition(cursor: Cursor): void {
    const outer = cursor.enter();
    let type = '';
    let status = '';
    let message = '';
    for (let field = cursor.next(); field !== 0; field = cursor.next()) {
      switch (field) {
        case 1:
          type = cursor.pooled();
          break;
        case 2:
          status = cursor.pooled();
          break;
        case 6:
          message = cursor.message();
          break;
        default:
          cursor.skip();
      }
    }
    cursor.leave(outer);
    if (type === 'Ready') this.#ready = status === 'True';
    else if (type === 'PodScheduled') this.#unschedulable = status === 'False' ? message : '';
  }

  #readContainerStatus(cursor: Cursor, init: boolean): void {
    const status = this.#status;
    status.reset(init);
    const outer = cursor.enter();
    for (let field = cursor.next(); field !== 0; field = cursor.next()) {
      readStatusField(cursor, field, status);
    }
    cursor.leave(outer);
    this.#draftNamed(status.name, init)?.takeStatus(status);
  }

  #draftNamed(name: string, init: boolean): Draft | undefined {
    for (let index = 0; index < this.#draftCount; index++) {
      const draft = this.#drafts[index];
      if (draft?.init === init && draft.name === name) return draft;
    }
    return undefined;
  }
}

function readStatusField(cursor: Cursor, field: number, draft: Draft): void {
  switch (field) {
    case 1:
      draft.name = cursor.pooled();
      break;
    case 2:
      readState(cursor, draft);
      break;
    case 4:
      draft.ready = cursor.boolean();
      break;
    case 5:
      draft.restarts = cursor.number();
      break;
    case 9:
      draft.started = cursor.boolean();
      break;
    default:
      cursor.skip();
  }
}

function readState(cursor: Cursor, draft: Draft): void {
  const outer = cursor.enter();
  for (let field = cursor.next(); field !== 0; field = cursor.next()) {
    switch (field) {
      case 1:
        draft.state = 'waiting';
        readWaiting(cursor, draft);
        break;
      case 2:
        draft.state = 'running';
        cursor.skip();
        break;
      case 3:
        draft.state = 'terminated';
        readTerminated(cursor, draft);
        break;
      default:
        cursor.skip();
    }
  }
  cursor.leave(outer);
}

function readWaiting(cursor: Cursor, draft: Draft): void {
  const outer = cursor.enter();
  for (let field = cursor.next(); field !== 0; field = cursor.next()) {
    if (field === 1) draft.reason = cursor.pooled();
    else if (field === 2) draft.message = cursor.message();
    else cursor.skip();
  }
  cursor.leave(outer);
}

function readTerminated(cursor: Cursor, draft: Draft): void {
  const outer = cursor.enter();
  for (let field = cursor.next(); field !== 0; field = cursor.next()) {
    switch (field) {
      case 1:
        draft.exitCode = cursor.number();
        break;
      case 2:
        draft.signal = cursor.number();
        break;
      case 3:
        draft.reason = cursor.pooled();
        break;
      case 4:
        draft.message = cursor.message();
        break;
      default:
        cursor.skip();
    }
  }
  cursor.leave(outer);
}
