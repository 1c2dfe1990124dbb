/** What Services and NetworkPolicies say that a newer proxy takes another way than an older one. */
import {
  intOrStringAt,
  type JsonObject,
  numberAt,
  objectAt,
  objectsAt,
  textAt,
} from '../../kube/json/value.ts';

/** Values of `appProtocol` that Linkerd knows; with any other a port is opaque from 2.18 on (docs/features/protocol-detection). */
const knownProtocols: ReadonlySet<string> = new Set([
  '',
  'http',
  'kubernetes.io/h2c',
  'linkerd.io/opaque',
  'linkerd.io/tcp',
]);

/** Whether a port of the Service has an `appProtocol` that Linkerd does not know. */
export function hasForeignProtocol(service: JsonObject): boolean {
  return objectsAt(objectAt(service, 'spec'), 'ports').some(
    (port) => !knownProtocols.has(textAt(port, 'appProtocol')),
  );
}

/** Whether the Service has an IPv6 address. */
export function hasIpv6(service: JsonObject): boolean {
  const families = objectAt(service, 'spec').ipFamilies;
  return Array.isArray(families) && families.includes('IPv6');
}

/** Port on which proxies of 2.18 and later take what other proxies send, and its name in their container. */
const PROXY_PORT = 4143;
const PROXY_PORT_NAME = 'linkerd-proxy';
const DNS_PORT = 53;

/**
 * Whether a NetworkPolicy keeps meshed pods from reaching each other's proxies: one direction allows certain ports to
 * some peers, without 4143, and no other rule of that direction opens 4143 to the same peers or to all. Rules that only
 * let DNS through concern nobody's proxy.
 */
export function leavesOutProxyPort(policy: JsonObject): boolean {
  const spec = objectAt(policy, 'spec');
  return leavesOut(objectsAt(spec, 'ingress'), 'from') || leavesOut(objectsAt(spec, 'egress'), 'to');
}

function leavesOut(rules: readonly JsonObject[], peers: 'from' | 'to'): boolean {
  const opening = rules.filter((rule) => opens(rule)).map((rule) => peersOf(rule, peers));
  return rules
    .filter((rule) => !opens(rule) && !isOnlyDns(rule))
    .some((rule) => !opening.includes(ANYONE) && !opening.includes(peersOf(rule, peers)));
}

const ANYONE = '';

/** Peers of a rule in a form that can be compared; {@link ANYONE} where it names none. */
function peersOf(rule: JsonObject, peers: 'from' | 'to'): string {
  const named = rule[peers];
  return Array.isArray(named) && named.length > 0 ? JSON.stringify(named) : ANYONE;
}

/** A rule without ports allows all of them. */
function opens(rule: JsonObject): boolean {
  const ports = objectsAt(rule, 'ports');
  return ports.length === 0 || ports.some((port) => isTcp(port) && covers(port));
}

function covers(port: JsonObject): boolean {
  if (port.port === undefined) return true;
  const first = numberAt(port, 'port');
  if (port.port === PROXY_PORT_NAME) return true;
  return first > 0 && first <= PROXY_PORT && PROXY_PORT <= Math.max(first, numberAt(port, 'endPort'));
}

function isTcp(port: JsonObject): boolean {
  return ['', 'TCP'].includes(textAt(port, 'protocol'));
}

function isOnlyDns(rule: JsonObject): boolean {
  return objectsAt(rule, 'ports').every(
    (port) => !isTcp(port) || [String(DNS_PORT), 'dns', 'dns-tcp'].includes(intOrStringAt(port, 'port')),
  );
}

/** `shop/web`. */
export function nameOf(object: JsonObject): string {
  const meta = objectAt(object, 'metadata');
  const namespace = textAt(meta, 'namespace');
  return `${namespace === '' ? '' : `${namespace}/`}${textAt(meta, 'name')}`;
}

/** Architecture of a node by its label, '' when it has none. */
export function architectureOf(node: JsonObject): string {
  return textAt(objectAt(objectAt(node, 'metadata'), 'labels'), 'kubernetes.io/arch');
}

/** Whether one of the node's ranges of pod addresses is IPv6. */
export function hasIpv6Range(node: JsonObject): boolean {
  const ranges = objectAt(node, 'spec').podCIDRs;
  return Array.isArray(ranges) && ranges.some((range) => typeof range === 'string' && range.includes(':'));
}
