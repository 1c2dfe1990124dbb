/**
 * Names that may be offered. What a shell puts on a command line is run at the next Enter, so a name that a shell would
 * read as anything but a plain word is left out rather than quoted: each shell has its own way of quoting. What the API
 * server takes for a name (kube/object-names.ts) is such a word; in a kubeconfig anything goes.
 */

/** `arn:aws:eks:eu-west-1:1234:cluster/prod`, `admin@prod`. */
const PLAIN = /^[\p{L}\p{N}._/][\p{L}\p{N}._/@%+=:,-]*$/u;

export function isPlainWord(name: string): boolean {
  return PLAIN.test(name);
}
