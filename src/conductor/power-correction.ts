import type { ServerState } from '../db/stores/servers/servers.ts';
import type { Server } from '../objects/server.ts';
import type { PowerState, VmState } from '../objects/states.ts';

/** The state of an idle server by the power state of its guest. */
const vmStateAt: Partial<Record<PowerState, VmState>> = { running: 'active', paused: 'paused', shutdown: 'stopped', crashed: 'stopped' };

/** States whose guest may change outside the cloud: it crashes, shuts itself down, is resumed by an operator. */
const correctable: readonly VmState[] = ['active', 'paused', 'stopped'];

/** The correction of the books after a guest was seen in a power state; undefined if they are right. The hypervisor is authoritative. */
export function powerCorrection(server: Pick<Server, 'vmState' | 'taskState' | 'powerState'>, seen: PowerState): ServerState | undefined {
  if (server.taskState !== null || !correctable.includes(server.vmState)) return undefined;
  const vmState = vmStateAt[seen] ?? server.vmState;
  if (vmState === server.vmState && seen === server.powerState) return undefined;
  return { vm_state: vmState, power_state: seen };
}
