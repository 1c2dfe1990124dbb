import { hasBehaviour } from '../../mesh/release.ts';
import { parseVersion } from '../../mesh/version.ts';
import { installationText } from '../applicability/installed.ts';
import type { Extension } from '../inventory.ts';
import { type Finding, guide, quote } from './task.ts';

/** From edge-25.10.1 on there is no jaeger extension any more. */
export function lacksJaeger(version: string): boolean {
  return hasBehaviour(parseVersion(version), 'jaegerRemoved') === true;
}

/** What to do about it: a collector of one's own takes its place. */
export function replaceJaeger({ namespace, version, installation }: Extension, suffix: string): Finding {
  const uninstall =
    installation.method === 'helm'
      ? [
          `helm uninstall ${quote(installation.release)} -n ${quote(installation.namespace)}`,
          `kubectl delete namespace ${quote(namespace)}`,
        ]
      : [`kubectl delete namespace ${quote(namespace)}`];
  return {
    id: `extension/jaeger${suffix}`,
    kind: 'extension',
    title: 'Replace the jaeger extension, which 2.19 no longer has',
    state: 'open',
    why: `jaeger${version === '' ? '' : ` ${version}`} runs in namespace ${namespace}, installed ${installationText(installation)}`,
    commands: installation.method === 'gitops' ? [] : uninstall,
    details: [
      'First bring a collector of your own that speaks OTLP, and set the tracing values of the control plane to it.',
      `Then delete the extension${installation.method === 'gitops' ? ` in Git (${installation.tool})` : ''}, and restart all meshed pods, so that no proxy goes on sending to it.`,
      'Its collector may stay for a while: turn off its webhook (webhook.enabled=false), point proxy.tracing at it, and restart all meshed pods.',
    ],
    docs: guide.jaeger,
  };
}
