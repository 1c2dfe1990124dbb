import { container } from '../../data/linkerd.ts';
import type { LiveView } from '../../live/view.ts';
import type { ControlPlaneView, MeshView } from '../../mesh/view.ts';
import type { RecordedRun } from '../../rollout/journal/record.ts';
import type { Run } from '../../rollout/run/run.ts';
import type { Tone } from '../state/ui-state.ts';
import { unfinishedText } from '../text/run-words.ts';
import { count } from '../text/words.ts';

export interface Warning {
  readonly tone: Extract<Tone, 'caution' | 'danger'>;
  readonly text: string;
}

/** A reason as a sentence: with exactly one full stop. */
function sentence(text: string): string {
  return `${text.trim().replace(/\.$/, '')}.`;
}

function injectorWarning({ injector, failurePolicy }: ControlPlaneView): Warning | undefined {
  if (injector.state === 'ready') return undefined;
  if (injector.state === 'unknown') {
    return { tone: 'caution', text: sentence(`The injector's state is unknown: ${injector.reason}`) };
  }
  // Webhook failurePolicy: Ignore lets the pod through without a proxy, Fail refuses the pod.
  const consequence =
    failurePolicy === 'Ignore'
      ? ' New pods would start without a proxy.'
      : failurePolicy === 'Fail'
        ? ' New pods would be refused.'
        : '';
  return { tone: 'danger', text: sentence(`The injector is down: ${injector.reason}`) + consequence };
}

/** Nothing at all speaks of Linkerd in this cluster, so nothing of it can be in a bad state. */
export function isWithoutLinkerd({ controlPlane, totals }: MeshView): boolean {
  return controlPlane.evidence === 'none' && controlPlane.components.length === 0 && totals.proxies === 0;
}

/**
 * With one injector that may be skipped, pods that start while it moves have no proxy. Linkerd installs itself like
 * this unless told otherwise (its HA values have three, and `Fail`), so it is a quiet word and no warning.
 */
export function isInjectorAlone({ components, failurePolicy }: ControlPlaneView): boolean {
  const injector = components.find(({ name }) => name === container.injector);
  return failurePolicy === 'Ignore' && injector !== undefined && injector.replicas <= 1;
}

/** The same in words. */
export const INJECTOR_ALONE =
  "There is one injector, and its webhook has failurePolicy Ignore: pods that start while it is away have no proxy. Linkerd's HA values have three injectors, and Fail.";

/** What has to be known before a figure on the screen is believed, gravest first. */
export function warningsOf({ mesh, freshness, unreadable }: LiveView): readonly Warning[] {
  const { controlPlane } = mesh;
  const warnings: Warning[] = [];
  // While the first lists arrive half a picture looks like a broken control plane.
  const judged = freshness.state !== 'loading' && !isWithoutLinkerd(mesh);
  const injector = injectorWarning(controlPlane);
  if (judged && injector !== undefined) warnings.push(injector);
  if (judged && controlPlane.halfRolled !== '') {
    warnings.push({
      tone: 'caution',
      text: sentence(`The control plane is half rolled: ${controlPlane.halfRolled}`),
    });
  }
  if (freshness.state === 'stale') {
    warnings.push({ tone: 'danger', text: sentence(`No contact with the API server: ${freshness.reason}`) });
  }
  if (freshness.state === 'reconnecting') {
    warnings.push({ tone: 'caution', text: sentence(`The watch broke off: ${freshness.reason}`) });
  }
  for (const other of judged ? controlPlane.others : []) {
    const state = other.exists ? 'another control plane' : 'a control plane that does not exist';
    warnings.push({
      tone: 'caution',
      text: `${count(other.proxies, 'proxy belongs', 'proxies belong')} to ${state}, in namespace ${other.namespace}.`,
    });
  }
  for (const { what, why } of unreadable) {
    warnings.push({ tone: 'caution', text: sentence(`Not readable: ${what} (${why})`) });
  }
  return warnings;
}

/** What the warnings of a session rest on. */
export interface WarningInput {
  readonly view: LiveView;
  readonly run: Run | undefined;
  /** A run of this cluster that an earlier session left unfinished. */
  readonly unfinished: RecordedRun | undefined;
  readonly readOnly: boolean;
}

/** What was left unfinished, until this session has a run of its own, before what is wrong with the picture. */
export function allWarnings({ view, run, unfinished, readOnly }: WarningInput): readonly Warning[] {
  const warnings = warningsOf(view);
  // A read-only session cannot take it up.
  if (unfinished === undefined || run !== undefined || readOnly) return warnings;
  const { id } = unfinished.header;
  const text = `Run ${id} is unfinished: ${unfinishedText(unfinished)}. R shows it and takes it up.`;
  return [{ tone: 'caution', text }, ...warnings];
}
