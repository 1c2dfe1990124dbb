import type { Effect, SkewClass } from '../mesh/view.ts';
import type { Outlook, PinPreview } from '../rollout/pins/preview.ts';
import { PIN } from '../rollout/pins/target.ts';

export const PIN_SCHEMA = 'kubectl-linkerd-upgrade/pin/v1';

/**
 * What became of it. `checked`: the server would take it (`--dry-run=server`); `previewed`: it was not asked
 * (`--dry-run=client`); `unchanged`: it was so already.
 */
export type PinOutcome = 'written' | 'unchanged' | 'previewed' | 'checked' | 'declined' | 'refused';

/** The document behind `pin -o json` and `unpin -o json`; its form is published in docs/schema/pin.v1.json. */
export interface PinDocument {
  readonly schema: typeof PIN_SCHEMA;
  readonly outcome: PinOutcome;
  readonly target: { readonly namespace: string; readonly kind: string; readonly name: string };
  readonly annotation: string;
  /** Null where the annotation is absent, which is not the same as an empty value. */
  readonly from: string | null;
  readonly to: string | null;
  readonly controlPlane: { readonly version: string };
  readonly restarts: boolean;
  readonly refusals: readonly string[];
  readonly warnings: readonly string[];
  readonly workloads: readonly {
    readonly kind: string;
    readonly name: string;
    readonly proxies: number;
    readonly running: Readonly<Record<string, number>>;
    readonly before: { readonly version: string; readonly effect: Effect };
    readonly after: {
      readonly version: string;
      readonly effect: Effect;
      readonly class: SkewClass;
      readonly reason: string;
    };
  }[];
  readonly untouched: readonly { readonly kind: string; readonly name: string; readonly reason: string }[];
  readonly nextSteps: readonly string[];
}

/** A pin, or its removal, as data. A target without a workload has an empty kind and name. */
export function pinDocument(preview: PinPreview, outcome: PinOutcome): PinDocument {
  const { target, from, to, affected, untouched } = preview;
  const { kind = '', name = '' } = target.workload ?? {};
  return {
    schema: PIN_SCHEMA,
    outcome,
    target: { namespace: target.namespace, kind, name },
    annotation: PIN,
    from: from ?? null,
    to: to ?? null,
    controlPlane: { version: preview.controlPlaneVersion },
    restarts: preview.restarts,
    refusals: preview.refusals,
    warnings: preview.warnings,
    workloads: affected.map(({ key, proxies, running, before, after, skew }) => ({
      kind: key.kind,
      name: key.name,
      proxies,
      running,
      before: outlook(before),
      after: { ...outlook(after), class: skew.class, reason: skew.reason },
    })),
    untouched: untouched.map(({ key, reason }) => ({ kind: key.kind, name: key.name, reason })),
    nextSteps: preview.nextSteps,
  };
}

function outlook({ version, effect }: Outlook): Outlook {
  return { version, effect: { kind: effect.kind, reason: effect.reason } };
}
