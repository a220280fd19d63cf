// Who can be heard: compute hosts give their signs of life over the queue, all others write them into the database themselves.
import type { Bus } from '../../lib/rpc/bus.ts';
import type { ServiceGroup } from '../../servicegroup/api.ts';

/** Compute hosts as those see them who rely on them: while the queue is away nobody hears them, so their silence is not held against them. */
export const hostsHeardOver = (bus: Pick<Bus, 'healthy'>, group: Pick<ServiceGroup, 'isUp'>): Pick<ServiceGroup, 'isUp'> => ({
  isUp: async (member) => !bus.healthy() || (await group.isUp(member)),
});
