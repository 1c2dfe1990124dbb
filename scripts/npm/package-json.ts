/** The package.json of the repository, as far as the published one takes it over. */
export interface Source {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  readonly license: string;
  readonly keywords: readonly string[];
  readonly homepage: string;
  readonly bugs: unknown;
  readonly repository: unknown;
  readonly engines: Readonly<Record<string, string>>;
}

/**
 * The names that the package puts on PATH. The first is what `npx kubectl-linkerd-upgrade` runs, the second is the
 * plugin, the third what kubectl asks for completions of it, the fourth the extension of the Linkerd CLI.
 */
export const commands = [
  'kubectl-linkerd-upgrade',
  'kubectl-linkerd_upgrade',
  'kubectl_complete-linkerd_upgrade',
  'linkerd-dataplane',
] as const;

/** Name of a manual page in the package's folder `man`. */
export const manual = 'kubectl-linkerd_upgrade.1';

/**
 * The package.json that is published. It has no dependencies: what the program uses is bundled. It has no `type`: the
 * commands are CommonJS files without an extension, which every Node reads, the old ones too that they turn away.
 */
export function publishedPackageJson(source: Source): string {
  const { name, version, description, license, keywords, homepage, bugs, repository, engines } = source;
  const published = {
    name,
    version,
    description,
    keywords,
    homepage,
    bugs,
    repository,
    license,
    engines,
    bin: Object.fromEntries(commands.map((command) => [command, `bin/${command}`])),
    man: [`./man/${manual}`],
    files: ['bin', 'lib', 'man', 'main.mjs', 'THIRD-PARTY-NOTICES.txt'],
    publishConfig: { access: 'public', provenance: true },
  };
  return `${JSON.stringify(published, null, 2)}\n`;
}
