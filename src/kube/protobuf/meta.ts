/**
 * ObjectMeta and OwnerReference, after kubernetes/apimachinery `pkg/apis/meta/v1/generated.proto`.
 * managedFields (17), most of an object's metadata, are skipped by their length.
 */

import { DecodeError } from '../decode-error.ts';
import type { Owner } from '../records.ts';
import type { Cursor } from './cursor.ts';

/** Takes the labels and annotations of an object; each call reads one map entry. */
export interface MetaSink {
  label(cursor: Cursor): void;
  annotation(cursor: Cursor): void;
}

/** For objects whose labels and annotations nobody asks for. */
export const NO_SINK: MetaSink = {
  label: (cursor) => cursor.skip(),
  annotation: (cursor) => cursor.skip(),
};

/** Fields of ObjectMeta. One instance is reused for object after object. */
export class Meta {
  namespace = '';
  name = '';
  uid = '';
  resourceVersion = '';
  generation = 0;
  createdAt = 0;
  deletedAt = 0;
  owner: Owner | undefined;

  /** Reads the ObjectMeta that the cursor stands on. */
  read(cursor: Cursor, sink: MetaSink): void {
    this.namespace = '';
    this.name = '';
    this.uid = '';
    this.resourceVersion = '';
    this.generation = 0;
    this.createdAt = 0;
    this.deletedAt = 0;
    this.owner = undefined;
    const outer = cursor.enter();
    for (let field = cursor.next(); field !== 0; field = cursor.next()) {
      switch (field) {
        case 1:
          this.name = cursor.text();
          break;
        case 3:
          this.namespace = cursor.pooled();
          break;
        case 5:
          this.uid = cursor.text();
          break;
        case 6:
          this.resourceVersion = cursor.text();
          break;
        case 7:
          this.generation = cursor.number();
          break;
        case 8:
          this.createdAt = cursor.time();
          break;
        case 9:
          this.deletedAt = cursor.time();
          break;
        case 11:
          sink.label(cursor);
          break;
        case 12:
          sink.annotation(cursor);
          break;
        case 13:
          this.owner = readController(cursor) ?? this.owner;
          break;
        default:
          cursor.skip();
      }
    }
    cursor.leave(outer);
  }

  /** Throws unless the object says what it is called. */
  check(kind: string): void {
    if (this.name === '') throw new DecodeError(`${kind} without a name`);
  }
}

/** The owner, if this reference is the controller's. */
function readController(cursor: Cursor): Owner | undefined {
  const outer = cursor.enter();
  let apiVersion = '';
  let kind = '';
  let name = '';
  let uid = '';
  let controller = false;
  for (let field = cursor.next(); field !== 0; field = cursor.next()) {
    switch (field) {
      case 1:
        kind = cursor.pooled();
        break;
      case 3:
        name = cursor.pooled();
        break;
      case 4:
        uid = cursor.pooled();
        break;
      case 5:
        apiVersion = cursor.pooled();
        break;
      case 6:
        controller = cursor.boolean();
        break;
      default:
        cursor.skip();
    }
  }
  cursor.leave(outer);
  return controller ? { apiVersion, kind, name, uid } : undefined;
}
