/**
 * package.json says Node 22, and means 22.0: the program is run with everything taken away that came later and that a
 * program of this kind might reach for. A comparison of both, by names: `Object.getOwnPropertyNames` of each global, its
 * prototype and each built-in module, of 22.0.0 and 26.10.0.
 */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { stage } from '../../scripts/npm/stage.ts';
import { type Finished, runToEnd, temporaryFolder } from '../support/program.ts';

const takeAway = `
const gone = {
  URL: ['parse'], Promise: ['try'], Error: ['isError'], RegExp: ['escape'], Iterator: ['concat'],
  Math: ['f16round', 'sumPrecise'], Uint8Array: ['fromBase64', 'fromHex'], Intl: ['DurationFormat'],
  'Uint8Array.prototype': ['toBase64', 'toHex', 'setFromBase64', 'setFromHex'],
  'Map.prototype': ['getOrInsert', 'getOrInsertComputed'], 'WeakMap.prototype': ['getOrInsert', 'getOrInsertComputed'],
  'Request.prototype': ['bytes', 'textStream'], 'Response.prototype': ['bytes', 'textStream'],
  'Blob.prototype': ['bytes', 'textStream'], 'Navigator.prototype': ['locks'],
  process: ['execve', 'finalization', 'getBuiltinModule', 'ref', 'unref', 'threadCpuUsage'],
  globalThis: ['AsyncDisposableStack', 'DisposableStack', 'SuppressedError', 'URLPattern', 'Float16Array', 'CloseEvent',
    'ErrorEvent', 'QuotaExceededError', 'Storage', 'localStorage', 'sessionStorage', 'Temporal'],
};
for (const [path, names] of Object.entries(gone)) {
  let owner = globalThis;
  for (const name of path.split('.')) owner = name === 'globalThis' ? globalThis : owner?.[name];
  for (const name of names) if (owner) delete owner[name];
}
const later = {
  crypto: ['argon2', 'argon2Sync', 'randomUUIDv7', 'parsePKCS12'],
  fs: ['mkdtempDisposableSync', 'openAsBlobSync', 'Utf8Stream'],
  module: ['enableCompileCache', 'flushCompileCache', 'findPackageJSON', 'getCompileCacheDir', 'registerHooks'],
  path: ['matchesGlob'], stream: ['duplexPair'], 'stream/consumers': ['bytes'],
  perf_hooks: ['eventLoopUtilization', 'timerify'],
  tls: ['getCACertificates', 'setDefaultCACertificates'], url: ['fileURLToPathBuffer'],
  util: ['debounce', 'throttle', 'diff', 'getCallSites', 'getSystemErrorMessage', 'setTraceSigInt'],
  worker_threads: ['locks', 'postMessageToThread', 'threadName'],
  zlib: ['crc32', 'zstdCompress', 'zstdDecompress', 'createZstdCompress', 'createZstdDecompress'],
};
for (const [name, exports] of Object.entries(later)) for (const each of exports) delete require('node:' + name)[each];
require('node:module').syncBuiltinESMExports();
`;

const folder = temporaryFolder();

before(async () => {
  await stage(join(folder.path, 'package'));
});

after(() => folder[Symbol.dispose]());

function run(preload: string, command: string, ...args: readonly string[]): Promise<Finished> {
  const required = folder.file('preload.cjs', preload);
  return runToEnd(
    process.execPath,
    [`--require=${required}`, join(folder.path, 'package/bin', command), ...args],
    {
      HOME: folder.path,
      XDG_STATE_HOME: folder.path,
      PATH: process.env.PATH,
    },
  );
}

test('the commands work without what came after Node 22.0', async () => {
  const [status, check, restart, completed] = await Promise.all([
    run(takeAway, 'kubectl-linkerd_upgrade', 'status', '--demo'),
    run(takeAway, 'linkerd-dataplane', 'check', '--demo', '-o', 'json'),
    run(takeAway, 'kubectl-linkerd_upgrade', 'restart', 'invoicing', '--demo', '--dry-run=server'),
    run(takeAway, 'kubectl_complete-linkerd_upgrade', 'stat'),
  ]);
  assert.deepEqual([status.code, status.stderr], [0, '']);
  assert.equal(check.stderr, '');
  assert.equal(typeof JSON.parse(check.stdout).success, 'boolean');
  assert.equal(restart.code, 0, restart.stderr);
  assert.match(restart.stdout, /The server accepts every patch\./);
  assert.match(completed.stdout, /^status\b/);
});

test('what is taken away is missed by a program that uses it', async () => {
  const uses = "process.stdout.write(String(URL.parse) + require('node:zlib').crc32)";
  const { stdout } = await run(`${takeAway}${uses}`, 'kubectl-linkerd_upgrade', 'version');
  assert.match(stdout, /^undefinedundefined/);
});
