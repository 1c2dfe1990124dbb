import type { TestContext } from 'node:test';
import { annotation } from '../../src/data/linkerd.ts';
import { createKubeClient, type KubeClient } from '../../src/kube/client.ts';
import type { Clock } from '../../src/kube/clock.ts';
import { follow, type LiveSession } from '../../src/live/follow.ts';
import type { Subject } from '../../src/live/subjects.ts';
import { acceleratedClock } from '../../src/sim/cluster/clock.ts';
import { deployment, namespace } from '../../src/sim/cluster/scenario/builders.ts';
import { freshInstall, type Scenario } from '../../src/sim/cluster/scenario/scenarios.ts';
import { minutesAgo } from '../../src/sim/cluster/scenario/story.ts';
import { type Simulation, startSimulation } from '../../src/sim/cluster/simulation.ts';
import {
  type Authorizer,
  type Binding,
  type PolicyRule,
  rbacAuthorizer,
} from '../../src/sim/server/authorizer.ts';
import { connectionTo } from '../support/connection.ts';

const SPEED = 50;
const PATIENCE_MS = 15_000;
const READ = ['get', 'list', 'watch'];
const MESHED = { [annotation.inject]: 'enabled' };

/** What a viewer of namespaces reads in them; a ClusterRole where it is bound to all. */
export const WORKLOADS: readonly PolicyRule[] = [
  { verbs: READ, apiGroups: [''], resources: ['pods'] },
  {
    verbs: READ,
    apiGroups: ['apps'],
    resources: ['deployments', 'statefulsets', 'daemonsets', 'replicasets'],
  },
  { verbs: READ, apiGroups: ['batch'], resources: ['jobs'] },
  { verbs: READ, apiGroups: ['policy'], resources: ['poddisruptionbudgets'] },
];
export const NAMESPACES: PolicyRule = { verbs: READ, apiGroups: [''], resources: ['namespaces'] };
/** The three objects that are read by name, and nothing else of their kinds. */
export const INJECTION: readonly PolicyRule[] = [
  {
    verbs: ['get'],
    apiGroups: ['admissionregistration.k8s.io'],
    resources: ['mutatingwebhookconfigurations'],
    resourceNames: ['linkerd-proxy-injector-webhook-config'],
  },
  {
    verbs: ['get'],
    apiGroups: [''],
    resources: ['configmaps'],
    resourceNames: ['linkerd-config', 'linkerd-identity-trust-roots'],
  },
];

const USER = 'ann';
const TOKEN = 'token-of-ann';

/** Rights of the one who reads, in one namespace or (without one) everywhere. */
export function may(rules: readonly PolicyRule[], inNamespace?: string): Binding {
  return { user: USER, rules, ...(inNamespace === undefined ? {} : { namespace: inNamespace }) };
}

/** Linkerd, and three namespaces with one Deployment of two each. */
export function threeTeams(): Scenario {
  const { story, installation } = freshInstall();
  const teams = minutesAgo(60, (world) => {
    for (const name of ['books', 'shop', 'vault']) {
      world.create(namespace(name, MESHED));
      world.create(deployment(name, `${name}-app`));
    }
  });
  return { story: [...story, teams], installation };
}

export interface Restricted {
  readonly simulation: Simulation;
  readonly client: KubeClient;
  readonly clock: Clock;
  follow(subject?: Partial<Subject>): LiveSession;
  /** Rights from now on. */
  grant(...bindings: readonly Binding[]): void;
}

/** The cluster as somebody sees it who has these rights. */
export async function restricted(
  t: TestContext,
  bindings: readonly Binding[],
  { scenario = threeTeams(), namespace: home = 'default' }: { scenario?: Scenario; namespace?: string } = {},
): Promise<Restricted> {
  let current = rbacAuthorizer(bindings);
  const authorizer: Authorizer = {
    allows: (user, attributes) => current.allows(user, attributes),
    rules: (user, inNamespace) => current.rules(user, inNamespace),
  };
  const clock = acceleratedClock(SPEED);
  const simulation = await startSimulation({
    scenario,
    clock,
    tls: false,
    server: { wireClock: clock, authorizer, users: new Map([[TOKEN, { name: USER, groups: [] }]]) },
  });
  const client = createKubeClient(
    connectionTo(simulation.url, { authentication: { type: 'token', token: TOKEN }, namespace: home }),
    {
      userAgentVersion: 'test',
      clock,
      env: {},
      timeouts: { connectMs: 1_000 * SPEED, headersMs: 5_000 * SPEED, idleMs: 5_000 * SPEED },
    },
  );
  const sessions: LiveSession[] = [];
  t.after(async () => {
    for (const session of sessions) session.close();
    client.close();
    await simulation.stop();
  });
  return {
    simulation,
    client,
    clock,
    follow(changes = {}) {
      const session = follow(client, subject({ contextNamespace: home, ...changes }));
      sessions.push(session);
      return session;
    },
    grant(...next) {
      current = rbacAuthorizer(next);
    },
  };
}

export function subject(changes: Partial<Subject> = {}): Subject {
  return {
    namespaces: undefined,
    labelSelector: '',
    controlPlaneNamespace: '',
    contextNamespace: 'default',
    ...changes,
  };
}

/** Resolves once `holds` for what is shown; fails with the last of it when that takes too long. */
export async function until<T>(read: () => T, holds: (value: T) => boolean): Promise<T> {
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    const value = read();
    if (holds(value)) return value;
    if (performance.now() > deadline) throw new Error(`waited in vain; last: ${JSON.stringify(value)}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
