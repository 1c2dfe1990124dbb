import { createHash } from 'node:crypto';
import { DEFAULT_CONTROL_PLANE_NAMESPACE } from '../data/linkerd.ts';
import { OWN_DOMAIN } from '../data/own.ts';
import { clean } from '../kube/clean.ts';
import { isNamespaceName, isObjectName } from '../kube/object-names.ts';
import { manifestJson, manifestYaml } from '../report/rbac/manifest.ts';
import {
  type AddOn,
  addOns,
  commandParts,
  type Part,
  parts,
  type RightsCommand,
  withNeeds,
} from '../report/rbac/rights.ts';
import type { Grant, Subject } from '../report/rbac/roles.ts';
import type { Arguments } from './arguments.ts';
import type { Output } from './connect.ts';
import { exitCode } from './exit-codes.ts';
import { UsageError } from './pflag.ts';
import { shellWord } from './shell-word.ts';
import { choiceOf } from './values.ts';

/** Everything that only looks. */
const LOOKING: readonly Part[] = ['read', 'follow', 'check', 'plan'];

/**
 * `rbac`: prints the least roles for what is named, to be reviewed and applied by whoever may grant rights. Asks no
 * cluster.
 */
export function rbac(args: Arguments, env: NodeJS.ProcessEnv, output: Output): number {
  const form = choiceOf(args, 'output', ['yaml', 'json']) ?? 'yaml';
  const grant = grantOf(args, env);
  const policy = args.on('admission-policy');
  if (policy && grant.subjects.length === 0) {
    throw new UsageError(
      'an admission policy has to know whom it binds: add --subject, for example --subject ServiceAccount:ci/restarter',
    );
  }
  const options = { command: commandOf(args), policy };
  output.out(form === 'json' ? manifestJson(grant, options) : manifestYaml(grant, options));
  return exitCode.fine;
}

function grantOf(args: Arguments, env: NodeJS.ProcessEnv): Grant {
  const { operands } = args;
  const words = operands.filter((word) => !isAddOn(word)).map(partOf);
  const commands = args.list('for').map(commandIn);
  const wanted = [...words, ...commands.flatMap((command): readonly Part[] => commandParts[command])];
  const named = args.list('namespace').map(namespaceOf);
  const namespaces = named.length === 0 || args.on('all-namespaces') ? undefined : named;
  const addedOn = operands.filter(isAddOn);
  return {
    parts: withNeeds(wanted.length === 0 ? LOOKING : wanted),
    addOns: addedOn,
    namespaces,
    controlPlane: namespaceOf(
      args.text('linkerd-namespace') ?? (env.LINKERD_NAMESPACE || DEFAULT_CONTROL_PLANE_NAMESPACE),
    ),
    subjects: args.list('subject').map(subjectIn),
    name: nameIn(args.text('name') ?? nameFor([...words, ...commands, ...addedOn], namespaces)),
  };
}

/** Longest name of an object (kubernetes/apimachinery `DNS1123SubdomainMaxLength`). */
const LONGEST_NAME = 253;

/**
 * Other rights have other names, and so have the same rights in other namespaces: under one name a later grant would
 * take the place of an earlier one, and whoever is bound to the narrow one would have the wide one.
 */
function nameFor(
  granted: readonly (Part | RightsCommand | AddOn)[],
  namespaces: readonly string[] | undefined,
): string {
  const words = [...new Set(granted)].map((word) => word.replace(' ', '-')).sort();
  const name = [OWN_DOMAIN, ...(words.length === 0 ? ['look'] : words)].join('-');
  if (namespaces === undefined) return name;
  // No namespace has a dot in its name, so no two lists make the same name.
  const where = [...new Set(namespaces)].sort().join('.');
  const whole = `${name}.${where}`;
  if (whole.length <= LONGEST_NAME) return whole;
  return `${name}.${createHash('sha256').update(where).digest('hex').slice(0, 16)}`;
}

function isAddOn(word: string): word is AddOn {
  return addOns.some((addOn) => addOn === word);
}

function partOf(word: string): Part {
  const part = parts.find((candidate) => candidate === word);
  if (part === undefined) {
    throw new UsageError(`there are no rights named "${word}": say ${[...parts, ...addOns].join(', ')}`);
  }
  return part;
}

function commandIn(text: string): RightsCommand {
  const wanted = text === 'plan-upgrade' ? 'plan upgrade' : text;
  const commands = Object.keys(commandParts).filter(isRightsCommand);
  const command = commands.find((candidate) => candidate === wanted);
  if (command === undefined) {
    throw new UsageError(`--for takes a command that asks a cluster: ${commands.join(', ')}; not "${text}"`);
  }
  return command;
}

function isRightsCommand(text: string): text is RightsCommand {
  return Object.hasOwn(commandParts, text);
}

/** `User:ann`, `Group:sre`, `ServiceAccount:ci/restarter`. */
function subjectIn(text: string): Subject {
  const colon = text.indexOf(':');
  const kind = text.slice(0, colon);
  const name = text.slice(colon + 1);
  if ((kind === 'User' || kind === 'Group') && isSubjectName(name)) {
    return { kind, name, namespace: '' };
  }
  const [namespace = '', account = '', more] = name.split('/');
  if (
    kind === 'ServiceAccount' &&
    isNamespaceName(namespace) &&
    isObjectName(account) &&
    more === undefined
  ) {
    return { kind, name: account, namespace };
  }
  throw new UsageError(
    `--subject takes User:NAME, Group:NAME or ServiceAccount:NAMESPACE/NAME, not "${clean(text)}"`,
  );
}

/**
 * Who logs in may have any name. One with blanks around it, a line end or what cannot be seen is a slip, or an attempt to
 * have the file that is printed say something else.
 */
function isSubjectName(name: string): boolean {
  return name !== '' && name === name.trim() && name === clean(name);
}

function namespaceOf(name: string): string {
  if (!isNamespaceName(name)) {
    throw new UsageError(`"${clean(name)}" is no name of a namespace: repeat -n for several`);
  }
  return name;
}

/** Policies take no other names; roles would, but they share it. */
function nameIn(name: string): string {
  if (!isObjectName(name)) {
    throw new UsageError(
      `--name takes small letters, digits, "-" and ".", such as mesh-restarters; not "${clean(name)}"`,
    );
  }
  return name;
}

/** The call as somebody would repeat it, without what says how it is printed. */
function commandOf(args: Arguments): string {
  const flags = (name: string) => args.list(name).map((value) => `--${name} ${shellWord(value)}`);
  const words = [
    ...args.operands,
    ...flags('for'),
    ...args.list('namespace').map((name) => `-n ${name}`),
    ...flags('linkerd-namespace'),
    ...flags('subject'),
    ...flags('name'),
    ...(args.on('admission-policy') ? ['--admission-policy'] : []),
  ];
  return ['kubectl linkerd-upgrade rbac', ...words].join(' ');
}
