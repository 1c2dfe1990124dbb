/**
 * What kubectl runs to complete the words after `kubectl linkerd-upgrade`, if a file of this name is on PATH
 * (kubernetes/kubectl `pkg/cmd/plugin/plugin_completion.go`). It calls the plugin itself, not kubectl, which would take
 * longer than the plugin. Held equal to completions/kubectl_complete-linkerd_upgrade, which the archives bring.
 */
export const kubectlScript = `#!/bin/sh
# Completes \`kubectl linkerd-upgrade ...\` for kubectl 1.26 and newer. To be found, this file has to be executable, be
# called kubectl_complete-linkerd_upgrade and lie in a folder of PATH, for example beside the plugin itself.
exec kubectl-linkerd_upgrade __complete "$@" </dev/null 2>/dev/null
`;
