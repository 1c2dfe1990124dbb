#!/usr/bin/env bash
# Meshed workloads of every kind that is restarted, in the cluster of $KUBECONFIG; returns when they run.
set -euo pipefail
cd "$(dirname "$0")"
: "${KUBECONFIG:?set KUBECONFIG to the cluster to work on}"

kubectl apply -f workloads.yaml
for workload in deployment/web statefulset/db daemonset/agent; do
  kubectl -n ci-shop rollout status "$workload" --timeout=5m
done
kubectl -n ci-mail rollout status deployment/smtp --timeout=5m
