/** What a pin would do, told from a simulated cluster and held against what its injector then does. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { annotation } from '../../../src/data/linkerd.ts';
import { previewPin } from '../../../src/rollout/pins/preview.ts';
import { deployment, namespace, statefulSet } from '../../../src/sim/cluster/scenario/builders.ts';
import { injectorDown } from '../../../src/sim/cluster/scenario/scenarios.ts';
import { type Simulation, startSimulation } from '../../../src/sim/cluster/simulation.ts';
import { ANCIENT, BEFORE, booksScenario, NOW, PIN, pinInput } from './fixtures.ts';

let simulation: Simulation;

before(async () => {
  simulation = await startSimulation({
    tls: false,
    scenario: booksScenario((world) => {
      world.createAll([
        namespace('pinned', { [annotation.inject]: 'enabled', [PIN]: BEFORE }),
        deployment('pinned', 'api', { replicas: 2 }),
        namespace('manual', { [annotation.inject]: 'enabled', [PIN]: BEFORE }),
        statefulSet('manual', 'queue', { replicas: 2, onDelete: true }),
        namespace('late', {}),
        deployment('late', 'bare', { replicas: 2 }),
      ]);
    }),
  });
  simulation.cluster.world.annotateNamespace('late', { [annotation.inject]: 'enabled' });
});
after(() => simulation.stop());

const preview = (operand: string, version: string | undefined) =>
  previewPin(pinInput(simulation.store, operand, version));
const affected = (operand: string, version: string | undefined) =>
  preview(operand, version).affected.map(
    ({ key, before: was, after: is, skew }) =>
      `${key.name}: ${was.version || '-'} to ${is.version || '-'}, ${skew.class}, ${is.effect.kind}`,
  );

test('a pin of a namespace reaches what has no pin of its own, and restarts nothing', () => {
  const { restarts, refusals, untouched, from } = preview('books', BEFORE);
  assert.deepEqual(affected('books', BEFORE), [
    `web: ${NOW} to ${BEFORE}, behind, pinned`,
    `db: ${NOW} to ${BEFORE}, behind, pinned`,
  ]);
  assert.deepEqual([restarts, refusals, from], [false, [], undefined]);
  const reasons = Object.fromEntries(untouched.map(({ key, reason }) => [key.name, reason]));
  assert.match(reasons.own ?? '', /its template pins edge-25\.10\.7, which wins over the namespace/);
  assert.match(reasons.free ?? '', /empty value, which hides the pin/);
  assert.match(reasons.manual ?? '', /written into the pod template/);
  assert.equal(reasons.plain, undefined, 'it is not meshed');
});

test('a pin of a template is a restart, and wins over the namespace', () => {
  const { restarts, refusals, from, untouched } = preview('pinned/deploy/api', NOW);
  assert.deepEqual(affected('pinned/deploy/api', NOW), [`api: ${BEFORE} to ${NOW}, current, upgrades`]);
  assert.deepEqual([restarts, refusals, from, untouched], [true, [], undefined, []]);
});

test('an empty pin counts as a pin, so taking it away lets the namespace decide', () => {
  assert.deepEqual(affected('books/deployment/own', undefined), [
    `own: ${BEFORE} to ${NOW}, current, upgrades`,
  ]);
  const { from, to, affected: reached } = preview('books/deployment/free', undefined);
  assert.deepEqual([from, to, reached], ['', undefined, []]);
});

test('without the pin of its namespace a workload gets what the control plane gives', () => {
  assert.deepEqual(affected('pinned', undefined), [`api: ${BEFORE} to ${NOW}, current, upgrades`]);
  assert.deepEqual(preview('pinned', undefined).nextSteps, ['kubectl linkerd-upgrade restart pinned']);
});

test('a preview leaves the model as it was', () => {
  const input = pinInput(simulation.store, 'books', BEFORE);
  const targets = () =>
    input.model
      .view()
      .workloads('books')
      .map(({ name, target }) => [name, target]);
  const were = targets();
  previewPin(input);
  assert.deepEqual(targets(), were);
});

test('a violation, a step back and a version that nobody knows are named before', () => {
  const warnings = (operand: string, version: string) => preview(operand, version).warnings.join('\n');
  assert.match(warnings('books', ANCIENT), /would be a violation of the version skew: edge-24\.8\.2/);
  assert.match(
    warnings('books', ANCIENT),
    /go back to an older version: deployment\/web and statefulset\/db/,
  );
  assert.match(warnings('books', 'edge-99.1.1'), /not among the releases.*\n.*newer release/);
  assert.match(warnings('books', '2.14.10'), /"2\.14\.10" is not a Linkerd version \(stable-2\.14\.10 is\)/);
  assert.match(warnings('books', '25.11.3'), /\(edge-25\.11\.3 would be\)/);
  assert.match(warnings('books', 'stable-2.14.99'), /not among the releases/);
  assert.doesNotMatch(warnings('books', BEFORE), /not among|violation/);
});

test('a pin that reaches nothing is judged all the same', () => {
  assert.match(preview('late', ANCIENT).warnings.join('\n'), /violation/);
});

for (const [operand, why] of [
  ['books/deployment/manual', /written into the pod template/],
  ['books/deployment/plain', /not meshed/],
  ['late/deployment/bare', /none of its 2 pods has a proxy/],
  ['linkerd/deployment/linkerd-identity', /control plane's own/],
] as const) {
  test(`${operand} is refused`, () => {
    assert.match(preview(operand, BEFORE).refusals.join('\n'), why);
  });
}

test('kubectl restarts what this program leaves alone because it is pinned', () => {
  assert.deepEqual(preview('books', BEFORE).nextSteps, [
    'kubectl rollout restart deployment/web statefulset/db -n books',
  ]);
});

test('no command is offered that would not replace the pods of an OnDelete workload', () => {
  const otherPin = preview('manual', NOW);
  assert.deepEqual(otherPin.nextSteps, ['kubectl linkerd-upgrade restart manual --include on-delete']);
  assert.doesNotMatch(otherPin.warnings.join('\n'), /by hand/);
  const older = preview('manual', ANCIENT);
  assert.deepEqual(older.nextSteps, []);
  assert.match(
    older.warnings.join('\n'),
    /statefulset\/queue: its update strategy is OnDelete: pods keep their proxy until they are deleted/,
  );
});

test('what is no version is said once', () => {
  const { warnings } = preview('books', 'bogus');
  assert.deepEqual(
    warnings.filter((text) => text.includes('bogus')),
    ['"bogus" is not a Linkerd version: pods may not find an image of that tag'],
  );
});

test('with the injector down a template is not touched, and a namespace gets a warning', async () => {
  const broken = await startSimulation({ tls: false, scenario: injectorDown() });
  try {
    const store = broken.store;
    const workload = previewPin(pinInput(store, 'storefront/deployment/web', BEFORE));
    assert.match(workload.refusals.join('\n'), /the proxy injector is down/);
    const whole = previewPin(pinInput(store, 'storefront', BEFORE));
    assert.deepEqual(whole.refusals, []);
    assert.match(whole.warnings.join('\n'), /not certain: the proxy injector is down/);
  } finally {
    await broken.stop();
  }
});

test('a proxy of before native sidecars is doubted where new pods would have one', async () => {
  const native = await startSimulation({
    tls: false,
    scenario: booksScenario((world) => {
      world.create(
        deployment('books', 'native', {
          replicas: 1,
          annotations: { [annotation.nativeSidecarBeta]: 'true' },
        }),
      );
    }),
  });
  try {
    const warnings = (operand: string) =>
      previewPin(pinInput(native.store, operand, 'stable-2.14.10')).warnings.join('\n');
    assert.match(
      warnings('books/deployment/native'),
      /run as a native sidecar, which came after stable-2\.14\.10/,
    );
    assert.doesNotMatch(warnings('books/deployment/web'), /native/);
  } finally {
    await native.stop();
  }
});
