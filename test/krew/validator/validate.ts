import { createHash } from 'node:crypto';
import { archiveProblems, readArchive } from './archive.ts';
import { executableProblems } from './executable.ts';
import { licenceProblems } from './licence.ts';
import { decodeManifest, type Platform } from './manifest.ts';
import { type Pair, pairsOf, selectorProblems } from './selectors.ts';
import { sourceProblems } from './sources.ts';
import { storeOf } from './store.ts';
import { type Intent, wordProblems } from './words.ts';

export interface ManifestIntent extends Intent {
  readonly pairs: readonly Pair[];
  /** SHA-256 by file name of the archives built in this run. */
  readonly sums?: ReadonlyMap<string, string>;
}

/**
 * Holds a manifest against every rule of krew, of its index and of ours that needs no archive.
 * @returns one sentence a problem, each beginning with its row of the checklist, M1 to M9; none for a good one
 */
export function manifestProblems(text: string, fileName: string, intent: ManifestIntent): readonly string[] {
  const { manifest, problem } = decodeManifest(text);
  if (problem !== undefined) return [`M1 the manifest cannot be read: ${problem}`];
  return [
    ...wordProblems(manifest, fileName, intent),
    ...selectorProblems(manifest, intent.pairs),
    ...sourceProblems(manifest, intent.sums),
  ];
}

/**
 * Holds one platform's archive against the rules of an installation, M5 to M10, by playing the installation.
 * @returns one sentence a problem; none for a good one
 */
export function installationProblems(platform: Platform, archive: Uint8Array): readonly string[] {
  const sum = createHash('sha256').update(archive).digest('hex');
  const wrongSum =
    sum === platform.sha256 ? [] : [`M5 the archive has the sha256 ${sum}, not ${platform.sha256}`];
  const { entries, problem } = readArchive(archive);
  if (problem !== undefined) return [...wrongSum, problem];
  const pairs = pairsOf(platform.selector);
  const isForWindows = pairs.length > 0 && pairs.every((pair) => pair.startsWith('windows/'));
  const form = [...wrongSum, ...archiveProblems(archive, entries, isForWindows)];
  const { store, problem: noStore } = storeOf(entries, platform.files);
  if (noStore !== undefined) return [...form, noStore];
  return [...form, ...executableProblems(store, platform.bin, pairs), ...licenceProblems(store)];
}
