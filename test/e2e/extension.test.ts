/** The built program as an extension of the Linkerd CLI, called as linkerd calls one. */
import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Ajv } from 'ajv';
import {
  documents,
  isExtension,
  isSuccess,
  LINKERD_ARGUMENTS,
  linkerdCheck,
  linkerdTable,
} from '../support/linkerd-check.ts';
import { isBinary, program, runToEnd, startedBy } from '../support/program.ts';
import { type DemoCluster, demoCluster } from './demo-cluster.ts';

const schema: object = JSON.parse(
  readFileSync(new URL('../../docs/schema/check.v1.json', import.meta.url), 'utf8'),
);
const validate = new Ajv({ allErrors: true }).compile(schema);

const nodeFolder = join(process.execPath, '..');
let cluster: DemoCluster;
let extension: string;
let env: NodeJS.ProcessEnv;

before(async () => {
  cluster = await demoCluster();
  const bin = join(cluster.folder.path, 'bin');
  mkdirSync(bin);
  extension = join(bin, 'linkerd-dataplane');
  symlinkSync(program, extension);
  env = { ...cluster.env, PATH: `${bin}:${nodeFolder}:/usr/bin:/bin`, LC_ALL: 'C.UTF-8' };
});

after(() => cluster[Symbol.asyncDispose]());

test('it says what it is under a link and as a copy, without Node, a cluster or a home', async () => {
  const copies = join(cluster.folder.path, 'copies');
  mkdirSync(copies);
  const copy = join(copies, 'linkerd-dataplane');
  copyFileSync(program, copy);
  for (const path of [extension, copy]) {
    assert.ok(await isExtension(path, { PATH: '/nonexistent', KUBECONFIG: '/nonexistent' }));
    const { code, stdout, stderr } = await runToEnd(path, ['_extension-metadata'], { PATH: '/nonexistent' });
    assert.deepEqual([code, stdout, stderr], [0, '{"name":"linkerd-dataplane","checks":"always"}\n', '']);
  }
});

test('without the shell line it gives the same answer, for any name of an extension, and none under another name', async () => {
  const other = join(cluster.folder.path, 'bin', 'linkerd-mesh-age');
  symlinkSync(program, other);
  assert.ok(await isExtension(other, env));
  const direct = await runToEnd(...startedBy(['_extension-metadata'], extension));
  assert.equal(direct.stdout, '{"name":"linkerd-dataplane","checks":"always"}\n');
  const plugin = await runToEnd(...startedBy(['_extension-metadata']));
  assert.deepEqual([plugin.code, plugin.stdout], [2, '']);
});

const needsNode = { skip: isBinary && 'a binary brings its runtime' };
test('a missing Node is said in a sentence', needsNode, async () => {
  const { code, stdout, stderr } = await runToEnd(extension, ['check'], { PATH: '/nonexistent' });
  assert.deepEqual([code, stdout], [127, '']);
  assert.match(stderr, /needs Node 22 or newer on PATH\n$/);
});

test('its checks reach linkerd as it prints them itself', async () => {
  const { results, finished } = await linkerdCheck(extension, LINKERD_ARGUMENTS, env);
  assert.equal(finished.stderr, '');
  assert.ok(validate(JSON.parse(finished.stdout)), JSON.stringify(validate.errors));
  assert.ok(results.length > 20);
  assert.equal(isSuccess(results), false);
  const skew = results.find(
    ({ description }) => description === 'data plane proxies are within the supported skew',
  );
  assert.match(skew?.error ?? '', /\* ledger deployment\/api: 4 proxies: edge-24\.8\.2 \(2\.16\)/);
  const own = await runToEnd(extension, ['check'], env);
  assert.equal(linkerdTable(results), own.stdout);
  assert.equal(own.code, 3);
});

test('no check is lost on the way: what failed fails in linkerd, what warns warns', async () => {
  const { results, finished } = await linkerdCheck(extension, LINKERD_ARGUMENTS, env);
  const checks: readonly { result: string }[] = JSON.parse(finished.stdout).categories.flatMap(
    (category: { checks: [] }) => category.checks,
  );
  const seen = results.map(({ error, warning }) =>
    error === undefined ? 'success' : warning ? 'warning' : 'error',
  );
  assert.deepEqual(
    seen,
    checks.map(({ result }) => result),
  );
  assert.deepEqual([...new Set(seen)].toSorted(), ['error', 'success', 'warning']);
});

test('its document can be read out of a stream of several', async () => {
  const { finished } = await linkerdCheck(extension, LINKERD_ARGUMENTS, env);
  assert.equal(documents(`{"success": true}\n${finished.stdout}{"success": false}\n`).length, 3);
});

test('flags that linkerd passes when they are set, and some that it has not yet', async () => {
  const flags = [
    ...LINKERD_ARGUMENTS,
    '--api-addr=127.0.0.1:9',
    `--kubeconfig=${cluster.kubeconfig}`,
    '--namespace=ledger',
    '--as=',
    '--retry-budget=3',
    '--crds',
  ];
  const { results, finished } = await linkerdCheck(extension, flags, { ...env, KUBECONFIG: '/nonexistent' });
  assert.equal(finished.code, 3, finished.stderr);
  const skew = results.find(({ error }) => error?.includes('more than one release behind'));
  assert.match(skew?.error ?? '', /ledger/);
  assert.doesNotMatch(skew?.error ?? '', /warehouse/);
});

for (const [name, flags, message] of [
  ['a server that is not there', ['--server=http://127.0.0.1:1'], /127\.0\.0\.1:1/],
  ['a kubeconfig that is not there', ['--kubeconfig=/nonexistent/config'], /no such file/],
  ['a context that is not there', ['--context=bogus'], /bogus/],
  ['a value that makes no sense', ['--wait=soon'], /--wait takes a duration/],
] as const) {
  test(`${name} is a failed check with its reason`, async () => {
    const { results, finished } = await linkerdCheck(extension, [...LINKERD_ARGUMENTS, ...flags], env);
    assert.equal(finished.code, 1);
    assert.ok(validate(JSON.parse(finished.stdout)), JSON.stringify(validate.errors));
    const [only, ...others] = results;
    assert.deepEqual(others, []);
    assert.deepEqual(
      [only?.category, only?.description, only?.warning],
      ['linkerd-dataplane-api', 'can query the Kubernetes API', false],
    );
    assert.match(only?.error ?? '', message);
  });
}

test('linkerd dataplane is the whole tool, strict about its flags', async () => {
  const status = await runToEnd(extension, ['status', '-n', 'ledger'], env);
  assert.equal(status.code, 0);
  assert.match(status.stdout, /ledger|api/);
  const usage = await runToEnd(extension, ['restart', 'ledger', '--dry-rum=server', '--yes'], env);
  assert.deepEqual([usage.code, usage.stdout], [2, '']);
  assert.match(
    usage.stderr,
    /unknown flag: --dry-rum\nDid you mean "--dry-run"\?\nSee 'linkerd dataplane restart --help'/,
  );
  assert.deepEqual(cluster.patched(), []);
});
