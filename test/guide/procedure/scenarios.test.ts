/** The upgrade guide on whole simulated clusters, read by the real client: what docs/guide-coverage.md points to. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Advice, Task, UpgradeStep } from '../../../src/guide/advice.ts';
import { advise } from '../../../src/guide/advise.ts';
import {
  buoyantInstall,
  cliInstall,
  everythingToNotice,
  gitopsInstall,
  halfRolledUpgrade,
  helmInstallToUpgrade,
  jaegerBefore219,
  oldChart,
  oldKubernetes,
  twoControlPlanes,
  twoLinks,
  vizWithoutAnnotation,
} from '../../../src/sim/cluster/scenario/guide-scenarios.ts';
import { type InventoryOptions, inventoryOf } from '../read/inventories.ts';

type Test = Parameters<typeof inventoryOf>[0];
type Scenario = Parameters<typeof inventoryOf>[1];

async function adviceFor(
  t: Test,
  scenario: Scenario,
  destination: string,
  options?: InventoryOptions,
): Promise<Advice> {
  const { inventory } = await inventoryOf(t, scenario, options);
  return advise(inventory, destination);
}

function stepTo(advice: Advice, release: string): UpgradeStep {
  const step = advice.steps.find((candidate) => candidate.release === release);
  assert.ok(step, `no step to ${release}: ${advice.refusal}`);
  return step;
}

function task(step: UpgradeStep, id: string): Task {
  const found = step.tasks.find((candidate) => candidate.id === id);
  assert.ok(found, `no task ${id} among ${step.tasks.map((other) => other.id).join(', ')}`);
  return found;
}

const states = ({ tasks }: UpgradeStep): readonly string[] => tasks.map(({ id, state }) => `${id} ${state}`);
const commandsOf = ({ tasks }: UpgradeStep): readonly string[] => tasks.flatMap(({ commands }) => commands);
const notice = (step: UpgradeStep, id: string): string =>
  step.notices
    .filter((found) => found.notice.id === id)
    .map(({ applies, why }) => `${applies}: ${why}`)
    .join('\n');

test("the CLI: the guide's commands in the guide's order", async (t) => {
  const advice = await adviceFor(t, cliInstall(), '2.20');
  assert.deepEqual(commandsOf(stepTo(advice, '2.20')), [
    // Before.
    'linkerd check',
    'linkerd check --proxy',
    'kubectl linkerd-upgrade check',
    'kubectl linkerd-upgrade plan ledger',
    'kubectl linkerd-upgrade restart ledger',
    'kubectl version',
    // The CLI.
    "curl --proto '=https' --tlsv1.2 -sSfL https://run.linkerd.io/install-edge | LINKERD2_VERSION=edge-26.6.3 sh",
    'export PATH="$HOME/.linkerd2/bin:$PATH"',
    'linkerd version --client',
    // The control plane.
    'linkerd upgrade --crds | kubectl apply -f -',
    'linkerd upgrade | kubectl apply -f -',
    'linkerd prune | kubectl delete -f -',
    // The extensions.
    'linkerd viz install | kubectl apply -f -',
    'linkerd viz prune | kubectl delete -f -',
    'linkerd viz check',
    // The data plane.
    'kubectl linkerd-upgrade plan ledger linkerd-viz shop',
    'kubectl linkerd-upgrade restart ledger linkerd-viz shop',
    'linkerd check',
    'linkerd check --proxy',
    'kubectl linkerd-upgrade verify',
    'kubectl linkerd-upgrade check',
  ]);
});

test('the data plane catches up before the control plane goes on', async (t) => {
  const advice = await adviceFor(t, cliInstall(), '2.20', { cli: { state: 'known', value: 'edge-25.10.7' } });
  assert.deepEqual(states(stepTo(advice, '2.19')), [
    'cli done',
    'crds done',
    'control-plane done',
    'extension/viz done',
    'data-plane in-progress',
    'verify later',
  ]);
  const next = stepTo(advice, '2.20');
  assert.deepEqual(
    next.tasks.map(({ state }) => state).filter((state) => state === 'next'),
    [],
  );
  assert.equal(task(next, 'before/skew').state, 'blocked');
  assert.deepEqual(task(next, 'before/skew').details, ['ledger: edge-25.9.4 (4)']);
});

test('Helm: both charts, the values kept, each extension by its own release', async (t) => {
  const step = stepTo(await adviceFor(t, helmInstallToUpgrade(), '2.20'), '2.20');
  assert.equal(
    task(step, 'crds').commands.at(-1),
    'helm upgrade linkerd-crds linkerd-edge/linkerd-crds -n linkerd --version 2026.6.3',
  );
  assert.deepEqual(task(step, 'control-plane').commands, [
    'helm get values linkerd-control-plane -n linkerd -o yaml > values.yaml',
    'helm upgrade linkerd-control-plane linkerd-edge/linkerd-control-plane -n linkerd --version 2026.6.3 --reset-values -f values.yaml --atomic',
  ]);
  assert.equal(
    task(step, 'extension/viz').commands.at(-1),
    'helm upgrade linkerd-viz linkerd-edge/linkerd-viz -n linkerd-viz --version 2026.6.3 --reset-values -f viz-values.yaml --atomic',
  );
});

test('Git: no command touches what Git holds', async (t) => {
  const step = stepTo(await adviceFor(t, gitopsInstall(), '2.20'), '2.20');
  for (const [id, chart] of [
    ['crds', 'linkerd-crds'],
    ['control-plane', 'linkerd-control-plane'],
    ['extension/viz', 'linkerd-viz'],
  ] as const) {
    const { commands, details } = task(step, id);
    assert.deepEqual(commands, []);
    assert.match(
      details[0] ?? '',
      new RegExp(`chart ${chart} of https://helm\\.linkerd\\.io/edge, version 2026\\.6\\.3\\. Let Argo CD`),
    );
  }
});

test("a vendor's build: the vendor's instructions come first, its operator installs", async (t) => {
  const step = stepTo(await adviceFor(t, buoyantInstall(), 'latest-known'), '2.19');
  assert.match(
    task(step, 'before/release-notes').details.join('\n'),
    /The vendor's notes and instructions come first: https:\/\/docs\.buoyant\.io\//,
  );
  assert.match(
    task(step, 'control-plane').commands[0] ?? '',
    /^kubectl patch controlplanes\.linkerd\.buoyant\.io linkerd-control-plane .*enterprise-2\.19\.6/,
  );
  assert.match(task(step, 'extension/buoyant').why, /its versions are its own/);
});

test('2.11 to 2.12 with the old chart: split it, SMI, viz anew, Grafana', async (t) => {
  const step = stepTo(await adviceFor(t, oldChart(), '2.12'), '2.12');
  const crds = task(step, 'crds').commands;
  assert.equal(crds[0], 'helm get values linkerd -n default -o yaml > values.yaml');
  const adopting = crds.filter((command) => command.includes('get manifest linkerd'));
  assert.equal(adopting.length, 2);
  assert.match(adopting[0] ?? '', /crd\/\$0 meta\.helm\.sh\/release-name=linkerd-crds /);
  assert.match(adopting[1] ?? '', /\$0\/\$1 meta\.helm\.sh\/release-name=linkerd-control-plane /);
  assert.match(crds.at(-1) ?? '', /^helm install linkerd-crds /);
  const [install = '', cleanUp = ''] = task(step, 'control-plane').commands;
  for (const file of ['ca.crt', 'issuer.crt', 'issuer.key']) {
    assert.ok(
      crds.some((command) => command.endsWith(`> ${file}`)),
      file,
    );
    assert.ok(install.includes(`=${file}`), file);
  }
  assert.match(cleanUp, /^kubectl -n default delete secret .* -l name=linkerd,owner=helm$/);

  const viz = task(step, 'extension/viz').commands;
  assert.deepEqual(
    viz.slice(-2).map((command) => command.split(' ').slice(0, 3).join(' ')),
    ['helm delete linkerd-viz', 'helm install linkerd-viz'],
  );
  assert.match(viz.at(-1) ?? '', / -n linkerd-viz --create-namespace /);

  assert.match(notice(step, '2.12-helm-smi'), /^yes: .*1 TrafficSplit: shop\/web-split$/);
  assert.match(notice(step, '2.12-grafana'), /^yes: Deployment grafana runs in namespace linkerd-viz$/);
  assert.equal(notice(step, '2.12-crds'), '', 'is for the CLI');
  assert.equal(notice(step, '2.12-kubernetes'), '', 'Kubernetes 1.23 is new enough');
});

test('2.11 to 2.12 with the CLI: CRDs apart and never pruned, viz without its annotation', async (t) => {
  const step = stepTo(await adviceFor(t, vizWithoutAnnotation(), '2.12'), '2.12');
  const { commands, details } = task(step, 'crds');
  assert.deepEqual(commands, ['linkerd upgrade --crds | kubectl apply -f -']);
  assert.match(details.join('\n'), /Without --prune: pruning would delete CRDs/);
  assert.match(notice(step, '2.12-crds'), /^yes: Linkerd was installed with the CLI$/);
  assert.equal(notice(step, '2.12-helm-adopt'), '');
  assert.match(task(step, 'extension/viz').details[0] ?? '', /lacks the annotation linkerd\.io\/inject/);
  // The prune of extensions came with 2.13.
  assert.deepEqual(task(step, 'extension/viz').commands, [
    'linkerd viz install | kubectl apply -f -',
    'linkerd viz check',
  ]);
});

test('every linked cluster is linked again, by its name', async (t) => {
  const advice = await adviceFor(t, twoLinks(), '2.19');
  const [begun, ahead] = [stepTo(advice, '2.18'), stepTo(advice, '2.19')];
  assert.equal(task(begun, 'extension/multicluster/link/east').state, 'done');
  const west = task(begun, 'extension/multicluster/link/west');
  assert.notEqual(west.state, 'done');
  assert.match(west.why, /made by edge-24\.11\.8; a service mirror of its own still mirrors it/);
  assert.ok(west.details.includes('Traffic to mirrored Services goes on meanwhile.'));
  assert.match(notice(begun, '2.18-multicluster'), /^yes: .*2 Links: east and west/);
  // Its own command renders controllers for all of them; it has no prune.
  assert.deepEqual(task(ahead, 'extension/multicluster').commands, [
    "echo 'controllers: [{link: {ref: {name: east}}}, {link: {ref: {name: west}}}]' > multicluster-values.yaml",
    'linkerd multicluster install -f multicluster-values.yaml | kubectl apply -f -',
    'linkerd multicluster check',
  ]);
  for (const name of ['east', 'west']) {
    assert.ok(
      task(ahead, `extension/multicluster/link/${name}`).commands.includes(
        `linkerd --context=CONTEXT_OF_${name.toUpperCase()} multicluster link-gen --cluster-name=${name} | kubectl apply -f -`,
      ),
    );
  }
});

test('jaeger ends with 2.18, the CNI plugin has a line of its own', async (t) => {
  const step = stepTo(await adviceFor(t, jaegerBefore219(), '2.19'), '2.19');
  assert.match(task(step, 'extension/jaeger').title, /^Replace the jaeger extension/);
  assert.match(notice(step, '2.19-jaeger'), /^yes: jaeger is installed/);
  assert.match(task(step, 'extension/cni').why, /^v1\.6\.2, 3 of 3 nodes ready; v1\.6\.4 came with 2\.19$/);
});

test('a Kubernetes that is too old blocks the step, however far it is', async (t) => {
  const step = stepTo(await adviceFor(t, oldKubernetes(), '2.20'), '2.20');
  assert.equal(task(step, 'before/kubernetes').state, 'blocked');
  assert.match(task(step, 'before/kubernetes').why, /requires Kubernetes 1\.31 or later, this is 1\.29\.14/);
  assert.deepEqual(
    step.tasks.map(({ state }) => state).filter((state) => state === 'next'),
    [],
  );
});

test('a control plane that rolls is waited for', async (t) => {
  const advice = await adviceFor(t, halfRolledUpgrade(), '2.20');
  const begun = task(stepTo(advice, '2.19'), 'control-plane');
  assert.equal(begun.state, 'in-progress');
  assert.match(begun.why, /^linkerd-config says edge-25\.11\.3, but /);
  assert.equal(task(stepTo(advice, '2.19'), 'data-plane').state, 'later');
  assert.equal(task(stepTo(advice, '2.20'), 'control-plane').state, 'later');
});

test('each control plane has a path of its own', async (t) => {
  const advice = await adviceFor(t, twoControlPlanes(), '2.20');
  assert.ok(advice.remarks.some((remark) => remark.includes('-L linkerd-old shows it')));
  // The other one's proxies are of 2.17, and would bar this step.
  assert.equal(task(stepTo(advice, '2.20'), 'before/skew').state, 'done');
});

test('notices are shown where they apply, and say why', async (t) => {
  const advice = await adviceFor(t, everythingToNotice(), '2.20');
  const found = advice.steps.flatMap(({ notices }) => notices);
  assert.ok(found.length > 20, `${found.length} notices`);
  assert.deepEqual(
    found.filter(({ why }) => why === ''),
    [],
  );
  assert.match(notice(stepTo(advice, '2.18'), '2.18-port-4143'), /^yes: .*shop\/only-http/);
  assert.match(notice(stepTo(advice, '2.20'), '2.20-native-annotation'), /^yes: .*: ledger$/);
});

test('without rights to the namespace of the control plane there is a guide still, and it says what it cannot see', async (t) => {
  const rules = [{ verbs: ['get', 'list', 'watch'], apiGroups: ['*'], resources: ['*'] }];
  const { inventory } = await inventoryOf(t, cliInstall(), {
    rights: { ledger: rules, shop: rules },
    namespaces: ['ledger', 'shop'],
  });
  const advice = advise(inventory, '2.20');
  const step = stepTo(advice, '2.20');
  assert.equal(task(step, 'before/skew').state, 'blocked');
  assert.match(task(step, 'before/skew').why, /: ledger$/);
  assert.match(advice.remarks.join('\n'), /commands are given for the CLI and for Helm/);
  assert.match(task(step, 'extension').why, /could not be read/);
});
