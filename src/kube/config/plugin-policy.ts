/**
 * kuberc's policy on exec credential plugins (kubectl 1.35 and later): kubernetes/kubectl
 * `pkg/config/v1beta1/types.go`, client-go `plugin/pkg/client/auth/exec/exec.go`.
 */

import { parseAllDocuments } from 'yaml';
import { isObject } from '../json/value.ts';

export type PluginPolicy =
  | { readonly policy: 'AllowAll' }
  | { readonly policy: 'DenyAll' }
  | { readonly policy: 'Allowlist'; readonly names: readonly string[] };

const ALLOW_ALL: PluginPolicy = { policy: 'AllowAll' };

/** The policy in a kuberc file. Throws an Error on broken YAML or an unknown policy: a guard that cannot be read stays shut. */
export function parsePluginPolicy(text: string): PluginPolicy {
  for (const document of parseAllDocuments(text)) {
    const problem = 'errors' in document ? document.errors[0] : undefined;
    if (problem !== undefined) throw new Error(problem.message.split('\n')[0] ?? 'broken YAML');
    const value: unknown = document.toJS();
    if (!isObject(value)) continue;
    const policy = value.credentialPluginPolicy;
    const list = value.credentialPluginAllowlist;
    if (policy === undefined || policy === '') {
      if (list === undefined) continue;
      throw new Error('credentialPluginAllowlist without credentialPluginPolicy: Allowlist');
    }
    if (policy === 'AllowAll' || policy === 'DenyAll') return { policy };
    if (policy !== 'Allowlist') throw new Error(`unknown credentialPluginPolicy ${JSON.stringify(policy)}`);
    const entries = Array.isArray(list) ? list.filter(isObject) : [];
    return {
      policy,
      names: entries.map(({ name }) => name).filter((name) => typeof name === 'string'),
    };
  }
  return ALLOW_ALL;
}

/** Why `command` may not be run, or undefined. `lookUp` finds a bare name in PATH, '' when it is not there. */
export function refusePlugin(
  policy: PluginPolicy,
  command: string,
  lookUp: (command: string) => string,
): string | undefined {
  switch (policy.policy) {
    case 'AllowAll':
      return undefined;
    case 'DenyAll':
      return `plugin "${command}" not allowed: policy set to "DenyAll"`;
    case 'Allowlist': {
      const path = lookUp(command);
      const allowed = policy.names.some((name) => name === command || (path !== '' && lookUp(name) === path));
      return allowed ? undefined : `plugin "${command}" not allowed: not in the allowlist of the kuberc file`;
    }
  }
}
