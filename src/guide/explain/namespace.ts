import { annotation, INJECTOR_WEBHOOK } from '../../data/linkerd.ts';
import { type DocumentedRule, rules } from '../../data/rules.ts';
import { namespaceLabels } from '../../mesh/injection.ts';
import { mismatch, selectorText } from '../../mesh/selectors.ts';
import { severity } from '../../mesh/skew.ts';
import type { EffectKind, MeshView, NamespaceView, WorkloadView } from '../../mesh/view.ts';
import { count, list } from '../../mesh/words.ts';
import type { Explanation, Ground } from '../explanation.ts';
import { controlPlaneGround, findingGrounds, findingsInNamespace } from './class-grounds.ts';
import { effectsText, someOf, workloadsByEffect } from './effects.ts';
import { PROGRAM } from './next-commands.ts';
import { versionGrounds } from './version-grounds.ts';
import { ruleOfClass } from './workload.ts';

/** What runs in a namespace, what its own labels and annotations decide, and what a restart of all of it would do. */
export function explainNamespace(namespace: NamespaceView, mesh: MeshView): Explanation {
  const { name, worst } = namespace;
  const workloads = mesh.workloads(name);
  return {
    subject: `namespace ${name}`,
    answer: answer(namespace),
    grounds: [
      controlPlaneGround(mesh.controlPlane),
      ...findingGrounds(findingsInNamespace(namespace, mesh)),
      ...trustGrounds(namespace),
      ...versionGrounds({}, mesh.namespaceRecord(name)?.annotations, mesh.context).slice(1),
      ...injectionGrounds(namespace, mesh),
      ...workloadGrounds(workloads),
    ],
    restart: restart(namespace),
    risks: risks(workloads),
    rules: rulesFor(namespace, worst ? ruleOfClass[worst] : []),
    next: next(namespace),
  };
}

const parts: Readonly<Record<NamespaceView['role'], string>> = {
  'control-plane': ' It holds the control plane.',
  extension: ' It holds an extension of Linkerd.',
  system: ' It belongs to Kubernetes or to the CNI plugin.',
  application: '',
};

function answer({ role, proxies, byClass, terminating }: NamespaceView): string {
  const ending = `${parts[role]}${terminating ? ' It is being deleted.' : ''}`;
  const [first, ...others] = severity.filter((skewClass) => byClass[skewClass] > 0);
  if (first === undefined) return `It has no proxies.${ending}`;
  if (others.length > 0) {
    const figures = others.map((skewClass) => `${byClass[skewClass]} ${skewClass}`);
    const verb = byClass[first] === 1 ? 'is' : 'are';
    return `Of its ${proxies} proxies ${list([`${byClass[first]} ${verb} ${first}`, ...figures])}.${ending}`;
  }
  const whole = proxies === 1 ? 'Its one proxy is' : `All of its ${proxies} proxies are`;
  return `${whole} ${first}.${ending}`;
}

function trustGrounds({ proxies, staleTrust }: NamespaceView): readonly Ground[] {
  if (staleTrust === 0) return [];
  return [
    {
      topic: 'trust',
      what: 'trust roots',
      value: `${staleTrust} of ${count(proxies, 'proxy', 'proxies')}`,
      follows: 'started with other trust roots than the control plane has now, and need a restart',
      decides: true,
    },
  ];
}

function injectionGrounds({ name, inject }: NamespaceView, mesh: MeshView): readonly Ground[] {
  const { webhook } = mesh.context;
  const record = mesh.namespaceRecord(name);
  if (webhook.state === 'missing') {
    const follows = 'it does not exist, so no pod is injected';
    return [
      { topic: 'injection', what: `webhook ${INJECTOR_WEBHOOK}`, value: 'missing', follows, decides: true },
    ];
  }
  const { namespaceSelector } = webhook;
  const missed = record && mismatch(namespaceSelector, namespaceLabels(record));
  const selection = missed ? `does not select it: ${missed}; none of its pods is injected` : 'selects it';
  const asks = inject === 'enabled' || inject === 'ingress';
  return [
    {
      topic: 'injection',
      what: 'namespaceSelector of the webhook',
      value: selectorText(namespaceSelector),
      follows: record
        ? selection
        : 'whether it selects the namespace cannot be told: the Namespace is not readable',
      decides: missed !== undefined,
    },
    {
      topic: 'injection',
      what: `${annotation.inject} on the namespace`,
      value: record ? inject || 'not set' : 'not readable',
      follows: asks
        ? 'asks for a proxy in every pod whose template does not refuse it'
        : 'asks for none: a pod gets one where its own template asks for it',
      decides: missed === undefined && record !== undefined,
    },
  ];
}

function workloadGrounds(workloads: readonly WorkloadView[]): readonly Ground[] {
  return workloadsByEffect(workloads).map(([kind, found]) => ({
    topic: 'workloads',
    what: count(found.length, 'workload'),
    value: kind,
    follows: someOf(found.map((workload) => `${workload.kind.toLowerCase()}/${workload.name}`)),
    decides: false,
  }));
}

function restart({ effects, workloads, role, extension }: NamespaceView): string {
  if (workloads === 0) return '';
  const text = `A restart of its ${count(workloads, 'workload')}: ${effectsText(effects)}.`;
  return role === 'extension' ? `${text} It renews proxies only, not ${extension} itself.` : text;
}

function risks(workloads: readonly WorkloadView[]): readonly string[] {
  const risky = workloads.filter((workload) => workload.risks.length > 0);
  if (risky.length === 0) return [];
  return [
    `${count(risky.length, 'workload has', 'workloads have')} risks of their own: explain them one by one`,
  ];
}

const changing: readonly EffectKind[] = ['upgrades', 'downgrades', 'renews', 'meshes', 'unmeshes'];

function next({ name, role, effects, pin }: NamespaceView): readonly string[] {
  if (role === 'control-plane' || role === 'system') return [];
  const moves = changing.some((kind) => effects[kind] > 0);
  return [
    ...(moves ? [`${PROGRAM} plan ${name}`, `${PROGRAM} restart ${name}`] : []),
    ...(pin === '' ? [] : [`${PROGRAM} unpin ${name}`]),
    `${PROGRAM} status -n ${name}`,
  ];
}

function rulesFor(
  { role, pin, staleTrust }: NamespaceView,
  ofClass: readonly DocumentedRule[],
): readonly DocumentedRule[] {
  return [
    ...ofClass,
    rules.injection,
    ...(pin === '' ? [] : [rules.pin]),
    ...(staleTrust === 0 ? [] : [rules.trustRoot]),
    ...(role === 'control-plane' ? [rules.controlPlaneProxy] : []),
    ...(role === 'extension' ? [rules.extension] : []),
  ];
}
