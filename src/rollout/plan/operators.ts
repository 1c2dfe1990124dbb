/** How the operators that own workloads restart them. Each undoes, or does not understand, a restart from outside. */
import { groupOf } from '../../mesh/owners.ts';

/** What an operator owns: the object that its controller watches. */
export interface Owned {
  readonly apiVersion: string;
  /** As written, or as shown with its group behind it. */
  readonly kind: string;
  readonly name: string;
  readonly namespace: string;
  /** Labels of what it made. */
  readonly labels: Readonly<Record<string, string>>;
}

export interface Advice {
  readonly reason: string;
  /** '' where its operator offers none. */
  readonly command: string;
}

/** Now, in the shell that the command is pasted into. */
const NOW = '$(date -u +%FT%TZ)';
const RESTARTED_AT = 'kubectl.kubernetes.io/restartedAt';
const KNATIVE_SERVICE = 'serving.knative.dev/service';

/** Why a workload is restarted only through what owns it, and the command that its operator understands. */
export function operatorAdvice(owned: Owned): Advice {
  const group = groupOf(owned.apiVersion);
  const [kind = owned.kind] = owned.kind.split('.', 1);
  const where = `${owned.name} -n ${owned.namespace}`;
  const object = `${kind.toLowerCase()}.${group}/${where}`;
  if (group === 'argoproj.io' && kind === 'Rollout') {
    return {
      reason: 'an Argo Rollout restarts through its own controller',
      command: `kubectl argo rollouts restart ${where}`,
    };
  }
  // https://cloudnative-pg.io/documentation/current/labels_annotations/
  if (group === 'postgresql.cnpg.io' && kind === 'Cluster') {
    return {
      reason: `CloudNativePG restarts the Cluster ${owned.name}, its replicas first`,
      command: `kubectl annotate ${object} --overwrite ${RESTARTED_AT}=${NOW}`,
    };
  }
  // https://strimzi.io/docs/operators/latest/deploying#assembly-rolling-updates-str
  if (group === 'core.strimzi.io') {
    return {
      reason: `Strimzi restarts the ${kind} ${owned.name} at its next reconciliation`,
      command: `kubectl annotate ${object} --overwrite strimzi.io/manual-rolling-update=true`,
    };
  }
  // https://access.crunchydata.com/documentation/postgres-operator/latest/tutorials/cluster-management/administrative-tasks
  if (group === 'postgres-operator.crunchydata.com') {
    return {
      reason: `Crunchy Postgres restarts the ${kind} ${owned.name}`,
      command: mergePatch(object, ['spec', 'metadata', 'annotations', 'restarted']),
    };
  }
  // https://www.elastic.co/docs/deploy-manage/deploy/cloud-on-k8s/customize-pods
  if (group.endsWith('.k8s.elastic.co')) {
    return {
      reason: `ECK restarts the ${kind} ${owned.name} node by node when an annotation in its podTemplate changes`,
      command: `kubectl edit ${object}`,
    };
  }
  if (group === 'serving.knative.dev') return knative(owned, object);
  // https://openkruise.io/docs/core-concepts/inplace-update
  if (group === 'apps.kruise.io') {
    return {
      reason: `OpenKruise restarts the ${kind} ${owned.name}; under an in-place update strategy it makes no new pods for an annotation, then delete them one by one`,
      command: mergePatch(object, ['spec', 'template', 'metadata', 'annotations', RESTARTED_AT]),
    };
  }
  const named = `${kind} ${owned.name}${group === '' ? '' : ` (${group})`}`;
  return { reason: `${named} controls it and may undo a restart: restart it through that`, command: '' };
}

/** A Revision never changes; a new one, with new pods, comes with a new template of its Service. */
function knative({ labels, name, namespace }: Owned, object: string): Advice {
  const service = labels[KNATIVE_SERVICE];
  if (!service) {
    return {
      reason: `Knative controls it, and the Revision ${name} never changes: make a new one`,
      command: `kubectl get ${object}`,
    };
  }
  const path = ['spec', 'template', 'metadata', 'annotations', RESTARTED_AT];
  return {
    reason: `a Knative Revision never changes: a new one of the Service ${service} gets the new proxy`,
    command: mergePatch(`service.serving.knative.dev/${service} -n ${namespace}`, path),
  };
}

/** A merge patch that sets the field at `path` to the time at which it is typed. */
function mergePatch(object: string, path: readonly string[]): string {
  const opened = path.map((key) => `{"${key}":`).join('');
  return `kubectl patch ${object} --type merge -p '${opened}"'${NOW}'"${'}'.repeat(path.length)}'`;
}
