import { AdmissionError } from '../../api-error.ts';
import type { KubeObject } from '../../types.ts';
import type { Cluster } from '../cluster.ts';
import type { Pod } from '../objects.ts';

/** What a controller's event says of a pod that was created, and of one that was refused. */
export interface CreationWords {
  readonly created: string;
  readonly refused: (why: string) => string;
}

/** The words of the controllers that name their pods by chance. */
export function plainWords(name: string): CreationWords {
  return { created: `Created pod: ${name}`, refused: (why) => `Error creating: ${why}` };
}

/**
 * Creates a pod for a controller, which tells of it in an event on the pod's owner.
 * Returns why admission refused the pod, undefined when it was created.
 */
export function createFor(
  cluster: Cluster,
  component: string,
  owner: KubeObject,
  pod: Pod,
  words: CreationWords,
): string | undefined {
  try {
    cluster.createPod(pod);
  } catch (error) {
    if (!(error instanceof AdmissionError)) throw error;
    cluster.events.record(component, owner, 'Warning', 'FailedCreate', words.refused(error.message));
    return error.message;
  }
  cluster.events.record(component, owner, 'Normal', 'SuccessfulCreate', words.created);
  return undefined;
}
