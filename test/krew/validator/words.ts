import type { Manifest } from './manifest.ts';

const API_VERSION = 'krew.googlecontainertools.github.com/v1alpha2';
const DEVICE = /^(?:CON|PRN|AUX|NUL|COM[1-9]|LPT[1-9])$/i;
const VERSION =
  /^v(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)(?:-[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?(?:\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?$/;

/** What the project wants the manifest to say, beyond what krew asks. */
export interface Intent {
  /** `v` and the version of package.json. */
  readonly version: string;
  /** True if users have to install something else before the plugin works: then, and only then, there are caveats. */
  readonly needsMore: boolean;
}

/**
 * The words of a manifest: identity (M1), version (M2), descriptions (M3). Sources: krew
 * `internal/index/validation/validate.go` and its developer guide; what reviewers of krew-index ask is an error here.
 * @param fileName in the index's folder `plugins`
 * @returns one sentence a problem
 */
export function wordProblems(manifest: Manifest, fileName: string, intent: Intent): readonly string[] {
  return [...identity(manifest, fileName), ...version(manifest, intent), ...descriptions(manifest, intent)];
}

function* identity({ apiVersion, kind, name }: Manifest, fileName: string): Iterable<string> {
  if (apiVersion !== API_VERSION) yield `M1 apiVersion is "${apiVersion}", not "${API_VERSION}"`;
  if (kind !== 'Plugin') yield `M1 kind is "${kind}", not "Plugin"`;
  if (!/^[\w-]+$/.test(name)) yield `M1 the name "${name}" has other signs than letters, digits, _ and -`;
  if (isDevice(name)) yield `M1 the name "${name}" is a device of Windows`;
  if (!/^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(name))
    yield `M1 the name "${name}" is not in lower case with hyphens`;
  if (!fileName.endsWith('.yaml')) yield `M1 the file ${fileName} does not end with .yaml`;
  if (fileName.replace(/\.[^.]*$/, '') !== name) yield `M1 the file ${fileName} is not named after "${name}"`;
}

function* version(manifest: Manifest, intent: Intent): Iterable<string> {
  if (!VERSION.test(manifest.version)) yield `M2 the version "${manifest.version}" is not of the form v1.2.3`;
  if (manifest.version !== intent.version) {
    yield `M2 the version is ${manifest.version}, and that of package.json ${intent.version}`;
  }
}

function* descriptions(manifest: Manifest, { needsMore }: Intent): Iterable<string> {
  const { shortDescription: short, description, homepage, caveats } = manifest;
  if (short.trim() === '') yield 'M3 there is no short description';
  if (/[\r\n]/.test(short)) yield 'M3 the short description has a line break';
  if (short.length > 50) yield `M3 the short description has ${short.length} characters, more than 50`;
  if (short.endsWith('.')) yield 'M3 the short description ends with a period';
  const superfluous = /plugin|kubectl|kubernetes/i.exec(short)?.[0];
  if (superfluous !== undefined) yield `M3 the short description has the superfluous word "${superfluous}"`;
  if (description.trim() === '') yield 'M3 there is no description';
  const unseen = /[^\P{C}\n]/u.exec(short + description + caveats)?.[0];
  if (unseen !== undefined) yield `M3 a text has the sign ${codePoint(unseen)}, which cannot be seen`;
  for (const [text, what] of [
    [description, 'description'],
    [caveats, 'caveats'],
  ] as const) {
    const long = text.split('\n').find((line) => line.length > 80);
    if (long !== undefined) yield `M3 a line of the ${what} is longer than 80 columns: ${long}`;
  }
  // A block of lines that is indented, begins with a prompt, or names the command to type.
  if (/^(?:\s{2,}\S|\$ )|```|^\s*(?:Examples?|Usage):|kubectl linkerd-upgrade/im.test(description)) {
    yield 'M3 the description has an example of usage';
  }
  if (!isHttps(homepage)) yield `M3 the homepage "${homepage}" is not an https address`;
  if (needsMore && caveats.trim() === '') yield 'M3 the caveats do not say what else has to be installed';
  if (!needsMore && caveats !== '')
    yield 'M3 there are caveats, and nothing has to be done after the installation';
}

function codePoint(sign: string): string {
  return `U+${(sign.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}

/** True for a name that Windows keeps for a device, whatever the folder. */
export function isDevice(name: string): boolean {
  return DEVICE.test(name);
}

/** True for an absolute https address without credentials. */
export function isHttps(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const { protocol, username, password } = new URL(address);
  return protocol === 'https:' && username === '' && password === '';
}
