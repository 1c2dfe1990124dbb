// Packs dist/kubectl-linkerd_upgrade.tar.gz, the same bytes for the same content, and writes its checksum into
// krew-manifest.yaml.
import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';

const root = fileURLToPath(new URL('..', import.meta.url));

// krew wants regular files, a licence by that name, and modes in the archive.
const tar = pack();
for (const [name, file, mode] of [
  ['LICENSE', 'LICENSE', 0o644],
  ['README.md', 'README.md', 0o644],
  ['kubectl-linkerd_upgrade', 'dist/kubectl-linkerd_upgrade', 0o755],
]) {
  const header = { name, mode, mtime: new Date(0), uid: 0, gid: 0, uname: 'root', gname: 'root' };
  tar.entry(header, await readFile(`${root}${file}`));
}
tar.finalize();
const archive = gzipSync(await buffer(tar), { level: 9 });
await writeFile(`${root}dist/kubectl-linkerd_upgrade.tar.gz`, archive);

const sum = createHash('sha256').update(archive).digest('hex');
const manifest = `${root}krew-manifest.yaml`;
const text = await readFile(manifest, 'utf8');
await writeFile(manifest, text.replace(/(sha256: ")[0-9a-f]{64}"/, `$1${sum}"`));
console.log(`${sum}  dist/kubectl-linkerd_upgrade.tar.gz (${(archive.length / 1e6).toFixed(2)} MB)`);
