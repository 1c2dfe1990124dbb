import { createHash, X509Certificate } from 'node:crypto';
import { clean } from '../../kube/clean.ts';

/** What is looked at of a certificate. Times are seconds since the epoch. */
export interface CertificateFacts {
  /** For people: `CN=root.linkerd.cluster.local`. */
  readonly subject: string;
  /** Tells the holder of a key: hash (hex) of subject and public key. A re-issued anchor keeps it. */
  readonly anchor: string;
  readonly notBefore: number;
  readonly notAfter: number;
}

/** The certificates of a bundle. */
export interface CertificateBundle {
  readonly certificates: readonly CertificateFacts[];
  /** Blocks between certificate marks that could not be read as one. */
  readonly unreadable: number;
}

const BLOCK = /-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g;

/** Reads all certificates of a PEM text; what stands around them is left alone. */
export function certificatesIn(pem: string): CertificateBundle {
  const certificates: CertificateFacts[] = [];
  let unreadable = 0;
  for (const [block] of pem.matchAll(BLOCK)) {
    const facts = certificateOf(block);
    if (facts) {
      certificates.push(facts);
    } else {
      unreadable += 1;
    }
  }
  return { certificates, unreadable };
}

function certificateOf(block: string): CertificateFacts | undefined {
  try {
    const certificate = new X509Certificate(block);
    const { subject, publicKey, validFrom, validTo } = certificate;
    const key = publicKey.export({ type: 'spki', format: 'der' });
    return {
      // Node gives one attribute a line.
      subject: clean(subject.replaceAll('\n', ', ')),
      anchor: createHash('sha256').update(subject).update('\0').update(key).digest('hex'),
      notBefore: secondsOf(validFrom),
      notAfter: secondsOf(validTo),
    };
  } catch {
    return undefined;
  }
}

function secondsOf(date: string): number {
  return Math.floor(Date.parse(date) / 1000);
}

/** Whether a certificate counts at `now` (seconds since the epoch). */
export function isValidAt({ notBefore, notAfter }: CertificateFacts, now: number): boolean {
  return notBefore <= now && now < notAfter;
}
