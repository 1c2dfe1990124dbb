/** Completion in fish 3 and newer. */
export const fishScript = `# Completion of kubectl-linkerd_upgrade, kubectl-linkerd-upgrade and linkerd-dataplane in fish. Put this into ~/.config/fish/config.fish:
#   kubectl-linkerd_upgrade completion fish | source
# For \`kubectl linkerd-upgrade ...\` see: kubectl linkerd-upgrade completion kubectl

function __kubectl_linkerd_upgrade_complete
    set -l typed (commandline -opc)
    # Quotes are taken away, and nothing is evaluated.
    set -l current (string replace -ra -- '["\\'\\\\\\\\]' '' (commandline -ct))
    set -l program (string replace -r '^~/' "$HOME/" -- $typed[1])
    set -l answer ($program __complete $typed[2..-1] "$current" </dev/null 2>/dev/null)
    set -l directive 0
    set -l candidates
    # Of --flag=value the answer holds the value alone.
    set -l flag (string match -r -- '^-[^=]*=' "$current")
    for line in $answer
        if string match -qr '^:[0-9]+$' -- $line
            set directive (string sub -s 2 -- $line)
        else if test -n "$line"
            set -a candidates "$flag$line"
        end
    end
    if test (count $candidates) -gt 0
        printf '%s\\n' $candidates
    else if test (math "floor($directive / 16) % 2") -eq 1
        __fish_complete_directories (string replace -- "$flag" '' "$current")
    else if test (math "floor($directive / 4) % 2") -eq 0
        for path in (__fish_complete_path (string replace -- "$flag" '' "$current"))
            printf '%s\\n' "$flag$path"
        end
    end
end

for name in kubectl-linkerd_upgrade kubectl-linkerd-upgrade linkerd-dataplane
    complete -c $name -f -k -a '(__kubectl_linkerd_upgrade_complete)'
end
`;
