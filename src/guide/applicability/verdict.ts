import type { Inventory } from '../inventory.ts';

/** Whether a notice concerns this cluster. `unknown`: part of its condition cannot be seen, and `why` says whom to ask. */
export interface Verdict {
  readonly applies: 'yes' | 'no' | 'unknown';
  /** Half a sentence with the figures and names that decide. */
  readonly why: string;
}

/** A step on this cluster: what a notice is judged for. */
export interface Situation {
  readonly inventory: Inventory;
  /** The control plane's version before the step, and after it. */
  readonly from: string;
  readonly to: string;
}

export type Predicate = (situation: Situation) => Verdict;

/** Predicates by the id of their notice. */
export type Predicates = Readonly<Record<string, Predicate>>;

export const yes = (why: string): Verdict => ({ applies: 'yes', why });
export const no = (why: string): Verdict => ({ applies: 'no', why });
export const unknown = (why: string): Verdict => ({ applies: 'unknown', why });

/** Holds where all hold; one that does not decides, and one that cannot be told leaves the whole open. */
export function all(...predicates: readonly Predicate[]): Predicate {
  return (situation) => {
    const verdicts = predicates.map((predicate) => predicate(situation));
    const refuted = verdicts.find(({ applies }) => applies === 'no');
    if (refuted) return refuted;
    const open = verdicts.some(({ applies }) => applies === 'unknown');
    return { applies: open ? 'unknown' : 'yes', why: verdicts.map(({ why }) => why).join('; ') };
  };
}

/** Holds where one holds; the first that does gives the reason. */
export function either(...predicates: readonly Predicate[]): Predicate {
  return (situation) => {
    const verdicts = predicates.map((predicate) => predicate(situation));
    const decided =
      verdicts.find(({ applies }) => applies === 'yes') ??
      verdicts.find(({ applies }) => applies === 'unknown');
    return decided ?? no(verdicts.map(({ why }) => why).join('; '));
  };
}

/** Holds always, for the reason given. */
export function always(why: (situation: Situation) => string): Predicate {
  return (situation) => yes(why(situation));
}

/**
 * A condition that the API does not show.
 * @param what that which is not shown, as in `whether a dashboard uses the metric`
 */
export function ask(whom: string, what: string): Predicate {
  return () => unknown(`the API does not show ${what}: ask ${whom}`);
}
