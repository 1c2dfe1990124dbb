/** Completion in zsh, to be sourced or to lie in a folder of fpath. */
export const zshScript = `#compdef kubectl-linkerd_upgrade kubectl-linkerd-upgrade linkerd-dataplane
# Completion of kubectl-linkerd_upgrade, kubectl-linkerd-upgrade and linkerd-dataplane in zsh. Put this into ~/.zshrc, behind compinit:
#   source <(kubectl-linkerd_upgrade completion zsh)
# or write it to a file _kubectl-linkerd_upgrade in a folder of fpath.
# For \`kubectl linkerd-upgrade ...\` see: kubectl linkerd-upgrade completion kubectl

_kubectl_linkerd_upgrade() {
  local program=\${(Q)words[1]} directive=0 line text
  local -a typed answer described order end
  # Quotes are taken away, and nothing is evaluated.
  (( CURRENT > 2 )) && typed=("\${(@Q)words[2,CURRENT-1]}")
  answer=("\${(@f)$("\${program/#\\~\\//$HOME/}" __complete "\${typed[@]}" "\${(Q)PREFIX}" </dev/null 2>/dev/null)}")
  for line in "\${answer[@]}"; do
    case $line in
      :<->) directive=\${line#:} ;;
      ?*)
        text=\${\${line%%$'\\t'*}//:/\\\\:}
        [[ $line == *$'\\t'* ]] && text+=:\${line#*$'\\t'}
        described+=("$text")
        ;;
    esac
  done

  # Of --flag=value the answer holds the value alone.
  [[ $PREFIX == -*=* ]] && compset -P 1 '*='
  if (( $#described )); then
    (( directive & 32 )) && order=(-V)
    (( directive & 2 )) && end=(-S '')
    _describe "\${order[@]}" 'kubectl linkerd-upgrade' described "\${end[@]}"
  elif (( directive & 16 )); then
    _files -/
  elif (( ! (directive & 4) )); then
    _files
  fi
}

if [[ $funcstack[1] == _kubectl_linkerd_upgrade || $funcstack[1] == _kubectl-linkerd_upgrade ]]; then
  _kubectl_linkerd_upgrade
else
  compdef _kubectl_linkerd_upgrade kubectl-linkerd_upgrade kubectl-linkerd-upgrade linkerd-dataplane
fi
`;
