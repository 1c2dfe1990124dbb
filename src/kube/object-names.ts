/** What the API server takes for a name (kubernetes/apimachinery `pkg/util/validation`). */

const LABEL = /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/;
const SUBDOMAIN = /^(?=.{1,253}$)[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/;

/** An RFC 1123 label, as it demands of namespaces. */
export function isNamespaceName(name: string): boolean {
  return LABEL.test(name);
}

/** An RFC 1123 subdomain, as it demands of workloads, ServiceAccounts and most other objects. */
export function isObjectName(name: string): boolean {
  return SUBDOMAIN.test(name);
}
