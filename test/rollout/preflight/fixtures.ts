import assert from 'node:assert/strict';
import type { Part } from '../../../src/kube/part.ts';
import type { KubeRecord } from '../../../src/kube/records.ts';
import { createMeshModel } from '../../../src/mesh/model.ts';
import type { PlanItem } from '../../../src/rollout/plan/plan.ts';
import type { PlanningInput } from '../../../src/rollout/plan/planner.ts';
import type { CertificateFacts } from '../../../src/rollout/preflight/certificates.ts';
import type { PreflightFacts, ProbeAnswer } from '../../../src/rollout/preflight/facts.ts';
import { judgePreflight } from '../../../src/rollout/preflight/judge.ts';
import type { PreflightReport } from '../../../src/rollout/preflight/report.ts';
import {
  controlPlane,
  deployment,
  injectorWebhook,
  link,
  meshedNamespace,
  meshedPod,
  owner,
  upsert,
} from '../../support/records.ts';

export const OLD = 'edge-25.10.7';
export const PRESENT = 'edge-25.11.3';
/** 2026-11-21T20:00:00Z */
export const AT = 1_795_291_200;
export const DAY = 86_400;
/** Hash of the present trust bundle. */
export const ROOT = '63b6b1b2';

export const known = <T>(value: T): Part<T> => ({ state: 'known', value });
export const absent = { state: 'absent' } as const;
export const unreadable = (why: string) => ({ state: 'unreadable', why }) as const;

export function anchor(name: string, fields: Partial<CertificateFacts> = {}): CertificateFacts {
  return {
    subject: `CN=${name}`,
    anchor: name,
    notBefore: AT - 100 * DAY,
    notAfter: AT + 1_000 * DAY,
    ...fields,
  };
}

/** A Deployment with one old proxy, its links and pods; `fields` of the Deployment. */
export function workload(
  name: string,
  fields: Parameters<typeof deployment>[0] = {},
  podFields: Parameters<typeof meshedPod>[1] = {},
): readonly KubeRecord[] {
  const { namespace = 'apps' } = fields;
  const set = link('ReplicaSet', `${name}-1`, owner('Deployment', name), { namespace });
  const pod = meshedPod(OLD, {
    namespace,
    name: `${name}-1-x`,
    owner: owner('ReplicaSet', `${name}-1`),
    ...podFields,
  });
  return [deployment({ namespace, name, replicas: 1, ...fields }), set, pod];
}

export interface Scene {
  readonly facts?: Partial<PreflightFacts>;
  /** What stands in the cluster beside the control plane; by default the Deployments `apps/web` and `apps/api`. */
  readonly records?: readonly KubeRecord[];
  readonly controlPlane?: readonly KubeRecord[];
  readonly item?: (item: PlanItem) => Partial<PlanItem>;
  readonly answers?: Readonly<Record<string, ProbeAnswer>>;
}

/** The report on all workloads of namespace `apps`, in a cluster where everything is well but for what is said. */
export function reportOn(scene: Scene = {}): PreflightReport {
  const planning = pictureOf(scene);
  const items = planning.mesh.workloads('apps').map((view): PlanItem => {
    const { namespace, kind, name, uid, apiVersion, effect, risks } = view;
    const plain: PlanItem = {
      key: { namespace, kind, name },
      uid,
      apiVersion,
      resourceVersion: '1',
      templateHash: '',
      method: 'restart',
      effect,
      reasons: [],
      risks,
      from: view.byVersion,
      expected: { version: view.target, trustRootSha256: ROOT },
      pods: view.replicas,
      kept: 0,
      rounds: 1,
      wave: 0,
      deadlineSeconds: 600,
    };
    return { ...plain, ...scene.item?.(plain) };
  });
  assert.ok(items.length > 0);
  return judgePreflight(factsOf(scene), items, planning);
}

function pictureOf({ records, controlPlane: plane = controlPlane(PRESENT) }: Scene): PlanningInput {
  const model = createMeshModel();
  const own = records ?? [...workload('web'), ...workload('api')];
  for (const record of [...plane, meshedNamespace('apps'), ...own]) {
    model.apply(upsert(record));
  }
  for (const kind of ['Pod', 'Namespace', 'MutatingWebhookConfiguration'] as const) {
    model.markListed(kind);
  }
  return { mesh: model.view(), workload: (key) => model.workload(key) };
}

function factsOf({ facts, answers }: Scene): PreflightFacts {
  const { webhooks } = injectorWebhook({ failurePolicy: 'Fail' });
  return {
    now: AT,
    kubernetesVersion: 'v1.31.4',
    webhook: known({
      webhook: webhooks[0],
      authorities: { certificates: [anchor('webhook')], unreadable: 0 },
    }),
    config: known({ parsed: { ok: true, config: config() }, proxyResources: undefined }),
    trustBundle: known({ sha256: ROOT, certificates: [anchor('root')], unreadable: 0 }),
    heldBundles: [],
    issuer: absent,
    namespaces: new Map([['apps', known(meshedNamespace('apps'))]]),
    access: new Map(),
    lockAccess: { allowed: true, missing: '', reason: '' },
    lease: absent,
    quotas: new Map(),
    requests: new Map(),
    autoscalers: new Map(),
    cordoned: known([]),
    dataPlanes: new Map(),
    probes: {
      asked: answers !== undefined,
      answers: Object.entries(answers ?? {}).map(([name, answer]) => ({
        key: { namespace: 'apps', kind: 'Deployment', name },
        answer,
      })),
      forbidden: [],
      omitted: 0,
    },
    ...facts,
  };
}

type Config = Extract<PreflightFacts['config'], { state: 'known' }>['value']['parsed'];

export function config(fields: Partial<Extract<Config, { ok: true }>['config']> = {}) {
  return {
    linkerdVersion: PRESENT,
    controllerImageVersion: '',
    policyControllerImageVersion: '',
    proxyImageName: 'cr.l5d.io/linkerd/proxy',
    proxyImageVersion: '',
    cliVersion: '',
    highAvailability: false,
    cniEnabled: false,
    webhookFailurePolicy: '',
    nativeSidecar: undefined,
    waitBeforeExitSeconds: 0,
    serviceAccountTokenProjection: true,
    ...fields,
  };
}

type Proxied = Extract<ProbeAnswer, { answer: 'proxy' }>;

/** A probe that came back as planned, but for `fields`. */
export function proxied(fields: Partial<Proxied> = {}): Proxied {
  return { answer: 'proxy', version: PRESENT, shape: 'container', trustRootSha256: ROOT, ...fields };
}

/** Findings in a line each: `blocker target: text`. */
export function lines({ findings }: PreflightReport): readonly string[] {
  return findings.map(({ severity, check, text }) => `${severity} ${check}: ${text}`);
}
