import { existsSync, realpathSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { type Finished, runToEnd } from '../support/program.ts';

/** npm's own program: the one that runs the tests, else that of the `npm` on PATH; undefined without one. */
export const npmProgram: string | undefined = [
  process.env.npm_execpath,
  ...(process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, 'npm')),
]
  .filter((path): path is string => path !== undefined && existsSync(path))
  .map((path) => realpathSync(path))
  .find((path) => path.endsWith('npm-cli.js'));

/** Folder of a package inside npm; undefined where npm keeps it elsewhere. */
export function partOfNpm(name: string): string | undefined {
  if (npmProgram === undefined) return undefined;
  const folder = join(dirname(dirname(npmProgram)), 'node_modules', name);
  return existsSync(folder) ? folder : undefined;
}

/**
 * Runs npm without a network, with its cache and configuration in `home`, so that nothing of the machine's takes part.
 * @param tool `npm-cli.js`, or `npx-cli.js` beside it
 */
export function npm(
  home: string,
  args: readonly string[],
  { cwd = home, tool = 'npm-cli.js' }: { readonly cwd?: string; readonly tool?: string } = {},
): Promise<Finished> {
  const program = join(dirname(npmProgram ?? ''), tool);
  const env = {
    PATH: [dirname(process.execPath), '/usr/bin', '/bin'].join(delimiter),
    HOME: home,
    npm_config_cache: join(home, 'cache'),
    npm_config_userconfig: join(home, 'npmrc'),
    npm_config_offline: 'true',
    npm_config_update_notifier: 'false',
  };
  return runToEnd(process.execPath, [program, ...args], env, { cwd });
}
