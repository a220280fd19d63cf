/** What hosts do for guests that come or leave while they run. */
import { openOffer } from '../../lib/handover/offered-files.ts';
import type { ByDriver, ComputeDeps, ComputeManager } from './deps.ts';

type Messages =
  | 'describeDeparture'
  | 'checkArrival'
  | 'offerImages'
  | 'prepareArrival'
  | 'liveMigrate'
  | 'hurryLiveMigration'
  | 'stayHere'
  | 'hasArrived'
  | 'leftConsole'
  | 'welcomeGuest';

/** The answers to the messages of live migrations. */
export const liveMigrationHandlers = (
  { driver, tasks, builds, offers }: ComputeDeps,
  byDriver: ByDriver,
): Pick<ComputeManager, Messages> => ({
  describeDeparture: (ctx, { serverId }) => byDriver(ctx, 'departure', () => driver.live.departure(serverId)),

  checkArrival: async (ctx, { departure }) => {
    await byDriver(ctx, 'checkArrival', () => driver.live.checkArrival(departure));
    return null;
  },

  offerImages: async (ctx, { serverId }) => await offers.offer(await byDriver(ctx, 'packImages', () => driver.live.packImages(serverId))),

  prepareArrival: (ctx, { taskId, guest, departure, offer }) =>
    tasks.run(ctx, { taskId, serverId: guest.serverId }, (signal, progress) =>
      builds.use(signal, () =>
        byDriver(ctx, 'prepareArrival', async () =>
          driver.live.prepareArrival({ guest, departure }, await openOffer(offer, signal), signal, progress),
        ),
      ),
    ),

  liveMigrate: (ctx, { taskId, guest, arrival }) =>
    tasks.run(ctx, { taskId, serverId: guest.serverId }, (signal, progress) =>
      byDriver(ctx, 'liveMigrate', () => driver.live.migrate(guest, arrival, signal, progress)),
    ),

  hurryLiveMigration: async (ctx, { serverId }) => {
    await byDriver(ctx, 'hurryLiveMigration', () => driver.live.hurry(serverId));
    return null;
  },

  // The migration that it ends may be a task of this process.
  stayHere: (ctx, task) =>
    tasks.run(ctx, task, (signal) => byDriver(ctx, 'stayHere', () => driver.live.stayHere(task.serverId, signal)), { cutShort: true }),

  hasArrived: (ctx, { serverId }) => byDriver(ctx, 'hasArrived', () => driver.live.hasArrived(serverId)),

  leftConsole: (ctx, { serverId }) => byDriver(ctx, 'leftConsole', () => driver.live.leftConsole(serverId)),

  welcomeGuest: async (ctx, { guest, console }) => {
    await byDriver(ctx, 'welcome', () => driver.live.welcome(guest, console));
    return null;
  },
});
