import { plannedStep, skewOf } from '../../mesh/skew.ts';
import { count } from '../../mesh/words.ts';
import { kubernetesFor } from '../kubernetes.ts';
import { hasExtension, linksWhere } from './extensions.ts';
import { dataPlaneText, foundNames, minorOf, ofPart, proxiesWhere, someOf } from './facts.ts';
import { byCli, byHelm } from './installed.ts';
import { all, always, no, type Predicate, type Predicates, unknown, yes } from './verdict.ts';

/** A destination of this release or a later one. */
const toAtLeast =
  (minor: number): Predicate =>
  ({ to }) =>
    (minorOf(to) ?? minor) >= minor ? yes(`${to} is 2.${minor} or later`) : no(`${to} is older`);

/** Notices that hold for every step. */
export const anyRelease: Predicates = {
  'any-health': always(
    ({ inventory }) =>
      `${count(inventory.controlPlane.components.length, 'component')} of the control plane, ${dataPlaneText(inventory)}`,
  ),
  'any-kubernetes': ({ inventory, to }) => {
    const { verdict, text } = kubernetesFor(to, inventory.kubernetes);
    if (verdict === 'fine') return no(text);
    return verdict === 'unknown' ? unknown(text) : yes(text);
  },
  'any-one-step': ({ from, to }) => {
    const { supported, reason } = plannedStep(from, to);
    if (supported === undefined) return unknown(reason);
    return supported ? no(reason) : yes(reason);
  },
  'any-release-notes': always(({ from, to }) => `the control plane goes from ${from} to ${to}`),
  'any-order': always(({ inventory }) => {
    const { extensions } = inventory;
    const names = extensions.state === 'known' ? extensions.value.map(({ name }) => name) : [];
    return `here: the control plane, ${count(names.length, 'extension')}${names.length > 0 ? ` (${someOf(names)})` : ''}, ${dataPlaneText(inventory)}`;
  }),
  'any-cli-crds': all(byCli, toAtLeast(13)),
  'any-helm': all(byHelm, toAtLeast(12)),
  'any-extensions': ({ inventory }) =>
    ofPart(inventory.extensions, 'the extensions', (extensions) =>
      extensions.length === 0
        ? no('no extension is installed')
        : yes(
            `${count(extensions.length, 'extension')}: ${someOf(
              extensions.map(({ name, version }) => (version === '' ? name : `${name} (${version})`)),
            )}`,
          ),
    ),
  'any-relink': all(
    hasExtension('multicluster'),
    linksWhere(
      ({ mirror }) => (mirror === 'unknown' ? undefined : mirror === 'legacy'),
      'mirrored by a service mirror of its own',
    ),
  ),
  'any-restart': ({ inventory, to }) => {
    const lagging = proxiesWhere(
      inventory,
      (version) => skewOf(version, { version: to, target: to }).class !== 'current',
    );
    return lagging.length === 0 ? no(`every proxy runs ${to}`) : yes(`proxies on ${someOf(lagging)}`);
  },
  'any-manual-injection': foundNames(
    ({ mesh }) =>
      mesh.namespaces
        .filter(({ effects }) => effects.static > 0)
        .flatMap(({ name }) =>
          mesh
            .workloads(name)
            .filter(({ effect }) => effect.kind === 'static')
            .map((workload) => `${name}/${workload.kind.toLowerCase()}/${workload.name}`),
        ),
    'workload with the proxy in its template',
    'workloads with the proxy in their templates',
  ),
};
