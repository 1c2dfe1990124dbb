/**
 * The file behind one of the package's commands. npm's shims for Windows read its first line and start what that
 * names, so it has to be Node and not a shell; and they start the file itself, so each command needs a file of its
 * own: by that name the program knows what it was called. In place of syntax that an old Node cannot read, one gets
 * a sentence.
 * @param minimumNode first major version that the program runs on
 */
export function commandFile(command: string, minimumNode: number): string {
  const isCompletion = command.startsWith('kubectl_complete-');
  return `#!/usr/bin/env node
'use strict';
if (Number(process.versions.node.split('.')[0]) < ${minimumNode}) {
  process.stderr.write(
    'kubectl linkerd-upgrade needs Node ${minimumNode} or newer; this is Node ' + process.versions.node +
      '. Install a newer Node and put it first on PATH.\\n'
  );
  process.exitCode = 1;
} else {
${isCompletion ? "  process.argv.splice(2, 0, '__complete');\n" : ''}  import('../main.mjs');
}
`;
}
