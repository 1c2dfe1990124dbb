/**
 * `npm run krew:index -- FOLDER [MANIFEST]`: puts the manifest where krew looks for it in an index, a git repository
 * whose folder plugins/ has one file a plugin. MANIFEST is krew-manifest.yaml if not given. It neither commits nor
 * pushes; it says what to type for that.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';

const README = `# krew index

A custom index of [krew](https://krew.sigs.k8s.io) with the plugin linkerd-upgrade.

    kubectl krew index add linkerd-upgrade ADDRESS-OF-THIS-REPOSITORY
    kubectl krew install linkerd-upgrade/linkerd-upgrade
    kubectl krew upgrade
`;

function main([folder, from]: readonly string[]): number {
  if (folder === undefined) {
    process.stderr.write('usage: npm run krew:index -- FOLDER [MANIFEST]\n');
    return 2;
  }
  const manifest = from ?? fileURLToPath(new URL('../krew-manifest.yaml', import.meta.url));
  const text = readFileSync(manifest, 'utf8');
  const { metadata, spec } = parse(text);
  const name: unknown = metadata?.name;
  const version: unknown = spec?.version;
  // The name becomes a file's, so it must be one that krew takes.
  if (typeof name !== 'string' || !/^[\w-]+$/.test(name) || typeof version !== 'string') {
    process.stderr.write(`error: ${manifest} is not the manifest of a krew plugin\n`);
    return 1;
  }
  const target = resolve(folder);
  mkdirSync(join(target, 'plugins'), { recursive: true });
  writeFileSync(join(target, 'plugins', `${name}.yaml`), text);
  try {
    writeFileSync(join(target, 'README.md'), README, { flag: 'wx' });
  } catch (error) {
    // One that is there belongs to whoever keeps the index.
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
  process.stdout.write(
    `${join(target, 'plugins', `${name}.yaml`)} is ${name} ${version}. To publish it:\n` +
      `  cd ${target} && git add plugins README.md && git commit -m "${name} ${version}" && git push\n`,
  );
  return 0;
}

process.exitCode = main(process.argv.slice(2));
