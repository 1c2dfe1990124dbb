import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** An npm package of which something is in the bundle. */
export interface BundledPackage {
  readonly name: string;
  readonly version: string;
  /** SPDX expression of its package.json. */
  readonly licence: string;
  /** Of the archive that it was installed from, by the lock file: `sha512-…`. */
  readonly integrity: string;
  /** Where it lies, from the top of the repository; a key of the lock file. */
  readonly path: string;
  /** Path of the copy that each of its dependencies is resolved to, as far as that is in the bundle too. */
  readonly dependencies: readonly string[];
  /** Texts of its licence and notice files, in the order of their names. */
  readonly texts: readonly string[];
}

const PACKAGE = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//;
const LICENCE_FILE = /^(licen[cs]e|copying|notice)(\.(md|txt))?$/i;

/**
 * The packages behind a bundle's source files, sorted by where they lie. One that is installed twice is there twice,
 * if both copies are used.
 * @param inputs files of which something is in the bundle, from the top of the repository
 * @throws Error for a package that does not say its licence, or that the lock file does not have
 */
export function bundledPackages(root: string, inputs: readonly string[]): readonly BundledPackage[] {
  const lock = record(record(json(join(root, 'package-lock.json'))).packages);
  const paths = [...new Set(inputs.flatMap((input) => PACKAGE.exec(input)?.[1] ?? []))].sort();
  const inBundle = new Set(paths);
  return paths.map((path) => {
    const manifest = record(json(join(root, path, 'package.json')));
    const name = text(manifest.name, `${path}: name`);
    return {
      name,
      version: text(manifest.version, `${path}: version`),
      licence: text(manifest.license, `${path}: license`),
      integrity: text(record(lock[path]).integrity, `${path}: integrity in package-lock.json`),
      path,
      dependencies: Object.keys(record(manifest.dependencies ?? {}))
        .flatMap((dependency) => resolved(path, dependency, inBundle) ?? [])
        .sort(),
      texts: licenceTexts(join(root, path)),
    };
  });
}

/** Node's own rule: the nearest node_modules on the way up that has it. */
function resolved(from: string, dependency: string, inBundle: ReadonlySet<string>): string | undefined {
  for (let folder = from; ; folder = folder.slice(0, folder.lastIndexOf('/node_modules/'))) {
    const nested = `${folder}/node_modules/${dependency}`;
    if (inBundle.has(nested)) return nested;
    if (!folder.includes('/node_modules/')) break;
  }
  const top = `node_modules/${dependency}`;
  return inBundle.has(top) ? top : undefined;
}

function licenceTexts(folder: string): readonly string[] {
  return readdirSync(folder)
    .filter((file) => LICENCE_FILE.test(file))
    .sort()
    .map((file) => readFileSync(join(folder, file), 'utf8').trim());
}

function json(path: string): unknown {
  if (!existsSync(path)) throw new Error(`${path} is missing; run npm ci`);
  return JSON.parse(readFileSync(path, 'utf8'));
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

function text(value: unknown, what: string): string {
  if (typeof value !== 'string' || value === '') throw new Error(`${what} is missing`);
  return value;
}
