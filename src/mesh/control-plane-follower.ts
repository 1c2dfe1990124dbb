import {
  configMap,
  DEFAULT_CONTROL_PLANE_NAMESPACE,
  INJECTOR_DEPLOYMENT,
  INJECTOR_WEBHOOK,
  label,
  TRUST_BUNDLE_KEY,
} from '../data/linkerd.ts';
import type {
  ConfigMapRecord,
  MutatingWebhook,
  PodRecord,
  WebhookConfigurationRecord,
  WorkloadRecord,
} from '../kube/records.ts';
import type { ClusterState } from './cluster-state.ts';
import { type ConfigResult, parseLinkerdConfig } from './config.ts';
import type { MeshContext } from './context.ts';
import {
  type ControlPlaneCore,
  describeControlPlane,
  runningInjector,
  trustRootHash,
} from './control-plane.ts';
import type { NamespaceEntry } from './entities.ts';
import { assumedWebhook, type InjectorWebhook, missingWebhook } from './injection.ts';
import { reuse } from './share.ts';
import { nativeSidecarDefault } from './target.ts';
import { parseVersion } from './version.ts';
import type { ControlPlaneView } from './view.ts';
import { byText } from './words.ts';

/** Gathers what the cluster says about its control plane. Equal answers are the same objects. */
export class ControlPlaneFollower {
  private readonly state: ClusterState;
  private readonly fixedNamespace: string;
  private readonly readConfig = rememberLast(parseConfig);
  private readonly readTrustRoot = rememberLast(parseTrustRoot);
  private context: MeshContext | undefined;
  private view: ControlPlaneView | undefined;

  /** `fixedNamespace` is the control plane's namespace where the operator named it, else ''. */
  constructor(state: ClusterState, fixedNamespace: string) {
    this.state = state;
    this.fixedNamespace = fixedNamespace;
  }

  /** What decides about workloads, and the control plane as it is shown. */
  read(): { readonly context: MeshContext; readonly view: ControlPlaneView } {
    const { state } = this;
    const webhook = findInjectorWebhook(state.webhook);
    const namespace = this.namespace(webhook);
    const read = this.readConfig(state.configMap(namespace, configMap.config));
    const entry = state.namespaces.get(namespace);
    const pods = podsOf(entry);
    const core = describeControlPlane({
      namespace,
      config: read?.ok ? read.config : undefined,
      configProblem: problemOf(read),
      trustRootSha256: this.readTrustRoot(state.configMap(namespace, configMap.trustRoots)),
      deployments: deploymentsOf(entry),
      pods,
      podsComplete: state.isListed('Pod', namespace),
      injectorVersions: this.injectorVersions(namespace),
    });
    const others = this.otherControlPlanes(namespace);
    const orphaned = others.filter((other) => !other.exists).map((other) => other.namespace);
    this.context = reuse(
      this.context,
      this.contextOf({ core, read, webhook, orphaned, injector: runningInjector(pods) }),
    );
    const { failurePolicy, nativeSidecar } = this.context;
    this.view = reuse(this.view, { ...core, failurePolicy, nativeSidecar, others });
    return { context: this.context, view: this.view };
  }

  private namespace(webhook: MutatingWebhook | undefined): string {
    return (
      this.fixedNamespace ||
      webhook?.serviceNamespace ||
      this.state.webhook?.labels[label.controlPlaneNamespace] ||
      DEFAULT_CONTROL_PLANE_NAMESPACE
    );
  }

  private contextOf({ core, read, webhook, orphaned, injector }: Findings): MeshContext {
    const version = parseVersion(core.version);
    const config = read?.ok ? read.config : undefined;
    return {
      controlPlaneNamespace: core.namespace,
      version: core.version,
      injectorVersion: injector || core.version,
      configProblem: problemOf(read),
      target: core.target,
      proxyImageVersion: config?.proxyImageVersion ?? '',
      // Values that are silent count as false for the injector; only where they cannot be read is the default assumed.
      nativeSidecar: config ? config.nativeSidecar === true : nativeSidecarDefault(version),
      waitBeforeExitSeconds: config?.waitBeforeExitSeconds ?? 0,
      serviceAccountTokenProjection: config?.serviceAccountTokenProjection ?? true,
      trustRootSha256: core.trustRootSha256,
      webhook: this.injectorWebhook(webhook, core.version),
      foreignWebhook: webhook && webhook.serviceNamespace !== core.namespace ? webhook.serviceNamespace : '',
      failurePolicy: webhook?.failurePolicy || config?.webhookFailurePolicy || '',
      injector: core.injector,
      orphaned,
    };
  }

  private injectorWebhook(webhook: MutatingWebhook | undefined, version: string): InjectorWebhook {
    if (webhook) {
      const { namespaceSelector, objectSelector } = webhook;
      return { state: 'live', namespaceSelector, objectSelector };
    }
    const absent = this.state.webhook !== undefined || this.state.isListed('MutatingWebhookConfiguration');
    return absent ? missingWebhook : assumedWebhook(parseVersion(version));
  }

  /** Versions of the injectors that made this control plane's proxies. */
  private injectorVersions(namespace: string): readonly string[] {
    const versions = new Set<string>();
    for (const shape of this.state.census.shapes.keys()) {
      const own = shape.controlPlaneNamespace === '' || shape.controlPlaneNamespace === namespace;
      if (own && shape.injectorVersion !== '') versions.add(shape.injectorVersion);
    }
    return [...versions];
  }

  private otherControlPlanes(own: string): ControlPlaneView['others'] {
    const proxies = new Map<string, number>();
    for (const [{ controlPlaneNamespace }, count] of this.state.census.shapes) {
      if (controlPlaneNamespace === '' || controlPlaneNamespace === own) continue;
      proxies.set(controlPlaneNamespace, (proxies.get(controlPlaneNamespace) ?? 0) + count);
    }
    const namespacesKnown = this.state.isListed('Namespace');
    return [...proxies]
      .sort(([a], [b]) => byText(a, b))
      .map(([namespace, count]) => ({
        namespace,
        proxies: count,
        exists: !namespacesKnown || this.state.namespaces.get(namespace)?.record !== undefined,
      }));
  }
}

/** What a context is made of. */
interface Findings {
  readonly core: ControlPlaneCore;
  /** undefined when `linkerd-config` has not been read. */
  readonly read: ConfigResult | undefined;
  readonly webhook: MutatingWebhook | undefined;
  readonly orphaned: readonly string[];
  /** Version of the injector that runs, '' when nobody can tell. */
  readonly injector: string;
}

function parseConfig(record: ConfigMapRecord | undefined): ConfigResult | undefined {
  return record && parseLinkerdConfig(record.data);
}

function problemOf(read: ConfigResult | undefined): string {
  return read && !read.ok ? read.problem : '';
}

function parseTrustRoot(record: ConfigMapRecord | undefined): string {
  const bundle = record?.data[TRUST_BUNDLE_KEY];
  return bundle ? trustRootHash(bundle) : '';
}

function findInjectorWebhook(record: WebhookConfigurationRecord | undefined): MutatingWebhook | undefined {
  return (
    record?.webhooks.find((webhook) => webhook.name === INJECTOR_WEBHOOK) ??
    record?.webhooks.find((webhook) => webhook.serviceName === INJECTOR_DEPLOYMENT)
  );
}

function deploymentsOf(namespace: NamespaceEntry | undefined): WorkloadRecord[] {
  const workloads = namespace?.workloadsInOrder() ?? [];
  return workloads.flatMap(({ record }) => (record?.kind === 'Deployment' ? [record] : []));
}

function podsOf(namespace: NamespaceEntry | undefined): PodRecord[] {
  return Array.from(namespace?.pods.values() ?? [], (pod) => pod.record);
}

/** Keeps the answer for the last argument: a ConfigMap is parsed once, not once a view. */
function rememberLast<A, B>(compute: (argument: A) => B): (argument: A) => B {
  let last: { readonly argument: A; readonly answer: B } | undefined;
  return (argument) => {
    if (last?.argument !== argument || !last) last = { argument, answer: compute(argument) };
    return last.answer;
  };
}
