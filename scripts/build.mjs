// Bundles the program for Node into dist/: kubectl-linkerd_upgrade, which is what one runs, and lib/, which it loads
// when more is asked than its version. `bundle` makes the same, or one file for a self-contained binary, in memory.
import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const outdir = `${root}dist`;
const programName = 'kubectl-linkerd_upgrade';
const { version, engines } = JSON.parse(await readFile(`${root}package.json`, 'utf8'));
const minimumNode = Number(/\d+/.exec(engines.node)?.[0]);

// The file is a shell script first and a module second. linkerd asks every extension on PATH for its metadata before
// each check; the shell answers that in the time of its own start, for the one name that this program has there, and
// leaves everything else to Node. To Node the line is a string and a comment.
const shell =
  '":" //;' +
  'case "$0 $1" in "linkerd-dataplane _extension-metadata"|*"/linkerd-dataplane _extension-metadata")' +
  `printf '{"name":"linkerd-dataplane","checks":"always"}\\n';exit;;esac;` +
  'command -v node >/dev/null||{ ' +
  `echo "kubectl linkerd-upgrade needs Node ${minimumNode} or newer on PATH" >&2;exit 127;};` +
  'exec node "$0" "$@"';

// The first statement that runs in Node: an old Node gets one plain sentence instead of a stack trace.
const guard =
  `if(Number(process.versions.node.split('.')[0])<${minimumNode}){` +
  `console.error('kubectl linkerd-upgrade needs Node ${minimumNode} or newer; this is Node '+process.versions.node+'. Install a newer Node and put it first on PATH.');` +
  'process.exit(1)}';

// CommonJS dependencies inside a bundle call require for Node's own modules.
const requireForCommonJs =
  "import * as __module from'node:module';const require=__module.createRequire(import.meta.url);\n";

// Leaves everything behind the entry to files of its own: Node parses what it loads from the first byte to the last.
const laterInLib = {
  name: 'later-in-lib',
  setup({ onResolve }) {
    onResolve({ filter: /^\.\/run\.ts$/ }, () => ({ path: './lib/run.mjs', external: true }));
  },
};

// A package that is loaded late would lose its names where it is CommonJS: only a module of ours may be.
const packagesAtOnce = {
  name: 'packages-at-once',
  setup({ onResolve }) {
    onResolve({ filter: /^[^./]/ }, ({ kind, path }) =>
      kind === 'dynamic-import' && !path.startsWith('node:')
        ? { errors: [{ text: `load ${path} through a module of src that imports it at once` }] }
        : undefined,
    );
  },
};

/**
 * Bundles the program in memory.
 * @param {{ for: 'node' | 'npm' | 'binary' }} form `node`: a small executable script and the files in lib/ that it
 * loads; `npm`: the same without shell line and guard, for a package whose commands are files of their own; `binary`:
 * one module without shell line and guard, for a runtime that is packed together with it
 * @returns {Promise<import('./build.mjs').Bundle>} files by their path below dist/, and what of which source is in them
 */
export async function bundle({ for: form }) {
  if (form === 'binary') {
    const { files, inputs } = await bundled({ entryPoints: { [programName]: 'src/cli/main.ts' } }, form);
    return { files: files.map((file) => ({ ...file, path: `${programName}.mjs` })), inputs };
  }
  const [entry, lib] = await Promise.all([
    bundled({ entryPoints: { [programName]: 'src/cli/main.ts' }, plugins: [laterInLib] }, form),
    bundled(
      {
        entryPoints: { 'lib/run': 'src/cli/run.ts' },
        chunkNames: 'lib/[name]-[hash]',
        splitting: true,
      },
      form,
    ),
  ]);
  const executable = entry.files.map(({ text }) =>
    form === 'npm'
      ? { path: 'main.mjs', text, mode: 0o644 }
      : { path: programName, text: `#!/bin/sh\n${shell}\n${guard}\n${text}`, mode: 0o755 },
  );
  return {
    files: [...executable, ...lib.files],
    inputs: [...new Set([...entry.inputs, ...lib.inputs])].sort(),
  };
}

async function bundled({ plugins = [], ...options }, form) {
  const { outputFiles, metafile } = await build({
    ...options,
    absWorkingDir: root,
    outdir,
    write: false,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: `node${minimumNode}`,
    minify: true,
    legalComments: 'none',
    lineLimit: 120,
    metafile: true,
    plugins: [packagesAtOnce, ...plugins],
    jsx: 'automatic',
    define: {
      'process.env.NODE_ENV': '"production"',
      __VERSION__: JSON.stringify(version),
      __SELF_CONTAINED__: JSON.stringify(form === 'binary'),
    },
    // Ink imports its devtools bridge statically; the bundle never uses it.
    alias: { 'react-devtools-core': `${root}scripts/devtools-stub.js` },
  });
  return {
    files: outputFiles
      .map(({ path, text }) => ({
        path: relative(outdir, path).replaceAll('\\', '/'),
        text: text.includes('typeof require') ? requireForCommonJs + text : text,
        mode: 0o644,
      }))
      .sort((a, b) => (a.path < b.path ? -1 : 1)),
    inputs: Object.values(metafile.outputs)
      .flatMap(({ inputs }) => Object.entries(inputs))
      .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
      .map(([path]) => path)
      .sort(),
  };
}

/** Milliseconds after which nobody runs a program any more whose files a later build has replaced. */
const replaced = 24 * 3600_000;

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { files } = await bundle({ for: 'node' });
  await mkdir(`${outdir}/lib`, { recursive: true });
  // The program last: it names the others.
  for (const { path, text, mode } of files.toReversed()) {
    await writeFile(`${outdir}/${path}`, text, { mode });
  }
  const current = new Set(files.map(({ path }) => path));
  for (const name of await readdir(`${outdir}/lib`)) {
    const { mtimeMs } = await stat(`${outdir}/lib/${name}`);
    if (!current.has(`lib/${name}`) && Date.now() - mtimeMs > replaced) await rm(`${outdir}/lib/${name}`);
  }
}
