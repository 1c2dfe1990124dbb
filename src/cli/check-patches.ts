import type { WorkloadKey } from '../mesh/view.ts';
import { writeRestart } from '../rollout/cluster/write-restart.ts';
import { decide } from '../rollout/plan/decide.ts';
import type { PlanItem } from '../rollout/plan/plan.ts';
import type { Engine } from './engine.ts';

/**
 * Sends every patch of a plan as a server-side dry run: admission, validation and rights judge it, nothing is stored.
 * @param told is given the server's words on each, '' when it accepts the patch
 * @returns how many would not be made
 */
export async function checkPatches(
  { client, ports }: Engine,
  items: readonly PlanItem[],
  by: { readonly by: string; readonly reason: string },
  told: (key: WorkloadKey, message: string) => void,
): Promise<number> {
  const run = { id: ports.newRunId(), ...by };
  let refused = 0;
  for (const planned of items) {
    const message = await check(planned);
    refused += message === '' ? 0 : 1;
    told(planned.key, message);
  }
  return refused;

  async function check(planned: PlanItem): Promise<string> {
    const decision = decide(ports.planning(), planned, ports.now(), ports.utcOffsetMinutes());
    if (decision.decision !== 'restart') {
      return decision.reason;
    }
    const { item, restartedAt } = decision;
    const outcome = await writeRestart(client, { item, restartedAt, run }, { dryRun: true });
    return outcome.outcome === 'patched' ? '' : outcome.message;
  }
}
