// Which services can send heartbeats now: compute hosts send them over the queue, all others write them to the database themselves.
import type { Bus } from '../../lib/rpc/bus.ts';
import type { ServiceGroup } from '../../servicegroup/api.ts';

/**
 * Compute hosts as those see them who rely on them: while the queue is away nobody hears them, and when it is back each has yet to connect
 * and to report. So their silence counts from the return of the queue on; what an operator forced down is down all the while.
 */
export const hostsHeardOver = (bus: Pick<Bus, 'healthyForMs'>, group: Pick<ServiceGroup, 'isUp'>): Pick<ServiceGroup, 'isUp'> => ({
  isUp: (member) => group.isUp(member, bus.healthyForMs() / 1000),
});
