#!/usr/bin/env bash
# What to look at when the cluster workflow has failed.
set -uo pipefail

kubectl get nodes,pods -A -o wide
kubectl get events -A --sort-by=.lastTimestamp | tail -100
for component in destination identity proxy-injector; do
  kubectl -n linkerd logs "deployment/linkerd-$component" --all-containers --tail=50
done
node dist/kubectl-linkerd_upgrade status -A -o wide
node dist/kubectl-linkerd_upgrade report
exit 0
