/** How to reach one API server as one user: everything resolved, nothing read yet. */

import type { ExecEntry } from './kubeconfig.ts';

/** PEM text: in the kubeconfig itself, or in a file. */
export type Pem =
  | { readonly from: 'data'; readonly base64: string }
  | { readonly from: 'file'; readonly path: string };

export type Authentication =
  | { readonly type: 'none' }
  | { readonly type: 'token'; readonly token: string }
  | { readonly type: 'token-file'; readonly path: string }
  | { readonly type: 'basic'; readonly username: string; readonly password: string }
  | { readonly type: 'exec'; readonly exec: ExecEntry }
  | {
      readonly type: 'auth-provider';
      readonly name: string;
      readonly config: Readonly<Record<string, string>>;
    };

export interface Impersonation {
  readonly user: string;
  readonly uid: string;
  readonly groups: readonly string[];
  readonly extra: Readonly<Record<string, readonly string[]>>;
}

export interface ConnectionConfig {
  /** '' when no context is used. */
  readonly context: string;
  readonly cluster: string;
  readonly user: string;
  /** Base URL, perhaps with a path; no slash at the end. */
  readonly server: string;
  readonly namespace: string;
  readonly tlsServerName: string;
  readonly insecureSkipTlsVerify: boolean;
  readonly certificateAuthority: Pem | undefined;
  readonly clientCertificate: { readonly certificate: Pem; readonly key: Pem } | undefined;
  readonly authentication: Authentication;
  readonly impersonation: Impersonation | undefined;
  /** `proxy-url` of the cluster; '' leaves it to the environment. */
  readonly proxyUrl: string;
  readonly disableCompression: boolean;
  /** 0 for none. */
  readonly requestTimeoutMs: number;
  /** Extension of the cluster that is handed to exec plugins. */
  readonly execConfig: unknown;
  /** Oddities of the kubeconfig that did not prevent this. */
  readonly warnings: readonly string[];
}

/** Says in kubectl's words what is wrong with the configuration, and what to do. */
export interface ConfigError {
  readonly error: string;
}

/** kubectl's connection flags, as given; undefined where not given. */
export interface ConnectionFlags {
  readonly kubeconfig?: string | undefined;
  readonly context?: string | undefined;
  readonly cluster?: string | undefined;
  readonly user?: string | undefined;
  readonly namespace?: string | undefined;
  readonly server?: string | undefined;
  readonly tlsServerName?: string | undefined;
  readonly insecureSkipTlsVerify?: boolean | undefined;
  readonly certificateAuthority?: string | undefined;
  readonly clientCertificate?: string | undefined;
  readonly clientKey?: string | undefined;
  readonly token?: string | undefined;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  readonly as?: string | undefined;
  readonly asUid?: string | undefined;
  readonly asGroup?: readonly string[] | undefined;
  /** `key=value` each. */
  readonly asUserExtra?: readonly string[] | undefined;
  readonly requestTimeout?: string | undefined;
  readonly disableCompression?: boolean | undefined;
}

/** What a pod's service account offers, where it exists. */
export interface InCluster {
  readonly host: string;
  readonly port: string;
  readonly tokenFile: string;
  /** '' when the file is missing. */
  readonly certificateAuthority: string;
  /** '' when unknown. */
  readonly namespace: string;
}
