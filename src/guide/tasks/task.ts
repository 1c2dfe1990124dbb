import type { Task } from '../advice.ts';
import type { Inventory } from '../inventory.ts';

/** A task before its place in the order decides whether it is next, later, or done already. */
export interface Finding extends Omit<Task, 'state'> {
  /** `open`: it can be done once all that comes before it is. */
  readonly state: 'done' | 'in-progress' | 'open' | 'blocked' | 'unknown';
  /** True where the state holds whatever is done before, so that it is told of steps that are still far. */
  readonly standing?: boolean;
}

/** One step of the path, as the tasks look at it. */
export interface StepContext {
  readonly inventory: Inventory;
  readonly from: string;
  readonly to: string;
  /** True when the control plane is at `to`: what is left of the step is what follows the control plane. */
  readonly reached: boolean;
  /** True for the first step that the control plane has yet to make. */
  readonly isNext: boolean;
}

/** Pages of the documentation that the tasks come from. */
export const guide = {
  upgrade: 'https://linkerd.io/docs/tasks/upgrade/',
  before: 'https://linkerd.io/docs/tasks/upgrade/#before-upgrading',
  cli: 'https://linkerd.io/docs/tasks/upgrade/#upgrading-the-cli',
  controlPlane: 'https://linkerd.io/docs/tasks/upgrade/#upgrading-the-control-plane-with-the-cli',
  helm: 'https://linkerd.io/docs/tasks/install-helm/#upgrading-with-helm',
  helmMigration: 'https://linkerd.io/2.12/tasks/upgrade/#upgrade-notice-stable-2120',
  extensions: 'https://linkerd.io/docs/tasks/upgrade/#upgrading-extensions',
  multicluster: 'https://linkerd.io/docs/tasks/upgrade/#upgrading-the-multicluster-extension',
  mirrorControllers: 'https://linkerd.io/docs/tasks/upgrading-multicluster/',
  jaeger: 'https://linkerd.io/docs/tasks/jaeger-extension-migration/',
  dataPlane: 'https://linkerd.io/docs/tasks/upgrade/#upgrading-the-data-plane',
  releases: 'https://github.com/linkerd/linkerd2/releases',
  enterprise: 'https://docs.buoyant.io/',
  enterpriseNotes: 'https://docs.buoyant.io/release-notes/buoyant-enterprise-linkerd/',
} as const;

/** A word as a shell reads it back: quoted unless it is plain. */
export function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** The control plane's namespace; Linkerd's default where none was found. */
export function linkerdNamespace({ controlPlane }: Inventory): string {
  return controlPlane.namespace || 'linkerd';
}

/** `linkerd`, with the flag that a control plane in another namespace needs. */
export function linkerd(inventory: Inventory): string {
  const namespace = linkerdNamespace(inventory);
  return namespace === 'linkerd' ? 'linkerd' : `linkerd --linkerd-namespace ${quote(namespace)}`;
}

/** Of two tasks for one thing, the way of installation that one of them is for; '' where the way is known. */
export type Way = '' | 'cli' | 'helm';

/** Ends the title of a task that is for one way only. */
export function ifInstalled(way: Way): string {
  return way === '' ? '' : `, if it was installed with ${way === 'cli' ? 'the CLI' : 'Helm'}`;
}
