import type { ConductorRpcApi } from '../../../conductor/rpcapi.ts';
import type { Ids } from '../../../lib/clock/ids.ts';
import { serviceContext } from '../../../lib/context/context.ts';
import { messageOf } from '../../../lib/errors/error-type.ts';
import type { Log } from '../../../lib/log/log.ts';
import type { HostName, ServerId } from '../../../objects/ids.ts';
import type { VirtDriver } from '../../../virt/driver.ts';
import { compareGuests } from './guests.ts';
import { reportVolumes } from './volumes.ts';

export interface ReconcilerDeps {
  readonly driver: VirtDriver;
  readonly conductor: ConductorRpcApi;
  readonly host: HostName;
  /** Whether a task of the server is running; its guest is then left for the next round. */
  readonly isBusy: (serverId: ServerId) => boolean;
  readonly ids: Ids;
  readonly log: Log;
}

/** Destroys orphaned guests, reports power states and volumes; runs at start, to clean up after a crash, and at intervals. */
export const reconcileGuests =
  ({ driver, conductor, host, isBusy, ids, log }: ReconcilerDeps) =>
  async (): Promise<void> => {
    const ctx = serviceContext(`req-${ids.uuid()}`);
    const observed = await driver.listGuests();
    const expected = await conductor.serversOnHost(ctx, { host });
    const { orphans, power } = compareGuests(observed, expected);
    for (const serverId of orphans.filter((id) => !isBusy(id))) {
      log.warn({ serverId }, 'a guest that belongs to no server of this host is destroyed');
      await driver
        .destroy(serverId)
        .catch((error: unknown) => log.error({ serverId, error: messageOf(error) }, 'it could not be destroyed; trying again later'));
    }
    const here = new Set(observed.map(({ serverId }) => serverId));
    const settled = expected.filter(({ serverId }) => here.has(serverId) && !isBusy(serverId));
    const known = settled.flatMap(({ serverId, volumes }) => (volumes ? [{ serverId, volumes }] : []));
    await reportVolumes({ driver, conductor, host, log }, ctx, known);
    const idle = power.filter(({ serverId }) => !isBusy(serverId));
    if (idle.length === 0) return;
    // The books may reflect an action that ended after the guests were listed. Only a power state seen both before and after is reported.
    const still = new Map((await driver.listGuests()).map((guest) => [guest.serverId, guest.powerState]));
    const guests = idle.filter(({ serverId, powerState }) => still.get(serverId) === powerState);
    if (guests.length === 0) return;
    const asOf = new Map(expected.map(({ serverId, changedAt }) => [serverId, changedAt === undefined ? {} : { changedAt }]));
    await conductor.correctPowerStates(ctx, { host, guests: guests.map((guest) => ({ ...guest, ...asOf.get(guest.serverId) })) });
  };
