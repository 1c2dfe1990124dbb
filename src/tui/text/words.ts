import type { EffectKind, NamespaceRole, NamespaceView, WorkloadKey } from '../../mesh/view.ts';

/** An effect after "a restart …". */
export const effectWords: Readonly<Record<EffectKind, string>> = {
  unmeshes: 'unmeshes',
  downgrades: 'downgrades',
  meshes: 'meshes',
  upgrades: 'upgrades',
  renews: 'renews',
  unknown: 'unknown',
  unsupported: 'unsupported',
  static: 'static',
  pinned: 'pinned',
  nothing: 'no change',
};

const roleWords: Readonly<Record<NamespaceRole, string>> = {
  'control-plane': 'control plane',
  extension: 'extension',
  system: 'system',
  application: '',
};

/** The part that a namespace plays: `control plane`, `viz` for an extension of that name, `system`; '' for an application. */
export function roleOf({ role, extension }: Pick<NamespaceView, 'role' | 'extension'>): string {
  return role === 'extension' && extension !== '' ? extension : roleWords[role];
}

/** Name and role of a namespace as its row shows them: `linkerd (control plane)`. */
export function namespaceLabel(row: Pick<NamespaceView, 'name' | 'role' | 'extension'>): string {
  const role = roleOf(row);
  return role === '' ? row.name : `${row.name} (${role})`;
}

const shortKinds: Readonly<Record<string, string>> = {
  Deployment: 'deploy',
  StatefulSet: 'sts',
  DaemonSet: 'ds',
  ReplicaSet: 'rs',
};

/** `deploy/web`, with kubectl's short names where there are some. */
export function workloadName({ kind, name }: Pick<WorkloadKey, 'kind' | 'name'>): string {
  return `${shortKinds[kind] ?? kind.toLowerCase()}/${name}`;
}

/** `shop deploy/web`. */
export function placedName(key: WorkloadKey): string {
  return `${key.namespace} ${workloadName(key)}`;
}

const figures = new Intl.NumberFormat('en-US');

/** `9,841`. */
export function figure(value: number): string {
  return figures.format(value);
}

/** `1 pod`, `3 pods`. */
export function count(value: number, singular: string, plural = `${singular}s`): string {
  return `${figure(value)} ${value === 1 ? singular : plural}`;
}

/** A span of time in its two largest units: `42s`, `3m20s`, `5h`, `12d`. Takes seconds. */
export function duration(seconds: number): string {
  const total = Math.max(0, Math.floor(seconds));
  if (total < 120) return `${total}s`;
  const minutes = Math.floor(total / 60);
  if (minutes < 10) return total % 60 === 0 ? `${minutes}m` : `${minutes}m${total % 60}s`;
  if (minutes < 180) return `${minutes}m`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return `${hours}h`;
  return `${Math.floor(hours / 24)}d`;
}

/** Local time of day, `12:03:10`. Takes seconds since the epoch. */
export function timeOfDay(seconds: number): string {
  const date = new Date(seconds * 1000);
  return [date.getHours(), date.getMinutes(), date.getSeconds()]
    .map((part) => String(part).padStart(2, '0'))
    .join(':');
}
