/**
 * Predictions against reality. The effect of a restart is predicted for every workload of random clusters; then all of
 * them are really restarted in the simulated cluster, whose injector shares no code with the client. SEED repeats a run.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { annotation, container } from '../../src/data/linkerd.ts';
import type { EffectKind, WorkloadView } from '../../src/mesh/view.ts';
import type { Pod } from '../../src/sim/cluster/objects.ts';
import { isActive } from '../../src/sim/cluster/pods.ts';
import { type Bench, restart } from '../sim/cluster/support.ts';
import { type RandomWorld, randomWorld, type Subject, versions } from '../support/random-worlds.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { simulatedMesh } from '../support/simulated-mesh.ts';

const CLUSTERS = Number(process.env.CLUSTERS) || 48;
const WORKLOADS = 8;
const seed = Number(process.env.SEED) || 20_261_121;

/** What a pod of the simulated cluster says of its proxy. */
interface Born {
  readonly version: string;
  readonly native: boolean;
  readonly trustRoot: string;
}

const happened = new Map<string, number>();

for (let cluster = 0; cluster < CLUSTERS; cluster += 1) {
  test(`cluster ${cluster} of seed ${seed}`, () => {
    const world = randomWorld(seededRandom(seed + cluster), WORKLOADS);
    const { made, subjects } = world;
    const mesh = simulatedMesh(made.sim.store);
    const told = subjects.map((subject) => {
      const found = mesh.workloads(subject.namespace).find(({ name }) => name === subject.name);
      assert.ok(found, `${subject.kind} ${subject.namespace}/${subject.name} is shown`);
      return { subject, predicted: found, old: livePods(made, subject) };
    });
    for (const { namespace, kind, name } of subjects) restart(made, kind, namespace, name);
    made.settle(4);
    for (const { subject, predicted, old } of told) {
      const { controlPlane } = mesh;
      hold(world, subject, predicted, old, controlPlane.target);
    }
  });
}

test('the clusters had workloads of every effect', (t) => {
  t.diagnostic(`seed ${seed}: ${[...happened].map(([kind, times]) => `${kind} ${times}`).join(', ')}`);
  const effects: readonly EffectKind[] = [
    'upgrades',
    'downgrades',
    'renews',
    'nothing',
    'pinned',
    'static',
    'unmeshes',
    'meshes',
    'unsupported',
  ];
  for (const effect of effects) assert.ok((happened.get(effect) ?? 0) > 0, effect);
});

function livePods({ sim }: Bench, { namespace, name }: Subject): readonly Pod[] {
  return sim.cluster
    .list('Pod', namespace)
    .filter((pod) => pod.metadata.labels?.app === name && isActive(pod));
}

/** What may be said of a workload of which a restart makes no new pod. */
const idle: ReadonlySet<EffectKind> = new Set(['unsupported', 'nothing', 'pinned']);

/** Holds a prediction against what the restart did. */
function hold(
  world: RandomWorld,
  subject: Subject,
  predicted: WorkloadView,
  old: readonly Pod[],
  given: string,
): void {
  const { made, story } = world;
  const now = livePods(made, subject);
  const fresh = now.filter((pod) => !old.some(({ metadata }) => metadata.uid === pod.metadata.uid));
  const { metadata: home } = made.get('Namespace', '', subject.namespace);
  const { spec } = made.get(subject.kind, subject.namespace, subject.name);
  const about = [
    ...story,
    `${subject.kind} ${subject.namespace}/${subject.name}`,
    `namespace ${JSON.stringify([home.labels, home.annotations])}`,
    `template ${JSON.stringify([spec.template.metadata, spec.template.spec.automountServiceAccountToken])}`,
    `before ${JSON.stringify(old.map(born))}`,
    `after ${JSON.stringify(fresh.map(born))}`,
    `predicted ${predicted.effect.kind} to ${predicted.target || 'nothing'}: ${predicted.effect.reason}`,
  ].join('\n  ');
  const renewed = old.filter(({ metadata }) => !now.some((pod) => pod.metadata.uid === metadata.uid));
  const real = effectOf(subject, made, renewed, fresh, given);
  const { kind } = predicted.effect;
  happened.set(kind, (happened.get(kind) ?? 0) + 1);
  if (real === 'none') assert.ok(idle.has(kind), `no new pod came, whatever was expected\n  ${about}`);
  else assert.equal(kind, real, `\n  ${about}`);
  for (const proxy of fresh.map(born)) {
    if (real === 'static') continue;
    assert.equal(predicted.target, proxy?.version ?? '', `the version of new proxies\n  ${about}`);
    if (proxy) sidecarMode(predicted, old, proxy, about);
  }
}

/** Where the proxy will move, the risk says so, and only there. */
function sidecarMode(
  { risks, proxies }: WorkloadView,
  old: readonly Pod[],
  proxy: Born,
  about: string,
): void {
  const moves = old.map(born).some((before) => before !== undefined && before.native !== proxy.native);
  const said = risks.some(({ kind }) => kind === 'sidecar-mode');
  assert.equal(said, moves && proxies > 0, `the move between containers and init containers\n  ${about}`);
}

/** What a restart did, from the pods that it took and made; `given` is what the control plane gives unpinned. */
function effectOf(
  subject: Subject,
  made: Bench,
  renewed: readonly Pod[],
  fresh: readonly Pod[],
  given: string,
): EffectKind | 'none' {
  const { template } = made.get(subject.kind, subject.namespace, subject.name).spec;
  if (template.spec.containers.some(({ name }) => name === container.proxy)) return 'static';
  if (fresh.length === 0) return 'none';
  const before = renewed.map(born);
  const [after] = fresh.map(born);
  if (!after) return before.some(Boolean) ? 'unmeshes' : 'nothing';
  if (!before.some(Boolean)) return 'meshes';
  const proxies = before.filter((proxy) => proxy !== undefined);
  const pinned = isPinned(made, subject) && after.version !== given;
  const stale = proxies.some(({ trustRoot }) => trustRoot !== after.trustRoot);
  const differing = proxies.filter(({ version }) => version !== after.version);
  if (differing.length > 0) {
    if (pinned && !stale) return 'pinned';
    return differing.some(({ version }) => isKnownNewer(version, after.version)) ? 'downgrades' : 'upgrades';
  }
  if (before.includes(undefined)) return 'meshes';
  if (pinned && !stale) return 'pinned';
  return stale || proxies.some(({ native }) => native !== after.native) ? 'renews' : 'nothing';
}

function isPinned(made: Bench, { kind, namespace, name }: Subject): boolean {
  const onTemplate = made.get(kind, namespace, name).spec.template.metadata?.annotations;
  const onNamespace = made.get('Namespace', '', namespace).metadata.annotations;
  const key = annotation.pinnedProxyVersion;
  return Boolean(onTemplate?.[key] ?? onNamespace?.[key]);
}

/** Releases of the versions in {@link versions}; inside one release two channels have no order. */
const releases = [14, 14, 16, 17, 18, 18, 19, 19, 20, 20];

function isKnownNewer(a: string, b: string): boolean {
  const channel = (version: string): string => version.slice(0, version.indexOf('-'));
  const place = (version: string): number => versions.indexOf(version);
  const release = (version: string): number => releases[place(version)] ?? Number.NaN;
  return channel(a) === channel(b) ? place(a) > place(b) : release(a) > release(b);
}

function born(pod: Pod): Born | undefined {
  const { spec, metadata } = pod;
  const inInit = spec.initContainers?.find(({ name }) => name === container.proxy);
  const proxy = inInit ?? spec.containers.find(({ name }) => name === container.proxy);
  if (!proxy) return undefined;
  return {
    version: proxy.image.slice(proxy.image.lastIndexOf(':') + 1),
    native: inInit !== undefined,
    trustRoot: metadata.annotations?.[annotation.trustRootSha256] ?? '',
  };
}
