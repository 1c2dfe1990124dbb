/** Inventories of simulated clusters, read as the program reads them. */
import type { TestContext } from 'node:test';
import type { Inventory } from '../../../src/guide/inventory.ts';
import { readInventory } from '../../../src/guide/read/inventory.ts';
import { createKubeClient, type JsonRequest, type KubeClient } from '../../../src/kube/client.ts';
import type { Part } from '../../../src/kube/part.ts';
import { readOnceWithModel } from '../../../src/live/read-once.ts';
import type { Scenario } from '../../../src/sim/cluster/scenario/scenarios.ts';
import { type Simulation, startSimulation } from '../../../src/sim/cluster/simulation.ts';
import { type PolicyRule, rbacAuthorizer } from '../../../src/sim/server/authorizer.ts';
import { connectionTo } from '../../support/connection.ts';

/** Rights to pods everywhere, and to nothing else: as little as a mesh can be looked at with. */
export const ONLY_PODS: readonly PolicyRule[] = [
  { verbs: ['get', 'list', 'watch'], apiGroups: [''], resources: ['pods'] },
];

const USER = 'ann';
const TOKEN = 'token-of-ann';

export interface InventoryOptions {
  readonly cli?: Part<string>;
  /** Rights by namespace, '' for those in all and on what is in none; everything when absent. */
  readonly rights?: Readonly<Record<string, readonly PolicyRule[]>>;
  /** Namespaces that are looked at; all when absent. */
  readonly namespaces?: readonly string[];
  /** What happens to the server once the mesh has been read. */
  readonly afterMesh?: (simulation: Simulation) => void;
  /** Told of each JSON request before it is sent. */
  readonly onRequest?: (request: JsonRequest) => void;
}

/** What is read of a scenario, and the server that was asked. */
export async function inventoryOf(
  t: TestContext,
  scenario: Scenario,
  {
    cli = { state: 'absent' },
    rights,
    namespaces,
    afterMesh = () => undefined,
    onRequest = () => undefined,
  }: InventoryOptions = {},
): Promise<{
  readonly inventory: Inventory;
  readonly simulation: Simulation;
  /** Reads the same cluster once more. */
  read(): Promise<Inventory>;
}> {
  const authorizer =
    rights &&
    rbacAuthorizer(
      Object.entries(rights).map(([namespace, rules]) => ({
        user: USER,
        rules,
        ...(namespace === '' ? {} : { namespace }),
      })),
    );
  const simulation = await startSimulation({
    scenario,
    tls: false,
    server: {
      users: new Map([[TOKEN, { name: USER, groups: [] }]]),
      ...(authorizer === undefined ? {} : { authorizer }),
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
  const subject = { namespaces, labelSelector: '', controlPlaneNamespace: '', contextNamespace: 'shop' };
  const read = async (): Promise<Inventory> => {
    const { view, model } = await readOnceWithModel(client, subject);
    afterMesh(simulation);
    const observed: KubeClient = {
      ...client,
      json(request) {
        onRequest(request);
        return client.json(request);
      },
    };
    return readInventory(observed, view, model, { cli });
  };
  return { inventory: await read(), simulation, read };
}
