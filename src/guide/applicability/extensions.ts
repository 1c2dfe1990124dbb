import type { Part } from '../../kube/part.ts';
import { list } from '../../mesh/words.ts';
import type { Extension, Inventory, Link } from '../inventory.ts';
import { counted, ofPart } from './facts.ts';
import { installedBy } from './installed.ts';
import { no, type Predicate, unknown, yes } from './verdict.ts';

export function extensionsOf({ extensions }: Inventory): readonly Extension[] {
  return extensions.state === 'known' ? extensions.value : [];
}

/** `jaeger is installed (namespace linkerd-jaeger, edge-25.4.4)`. */
function extensionText({ name, namespace, version }: Extension): string {
  return `${name} is installed (namespace ${namespace}${version === '' ? '' : `, ${version}`})`;
}

export function hasExtension(name: string): Predicate {
  return ({ inventory }) =>
    ofPart(
      inventory.extensions,
      'the extensions',
      (extensions) => {
        const installed = extensions.filter((extension) => extension.name === name);
        if (installed.length === 0) return no(`${name} is not installed`);
        const text = installed.map(extensionText).join('; ');
        return yes(name === 'multicluster' ? `${text}: ${linksText(inventory.links)}` : text);
      },
      no(`${name} is not installed`),
    );
}

/** `2 Links: east and west`. */
function linksText(links: Part<readonly Link[]>): string {
  if (links.state === 'unreadable') return `its Links could not be read (${links.why})`;
  const names = links.state === 'known' ? links.value.map(({ name }) => name) : [];
  return names.length === 0 ? 'no Links' : counted(names, 'Link');
}

/** One of these extensions, installed with Helm. */
export function extensionByHelm(...names: readonly string[]): Predicate {
  return ({ inventory }) =>
    ofPart(inventory.extensions, 'the extensions', (extensions) => {
      const those = extensions.filter(({ name }) => names.includes(name));
      const verdicts = those.map(({ name, installation }) => installedBy(name, installation, ['helm']));
      const decided = (['yes', 'unknown'] as const)
        .map((applies) => verdicts.filter((verdict) => verdict.applies === applies))
        .find((group) => group.length > 0);
      if (!decided) return no(`none of ${list(names)} was installed with Helm`);
      return { applies: decided[0]?.applies ?? 'unknown', why: decided.map(({ why }) => why).join('; ') };
    });
}

/** Links of this cluster for which `test` holds. */
export function linksWhere(test: (link: Link) => boolean | undefined, text: string): Predicate {
  return ({ inventory }) =>
    ofPart(inventory.links, 'Link objects', (links) => {
      const those = links.filter((link) => test(link) === true);
      if (those.length > 0)
        return yes(
          `${counted(
            those.map(({ name }) => name),
            'Link',
          )}, ${text}`,
        );
      const open = links.filter((link) => test(link) === undefined);
      if (open.length === 0) return no(`no Link, ${text}`);
      const names = open.map(({ name }) => name);
      return unknown(`whether ${counted(names, 'Link')} is ${text} cannot be told: ask whoever linked it`);
    });
}
