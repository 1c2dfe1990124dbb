import { label } from '../../data/linkerd.ts';
import type { WorkloadRecord } from '../../kube/records.ts';
import { imageTag } from '../../mesh/image.ts';
import type { CniPlugin } from '../inventory.ts';

/** The container that puts the plugin on a node; newer ones have another that repairs. */
const INSTALLER = 'install-cni';

/** Whether a DaemonSet is that of Linkerd's CNI plugin. */
export function isCniPlugin({ kind, labels, template }: WorkloadRecord): boolean {
  if (kind !== 'DaemonSet') return false;
  const marked = label.cniResource in labels || label.cniResource in template.labels;
  return marked && template.containers.some(({ name }) => name === INSTALLER);
}

/** The CNI plugin, whose versions have a line of their own since 2.12. */
export function cniPlugin({ template, status, replicas }: WorkloadRecord): CniPlugin {
  const installer = template.containers.find(({ name }) => name === INSTALLER);
  return { version: imageTag(installer?.image ?? ''), ready: status.ready, wanted: replicas };
}
