import type { Part } from '../../kube/part.ts';
import { compareVersions, parseVersion } from '../../mesh/version.ts';
import type { Inventory } from '../inventory.ts';
import type { Rule, RuleSet } from './rule.ts';

const sameVersion: Rule<Inventory> = {
  anchor: 'extensions-version',
  description: 'extensions are not behind the control plane',
  weight: 'warning',
  summary: 'some extensions were left behind:',
  look: ({ extensions, controlPlane }) =>
    known(extensions)
      .filter(({ followsLinkerd }) => followsLinkerd)
      .flatMap(({ name, namespace, version }) => {
        const behind = isBehind(version, controlPlane.version);
        return behind === '' ? [] : [{ text: `${name} in namespace ${namespace} ${behind}` }];
      }),
};

const inOrder: Rule<Inventory> = {
  anchor: 'extensions-problems',
  description: 'extensions stand in the cluster as they should',
  weight: 'warning',
  summary: 'some extensions are not as their installation makes them:',
  look: ({ extensions }) =>
    known(extensions).flatMap(({ name, namespace, problems }) =>
      problems.map((problem) => ({ text: `${name} in namespace ${namespace}: ${problem}` })),
    ),
};

const linksSameVersion: Rule<Inventory> = {
  anchor: 'links-version',
  description: 'Links are not behind the control plane',
  weight: 'warning',
  summary: 'some Links were made by an older CLI, and have to be made again:',
  look: ({ links, controlPlane }) =>
    known(links).flatMap(({ name, namespace, version }) => {
      const behind = isBehind(version, controlPlane.version);
      return behind === '' ? [] : [{ text: `${namespace} link/${name} ${behind}` }];
    }),
};

/** What to say of a version that is older than the control plane's; '' for nothing. */
function isBehind(version: string, controlPlane: string): string {
  if (controlPlane === '') return '';
  if (version === '') return 'is of a version that cannot be told';
  const [own, wanted] = [parseVersion(version), parseVersion(controlPlane)];
  return compareVersions(own, wanted) === -1 ? `is of ${version}, the control plane of ${controlPlane}` : '';
}

function known<T>(part: Part<readonly T[]>): readonly T[] {
  return part.state === 'known' ? part.value : [];
}

/** Extensions and Links, which an upgrade of the control plane leaves where they are. */
export const extensionRules: RuleSet<Inventory> = {
  name: 'linkerd-dataplane-extensions',
  rules: [sameVersion, inOrder, linksSameVersion],
};
