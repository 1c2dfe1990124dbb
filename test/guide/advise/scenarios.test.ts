/** The guide on whole simulated clusters, read by the real client. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import { Ajv } from 'ajv';
import stringWidth from 'string-width';
import type { Advice, Task } from '../../../src/guide/advice.ts';
import { advise } from '../../../src/guide/advise.ts';
import type { Inventory } from '../../../src/guide/inventory.ts';
import { adviceDocument } from '../../../src/report/advice-document.ts';
import { adviceTable } from '../../../src/report/advice-table.ts';
import {
  cliInstall,
  guideScenarios,
  halfRolledUpgrade,
  helmInstallToUpgrade,
  jaegerBefore219,
  oldChart,
  oldKubernetes,
  twoControlPlanes,
  twoLinks,
  vizWithoutAnnotation,
} from '../../../src/sim/cluster/scenario/guide-scenarios.ts';
import type { Scenario } from '../../../src/sim/cluster/scenario/scenarios.ts';
import { inventoryOf } from '../read/inventories.ts';

const schema: object = JSON.parse(
  readFileSync(new URL('../../../docs/schema/advice.v1.json', import.meta.url), 'utf8'),
);
const validate = new Ajv({ allErrors: true, allowUnionTypes: true }).compile(schema);

interface Found {
  readonly inventory: Inventory;
  readonly advice: Advice;
}

async function adviceOn(t: TestContext, scenario: Scenario, destination = 'latest-known'): Promise<Found> {
  const { inventory } = await inventoryOf(t, scenario);
  return { inventory, advice: advise(inventory, destination) };
}

/** `2.20 before/kubernetes blocked` for every task that is neither later nor done. */
function open({ steps }: Advice): readonly string[] {
  return steps.flatMap(({ release, tasks }) =>
    tasks
      .filter(({ state }) => state !== 'later' && state !== 'done')
      .map(({ id, state }) => `${release} ${id} ${state}`),
  );
}

function task({ steps }: Advice, release: string, id: string): Task {
  const found = steps.find((step) => step.release === release)?.tasks.find((other) => other.id === id);
  assert.ok(found, `${release} ${id}`);
  return found;
}

function noticesOf({ steps }: Advice): readonly string[] {
  return steps.flatMap(({ notices }) => notices.map(({ notice, applies }) => `${notice.id} ${applies}`));
}

for (const [name, scenario] of Object.entries(guideScenarios)) {
  test(`${name}: the document is valid, and the table keeps to 100 columns but for commands and addresses`, async (t) => {
    const { inventory, advice } = await adviceOn(t, scenario());
    const document: unknown = JSON.parse(JSON.stringify(adviceDocument(inventory, advice, 'sim')));
    assert.ok(validate(document), JSON.stringify(validate.errors, null, 1));
    assert.equal(advice.refusal === '', advice.steps.length > 0);
    const commands = new Set(
      advice.steps.flatMap(({ tasks, notices }) => [
        ...tasks.flatMap((found) => found.commands),
        ...notices.flatMap(({ notice }) => notice.commands),
      ]),
    );
    for (const wide of [false, true]) {
      for (const line of adviceTable(inventory, advice, { wide })) {
        const isWhole = commands.has(line.trim()) || /^\s*\S+$/.test(line);
        assert.ok(isWhole || stringWidth(line) <= 100, line);
      }
    }
  });
}

test('a CLI install: the rest of the step that was made, then the next release', async (t) => {
  const { advice } = await adviceOn(t, cliInstall(), '2.20');
  assert.deepEqual(open(advice), ['2.19 data-plane in-progress', '2.20 before/skew blocked']);
  assert.equal(task(advice, '2.19', 'data-plane').why, '10 of 14 proxies on edge-25.10.7; behind: ledger');
  assert.match(task(advice, '2.20', 'before/skew').why, /: ledger$/);
});

test('a Helm install: the commands name its release', async (t) => {
  const { advice } = await adviceOn(t, helmInstallToUpgrade(), '2.20');
  assert.match(
    task(advice, '2.20', 'control-plane').commands[1] ?? '',
    /^helm upgrade linkerd-control-plane linkerd-edge\/linkerd-control-plane -n linkerd --version 2026\.6\.3 /,
  );
});

test('2.11 with the old chart: the migration, with the names found', async (t) => {
  const { advice } = await adviceOn(t, oldChart(), '2.12');
  const notices = noticesOf(advice);
  for (const id of ['values', 'adopt', 'smi', 'install', 'cleanup']) {
    assert.ok(notices.includes(`2.12-helm-${id} yes`), id);
  }
  assert.ok(!notices.some((notice) => notice.startsWith('2.12-smi-cli')));
  assert.match(task(advice, '2.12', 'crds').commands[0] ?? '', /^helm get values linkerd -n default /);
});

test('multicluster: the Link with the old mirror is to be moved, the other is done', async (t) => {
  const { advice } = await adviceOn(t, twoLinks(), '2.18');
  assert.equal(task(advice, '2.18', 'extension/multicluster/link/east').state, 'done');
  assert.equal(task(advice, '2.18', 'extension/multicluster/link/west').state, 'next');
  assert.ok(noticesOf(advice).includes('2.18-multicluster yes'));
});

test('jaeger on the way to 2.19 is replaced, and its notice applies', async (t) => {
  const { advice } = await adviceOn(t, jaegerBefore219(), '2.19');
  assert.match(task(advice, '2.19', 'extension/jaeger').title, /^Replace/);
  assert.ok(noticesOf(advice).includes('2.19-jaeger yes'));
});

test('Kubernetes too old blocks the step', async (t) => {
  const { advice } = await adviceOn(t, oldKubernetes(), '2.20');
  assert.equal(task(advice, '2.20', 'before/kubernetes').state, 'blocked');
  assert.ok(noticesOf(advice).includes('2.20-kubernetes yes'));
});

test('viz without its annotation: the problem stands with its task', async (t) => {
  const { advice } = await adviceOn(t, vizWithoutAnnotation(), '2.12');
  const viz = advice.steps[0]?.tasks.find(({ id }) => id.startsWith('extension/viz'));
  assert.match(viz?.details[0] ?? '', /lacks the annotation/);
});

test('a half-rolled control plane is in progress', async (t) => {
  const { advice } = await adviceOn(t, halfRolledUpgrade(), '2.20');
  assert.deepEqual(open(advice).slice(0, 1), ['2.19 control-plane in-progress']);
});

test('proxies of other control planes are remarked on, and block nothing', async (t) => {
  const { advice } = await adviceOn(t, twoControlPlanes(), '2.20');
  assert.ok(advice.remarks.some((remark) => remark.includes('linkerd-old')));
  assert.ok(advice.remarks.some((remark) => /linkerd-gone, which does not exist/.test(remark)));
  assert.equal(task(advice, '2.20', 'before/skew').state, 'done');
});

test('without any right to the namespace of the control plane the guide says what it could not see', async (t) => {
  const rules = [
    {
      apiGroups: ['', 'apps', 'batch', 'policy'],
      resources: [
        'pods',
        'deployments',
        'statefulsets',
        'daemonsets',
        'replicasets',
        'jobs',
        'poddisruptionbudgets',
      ],
      verbs: ['list', 'watch', 'get'],
    },
  ];
  const { inventory } = await inventoryOf(t, cliInstall(), {
    rights: { shop: rules, ledger: rules },
    namespaces: ['shop', 'ledger'],
  });
  const advice = advise(inventory, '2.20');
  const lines = adviceTable(inventory, advice, { wide: false });
  assert.ok(inventory.unreadable.length > 0);
  assert.ok(lines.includes('Not readable:'));
  const document: unknown = JSON.parse(JSON.stringify(adviceDocument(inventory, advice, 'sim')));
  assert.ok(validate(document), JSON.stringify(validate.errors, null, 1));
  assert.ok(
    lines.some((line) => /proxies in 2 namespaces/.test(line)),
    lines.join('\n'),
  );
});

test('the ticks follow the cluster: what is upgraded is done, and what follows it comes next', async (t) => {
  const { inventory, simulation, read } = await inventoryOf(t, oldKubernetes());
  assert.equal(inventory.controlPlane.version, 'edge-25.11.3');
  assert.deepEqual(advise(inventory, '2.19').steps, []);

  simulation.cluster.upgradeControlPlane('edge-26.6.3');
  const during = advise(await read(), '2.20');
  assert.equal(task(during, '2.20', 'control-plane').state, 'in-progress');
  assert.equal(task(during, '2.20', 'data-plane').state, 'later');

  let after = during;
  for (const until = AbortSignal.timeout(20_000); !until.aborted; ) {
    after = advise(await read(), '2.20');
    if (task(after, '2.20', 'control-plane').state === 'done') break;
  }
  assert.equal(task(after, '2.20', 'control-plane').state, 'done');
  assert.equal(task(after, '2.20', 'data-plane').state, 'next');
  assert.equal(after.steps[0]?.from, 'edge-25.11.3');
});
