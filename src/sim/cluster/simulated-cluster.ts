import { container, DEFAULT_CONTROL_PLANE_NAMESPACE, INJECTOR_DEPLOYMENT } from '../../data/linkerd.ts';
import { AdmissionError } from '../api-error.ts';
import { MemoryStore } from '../store.ts';
import type { KubeObject, PodAdmission, SimClock } from '../types.ts';
import { StoryClock } from './clock.ts';
import { Cluster } from './cluster.ts';
import { ArgoRolloutController } from './controllers/argo-rollout.ts';
import { CronJobController } from './controllers/cron-job.ts';
import { DaemonSetController } from './controllers/daemon-set.ts';
import { DeploymentController } from './controllers/deployment.ts';
import { DisruptionBudgetController } from './controllers/disruption-budget.ts';
import { GarbageCollector } from './controllers/garbage.ts';
import { JobController } from './controllers/job.ts';
import { type Controller, ControllerManager } from './controllers/manager.ts';
import { NamespaceController } from './controllers/namespace.ts';
import { ReplicaSetController } from './controllers/replica-set.ts';
import { ResourceQuotaController } from './controllers/resource-quota.ts';
import { StatefulSetController } from './controllers/stateful-set.ts';
import { ProxyInjector } from './injector/admission.ts';
import { DEFAULT_TIMING, type KubeletTiming, type PodBehaviour } from './kubelet/behaviour.ts';
import { Kubelets } from './kubelet/kubelet.ts';
import { isKind } from './objects.ts';
import { overload } from './overload.ts';
import { checkQuota } from './quota.ts';
import { Random } from './random.ts';
import { type RevertingOptions, revertRestarts } from './reverting.ts';
import { applyConfig, applyControlPlane, type Installation } from './scenario/control-plane.ts';
import type { Scenario } from './scenario/scenarios.ts';
import { beginning, telling } from './scenario/story.ts';
import { World } from './scenario/world.ts';

export interface SimulatedClusterOptions {
  readonly scenario: Scenario;
  /** The time from the present on. */
  readonly clock: SimClock;
  /** The same seed, scenario and clock give the same cluster and the same events. */
  readonly seed: number;
  readonly timing?: KubeletTiming;
  /** How the history is told that led to the present: to its end at once, unless this leaves pauses. */
  readonly tell?: (history: Iterator<undefined, void>) => Promise<void>;
}

/** A cluster without a server: store, controllers, injector, scheduler and kubelets. */
export class SimulatedCluster {
  readonly store: MemoryStore;
  readonly cluster: Cluster;
  readonly world: World;
  readonly random: Random;
  /** What every new pod passes: whatever refuses pods, the injector, quotas. */
  readonly admission: PodAdmission;
  /** Resolves when the history has been told; before that nothing here is as it should be. */
  readonly told: Promise<void>;
  readonly #kubelets: Kubelets;
  readonly #manager: ControllerManager;
  readonly #refusals = new Map<string, string>();
  #installation: Installation;

  constructor({ scenario, clock, seed, timing = DEFAULT_TIMING, tell = atOnce }: SimulatedClusterOptions) {
    const { story, installation } = scenario;
    const present = clock.now();
    const time = new StoryClock(beginning(story, present));
    this.#installation = installation;
    this.random = new Random(seed);
    this.store = new MemoryStore({ now: () => time.now(), uid: () => this.random.uid() });
    this.cluster = new Cluster({ store: this.store, clock: time, random: this.random });
    const injector = new ProxyInjector(this.cluster);
    this.admission = (pod, namespace) => {
      this.#refuse(pod);
      const admitted = injector.admit(pod, namespace);
      // The last plugin to be asked: it counts the pod as the injector leaves it.
      if (isKind(admitted, 'Pod')) checkQuota(this.cluster, admitted);
      return admitted;
    };
    this.cluster.admission = this.admission;
    this.#kubelets = new Kubelets(this.cluster, timing);
    this.#manager = new ControllerManager(this.store, time, controllers(this.cluster));
    this.world = new World(this.cluster, this.#kubelets);
    this.#manager.start();
    this.#kubelets.start();
    this.told = tell(this.#history(telling(story, this.world, time, present), time, clock));
  }

  *#history(story: Iterable<undefined>, time: StoryClock, clock: SimClock): Generator<undefined, void> {
    yield* story;
    // Watches reach back to the present at most: what led here is nobody's to see.
    this.store.compact();
    time.handOverTo(clock);
  }

  /** Says how a workload's pods fare from their next start on; with `running`, also those that run. */
  setWorkloadBehaviour(namespace: string, name: string, behaviour: PodBehaviour, running = false): void {
    this.#kubelets.setBehaviour(namespace, name, behaviour, running);
  }

  /** Upgrades Linkerd as its CLI or chart would; the control plane's pods roll. */
  upgradeControlPlane(version: string, changes: Partial<Installation> = {}): void {
    this.#installation = { ...this.#installation, ...changes };
    applyControlPlane(this.world, version, this.#installation);
  }

  /** Lets the new version land in `linkerd-config`, and nothing more. */
  upgradeConfigOnly(version: string): void {
    applyConfig(this.world, version, this.#installation);
  }

  /** Lets the injector's pods crash, now and after each restart. */
  breakInjector(): void {
    const crash: PodBehaviour = { kind: 'crash-loop', container: container.injector };
    this.setWorkloadBehaviour(DEFAULT_CONTROL_PLANE_NAMESPACE, INJECTOR_DEPLOYMENT, crash, true);
  }

  /** Lets the injector's pods recover. */
  mendInjector(): void {
    this.setWorkloadBehaviour(
      DEFAULT_CONTROL_PLANE_NAMESPACE,
      INJECTOR_DEPLOYMENT,
      { kind: 'healthy' },
      true,
    );
  }

  /**
   * Lets the API server refuse new pods of a namespace, as for a quota; undefined allows them again. `why` follows
   * `pods "NAME" is forbidden: `, for example `exceeded quota: cap, requested: pods=1, used: pods=4, limited: pods=4`.
   */
  refusePods(namespace: string, why: string | undefined): void {
    if (why === undefined) this.#refusals.delete(namespace);
    else this.#refusals.set(namespace, why);
  }

  /**
   * Lets destination run out of memory once more than so many meshed pods start within a minute. Returns the way to
   * give it enough again.
   */
  starveControlPlane(startsPerMinute: number): () => void {
    return overload(this.cluster, startsPerMinute, (namespace, name, behaviour) =>
      this.setWorkloadBehaviour(namespace, name, behaviour, true),
    );
  }

  /** Sets a controller of this name on a namespace's workloads that takes restarts back. Returns the way to stop it. */
  revertRestarts(options: RevertingOptions): () => void {
    return revertRestarts(this.cluster, options);
  }

  /** Ends all activity; the store stays readable. */
  stop(): void {
    this.#manager.stop();
    this.#kubelets.stop();
  }

  #refuse({ metadata: { namespace = '', name } }: KubeObject): void {
    const why = this.#refusals.get(namespace);
    if (why === undefined) return;
    const details = { name, kind: 'pods' };
    throw new AdmissionError(`pods ${JSON.stringify(name)} is forbidden: ${why}`, 403, 'Forbidden', details);
  }
}

/** Tells all before it returns. */
function atOnce(history: Iterator<undefined, void>): Promise<void> {
  while (history.next().done !== true);
  return Promise.resolve();
}

function controllers(cluster: Cluster): readonly Controller[] {
  return [
    new ReplicaSetController(cluster),
    new DeploymentController(cluster),
    new StatefulSetController(cluster),
    new DaemonSetController(cluster),
    new ArgoRolloutController(cluster),
    new JobController(cluster),
    new CronJobController(cluster),
    new DisruptionBudgetController(cluster),
    new ResourceQuotaController(cluster),
    new GarbageCollector(cluster),
    new NamespaceController(cluster),
  ];
}
