import { byText } from '../../mesh/words.ts';
import { minorOf } from '../applicability/facts.ts';
import { installationText } from '../applicability/installed.ts';
import type { Extension } from '../inventory.ts';
import {
  extensionChartVersion,
  helmReinstall,
  helmUpgrade,
  leavesOldCharts,
  OLD_CHARTS,
  repositoryCommands,
  repositoryOf,
} from './charts.ts';
import { cni } from './cni.ts';
import { lacksJaeger, replaceJaeger } from './jaeger.ts';
import { mirrorValues, multicluster } from './multicluster.ts';
import { ownLine } from './own-line.ts';
import { type Finding, guide, ifInstalled, linkerd, type StepContext, type Way } from './task.ts';
import { versionState } from './version-state.ts';

/** The extensions, in the order of their names; each by the way in which it was installed itself. */
export function extensions(step: StepContext): readonly Finding[] {
  const { extensions: part } = step.inventory;
  if (part.state === 'unreadable') {
    return [
      ...cni(step),
      {
        id: 'extension',
        kind: 'extension',
        title: 'Upgrade the extensions',
        state: 'unknown',
        why: `which extensions are installed could not be read: ${part.why}`,
        commands: ['kubectl get namespaces -L linkerd.io/extension'],
        details: [],
        docs: guide.extensions,
      },
    ];
  }
  const installed = part.state === 'known' ? part.value : [];
  const names = new Map<string, number>();
  for (const { name } of installed) names.set(name, (names.get(name) ?? 0) + 1);
  return [
    ...cni(step),
    ...installed
      .toSorted((a, b) => byText(a.name, b.name) || byText(a.namespace, b.namespace))
      .flatMap((extension) =>
        taskOf(step, extension, (names.get(extension.name) ?? 0) > 1 ? `/${extension.namespace}` : ''),
      ),
  ];
}

/** @param suffix tells two namespaces of one extension apart */
function taskOf(step: StepContext, extension: Extension, suffix: string): readonly Finding[] {
  if (extension.name === 'jaeger' && lacksJaeger(step.to)) return [replaceJaeger(extension, suffix)];
  if (extension.followsLinkerd)
    return [...upgrade(step, extension, suffix), ...multicluster(step, extension)];
  return [ownLine(extension, suffix)];
}

function upgrade(step: StepContext, extension: Extension, suffix: string): readonly Finding[] {
  const { name, version, namespace, installation, problems } = extension;
  const where = `in namespace ${namespace}, installed ${installationText(installation)}`;
  return recipesOf(step, extension).map(
    ({ way, commands, details }): Finding => ({
      id: `extension/${name}${suffix}${way === '' ? '' : `/${way}`}`,
      kind: 'extension',
      title: `Upgrade ${name} to ${step.to}${ifInstalled(way)}`,
      ...versionState(version, step.to, where),
      commands,
      details: [...problems, ...details],
      docs: name === 'multicluster' ? guide.multicluster : guide.extensions,
    }),
  );
}

interface Recipe {
  readonly commands: readonly string[];
  readonly details: readonly string[];
}

/** Extensions with a `prune` of their own from 2.13 on; multicluster never had it. */
const prunable: ReadonlySet<string> = new Set(['viz', 'jaeger']);

/** One recipe, or one for each way where nobody knows how the extension was installed. */
function recipesOf(step: StepContext, extension: Extension): readonly (Recipe & { readonly way: Way })[] {
  const { installation, name } = extension;
  switch (installation.method) {
    case 'cli':
      return [{ way: '', ...withCli(step, extension) }];
    case 'helm':
      return [{ way: '', ...withHelm(step, extension, installation) }];
    case 'gitops': {
      const { url } = repositoryOf(step.to);
      const chart = `linkerd-${name}`;
      const { controlPlane: version, explained } = extensionChartVersion(step.to, chart);
      const text = `In Git: chart ${chart} of ${url}, version ${version}. Let ${installation.tool} apply it.`;
      return [{ way: '', commands: [], details: [text, ...explained] }];
    }
    case 'operator':
      return [
        {
          way: '',
          commands: [],
          details: [`Upgraded through ${installation.resource}: see the vendor's notes.`],
        },
      ];
    case 'unknown': {
      const helm = withHelm(step, extension, {
        release: 'HELM_RELEASE',
        namespace: extension.namespace,
        chart: '',
      });
      const release = 'HELM_RELEASE: the name of its release: helm list -A shows it.';
      return [
        { way: 'cli', ...withCli(step, extension) },
        { way: 'helm', ...helm, details: [release, ...helm.details] },
      ];
    }
  }
}

function withCli({ inventory, to }: StepContext, { name }: Extension): Recipe {
  const call = `${linkerd(inventory)} ${name}`;
  const mirrors = name === 'multicluster' ? mirrorValues(inventory, to) : undefined;
  const prunes = prunable.has(name) && (minorOf(to) ?? Number.POSITIVE_INFINITY) >= 13;
  return {
    commands: [
      ...(mirrors ? [mirrors.command] : []),
      `${call} install${mirrors ? ` -f ${mirrors.file}` : ''} | kubectl apply -f -`,
      ...(prunes ? [`${call} prune | kubectl delete -f -`] : []),
      `${call} check`,
    ],
    details: [
      'Installed again over itself; there is no upgrade command. Give the same flags and values as at the installation.',
      ...(mirrors ? [mirrors.detail] : []),
    ],
  };
}

function withHelm(
  { inventory, from, to }: StepContext,
  { name, namespace }: Extension,
  {
    release,
    namespace: home,
    chart,
  }: { readonly release: string; readonly namespace: string; readonly chart: string },
): Recipe {
  const repository = repositoryOf(to);
  const chartName = chart.replace(/-\d.*$/, '') || `linkerd-${name}`;
  const { controlPlane: version, explained } = extensionChartVersion(to, chartName);
  const values = `${name}-values.yaml`;
  const at = `${repository.name}/${chartName}`;
  const mirrors = name === 'multicluster' ? mirrorValues(inventory, to) : undefined;
  if (leavesOldCharts(from, to)) {
    return {
      commands: [
        ...repositoryCommands(repository),
        ...helmReinstall({ release, home, namespace }, at, version, values),
      ],
      details: [
        OLD_CHARTS,
        ...(name === 'multicluster'
          ? ['This deletes the Links with their namespace: link every cluster again. Mirrored Services stay.']
          : []),
        ...explained,
      ],
    };
  }
  return {
    commands: [...repositoryCommands(repository), ...helmUpgrade(release, home, at, version, values)],
    details: [
      `${values} receives your overrides; compare it with the new chart's defaults.`,
      ...(mirrors ? [`Before the upgrade, ${values} has to name every link: ${mirrors.yaml}`] : []),
      ...explained,
    ],
  };
}
