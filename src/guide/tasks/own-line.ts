import { installationText } from '../applicability/installed.ts';
import type { Extension, Installation } from '../inventory.ts';
import { type Finding, guide, quote } from './task.ts';

/** What is known of an extension whose versions are its own. */
interface OwnLine {
  readonly docs: string;
  commands(installation: Installation): readonly string[];
}

const known: Readonly<Record<string, OwnLine>> = {
  smi: { docs: 'https://linkerd.io/docs/tasks/linkerd-smi/', commands: smiCommands },
  failover: { docs: 'https://linkerd.io/docs/tasks/automatic-failover/', commands: () => [] },
  buoyant: { docs: guide.enterprise, commands: () => [] },
};

function smiCommands(installation: Installation): readonly string[] {
  if (installation.method === 'cli') return ['linkerd smi install | kubectl apply -f -'];
  if (installation.method !== 'helm') return [];
  return [
    'helm repo add l5d-smi https://linkerd.github.io/linkerd-smi',
    'helm repo update l5d-smi',
    `helm upgrade ${quote(installation.release)} l5d-smi/linkerd-smi -n ${quote(installation.namespace)} --reuse-values`,
  ];
}

/** An extension that is not released with Linkerd: whether a newer one is there, this program does not know. */
export function ownLine(
  { name, namespace, version, installation, problems }: Extension,
  suffix: string,
): Finding {
  const line = known[name];
  return {
    id: `extension/${name}${suffix}`,
    kind: 'extension',
    title: `See whether ${name} has a newer version`,
    state: 'unknown',
    why: `${version === '' ? `its version in namespace ${namespace} cannot be told` : `${version} in namespace ${namespace}`}; its versions are its own, so Linkerd's say nothing about it`,
    commands: line?.commands(installation) ?? [],
    details: [
      `Installed ${installationText(installation)}.`,
      ...problems,
      ...(line ? [] : ['Not an extension that this program knows: ask whoever made it.']),
    ],
    docs: line?.docs ?? '',
  };
}
