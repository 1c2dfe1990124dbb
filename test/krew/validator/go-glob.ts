/**
 * Go's `path.Match` as a regular expression for one element of a path: `*`, `?`, `[a-z]`, `[^a]`, `\`. A star matches
 * names that begin with a dot, too, and there is no `**`.
 * @returns undefined for a malformed pattern
 */
export function goPattern(pattern: string): RegExp | undefined {
  let source = '';
  for (let at = 0; at < pattern.length; at++) {
    const sign = pattern[at] ?? '';
    if (sign === '*') source += '[^/]*';
    else if (sign === '?') source += '[^/]';
    else if (sign === '\\') {
      at++;
      if (at === pattern.length) return undefined;
      source += literal(pattern[at] ?? '');
    } else if (sign === '[') {
      const set = /^\[\^?(?:\\.|[^\]\\])+\]/.exec(pattern.slice(at))?.[0];
      if (set === undefined) return undefined;
      source += set.replace(/^\[(\^?)/, '[$1').replaceAll('/', '\\/');
      at += set.length - 1;
    } else source += literal(sign);
  }
  try {
    return new RegExp(`^${source}$`, 'u');
  } catch {
    return undefined;
  }
}

/**
 * The paths that Go's `filepath.Glob` finds, in its order.
 * @param paths of all files and folders, with `/`
 * @returns undefined for a malformed pattern
 */
export function goGlob(pattern: string, paths: readonly string[]): readonly string[] | undefined {
  const elements = pattern.split('/').map(goPattern);
  return elements.includes(undefined)
    ? undefined
    : paths
        .filter((path) => {
          const names = path.split('/');
          return names.length === elements.length && names.every((name, at) => elements[at]?.test(name));
        })
        .toSorted();
}

function literal(sign: string): string {
  return sign.replace(/[\\^$.*+?()[\]{}|/]/, '\\$&');
}
