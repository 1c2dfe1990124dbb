import type { Installation } from '../inventory.ts';
import { no, type Predicate, unknown, type Verdict, yes } from './verdict.ts';

/** `with Helm as release linkerd in namespace default (chart linkerd2-2.11.4)`. */
export function installationText(installation: Installation): string {
  switch (installation.method) {
    case 'cli':
      return 'with the CLI';
    case 'helm':
      return `with Helm as release ${installation.release} in namespace ${installation.namespace}${
        installation.chart === '' ? '' : ` (chart ${installation.chart})`
      }`;
    case 'gitops':
      return `from Git (${installation.tool})`;
    case 'operator':
      return `by Buoyant's operator (${installation.resource})`;
    case 'unknown':
      return `in a way that cannot be told (${installation.why})`;
  }
}

type Method = Installation['method'];

/** Whether something was installed in one of these ways. */
export function installedBy(what: string, installation: Installation, methods: readonly Method[]): Verdict {
  const text = `${what} was installed ${installationText(installation)}`;
  if (methods.includes(installation.method)) return yes(text);
  return installation.method === 'unknown' ? unknown(text) : no(text);
}

const linkerdBy =
  (...methods: readonly Method[]): Predicate =>
  ({ inventory }) =>
    installedBy('Linkerd', inventory.installation, methods);

export const byCli: Predicate = linkerdBy('cli');

/** A release that `helm` itself manages. */
export const byHelm: Predicate = linkerdBy('helm');

/** Rendered from the charts, by Helm or for Git; the operator keeps the values in its own resource. */
export const byChart: Predicate = (situation) => {
  const { installation } = situation.inventory;
  if (installation.method === 'operator') {
    return unknown(
      `Linkerd is installed ${installationText(installation)}, which carries chart values of its own: see the vendor's release notes`,
    );
  }
  return linkerdBy('helm', 'gitops')(situation);
};

/** A release of the single chart `linkerd2`, which ended with 2.11; for Git too where `alsoInGit`. */
export function byOldChart(alsoInGit: boolean): Predicate {
  return (situation) => {
    const { installation } = situation.inventory;
    if (installation.method === 'gitops') {
      return alsoInGit
        ? yes('Linkerd comes from Git, where one chart has to become two')
        : no('no Helm release: Linkerd comes from Git');
    }
    if (installation.method === 'helm' && installation.chart !== '' && !isOldChart(installation.chart)) {
      return no(`release ${installation.release} is of chart ${installation.chart} already`);
    }
    return byHelm(situation);
  };
}

export function isOldChart(chart: string): boolean {
  return /^linkerd2(-\d|$)/.test(chart);
}
