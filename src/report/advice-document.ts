import type { Advice, ApplicableNotice, Task, UpgradeStep } from '../guide/advice.ts';
import { followersOf, proxiesOf, versionsOf } from '../guide/data-plane.ts';
import type { Extension, Installation, Inventory, Link } from '../guide/inventory.ts';
import type { Part } from '../kube/part.ts';
import type { Unreadable } from '../mesh/view.ts';

export const ADVICE_SCHEMA = 'kubectl-linkerd-upgrade/advice/v1';

/** The document behind `plan upgrade -o json` and `-o yaml`; its form is published in docs/schema/advice.v1.json. */
export interface AdviceDocument {
  readonly schema: typeof ADVICE_SCHEMA;
  readonly context: string;
  readonly kubernetes: { readonly version: string };
  readonly controlPlane: {
    readonly namespace: string;
    readonly version: string;
    readonly release: string;
    readonly channel: string;
    readonly ready: boolean;
    readonly halfRolled: string;
    readonly highlyAvailable: boolean;
    readonly installation: Installation;
    readonly others: readonly {
      readonly namespace: string;
      readonly proxies: number;
      readonly exists: boolean;
    }[];
  };
  /** Without the control plane's own proxies, and without those of another control plane. */
  readonly dataPlane: {
    readonly proxies: number;
    readonly namespaces: number;
    readonly byVersion: Readonly<Record<string, number>>;
  };
  readonly cli: PartDocument<string>;
  readonly extensions: PartDocument<readonly Extension[]>;
  readonly links: PartDocument<readonly Link[]>;
  readonly from: string;
  readonly to: string;
  readonly refusal: string;
  readonly remarks: readonly string[];
  readonly steps: readonly StepDocument[];
  readonly unreadable: readonly Unreadable[];
}

/** `value` only where the state is `known`, `why` only where it is `unreadable`. */
export interface PartDocument<T> {
  readonly state: Part<T>['state'];
  readonly value?: T;
  readonly why?: string;
}

export interface StepDocument extends Omit<UpgradeStep, 'tasks' | 'notices'> {
  readonly tasks: readonly Task[];
  readonly notices: readonly NoticeDocument[];
}

export interface NoticeDocument {
  readonly id: string;
  readonly severity: string;
  readonly component: string;
  readonly title: string;
  readonly applies: ApplicableNotice['applies'];
  readonly why: string;
  readonly condition: string;
  readonly action: string;
  readonly commands: readonly string[];
  readonly docs: string;
  readonly movedValues: readonly { readonly from: string; readonly to: string }[];
}

/** The way that was found, with the picture of the cluster that it rests on. */
export function adviceDocument(inventory: Inventory, advice: Advice, context: string): AdviceDocument {
  const { controlPlane } = inventory;
  const followers = followersOf(inventory);
  return {
    schema: ADVICE_SCHEMA,
    context,
    kubernetes: { version: inventory.kubernetes },
    controlPlane: {
      namespace: controlPlane.namespace,
      version: controlPlane.version,
      release: controlPlane.release,
      channel: controlPlane.channel,
      ready: controlPlane.ready,
      halfRolled: controlPlane.halfRolled,
      highlyAvailable: inventory.highlyAvailable,
      installation: inventory.installation,
      others: controlPlane.others,
    },
    dataPlane: {
      proxies: proxiesOf(followers),
      namespaces: followers.length,
      byVersion: versionsOf(followers),
    },
    cli: partDocument(inventory.cli),
    extensions: partDocument(inventory.extensions),
    links: partDocument(inventory.links),
    from: advice.from,
    to: advice.to,
    refusal: advice.refusal,
    remarks: advice.remarks,
    steps: advice.steps.map((step) => ({ ...step, notices: step.notices.map(noticeDocument) })),
    unreadable: inventory.unreadable,
  };
}

function partDocument<T>(part: Part<T>): PartDocument<T> {
  return part;
}

function noticeDocument({ notice, applies, why }: ApplicableNotice): NoticeDocument {
  const { id, severity, component, title, condition, action, commands, docs, movedValues } = notice;
  return { id, severity, component, title, applies, why, condition, action, commands, docs, movedValues };
}
