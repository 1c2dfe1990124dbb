import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bunPackages, bunParts } from './bun-parts.ts';
import type { BundledPackage } from './bundled-packages.ts';
import { runtimeVersion } from './runtimes.ts';

/** Where a package without a licence file has its notices: source files that begin with them. */
interface SourceNotices {
  /** Files whose first comment is the notice, below the package. */
  readonly files: readonly string[];
  /** The licence text that such a comment refers to. */
  readonly text: 'Apache-2.0' | 'MIT';
}

const withoutLicenceFile: Readonly<Record<string, SourceNotices>> = {
  '@bufbuild/protobuf': {
    files: ['dist/esm/wire/binary-encoding.js', 'dist/esm/wire/varint.js'],
    text: 'Apache-2.0',
  },
  'yoga-layout': { files: ['dist/src/index.js'], text: 'MIT' },
};

const RULE = '='.repeat(100);
const licences = fileURLToPath(new URL('./licences/', import.meta.url));

/**
 * The text of THIRD-PARTY-NOTICES.txt: whose work is in a release's program besides ours, and under which terms.
 * @param root the repository's top, for our own licence, which is the Apache text that others refer to
 * @throws Error for a package whose terms cannot be found
 */
export function thirdPartyNotices(root: string, packages: readonly BundledPackage[]): string {
  return notices([
    'The program is one file: a JavaScript bundle and the runtime that runs it. Besides our own work, which the file\n' +
      'LICENSE is about, it holds the npm packages below and the runtime Bun with what Bun holds.',
    ...packageSections(root, packages),
    section(`Bun ${runtimeVersion} (MIT), https://bun.com`, bunNotices(licence('MIT'))),
    section('Apache License 2.0', ourLicence(root)),
    section('GNU Library General Public License 2.0', licence('LGPL-2.0')),
    section('GNU Lesser General Public License 2.1', licence('LGPL-2.1')),
  ]);
}

/** The same for the package that is published on npm, which holds the bundle without a runtime. */
export function bundleNotices(root: string, packages: readonly BundledPackage[]): string {
  return notices([
    'Besides our own work, which the file LICENSE is about, the bundle in this package holds the npm packages below.',
    ...packageSections(root, packages),
    section('Apache License 2.0', ourLicence(root)),
  ]);
}

function notices(parts: readonly string[]): string {
  return ['Third-party notices of kubectl linkerd-upgrade', ...parts, ''].join('\n\n');
}

function packageSections(root: string, packages: readonly BundledPackage[]): readonly string[] {
  const referredTo = { 'Apache-2.0': 'The Apache License 2.0 stands at the end.', MIT: licence('MIT') };
  return packages.map((one) =>
    section(`${one.name} ${one.version} (${one.licence})`, terms(root, one, referredTo)),
  );
}

function licence(name: string): string {
  return readFileSync(join(licences, `${name}.txt`), 'utf8').trim();
}

function ourLicence(root: string): string {
  return readFileSync(join(root, 'LICENSE'), 'utf8').trim();
}

function section(title: string, text: string): string {
  return `${RULE}\n${title}\n${RULE}\n\n${text}`;
}

function terms(
  root: string,
  { name, path, texts }: BundledPackage,
  referredTo: Readonly<Record<SourceNotices['text'], string>>,
): string {
  if (texts.length > 0) return texts.join('\n\n');
  const source = withoutLicenceFile[name];
  if (source === undefined) {
    throw new Error(`${path} has no licence file; say in scripts/package/notices.ts where its terms are`);
  }
  const comments = source.files.map((file) => firstComment(readFileSync(join(root, path, file), 'utf8')));
  return [...comments, referredTo[source.text]].join('\n\n');
}

/** The comment that a file begins with, without its marks. */
function firstComment(source: string): string {
  const block = /^\/\*\*?([\s\S]*?)\*\//.exec(source)?.[1];
  const lines = block?.split('\n') ?? /^(?:\/\/.*\n)+/.exec(source)?.[0].split('\n');
  const text = (lines ?? []).map((line) => line.replace(/^(?:\/\/| \*) ?/, '').trimEnd()).join('\n');
  if (!/copyright/i.test(text)) throw new Error('a file that should begin with a notice does not');
  return text.trim();
}

function bunNotices(mit: string): string {
  const parts = bunParts.map(
    ({ name, licence, home, revision }) =>
      `  ${name}${revision ? ` ${revision}` : ''}\n    ${licence}; ${home}`,
  );
  return `Bun is published by Oven under the MIT licence:

${mit}

Bun's npm packages hold the executable alone, without licence texts. Which libraries are linked into it, and their
licences, is what LICENSE.md of https://github.com/oven-sh/bun says; their revisions are what this Bun says of itself.
The texts of those not repeated here are at the addresses named.

${parts.join('\n')}

One thing is changed in it: the address that it would report crashes to is overwritten, so that it reports none.

Bun also holds these npm packages, all under the MIT licence, for programs that import them:
${wrapped(bunPackages)}

JavaScriptCore, WebKit and TinyCC are under the GNU Library (Lesser) General Public License, whose texts stand at the
end. Their sources are at the addresses above. To use changed versions of them: build Bun with them as its LICENSE.md
describes, put the executable under node_modules/.cache/kubectl-linkerd-upgrade/ of this program's repository in place of
the one there, enter its SHA-256 in scripts/package/runtimes.json, and run "npm run package". All other parts of the program are open source.`;
}

/** Words with commas, in lines of a page's width. */
function wrapped(words: readonly string[]): string {
  const lines = [''];
  for (const [index, word] of words.entries()) {
    const text = index === words.length - 1 ? word : `${word}, `;
    const line = `${lines.at(-1)}${text}`;
    if (line.trimEnd().length > 110) lines.push(text);
    else lines.splice(-1, 1, line);
  }
  return lines.map((line) => `  ${line.trimEnd()}`).join('\n');
}
