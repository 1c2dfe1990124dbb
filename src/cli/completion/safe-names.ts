/**
 * Names that may be offered. What a shell puts on a command line is run at the next Enter, so a name that a shell would
 * read as anything but a plain word is left out rather than quoted: each shell has its own way of quoting.
 */

/** RFC 1123 label, as the API server demands of namespaces. */
const LABEL = /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/;
/** RFC 1123 subdomain, as it demands of workloads. */
const SUBDOMAIN = /^(?=.{1,253}$)[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/;
/** Of a kubeconfig, where anything goes: `arn:aws:eks:eu-west-1:1234:cluster/prod`, `admin@prod`. */
const PLAIN = /^[\p{L}\p{N}._/][\p{L}\p{N}._/@%+=:,-]*$/u;

export function isNamespaceName(name: string): boolean {
  return LABEL.test(name);
}

export function isWorkloadName(name: string): boolean {
  return SUBDOMAIN.test(name);
}

export function isPlainWord(name: string): boolean {
  return PLAIN.test(name);
}
