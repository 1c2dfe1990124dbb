import { hasBehaviour } from '../../mesh/release.ts';
import { compareVersions, parseVersion } from '../../mesh/version.ts';
import { byText, list } from '../../mesh/words.ts';
import { minorOf } from '../applicability/facts.ts';
import type { Extension, Link } from '../inventory.ts';
import { type Finding, guide, linkerd, quote, type StepContext } from './task.ts';
import { versionState } from './version-state.ts';

/** The linked clusters, one task each: service mirrors made with a Link are renewed only by linking again. */
export function multicluster(step: StepContext, extension: Extension): readonly Finding[] {
  const { name, namespace } = extension;
  if (name !== 'multicluster') return [];
  const { links } = step.inventory;
  if (links.state === 'unreadable') {
    return [
      {
        id: 'extension/multicluster/links',
        kind: 'extension',
        title: 'Link the clusters again',
        state: 'unknown',
        why: `the Links could not be read: ${links.why}`,
        commands: [
          `kubectl -n ${quote(namespace)} get links.multicluster.linkerd.io`,
          `${linkerd(step.inventory)} multicluster check`,
        ],
        details: [],
        docs: guide.multicluster,
      },
    ];
  }
  const known = links.state === 'known' ? links.value : [];
  const sorted = known.toSorted((a, b) => byText(a.name, b.name));
  return sorted.map((link) => linkTask(step, extension, link));
}

function linkTask(step: StepContext, extension: Extension, link: Link): Finding {
  const { to, inventory } = step;
  const managed = runsControllers(to);
  const context = contextOf(link);
  const call = linkerd(inventory);
  const remote = `linkerd --context=${context}`;
  const moves = managed && link.mirror !== 'controller';
  const generate = managed ? 'link-gen' : 'link';
  const cluster = quote(link.targetCluster || link.name);
  const again = moves ? installAgain(step, extension) : { commands: [], details: [] };
  return {
    id: `extension/multicluster/link/${link.name}`,
    kind: 'extension',
    title: titleOf(link, to, moves),
    ...linkState(link, to, managed),
    commands: [
      ...again.commands,
      ...(moves && link.mirror !== 'none'
        ? [`${call} multicluster unlink --cluster-name=${cluster} --only-controller | kubectl delete -f -`]
        : []),
      `${remote} multicluster ${generate} --cluster-name=${cluster} | kubectl apply -f -`,
      `${call} multicluster check`,
    ],
    details: [
      ...again.details,
      `${context}: the context of cluster ${link.targetCluster || link.name} in your kubeconfig. The rest goes to this cluster, the current context.`,
      'Traffic to mirrored Services goes on meanwhile.',
      ...(moves
        ? [
            `Only once the extension was installed with ${link.name} under controllers in its values: its own mirror waits for the lease, which the old one holds until it is removed.`,
          ]
        : []),
    ],
    docs: moves ? guide.mirrorControllers : guide.multicluster,
  };
}

/**
 * An extension that is upgraded already may have been so without its links, and then nothing would mirror them once the
 * old mirrors are gone: it is installed once more, with all of them.
 */
function installAgain(
  { inventory, to }: StepContext,
  { version, installation }: Extension,
): { readonly commands: readonly string[]; readonly details: readonly string[] } {
  const mirrors = mirrorValues(inventory, to);
  if (!mirrors || versionState(version, to, '').state !== 'done') return { commands: [], details: [] };
  if (installation.method !== 'cli') {
    return { commands: [], details: [`The values of the extension have to hold ${mirrors.yaml}`] };
  }
  return {
    commands: [
      mirrors.command,
      `${linkerd(inventory)} multicluster install -f ${mirrors.file} | kubectl apply -f -`,
    ],
    details: [mirrors.detail],
  };
}

/** From 2.18 on the extension's chart runs the mirror controllers (edge-25.3.3). */
function runsControllers(version: string): boolean {
  const parsed = parseVersion(version);
  if (parsed.kind === 'dated') {
    const mandatory = hasBehaviour(parsed, 'gatewayApiMandatory');
    return mandatory === true;
  }
  return (minorOf(version) ?? 0) >= 18;
}

function titleOf({ name }: Link, to: string, moves: boolean): string {
  return moves ? `Let the extension mirror ${name}, with a Link of ${to}` : `Link ${name} again with ${to}`;
}

function linkState({ mirror, version }: Link, to: string, managed: boolean): Pick<Finding, 'state' | 'why'> {
  const made = version === '' ? 'its Link does not say which CLI made it' : `its Link was made by ${version}`;
  const order = version === '' ? undefined : compareVersions(parseVersion(version), parseVersion(to));
  const isNew = version === to || order === 1;
  switch (mirror) {
    case 'controller':
      if (version === '' || isNew) return { state: 'done', why: `${made}; the extension itself mirrors it` };
      return { state: 'open', why: `${made}; the extension itself mirrors it, so only the Link is old` };
    case 'legacy':
      if (managed) return { state: 'open', why: `${made}; a service mirror of its own still mirrors it` };
      if (isNew) return { state: 'done', why: made };
      return {
        state: version === '' ? 'unknown' : 'open',
        why: `${made}; a service mirror of its own mirrors it`,
      };
    case 'none':
      return { state: 'open', why: `${made}; nothing mirrors it` };
    case 'unknown':
      return { state: 'unknown', why: `${made}; what mirrors it could not be read` };
  }
}

/**
 * The values by which the extension runs a mirror controller for every Link, from 2.18 on: without them an upgrade would
 * remove the controllers it runs. Undefined where there is no Link, and before 2.18.
 */
export function mirrorValues(
  { links }: StepContext['inventory'],
  to: string,
):
  | { readonly command: string; readonly file: string; readonly yaml: string; readonly detail: string }
  | undefined {
  const names = links.state === 'known' ? links.value.map(({ name }) => name).sort(byText) : [];
  if (names.length === 0 || !runsControllers(to)) return undefined;
  const file = 'multicluster-values.yaml';
  const items = names.map((name) => `{link: {ref: {name: ${name}}}}`).join(', ');
  const yaml = `controllers: [${items}]`;
  return {
    command: `echo ${quote(yaml)} > ${file}`,
    file,
    yaml,
    detail: `${file}: the links that the extension is to mirror (${list(names)}); add what else you set when you installed it.`,
  };
}

/** `CONTEXT_OF_WEST`: a placeholder for the kubeconfig context of a linked cluster. */
function contextOf({ targetCluster, name }: Link): string {
  return `CONTEXT_OF_${(targetCluster || name).toUpperCase().replaceAll(/[^A-Z0-9]+/g, '_')}`;
}
