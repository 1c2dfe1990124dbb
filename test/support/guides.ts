import type { Notice } from '../../src/data/notices.ts';
import type { Advice, ApplicableNotice, Task, UpgradeStep } from '../../src/guide/advice.ts';
import type { Inventory } from '../../src/guide/inventory.ts';
import type { After, GuidePort } from '../../src/tui/guide-follower.ts';
import type { Guide } from '../../src/tui/state/guide.ts';
import { liveView } from './views.ts';

/** Hand-made advice: what matters in, complete steps out. */

export function task(id: string, changes: Partial<Task> = {}): Task {
  return {
    id,
    kind: 'control-plane',
    title: `Do ${id}`,
    state: 'later',
    why: '',
    commands: [],
    details: [],
    docs: 'https://linkerd.io/docs/tasks/upgrade/',
    ...changes,
  };
}

export function notice(
  id: string,
  changes: Partial<Notice> = {},
  applies: Pick<ApplicableNotice, 'applies' | 'why'> = { applies: 'yes', why: 'it is so here' },
): ApplicableNotice {
  return {
    notice: {
      id,
      to: '2.20',
      sinceEdge: '',
      title: `Heed ${id}`,
      severity: 'action',
      component: '',
      installMethod: '',
      from: '',
      condition: 'multicluster is installed',
      action: 'Link every cluster again',
      commands: [],
      docs: 'https://linkerd.io/docs/tasks/multicluster/',
      confidence: 'documented',
      movedValues: [],
      ...changes,
    },
    ...applies,
  };
}

export function step(changes: Partial<UpgradeStep> = {}): UpgradeStep {
  return { from: 'edge-25.11.3', to: 'edge-26.6.3', release: '2.20', tasks: [], notices: [], ...changes };
}

export function advice(changes: Partial<Advice> = {}): Advice {
  return { from: 'edge-25.11.3', to: 'edge-26.6.3', refusal: '', steps: [step()], remarks: [], ...changes };
}

/** The guide before anything has been read. */
export const noGuide: Guide = {
  destination: 'latest-known',
  advice: undefined,
  problem: '',
  reading: false,
  readAt: 0,
};

/** An inventory of nothing but a mesh. */
export function inventoryOf(changes: Partial<Inventory> = {}): Inventory {
  const { mesh } = liveView();
  return {
    mesh,
    controlPlane: mesh.controlPlane,
    config: undefined,
    installation: { method: 'unknown', why: 'made up' },
    highlyAvailable: false,
    cli: { state: 'absent' },
    extensions: { state: 'known', value: [] },
    links: { state: 'known', value: [] },
    cni: { state: 'absent' },
    gatewayApi: { state: 'absent' },
    kubernetes: 'v1.33.4',
    evidence: {
      customResources: { state: 'absent' },
      objects: new Map(),
      architectures: { state: 'absent' },
      ipv6: { state: 'absent' },
      hostPorts: [],
      ingressMode: [],
      alphaNativeSidecar: [],
      betaNativeSidecar: [],
      waitBeforeExit: [],
      meshedJobs: [],
      controlPlaneDeployments: [],
      proxyRegistries: [],
      appProtocols: { state: 'absent' },
      portPolicies: { state: 'absent' },
      value: () => undefined,
      hasValues: false,
    },
    unreadable: [],
    ...changes,
  };
}

/** A guide that gives the advice a test sets, and counts how often it is asked. */
export interface FakeGuide extends GuidePort {
  advice: Advice;
  /** Answers of the readings to come; the plain inventory when there are none. */
  readonly readings: (() => Promise<Inventory>)[];
  reads: number;
  /** Destinations that advice was asked for, in order. */
  readonly aims: string[];
}

export function fakeGuide(given: Advice = advice()): FakeGuide {
  const aims: string[] = [];
  return {
    advice: given,
    readings: [],
    reads: 0,
    aims,
    inventory() {
      this.reads += 1;
      return this.readings.shift()?.() ?? Promise.resolve(inventoryOf());
    },
    advise(_, destination) {
      aims.push(destination);
      return this.advice;
    },
  };
}

/** Timers that a test lets run. */
export interface ManualTimers {
  readonly after: After;
  /** Lets this many milliseconds pass. */
  pass(milliseconds: number): void;
}

export function manualTimers(): ManualTimers {
  let now = 0;
  let waiting: { readonly at: number; readonly action: () => void }[] = [];
  return {
    after(milliseconds, action) {
      const timer = { at: now + milliseconds, action };
      waiting.push(timer);
      return () => {
        waiting = waiting.filter((other) => other !== timer);
      };
    },
    pass(milliseconds) {
      const until = now + milliseconds;
      for (;;) {
        const [due] = waiting.filter(({ at }) => at <= until).sort((a, b) => a.at - b.at);
        if (due === undefined) break;
        waiting = waiting.filter((other) => other !== due);
        now = due.at;
        due.action();
      }
      now = until;
    },
  };
}
