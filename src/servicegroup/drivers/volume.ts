import { beatVolumeServices, findVolumeService } from '../../db/stores/volume/services.ts';
import type { CloudDb } from '../../db/sql/queries.ts';
import type { ServiceRecords } from '../driver.ts';

/** Keeps the heartbeats of the volume service, which belong to the cloud and not to a cell. */
export const volumeServiceGroup = (db: CloudDb): ServiceRecords => ({
  beat: async (members) => (await beatVolumeServices(db, members)).map((known) => ({ ...known, wasForcedDown: false })),
  silence: async ({ binary, host }) => {
    const known = await findVolumeService(db, { binary, host });
    return known && { silentSeconds: known.silentSeconds, forcedDown: false };
  },
});
