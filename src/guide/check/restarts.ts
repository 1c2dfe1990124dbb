import { annotation } from '../../data/linkerd.ts';
import { compareVersions, parseVersion } from '../../mesh/version.ts';
import type { MeshView, WorkloadView } from '../../mesh/view.ts';
import { count } from '../../mesh/words.ts';
import type { Inventory } from '../inventory.ts';
import { type Finding, type Rule, type RuleSet, when } from './rule.ts';
import { each, withRelease } from './workloads.ts';

const pinned: Rule<Inventory> = {
  anchor: 'pins',
  description: 'no proxy version is pinned',
  weight: 'warning',
  summary: 'some proxies follow a pin and not the control plane:',
  look: ({ mesh, config }) => [...globalPin(config), ...namespacePins(mesh), ...workloadPins(mesh)],
};

/** `proxy.image.version`, where it names a version that is known to be another than the control plane's. */
function globalPin(config: Inventory['config']): readonly Finding[] {
  if (config === undefined || config.proxyImageVersion === '') return [];
  const { proxyImageVersion, linkerdVersion } = config;
  const order = compareVersions(parseVersion(proxyImageVersion), parseVersion(linkerdVersion));
  return when(
    order === 1 || order === -1,
    `linkerd-config: proxy.image.version is ${proxyImageVersion}, the control plane ${linkerdVersion}`,
  );
}

function namespacePins({ namespaces, controlPlane }: MeshView): readonly Finding[] {
  return namespaces
    .filter(({ pin }) => pin !== '')
    .map(({ name, pin }) => ({ text: `namespace ${name}: pinned to ${against(pin, controlPlane.target)}` }));
}

function workloadPins(mesh: MeshView): readonly Finding[] {
  return each(mesh, (workload) => {
    const pin = mesh.workloadRecord(workload)?.template.annotations[annotation.pinnedProxyVersion] ?? '';
    return pin === '' ? undefined : `pinned to ${against(pin, mesh.controlPlane.target)}`;
  });
}

function against(pin: string, target: string): string {
  if (target === '') return withRelease(pin);
  return pin === target
    ? `${pin}, which is what the control plane injects today`
    : `${withRelease(pin)}, the control plane injects ${target}`;
}

const written: Rule<Inventory> = {
  anchor: 'static-injection',
  description: 'no proxy is written into a pod template',
  weight: 'warning',
  summary: 'some workloads were injected by hand, and no restart changes their proxies:',
  look: ({ mesh }) => ofEffect(mesh, 'static'),
};

const unmeshes: Rule<Inventory> = {
  anchor: 'restart-unmeshes',
  description: 'no restart would take a workload out of the mesh',
  weight: 'warning',
  summary: 'some workloads lose their proxies when their pods are replaced for whatever reason:',
  look: ({ mesh }) => ofEffect(mesh, 'unmeshes'),
};

function ofEffect(mesh: MeshView, kind: WorkloadView['effect']['kind']): readonly Finding[] {
  return each(mesh, ({ effect }) => (effect.kind === kind ? effect.reason : undefined));
}

const meshed: Rule<Inventory> = {
  anchor: 'missing-proxies',
  description: 'pods that should have a proxy have one',
  weight: 'warning',
  summary: 'some pods would get a proxy if they started now, and have none:',
  look: ({ mesh }) =>
    each(mesh, ({ target, pods }) => {
      const { unmeshed, live } = pods;
      return target === '' || unmeshed === 0 ? undefined : `${unmeshed} of ${count(live, 'pod')}`;
    }),
};

/** What stands between the data plane and an upgrade by restart. */
export const restartRules: RuleSet<Inventory> = {
  name: 'linkerd-dataplane-injection',
  rules: [pinned, written, unmeshes, meshed],
};
