/** Completion in Windows PowerShell 5.1 and PowerShell 7. */
export const powershellScript = `# Completion of kubectl-linkerd_upgrade, kubectl-linkerd-upgrade and linkerd-dataplane in PowerShell. Put this into the file $PROFILE:
#   kubectl-linkerd_upgrade completion powershell | Out-String | Invoke-Expression

Register-ArgumentCompleter -Native -CommandName 'kubectl-linkerd_upgrade', 'kubectl-linkerd-upgrade', 'linkerd-dataplane' -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    # The words up to the cursor; the last one is cut there, and empty behind a blank.
    $words = @()
    $isOpen = $false
    foreach ($element in $commandAst.CommandElements) {
        $extent = $element.Extent
        if ($extent.StartOffset -ge $cursorPosition) { break }
        $isOpen = $extent.EndOffset -ge $cursorPosition
        $length = [Math]::Min($extent.EndOffset, $cursorPosition) - $extent.StartOffset
        $words += $extent.Text.Substring(0, $length) -replace '[''"\`]', ''
    }
    if (-not $isOpen) { $words += '' }
    if ($words.Count -lt 2) { return }
    $current = $words[-1]
    # Before 7.3 an empty argument of a program is lost unless it is quoted once more.
    $passed = @($words[1..($words.Count - 1)])
    if ($current -eq '' -and $PSVersionTable.PSVersion -lt [version]'7.3') { $passed[-1] = '""' }

    $answer = @(& $words[0] __complete @passed 2>$null)
    $directive = 0
    $candidates = @()
    foreach ($line in $answer) {
        if ($line -match '^:(\\d+)$') { $directive = [int]$Matches[1] }
        elseif ($line) { $candidates += , $line.Split("\`t", 2) }
    }

    # Of --flag=value the answer holds the value alone.
    $flag = if ($current -match '^(-[^=]*=)') { $Matches[1] } else { '' }
    foreach ($candidate in $candidates) {
        $text = $flag + $candidate[0]
        # A comma would make a list of it, an @ a variable.
        if ($text -notmatch '^[\\w./:=+-]+$') { $text = "'$text'" }
        $about = if ($candidate.Count -gt 1) { $candidate[1] } else { $candidate[0] }
        [System.Management.Automation.CompletionResult]::new($text, $candidate[0], 'ParameterValue', $about)
    }
    # Nothing at all would bring the names of files.
    if ($candidates.Count -eq 0 -and ($directive -band 4)) { '' }
}
`;
