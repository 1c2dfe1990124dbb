import type { ResourceType } from '../types.ts';
import type { User } from './users.ts';

/** A write as validating admission sees it, after everything has changed the object that changes it. */
export interface AdmissionAttempt {
  /** The server has nothing that takes a CONNECT, such as `pods/exec`. */
  readonly operation: 'CREATE' | 'UPDATE' | 'DELETE' | 'CONNECT';
  readonly resource: ResourceType;
  readonly subresource: string;
  /** '' for cluster-scoped resources; that of a Namespace itself is its name. */
  readonly namespace: string;
  readonly name: string;
  readonly user: User;
  readonly dryRun: boolean;
  /** Undefined for a deletion. Of a subresource such as `scale` its own kind. */
  readonly object: unknown;
  /** Undefined for a creation. */
  readonly oldObject: unknown;
}

/**
 * Validating admission: throws an AdmissionError to refuse a write. The server has none of its own, since evaluating
 * the policies in its store takes a library that no user of `--demo` needs.
 */
export type ValidatingAdmission = (attempt: AdmissionAttempt) => void;
