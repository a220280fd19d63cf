// Compute hosts send heartbeats over the queue; all other services write them to the database themselves.
import type { Bus } from '../../lib/rpc/bus.ts';
import type { ServiceGroup } from '../../servicegroup/api.ts';

/**
 * Whether compute hosts are up. While the queue is down no heartbeat arrives, and afterwards each host must first reconnect and report:
 * so silence counts from the return of the queue. A host that an operator forced down is always down.
 */
export const hostLiveness = (bus: Pick<Bus, 'healthyForMs'>, group: Pick<ServiceGroup, 'isUp'>): Pick<ServiceGroup, 'isUp'> => ({
  isUp: (member) => group.isUp(member, bus.healthyForMs() / 1000),
});
