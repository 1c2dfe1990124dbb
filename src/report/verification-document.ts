import type { LiveView } from '../live/view.ts';
import type { Effect } from '../mesh/view.ts';
import type { Finding, Problem, Verification } from './verification.ts';

export const VERIFICATION_SCHEMA = 'kubectl-linkerd-upgrade/verification/v1';

/** The document behind `verify -o json`; its form is published in docs/schema/verification.v1.json. */
export interface VerificationDocument {
  readonly schema: typeof VERIFICATION_SCHEMA;
  readonly context: string;
  /** Everything is in order or excused, and everything could be read. */
  readonly verified: boolean;
  readonly controlPlane: { readonly version: string; readonly problems: readonly string[] };
  readonly proxies: number;
  readonly workloads: number;
  readonly findings: readonly FindingDocument[];
  readonly excused: readonly (FindingDocument & { readonly excuse: string; readonly because: string })[];
  readonly unreadable: readonly { readonly what: string; readonly why: string }[];
}

interface FindingDocument {
  readonly namespace: string;
  readonly kind: string;
  readonly name: string;
  readonly proxies: number;
  readonly byVersion: Readonly<Record<string, number>>;
  readonly target: string;
  readonly problems: readonly Problem[];
  readonly effect: Effect;
}

/** True when nothing is left to do or to explain. What could not be read is no proof. */
export function isVerified(
  { controlPlane, findings }: Verification,
  { unreadable }: Pick<LiveView, 'unreadable'>,
): boolean {
  return controlPlane.length === 0 && findings.length === 0 && unreadable.length === 0;
}

/** A verification as data. */
export function verificationDocument(verification: Verification, live: LiveView): VerificationDocument {
  const { proxies, workloads, controlPlane, findings, excused } = verification;
  return {
    schema: VERIFICATION_SCHEMA,
    context: live.cluster.context,
    verified: isVerified(verification, live),
    controlPlane: { version: live.mesh.controlPlane.version, problems: controlPlane },
    proxies,
    workloads,
    findings: findings.map(findingDocument),
    excused: excused.map((finding) => ({
      ...findingDocument(finding),
      excuse: finding.excuse.of,
      because: finding.excuse.because,
    })),
    unreadable: live.unreadable.map(({ what, why }) => ({ what, why })),
  };
}

function findingDocument({ workload, problems }: Finding): FindingDocument {
  const { namespace, kind, name, proxies, byVersion, target, effect } = workload;
  return { namespace, kind, name, proxies, byVersion, target, problems, effect };
}
