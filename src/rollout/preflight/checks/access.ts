import { RUN_LEASE } from '../../../data/own.ts';
import { type Check, excluded, warning } from '../verdict.ts';

/** A holder that has not renewed its lease for so many times its length has probably gone. */
const ABANDONED_LEASES = 4;
const DEFAULT_LEASE_SECONDS = 15;

/** What may not be restarted is left out by name, and not found out half way. */
export const access: Check = ({ facts, subjects }) =>
  subjects.flatMap((subject) => {
    const found = facts.access.get(subject.id);
    if (!found || found.allowed) {
      return [];
    }
    const why = found.reason === '' ? '' : ` (${found.reason})`;
    const text = `you may not ${found.missing} in namespace ${subject.key.namespace}${why}: ask for that right, or let somebody restart it who has it`;
    return [excluded(subject, text)];
  });

/** No other run is at work on this cluster, and this one can say that it is. */
export const lock: Check = ({ facts: { lease, lockAccess, now }, controlPlane }) => {
  const name = `Lease ${controlPlane.namespace}/${RUN_LEASE}`;
  if (lease.state === 'known' && lease.value.holder !== '') {
    const { holder, renewedAt, durationSeconds } = lease.value;
    const silent = Math.max(0, Math.round(now - renewedAt));
    // The holder's clock may be wrong, so this is no more than a hint.
    const gone = silent > ABANDONED_LEASES * (durationSeconds || DEFAULT_LEASE_SECONDS);
    const state = gone
      ? `by its clock it was last seen ${silent} s ago, so it is probably gone: --take-over takes the lock when it stays silent`
      : 'wait until it has ended';
    return [warning('lock', `${holder} holds the lock of this cluster (${name}); ${state}`)];
  }
  if (!lockAccess.allowed) {
    const text = `you may not ${lockAccess.missing} in namespace ${controlPlane.namespace}, so there is no lock (${name}) that keeps a second run away: agree with your colleagues, or ask for that right`;
    return [warning('lock', text)];
  }
  return [];
};
