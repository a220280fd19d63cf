/** Servers in the middle of their work: where the proofs of workflows begin. */
import { placeServer } from '../../src/db/stores/hosts/claims.ts';
import { startAction } from '../../src/db/stores/servers/instance-actions.ts';
import { guestSpecOf } from '../../src/conductor/workflows/steps/guest-spec.ts';
import type { Context } from '../../src/lib/context/context.ts';
import type { ServerId } from '../../src/objects/ids.ts';
import type { Server } from '../../src/objects/server.ts';
import type { VmState } from '../../src/objects/states.ts';
import { lifecycle, type TransitionName } from '../../src/operations/lifecycle.ts';
import { insertServer } from './insert-server.ts';
import { sampleServer } from './sample-server.ts';
import type { SimulatedCloud } from './simulated-cloud.ts';

/** Who works on which server of which cloud; its first host is the server's. */
export interface ProofWorld {
  readonly cloud: SimulatedCloud;
  readonly ctx: Context;
  readonly serverId: ServerId;
}

/** Empties the cloud; its hosts reconcile with the empty books and forget the tasks of the previous run. */
export async function emptyCloud({ db, hosts, images }: SimulatedCloud): Promise<void> {
  images.clear();
  for (const host of hosts) await host.stop();
  await db.deleteFrom('workflows').execute();
  await db.deleteFrom('placements').execute();
  await db.deleteFrom('ports').execute();
  await db.deleteFrom('server_networking').execute();
  await db.deleteFrom('instance_actions').execute();
  await db.deleteFrom('server_migrations').execute();
  await db.deleteFrom('servers').execute();
  await db.updateTable('inventories').set({ used: 0 }).execute();
  for (const host of hosts) await host.start();
}

/** A server held by this workflow, with the user's action. */
export async function heldServer({ cloud, ctx, serverId }: ProofWorld, workflowId: string, action: string): Promise<Server> {
  await emptyCloud(cloud);
  await startAction(cloud.db, ctx, { serverId, name: action });
  return await cloud.db.transaction().execute((trx) => insertServer(trx, sampleServer({ id: serverId }), workflowId));
}

/** A booted server in a state, about to be changed by a workflow. */
export async function bootedServer(
  world: ProofWorld,
  workflowId: string,
  { vmState, doing, action }: { vmState: VmState; doing: TransitionName; action: string },
): Promise<void> {
  const server = await heldServer(world, workflowId, action);
  const { cloud, ctx, serverId } = world;
  const { db, deps } = cloud;
  const [host] = cloud.hosts;
  if (!host) throw new Error('the cloud has no host');
  await placeServer(db, { serverId, host: host.name, workflowId });
  const { projectId, hostname, securityGroups } = server;
  const mine = { serverId, fence: 0 };
  const { networkInfo } = await deps.networking.allocate(ctx, { ...mine, projectId, hostname, requested: 'auto', securityGroups });
  await deps.networking.bind(ctx, { ...mine, host: host.name });
  const vifs = await deps.networking.activate(ctx, { host: host.name, serverId });
  await host.driver.spawn(await guestSpecOf(deps, ctx, server, { host: host.name, vifs }), new AbortController().signal);
  if (vmState === 'stopped' || vmState === 'soft-delete' || vmState === 'shelved') await host.driver.powerOff(serverId);
  if (vmState === 'rescued') await host.driver.rescue(await guestSpecOf(deps, ctx, server, { host: host.name, vifs }), {});
  if (vmState === 'paused') await host.driver.pause(serverId);
  if (vmState === 'suspended') await host.driver.suspend(serverId);
  const { doing: taskState } = lifecycle[doing];
  // Work without a task state does not hold the server.
  const held = taskState === null ? { workflow_id: null, power_state: await host.driver.powerState(serverId) } : {};
  const stands = { vm_state: vmState, task_state: taskState, host: host.name, node: host.name, zone: 'nova', ...held };
  await db
    .updateTable('servers')
    .set({ ...stands, network_info: JSON.stringify(networkInfo) })
    .execute();
}
