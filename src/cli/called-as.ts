declare const __SELF_CONTAINED__: boolean | undefined;

/** Whether this is the self-contained binary, which brings its own runtime; the bundler puts that in. */
const isSelfContained = typeof __SELF_CONTAINED__ === 'boolean' && __SELF_CONTAINED__;

/**
 * What this program was called: the path or bare name of the file that was started, a link as such. Node has it among
 * the arguments; the runtime of the binary has a path of its own there, and the name as the zeroth argument only.
 */
export function calledAs(): string {
  return (isSelfContained ? process.argv0 : process.argv[1]) ?? '';
}
