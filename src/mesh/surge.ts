import type { WorkloadRecord } from '../kube/records.ts';

/** Pods that a restart has beyond the wanted number, and below it, at a time. */
export interface Surge {
  readonly above: number;
  readonly below: number;
}

const ONE_BY_ONE: Surge = { above: 0, below: 1 };

/**
 * How a workload's controller rolls; OnDelete is taken as pods that are evicted one by one. Percentages are rounded up, but down for maxUnavailable of a Deployment; where both
 * come to nothing, one pod may be missing. Source: kubernetes `pkg/controller/deployment/util/deployment_util.go`,
 * `ResolveFenceposts`, `pkg/controller/daemon/util/daemonset_util.go`; defaults: `pkg/apis/apps/v1/defaults.go`.
 */
export function surgeOf({ kind, replicas, strategy }: WorkloadRecord): Surge {
  if (strategy.type === 'Recreate') {
    return { above: 0, below: replicas };
  }
  if (strategy.type === 'OnDelete') {
    return ONE_BY_ONE;
  }
  switch (kind) {
    case 'Deployment':
      return fenced(
        resolved(strategy.maxSurge || '25%', replicas, Math.ceil),
        resolved(strategy.maxUnavailable || '25%', replicas, Math.floor),
      );
    case 'DaemonSet':
      return fenced(
        resolved(strategy.maxSurge || '0', replicas, Math.ceil),
        resolved(strategy.maxUnavailable || '1', replicas, Math.ceil),
      );
    case 'StatefulSet':
      return ONE_BY_ONE;
    case 'Rollout':
      return fenced(0, resolved(strategy.maxUnavailable, replicas, Math.floor));
  }
}

function fenced(above: number, below: number): Surge {
  return above === 0 && below === 0 ? { above, below: 1 } : { above, below };
}

function resolved(value: string, replicas: number, round: (share: number) => number): number {
  const number = Number.parseInt(value, 10) || 0;
  return value.endsWith('%') ? round((number * replicas) / 100) : number;
}
