import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { releaseTargets, targetName } from '../../scripts/package/targets.ts';
import { readArchive } from '../krew/validator/archive.ts';
import type { Entry } from '../krew/validator/entry.ts';

const path = (name: string) => fileURLToPath(new URL(`../../${name}`, import.meta.url));

export const root = path('');
export const releaseFolder = path('dist/release/');
export const stageFolder = path('dist/stage/');

export const { version }: { version: string } = JSON.parse(readFileSync(path('package.json'), 'utf8'));

/** Why the tests of a release are left out; undefined where one can be made, and must lie there. */
export const leftOut =
  process.platform === 'linux' && process.arch === 'x64' ? undefined : 'releases are made on Linux x64 only';

/** Bytes of a file in dist/release. */
export function released(name: string): Buffer {
  const file = `${releaseFolder}${name}`;
  if (!existsSync(file)) throw new Error(`dist/release has no ${name}; run npm run package`);
  return readFileSync(file);
}

/** What is in an archive of dist/release. */
export function entriesOf(name: string): readonly Entry[] {
  const { entries, problem } = readArchive(released(name));
  if (problem !== undefined) throw new Error(`${name}: ${problem}`);
  return entries;
}

/** The program of a platform as it was packed. */
export function staged(os: string, arch: string): Buffer {
  const target = releaseTargets.find((one) => one.os === os && one.arch === arch);
  if (target === undefined) throw new Error(`there is no platform ${os}/${arch}`);
  return readFileSync(`${stageFolder}${targetName(target)}/${target.executable}`);
}
