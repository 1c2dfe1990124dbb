/** One reason in an explanation: what was looked at, what stands there, and what follows from it. */
export interface Ground {
  /** `annotation config.linkerd.io/proxy-version on the pod template`. */
  readonly what: string;
  readonly value: string;
  readonly follows: string;
  /** True for the one that decides. */
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
  readonly grounds: readonly Ground[];
  /** What a restart would do, in words; '' where that is no question. */
  readonly restart: string;
  readonly rules: readonly Rule[];
  /** Commands that help, the most useful first. */
  readonly next: readonly string[];
}
