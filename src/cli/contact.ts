import type { Freshness, Store } from '../live/view.ts';
import type { Teller } from './teller.ts';

/**
 * Tells when contact with the cluster is lost for longer than a moment, and when it is back: without a word a run
 * that waits for its API server would look as if it hung.
 * @returns the way to stop
 */
export function tellOfContact(
  view: Store<{ readonly freshness: Freshness }>,
  run: string,
  { contact }: Pick<Teller, 'contact'>,
): () => void {
  let isLost = false;
  return view.subscribe(() => {
    const { freshness } = view.get();
    if (!isLost && freshness.state === 'stale') {
      isLost = true;
      contact({ run, contact: 'lost', reason: freshness.reason });
    } else if (isLost && freshness.state === 'live') {
      isLost = false;
      contact({ run, contact: 'back', reason: '' });
    }
  });
}
