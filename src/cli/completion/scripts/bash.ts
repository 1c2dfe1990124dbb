/** Completion in bash 3.2 (macOS) and newer, without the package bash-completion. */
export const bashScript = `# Completion of kubectl-linkerd_upgrade, kubectl-linkerd-upgrade and linkerd-dataplane in bash. Put this into ~/.bashrc:
#   source <(kubectl-linkerd_upgrade completion bash)
# In bash 3.2, which macOS has, write it to a file and source that file.
# For \`kubectl linkerd-upgrade ...\` see: kubectl linkerd-upgrade completion kubectl

__kubectl_linkerd_upgrade_complete() {
  COMPREPLY=()
  # Bash splits words at = and :, which flags and names of contexts hold. What stood together is joined again.
  local rest=\${COMP_LINE:0:COMP_POINT} before= word gap i
  local -a words=()
  for ((i = 0; i <= COMP_CWORD; i++)); do
    word=\${COMP_WORDS[i]}
    gap=\${rest%%[![:space:]]*}
    rest=\${rest#"$gap"}
    # The cursor stands inside of the word.
    [[ $rest == "$word"* ]] || word=$rest
    rest=\${rest#"$word"}
    if ((i == 0)) || [[ -n $gap ]]; then
      words[\${#words[@]}]=$word
      before=
    else
      before=\${words[\${#words[@]} - 1]}
      words[\${#words[@]} - 1]=$before$word
    fi
    # A separator belongs to what stands before the word that takes the candidate.
    case $word in =|:) before=\${words[\${#words[@]} - 1]} ;; esac
  done

  # Quotes are taken away, and nothing is evaluated.
  for ((i = 0; i < \${#words[@]}; i++)); do
    words[i]=\${words[i]//[\\"\\'\\\\]/}
  done
  local program=\${words[0]/#\\~\\//$HOME/} current=\${words[\${#words[@]} - 1]} answer
  answer=$("$program" __complete "\${words[@]:1}" </dev/null 2>/dev/null) || return 0

  # Of --flag=value the answer holds the value alone.
  local flag=
  [[ $current == -*=* ]] && flag=\${current%%=*}=
  local directive=0 line candidate
  while IFS= read -r line; do
    case $line in
      :[0-9]*) directive=\${line#:} ;;
      ?*)
        candidate=$flag\${line%%$'\\t'*}
        [[ $candidate == "$current"* ]] && COMPREPLY[\${#COMPREPLY[@]}]=\${candidate#"$before"}
        ;;
    esac
  done <<<"$answer"

  if ((directive & 2)); then compopt -o nospace 2>/dev/null; fi
  if ((directive & 32)); then compopt -o nosort 2>/dev/null; fi
  if ((directive & 4)) || ((\${#COMPREPLY[@]})); then return 0; fi
  local kind=-f option=default
  if ((directive & 16)); then kind=-d option=dirnames; fi
  if ! compopt -o $option 2>/dev/null; then
    while IFS= read -r candidate; do COMPREPLY[\${#COMPREPLY[@]}]=$candidate; done \\
      < <(compgen $kind -- "\${current#"$flag"}")
  fi
  return 0
}

complete -F __kubectl_linkerd_upgrade_complete kubectl-linkerd_upgrade kubectl-linkerd-upgrade linkerd-dataplane
`;
