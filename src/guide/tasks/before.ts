import { releases } from '../../data/releases.ts';
import { skewOf } from '../../mesh/skew.ts';
import { parseVersion } from '../../mesh/version.ts';
import { count } from '../../mesh/words.ts';
import { minorOf, someOf } from '../applicability/facts.ts';
import { type Follower, followersOf, versionTexts } from '../data-plane.ts';
import { kubernetesFor } from '../kubernetes.ts';
import { type Finding, guide, linkerd, type StepContext } from './task.ts';

/** What the guide asks for before a step. */
export function before(step: StepContext): readonly Finding[] {
  return [health(step), skew(step), kubernetes(step), releaseNotes(step)];
}

function health({ inventory, isNext }: StepContext): Finding {
  const { controlPlane } = inventory;
  const { components, injector, halfRolled } = controlPlane;
  const call = linkerd(inventory);
  const common = {
    id: 'before/health',
    kind: 'before',
    title: 'Start from a healthy mesh',
    commands: [`${call} check`, `${call} check --proxy`, 'kubectl linkerd-upgrade check'],
    details: [],
    docs: guide.before,
  } as const;
  if (!isNext) return { ...common, state: 'open', why: AFTERWARDS };
  if (components.length === 0) {
    return { ...common, state: 'unknown', why: "the control plane's components could not be read" };
  }
  const unready = components.filter(({ ready, replicas }) => ready < replicas || replicas === 0);
  const troubles = [
    ...unready.map(({ name, ready, replicas }) => `${name} has ${ready} of ${replicas} pods ready`),
    ...(injector.state === 'down' ? [`the injector is down: ${injector.reason}`] : []),
    ...(halfRolled === '' ? [] : [halfRolled]),
  ];
  if (troubles.length > 0) return { ...common, state: 'blocked', why: troubles.join('; ') };
  if (injector.state === 'unknown')
    return { ...common, state: 'unknown', why: `the injector: ${injector.reason}` };
  return {
    ...common,
    state: 'done',
    why: `as far as the cluster shows: ${components.length} of ${count(components.length, 'component')} ready, the injector answers`,
  };
}

const AFTERWARDS = 'once the step before is done';

/** No proxy may be more than one release behind once the control plane has made the step. */
function skew({ inventory, to, isNext }: StepContext): Finding {
  const after = { version: to, target: to };
  const judged = followersOf(inventory).map((follower) => ({
    namespace: follower.namespace,
    barring: versionsOf(follower, after, 'violation'),
    unknown: versionsOf(follower, after, 'unknown'),
  }));
  const barring = judged.filter(({ barring: those }) => those.length > 0);
  const unknown = judged.filter(({ unknown: those }) => those.length > 0);
  const common = {
    id: 'before/skew',
    kind: 'before',
    title: `No proxy more than one release behind ${to}`,
    standing: isNext,
    docs: guide.dataPlane,
  } as const;
  if (!isNext) return { ...common, state: 'open', why: AFTERWARDS, commands: [], details: [] };
  if (barring.length > 0) {
    const names = barring.map(({ namespace }) => namespace.name);
    return {
      ...common,
      state: 'blocked',
      why: `${count(names.length, 'namespace')} would be in violation of the supported skew: ${someOf(names)}`,
      commands: restartCommands(names),
      details: barring.map(({ namespace, barring: those }) => `${namespace.name}: ${those.join(', ')}`),
    };
  }
  if (unknown.length > 0) {
    const names = unknown.map(({ namespace }) => namespace.name);
    return {
      ...common,
      state: 'unknown',
      why: `some proxies have a version that cannot be judged, in ${someOf(names)}`,
      commands: [],
      details: unknown.map(({ namespace, unknown: those }) => `${namespace.name}: ${those.join(', ')}`),
    };
  }
  return {
    ...common,
    state: 'done',
    why:
      judged.length === 0 ? 'there are no meshed pods' : `so it is in ${count(judged.length, 'namespace')}`,
    commands: [],
    details: [],
  };
}

/** `edge-24.8.2 (3)` for each version of the class. */
function versionsOf(
  { byVersion }: Follower,
  after: { readonly version: string; readonly target: string },
  skewClass: 'violation' | 'unknown',
): readonly string[] {
  const those = Object.entries(byVersion).filter(([version]) => skewOf(version, after).class === skewClass);
  return versionTexts(Object.fromEntries(those));
}

const MANY_NAMESPACES = 8;

/** Restarts of these namespaces; of many at once as one command for all that lags. */
export function restartCommands(names: readonly string[]): readonly string[] {
  // Alone, the word upgrade would ask for the guide.
  const named = names.length === 1 && names[0] === 'upgrade' ? '-n upgrade' : names.join(' ');
  const targets = names.length > MANY_NAMESPACES ? '-A --only behind' : named;
  return [`kubectl linkerd-upgrade plan ${targets}`, `kubectl linkerd-upgrade restart ${targets}`];
}

function kubernetes({ inventory, to }: StepContext): Finding {
  const { verdict, text, link } = kubernetesFor(to, inventory.kubernetes);
  const states = {
    fine: 'done',
    untested: 'done',
    'below-documented': 'unknown',
    'too-old': 'blocked',
    unknown: 'unknown',
  } as const;
  return {
    id: 'before/kubernetes',
    kind: 'before',
    title: `Kubernetes suits ${to}`,
    state: states[verdict],
    standing: true,
    why: text,
    commands: ['kubectl version'],
    details:
      verdict === 'untested'
        ? ['Not listed is not refused: Linkerd often runs on newer versions, and nobody has tested it.']
        : [],
    docs: link,
  };
}

function releaseNotes({ to, from }: StepContext): Finding {
  const { channel } = parseVersion(to);
  const row = releases.find(({ minor }) => minor === minorOf(to));
  const announcement = row?.announcement ?? '';
  return {
    id: 'before/release-notes',
    kind: 'before',
    title: 'Read the release notes',
    state: 'unknown',
    why: 'the cluster does not show whether they were read',
    commands: [],
    details: [
      `Those of every version after ${from} up to ${to}; numbers of edges say nothing about compatibility, the notes do.`,
      ...(announcement === '' ? [] : [`Announcement of 2.${row?.minor}: ${announcement}`]),
      ...(channel === 'enterprise'
        ? [`The vendor's notes and instructions come first: ${guide.enterpriseNotes}`]
        : []),
    ],
    docs: guide.releases,
  };
}
