import type { RunLimits } from '../run/limits.ts';
import { firstPace, WINDOW_SECONDS } from '../run/pace.ts';
import type { Estimate, Plan, PlanItem } from './plan.ts';

/** What a pod takes from its creation to Ready where nothing better is known. */
const SECONDS_TO_READY = 20;

type Timing = Pick<RunLimits, 'maxParallel' | 'perNamespace' | 'startsPerMinute' | 'soakSeconds'> &
  Pick<RunLimits, 'workloadSoakSeconds'>;

/**
 * Pods and time of a run that meets no trouble: the rounds of each workload, as many workloads at a time as the limits
 * allow, a pace of pod starts that begins at a quarter and doubles after each wave, and the soaks.
 * @param secondsToReady seconds that a new pod takes to be Ready
 */
export function estimateOf(
  { items, waves }: Pick<Plan, 'items' | 'waves'>,
  limits: Timing,
  secondsToReady: number = SECONDS_TO_READY,
): Estimate {
  const clock = new Clock(limits, secondsToReady);
  const byWave = Map.groupBy(items, ({ wave }) => wave);
  for (const index of waves.keys()) {
    if (index > 0) clock.soak();
    clock.run(byWave.get(index) ?? []);
  }
  return { pods: items.reduce((sum, { pods }) => sum + pods, 0), seconds: Math.ceil(clock.now) };
}

interface Running {
  readonly namespace: string;
  readonly until: number;
}

interface Start {
  readonly at: number;
  readonly pods: number;
}

/** Goes through a run in its own time. */
class Clock {
  now = 0;
  readonly #limits: Timing;
  readonly #secondsToReady: number;
  #startsPerMinute: number;
  /** Of the last minute. */
  #starts: readonly Start[] = [];

  constructor(limits: Timing, secondsToReady: number) {
    this.#limits = limits;
    this.#secondsToReady = secondsToReady;
    this.#startsPerMinute = firstPace(limits);
  }

  /** Between two waves; the one before was clean, so the next may go twice as fast. */
  soak(): void {
    this.now += this.#limits.soakSeconds;
    this.#startsPerMinute = Math.min(this.#limits.startsPerMinute, this.#startsPerMinute * 2);
  }

  run(items: readonly PlanItem[]): void {
    const queue = [...items];
    let running: readonly Running[] = [];
    while (queue.length > 0 || running.length > 0) {
      running = running.filter(({ until }) => until > this.now);
      const next = queue.findIndex((item) => this.#maySlotIn(item, running));
      const item = queue[next];
      if (item && this.#fitsPace(item)) {
        queue.splice(next, 1);
        running = [...running, this.#start(item)];
      } else {
        this.#goOn(running, item !== undefined);
      }
    }
  }

  #maySlotIn({ key }: PlanItem, running: readonly Running[]): boolean {
    const inNamespace = running.filter(({ namespace }) => namespace === key.namespace).length;
    const { maxParallel, perNamespace } = this.#limits;
    return running.length < Math.max(1, maxParallel) && inNamespace < Math.max(1, perNamespace);
  }

  /** A workload bigger than a whole minute's starts goes when nothing was started in the last minute. */
  #fitsPace({ pods }: PlanItem): boolean {
    this.#starts = this.#starts.filter(({ at }) => at > this.now - WINDOW_SECONDS);
    const started = this.#starts.reduce((sum, start) => sum + start.pods, 0);
    return started === 0 || started + pods <= this.#startsPerMinute;
  }

  #start({ key, pods, rounds }: PlanItem): Running {
    this.#starts = [...this.#starts, { at: this.now, pods }];
    const seconds = rounds * this.#secondsToReady + this.#limits.workloadSoakSeconds;
    return { namespace: key.namespace, until: this.now + seconds };
  }

  /** To the next moment at which something changes. */
  #goOn(running: readonly Running[], paced: boolean): void {
    const ends = running.map(({ until }) => until);
    const releases = paced ? this.#starts.map(({ at }) => at + WINDOW_SECONDS) : [];
    const moments = [...ends, ...releases].filter((moment) => moment > this.now);
    this.now = moments.length === 0 ? this.now : Math.min(...moments);
  }
}
