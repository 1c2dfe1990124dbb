import { count } from '../mesh/words.ts';
import type { Announcement } from './ports.ts';
import type { Run, Step } from './run/run.ts';

/** What Kubernetes Events tell of a change: that a workload's restart has begun, ended, or failed. */
export function announcementsOf(before: Run, after: Run): readonly Announcement[] {
  return after.steps.flatMap((step, index) => {
    const earlier = before.steps[index]?.status.state;
    const news = earlier === step.status.state ? undefined : newsOf(step, after);
    return news ? [{ ...news, item: step.item, run: after.id }] : [];
  });
}

function newsOf(
  { item, status }: Step,
  { id, by, reason }: Run,
): Pick<Announcement, 'type' | 'reason' | 'message'> | undefined {
  switch (status.state) {
    case 'patching': {
      const why = reason === '' ? '' : ` (${reason})`;
      const message = `run ${id} by ${by}${why} restarts it for proxy ${item.expected.version}`;
      return { type: 'Normal', reason: 'ProxyRestarting', message };
    }
    case 'done': {
      const message = `run ${id}: ${count(status.pods, 'pod')} with proxy ${item.expected.version}`;
      return { type: 'Normal', reason: 'ProxyRestarted', message };
    }
    case 'partial': {
      const kept = `${count(status.kept, 'pod')} below its partition ${status.kept === 1 ? 'keeps its' : 'keep their'} old one`;
      const message = `run ${id}: ${count(status.pods, 'pod')} with proxy ${item.expected.version}, ${kept}`;
      return { type: 'Normal', reason: 'ProxyRestarted', message };
    }
    case 'failed':
      return { type: 'Warning', reason: 'ProxyRestartFailed', message: `run ${id}: ${status.reason}` };
    default:
      return undefined;
  }
}
