/** A simulated cluster that enforces the roles and policies stored in it, and commands run in it as somebody. */
import assert from 'node:assert/strict';
import { parseAllDocuments } from 'yaml';
import { parseArguments } from '../../src/cli/arguments.ts';
import { check } from '../../src/cli/check.ts';
import { CommandError } from '../../src/cli/command-error.ts';
import { explain } from '../../src/cli/explain.ts';
import { pin } from '../../src/cli/pin.ts';
import { plan } from '../../src/cli/plan.ts';
import { rbac } from '../../src/cli/rbac.ts';
import { restart } from '../../src/cli/restart.ts';
import { status } from '../../src/cli/status.ts';
import { unpin } from '../../src/cli/unpin.ts';
import { verify } from '../../src/cli/verify.ts';
import { annotation } from '../../src/data/linkerd.ts';
import { readInventory } from '../../src/guide/read/inventory.ts';
import { createKubeClient, type KubeClient } from '../../src/kube/client.ts';
import { KubeError } from '../../src/kube/errors.ts';
import { follow } from '../../src/live/follow.ts';
import { acceleratedClock } from '../../src/sim/cluster/clock.ts';
import * as build from '../../src/sim/cluster/scenario/builders.ts';
import { applyControlPlane, CLI_INSTALLATION } from '../../src/sim/cluster/scenario/control-plane.ts';
import { applyResource } from '../../src/sim/cluster/scenario/custom-resources.ts';
import type { Scenario } from '../../src/sim/cluster/scenario/scenarios.ts';
import { daysAgo } from '../../src/sim/cluster/scenario/story.ts';
import { OTHER_TRUST_ROOT } from '../../src/sim/cluster/scenario/trust-roots.ts';
import { type Simulation, startSimulation } from '../../src/sim/cluster/simulation.ts';
import { arrayAt, isObject, stringAt } from '../../src/sim/json.ts';
import { resourceTypes } from '../../src/sim/resources.ts';
import type { AuditEntry } from '../../src/sim/server/audit.ts';
import { storedRbac } from '../../src/sim/server/stored-rbac.ts';
import type { User } from '../../src/sim/server/users.ts';
import { connectionTo } from '../support/connection.ts';
import { temporaryFolder } from '../support/program.ts';
import { admissionPolicies } from './admission-policies.ts';

const TOKEN = 'token-of-restarter';
export const SUBJECT = 'ServiceAccount:ci/restarter';
const USER = 'system:serviceaccount:ci:restarter';
const BEFORE = 'edge-25.10.7';
const NOW = 'edge-25.11.3';
const MESHED = { [annotation.inject]: 'enabled' };
/** No faster: the Lease of a run is renewed in its time, but answered in real time. */
const SPEED = 20;
/** Pods that start at once. */
const PROMPT = { schedule: 10, prepare: 20, init: 10, ready: 100, terminate: 50, jitter: 0 };

/** One verb on one resource, perhaps on certain names only. */
export interface GrantedRight {
  /** `apps/deployments`, `/pods`. */
  readonly resource: string;
  readonly verb: string;
  /** '' for all, else joined by commas. */
  readonly names: string;
  /** That of its Role; '' for a ClusterRole. */
  readonly namespace: string;
}

export interface Told {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface GrantedCluster {
  readonly simulation: Simulation;
  readonly client: KubeClient;
  /** Who may do everything. */
  readonly administrator: KubeClient;
  /** The users that were asked for. */
  readonly others: readonly KubeClient[];
  /** Where its runs are recorded; removed afterwards. */
  readonly folder: string;
  /** Requests of the one with the rights since the last call. */
  asked(): readonly AuditEntry[];
  /** Applies what `rbac` prints for these words, in place of everything that was granted before. */
  grant(...words: readonly string[]): Promise<void>;
  /** Lets RBAC allow everything to everybody beside, so that only admission can refuse. */
  allowEverything(): Promise<void>;
  /** Takes a right away wherever it was granted. */
  revoke(right: GrantedRight): void;
  /** Runs a command to its end. */
  run(...words: readonly string[]): Promise<Told>;
  /** What the live screen reads: follows, and asks for the inventory. */
  look(namespace?: string): Promise<string>;
}

/** Definitions that a fresh Linkerd does not bring. */
const DEFINITIONS = [
  ['links.multicluster.linkerd.io', 'Link'],
  ['controlplanes.linkerd.buoyant.io', 'ControlPlane'],
  ['trafficsplits.split.smi-spec.io', 'TrafficSplit'],
] as const;

/** Two namespaces of every kind of workload, and all else that the program asks about. */
export function everyKind(): Scenario {
  return {
    installation: CLI_INSTALLATION,
    story: [
      daysAgo(3, (world) => {
        for (const name of ['node-a', 'node-b', 'node-c']) world.create(build.node(name, 'v1.31.4'));
        world.createAll(['default', 'kube-system', 'ci'].map((name) => build.namespace(name)));
        applyControlPlane(world, BEFORE, CLI_INSTALLATION);
      }),
      daysAgo(2, (world) => {
        for (const [name, kind] of DEFINITIONS) applyResource(world, { name, kind, versions: ['v1alpha1'] });
        for (const name of ['books', 'shop']) {
          world.create(build.namespace(name, MESHED));
          world.create(build.deployment(name, 'web'));
          world.create(build.statefulSet(name, 'db', { replicas: 1 }));
          world.create(build.daemonSet(name, 'agent'));
          world.create(build.statefulSet(name, 'cache', { replicas: 1, onDelete: true }));
          const owner = world.create(build.rollout(name, 'canary', { replicas: 1 }));
          world.create(
            build.replicaSet(name, 'canary-7c9', { labels: { app: 'canary' }, replicas: 1, owner }),
          );
          world.create(build.disruptionBudget(name, 'web', { maxUnavailable: 1 }));
          world.create(build.resourceQuota(name, 'cap', { 'requests.cpu': '100' }));
        }
      }),
      daysAgo(1, (world) => {
        const trustRoots = `${CLI_INSTALLATION.trustRoots}\n${OTHER_TRUST_ROOT}`;
        applyControlPlane(world, NOW, { ...CLI_INSTALLATION, trustRoots });
      }),
    ],
  };
}

const commands = { status, verify, explain, check, plan, restart, pin, unpin } as const;

/** A cluster for one test, with `users` beside the one with the rights. */
export async function grantedCluster(
  t: { after(cleanup: () => unknown): void },
  { users = [] }: { readonly users?: readonly User[] } = {},
): Promise<GrantedCluster> {
  const clock = acceleratedClock(SPEED);
  const simulation = await startSimulation({
    scenario: everyKind(),
    clock,
    timing: PROMPT,
    tls: false,
    server: {
      wireClock: clock,
      authorizer: storedRbac,
      validating: admissionPolicies,
      users: new Map([
        [TOKEN, { name: USER, groups: ['system:serviceaccounts', 'system:serviceaccounts:ci'] }],
        ...users.map((user, index): [string, User] => [`token-${index}`, user]),
      ]),
    },
  });
  const folder = temporaryFolder();
  const env = { XDG_STATE_HOME: folder.path, HOME: folder.path, PATH: folder.path };
  const clientFor = (token: string | undefined): KubeClient =>
    createKubeClient(
      connectionTo(simulation.url, {
        authentication: token === undefined ? { type: 'none' } : { type: 'token', token },
      }),
      {
        userAgentVersion: 'test',
        clock,
        env: {},
        timeouts: { connectMs: 1_000 * SPEED, headersMs: 5_000 * SPEED, idleMs: 5_000 * SPEED },
      },
    );
  const client = clientFor(TOKEN);
  const administrator = clientFor(undefined);
  const others = users.map((_, index) => clientFor(`token-${index}`));
  t.after(async () => {
    for (const opened of [client, administrator, ...others]) opened.close();
    await simulation.stop();
    folder[Symbol.dispose]();
  });
  let seen = 0;

  async function apply(object: unknown): Promise<void> {
    assert.ok(isObject(object));
    const apiVersion = stringAt(object, 'apiVersion');
    const kind = stringAt(object, 'kind');
    const type = resourceTypes.find(
      (candidate) => candidate.kind === kind && `${candidate.group}/${candidate.version}` === apiVersion,
    );
    assert.ok(type, `${apiVersion} ${kind} is served`);
    const namespace = stringAt(object, 'metadata', 'namespace');
    assert.equal(namespace !== '', type.namespaced);
    await administrator.json({
      method: 'POST',
      path: `/apis/${apiVersion}${namespace === '' ? '' : `/namespaces/${namespace}`}/${type.plural}`,
      body: object,
      operation: `create ${kind}`,
    });
  }

  return {
    simulation,
    client,
    administrator,
    others,
    folder: folder.path,
    asked() {
      const { entries } = simulation.server.audit;
      const fresh = entries.slice(seen).filter(({ user }) => user === USER);
      seen = entries.length;
      return fresh;
    },
    async grant(...words) {
      for (const type of grantingTypes) {
        for (const { metadata } of simulation.store.list(type, '')) {
          simulation.store.delete(type, metadata.namespace ?? '', metadata.name);
        }
      }
      for (const document of parseAllDocuments(printed(words))) await apply(document.toJS());
    },
    async allowEverything() {
      const role = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'everything' };
      const apiVersion = `${role.apiGroup}/v1`;
      const metadata = { name: role.name };
      const rules = [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }];
      await apply({ apiVersion, kind: role.kind, metadata, rules });
      const subjects = [{ kind: 'Group', apiGroup: role.apiGroup, name: 'system:authenticated' }];
      await apply({ apiVersion, kind: 'ClusterRoleBinding', metadata, roleRef: role, subjects });
    },
    revoke(right) {
      for (const type of grantingTypes.filter(({ kind }) => kind.endsWith('Role'))) {
        for (const role of simulation.store.list(type, '')) {
          const rules = rulesIn(role).filter((rule) => !isSame(rule, right));
          simulation.store.update(type, { ...role, rules: rules.map(ruleOf) });
        }
      }
    },
    async run(...words) {
      const args = parseArguments(words);
      const name = Object.keys(commands).find((candidate) => candidate === args.command);
      assert.ok(isCommand(name), args.command);
      let out = '';
      let err = '';
      const output = {
        out: (text: string) => {
          out += text;
        },
        err: (text: string) => {
          err += text;
        },
      };
      try {
        const code = await commands[name](args, client, env, output);
        return { code, out, err };
      } catch (error) {
        // As the program itself ends (src/cli/run.ts).
        if (!(error instanceof KubeError || error instanceof CommandError)) throw error;
        return { code: 1, out, err: `${err}error: ${error.message}\n` };
      }
    },
    async look(namespace) {
      const session = follow(client, {
        namespaces: namespace === undefined ? undefined : [namespace],
        labelSelector: '',
        controlPlaneNamespace: '',
        contextNamespace: 'default',
      });
      try {
        await session.loaded();
        await readInventory(client, session.store.get(), session.model, { cli: { state: 'absent' } });
        const { unreadable, freshness } = session.store.get();
        return [freshness.state, ...unreadable.map(({ what, why }) => `${what}: ${why}`)].join('\n');
      } finally {
        session.close();
      }
    },
  };
}

const grantingTypes = resourceTypes.filter(
  ({ group, kind }) => group === 'rbac.authorization.k8s.io' || kind.startsWith('ValidatingAdmissionPolicy'),
);

function isCommand(name: string | undefined): name is keyof typeof commands {
  return name !== undefined && Object.hasOwn(commands, name);
}

/** What `rbac` prints, for the one who restarts unless others are named. */
export function printed(words: readonly string[], subjects: readonly string[] = [SUBJECT]): string {
  let text = '';
  const output = {
    out: (more: string) => {
      text += more;
    },
    err: (more: string) => assert.fail(more),
  };
  const flags = subjects.flatMap((subject) => ['--subject', subject]);
  assert.equal(rbac(parseArguments(['rbac', ...words, ...flags]), {}, output), 0);
  return text;
}

/** Every right that `rbac` prints for these words. */
export function printedRights(...words: readonly string[]): readonly GrantedRight[] {
  const documents = parseAllDocuments(printed(words)).map((document): unknown => document.toJS());
  return documents.flatMap(rulesIn);
}

function rulesIn(role: unknown): readonly GrantedRight[] {
  const namespace = stringAt(role, 'metadata', 'namespace');
  return arrayAt(role, 'rules').flatMap((rule) => {
    const names = texts(rule, 'resourceNames').join(',');
    return texts(rule, 'apiGroups').flatMap((group) =>
      texts(rule, 'resources').flatMap((resource) =>
        texts(rule, 'verbs').map((verb) => ({ resource: `${group}/${resource}`, verb, names, namespace })),
      ),
    );
  });
}

function texts(rule: unknown, field: string): readonly string[] {
  const values: unknown = isObject(rule) ? rule[field] : undefined;
  return Array.isArray(values) ? values.map(String) : [];
}

function ruleOf({ resource, verb, names }: GrantedRight) {
  const slash = resource.indexOf('/');
  return {
    apiGroups: [resource.slice(0, slash)],
    resources: [resource.slice(slash + 1)],
    verbs: [verb],
    ...(names === '' ? {} : { resourceNames: names.split(',') }),
  };
}

function isSame(a: GrantedRight, b: GrantedRight): boolean {
  return a.resource === b.resource && a.verb === b.verb && a.names === b.names && a.namespace === b.namespace;
}
