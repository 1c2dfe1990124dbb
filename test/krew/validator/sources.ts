import type { Manifest } from './manifest.ts';
import { pairsOf } from './selectors.ts';
import { isHttps } from './words.ts';

/** The part of an address that names the release file. */
export function archiveOf(uri: string): string {
  return uri.slice(uri.lastIndexOf('/') + 1);
}

/**
 * Where the archives come from (M2, M5): https, one file a platform, in the release of the homepage's repository,
 * named after the system, with the sum that the archive of this build has.
 * @param sums SHA-256 by file name, of the archives built; undefined where none were built
 * @returns one sentence a problem
 */
export function sourceProblems(
  manifest: Manifest,
  sums: ReadonlyMap<string, string> | undefined,
): readonly string[] {
  const { homepage, version } = manifest;
  const seen = new Set<string>();
  return manifest.platforms.flatMap((platform, index) => {
    const at = `platforms[${index}]`;
    return [...problemsOf(platform.uri, platform.sha256, platform.bin)].map((text) => text.replace('@', at));

    function* problemsOf(uri: string, sha256: string, bin: string): Iterable<string> {
      const archive = archiveOf(uri);
      if (!isHttps(uri)) yield `M5 @: the uri "${uri}" is not an https address`;
      else if (isHttps(homepage) && uri !== `${homepage}/releases/download/${version}/${archive}`) {
        yield `M2 @: the uri is not in the release ${version} of ${homepage}`;
      }
      if (seen.has(uri)) yield `M5 @: another platform has the same uri`;
      seen.add(uri);
      for (const pair of pairsOf(platform.selector)) {
        if (!archive.includes(`-${pair.replace('/', '-')}.`))
          yield `M5 @: ${archive} is not named after ${pair}`;
      }
      if (!/^[a-f0-9]{64}$/.test(sha256))
        yield `M5 @: the sha256 "${sha256}" is not 64 lower-case hexadecimal digits`;
      if (sums && !sums.has(archive)) yield `M5 @: ${archive} is not among the archives of this build`;
      const sum = sums?.get(archive);
      if (sum !== undefined && sum !== sha256) yield `M5 @: ${archive} has the sha256 ${sum}, not ${sha256}`;
      if (bin === '') yield 'M9 @: there is no bin';
    }
  });
}
