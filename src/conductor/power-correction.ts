import type { ServerState } from '../db/stores/servers/servers.ts';
import type { Server } from '../objects/server.ts';
import type { PowerState, VmState } from '../objects/states.ts';

/** Where a server that should be doing something stands, when its guest is seen in a power state. */
const restsAt: Partial<Record<PowerState, VmState>> = { running: 'active', paused: 'paused', shutdown: 'stopped', crashed: 'stopped' };

/** States whose guest the hypervisor may change behind our back: it can crash, shut itself down, be resumed by an operator. */
const follows: readonly VmState[] = ['active', 'paused', 'stopped'];

/** What the books should say after a guest was seen in a power state, or undefined when they are right. Follows the hypervisor, for it knows. */
export function powerCorrection(server: Pick<Server, 'vmState' | 'taskState' | 'powerState'>, seen: PowerState): ServerState | undefined {
  if (server.taskState !== null || !follows.includes(server.vmState)) return undefined;
  const vmState = restsAt[seen] ?? server.vmState;
  if (vmState === server.vmState && seen === server.powerState) return undefined;
  return { vm_state: vmState, power_state: seen };
}
