import { randomBytes } from 'node:crypto';

/** Label of every object that this suite creates at the top: its namespaces, and the inert webhook. The value is the run. */
export const RUN_LABEL = 'kubectl-linkerd-upgrade/cluster-test';
/** Who wrote the suite's own objects, in `managedFields`. */
export const SUITE_MANAGER = 'linkerd-upgrade-cluster-test';

const PREFIX = 'linkerd-upgrade-test';

/** What one run of the suite goes by; the runner hands it to the process with the tests. */
export interface Settings {
  /** Random, so that two runs on one cluster do not meet. */
  readonly run: string;
  /** Seconds that are waited for pods and controllers of the cluster. */
  readonly patienceSeconds: number;
  /** Whether a webhook configuration without rules may be created where there is none. */
  readonly inertWebhook: boolean;
  /** Proxy version that workloads start with where Linkerd is installed; '' takes the release before the control plane's. */
  readonly oldProxy: string;
  /** File that gets a line of JSON for everything that could not be tested, and one for what the cluster can do. */
  readonly notes: string;
}

const VARIABLE = 'CLUSTER_TEST_SETTINGS';

export function newRunName(): string {
  return randomBytes(3).toString('hex');
}

/** The environment of the process with the tests. */
export function environmentOf(settings: Settings): NodeJS.ProcessEnv {
  return { [VARIABLE]: JSON.stringify(settings) };
}

/** @throws Error where the suite was not started by its runner */
export function settingsFrom(env: NodeJS.ProcessEnv): Settings {
  const text = env[VARIABLE];
  if (text === undefined) {
    throw new Error(
      'this suite is started with npm run test:cluster, which asks first and cleans up behind it',
    );
  }
  return JSON.parse(text);
}

/** Name of one of a run's namespaces. */
export function namespaceName(run: string, what: 'control-plane' | 'shop' | 'trial'): string {
  return `${PREFIX}-${run}-${what}`;
}

/** Whether a namespace's name is one of this run's, or with '' of any run's. */
export function isOwnName(name: string, run: string): boolean {
  return name.startsWith(run === '' ? `${PREFIX}-` : `${PREFIX}-${run}-`);
}
