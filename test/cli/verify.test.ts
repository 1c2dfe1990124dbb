/** `verify` against the simulated cluster: what it prints, and with what it ends. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import { Ajv } from 'ajv';
import { parseArguments } from '../../src/cli/arguments.ts';
import { verify } from '../../src/cli/verify.ts';
import { createKubeClient } from '../../src/kube/client.ts';
import type { VerificationDocument } from '../../src/report/verification-document.ts';
import { demoScenario, halfRolled, injectorDown } from '../../src/sim/cluster/scenario/scenarios.ts';
import { startSimulation } from '../../src/sim/cluster/simulation.ts';
import { rbacAuthorizer } from '../../src/sim/server/authorizer.ts';
import { booksScenario } from '../rollout/pins/fixtures.ts';
import { connectionTo } from '../support/connection.ts';

const TOKEN = 'reader-token';
const READER = 'reader';
/** A proxy that no restart renews. */
const MANUAL = 'books/deployment/manual=injected by hand';

interface Told {
  readonly code: number;
  readonly out: string;
}

async function bench(
  t: TestContext,
  scenario = demoScenario(),
  resources: readonly string[] = ['*'],
): Promise<(...words: readonly string[]) => Promise<Told>> {
  const rules = [{ verbs: ['get', 'list', 'watch'], apiGroups: ['*'], resources }];
  const simulation = await startSimulation({
    scenario,
    tls: false,
    server: {
      authorizer: rbacAuthorizer([{ user: READER, rules }]),
      users: new Map([[TOKEN, { name: READER, groups: [] }]]),
    },
  });
  const client = createKubeClient(
    connectionTo(simulation.url, { authentication: { type: 'token', token: TOKEN } }),
    { userAgentVersion: 'test', env: {} },
  );
  t.after(async () => {
    client.close();
    await simulation.stop();
  });
  return async (...words) => {
    let out = '';
    const output = {
      out: (text: string) => {
        out += text;
      },
      err: () => undefined,
    };
    return { code: await verify(parseArguments(['verify', ...words]), client, {}, output), out };
  };
}

const schema: object = JSON.parse(
  readFileSync(new URL('../../docs/schema/verification.v1.json', import.meta.url), 'utf8'),
);
const validate = new Ajv({ allErrors: true, strictRequired: false }).compile<VerificationDocument>(schema);

function documentIn(text: string): VerificationDocument {
  const document: unknown = JSON.parse(text);
  assert.ok(validate(document), JSON.stringify(validate.errors));
  return document;
}

test('the demo is not verified, and says where in JSON as in words', async (t) => {
  const call = await bench(t);
  const [words, json] = [await call(), await call('-o', 'json')];
  assert.deepEqual([words.code, json.code], [3, 3]);
  const { verified, findings, proxies } = documentIn(json.out);
  assert.equal(verified, false);
  assert.match(
    words.out,
    new RegExp(
      `\n${proxies} proxies looked at, ${findings.length} workloads not as they should be, 0 excused\n$`,
    ),
  );
  const kinds = new Set(findings.flatMap(({ problems }) => problems.map(({ kind }) => kind)));
  for (const kind of ['skew', 'version', 'trust', 'unmeshed'] as const) {
    assert.ok(kinds.has(kind), `${kind} among ${[...kinds]}`);
  }
});

test('a namespace in order is verified, and one that is excused with its reason', async (t) => {
  const call = await bench(t);
  const fine = await call('storefront', '-o', 'json');
  assert.deepEqual([fine.code, documentIn(fine.out).verified], [0, true]);
  const excused = await call('invoicing', '--excuse', 'invoicing=frozen until Monday', '-o', 'json');
  assert.equal(excused.code, 0);
  const document = documentIn(excused.out);
  assert.equal(document.verified, true);
  assert.ok(document.excused.length > 0);
  assert.ok(document.excused.every(({ because }) => because === 'frozen until Monday'));
  const words = await call('invoicing', '--excuse', 'invoicing=frozen until Monday');
  assert.match(words.out, /^Excused:\n.*invoicing deployment\/mailer .* frozen until Monday\n/);
});

test('pins are targets: what is pinned and runs its pin is in order', async (t) => {
  const call = await bench(t, booksScenario());
  const { code, out } = await call('books', '-o', 'json', '--excuse', MANUAL);
  assert.equal(code, 0, out);
});

for (const [what, scenario] of [
  ['half rolled', halfRolled()],
  ['without an injector', injectorDown()],
] as const) {
  test(`with a control plane ${what} nothing is verified, whatever is excused`, async (t) => {
    const call = await bench(t, scenario);
    const { code, out } = await call('storefront', '-o', 'json');
    assert.equal(code, 3);
    const { controlPlane, verified } = documentIn(out);
    assert.equal(verified, false);
    assert.equal(controlPlane.problems.length, 1);
  });
}

test('what could not be read is no proof', async (t) => {
  const all = ['pods', 'namespaces', 'configmaps', 'deployments', 'statefulsets', 'replicasets', 'jobs'];
  const call = await bench(t, booksScenario(), all);
  await assert.rejects(
    call('books', '--excuse', MANUAL),
    /what could be read is in order, but not all could be read: .*daemonsets/,
  );
});

test('a misspelt excuse and a wrong form are told', async (t) => {
  const call = await bench(t);
  await assert.rejects(
    call('storefront', '--excuse', 'storefrnt=typo'),
    /--excuse storefrnt excuses nothing/,
  );
  await assert.rejects(call('storefront', '-o', 'yaml'), { name: 'UsageError' });
});
