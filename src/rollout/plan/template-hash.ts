import { createHash } from 'node:crypto';
import { annotation } from '../../data/linkerd.ts';
import { OWN_DOMAIN } from '../../data/own.ts';
import type { PodTemplate } from '../../kube/records.ts';
import { canonicalJson } from './canonical-json.ts';

/**
 * Hash (hex) of what is known of a pod template: labels, Linkerd's annotations, images, probes, host network. The marks
 * of restarts, kubectl's and this program's, are left out: a restart is no new deployment.
 */
export function templateHash(template: PodTemplate): string {
  const annotations = Object.fromEntries(
    Object.entries(template.annotations).filter(
      ([key]) => key !== annotation.restartedAt && !key.startsWith(`${OWN_DOMAIN}/`),
    ),
  );
  const { automountServiceAccountToken = null } = template;
  const known = { ...template, annotations, automountServiceAccountToken };
  return createHash('sha256').update(canonicalJson(known)).digest('hex');
}
