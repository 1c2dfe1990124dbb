import { configMap } from '../../../data/linkerd.ts';
import type { Part } from '../../../kube/part.ts';
import { count } from '../../../mesh/words.ts';
import { type CertificateFacts, isValidAt } from '../certificates.ts';
import type { HeldBundle, IssuerFacts, TrustBundleFacts } from '../facts.ts';
import type { Finding } from '../report.ts';
import { blocker, type Case, type Check, some, someOf, unknown, warning } from '../verdict.ts';

const DAY = 86_400;
const SOON_DAYS = 30;
/** Digits of a hash that tell bundles apart for people. */
const SHORT_HASH = 8;
/** cert-manager renews within minutes of the time that it names. */
const RENEWAL_GRACE_SECONDS = 3_600;

/**
 * Old and new proxies trust each other while the roll-out runs. Each needs the other's root, and all identities come
 * from one issuer, whose certificate cannot be read without a Secret: a shared anchor makes it possible, and none
 * makes it impossible.
 */
export const trustRoots: Check = (of) => {
  const { trustBundle, heldBundles, now } = of.facts;
  if (trustBundle.state === 'unreadable') {
    return [
      unknown(
        'trust-roots',
        `the trust bundle cannot be read, so whether old and new proxies trust each other is not known: ${trustBundle.why}`,
      ),
    ];
  }
  if (trustBundle.state === 'absent') {
    return [
      blocker(
        'trust-roots',
        `ConfigMap ${of.controlPlane.namespace}/${configMap.trustRoots} does not exist: new proxies would trust nobody`,
      ),
    ];
  }
  const bundle = trustBundle.value;
  return [...planned(of, bundle), ...heldBundles.map((held) => overlap(held, bundle, now))];
};

/** The proof of each workload is a pod with the bundle that was planned. */
function planned({ subjects }: Case, { sha256 }: TrustBundleFacts): readonly Finding[] {
  const other = subjects.filter(({ item: { expected } }) => {
    return expected.trustRootSha256 !== '' && expected.trustRootSha256 !== sha256;
  });
  if (other.length === 0) {
    return [];
  }
  const text = `the trust bundle has changed since ${someOf(other)} ${other.length === 1 ? 'was' : 'were'} planned: make a new plan`;
  return [blocker('trust-roots', text)];
}

/** Warnings carry no figures that change while the run goes on: they would be told anew before each wave. */
function overlap(
  { sha256, proxies, example, bundle }: HeldBundle,
  current: TrustBundleFacts,
  now: number,
): Finding {
  const short = sha256.slice(0, SHORT_HASH);
  if (!bundle || bundle.unreadable > 0 || current.unreadable > 0 || bundle.certificates.length === 0) {
    const text = `of the trust bundle ${short} that proxies still hold only the hash is known: if it shares no anchor with the present one, old and new proxies refuse each other until all are restarted`;
    return warning('trust-roots', text);
  }
  const valid = (all: readonly CertificateFacts[]) => all.filter((anchor) => isValidAt(anchor, now));
  const present = new Set(valid(current.certificates).map(({ anchor }) => anchor));
  const shared = valid(bundle.certificates).filter(({ anchor }) => present.has(anchor));
  if (shared.length === 0) {
    const who = `${count(proxies, 'proxy', 'proxies')} (${example}${proxies > 1 ? ' and others' : ''}) still ${proxies === 1 ? 'holds' : 'hold'} the trust bundle ${short}`;
    const text = `${who}, which shares no valid anchor with the present one: old and new proxies refuse each other. Put the old anchor beside the new one, and take it away when all have been restarted (Linkerd: rotating the trust anchor)`;
    return blocker('trust-roots', text);
  }
  const names = some([...new Set(shared.map(({ subject }) => subject))]);
  const text = `proxies still hold the trust bundle ${short}, which shares ${names} with the present one: old and new proxies trust each other as long as the issuer was signed by what they share, which cannot be seen without its Secret`;
  return warning('trust-roots', text);
}

/** Anchors and issuer will outlast the run. */
export const certificates: Check = ({ facts: { trustBundle, issuer, now }, controlPlane }) => [
  ...anchors(trustBundle, now),
  ...issuerFindings(issuer, now, controlPlane.namespace),
];

function anchors(part: Part<TrustBundleFacts>, now: number): readonly Finding[] {
  if (part.state !== 'known') {
    return [];
  }
  const { certificates: all, unreadable } = part.value;
  if (all.length === 0) {
    return unreadable > 0
      ? [unknown('certificates', 'no certificate of the trust bundle can be read')]
      : [blocker('certificates', 'the trust bundle holds no certificate: new proxies would trust nobody')];
  }
  const findings: Finding[] = [];
  if (unreadable > 0) {
    findings.push(
      unknown('certificates', `${count(unreadable, 'certificate')} of the trust bundle cannot be read`),
    );
  } else if (!all.some((anchor) => isValidAt(anchor, now))) {
    const text =
      'no trust anchor is valid now: new proxies would get no identity; bring in a new anchor before anything is restarted';
    return [blocker('certificates', text)];
  }
  return [...findings, ...all.flatMap((anchor) => expiry(anchor, now))];
}

function expiry({ subject, notBefore, notAfter }: CertificateFacts, now: number): readonly Finding[] {
  if (notAfter <= now) {
    return [warning('certificates', `the trust anchor ${subject} expired on ${dateOf(notAfter)}`)];
  }
  if (notBefore > now) {
    return [warning('certificates', `the trust anchor ${subject} is not valid before ${dateOf(notBefore)}`)];
  }
  const days = Math.floor((notAfter - now) / DAY);
  return days < SOON_DAYS
    ? [
        warning(
          'certificates',
          `the trust anchor ${subject} expires in ${count(days, 'day')}, on ${dateOf(notAfter)}: rotate it soon, which takes another restart of every proxy`,
        ),
      ]
    : [];
}

function issuerFindings(part: Part<IssuerFacts>, now: number, namespace: string): readonly Finding[] {
  if (part.state === 'absent') {
    return [];
  }
  const name = `Certificate ${namespace}/linkerd-identity-issuer`;
  if (part.state === 'unreadable') {
    return [unknown('certificates', `when the identity issuer expires is not known: ${part.why}`)];
  }
  const { notAfter, renewalTime, notReady } = part.value;
  if (notAfter !== 0 && notAfter <= now) {
    const text = `the identity issuer expired on ${dateOf(notAfter)} (${name}): new proxies get no identity; renew it first`;
    return [blocker('certificates', text)];
  }
  if (renewalTime !== 0 && now > renewalTime + RENEWAL_GRACE_SECONDS) {
    const text = `cert-manager should have renewed the identity issuer on ${dateOf(renewalTime)} and has not (${name}); it expires on ${dateOf(notAfter)}`;
    return [warning('certificates', text)];
  }
  return notReady === '' ? [] : [warning('certificates', `${name} is not ready: ${notReady}`)];
}

/** In UTC: `2026-11-21`. */
function dateOf(seconds: number): string {
  return Number.isFinite(seconds) ? new Date(seconds * 1000).toISOString().slice(0, 10) : 'an unknown day';
}
