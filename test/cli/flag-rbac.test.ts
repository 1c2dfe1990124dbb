/** The flags of `rbac`, by the built program, which asks no cluster for it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseAllDocuments } from 'yaml';
import { isObject } from '../../src/kube/json/value.ts';
import { runProgram } from '../support/program.ts';

async function objects(...words: readonly string[]): Promise<readonly Record<string, unknown>[]> {
  const { code, stdout, stderr } = await runProgram(['rbac', ...words], {
    ...process.env,
    KUBECONFIG: '/nowhere/config',
  });
  assert.deepEqual([code, stderr], [0, ''], words.join(' '));
  return parseAllDocuments(stdout).map((document) => {
    const object: unknown = document.toJS();
    assert.ok(isObject(object));
    return object;
  });
}

const kindsOf = (all: readonly Record<string, unknown>[]) => new Set(all.map(({ kind }) => kind));

test('--for takes what a command uses, --subject binds it, --name names it', async () => {
  const plain = await objects('--for', 'status');
  assert.ok(kindsOf(plain).has('ClusterRole') && !kindsOf(plain).has('ClusterRoleBinding'));
  const bound = await objects('--for=status', '--subject', 'Group:sre', '--subject=User:ann', '--name=look');
  const bindings = bound.filter(({ kind }) => kind === 'ClusterRoleBinding');
  assert.ok(bindings.length > 0);
  for (const binding of bindings) assert.deepEqual(Object(binding.metadata).name, 'look');
  const names = bindings.flatMap(({ subjects }) =>
    Object(subjects).map(({ name }: { name: string }) => name),
  );
  assert.deepEqual([...new Set(names)].toSorted(), ['ann', 'sre']);
  assert.ok(JSON.stringify(await objects('--for', 'restart')).length > JSON.stringify(plain).length);
});

test('--admission-policy adds the policy and its binding', async () => {
  const words = ['--for', 'restart', '--subject', 'Group:sre'];
  const added = [...kindsOf(await objects(...words, '--admission-policy'))].filter(
    (kind) => kind === 'ValidatingAdmissionPolicy' || kind === 'ValidatingAdmissionPolicyBinding',
  );
  assert.equal(added.length, 2);
  assert.ok(!kindsOf(await objects(...words)).has('ValidatingAdmissionPolicy'));
});
