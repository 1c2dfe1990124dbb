import { annotation, container as containerName, label } from '../../data/linkerd.ts';
import { type DocumentedRule, rules } from '../../data/rules.ts';
import type { WorkloadRecord } from '../../kube/records.ts';
import type { MeshView, SkewClass, WorkloadView } from '../../mesh/view.ts';
import { count } from '../../mesh/words.ts';
import type { Explanation, Ground } from '../explanation.ts';
import { controlPlaneGround, type Finding, findingGrounds, findingsIn, findingsOf } from './class-grounds.ts';
import { decisionOf, injectionGrounds } from './injection-grounds.ts';
import { nextFor } from './next-commands.ts';
import { restartText } from './restart-text.ts';
import { sidecarGrounds, staticGround, versionGrounds } from './version-grounds.ts';

/** Why a workload has its class, what decides over its proxies, and what a restart would do. */
export function explainWorkload(workload: WorkloadView, mesh: MeshView): Explanation {
  const { namespace, kind, name, effect, ifEvicted } = workload;
  const record = mesh.workloadRecord(workload);
  const pods = findingsOf(workload, mesh);
  const findings = pods.length > 0 ? pods : findingsIn(workload, mesh.controlPlane);
  const isPinnedByTemplate = record?.template.annotations[annotation.pinnedProxyVersion] !== undefined;
  return {
    subject: `${namespace} ${kind.toLowerCase()}/${name}`,
    answer: answer(workload, findings),
    grounds: [
      controlPlaneGround(mesh.controlPlane),
      ...findingGrounds(findings),
      ...trustGrounds(workload, mesh),
      ...decidingGrounds(workload, record, mesh),
    ],
    restart: restartText(effect, ifEvicted),
    risks: workload.risks.map(({ text }) => text),
    rules: rulesFor(workload, record, mesh),
    next: nextFor(workload, effect.kind, isPinnedByTemplate),
  };
}

function answer({ pods, worst }: WorkloadView, [first]: readonly Finding[]): string {
  if (first && worst) return `It is ${worst}: ${first.reason}.`;
  if (pods.live === 0) return 'It has no class: none of its pods runs.';
  const what =
    pods.live === 1 ? 'its one live pod has no proxy' : `none of its ${pods.live} live pods has a proxy`;
  return `It has no class: ${what}.`;
}

function trustGrounds({ proxies, staleTrust }: WorkloadView, { controlPlane }: MeshView): readonly Ground[] {
  if (staleTrust === 0) return [];
  return [
    {
      topic: 'trust',
      what: 'trust roots of the control plane',
      value: `sha256 ${controlPlane.trustRootSha256.slice(0, 12)}`,
      follows: `${staleTrust} of ${count(proxies, 'proxy', 'proxies')} started with other ones and need a restart, whatever their version`,
      decides: true,
    },
  ];
}

/** What of the template decides; nothing where the workload's pods are made from elsewhere or cannot be read. */
function decidingGrounds(
  workload: WorkloadView,
  record: WorkloadRecord | undefined,
  mesh: MeshView,
): readonly Ground[] {
  if (!record || record.templateOf || isControlPlane(record)) return [];
  const { context } = mesh;
  const { template } = record;
  const namespace = mesh.namespaceRecord(workload.namespace);
  const input = { template, namespace, context };
  const decision = decisionOf(input);
  const injection = injectionGrounds(input, decision);
  const written = template.containers.find(({ name }) => name === containerName.proxy);
  if (written)
    return [staticGround(written.image, template.annotations[annotation.createdBy] ?? ''), ...injection];
  // A version that nobody injects would only mislead.
  if (decision.inject === false) return injection;
  return [
    ...versionGrounds(template.annotations, namespace?.annotations, context),
    ...injection,
    ...sidecarGrounds(template.annotations, namespace?.annotations ?? {}, context),
  ];
}

function isControlPlane({ template }: WorkloadRecord): boolean {
  return label.controlPlaneComponent in template.labels;
}

/** The rule that a class rests on. */
export const ruleOfClass: Readonly<Record<SkewClass, readonly DocumentedRule[]>> = {
  violation: [rules.skew, rules.oneStep],
  'behind-one': [rules.skew, rules.oneStep],
  behind: [rules.skew, rules.edges],
  current: [rules.skew],
  ahead: [rules.ahead],
  unknown: [rules.skew, rules.edges],
};

function rulesFor(
  { worst, effect, staleTrust }: WorkloadView,
  record: WorkloadRecord | undefined,
  { context }: MeshView,
): readonly DocumentedRule[] {
  const found: DocumentedRule[] = worst ? [...ruleOfClass[worst]] : [];
  switch (effect.kind) {
    case 'pinned':
      found.push(rules.pin);
      break;
    case 'static':
      found.push(rules.manual);
      break;
    case 'unmeshes':
    case 'meshes':
      found.push(rules.injection);
      break;
    case 'upgrades':
    case 'downgrades':
    case 'renews':
      found.push(rules.restart);
      break;
    case 'nothing':
      if (!worst) found.push(rules.injection);
      break;
  }
  if (staleTrust > 0) found.push(rules.trustRoot);
  if (context.injector.state === 'down') found.push(rules.failurePolicy);
  if (record && isControlPlane(record)) found.push(rules.controlPlaneProxy);
  return found;
}
