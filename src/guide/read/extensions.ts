import { label } from '../../data/linkerd.ts';

import { namespaceOf } from '../../kube/json/small-kinds.ts';
import type { Part } from '../../kube/part.ts';
import type { NamespaceRecord, WorkloadRecord } from '../../kube/records.ts';
import { deployments as deploymentResource } from '../../kube/resources.ts';
import type { MeshView, NamespaceView } from '../../mesh/view.ts';
import { byText } from '../../mesh/words.ts';
import { deploymentsIn } from '../inventory/assemble.ts';
import type { ExtensionHome } from '../inventory/extensions.ts';
import { mapPart } from '../inventory/readings.ts';
import { listPart, type PartReader, readPart } from './part-reader.ts';

/** Deployments of a namespace, undefined where they cannot be read. */
export type DeploymentsOf = (namespace: string) => readonly WorkloadRecord[] | undefined;

export interface FoundExtensions {
  readonly homes: Part<readonly ExtensionHome[]>;
  readonly deploymentsOf: DeploymentsOf;
}

/**
 * The homes of extensions by the label on their namespaces; also those whose namespace lacks it while their Deployments
 * have it. What the mesh's own reading has seen of them is not read again.
 */
export async function readExtensions(reader: PartReader, mesh: MeshView): Promise<FoundExtensions> {
  const listed = await listPart(reader, {
    path: '/api/v1/namespaces',
    query: { labelSelector: label.extension },
    operation: 'list namespaces of extensions',
  });
  const labelled = mapPart(listed, (namespaces) => namespaces.map(namespaceOf));
  const found = homesOf(mesh, labelled.state === 'known' ? labelled.value : []);
  const read = new Map<string, readonly WorkloadRecord[] | undefined>();
  await Promise.all(
    found.map(async ({ namespace }) => {
      read.set(namespace, await readDeployments(reader, mesh, namespace));
    }),
  );
  const homes = mapPart(labelled, () =>
    found.map((home): ExtensionHome => {
      const view = mesh.namespaces.find(({ name }) => name === home.namespace);
      return {
        ...home,
        deployments: read.get(home.namespace),
        proxies: view?.byVersion ?? {},
        unmeshed: unmeshedIn(mesh, home),
        namespaces: found.filter(({ name }) => name === home.name).map(({ namespace }) => namespace),
      };
    }),
  );
  return { homes, deploymentsOf: (namespace) => read.get(namespace) };
}

interface Home {
  readonly name: string;
  readonly namespace: string;
  readonly record: NamespaceRecord | undefined;
}

function homesOf(mesh: MeshView, labelled: readonly NamespaceRecord[]): readonly Home[] {
  const homes = new Map<string, Home>();
  for (const record of labelled) {
    homes.set(record.name, { name: record.labels[label.extension] ?? '', namespace: record.name, record });
  }
  for (const view of mesh.namespaces) {
    const name = homes.has(view.name) ? '' : extensionOf(mesh, view);
    if (name !== '')
      homes.set(view.name, { name, namespace: view.name, record: mesh.namespaceRecord(view.name) });
  }
  return [...homes.values()]
    .filter(({ name }) => name !== '')
    .sort((a, b) => byText(a.name, b.name) || byText(a.namespace, b.namespace));
}

/** The extension that a namespace holds by the labels of its Deployments; '' for none, and for the control plane. */
function extensionOf(mesh: MeshView, { name, role }: NamespaceView): string {
  if (role === 'control-plane') return '';
  for (const view of mesh.workloads(name)) {
    const extension =
      view.kind === 'Deployment' ? mesh.workloadRecord(view)?.labels[label.extension] : undefined;
    if (extension) return extension;
  }
  return '';
}

/** Deployments of an extension itself: others in its namespace may do without a proxy. */
function unmeshedIn(mesh: MeshView, { name, namespace }: Home): readonly string[] {
  return mesh
    .workloads(namespace)
    .filter((view) => view.kind === 'Deployment' && view.pods.unmeshed > 0)
    .filter((view) => mesh.workloadRecord(view)?.labels[label.extension] === name)
    .map((view) => view.name);
}

async function readDeployments(
  reader: PartReader,
  mesh: MeshView,
  namespace: string,
): Promise<readonly WorkloadRecord[] | undefined> {
  const seen = deploymentsIn(mesh, namespace);
  if (seen.length > 0) return seen;
  const { client, signal } = reader;
  const found: WorkloadRecord[] = [];
  const part = await readPart(reader, () =>
    client.list(deploymentResource, { namespace, signal }, (record) => found.push(record)),
  );
  return part.state === 'unreadable' ? undefined : found;
}
