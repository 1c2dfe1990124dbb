import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundle } from '../build.mjs';
import { bundledPackages } from '../package/bundled-packages.ts';
import { bundleNotices } from '../package/notices.ts';
import { commandFile } from './command.ts';
import { commands, manual, publishedPackageJson, type Source } from './package-json.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

/**
 * Lays out the package that is published on npm.
 * @param target an empty folder, or one that is not there yet
 * @returns name and version of the package
 * @throws Error if package.json does not name the Node that the program needs, or a file is missing
 */
export async function stage(target: string): Promise<string> {
  const source: Source = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  const minimumNode = Number(/\d+/.exec(source.engines.node ?? '')?.[0]);
  if (!(minimumNode > 0)) throw new Error('package.json does not say which Node the program needs');
  const { files, inputs } = await bundle({ for: 'npm' });

  const write = async (name: string, text: string, mode: number): Promise<void> => {
    await mkdir(dirname(join(target, name)), { recursive: true });
    await writeFile(join(target, name), text, { mode });
  };
  for (const { path, text, mode } of files) await write(path, text, mode);
  for (const command of commands) await write(`bin/${command}`, commandFile(command, minimumNode), 0o755);
  await write('THIRD-PARTY-NOTICES.txt', bundleNotices(root, bundledPackages(root, inputs)), 0o644);
  await write('package.json', publishedPackageJson(source), 0o644);
  await mkdir(join(target, 'man'));
  for (const file of ['LICENSE', 'README.md', `man/${manual}`])
    await copyFile(join(root, file), join(target, file));
  return `${source.name} ${source.version}`;
}
