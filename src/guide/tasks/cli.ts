import { compareVersions, parseVersion } from '../../mesh/version.ts';
import { extensionsOf } from '../applicability/extensions.ts';
import { type Finding, guide, quote, type StepContext } from './task.ts';

/**
 * The CLI comes first: its version is what `linkerd upgrade` renders. Once the control plane has made the step it is
 * asked for only where something that the CLI makes still lags.
 */
export function cli(step: StepContext): readonly Finding[] {
  const task = cliTask(step);
  const isPast = step.reached && task.state !== 'done' && !isStillNeeded(step);
  return isPast ? [] : [task];
}

function isStillNeeded({ inventory, to }: StepContext): boolean {
  const { links } = inventory;
  const isBehind = (version: string): boolean =>
    compareVersions(parseVersion(version), parseVersion(to)) === -1;
  return (
    (links.state === 'known' && links.value.some(({ version }) => isBehind(version))) ||
    extensionsOf(inventory).some(
      ({ followsLinkerd, version, installation: { method } }) =>
        followsLinkerd && isBehind(version) && (method === 'cli' || method === 'unknown'),
    )
  );
}

function cliTask({ inventory, to }: StepContext): Finding {
  const { installation } = inventory;
  const renders = installation.method === 'cli' || installation.method === 'unknown';
  return {
    id: 'cli',
    kind: 'cli',
    title: `Install the CLI of ${to}`,
    ...cliState(inventory.cli, to, renders),
    commands: installCli(to),
    details: renders
      ? [
          'The manifests of `linkerd upgrade` are of the version of the CLI, so it has to be this one exactly.',
        ]
      : ['Here the CLI only checks; what is installed comes from elsewhere.'],
    docs: parseVersion(to).channel === 'enterprise' ? guide.enterprise : guide.cli,
  };
}

function cliState(
  part: StepContext['inventory']['cli'],
  to: string,
  renders: boolean,
): Pick<Finding, 'state' | 'why'> {
  if (part.state === 'absent') {
    return { state: 'unknown', why: 'no linkerd on the PATH here; if it runs elsewhere, look there' };
  }
  if (part.state === 'unreadable') return { state: 'unknown', why: part.why };
  if (part.value === to) return { state: 'done', why: `linkerd on the PATH is ${part.value}` };
  const why = `linkerd on the PATH is ${part.value}`;
  if (!renders && compareVersions(parseVersion(part.value), parseVersion(to)) === 1) {
    return { state: 'done', why: `${why}, which is newer` };
  }
  return { state: 'open', why: `${why}, not ${to}` };
}

const CURL = "curl --proto '=https' --tlsv1.2 -sSfL";

function installCli(version: string): readonly string[] {
  const script = {
    enterprise: 'https://enterprise.buoyant.io/install',
    stable: 'https://run.linkerd.io/install',
  };
  const { channel } = parseVersion(version);
  const url =
    channel === 'enterprise' || channel === 'stable'
      ? script[channel]
      : 'https://run.linkerd.io/install-edge';
  return [
    `${CURL} ${url} | LINKERD2_VERSION=${quote(version)} sh`,
    'export PATH="$HOME/.linkerd2/bin:$PATH"',
    'linkerd version --client',
  ];
}
