import assert from 'node:assert/strict';
import { KubeError } from '../../src/kube/errors.ts';

/** The KubeError that `promise` rejects with. */
export async function failure(promise: Promise<unknown>): Promise<KubeError> {
  try {
    await promise;
  } catch (error) {
    assert.ok(
      error instanceof KubeError,
      error instanceof Error ? (error.stack ?? error.message) : String(error),
    );
    return error;
  }
  throw new Error('nothing failed');
}
