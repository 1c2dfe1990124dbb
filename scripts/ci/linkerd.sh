#!/usr/bin/env bash
# A real Linkerd in the cluster of $KUBECONFIG, by its own CLI:
#   linkerd.sh install edge-25.10.7
#   linkerd.sh upgrade edge-26.6.3
#   linkerd.sh check-extension edge-26.6.3    (linkerd check, with this program's checks in it)
set -euo pipefail
cd "$(dirname "$0")/../.."

usage='usage: linkerd.sh install|upgrade|check-extension VERSION'
action=${1:?$usage}
version=${2:?$usage}
: "${KUBECONFIG:?set KUBECONFIG to the cluster to work on}"

# Within the range of every release from 2.18 to 2.20.
gateway_api=v1.2.1
releases=https://github.com/linkerd/linkerd2/releases/download
folder=${LINKERD_CLI_FOLDER:-${RUNNER_TEMP:-/tmp}/linkerd-cli}/$version
linkerd=$folder/linkerd

# The sum comes from the same place as the file: it shows a broken download, not a forged one.
download() {
  local name=linkerd2-cli-$version-linux-amd64
  mkdir -p "$folder"
  for file in "$name" "$name.sha256"; do
    curl --proto '=https' --tlsv1.2 --fail --silent --show-error --location --retry 3 \
      --output "$folder/$file" "$releases/$version/$file"
  done
  local sum
  read -r sum _ <"$folder/$name.sha256"
  echo "$sum  $folder/$name" | sha256sum --check --strict
  install -m 755 "$folder/$name" "$linkerd"
}

[[ -x "$linkerd" ]] || download
"$linkerd" version --client --short

case $action in
  install)
    kubectl apply --server-side -f \
      "https://github.com/kubernetes-sigs/gateway-api/releases/download/$gateway_api/standard-install.yaml"
    "$linkerd" check --pre
    "$linkerd" install --crds | kubectl apply -f -
    "$linkerd" install | kubectl apply -f -
    "$linkerd" check --wait 5m
    ;;
  upgrade)
    "$linkerd" upgrade --crds | kubectl apply -f -
    "$linkerd" upgrade | kubectl apply -f -
    for component in destination identity proxy-injector; do
      kubectl -n linkerd rollout status "deployment/linkerd-$component" --timeout=5m
    done
    "$linkerd" check --wait 5m
    ;;
  check-extension)
    ln -sf "$PWD/dist/kubectl-linkerd_upgrade" "$folder/linkerd-dataplane"
    PATH=$folder:$PATH "$linkerd" check --proxy | tee "$folder/check.txt"
    grep -q linkerd-dataplane "$folder/check.txt"
    ;;
  *)
    echo "$usage" >&2
    exit 2
    ;;
esac
