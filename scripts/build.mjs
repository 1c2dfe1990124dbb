// Bundles src/cli/main.ts into one executable file, dist/kubectl-linkerd_upgrade.
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const outfile = `${root}dist/kubectl-linkerd_upgrade`;
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

// The OIDC refresh of client-node needs one small function of its configuration module, which would bring
// another megabyte: all generated clients and undici.
const leanClientNode = {
  name: 'lean-client-node',
  setup({ onResolve }) {
    onResolve({ filter: /^\.\/config\.js$/ }, ({ importer }) =>
      /client-node\/dist\/oidc_auth\.js$/.test(importer.replaceAll('\\', '/'))
        ? { path: `${root}scripts/client-node-config.js` }
        : undefined,
    );
  },
};

await mkdir(`${root}dist`, { recursive: true });
const result = await build({
  absWorkingDir: root,
  entryPoints: ['src/cli/main.ts'],
  outfile,
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: `node${minimumNode}`,
  minify: true,
  legalComments: 'none',
  lineLimit: 120,
  metafile: true,
  plugins: [leanClientNode],
  jsx: 'automatic',
  define: { 'process.env.NODE_ENV': '"production"', __VERSION__: JSON.stringify(version) },
  // Ink imports its devtools bridge statically; the bundle never uses it.
  alias: { 'react-devtools-core': `${root}scripts/devtools-stub.js` },
  // CommonJS dependencies inside the bundle call require for Node's own modules.
  banner: {
    js: `#!/bin/sh\n${shell}\n${guard}\nimport * as __module from'node:module';const require=__module.createRequire(import.meta.url);`,
  },
});
await chmod(outfile, 0o755);
if (process.argv.includes('--metafile')) {
  await writeFile(`${root}dist/meta.json`, JSON.stringify(result.metafile));
}
