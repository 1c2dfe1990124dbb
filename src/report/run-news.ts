import { count } from '../mesh/words.ts';
import type { Run, Step } from '../rollout/run/run.ts';
import { nameOf } from './plan-table.ts';

/** A line of text for each workload of a run that has moved on since its steps were `before`. */
export function runNews(before: readonly Step[], { steps }: Run): readonly string[] {
  return steps.flatMap(({ item, status }, at) => {
    const who = `${at + 1}/${steps.length} ${nameOf(item.key)}`;
    const earlier = before[at]?.status;
    if (status.state === 'queued') {
      const { waitingFor = '' } = status;
      const isNews = waitingFor !== '' && (earlier?.state !== 'queued' || earlier.waitingFor !== waitingFor);
      return isNews ? [`${who}: not started yet, ${waitingFor}`] : [];
    }
    if (status.state === earlier?.state) {
      return [];
    }
    switch (status.state) {
      case 'patching':
        return [`${who}: restarting`];
      case 'done':
        return [
          `${who}: done, ${count(status.pods, 'pod')} proven in ${Math.round(status.at - status.since)} s`,
        ];
      case 'dropped':
        return [`${who}: left alone, ${status.reason}`];
      case 'failed':
        return [`${who}: FAILED, ${status.reason}`];
      default:
        return [];
    }
  });
}
