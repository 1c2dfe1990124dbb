import {
  annotation,
  configMap,
  container as containerName,
  INJECTOR_WEBHOOK,
  INJECTOR_WEBHOOK_CONFIGURATION,
  ISSUER_CERTIFICATE,
  TRUST_BUNDLE_KEY,
} from '../../data/linkerd.ts';
import {
  type JsonObject,
  messageAt,
  objectAt,
  objectsAt,
  rawAt,
  textAt,
  timeAt,
} from '../../kube/json/value.ts';
import type { Part } from '../../kube/part.ts';
import { part } from '../../kube/part.ts';
import { configMaps, mutatingWebhookConfigurations, pods, resourcePath } from '../../kube/resources.ts';
import { parseLinkerdConfig } from '../../mesh/config.ts';
import { trustRootHash } from '../../mesh/control-plane.ts';
import type { MeshModel } from '../../mesh/model.ts';
import { podLife, proxyContainer } from '../../mesh/proxy.ts';
import { type CertificateBundle, certificatesIn } from './certificates.ts';
import type { ConfigFacts, HeldBundle, IssuerFacts, TrustBundleFacts, WebhookFacts } from './facts.ts';
import { inParallel } from './in-parallel.ts';
import { proxyResources } from './injected-requests.ts';
import { apiGroup, LANES, type PartReader } from './read-parts.ts';

/** Older trust bundles that are looked into; there is seldom more than one. */
const MAX_HELD_BUNDLES = 5;
const TRUST_ANCHORS = 'LINKERD2_PROXY_IDENTITY_TRUST_ANCHORS';

/** The injector's webhook. Read as JSON: what the API server trusts when it calls it stands in no record. */
export function readWebhook({ client, signal }: PartReader): Promise<Part<WebhookFacts>> {
  return part(async () => {
    const name = INJECTOR_WEBHOOK_CONFIGURATION;
    const object = await client.json({
      method: 'GET',
      path: resourcePath(mutatingWebhookConfigurations, '', name),
      signal,
      operation: `read mutatingwebhookconfiguration ${name}`,
    });
    const { webhooks } = mutatingWebhookConfigurations.fromJson(object);
    const raw = objectsAt(object, 'webhooks').find((webhook) => webhook.name === INJECTOR_WEBHOOK) ?? {};
    const pem = Buffer.from(rawAt(objectAt(raw, 'clientConfig'), 'caBundle'), 'base64').toString('utf8');
    return {
      webhook: webhooks.find((webhook) => webhook.name === INJECTOR_WEBHOOK),
      authorities: certificatesIn(pem),
    };
  });
}

export function readConfig({ client, signal }: PartReader, namespace: string): Promise<Part<ConfigFacts>> {
  return part(async () => {
    const { data } = await client.get(configMaps, namespace, configMap.config, { signal });
    return { parsed: parseLinkerdConfig(data), proxyResources: proxyResources(data.values ?? '') };
  });
}

export function readTrustBundle(
  { client, signal }: PartReader,
  namespace: string,
): Promise<Part<TrustBundleFacts>> {
  return part(async () => {
    const { data } = await client.get(configMaps, namespace, configMap.trustRoots, { signal });
    const pem = data[TRUST_BUNDLE_KEY] ?? '';
    return { sha256: trustRootHash(pem), ...certificatesIn(pem) };
  });
}

/** The issuer's certificate as cert-manager describes it; the Secret with the key is never asked for. */
export async function readIssuer(reader: PartReader, namespace: string): Promise<Part<IssuerFacts>> {
  const api = await apiGroup(reader, 'cert-manager.io');
  if (api.state !== 'known') {
    return api;
  }
  return part(
    async () => {
      const certificate = await reader.client.json({
        method: 'GET',
        path: `${api.value}/namespaces/${encodeURIComponent(namespace)}/certificates/${ISSUER_CERTIFICATE}`,
        signal: reader.signal,
        operation: `read certificate ${namespace}/${ISSUER_CERTIFICATE}`,
      });
      return issuerOf(objectAt(certificate, 'status'));
    },
    { custom: true },
  );
}

function issuerOf(status: JsonObject): IssuerFacts {
  const ready = objectsAt(status, 'conditions').find(({ type }) => type === 'Ready');
  return {
    notAfter: timeAt(status, 'notAfter'),
    renewalTime: timeAt(status, 'renewalTime'),
    notReady: !ready || ready.status === 'True' ? '' : messageAt(ready, 'message') || textAt(ready, 'reason'),
  };
}

/**
 * The trust bundles other than `current` that live proxies still hold. A pod carries only the hash of its bundle, but
 * the injector writes the bundle itself into the proxy's environment, so one pod of each tells what is in it
 * (linkerd2 `charts/partials/templates/_proxy.tpl`; `linkerd check --proxy` compares the same variable).
 */
export async function readHeldBundles(
  reader: PartReader,
  model: MeshModel,
  current: string,
): Promise<readonly HeldBundle[]> {
  const held = heldHashes(model, current).slice(0, MAX_HELD_BUNDLES);
  return inParallel(held, LANES, async ({ sha256, proxies, namespace, pod }) => {
    const read = await part(() => readAnchors(reader, namespace, pod, sha256));
    return {
      sha256,
      proxies,
      example: `${namespace}/${pod}`,
      bundle: read.state === 'known' ? read.value : undefined,
    };
  });
}

interface HeldHash {
  readonly sha256: string;
  readonly namespace: string;
  readonly pod: string;
  proxies: number;
}

function heldHashes(model: MeshModel, current: string): HeldHash[] {
  const mesh = model.view();
  const found = new Map<string, HeldHash>();
  if (current === '') {
    return [];
  }
  const stale = mesh.namespaces
    .filter(({ staleTrust }) => staleTrust > 0)
    .flatMap(({ name }) => mesh.workloads(name).filter(({ staleTrust }) => staleTrust > 0));
  for (const pod of stale.flatMap((workload) => model.pods(workload))) {
    const { trustRootSha256: sha256, namespace, name } = pod;
    // The control plane's own pods carry a hash that is made another way.
    const counts = podLife(pod) === 'live' && proxyContainer(pod) && pod.controlPlaneComponent === '';
    if (!counts || sha256 === '' || sha256 === current) {
      continue;
    }
    const known = found.get(sha256) ?? { sha256, namespace, pod: name, proxies: 0 };
    known.proxies += 1;
    found.set(sha256, known);
  }
  return [...found.values()].sort((a, b) => b.proxies - a.proxies);
}

/** The anchors in a pod's proxy, if it is still there and they are those of the hash; else undefined. */
async function readAnchors(
  { client, signal }: PartReader,
  namespace: string,
  name: string,
  sha256: string,
): Promise<CertificateBundle | undefined> {
  const operation = `read pod ${namespace}/${name}`;
  const pod = await client.json({
    method: 'GET',
    path: resourcePath(pods, namespace, name),
    signal,
    operation,
  });
  const annotations = objectAt(objectAt(pod, 'metadata'), 'annotations');
  if (textAt(annotations, annotation.trustRootSha256) !== sha256) {
    return undefined;
  }
  const spec = objectAt(pod, 'spec');
  const proxy = [...objectsAt(spec, 'initContainers'), ...objectsAt(spec, 'containers')].find(
    (container) => container.name === containerName.proxy,
  );
  const variable = objectsAt(proxy ?? {}, 'env').find((candidate) => candidate.name === TRUST_ANCHORS);
  const pem = rawAt(variable ?? {}, 'value');
  return pem === '' ? undefined : certificatesIn(pem);
}
