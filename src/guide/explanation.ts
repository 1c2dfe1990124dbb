/** What a ground is about; grounds of one topic stand together. */
export type GroundTopic =
  | 'class'
  | 'version'
  | 'injection'
  | 'sidecar'
  | 'trust'
  | 'workloads'
  | 'release'
  | 'cluster'
  | 'notices';

/** One reason in an explanation: what was looked at, what stands there, and what follows from it. */
export interface Ground {
  readonly topic: GroundTopic;
  /** `annotation config.linkerd.io/proxy-version on the pod template`. */
  readonly what: string;
  readonly value: string;
  readonly follows: string;
  /** True for the one that decides, of those of its topic. */
  readonly decides: boolean;
}

/** A documented rule and where it stands. */
export interface Rule {
  readonly text: string;
  readonly link: string;
}

/** Why something is as it is, and what a restart would do. */
export interface Explanation {
  /** `books deployment/webapp`, `namespace books`, `edge-24.8.2`, `violation`. */
  readonly subject: string;
  /** One sentence that answers. */
  readonly answer: string;
  /** Topic by topic, within each in the order of precedence. */
  readonly grounds: readonly Ground[];
  /** What a restart would do, in words; '' where that is no question. */
  readonly restart: string;
  /** What can go wrong at a restart. */
  readonly risks: readonly string[];
  readonly rules: readonly Rule[];
  /** Commands that help, the most useful first. */
  readonly next: readonly string[];
}
