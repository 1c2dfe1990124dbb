import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
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

  const write = async (name: string, content: string | Buffer, mode: number): Promise<void> => {
    const path = join(target, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, content);
    // Whatever the umask takes away: npm packs the modes that it finds.
    await chmod(path, mode);
  };
  for (const { path, text, mode } of files) await write(path, text, mode);
  for (const command of commands) await write(`bin/${command}`, commandFile(command, minimumNode), 0o755);
  await write('THIRD-PARTY-NOTICES.txt', bundleNotices(root, bundledPackages(root, inputs)), 0o644);
  await write('package.json', publishedPackageJson(source), 0o644);
  for (const file of ['LICENSE', 'README.md', `man/${manual}`])
    await write(file, await readFile(join(root, file)), 0o644);
  return `${source.name} ${source.version}`;
}
