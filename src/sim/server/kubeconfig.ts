import { stringify } from 'yaml';

export interface KubeconfigOptions {
  /** Name of context, cluster and user. */
  readonly name: string;
  readonly server: string;
  /** PEM; undefined for plain http. */
  readonly authority: string | undefined;
  readonly token: string;
  readonly namespace: string | undefined;
}

/** The text of a kubeconfig with one context. */
export function kubeconfigText({ name, server, authority, token, namespace }: KubeconfigOptions): string {
  const trust =
    authority === undefined
      ? {}
      : { 'certificate-authority-data': Buffer.from(authority).toString('base64') };
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name, cluster: { server, ...trust } }],
    users: [{ name, user: { token } }],
    contexts: [
      { name, context: { cluster: name, user: name, ...(namespace === undefined ? {} : { namespace }) } },
    ],
    'current-context': name,
  });
}
