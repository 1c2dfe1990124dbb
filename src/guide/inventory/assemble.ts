import { annotation } from '../../data/linkerd.ts';
import { type JsonObject, objectAt, textAt } from '../../kube/json/value.ts';
import type { Part } from '../../kube/part.ts';
import type { PodRecord, WorkloadRecord } from '../../kube/records.ts';
import type { LiveView } from '../../live/view.ts';
import { type LinkerdConfig, parseLinkerdConfig } from '../../mesh/config.ts';
import type { MeshView, WorkloadKey } from '../../mesh/view.ts';
import type { CniPlugin, Evidence, Inventory } from '../inventory.ts';
import { cniPlugin } from './cni.ts';
import { type CronJobFacts, configValues, meshEvidence } from './evidence.ts';
import { describeExtension } from './extensions.ts';
import { gatewayApi } from './gateway-api.ts';
import { controlPlaneInstallation, isHighlyAvailable } from './installation.ts';
import { hasForeignProtocol, hasIpv6, leavesOutProxyPort, nameOf } from './networking.ts';
import { chosen, mapPart, type Readings, unreadableOf } from './readings.ts';

/** The records of a workload's pods. */
export type PodsOf = (key: WorkloadKey) => readonly PodRecord[];

/** The inventory of a cluster out of the picture of its mesh and what has been read beside it. */
export function assembleInventory(view: LiveView, podsOf: PodsOf, readings: Readings): Inventory {
  const { mesh, cluster } = view;
  const { controlPlane } = mesh;
  const config = configOf(readings);
  const installation = controlPlaneInstallation({
    deployments: deploymentsIn(mesh, controlPlane.namespace),
    config,
    version: controlPlane.version,
    operated: readings.operated,
  });
  return {
    mesh,
    controlPlane,
    config,
    installation,
    highlyAvailable: isHighlyAvailable(controlPlane),
    cli: readings.cli,
    extensions: mapPart(readings.extensions, (homes) =>
      homes.map((home) => describeExtension(home, installation)),
    ),
    links: readings.links,
    cni: cniOf(readings, config),
    gatewayApi: gatewayApi(readings.definitions),
    kubernetes: cluster.kubernetesVersion,
    evidence: evidenceOf(mesh, podsOf, readings),
    unreadable: unreadableOf(readings, view.unreadable),
  };
}

function configOf({ config }: Readings): LinkerdConfig | undefined {
  const read = config.state === 'known' ? parseLinkerdConfig(config.value.data) : undefined;
  return read?.ok ? read.config : undefined;
}

/** Deployments of a namespace as the mesh's own reading has seen them. */
export function deploymentsIn(mesh: MeshView, namespace: string): readonly WorkloadRecord[] {
  return mesh
    .workloads(namespace)
    .flatMap((workload) => (workload.kind === 'Deployment' ? (mesh.workloadRecord(workload) ?? []) : []));
}

/** Where it may not be read, the values can still say that Linkerd does without. */
function cniOf({ cni }: Readings, config: LinkerdConfig | undefined): Part<CniPlugin> {
  if (cni.state === 'unreadable' && config?.cniEnabled === false) return { state: 'absent' };
  return mapPart(cni, cniPlugin);
}

function evidenceOf(mesh: MeshView, podsOf: PodsOf, readings: Readings): Evidence {
  const { config, services, networkPolicies, cronJobs } = readings;
  return {
    ...meshEvidence(mesh, podsOf, cronJobs.objects.map(cronJobOf)),
    ...configValues(config.state === 'known' ? config.value : undefined),
    customResources: readings.definitions,
    objects: readings.objects,
    architectures: readings.architectures,
    // Nodes do not show the ranges of every cloud's network; the addresses of Services do.
    ipv6: services.objects.some(hasIpv6) ? { state: 'known', value: true } : readings.ipv6,
    appProtocols: chosen(services, hasForeignProtocol, nameOf),
    portPolicies: chosen(networkPolicies, leavesOutProxyPort, nameOf),
  };
}

function cronJobOf(cronJob: JsonObject): CronJobFacts {
  const metadata = objectAt(cronJob, 'metadata');
  const job = objectAt(objectAt(objectAt(cronJob, 'spec'), 'jobTemplate'), 'spec');
  const annotations = objectAt(objectAt(objectAt(job, 'template'), 'metadata'), 'annotations');
  return {
    namespace: textAt(metadata, 'namespace'),
    name: textAt(metadata, 'name'),
    inject: textAt(annotations, annotation.inject),
  };
}
