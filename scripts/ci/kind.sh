#!/usr/bin/env bash
# Creates a cluster of one node with kind, and names its kubeconfig to the steps that follow.
set -euo pipefail

kubeconfig=${RUNNER_TEMP:-/tmp}/kind-kubeconfig
kind version
kind create cluster --name linkerd-upgrade --wait 180s --kubeconfig "$kubeconfig"
KUBECONFIG=$kubeconfig kubectl version
if [[ -n "${GITHUB_ENV:-}" ]]; then
  echo "KUBECONFIG=$kubeconfig" >>"$GITHUB_ENV"
else
  echo "export KUBECONFIG=$kubeconfig"
fi
