import { basename } from 'node:path';

/**
 * The name of this program when it was called as an extension of the Linkerd CLI, which takes any program whose file
 * begins with `linkerd-`; '' when it was not.
 * @param path of the file that was started, a link included
 */
export function extensionName(path: string): string {
  const name = basename(path);
  return /^linkerd-./i.test(name) ? name : '';
}

/**
 * What an extension answers to `_extension-metadata` (linkerd2 `EXTENSIONS.md`): its own file's name, and that
 * `linkerd check` should always ask it.
 */
export function extensionMetadata(name: string): string {
  return `${JSON.stringify({ name, checks: 'always' })}\n`;
}
