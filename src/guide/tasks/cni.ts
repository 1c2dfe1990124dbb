import { coerce, compare } from 'semver';
import { parseVersion } from '../../mesh/version.ts';
import { minorOf } from '../applicability/facts.ts';
import {
  extensionChartVersion,
  helmReinstall,
  helmUpgrade,
  leavesOldCharts,
  OLD_CHARTS,
  repositoryCommands,
  repositoryOf,
} from './charts.ts';
import type { Finding, StepContext } from './task.ts';

/**
 * Versions of the CNI plugin that came with the releases, by the N of 2.N; it has a line of its own since 2.12
 * (linkerd2 `charts/linkerd2-cni/values.yaml` at each tag).
 */
const pluginOf: Readonly<Record<number, string>> = {
  12: 'v1.1.1',
  14: 'v1.3.0',
  15: 'v1.3.0',
  16: 'v1.5.1',
  17: 'v1.5.2',
  18: 'v1.6.2',
  19: 'v1.6.4',
  20: 'v1.6.8',
};

/** The documentation's name of release and namespace. */
const NAME = 'linkerd-cni';
const VALUES = 'cni-values.yaml';
const WHILE_AWAY =
  'While the plugin is away no meshed pod can start: do it when nothing is deployed, and restart nothing meanwhile.';

const DOCS = 'https://linkerd.io/docs/features/cni/';

/** The CNI plugin, where it is installed: new pods find their network through it, so it goes before them. */
export function cni(step: StepContext): readonly Finding[] {
  const { cni: part } = step.inventory;
  if (part.state === 'absent') return [];
  const common = {
    id: 'extension/cni',
    kind: 'extension',
    title: `Upgrade the CNI plugin to that of ${step.to}`,
    commands: commandsOf(step),
    docs: DOCS,
  } as const;
  if (part.state === 'unreadable') {
    return [
      {
        ...common,
        state: 'unknown',
        why: `whether it is installed could not be read: ${part.why}`,
        details: [
          ...detailsOf(step),
          'Only where DaemonSet linkerd-cni is there: kubectl get daemonsets -A -l linkerd.io/cni-resource.',
        ],
      },
    ];
  }
  const { version, ready, wanted } = part.value;
  const nodes = `${ready} of ${wanted} nodes ready`;
  const published = pluginOf[minorOf(step.to) ?? 0];
  const details = [
    ...detailsOf(step),
    'The namespace and the release are those of the documentation, linkerd-cni: look where your DaemonSet is.',
    'The plugin has a version line of its own.',
  ];
  if (ready < wanted)
    return [{ ...common, state: 'in-progress', why: `${version || 'unknown version'}, ${nodes}`, details }];
  const running = coerce(version);
  const expected = coerce(published);
  if (!running || !expected) {
    return [
      {
        ...common,
        state: 'unknown',
        why: `${version || 'of unknown version'}, ${nodes}; which one comes with ${step.to} is not in this program's table`,
        details,
      },
    ];
  }
  const isNew = compare(running, expected) >= 0;
  return [
    {
      ...common,
      state: isNew ? 'done' : 'open',
      why: `${version}, ${nodes}; ${published} came with 2.${minorOf(step.to)}`,
      details,
    },
  ];
}

/** By the control plane's own way, which the plugin nearly always shares. */
function commandsOf({ inventory, from, to }: StepContext): readonly string[] {
  const { method } = inventory.installation;
  if (method === 'gitops' || method === 'operator') return [];
  if (method === 'helm') {
    const repository = repositoryOf(to);
    const chart = chartOf(to);
    const { controlPlane: version } = extensionChartVersion(to, chart);
    const at = `${repository.name}/${chart}`;
    return [
      ...repositoryCommands(repository),
      ...(leavesOldCharts(from, to)
        ? helmReinstall({ release: NAME, home: NAME, namespace: NAME }, at, version, VALUES)
        : helmUpgrade(NAME, NAME, at, version, VALUES)),
    ];
  }
  return [
    'linkerd install-cni | kubectl apply -f -',
    'kubectl -n linkerd-cni rollout status daemonset/linkerd-cni',
  ];
}

function detailsOf({ inventory, from, to }: StepContext): readonly string[] {
  const { method } = inventory.installation;
  if (method !== 'helm' && method !== 'gitops') return [];
  const chart = chartOf(to);
  const { controlPlane: version, explained } = extensionChartVersion(to, chart);
  return method === 'helm'
    ? [...(leavesOldCharts(from, to) ? [OLD_CHARTS, WHILE_AWAY] : []), ...explained]
    : [`In Git: chart ${chart} of ${repositoryOf(to).url}, version ${version}.`, ...explained];
}

const chartOf = (version: string): string =>
  parseVersion(version).channel === 'enterprise' ? 'linkerd-enterprise-cni' : 'linkerd2-cni';
