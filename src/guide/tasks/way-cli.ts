import { minorOf } from '../applicability/facts.ts';
import { guide, linkerd, linkerdNamespace, quote, type StepContext, type Way as WayName } from './task.ts';
import type { Way } from './way.ts';

/** From 2.12 on CRDs are rendered apart; `linkerd prune` is there since 2.13, and kubectl prunes before it. */
export function byCli(step: StepContext, name: WayName): Way {
  const { inventory, to } = step;
  const minor = minorOf(to) ?? Number.POSITIVE_INFINITY;
  const call = linkerd(inventory);
  const selector = `-l linkerd.io/control-plane-ns=${quote(linkerdNamespace(inventory))}`;
  const whitelist = [
    'rbac.authorization.k8s.io/v1/clusterrole',
    'rbac.authorization.k8s.io/v1/clusterrolebinding',
    'apiregistration.k8s.io/v1/apiservice',
  ]
    .map((kind) => `--prune-whitelist=${kind}`)
    .join(' ');
  const apply = `${call} upgrade | kubectl apply`;
  const pruning = [`${apply} --prune ${selector} -f -`, `${apply} --prune ${selector} ${whitelist} -f -`];
  const current = [`${apply} -f -`, `${call} prune | kubectl delete -f -`];
  return {
    name,
    crds:
      minor < 12
        ? undefined
        : {
            commands: [`${call} upgrade --crds | kubectl apply -f -`],
            details: ['Without --prune: pruning would delete CRDs together with their objects.'],
            docs: guide.controlPlane,
          },
    controlPlane: {
      commands: minor < 13 ? pruning : current,
      details: [
        'Configuration and certificates are kept.',
        ...(minor < 13
          ? ['Newer versions of kubectl call the flag --prune-allowlist.']
          : [
              'The last command deletes what the new version no longer ships; where there is nothing left to delete, kubectl says that no objects were passed.',
            ]),
      ],
      docs: guide.controlPlane,
    },
  };
}
