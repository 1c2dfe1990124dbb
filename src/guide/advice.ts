import type { Notice } from '../data/notices.ts';

/** `done`: the cluster shows it. `next`: the first thing that can be done now. `later`: after what comes before it. */
export type TaskState = 'done' | 'in-progress' | 'next' | 'blocked' | 'later' | 'unknown';

export type TaskKind = 'before' | 'cli' | 'crds' | 'control-plane' | 'extension' | 'data-plane' | 'verify';

/** One thing to do, ticked from the cluster's own state. */
export interface Task {
  /** Stable within its step: `control-plane`, `extension/viz`. */
  readonly id: string;
  readonly kind: TaskKind;
  readonly title: string;
  readonly state: TaskState;
  /** What the state rests on, in words: `destination 2/3 on edge-25.11.3`. */
  readonly why: string;
  /** To be pasted, in this order; upper-case words are placeholders and explained in `details`. */
  readonly commands: readonly string[];
  readonly details: readonly string[];
  /** Link to the documentation, '' where there is none. */
  readonly docs: string;
}

/** `unknown`: that it applies cannot be told from what may be read. */
export interface ApplicableNotice {
  readonly notice: Notice;
  readonly applies: 'yes' | 'unknown';
  /** Why it applies here, with figures and names: `multicluster is installed: 2 Links`. */
  readonly why: string;
}

/** One supported step of the control plane: to another 2.N, or to the newest of the same. */
export interface UpgradeStep {
  readonly from: string;
  /** The version to install. */
  readonly to: string;
  /** `2.19`. */
  readonly release: string;
  /** In the order in which they are to be done. */
  readonly tasks: readonly Task[];
  /** `action` first, then `warning`, then `info`; in each the order of the data. */
  readonly notices: readonly ApplicableNotice[];
}

/** How to get from here to there. */
export interface Advice {
  readonly from: string;
  readonly to: string;
  /** Why there is no way, or nothing to do, in words; '' when there are steps. */
  readonly refusal: string;
  readonly steps: readonly UpgradeStep[];
  /** About the path as a whole: a change of channel, a version that is advised against, a newer one that is known. */
  readonly remarks: readonly string[];
}

/** A version to go to, as `--to` names it: `2.20`, `edge-26.6.3`, `enterprise-2.19.4`, `latest-known`. */
export type Destination = string;
